"""How the effects of a solution spread over places: measure by measure, never mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.analysis.effect_spread import (
    DESIGNS,
    MEASURED_DESIGNS,
    PERCENT_CHANGE,
    PlaceEffect,
    SpreadSummary,
    summarise,
)
from alliance.analysis.evidence import Pooled
from alliance.analysis.evidence_grade import best_covered
from alliance.cases.effects import HIDDEN_CITY, counted_places, hide_few, null_effect, place_effects
from alliance.cases.enums import Design
from alliance.cases.models import CaseStudy, Effect, NullResult
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.localise import local_name, local_place, local_qualifier, local_symbol
from alliance.cases.selectors.place_mix import NO_MIX, PlaceMix, place_mix
from alliance.charts import forest
from alliance.evidence.messages.outlook import CONTRADICT
from alliance.evidence.messages.spread import left_out_text, to_check_again, warning_texts
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.effects import EffectFigures, figures_of, first_capital
from alliance.evidence.selectors.outlook import OutlookView, Useful, beyond_possible, outlook_view

# From two places on, effects are drawn beside each other; a single one is told in a line.
MIN_PLACES_DRAWN = 2

# What a page can hold and a reader take in. The figures beside a chart are always of all places.
PLACES_IN_CHART = 20
PLACES_IN_BRIEF = 8
PLACES_IN_CHARTS = 40
LEFT_OUT_SHOWN = 20
SINGLE_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class SpreadRow(EffectFigures):
    """One recorded effect of a case; `place` is its place in the language of the page.

    `reason` is the code of why it does not speak for its place, empty where it does.
    """

    effect: Effect
    case: CaseStudy
    place: str
    qualifier: Localised
    reason: str = ""

    @property
    def left_out(self) -> str | Promise:
        """Why it does not speak for its place, in words."""
        return left_out_text(self.reason, self.effect.pool_exclusion) if self.reason else ""


def languages_of(rows: Iterable[SpreadRow]) -> tuple[str, ...]:
    """The languages, other than that of the page, in which words of the rows stand."""
    return tuple(dict.fromkeys(row.qualifier.lang_attr for row in rows if row.qualifier.lang_attr))


@dataclass(frozen=True)
class Spread:
    """The effects of one measure in one unit and direction, one speaking for each place.

    `first` is one of them; `rows` holds all in the order of their cases. `chart` is None for a
    single place, and where a page has no room left for it; it draws `n_drawn` of the places.
    `grade_rests_on_it`: the evidence grade of the solution is counted on this measure and unit.
    `nulls`: results of the measure that are no difference, without a number: told, never pooled.
    `main`: the headline of the solution where it is about this measure, with the pool it rests on.
    """

    key: str
    first: Effect
    measure: str
    unit: str
    symbol: str
    is_change: bool
    summary: SpreadSummary
    rows: tuple[SpreadRow, ...]
    chosen: tuple[SpreadRow, ...]
    left_out: tuple[SpreadRow, ...]
    warnings: tuple[Promise, ...]
    grade_rests_on_it: bool
    outlook: OutlookView | None = None
    nulls: tuple[NullResult, ...] = ()
    main: SolutionVerdict | None = None
    chart: forest.Forest | None = None

    @property
    def n_drawn(self) -> int:
        """How many places the chart draws."""
        return 0 if self.chart is None else len(self.chart.rows)

    @property
    def doubtful(self) -> tuple[SpreadRow, ...]:
        """Those that speak for a place and are to be looked up again."""
        return tuple(row for row in self.chosen if row.check_again)

    @property
    def to_check_again(self) -> str:
        """How many of them are to be looked up again, in words; empty where none is."""
        return to_check_again(len(self.doubtful), len(self.chosen))

    @property
    def left_out_shown(self) -> tuple[SpreadRow, ...]:
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
        """Mean and intervals over places; None where too few, or too different, to predict."""
        if self.outlook is None or not self.outlook.has_mean or self.beyond_possible:
            return None
        return self.outlook.outlook.pooled

    @property
    def drawn_pool(self) -> Pooled | None:
        """Mean and intervals as drawn: of the main measure those of the headline or none."""
        if self.main is None or self.pooled is None:
            return self.pooled
        body, result = self.main.details["body"], self.main.details.get("result")
        if body is None or result is None or result["statistic"] != "mean":
            return None
        return replace(
            self.pooled,
            k=body["k"],
            estimate=body["estimate"],
            ci_low=body["ci"][0],
            ci_high=body["ci"][1],
            prediction_low=body["prediction_interval"][0],
            prediction_high=body["prediction_interval"][1],
            weighting=body["weighting"],
        )

    @property
    def drawn_median(self) -> float | None:
        """The median as drawn: of the main measure that of the headline, if it names one."""
        result = self.main.details.get("result") if self.main is not None else None
        if result is None:
            return self.summary.median if self.has_mean else None
        return result["value"] if result["statistic"] == "median" else None

    @property
    def digits(self) -> int:
        """Decimals that a computed figure is worth, given the size of the values."""
        return _digits(row.value for row in self.chosen)

    @property
    def beyond_possible(self) -> bool:
        """Whether an interval reaches what cannot happen, so that it is no expectation."""
        outlook = None if self.outlook is None else self.outlook.outlook
        return beyond_possible(self.summary, outlook, self.symbol, is_change=self.is_change)

    @property
    def has_possible_range(self) -> bool:
        """Whether the results as recorded can happen; what was kept before may fall too low."""
        lowest = self.summary.minimum
        return lowest is None or lowest >= -100 or self.first.unit.name not in PERCENT_CHANGE

    @property
    def word(self) -> str:
        """What stands before the number where its certainty is low; empty where it is not."""
        if self.summary.contradicts:
            return str(CONTRADICT)
        if self.outlook is None or not self.outlook.is_weak:
            return ""
        return _("Certainty: %(grade)s.") % {"grade": self.outlook.grade}

    @property
    def prediction_includes_zero(self) -> bool:
        """Whether no change at all, or one the other way, is to be expected of a new place."""
        if self.drawn_pool is None:
            return False
        low, high = self.drawn_pool.prediction_low, self.drawn_pool.prediction_high
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
        return tuple(spread for spread in self.drawn if spread.chart is not None)

    @property
    def in_short(self) -> tuple[Spread, ...]:
        """Measures of two places or more whose charts a page has no room for."""
        return tuple(spread for spread in self.drawn if spread.chart is None)

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


#: An effect as the analysis reads it and as it is recorded, its case, and the name of its place.
_Member = tuple[PlaceEffect, Effect, CaseStudy, str]
#: Where a measure comes among those of a solution.
_Rank = tuple[bool, bool, int, int, str, str]


def _row(member: _Member, reason: str, language: str) -> SpreadRow:
    _key, effect, case, place = member
    return SpreadRow(
        **figures_of(effect),
        effect=effect,
        case=case,
        place=place,
        qualifier=local_qualifier(effect, case.original_language, language),
        reason=reason,
    )


def _digits(values: Iterable[float]) -> int:
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest >= 10 else 1 if largest >= 1 else 2


def _strength(row: SpreadRow) -> tuple[int, bool, int]:
    """Order of drawing: the stronger design, then a known interval, then the larger sample."""
    return (DESIGNS.index(row.design), row.low is None or row.high is None, -(row.n or 0))


def rows_drawn(rows: Sequence[SpreadRow], most: int) -> tuple[SpreadRow, ...]:
    """At most `most` (two or more) of `rows`, which lie in the order of their values.

    The lowest and the highest, then those found in the strongest ways; the order stays.
    """
    if len(rows) <= most:
        return tuple(rows)
    between = sorted(range(1, len(rows) - 1), key=lambda index: _strength(rows[index]))
    indices = {0, len(rows) - 1, *between[: most - 2]}
    return tuple(row for index, row in enumerate(rows) if index in indices)


def _chart(spread: Spread, most: int) -> forest.Forest:
    """The chart of a measure with at most `most` of its places, its counts being of all."""
    pooled, rows = spread.drawn_pool, spread.chosen
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
        unit_symbol=spread.symbol,
        unit_name=spread.unit,
        favourable=spread.first.direction,
        signed=spread.is_change,
        summary=forest.ForestSummary(
            mean=pooled.estimate,
            ci_low=pooled.ci_low,
            ci_high=pooled.ci_high,
            pi_low=pooled.prediction_low,
            pi_high=pooled.prediction_high,
            median=spread.drawn_median,
            weighted=pooled.weighting == "inverse-variance",
        )
        if pooled is not None
        else forest.ForestSummary(median=spread.drawn_median)
        if spread.drawn_median is not None
        else None,
    )
    if len(plot.rows) == len(rows):
        return plot
    judged = plot.n_favourable is not None
    better, worse = forest.clear_sides(rows, plot.favourable)
    return replace(
        plot,
        n=len(rows),
        n_without_interval=sum(row.low is None or row.high is None for row in rows),
        n_modelled=sum(row.design == Design.MODELLED for row in rows),
        n_favourable=better if judged else None,
        n_unfavourable=worse if judged else None,
    )


@dataclass(frozen=True)
class _Asked:
    """For whom a spread is told: what its words depend on besides the effects."""

    language: str
    graded: tuple[str, str] | None
    place_mix: PlaceMix
    useful: Useful | None
    nulls: Sequence[NullResult]
    main: SolutionVerdict | None

    def is_main(self, effect: Effect) -> bool:
        """Whether the headline is about the measure and unit of an effect."""
        return self.main is not None and (self.main.measure_id, self.main.unit_id) == (
            effect.measure_id,
            effect.unit_id,
        )


def spread_key(effect: Effect) -> str:
    """The measure, unit and direction of an effect as one word, for addresses."""
    return f"{effect.measure.slug}-{effect.unit.code}-{effect.direction.split('-')[0]}"


def _spread(members: Sequence[_Member], summary: SpreadSummary, asked: _Asked) -> Spread:
    first, language = members[0][1], asked.language
    # The analysis hands back the very objects it was given, which tells their rows apart even
    # where two effects have equal figures.
    reasons = {
        id(exclusion.effect): HIDDEN_CITY
        if exclusion.effect.excluded == HIDDEN_CITY
        else exclusion.reason
        for exclusion in summary.selection.left_out
    }
    rows = {
        id(member[0]): _row(member, reasons.get(id(member[0]), ""), language) for member in members
    }
    speaking = [rows[id(place)] for place in summary.selection.chosen]
    key, symbol = spread_key(first), local_symbol(first.unit, language)
    outlook = outlook_view(
        summary,
        [(row.case, row.effect) for row in speaking],
        place_mix=asked.place_mix,
        useful=asked.useful.size if asked.useful and asked.useful.key == key else None,
        digits=_digits(row.value for row in speaking),
        symbol=symbol,
        language=language,
    )
    codes = summary.warnings if outlook is None else outlook.outlook.warnings
    if (
        outlook is not None
        and not first.unit.is_change
        and beyond_possible(summary, outlook.outlook, first.unit.symbol, is_change=False)
    ):
        codes = (*codes, "level-beyond-possible")
    return Spread(
        key=key,
        first=first,
        measure=local_name(first.measure, language),
        unit=local_name(first.unit, language),
        symbol=symbol,
        is_change=first.unit.is_change,
        summary=summary,
        rows=tuple(rows.values()),
        chosen=tuple(sorted(speaking, key=lambda row: (row.value, row.place))),
        left_out=tuple(rows[id(exclusion.effect)] for exclusion in summary.selection.left_out),
        warnings=warning_texts(codes),
        grade_rests_on_it=(first.measure.name, first.unit.name) == asked.graded,
        outlook=outlook,
        nulls=tuple(
            null
            for null in asked.nulls
            if null.measure_id == first.measure_id and first.unit.is_change
        ),
        main=asked.main if asked.is_main(first) else None,
    )


def _coverage(members: Sequence[_Member], summary: SpreadSummary, asked: _Asked) -> _Rank:
    first = members[0][1]
    measured = sum(effect.design in MEASURED_DESIGNS for _key, effect, _case, _place in members)
    # What the headline is about comes first, then what the grade rests on.
    return (
        not asked.is_main(first),
        (first.measure.name, first.unit.name) != asked.graded,
        -summary.k,
        -measured,
        local_name(first.measure, asked.language),
        local_name(first.unit, asked.language),
    )


def every_spread(
    cases: Sequence[CaseStudy],
    language: str,
    useful: Useful | None = None,
    *,
    main: SolutionVerdict | None = None,
    in_brief: bool = False,
) -> list[Spread]:
    """All effects of `cases` by measure, unit and direction, without charts, best covered first.

    `main`: the main verdict of their solution, whose measure comes before all. `useful`: the
    smallest useful change of one measure. `in_brief`: only the first of them where two places or
    more measured it, and without what no place knows of it. Makes one query where the effects and
    the results without a number were read with their measures and units; none in brief.
    """
    nulls = [null for case in cases for null in case.null_results]
    groups: dict[tuple[str, str, str], list[_Member]] = defaultdict(list)
    everywhere: list[PlaceEffect] = []
    places = counted_places(cases)
    for case in cases:
        case_effects, name = place_effects(case, places[case.pk]), local_place(case, language)
        for place_effect, effect in zip(case_effects, case.effects.all(), strict=True):
            key = (effect.measure.name, effect.unit.name, effect.direction)
            groups[key].append((place_effect, effect, case, name))
        everywhere += case_effects
    everywhere += [null_effect(null) for null in nulls]
    mix = NO_MIX if in_brief else place_mix(cases)
    asked = _Asked(language, best_covered(everywhere), mix, useful, nulls, main)
    summarised = []
    for group in groups.values():
        disclosed = hide_few([member[0] for member in group])
        members = [
            (place_effect, *member[1:])
            for place_effect, member in zip(disclosed, group, strict=True)
        ]
        summarised.append((members, summarise(disclosed)))
    summarised.sort(key=lambda pair: _coverage(pair[0], pair[1], asked))
    if in_brief and summarised and summarised[0][1].k >= MIN_PLACES_DRAWN:
        summarised = summarised[:1]
    return [_spread(members, summary, asked) for members, summary in summarised]


def spreads(
    cases: Sequence[CaseStudy],
    language: str,
    *,
    main: SolutionVerdict | None = None,
    in_full: bool = True,
    in_brief: bool = False,
    useful: Useful | None = None,
) -> Spreads:
    """All effects of `cases` by measure, unit and direction, best covered first.

    `in_full`: every measure of two places or more has a chart with all of them; else the charts
    hold what a page has room for, less `in_brief`. For the others see `every_spread`.
    """
    all_spreads = every_spread(cases, language, useful, main=main, in_brief=in_brief)
    return Spreads(
        drawn=_with_charts(
            [spread for spread in all_spreads if spread.summary.k >= MIN_PLACES_DRAWN],
            None if in_full else PLACES_IN_BRIEF if in_brief else PLACES_IN_CHART,
        ),
        single=tuple(spread for spread in all_spreads if spread.summary.k == 1),
        unusable=tuple(spread for spread in all_spreads if spread.summary.k == 0),
    )


def _with_charts(candidates: Sequence[Spread], most: int | None) -> tuple[Spread, ...]:
    """The measures with their charts, best covered first; no chart once there is no more room.

    `most`: places in a chart; None for all of them, and room for every chart.
    """
    drawn: list[Spread] = []
    room = PLACES_IN_CHARTS
    for spread in candidates:
        places = spread.summary.k if most is None else min(spread.summary.k, most)
        room -= 0 if most is None else places
        drawn.append(replace(spread, chart=_chart(spread, places)) if room >= 0 else spread)
    return tuple(drawn)
