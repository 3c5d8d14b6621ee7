"""Several cities held against each other on one indicator, with the verdict of the guard."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from alliance.indicators.guard import Clause, Difference, Verdict, area_of, compare_all
from alliance.indicators.models import Indicator, Observation
from alliance.indicators.ordering import interval, ranks_of
from alliance.indicators.selectors.values import (
    VersionLine,
    figure_of,
    observations_at,
    totals,
    versions_at,
)
from alliance.network.models import City

LEAST, MOST = 2, 5


@dataclass(frozen=True)
class Compared:
    """One city in a comparison. `observation` is None for no data; `rank` where none is given."""

    city: City
    observation: Observation | None
    line: VersionLine | None
    rank: int | None


@dataclass(frozen=True)
class Comparison:
    """Cities side by side. Ranks are there only if the verdict lets all of them be ranked."""

    indicator: Indicator
    cities: tuple[Compared, ...]
    verdict: Verdict
    moment: dt.datetime | None


class NotComparable(ValueError):
    """The figures may not be put in an order; `comparison` holds them and what differs."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        super().__init__(
            ", ".join(difference.clause for difference in comparison.verdict.differences)
        )


def compare_cities(
    indicator: Indicator,
    cities: Sequence[City],
    *,
    moment: dt.datetime | None,
    period: str = "",
) -> Comparison:
    """Two to five cities on an indicator, of `period` or else of the newest that all have.

    Where no period and definition is there for all, the newest figure of each city is shown, and
    the verdict names what differs. Three queries.
    """
    if not LEAST <= len(cities) <= MOST:
        raise ValueError(f"from {LEAST} to {MOST} cities are compared, not {len(cities)}")
    rows = totals(observations_at(moment)).filter(
        series__definition__indicator=indicator, series__city__in=cities, value__isnull=False
    )
    if period:
        rows = rows.filter(period=period)
    by_city: dict[int, list[Observation]] = defaultdict(list)
    for row in rows.select_related("source"):
        by_city[row.series.city_id].append(row)
    chosen = _chosen([by_city[city.pk] for city in cities])
    found = {row.series.definition_id for row in chosen if row is not None}
    versions = versions_at(moment, found)
    lines = [versions.get(row.series.definition_id) if row is not None else None for row in chosen]
    verdict = _verdict(chosen, lines)
    ranks = _ranks(chosen, lines) if verdict.may_rank else [None] * len(cities)
    return Comparison(
        indicator=indicator,
        cities=tuple(
            Compared(city, row, line, rank)
            for city, row, line, rank in zip(cities, chosen, lines, ranks, strict=True)
        ),
        verdict=verdict,
        moment=moment,
    )


def _chosen(rows: Sequence[Sequence[Observation]]) -> list[Observation | None]:
    """A figure of each city: of the newest definition, kind of area and period all have, or the
    newest of each."""
    keyed = [
        {(row.period, row.series.definition_id, area_of(row.series.boundary)): row for row in own}
        for own in rows
    ]
    common = set.intersection(*(set(own) for own in keyed)) if keyed else set()
    if common:
        best = max(common, key=lambda key: (key[0], -key[1], key[2]))
        return [own[best] for own in keyed]
    return [max(own, key=lambda row: (row.period, -row.series_id)) if own else None for own in rows]


def _verdict(rows: Sequence[Observation | None], lines: Sequence[VersionLine | None]) -> Verdict:
    figures = [
        figure_of(row, line)
        for row, line in zip(rows, lines, strict=True)
        if row is not None and line is not None
    ]
    missing = len(rows) - len(figures)
    verdict = compare_all(figures)
    if not missing:
        return verdict
    gap = Difference(Clause.NO_DATA, "" if not figures else "value", "")
    return Verdict((gap, *verdict.differences))


def _ranks(
    rows: Sequence[Observation | None], lines: Sequence[VersionLine | None]
) -> list[int | None]:
    """Ranks from 1 for the best; differences that do not count share one, as on the page."""
    version = next(line for line in lines if line is not None).version
    values = [
        (row.value, *interval(row.value, row.standard_error, row.quality))
        if row is not None
        else (None, None, None)
        for row in rows
    ]
    return ranks_of(values, version.direction, version.least_difference)
