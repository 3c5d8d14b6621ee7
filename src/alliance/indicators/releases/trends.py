"""How cities move over the years on the scale of a release, never over a break."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from alliance.analysis.composite import Composite
from alliance.analysis.composite.framework import effective_weights
from alliance.analysis.composite.trend import Trend, trend
from alliance.indicators.enums import Status
from alliance.indicators.releases.choosing import Choice
from alliance.indicators.releases.columns import IndicatorColumn, divided
from alliance.indicators.releases.scores import NodeScore


def rows_of(choice: Choice, column: IndicatorColumn, city: str) -> npt.NDArray[np.int64]:
    """Rows of a city's own series up to the one that speaks for it, one a year, oldest first.

    The last period of a year counts, of the kind of the chosen one; figures under a definition
    that does not compare with today's are left out.
    """
    figures, pick = choice.figures, choice.picks[city]
    own = np.arange(pick.series.start, pick.row + 1)
    since = column.definition["comparable_since"]
    own = own[figures.usable[own] & (figures.number[own] >= since)]
    kind = len(figures.period[pick.row])
    last = {int(figures.year[at]): at for at in own if len(figures.period[at]) == kind}
    return np.array([last[year] for year in sorted(last)], dtype=np.int64)


def breaks_in(choice: Choice, rows: npt.NDArray[np.int64]) -> list[int]:
    """Years in which a new series begins."""
    figures = choice.figures
    return [int(figures.year[at]) for at in rows if figures.status[at] == Status.BREAK]


def with_trend(row: NodeScore, choice: Choice, column: IndicatorColumn, window: int) -> NodeScore:
    """A row with the trend of its city on an indicator, held against its target if it has one."""
    at = rows_of(choice, column, row.city)
    if not at.size:
        return row
    value, year = _target_of(column.definition, row.city)
    aim = float(column.unclipped(np.array([value]))[0])
    known = not math.isnan(aim)
    return _told(
        row,
        trend(
            [int(year) for year in choice.figures.year[at]],
            column.unclipped(divided(choice.figures, at, column.denominators)),
            target_year=year if known else None,
            target=aim if known else math.inf,
            window=window,
            breaks=breaks_in(choice, at),
        ),
    )


def _target_of(definition: Mapping[str, Any], city: str) -> tuple[float, int | None]:
    """The target that a city is held against, with its year; NaN where it has none."""
    found = (one for one in definition.get("targets", ()) if city in one["cities"])
    target = next(found, None)
    return (math.nan, None) if target is None else (float(target["value"]), target["year"])


def with_group_trends(
    rows: Sequence[NodeScore],
    composite: Composite,
    choices: Mapping[str, Choice],
    columns: Mapping[str, IndicatorColumn],
    window: int,
) -> list[NodeScore]:
    """Rows with the trend of their city on a group; those without a score stay as they are.

    It is that of the weighted mean over the indicators that count for the city, in the years in
    which it has a figure of every one of them: with others, the mean would move by itself. Groups
    have no target.
    """
    framework = composite.framework
    leaf_weights = np.where(composite.kept, framework.leaf_weights(), 0.0)[np.newaxis]
    shares = effective_weights(framework, leaf_weights, framework.node_weights()[np.newaxis])
    weights = shares[framework.top.index][0]
    places = {city: place for place, city in enumerate(composite.table.units)}
    result = []
    for row in rows:
        counts = (weights > 0) & ~np.isnan(composite.normalised[places[row.city]])
        parts = {framework.codes[at]: float(weights[at]) for at in np.flatnonzero(counts)}
        scored = row.score is not None and parts
        result.append(_with_mean(row, parts, choices, columns, window) if scored else row)
    return result


def _with_mean(
    row: NodeScore,
    weights: Mapping[str, float],
    choices: Mapping[str, Choice],
    columns: Mapping[str, IndicatorColumn],
    window: int,
) -> NodeScore:
    years: dict[int, list[float]] = {}
    breaks: list[int] = []
    for code in weights:
        choice, column = choices[code], columns[code]
        at = rows_of(choice, column, row.city)
        scores = column.unclipped(divided(choice.figures, at, column.denominators))
        for year, score in zip(choice.figures.year[at], scores, strict=True):
            if not math.isnan(score):
                years.setdefault(int(year), []).append(float(score))
        breaks += breaks_in(choice, at)
    whole = sorted(year for year, scores in years.items() if len(scores) == len(weights))
    if not whole:
        return row
    means = [float(np.average(years[year], weights=list(weights.values()))) for year in whole]
    return _told(row, trend(whole, np.array(means), target=math.inf, window=window, breaks=breaks))


def _told(row: NodeScore, result: Trend) -> NodeScore:
    return replace(
        row,
        trend=result.label,
        slope=result.slope,
        slope_low=result.low,
        slope_high=result.high,
        n_years=result.n,
    )
