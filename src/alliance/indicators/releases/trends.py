"""Trends of cities over the years on the scale of a release, never across a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from alliance.analysis.composite import Composite
from alliance.analysis.composite.framework import effective_weights
from alliance.analysis.composite.trend import Trend, trends
from alliance.indicators.releases.columns import IndicatorColumn
from alliance.indicators.releases.scores import NodeScore


def trend_fields(result: Trend) -> dict[str, Any]:
    """A trend as fields of a `NodeScore`."""
    return {
        "trend": result.label,
        "slope": result.slope,
        "slope_low": result.low,
        "slope_high": result.high,
        "n_years": result.n,
    }


def trends_of(column: IndicatorColumn, window: int) -> dict[str, Trend]:
    """The trend of each city of a column, compared with its target if it has one."""
    aims: dict[str, tuple[float, int | None]] = {}
    for target in column.definition.get("targets", ()):
        for city in target["cities"]:
            aims.setdefault(city, (float(target["value"]), target["year"]))
    values, years = zip(*(aims.get(city, (np.nan, None)) for city in column.cities), strict=True)
    results = trends(
        column.series.years,
        column.unclipped(column.series.figures),
        target_years=years,
        targets=column.unclipped(np.array(values)),
        window=window,
        breaks=column.series.breaks,
    )
    return dict(zip(column.cities, results, strict=True))


def with_group_trends(
    rows: Sequence[NodeScore],
    composite: Composite,
    columns: Mapping[str, IndicatorColumn],
    window: int,
) -> list[NodeScore]:
    """Adds the trend of their city on a group to rows; rows without a score are unchanged.

    It is the trend of the weighted mean over the city's indicators, in the years in which it has a
    figure for all of them: with changing indicators, the mean would change by itself. Groups have
    no target.
    """
    framework, cities = composite.framework, composite.table.units
    leaf_weights = np.where(composite.included, framework.leaf_weights(), 0.0)[np.newaxis]
    shares = effective_weights(framework, leaf_weights, framework.node_weights()[np.newaxis])
    weights = shares[framework.top.index][0]
    years = np.unique(np.concatenate([columns[code].series.years for code in framework.codes]))
    total, weight = np.zeros((len(cities), years.size)), np.zeros((len(cities), 1))
    breaks: list[list[int]] = [[] for _city in cities]
    for at, code in enumerate(framework.codes):
        series, column = columns[code].series, columns[code]
        places = {city: place for place, city in enumerate(column.cities)}
        counts = np.flatnonzero((weights[at] > 0) & ~np.isnan(composite.normalised[:, at]))
        own = [places[cities[row]] for row in counts]
        scores = np.full((len(own), years.size), np.nan)
        scores[:, np.searchsorted(years, series.years)] = column.unclipped(series.figures[own])
        total[counts] += weights[at] * scores
        weight[counts] += weights[at]
        for row, place in zip(counts, own, strict=True):
            breaks[row] += series.breaks[place]
    results = trends(
        years,
        total / np.where(weight > 0, weight, np.nan),
        target_years=[None] * len(cities),
        targets=[np.nan] * len(cities),
        window=window,
        breaks=breaks,
    )
    return [
        row if row.score is None else replace(row, **trend_fields(result))
        for row, result in zip(rows, results, strict=True)
    ]
