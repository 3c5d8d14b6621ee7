"""The figures of a ranked set as numbers: normalised, with errors, treated for outliers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from alliance.analysis.composite import Composite, Coverage, Method, Node, Table, build
from alliance.analysis.composite.framework import Ints, framework_from
from alliance.analysis.composite.values import divide
from alliance.indicators.enums import ErrorBasis, Status, Treatment
from alliance.indicators.errors import error_of
from alliance.indicators.guard import area_of
from alliance.indicators.releases.choosing import Choice, Floats, IndicatorFigures
from alliance.indicators.releases.meaning import INDEX, Meaning

#: The number of year-to-year changes needed to estimate the error of carrying a figure forward.
_ENOUGH_CHANGES = 5
_NO_RULES = Coverage(unit=0.0, pillar=0.0, node=0.0, indicator=0.0, distinct=0)

Denominators = dict[tuple[str, str, int], float]


@dataclass(frozen=True)
class CitySeries:
    """The yearly time series of n cities up to their selected figures.

    `figures` (n, T) are divided by their denominator, NaN for missing ones of the `years` (T,);
    `breaks` are the years of each city in which a new series begins.
    """

    years: Ints
    figures: Floats
    breaks: list[list[int]]


@dataclass(frozen=True)
class IndicatorColumn:
    """An indicator of a release. All arrays follow `cities`, the cities that may be ranked.

    `composite` holds the scores of the indicator alone. `values` are the figures as used in the
    index (divided by the denominator, and treated for outliers if the sample defines the scale),
    `errors` their standard errors in the same unit, including the error of carrying forward.
    `ranked` and `ranked_errors` are the same before treatment, and determine the ranks. `place` is
    the index of the set.
    """

    choice: Choice
    definition: dict[str, Any]
    cities: list[str]
    composite: Composite
    values: Floats
    errors: Floats
    ranked: Floats
    ranked_errors: Floats
    #: Unclipped scores, possibly outside 0 to 100, of any figures of the indicator.
    unclipped: Callable[[Floats], Floats]
    denominators: Denominators | None
    #: Whether the treatment of outliers took the logarithm: years then have no common scale.
    is_logged: bool
    place: int = 0

    @cached_property
    def series(self) -> CitySeries:
        """The time series before the selected figures.

        Uses the last period of a year, of the same kind as the selected one, without figures under
        versions of the definition that are not comparable with the current one.
        """
        figures = self.choice.figures
        picks = [self.choice.picks[city] for city in self.cities]
        owner = np.full(figures.city.size, -1)
        for place, pick in enumerate(picks):
            owner[pick.series.start : pick.row + 1] = place
        since = self.definition["comparable_since"]
        rows = np.flatnonzero((owner >= 0) & figures.usable & (figures.number >= since))
        kinds = np.array([len(figures.period[pick.row]) for pick in picks])[owner[rows]]
        rows = rows[kinds == [len(period) for period in figures.period[rows]]]
        years, at = np.unique(figures.year[rows], return_inverse=True)
        # If several rows fall into the same cell, the last one is used.
        row_grid = np.full((len(picks), years.size), -1)
        row_grid[owner[rows], at] = rows
        values = np.full(row_grid.shape, np.nan)
        values[row_grid >= 0] = divided(figures, row_grid[row_grid >= 0], self.denominators)
        breaks: list[list[int]] = [[] for _city in picks]
        for place, year in np.argwhere(
            (row_grid >= 0) & (figures.status[row_grid] == Status.BREAK)
        ):
            breaks[place].append(int(years[year]))
        return CitySeries(years, values, breaks)


def denominators_of(figures: IndicatorFigures) -> Denominators:
    """Values of a denominator by (city, kind of area, year): the latest period of a year."""
    denominators = {}
    for row in np.flatnonzero(figures.usable & ~np.isnan(figures.value)):
        key = (figures.city[row], area_of(figures.boundary[row]), int(figures.year[row]))
        denominators[key] = float(figures.value[row])
    return denominators


def column_of(
    choice: Choice, meaning: Meaning, denominators: Denominators | None, place: int = 0
) -> IndicatorColumn | None:
    """The column of a set of a choice; None if no figure may be ranked.

    Raises MethodError if the bounds of the definition contradict it or the figures.
    """
    figures = choice.figures
    cities = choice.ranked(place)
    rows = np.array([choice.picks[city].row for city in cities], dtype=np.int64)
    if rows.size:
        values = divided(figures, rows, denominators)
        known = ~np.isnan(values)
        cities = [city for city, is_known in zip(cities, known, strict=True) if is_known]
        rows, values = rows[known], values[known]
    if not rows.size:
        return None
    definition = meaning.by_key[choice.indicator, choice.sets[place]]
    errors = np.array([figure_error(figures, row, definition, meaning)[0] for row in rows])
    if denominators is not None:
        raw = figures.value[rows]
        errors = np.nan_to_num(errors * np.abs(values / np.where(raw == 0, np.nan, raw)))
    errors = np.hypot(errors, _carried(choice, cities, rows, values, denominators))
    ranked_errors = errors
    composite = build(
        Table(units=tuple(cities), columns=(choice.indicator,), values=values[:, np.newaxis]),
        framework_from([Node(code=INDEX), leaf(choice.indicator, definition, INDEX)]),
        method=Method(
            treat=definition["treatment"],
            normalise=meaning.method["normalise"],
            coverage=_NO_RULES,
        ),
    )
    report = composite.treatments.get(choice.indicator)
    is_logged = report is not None and report.step == "log"
    treated = composite.treated[:, 0]
    if definition["treatment"] != Treatment.NONE and report is not None:
        errors = errors * np.nan_to_num(report.slope)
    return IndicatorColumn(
        choice=choice,
        definition=definition,
        cities=cities,
        composite=composite,
        values=treated,
        errors=errors,
        ranked=values,
        ranked_errors=ranked_errors,
        unclipped=_no_scale if is_logged else _scale(composite),
        denominators=denominators,
        is_logged=is_logged,
        place=place,
    )


def leaf(code: str, definition: dict[str, Any], parent: str, weight: float = 1.0) -> Node:
    """A definition as a leaf node of the analysis."""
    return Node(
        code=code,
        parent=parent,
        weight=weight,
        direction=definition["direction"],
        lower=definition["lower_bound"],
        upper=definition["upper_bound"],
        scale="log" if definition["is_logarithmic"] else "linear",
        row=f"definition {code}/{definition['key']}",
    )


def divided(
    figures: IndicatorFigures, rows: np.ndarray, denominators: Denominators | None
) -> Floats:
    """Divides figures of rows by the denominator of the same city, area and year; NaN without
    one."""
    values = figures.value[rows]
    if denominators is None:
        return values
    below = [
        denominators.get(
            (figures.city[row], area_of(figures.boundary[row]), int(figures.year[row])), np.nan
        )
        for row in rows
    ]
    return divide(values, np.array(below, dtype=float))


def figure_error(
    figures: IndicatorFigures, row: int, definition: dict[str, Any], meaning: Meaning
) -> tuple[float, ErrorBasis]:
    """The standard error of a figure in its own unit, and its origin."""
    return error_of(
        float(figures.value[row]),
        float(figures.standard_error[row]),
        figures.quality[row],
        # Older frozen definitions have no declared grade.
        grade=definition.get("grade", ""),
        nature=definition["nature"],
        least_difference=definition["least_difference"],
        grades=meaning.method["errors"]["grades"],
    )


def _carried(
    choice: Choice,
    cities: list[str],
    rows: np.ndarray,
    values: Floats,
    denominators: Denominators | None,
) -> Floats:
    """The additional error of carried figures: how much figures change in so many years.

    Years are counted from the newest figure of the set, with which the others are compared.
    """
    figures = choice.figures
    years = figures.year[rows]
    late = years.max() - years
    if not late.any():
        return np.zeros(rows.size)
    steps = []
    for city in cities:
        series = choice.picks[city].series
        own = np.arange(series.start, series.stop)
        own = own[figures.usable[own]]
        figure, moment = divided(figures, own, denominators), figures.year[own]
        known = ~np.isnan(figure)
        figure, moment = figure[known], moment[known]
        gaps = np.diff(moment)
        steps += list(np.diff(figure)[gaps > 0] ** 2 / gaps[gaps > 0])
    if len(steps) >= _ENOUGH_CHANGES:
        return np.asarray(np.sqrt(np.mean(steps) * late), dtype=float)
    spread = values.std(ddof=1) if values.size > 1 else 0.0
    return np.where(late > 0, spread, 0.0)


def _no_scale(values: Floats) -> Floats:
    """No common scale over the years, because the treatment of outliers changed the unit."""
    return np.full(values.shape, np.nan)


def _scale(composite: Composite) -> Callable[[Floats], Floats]:
    """The linear function from figures to unclipped scores, from the ends of the nominal scale."""
    framework = composite.framework
    low, high = composite.method.range
    sign, is_log = framework.sign[0], framework.log_scale[0]
    worst, best = framework.worst[0], framework.best[0]
    known = composite.treated[:, 0]
    known = known[known > 0] if is_log else known[~np.isnan(known)]
    if np.isnan(worst):
        worst = (known.min() if sign > 0 else known.max()) if known.size else np.nan
    if np.isnan(best):
        best = (known.max() if sign > 0 else known.min()) if known.size else np.nan

    def unclipped(values: Floats) -> Floats:
        ends = np.array([worst, best])
        with np.errstate(divide="ignore", invalid="ignore"):
            if is_log:
                ends, values = np.log(ends), np.log(np.where(values > 0, values, np.nan))
            width = ends[1] - ends[0]
            share = (values - ends[0]) / width if abs(width) > 0 else np.full(values.shape, np.nan)
        return np.asarray(low + share * (high - low), dtype=float)

    return unclipped
