"""The list of all solutions: by verdict, and by theme where too little is known for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from alliance.cases.enums import Scheme, Theme, Topic, Verdict
from alliance.cases.models import Solution, SolutionClassification
from alliance.cases.selectors.localise import local_text
from alliance.cases.selectors.register import tallies
from alliance.core.audit import Actor
from alliance.evidence.line_facts import line_facts, main_of
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.decisions import BEST_FIRST, Decision, decision
from alliance.evidence.selectors.evidence_map import fair_share
from alliance.knowledge.selectors.solutions import (
    by_name,
    most_tried,
    solutions_by_key,
    with_lines,
)

# The list shows all solutions up to this number, beyond it a fair share of each part.
LINES_SHOWN = 100


@dataclass(frozen=True)
class SolutionLine:
    """A solution with a verdict: the row of the decision table, and in how many cases it failed."""

    row: Decision
    failed: int


@dataclass(frozen=True)
class VerdictGroup:
    """The `n` solutions with one verdict; the best known are `lines`."""

    code: str
    lines: Sequence[SolutionLine]
    n: int

    @property
    def label(self) -> str | Promise:
        """The word of the verdict."""
        return Verdict(self.code).label


@dataclass(frozen=True)
class ThemeGroup:
    """Solutions of one theme, or of one topic where they have no theme, without a verdict.

    Of the `n` in the group, `solutions` are the most often tried, by name.
    """

    scheme: str
    code: str
    solutions: Sequence[Solution]
    n: int

    @property
    def label(self) -> str | Promise:
        """The word for the theme or topic; empty where it has neither."""
        if not self.scheme:
            return ""
        return (Theme if self.scheme == Scheme.THEME else Topic)(self.code).label

    @property
    def query(self) -> str:
        """The part of the address of the finder that names it."""
        return f"&{self.scheme}={self.code}" if self.scheme else ""


_GroupKey = tuple[str, str]
_GROUP_ORDER: tuple[_GroupKey, ...] = (
    *((Scheme.THEME.value, code) for code in Theme.values),
    *((Scheme.TOPIC.value, code) for code in Topic.values),
    ("", ""),
)


def _by_theme(keys: Sequence[int]) -> dict[_GroupKey, list[int]]:
    """The keys, each under its first theme, else its first topic; one query."""
    first: dict[str, dict[int, str]] = {Scheme.THEME.value: {}, Scheme.TOPIC.value: {}}
    rows = (
        SolutionClassification.objects.filter(scheme__in=list(first))
        .order_by("id")
        .values_list("solution_id", "scheme", "code")
    )
    for solution_id, scheme, code in rows:
        first[scheme].setdefault(solution_id, code)
    members: dict[_GroupKey, list[int]] = defaultdict(list)
    for key in keys:
        scheme = next((candidate for candidate, codes in first.items() if key in codes), "")
        members[scheme, first[scheme][key] if scheme else ""].append(key)
    return {group: members[group] for group in _GROUP_ORDER if group in members}


def solution_index(actor: Actor | None, language: str) -> dict[str, Any]:
    """All solutions up to `LINES_SHOWN`, beyond that a fair share of each part; nine queries.

    `verdicts`: those that have one, the best known first; `unknown`: the others by theme.
    """
    every = list(Solution.objects.order_by("id").values_list("pk", "evidence_points").iterator())
    points = {key: value or 0 for key, value in every}
    codes = dict(SolutionVerdict.objects.filter(is_main=True).values_list("solution_id", "verdict"))
    by_code: dict[str, list[int]] = defaultdict(list)
    for key in points:
        by_code[codes.get(key, Verdict.NOT_ENOUGH.value)].append(key)
    by_theme = _by_theme(by_code.pop(Verdict.NOT_ENOUGH.value, []))
    counts = tallies(actor)
    share = fair_share([len(keys) for keys in (*by_code.values(), *by_theme.values())], LINES_SHOWN)
    tried = {code: most_tried(keys, counts, len(keys)) for code, keys in by_code.items()}
    best = {
        code: sorted(keys, key=lambda key: -points[key])[:share] for code, keys in tried.items()
    }
    named = {group: most_tried(keys, counts, share) for group, keys in by_theme.items()}
    by_key = solutions_by_key(
        [key for keys in (*best.values(), *named.values()) for key in keys], counts
    )
    with_lines([by_key[key] for keys in best.values() for key in keys if key in by_key])

    def line(solution: Solution) -> SolutionLine:
        name = local_text(solution, "name", language)
        row = decision(solution.public_id, name, line_facts(solution, main_of(solution)))
        return SolutionLine(row, solution.tally.did_not_work)  # type: ignore[attr-defined]

    return {
        "n": len(points),
        "verdicts": [
            VerdictGroup(
                code, [line(by_key[key]) for key in best[code] if key in by_key], len(by_code[code])
            )
            for code in BEST_FIRST
            if code in best
        ],
        "unknown": [
            ThemeGroup(
                *group,
                by_name((by_key[key] for key in keys if key in by_key), language),
                len(by_theme[group]),
            )
            for group, keys in named.items()
        ],
        "n_unknown": sum(map(len, by_theme.values())),
    }
