"""Cities side by side, with the verdict of the guard first: ranked only where it allows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise

from alliance.charts.vega import VegaChart
from alliance.indicators.enums import Boundary, Status
from alliance.indicators.guard import (
    CLAUSES,
    Clause,
    Difference,
    Figure,
    Verdict,
    area_of,
    compare_all,
)
from alliance.indicators.models import Definition, Indicator, Series
from alliance.indicators.ordering import ranks_of
from alliance.indicators.selectors.charts import comparison_charts
from alliance.indicators.selectors.profile import FigureShown, indicators_in_order
from alliance.indicators.selectors.time_series import Line, Point, lines_of_definitions
from alliance.indicators.values import VersionLine, versions_at
from alliance.network.localise import local_field
from alliance.network.models import City

FEWEST, MOST = 2, 5


@dataclass(frozen=True)
class Chosen:
    """The figure that speaks for a city: the line, and the point on it."""

    line: Line
    point: Point


@dataclass(frozen=True)
class Compared:
    """One city of a comparison; `rank` is there only where the guard allows an order."""

    city: City
    figure: FigureShown | None
    rank: int | None


@dataclass(frozen=True)
class Comparison:
    """An indicator for two to five cities. `cities` are in the order asked for.

    `differences`: the code of each clause that fails, its words, and what stands on either side.
    `threshold`: differences below this are none, in units of the figure; None where all count.
    """

    indicator: Indicator
    cities: tuple[Compared, ...]
    verdict: Verdict
    differences: tuple[tuple[str, Promise, str | Promise, str | Promise], ...]
    direction: str
    threshold: float | None
    not_ranked_because: str
    charts: tuple[VegaChart, ...] = ()

    @property
    def may_rank(self) -> bool:
        return self.verdict.may_rank

    @property
    def cities_with_figure(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.cities if one.figure and one.figure.value is not None)


def comparisons(
    cities: Sequence[City],
    language: str,
    moment: dt.datetime | None = None,
    indicator: Indicator | None = None,
) -> tuple[Comparison, ...]:
    """What the guard says of the cities on each indicator, or on one, as known at `moment`.

    Four queries. Indicators of which no city has a figure are left out, unless one was asked for.
    """
    versions = versions_at(
        moment,
        None
        if indicator is None
        else list(Definition.objects.filter(indicator=indicator).values_list("pk", flat=True)),
    )
    found: dict[int, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines_of_definitions(list(versions), moment, cities=[city.pk for city in cities]):
        of = versions[line.definition].version.definition.indicator_id
        found[of][line.city].append(line)
    wanted = [indicator] if indicator is not None else indicators_in_order()
    found_all = [
        _comparison(
            one, cities, found[one.pk], versions, language, with_charts=indicator is not None
        )
        for one in wanted
        if indicator is not None or found.get(one.pk)
    ]
    # What may be ranked comes first, then what all have a figure of.
    return tuple(
        sorted(found_all, key=lambda one: (not one.may_rank, -len(one.cities_with_figure)))
    )


def choose(cities: Sequence[int], lines: dict[int, list[Line]]) -> dict[int, Chosen | None]:
    """The figure that speaks for each city.

    The latest period for which all have a figure by one definition for one kind of area;
    where there is none, the newest figure of each, so that the guard names what differs.
    """
    shared: dict[tuple[int, str, str], dict[int, Chosen]] = defaultdict(dict)
    for city in cities:
        for line in lines.get(city, []):
            for point in line.points:
                if point.value is not None:
                    key = (line.definition, area_of(line.boundary), point.period)
                    shared[key].setdefault(city, Chosen(line, point))
    full = {key: chosen for key, chosen in shared.items() if len(chosen) == len(cities)}
    if full:
        # The same choice as that of the API, so that both give the same answer.
        return dict(full[max(full, key=lambda key: (key[2], -key[0], key[1]))])
    newest: dict[int, Chosen | None] = {}
    for city in cities:
        known = [
            Chosen(line, point)
            for line in lines.get(city, [])
            for point in line.points
            if point.value is not None
        ]
        newest[city] = max(
            known, key=lambda one: (one.point.period, len(one.line.points)), default=None
        )
    return newest


def figure(chosen: Chosen, versions: dict[int, VersionLine]) -> Figure:
    """A chosen figure as the guard looks at it."""
    known = versions[chosen.line.definition]
    return Figure(
        value=chosen.point.value,
        definition=known.version.definition.key,
        definition_number=chosen.point.definition_number,
        comparable_since=known.comparable_since,
        boundary=chosen.line.boundary,
        period=chosen.point.period,
        status=chosen.point.status,
        direction=known.version.direction,
        not_ranked_because=known.version.not_ranked_because,
    )


def _comparison(
    indicator: Indicator,
    cities: Sequence[City],
    lines: dict[int, list[Line]],
    versions: dict[int, VersionLine],
    language: str,
    *,
    with_charts: bool = False,
) -> Comparison:
    chosen = choose([city.pk for city in cities], lines)
    known = [one for one in chosen.values() if one is not None]
    if len(known) < len(cities):
        rest = compare_all([figure(one, versions) for one in known]).differences
        verdict = Verdict((Difference(Clause.NO_DATA, "", ""), *rest))
    else:
        verdict = compare_all([figure(one, versions) for one in known])
    version = versions[known[0].line.definition].version if known else None
    direction = version.direction if version else ""
    threshold = version.least_difference if version else None
    values = [(c.point.value, c.point.low, c.point.high) for c in known]
    ranks = ranks_of(values, direction, threshold) if verdict.may_rank else [None] * len(cities)
    return Comparison(
        indicator=indicator,
        cities=tuple(
            Compared(city, _shown(chosen.get(city.pk), versions), rank)
            for city, rank in zip(cities, ranks, strict=True)
        ),
        verdict=verdict,
        differences=tuple(_words(one) for one in verdict.differences),
        direction=direction,
        threshold=threshold,
        not_ranked_because=local_field(version, "not_ranked_because", language) if version else "",
        charts=_charts(cities, chosen, versions, language) if with_charts else (),
    )


def _charts(
    cities: Sequence[City],
    chosen: dict[int, Chosen | None],
    versions: dict[int, VersionLine],
    language: str,
) -> tuple[VegaChart, ...]:
    lines = [
        (local_field(city, "name", language), one.line)
        for city in cities
        if (one := chosen.get(city.pk)) is not None
    ]
    return comparison_charts(lines, versions, language)


def _shown(chosen: Chosen | None, versions: dict[int, VersionLine]) -> FigureShown | None:
    if chosen is None:
        return None
    version = versions[chosen.line.definition].version
    return FigureShown.of_point(chosen.point, chosen.line.boundary, version)


def _words(difference: Difference) -> tuple[str, Promise, str | Promise, str | Promise]:
    labels: dict[Clause, type[Boundary] | type[Status]] = {
        Clause.BOUNDARY: Boundary,
        Clause.STATUS: Status,
    }
    choices = labels.get(difference.clause)

    def word(code: str) -> str | Promise:
        return choices(code).label if choices and code in choices.values else code

    told_apart = difference.clause not in {Clause.NO_DATA, Clause.DIRECTION, Clause.NOT_RANKED}
    left, right = map(word, (difference.left, difference.right)) if told_apart else ("", "")
    return difference.clause.value, CLAUSES[difference.clause], left, right


def cities_with_figures() -> QuerySet[City]:
    """The cities that have a figure of any indicator."""
    return City.objects.filter(Exists(Series.objects.filter(city=OuterRef("pk"))))
