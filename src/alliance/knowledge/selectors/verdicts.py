"""The verdict of a solution as pages and answers tell it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst

from alliance.analysis.effect_spread import PERCENT_CHANGE
from alliance.core.read_once import read_once
from alliance.knowledge.enums import Scheme, Verdict
from alliance.knowledge.line_facts import SIDES, line_facts
from alliance.knowledge.messages.verdicts import headline, sentences
from alliance.knowledge.models import (
    Solution,
    SolutionClassification,
    SolutionText,
    SolutionVerdict,
    VerdictChange,
)
from alliance.knowledge.selectors.localise import ChosenText, chosen_text, local_name
from alliance.knowledge.selectors.verdict_line import in_words


@dataclass(frozen=True)
class VerdictView:
    """The word of one outcome with the outcome named, and the sentences that explain it."""

    record: SolutionVerdict
    headline: str
    sentences: tuple[str, ...]

    @property
    def code(self) -> str:
        """The word as a code."""
        return self.record.verdict

    @property
    def panel(self) -> dict[str, Any] | None:
        """What readers see of the panel whose word this is; None where it is that of the rule."""
        return self.record.details.get("panel")

    @property
    def panel_day(self) -> dt.date | None:
        """When the panel decided."""
        return None if self.panel is None else dt.date.fromisoformat(self.panel["given_on"])

    @property
    def rule_word(self) -> str | Promise:
        """The word that the rule alone gives."""
        return Verdict(self.record.details["verdict"]).label

    @property
    def is_silent(self) -> bool:
        """Whether too little is known for a word."""
        return self.record.verdict == "not-enough-evidence"

    @property
    def needs_words(self) -> bool:
        """Whether the word must not stand without its sentences: a range of one sign beside it
        would seem to say something else."""
        return self.is_silent or self.record.verdict == Verdict.MIXED


def view_of(record: SolutionVerdict, language: str) -> VerdictView:
    """A stored verdict in words; needs its measure and unit."""
    measure = local_name(record.measure, language) if record.measure else ""
    return VerdictView(
        record,
        headline(record.verdict, measure, record.display_direction),
        tuple(sentences(record.details)),
    )


def verdicts_of(solution: Solution, language: str) -> tuple[VerdictView, ...]:
    """The verdicts of a solution, that of its main measure first; one query."""
    return tuple(view_of(verdict, language) for verdict in _verdicts(solution))


@read_once
def _verdicts(solution: Solution) -> list[SolutionVerdict]:
    rows = solution.verdicts.select_related("measure", "unit").order_by("-is_main", "id")
    return list(rows)


@dataclass(frozen=True)
class ChangeView:
    """A verdict that gave way to another, in words with the outcome named."""

    record: VerdictChange
    name: ChosenText[SolutionText]
    before: str
    after: str

    @property
    def solution_id(self) -> str:
        """The public id of the solution."""
        return self.record.verdict.solution.public_id

    @property
    def line(self) -> str:
        """What the line of the solution says now beside the word; with what would settle it where
        that is "not enough evidence". Reads the costs of the solution."""
        verdict = self.record.verdict
        line = in_words(line_facts(verdict.solution, verdict))
        if line.is_silent and self.record.after == line.code:
            return f"{line.words} {capfirst(line.facts)}"
        return capfirst(line.facts)


def changes(*, topic: str = "") -> QuerySet[VerdictChange]:
    """The changes of main verdicts, the newest first.

    `topic`: of solutions of that topic alone. With all that `change_view` reads.
    """
    queryset = VerdictChange.objects.filter(verdict__is_main=True)
    if topic:
        rows = SolutionClassification.objects.filter(scheme=Scheme.TOPIC, code=topic)
        queryset = queryset.filter(verdict__solution__in=rows.values("solution"))
    return (
        queryset.select_related("verdict__solution", "verdict__measure", "verdict__unit")
        .prefetch_related("verdict__solution__texts")
        .order_by("-at", "-id")
    )


def change_view(change: VerdictChange, language: str) -> ChangeView:
    """A change in the words of the language in use."""
    verdict = change.verdict
    measure = local_name(verdict.measure, language) if verdict.measure else ""
    before, after = (
        headline(word, measure, verdict.display_direction) for word in (change.before, change.after)
    )
    return ChangeView(change, chosen_text(verdict.solution.texts.all(), language), before, after)


def as_answer(record: SolutionVerdict) -> dict[str, Any]:
    """A verdict as the API gives it."""
    details = record.details
    body = details["body"]
    if body and record.unit and record.unit.name in PERCENT_CHANGE:
        ends = [end for end in (*body["ci"], *body["prediction_interval"]) if end is not None]
        body = (
            body
            | {"cut_at_100": min(ends, default=0) < -100}
            | {
                name: [None if end is None else max(end, -100.0) for end in body[name]]
                for name in ("ci", "prediction_interval")
            }
        )
    return {
        "verdict": record.verdict,
        "measure": record.measure.slug if record.measure else None,
        "unit": record.unit.code if record.unit else None,
        "direction": record.direction or None,
        "since": record.since,
        "rule_version": record.rule_version,
        "cost": details.get("cost"),
        "cost_currency": details.get("currency"),
        "cost_price_year": details.get("price_year"),
        "years_to_result": details.get("years_to_result"),
        **{side: details.get(side) or [] for side in SIDES},
        "panel": details.get("panel"),
        "places": details["told"],
        "places_counted": details["places"],
        **{
            name: details[name]
            for name in (
                "by_rule", "held_by", "line", "because", "rests_on", "units", "conclusive",
                "inconclusive", "score", "q_outcomes", "measured_units", "sister_units", "decided",
                "favourable", "no_use", "q_no_use", "cities", "countries", "median",
                "ordinary_change", "harm_units", "q_harm", "missing", "flags",
            )
        },
        "body": body,
    }  # fmt: skip
