"""The list of solutions: by theme, with a page of its own for each theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge.enums import Scheme, Theme, Topic
from alliance.knowledge.models import Solution, SolutionClassification
from alliance.knowledge.selectors.evidence_map import fair_share
from alliance.knowledge.selectors.solutions import (
    by_name,
    most_tried,
    solutions_by_key,
    tallies,
    with_lines,
)
from alliance.web.paging import page_of

# The list shows all solutions up to this number, beyond it a fair share of each theme.
LINES_SHOWN = 100
LINES_PER_PAGE = 50


@dataclass(frozen=True)
class SolutionGroup:
    """Solutions of one theme, or of one topic where they belong to no theme.

    Of the `n` in the group, `solutions` are the most often tried, by name.
    """

    scheme: str
    code: str
    solutions: Sequence[Solution]
    n: int

    @property
    def label(self) -> str | Promise:
        """The word for the theme or topic."""
        return _label(self.scheme, self.code)

    @property
    def query(self) -> str:
        """The part of the address of the group's own page that names it."""
        return f"{self.scheme}={self.code}" if self.scheme else f"{Scheme.THEME}=none"


def _label(scheme: str, code: str) -> str | Promise:
    if not scheme:
        return _("Theme not known")
    return Theme(code).label if scheme == Scheme.THEME else Topic(code).label


_GroupKey = tuple[str, str]
_NO_GROUP: _GroupKey = ("", "")
_GROUP_ORDER: tuple[_GroupKey, ...] = (
    *((Scheme.THEME.value, code) for code in Theme.values),
    *((Scheme.TOPIC.value, code) for code in Topic.values),
    _NO_GROUP,
)


def _grouped() -> dict[_GroupKey, list[int]]:
    """The keys of all solutions, each under its first theme, else its first topic; two queries."""
    first: dict[str, dict[int, str]] = {Scheme.THEME.value: {}, Scheme.TOPIC.value: {}}
    rows = (
        SolutionClassification.objects.filter(scheme__in=list(first))
        .order_by("id")
        .values_list("solution_id", "scheme", "code")
    )
    for solution_id, scheme, code in rows:
        first[scheme].setdefault(solution_id, code)
    members: dict[_GroupKey, list[int]] = defaultdict(list)
    for key in Solution.objects.order_by("id").values_list("pk", flat=True):
        scheme = next((candidate for candidate, codes in first.items() if key in codes), "")
        members[scheme, first[scheme][key] if scheme else ""].append(key)
    return {group: members[group] for group in _GROUP_ORDER if group in members}


def solution_groups(actor: Actor | None, language: str) -> tuple[SolutionGroup, ...]:
    """The solutions by their first theme, those of no theme by their first topic; five queries.

    All of them up to `LINES_SHOWN`; beyond, as many of each group as are a fair share of that.
    """
    members = _grouped()
    counts = tallies(actor)
    share = fair_share([len(keys) for keys in members.values()], LINES_SHOWN)
    chosen = {group: most_tried(keys, counts, share) for group, keys in members.items()}
    by_key = solutions_by_key([key for keys in chosen.values() for key in keys], counts)
    with_lines(by_key.values())
    return tuple(
        SolutionGroup(
            scheme,
            code,
            by_name((by_key[key] for key in keys if key in by_key), language),
            len(members[scheme, code]),
        )
        for (scheme, code), keys in chosen.items()
    )


def solution_group(
    actor: Actor | None, language: str, scheme: str, code: str, number: int
) -> dict[str, Any]:
    """Page `number` of the solutions of one group of `solution_groups`; five queries.

    Those of no theme and no topic are the theme `none`. Raises NotFound for a group or a page
    that does not exist.
    """
    group = _NO_GROUP if (scheme, code) == (Scheme.THEME.value, "none") else (scheme, code)
    members = _grouped()
    if group not in members:
        raise NotFound(scheme, code)
    counts = tallies(actor)
    by_key = solutions_by_key(members[group], counts)
    with_lines(by_key.values())
    return {
        "group": SolutionGroup(*group, (), len(by_key)),
        "page": page_of(Paginator(by_name(by_key.values(), language), LINES_PER_PAGE), number),
        "groups": [SolutionGroup(*member, (), len(keys)) for member, keys in members.items()],
    }
