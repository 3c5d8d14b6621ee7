"""The table in which a reader chooses between solutions: what helps how much, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.analysis.effect_spread import PERCENT_CHANGE
from alliance.cases.enums import EffectDirection, Verdict
from alliance.charts.forest import Forest, ForestRow, Mark, draw
from alliance.evidence.headline import Headline
from alliance.evidence.messages.headline import disputes, figure, measure_name, result
from alliance.evidence.selectors.verdict_line import (
    MOST_COINS,
    cost_words,
    first_effect,
    group_words,
)
from alliance.network.localise import Localised

#: Verdicts, from what helps to what does harm; what nobody can say comes last.
BEST_FIRST = (
    Verdict.WORKS, Verdict.PROBABLY_WORKS, Verdict.MIXED, Verdict.PROBABLY_NOT, Verdict.HARM,
    Verdict.NOT_ENOUGH,
)  # fmt: skip
#: What the rows can be sorted by, and what the link says.
ORDERS: Mapping[str, Promise] = {
    "verdict": _("verdict"),
    "effect": _("effect"),
    "cost": _("cost"),
    "time": _("time"),
    "evidence": _("evidence"),
}
_LAST = float("inf")


@dataclass(frozen=True)
class Decision:
    """A solution with the verdict for one outcome, cost, time and who pays, as a row shows them.

    `coins`: 1 to 3 by cost per inhabitant, 0 where that is not known. `time` and `payers` are empty
    where they are not known. `mark`: the drawn size, None where it is no share.
    """

    solution: str
    name: Localised
    headline: Headline | None
    facts: Mapping[str, Any]
    coins: int
    cost: str
    time: str
    payers: str
    mark: Mark | None = None

    @property
    def code(self) -> str:
        """The verdict, empty where no city tried it."""
        return self.headline.code if self.headline else ""

    @property
    def word(self) -> str | Promise:
        """The verdict in a word: the column says for which outcome."""
        return Verdict(self.code).label if self.code else ""

    @property
    def figure(self) -> str:
        """The size alone."""
        return figure(self.headline) if self.headline else ""

    @property
    def result(self) -> str:
        """Size, range and places in words, and why they are disputed."""
        if self.headline is None:
            return ""
        return " ".join((*result(self.headline)[:1], *disputes(self.headline)))

    @property
    def outcome(self) -> str:
        """What was measured."""
        return measure_name(self.headline) if self.headline else ""

    @property
    def is_measured(self) -> bool:
        """Whether a place has a result for this outcome."""
        return bool(self.headline and self.headline.result and self.headline.result.places)

    @property
    def pale(self) -> str:
        """The signs of money that do not count."""
        return "€" * (MOST_COINS - self.coins)

    @property
    def full(self) -> str:
        """The signs of money that count."""
        return "€" * self.coins

    @property
    def grade(self) -> int | None:
        """Strength of evidence."""
        points: int | None = self.facts.get("evidence")
        return points

    @property
    def gains(self) -> tuple[float, float, float | None] | None:
        """The share by which the outcome got better, least, most and middling; None for others."""
        main = self.headline and self.headline.result
        if not self.headline or not main or not main.statistic or self.headline.is_for_analysts:
            return None
        if self.headline.unit_names.get("en") not in PERCENT_CHANGE:
            return None
        if not self.headline.direction:
            return None
        turn = -1 if self.headline.direction == EffectDirection.LOWER else 1
        ends = [end * turn for end in (main.low, main.high, main.value) if end is not None]
        return min(ends), max(ends), None if main.value is None else main.value * turn


def decision(solution: str, name: Localised, facts: Mapping[str, Any]) -> Decision:
    """The row of a solution from what `line_facts` gave, in the language in use."""
    coins, cost = cost_words(facts)
    verdict = facts["verdict"]
    return Decision(
        solution=solution,
        name=name,
        headline=Headline.from_values(verdict) if verdict else None,
        facts=facts,
        coins=coins,
        cost=cost,
        time=first_effect(facts.get("years_to_result")),
        payers=group_words(facts.get("paid") or ()),
    )


def _sort_key(row: Decision, order: str) -> tuple[float, ...]:
    """Smallest first; what is not known comes last."""
    if order == "effect":
        gains = row.gains
        return (_LAST if gains is None else -(gains[0] if gains[2] is None else gains[2]),)
    if order == "cost":
        each, cost = row.facts.get("cost_per_inhabitant"), row.facts.get("cost")
        return (_LAST if each is None else each, _LAST if cost is None else cost)
    if order == "time":
        years = row.facts.get("years_to_result")
        return (_LAST if years is None else years,)
    if order == "evidence":
        return (-(row.grade or 0),)
    return (BEST_FIRST.index(Verdict(row.code)) if row.code else _LAST,)


@dataclass(frozen=True)
class DecisionTable:
    """The rows in their order, on one axis; `plot` is None where no size can be drawn.

    `near` rows have a verdict for another outcome only.
    """

    rows: tuple[Decision, ...]
    near: tuple[Decision, ...]
    plot: Forest | None
    order: str

    @property
    def orders(self) -> list[tuple[str, str | Promise, bool]]:
        """The links that sort: code, word, and whether it is the one in use."""
        return [(code, word, code == self.order) for code, word in ORDERS.items()]

    @property
    def has_single(self) -> bool:
        """Whether a drawn size is of one place only."""
        return any(row.mark is not None and not row.mark.row.filled for row in self.rows)


def decision_table(
    rows: Iterable[Decision], near: Iterable[Decision] = (), order: str = ""
) -> DecisionTable:
    """The table of `rows`, sorted by one of `ORDERS`; without, in the order they came in."""
    order = order if order in ORDERS else next(iter(ORDERS))
    ordered, beside = (
        tuple(sorted(part, key=lambda row: _sort_key(row, order))) for part in (rows, near)
    )
    drawn = {row.solution: gains for row in ordered if (gains := row.gains)}
    if not drawn:
        return DecisionTable(ordered, beside, None, order)
    plot = draw(
        [
            ForestRow(
                label=solution,
                sublabel="",
                value=least if middle is None else middle,
                low=None if middle is None else least,
                high=None if middle is None else most,
                ends=(least, most) if middle is None else None,
                filled=least != most,
                design="",
            )
            for solution, (least, most, middle) in drawn.items()
        ],
        title="",
        favourable="higher",
    )
    marks = dict(zip(drawn, plot.marks, strict=True))
    drawn_rows = tuple(replace(row, mark=marks.get(row.solution)) for row in ordered)
    return DecisionTable(drawn_rows, beside, plot, order)
