"""The verdict of a solution as pages and answers tell it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import override

from alliance.analysis.effect_spread import PERCENT_CHANGE
from alliance.cases.enums import Scheme, Verdict
from alliance.cases.models import Solution, SolutionClassification, SolutionText
from alliance.cases.selectors.localise import ChosenText, chosen_text, local_name
from alliance.core.read_once import read_once
from alliance.evidence.headline import Headline, MainResult, headline
from alliance.evidence.line_facts import SIDES, line_facts
from alliance.evidence.messages.headline import disputes, figure, result, title, verdict_title
from alliance.evidence.messages.spread import to_check_again
from alliance.evidence.messages.verdicts import sentences
from alliance.evidence.models import SolutionVerdict, VerdictChange
from alliance.evidence.selectors.verdict_line import in_words

#: What the API gives of a main result beside its statistic.
FIGURES = ("value", "low", "high", "fell", "rose", "unchanged", "other", "is_modelled")


@dataclass(frozen=True)
class VerdictView:
    """The verdict on one outcome in the language in use.

    `headline`: the verdict with its outcome; `result`: size, range and places; `figure`: the size
    alone, empty where none may be shown; `disputes`: why results are disputed; `sentences`: the
    reason for the verdict, or what is missing for one.
    """

    record: SolutionVerdict
    facts: Headline
    headline: str
    result: str
    figure: str
    disputes: tuple[str, ...]
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
    def to_check_again(self) -> str:
        """How many of the results are to be looked up again; empty where none is."""
        main = self.facts.result
        return "" if main is None else to_check_again(main.check_again, main.places)

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
    """A stored verdict in words; needs its solution with disputes, its measure and unit."""
    facts = headline(record, record.solution)
    with override(language):
        return VerdictView(
            record=record,
            facts=facts,
            headline=title(facts),
            result=" ".join(result(facts)),
            figure=figure(facts),
            disputes=disputes(facts),
            sentences=tuple(sentences(record.details, facts)),
        )


def verdicts_of(solution: Solution, language: str) -> tuple[VerdictView, ...]:
    """The verdicts of a solution, that of its main measure first; two queries."""
    return tuple(view_of(verdict, language) for verdict in _verdicts(solution))


@read_once
def _verdicts(solution: Solution) -> list[SolutionVerdict]:
    prefetch_related_objects([solution], "disputes")
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
        """What the line of the solution says now beside the verdict, with the result where that is
        still the verdict. Reads the costs and disputes of the solution."""
        verdict = self.record.verdict
        line = in_words(line_facts(verdict.solution, verdict))
        facts = capfirst(line.facts)
        return f"{line.words} {facts}" if self.record.after == line.code else facts


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
        .prefetch_related("verdict__solution__texts", "verdict__solution__disputes")
        .order_by("-at", "-id")
    )


def change_view(change: VerdictChange, language: str) -> ChangeView:
    """A change in the words of the language in use."""
    verdict = change.verdict
    measure = local_name(verdict.measure, language) if verdict.measure else ""
    before, after = (
        verdict_title(word, measure, verdict.display_direction)
        for word in (change.before, change.after)
    )
    return ChangeView(change, chosen_text(verdict.solution.texts.all(), language), before, after)


def _figures(result: MainResult | None) -> dict[str, Any]:
    """The figures of a headline, without those that only say which sentences fit."""
    figures = asdict(result or MainResult())
    return {name: figures[name] for name in FIGURES} | {"statistic": figures["statistic"] or None}


def as_answer(record: SolutionVerdict, language: str) -> dict[str, Any]:
    """A verdict as the API gives it; needs its solution with disputes, its measure and unit."""
    details, view = record.details, view_of(record, language)
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
        "headline": {
            "title": view.headline,
            "result": view.result,
            "figure": view.figure,
            "reasons": view.sentences,
            "disputes": view.disputes,
            **_figures(view.facts.result),
        },
        "measure": record.measure.slug if record.measure else None,
        "unit": record.unit.code if record.unit else None,
        "direction": record.direction or None,
        "since": record.since,
        "rule_version": record.rule_version,
        "cost": details.get("cost"),
        "cost_currency": details.get("currency"),
        "cost_price_year": details.get("price_year"),
        "years_to_result": details.get("years_to_result"),
        **{side: list(details.get(side) or ()) for side in SIDES},
        # Of a verdict from before an update only the groups are known.
        **{
            f"{side}_in": list(details[side].values()) if details.get("n_cases") else []
            for side in SIDES
        },
        "n_cases": details.get("n_cases"),
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
