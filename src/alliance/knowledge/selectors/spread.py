"""How the effects of a solution spread over places: measure by measure, never mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.analysis.effect_spread import DESIGNS, PlaceEffect, SpreadSummary, summarise
from alliance.analysis.evidence import Pooled
from alliance.analysis.evidence_grade import MEASURED_DESIGNS, solution_grade
from alliance.charts import forest
from alliance.knowledge.effects import place_effects
from alliance.knowledge.enums import Design
from alliance.knowledge.messages.spread import left_out_text, warning_texts
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.case_list import Localised, localised
from alliance.knowledge.selectors.effects import EffectFigures, figures_of, first_capital
from alliance.knowledge.selectors.localise import local_name, local_place, local_symbol
from alliance.knowledge.selectors.outlook import OutlookView, Useful, outlook_view
from alliance.knowledge.selectors.place_mix import PlaceMix, place_mix

# From two places on, effects are drawn beside each other; a single one is told in a line.
MIN_PLACES_DRAWN = 2

# What a page can hold and a reader take in. The figures beside a chart are always of all places.
PLACES_IN_CHART = 20
PLACES_IN_CHARTS = 40
LEFT_OUT_SHOWN = 20
SINGLE_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class EffectRow(EffectFigures):
    """One recorded effect of a case; `place` is its place in the language of the page.

    `left_out` says in words why it does not speak for its place; it is empty where it does.
    """

    case: CaseStudy
    place: str
    qualifier: Localised
    left_out: str | Promise = ""


def languages_of(rows: Iterable[EffectRow]) -> tuple[str, ...]:
    """The languages, other than that of the page, in which words of the rows stand."""
    return tuple(dict.fromkeys(row.qualifier.lang_attr for row in rows if row.qualifier.lang_attr))


@dataclass(frozen=True)
class Spread:
    """The effects of one measure in one unit and direction, one speaking for each place.

    `chart` is None for a single place, and where a page has no room left for it; it draws
    `n_drawn` of the places. `grade_rests_on_it`: the evidence grade of the solution is counted on
    this measure and unit.
    """

    key: str
    measure: str
    measure_slug: str
    unit: str
    symbol: str
    direction: str
    is_change: bool
    summary: SpreadSummary
    chosen: tuple[EffectRow, ...]
    left_out: tuple[EffectRow, ...]
    warnings: tuple[Promise, ...]
    grade_rests_on_it: bool
    outlook: OutlookView | None = None
    chart: forest.Forest | None = None

    @property
    def n_drawn(self) -> int:
        """How many places the chart draws."""
        return 0 if self.chart is None else len(self.chart.rows)

    @property
    def left_out_shown(self) -> tuple[EffectRow, ...]:
        """The first of the results left out, as many as a page holds."""
        return self.left_out[:LEFT_OUT_SHOWN]

    @property
    def left_out_languages(self) -> tuple[str, ...]:
        """The languages of words among the results left out, other than the page's."""
        return languages_of(self.left_out_shown)

    @property
    def has_mean(self) -> bool:
        """Whether there are enough places for a mean and its intervals."""
        return self.outlook is not None and self.outlook.has_mean

    @property
    def pooled(self) -> Pooled | None:
        """Mean and intervals over places, None where there are too few of them."""
        return self.outlook.outlook.pooled if self.outlook and self.outlook.has_mean else None

    @property
    def digits(self) -> int:
        """Decimals that a computed figure is worth, given the size of the values."""
        return _digits(row.value for row in self.chosen)

    @property
    def beyond_possible(self) -> bool:
        """Whether an interval reaches what cannot happen, so that it is no expectation."""
        if self.outlook is None:
            return False
        if self.is_change:
            return "below-possible" in self.outlook.outlook.warnings
        return _level_beyond(self.summary, self.outlook.outlook.pooled, self.symbol)

    @property
    def prediction_includes_zero(self) -> bool:
        """Whether no change at all, or one the other way, is to be expected of a new place."""
        if self.pooled is None:
            return False
        low, high = self.pooled.prediction_low, self.pooled.prediction_high
        return low is not None and high is not None and low <= 0 <= high


@dataclass(frozen=True)
class Spreads:
    """`drawn` have two places or more, `single` have one, `unusable` have no effect that counts."""

    drawn: tuple[Spread, ...]
    single: tuple[Spread, ...]
    unusable: tuple[Spread, ...]

    @property
    def in_charts(self) -> tuple[Spread, ...]:
        """The measures that have a chart."""
        return tuple(one for one in self.drawn if one.chart is not None)

    @property
    def in_short(self) -> tuple[Spread, ...]:
        """Measures of two places or more whose charts a page has no room for."""
        return tuple(one for one in self.drawn if one.chart is None)

    @property
    def single_shown(self) -> tuple[Spread, ...]:
        """The first measures of one place, as many as a page holds."""
        return self.single[:SINGLE_SHOWN]

    @property
    def single_languages(self) -> tuple[str, ...]:
        """The languages of words among them, other than the page's."""
        return languages_of(row for spread in self.single_shown for row in spread.chosen)

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


def _row(member: _Member, language: str, left_out: str = "") -> EffectRow:
    effect, case = member.effect, member.case
    return EffectRow(
        **figures_of(effect),
        case=case,
        place=local_place(case, language),
        qualifier=localised(effect.qualifier, case.original_language, language),
        left_out=left_out_text(left_out, effect.pool_exclusion) if left_out else "",
    )


def _digits(values: Iterable[float]) -> int:
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest >= 10 else 1 if largest >= 1 else 2


def _level_beyond(summary: SpreadSummary, pooled: Pooled, symbol: str) -> bool:
    """Whether an interval of levels goes where none of their values can be.

    A level whose values are all 0 or more is a share or a count; a share of up to 100 % stays so.
    """
    low, high = pooled.prediction_low, pooled.prediction_high
    smallest, largest = summary.minimum, summary.maximum
    if low is None or high is None or smallest is None or largest is None:
        return False
    return (smallest >= 0 and low < 0) or (symbol == "%" and largest <= 100 and high > 100)


def _strength(row: EffectRow) -> tuple[int, bool, int]:
    """Order of drawing: the stronger design, then a known interval, then the larger sample."""
    return (DESIGNS.index(row.design), row.low is None or row.high is None, -(row.n or 0))


def rows_drawn(rows: Sequence[EffectRow], most: int) -> tuple[EffectRow, ...]:
    """At most `most` (two or more) of `rows`, which lie in the order of their values.

    The lowest and the highest, then those found in the strongest ways; the order stays.
    """
    if len(rows) <= most:
        return tuple(rows)
    between = sorted(range(1, len(rows) - 1), key=lambda index: _strength(rows[index]))
    kept = {0, len(rows) - 1, *between[: most - 2]}
    return tuple(row for index, row in enumerate(rows) if index in kept)


def _chart(spread: Spread, first: Effect, language: str, most: int) -> forest.Forest:
    """The chart of a measure with at most `most` of its places, its counts being of all."""
    summary, pooled, rows = spread.summary, spread.pooled, spread.chosen
    plot = forest.draw(
        [
            row.drawn(
                row.place,
                row.years,
                row.qualifier.value,
                row.qualifier.lang_attr,
                reverse("knowledge:case", args=[row.case.public_id]),
            )
            for row in rows_drawn(rows, most)
        ],
        title=_("%(measure)s (%(unit)s)")
        % {"measure": first_capital(spread.measure), "unit": spread.unit},
        unit_symbol=local_symbol(first.unit, language),
        unit_name=spread.unit,
        favourable=first.direction,
        signed=spread.is_change,
        summary=forest.ForestSummary(
            mean=pooled.estimate,
            ci_low=pooled.ci_low,
            ci_high=pooled.ci_high,
            pi_low=pooled.prediction_low,
            pi_high=pooled.prediction_high,
            median=summary.median,
            weighted=pooled.weighting == "inverse-variance",
        )
        if pooled is not None
        else None,
    )
    if len(plot.rows) == len(rows):
        return plot
    return replace(
        plot,
        n=len(rows),
        n_without_interval=sum(row.low is None or row.high is None for row in rows),
        n_modelled=sum(row.design == Design.MODELLED for row in rows),
        n_favourable=summary.n_favourable,
        n_unfavourable=summary.n_unfavourable,
        n_zero=summary.n_zero,
    )


@dataclass(frozen=True)
class _Asked:
    """For whom a spread is told: what its words depend on besides the effects."""

    language: str
    graded: tuple[str | None, str | None]
    place_mix: PlaceMix
    useful: Useful | None


def spread_key(effect: Effect) -> str:
    """The measure, unit and direction of an effect as one word, for addresses."""
    return f"{effect.measure.slug}-{effect.unit.code}-{effect.direction.split('-')[0]}"


def _spread(members: Sequence[_Member], asked: _Asked) -> Spread:
    first, language = members[0].effect, asked.language
    summary = summarise([member.place for member in members])
    # The analysis hands back the very objects it was given, which tells their rows apart even
    # where two effects have equal figures.
    by_identity = {id(member.place): member for member in members}
    speaking = [by_identity[id(place)] for place in summary.selection.chosen]
    chosen = sorted(
        (_row(member, language) for member in speaking),
        key=lambda row: (row.value, row.place),
    )
    key, symbol = spread_key(first), local_symbol(first.unit, language)
    outlook = outlook_view(
        summary,
        [(member.case, member.effect) for member in speaking],
        place_mix=asked.place_mix,
        useful=asked.useful.size if asked.useful and asked.useful.key == key else None,
        digits=_digits(row.value for row in chosen),
        symbol=symbol,
        language=language,
    )
    codes = summary.warnings if outlook is None else outlook.outlook.warnings
    if (
        outlook is not None
        and not first.unit.is_change
        and _level_beyond(summary, outlook.outlook.pooled, first.unit.symbol)
    ):
        codes = (*codes, "level-beyond-possible")
    return Spread(
        key=key,
        measure=local_name(first.measure, language),
        measure_slug=first.measure.slug,
        unit=local_name(first.unit, language),
        symbol=symbol,
        direction=first.direction,
        is_change=first.unit.is_change,
        summary=summary,
        chosen=tuple(chosen),
        left_out=tuple(
            _row(by_identity[id(one.effect)], language, one.reason)
            for one in summary.selection.left_out
        ),
        warnings=warning_texts(codes),
        grade_rests_on_it=(first.measure.name, first.unit.name) == asked.graded,
        outlook=outlook,
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


def spreads(
    cases: Sequence[CaseStudy],
    language: str,
    *,
    in_full: bool = True,
    useful: Useful | None = None,
) -> Spreads:
    """All effects of `cases` by measure, unit and direction, best covered first.

    `in_full`: every measure of two places or more has a chart with all of them; else the charts
    hold what a page has room for. `useful`: the smallest useful change of one measure. Makes one
    query where the effects were read with their measure and unit.
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
    asked = _Asked(language, (grade.measure, grade.unit), place_mix(cases), useful)
    found = sorted(
        ((_spread(members, asked), members[0].effect) for members in groups.values()),
        key=lambda pair: _coverage(pair[0]),
    )
    return Spreads(
        drawn=_with_charts(
            [pair for pair in found if pair[0].summary.k >= MIN_PLACES_DRAWN], language, in_full
        ),
        single=tuple(one for one, _effect in found if one.summary.k == 1),
        unusable=tuple(one for one, _effect in found if one.summary.k == 0),
    )


def _with_charts(
    found: Sequence[tuple[Spread, Effect]], language: str, in_full: bool
) -> tuple[Spread, ...]:
    """The measures with their charts, best covered first; no chart once there is no more room."""
    told: list[Spread] = []
    room = PLACES_IN_CHARTS
    for spread, first in found:
        places = spread.summary.k if in_full else min(spread.summary.k, PLACES_IN_CHART)
        room -= 0 if in_full else places
        told.append(
            replace(spread, chart=_chart(spread, first, language, places)) if room >= 0 else spread
        )
    return tuple(told)
