"""Scores of single indicators, and of the groups and the index above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alliance.analysis.composite import (
    Composite,
    Coverage,
    Factors,
    Method,
    Node,
    Table,
    build,
    framework_from,
)
from alliance.analysis.composite.trend import Trend
from alliance.indicators.enums import ErrorBasis, NodeKind, PeerStanding, TrendLabel
from alliance.indicators.errors import ninety
from alliance.indicators.guard import Clause
from alliance.indicators.releases.choosing import Choice, Floats
from alliance.indicators.releases.columns import IndicatorColumn, figure_error, leaf
from alliance.indicators.releases.meaning import Meaning
from alliance.indicators.releases.scores import COVERAGE, Draws, NodeScore, nothing, placed
from alliance.indicators.releases.trends import trend_fields, trends_of

#: Half the width of a 90 % interval in standard errors.
_ONLY_ERRORS = Factors(
    weights="none",
    normalisation=("fixed",),
    aggregation=("arithmetic",),
    leave_one_out=False,
)


@dataclass(frozen=True)
class Peering:
    """The peer groups of each city, the finest first."""

    of: Mapping[str, Sequence[str]]

    def levels(self, cities: Sequence[str]) -> list[tuple[str, ...]]:
        """The groupings of some cities, the finest first."""
        return list(zip(*(self.of[city] for city in cities), strict=True))


def indicator_scores(
    choice: Choice,
    columns: Sequence[IndicatorColumn],
    meaning: Meaning,
    cities: Sequence[str],
    peering: Peering,
    draws: Draws,
) -> list[NodeScore]:
    """A row for each of `cities` on an indicator, including cities without a figure.

    `columns` are the sets of its figures, each ranked separately.
    """
    trends: dict[str, Trend] = {}
    for column in columns:
        trends |= trends_of(column, meaning.method["trend_years"])
    rows = {city: _figure(choice, city, meaning, trends.get(city)) for city in choice.picks}
    for column in columns:
        own = [rows[city] for city in column.cities]
        falling = np.array([row.trend == TrendLabel.FALLING for row in own])
        scored = placed(
            column.composite,
            own,
            peering.levels(column.cities),
            draws,
            factors=_ONLY_ERRORS,
            errors=column.errors[:, np.newaxis],
            falling=falling,
            column=column,
        )
        rows |= {row.city: row for row in scored}
    absent = nothing(
        (city for city in cities if city not in rows), NodeKind.INDICATOR, choice.indicator
    )
    return sorted([*rows.values(), *absent], key=lambda row: row.city)


def _figure(choice: Choice, city: str, meaning: Meaning, trend: Trend | None) -> NodeScore:
    """The known fields of a city's figure before any comparison; ranked figures have a trend."""
    figures, pick = choice.figures, choice.picks[city]
    row = pick.row
    reason = pick.reason
    if not reason and trend is None:
        reason = Clause.NO_DENOMINATOR.value
    value, basis = float(figures.value[row]), ""
    low = high = None
    definition = meaning.by_key.get((choice.indicator, figures.definition[row]))
    error = _stated_error(choice, row, meaning)
    if error is not None and definition is not None:
        size, basis = error
        low, high = ninety(value, size, definition["valid_min"], definition["valid_max"])
    elif not reason:
        basis = ErrorBasis.ASSUMED.value
    return NodeScore(
        city=city,
        kind=NodeKind.INDICATOR.value,
        node=choice.indicator,
        definition_key=figures.definition[row],
        boundary=figures.boundary[row],
        value=value,
        value_low=low,
        value_high=high,
        period=figures.period[row],
        age=pick.age,
        status=figures.status[row],
        error_basis=basis,
        standing=(PeerStanding.without_place(reason) if reason else PeerStanding.UNCLEAR).value,
        not_ranked=reason,
        **(trend_fields(trend) if trend else {}),
    )


def _stated_error(choice: Choice, row: int, meaning: Meaning) -> tuple[float, str] | None:
    """The standard error of a figure and its origin, if known."""
    definition = meaning.by_key.get((choice.indicator, choice.figures.definition[row]))
    if definition is None:
        return None
    size, basis = figure_error(choice.figures, row, definition, meaning)
    return None if basis == ErrorBasis.ASSUMED else (size, basis.value)


def aggregate_scores(
    code: str,
    kind: NodeKind,
    built: tuple[Composite, Floats] | None,
    cities: Sequence[str],
    peering: Peering,
    draws: Draws,
    trends: Callable[[list[NodeScore], Composite], list[NodeScore]],
) -> list[NodeScore]:
    """A row for each of `cities` on a group or the index; "coverage" if there is no score.

    `built` comes from `aggregate`; `trends` adds trends to rows.
    """
    if built is None:
        return nothing(cities, kind, code, COVERAGE)
    composite, errors = built
    units = list(composite.table.units)
    rows = [NodeScore(city=city, kind=kind.value, node=code) for city in units]
    scored = placed(composite, rows, peering.levels(units), draws, factors=Factors(), errors=errors)
    # A city without a score has too few figures, whatever the cause.
    scored = [replace(row, not_ranked=COVERAGE) if row.score is None else row for row in scored]
    scored = trends(scored, composite)
    present = set(units)
    absent = nothing((city for city in cities if city not in present), kind, code, COVERAGE)
    return sorted([*scored, *absent], key=lambda row: row.city)


def aggregate(
    code: str, kind: NodeKind, columns: Mapping[str, IndicatorColumn], meaning: Meaning
) -> tuple[Composite, Floats] | None:
    """The composite of a node over cities with enough figures below it, and their errors.

    Coverage is relative to all indicators below it that can be scored, including those without
    figures for the year: an index of two indicators in ten would be meaningless. None if too little
    remains.
    """
    indicators = _covered(meaning.indicators_below(code), columns)
    rules = meaning.method["coverage"]["index" if kind == NodeKind.INDEX else "group"]
    wanted = [name for name in meaning.indicators_below(code) if meaning.may_be_scored(name)]
    least = rules["unit"] * len(wanted)
    present = Counter(city for name in indicators for city in columns[name].cities)
    units = sorted(city for city, n in present.items() if n >= least)
    if not units:
        return None
    place = {city: at for at, city in enumerate(units)}
    values = np.full((len(units), len(indicators)), np.nan)
    errors = np.zeros(values.shape)
    for at, name in enumerate(indicators):
        own = [row for row, city in enumerate(columns[name].cities) if city in place]
        rows = [place[columns[name].cities[row]] for row in own]
        values[rows, at] = columns[name].values[own]
        errors[rows, at] = columns[name].errors[own]
    framework = framework_from(_tree(code, set(indicators), columns, meaning))
    order = [indicators.index(name) for name in framework.codes]
    composite = build(
        Table(units=tuple(units), columns=framework.codes, values=values[:, order]),
        framework,
        method=Method(
            normalise=meaning.method["normalise"],
            aggregate=meaning.method["aggregate"],
            impute=meaning.method["impute"],
            coverage=Coverage(**rules),
        ),
    )
    if np.count_nonzero(composite.included) < least:
        return None
    return composite, errors[:, order]


def _covered(codes: Sequence[str], columns: Mapping[str, IndicatorColumn]) -> list[str]:
    """The `codes` with figures for as many cities as their definitions require.

    The share is relative to the cities with a figure for any of `codes`. Definitions without this
    requirement, also older frozen ones, are included.
    """
    present = [code for code in codes if code in columns]
    n_cities = len({city for code in present for city in columns[code].cities})
    return [
        code
        for code in present
        if len(columns[code].cities)
        >= (columns[code].definition.get("least_coverage") or 0.0) * n_cities
    ]


def _tree(
    code: str,
    wanted: set[str],
    columns: Mapping[str, IndicatorColumn],
    meaning: Meaning,
    parent: str = "",
) -> list[Node]:
    """The nodes from `code` down, without groups that have no wanted indicator."""
    weights = {node["code"]: node["weight"] for node in meaning.framework}
    nodes = [Node(code=code, parent=parent, weight=weights[code])]
    for child in meaning.children.get(code, ()):
        name = child["code"]
        if child["kind"] == NodeKind.INDICATOR:
            if name in wanted:
                nodes.append(leaf(name, columns[name].definition, code, child["weight"]))
        elif wanted & set(meaning.indicators_below(name)):
            nodes += _tree(name, wanted, columns, meaning, code)
    return nodes
