"""The verdict of a solution as pages and answers tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alliance.analysis.effect_spread import PERCENT_CHANGE
from alliance.knowledge.messages.verdicts import headline, sentences
from alliance.knowledge.models import Solution, SolutionVerdict
from alliance.knowledge.selectors.localise import local_name


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
    def is_silent(self) -> bool:
        """Whether too little is known for a word."""
        return self.record.verdict == "not-enough-evidence"


def view_of(record: SolutionVerdict, language: str) -> VerdictView:
    """A stored verdict in words; needs its measure and unit."""
    measure = local_name(record.measure, language) if record.measure else ""
    return VerdictView(
        record,
        headline(record.verdict, measure, record.said_direction),
        tuple(sentences(record.details)),
    )


def verdicts_of(solution: Solution, language: str) -> tuple[VerdictView, ...]:
    """The verdicts of a solution, that of its main measure first; one query."""
    rows = solution.verdicts.select_related("measure", "unit").order_by("-is_main", "id")
    return tuple(view_of(one, language) for one in rows)


def as_answer(record: SolutionVerdict) -> dict[str, Any]:
    """A verdict as the API gives it."""
    told = record.details
    body = told["body"]
    if body and record.unit and record.unit.name in PERCENT_CHANGE:
        ends = [end for end in (*body["ci"], *body["prediction_interval"]) if end is not None]
        if min(ends, default=0) < -100:
            # Intervals that reach what cannot happen predict nothing.
            body = body | {"ci": [None, None], "prediction_interval": [None, None]}
    return {
        "verdict": record.verdict,
        "measure": record.measure.slug if record.measure else None,
        "unit": record.unit.code if record.unit else None,
        "direction": record.direction or None,
        "since": record.since,
        "rule_version": record.rule_version,
        "places": told["told"],
        "places_counted": told["places"],
        **{
            name: told[name]
            for name in (
                "by_rule", "held_by", "line", "because", "score", "q_outcomes", "measured_places",
                "favourable", "unfavourable", "q_directions", "harm_places", "flags",
            )
        },
        "body": body,
    }  # fmt: skip
