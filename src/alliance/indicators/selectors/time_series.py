"""Time series of a city or an indicator, as lines by definition and area."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from alliance.core.read_once import read_once
from alliance.indicators.enums import Status
from alliance.indicators.models import Observation
from alliance.indicators.privacy import hidden_figures
from alliance.indicators.values import observations_at, totals
from alliance.network.models import City

_LINE = ("series__city_id", "series__definition_id", "series__boundary")


class Point(NamedTuple):
    """A figure of a line, as a tuple because a page may hold thousands."""

    period: str
    year: int
    value: float | None
    status: str
    standard_error: float | None
    quality: str
    definition_number: int
    source_id: int | None

    @property
    def is_break(self) -> bool:
        """Whether the series has a break here."""
        return self.status == Status.BREAK


@dataclass(frozen=True)
class Line:
    """The figures of a city under a definition for a kind of area, by period."""

    city: int
    definition: int
    boundary: str
    points: tuple[Point, ...]

    @property
    def newest(self) -> Point:
        """The figure of the latest period."""
        return self.points[-1]


def _lines(rows: QuerySet[Observation, Any]) -> tuple[Line, ...]:
    points: dict[tuple[int, int, str], list[Point]] = defaultdict(list)
    for city, definition, boundary, *values in rows.order_by().values_list(*_LINE, *Point._fields):
        points[city, definition, boundary].append(Point._make(values))
    return tuple(
        Line(*key, tuple(sorted(line_points))) for key, line_points in sorted(points.items())
    )


@read_once
def lines_of_city(city: City, moment: dt.datetime | None) -> tuple[Line, ...]:
    """All public lines about the whole population of a city, as known at `moment`."""
    hidden = hidden_figures(moment, cities={city.pk})
    return _lines(totals(observations_at(moment)).filter(series__city=city).exclude(pk__in=hidden))


def lines_of_definitions(
    definitions: Iterable[int],
    moment: dt.datetime | None,
    *,
    cities: Iterable[int] | None = None,
    brief: Collection[int] = (),
    periods: Collection[str] = (),
) -> tuple[Line, ...]:
    """All public lines of definitions, for all cities or for those given.

    For the definitions in `brief`, only figures of `periods`.
    """
    wanted = list(definitions)
    rows = totals(observations_at(moment)).filter(series__definition__in=wanted)
    named = None if cities is None else list(cities)
    if named is not None:
        rows = rows.filter(series__city__in=named)
    if brief:
        rows = rows.exclude(Q(series__definition__in=brief) & ~Q(period__in=periods))
    return _lines(rows.exclude(pk__in=hidden_figures(moment, wanted, named)))
