"""How the effects of a solution spread over places: measure by measure, never mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.analysis.effect_spread import PlaceEffect, SpreadSummary, summarise
from alliance.analysis.evidence_grade import MEASURED_DESIGNS, solution_grade
from alliance.charts import forest
from alliance.knowledge.effects import place_effects
from alliance.knowledge.enums import Design
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.lines import CaseLine, Told, told
from alliance.knowledge.selectors.localise import local_name, local_symbol
from alliance.knowledge.spread_texts import left_out_text, warning_texts
from alliance.web.formatting import period

# From two places on, effects are drawn beside each other; a single one is told in a line.
MIN_PLACES_DRAWN = 2


@dataclass(frozen=True)
class EffectRow:
    """One recorded effect of a case.

    `left_out` says in words why it does not speak for its place; it is empty where it does.
    """

    case: CaseLine
    value: float
    low: float | None
    high: float | None
    n: int | None
    design: str
    period_start: int | None
    period_end: int | None
    qualifier: Told
    note: Told
    left_out: str | Promise = ""

    @property
    def design_label(self) -> str | Promise:
        """How the effect was found."""
        return Design(self.design).label

    @property
    def years(self) -> str:
        """The period in words; empty where it is not recorded."""
        if self.period_start is None and self.period_end is None:
            return ""
        return period(self.period_start, self.period_end)


@dataclass(frozen=True)
class Spread:
    """The effects of one measure in one unit and direction, one speaking for each place.

    `chart` is None for a single place. `grade_rests_on_it`: the evidence grade of the solution is
    counted on this measure and unit.
    """

    key: str
    measure: str
    unit: str
    symbol: str
    direction: str
    is_change: bool
    summary: SpreadSummary
    chosen: tuple[EffectRow, ...]
    left_out: tuple[EffectRow, ...]
    chart: forest.Forest | None
    warnings: tuple[Promise, ...]
    grade_rests_on_it: bool

    @property
    def has_mean(self) -> bool:
        """Whether there are enough places for a mean and its intervals."""
        return self.summary.mean is not None

    @property
    def digits(self) -> int:
        """Decimals that a computed figure is worth, given the size of the values."""
        largest = max(abs(row.value) for row in self.chosen) if self.chosen else 0
        return 0 if largest >= 10 else 1 if largest >= 1 else 2

    @property
    def beyond_possible(self) -> bool:
        """Whether an interval reaches what cannot happen, so that it is no expectation."""
        if self.is_change:
            return "below-possible" in self.summary.warnings
        return _level_beyond(self.summary, self.symbol)

    @property
    def prediction_includes_zero(self) -> bool:
        """Whether no change at all, or one the other way, is to be expected of a new place."""
        low, high = self.summary.pi_low, self.summary.pi_high
        return low is not None and high is not None and low <= 0 <= high


@dataclass(frozen=True)
class Spreads:
    """`drawn` have two places or more, `single` have one, `unusable` have no effect that counts."""

    drawn: tuple[Spread, ...]
    single: tuple[Spread, ...]
    unusable: tuple[Spread, ...]

    @property
    def first(self) -> Spread | None:
        """The best covered measure, None where no effect is recorded."""
        return next(iter(self.drawn + self.single), None)


_Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Member:
    place: PlaceEffect
    effect: Effect
    case: CaseStudy


def _row(
    member: _Member, lines: Mapping[str, CaseLine], language: str, left_out: str = ""
) -> EffectRow:
    effect, case = member.effect, member.case
    return EffectRow(
        case=lines[case.public_id],
        value=effect.value,
        low=effect.low,
        high=effect.high,
        n=effect.n,
        design=effect.design,
        period_start=effect.period_start,
        period_end=effect.period_end,
        qualifier=told(effect.qualifier, case.original_language, language),
        note=told(effect.note, case.original_language, language),
        left_out=left_out_text(left_out, effect.pool_exclusion) if left_out else "",
    )


def _level_beyond(summary: SpreadSummary, symbol: str) -> bool:
    """Whether an interval of levels goes where none of their values can be.

    A level whose values are all 0 or more is a share or a count; a share of up to 100 % stays so.
    """
    low, high = summary.pi_low, summary.pi_high
    smallest, largest = summary.minimum, summary.maximum
    if low is None or high is None or smallest is None or largest is None:
        return False
    return (smallest >= 0 and low < 0) or (symbol == "%" and largest <= 100 and high > 100)


def _chart(
    rows: Sequence[EffectRow], first: Effect, summary: SpreadSummary, language: str
) -> forest.Forest:
    symbol = local_symbol(first.unit, language)
    unit = local_name(first.unit, language)
    measure = local_name(first.measure, language)
    return forest.draw(
        [
            forest.ForestRow(
                label=row.case.place,
                sublabel=", ".join(part for part in (row.years, row.qualifier.value) if part),
                value=row.value,
                low=row.low,
                high=row.high,
                design=str(row.design_label),
                href=reverse("knowledge:case", args=[row.case.public_id]),
                filled=row.design != Design.MODELLED,
            )
            for row in rows
        ],
        title=_("%(measure)s (%(unit)s)")
        % {"measure": measure[:1].upper() + measure[1:], "unit": unit},
        unit_symbol=symbol,
        unit_name=unit,
        favourable=first.direction,
        signed=first.unit.is_change,
        summary=forest.ForestSummary(
            mean=summary.mean,
            ci_low=summary.ci_low,
            ci_high=summary.ci_high,
            pi_low=summary.pi_low,
            pi_high=summary.pi_high,
            median=summary.median,
        )
        if summary.mean is not None
        else None,
    )


def _spread(
    members: Sequence[_Member],
    lines: Mapping[str, CaseLine],
    language: str,
    graded: tuple[str | None, str | None],
) -> Spread:
    first = members[0].effect
    summary = summarise([member.place for member in members])
    # The analysis hands back the very objects it was given, which tells their rows apart even
    # where two effects have equal figures.
    by_identity = {id(member.place): member for member in members}
    chosen = sorted(
        (_row(by_identity[id(place)], lines, language) for place in summary.selection.chosen),
        key=lambda row: (row.value, row.case.place),
    )
    return Spread(
        key=f"{first.measure.slug}-{first.unit.code}-{first.direction.split('-')[0]}",
        measure=local_name(first.measure, language),
        unit=local_name(first.unit, language),
        symbol=local_symbol(first.unit, language),
        direction=first.direction,
        is_change=first.unit.is_change,
        summary=summary,
        chosen=tuple(chosen),
        left_out=tuple(
            _row(by_identity[id(one.effect)], lines, language, one.reason)
            for one in summary.selection.left_out
        ),
        chart=_chart(chosen, first, summary, language) if len(chosen) >= MIN_PLACES_DRAWN else None,
        warnings=warning_texts(
            (*summary.warnings, "level-beyond-possible")
            if not first.unit.is_change and _level_beyond(summary, first.unit.symbol)
            else summary.warnings
        ),
        grade_rests_on_it=(first.measure.name, first.unit.name) == graded,
    )


def _coverage(spread: Spread) -> tuple[bool, int, int, str, str]:
    measured = sum(row.design in MEASURED_DESIGNS for row in spread.chosen + spread.left_out)
    # What the grade rests on comes first, so that grade and first chart tell of the same thing.
    return (
        not spread.grade_rests_on_it,
        -spread.summary.k,
        -measured,
        spread.measure,
        spread.unit,
    )


def spreads(cases: Sequence[CaseStudy], lines: Mapping[str, CaseLine], language: str) -> Spreads:
    """All effects of `cases` by measure, unit and direction, best covered first.

    `lines` holds the line of each case by its public id. Makes no query where the effects were
    read with their measure and unit.
    """
    groups: dict[_Key, list[_Member]] = defaultdict(list)
    everywhere: list[PlaceEffect] = []
    for case in cases:
        for place, effect in zip(place_effects(case), case.effects.all(), strict=True):
            key = (effect.measure.name, effect.unit.name, effect.direction)
            groups[key].append(_Member(place, effect, case))
            everywhere.append(place)
    # Sources decide points of the grade, not the measure that it is counted on.
    grade = solution_grade(everywhere, sources=())
    found = sorted(
        (
            _spread(members, lines, language, (grade.measure, grade.unit))
            for members in groups.values()
        ),
        key=_coverage,
    )
    return Spreads(
        drawn=tuple(one for one in found if one.summary.k >= MIN_PLACES_DRAWN),
        single=tuple(one for one in found if one.summary.k == 1),
        unusable=tuple(one for one in found if one.summary.k == 0),
    )
