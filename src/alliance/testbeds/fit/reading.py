"""Queries for the recorded facts of the asking city and of the places with evidence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from alliance.core.audit import VISITOR
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.indicators.guard import Clause, compare
from alliance.indicators.models import Definition, Indicator, IndicatorMeasure, ObservationSource
from alliance.indicators.selectors.side_by_side import Chosen, choose, figure
from alliance.indicators.selectors.time_series import Line, lines_of_definitions
from alliance.indicators.values import VersionLine, versions_at
from alliance.knowledge.models import CaseStudy, Effect, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import strongest_first, with_nulls
from alliance.network.bands import climate_zone
from alliance.network.models import City
from alliance.testbeds.fit.likeness import PlaceFacts
from alliance.testbeds.models import Pilot
from alliance.testbeds.rules import municipality
from alliance.testbeds.selectors.access import visible_pilots
from alliance.web.page_cache import cached

#: At most so many cases of a solution are read.
MOST_CASES = 300
PILOTS_SHOWN = 3
#: Mean radius of the earth.
EARTH_RADIUS_KM = 6371.0
#: The indicator of incomes; figures under its different definitions are never compared.
INCOME = "INCOME"

# Columns of cases that the page reads, and columns of effects that it defers.
_READ = (
    "public_id", "solution", "city", "is_masked", "country", "place_name", "place_name_fr",
    "place_name_sv", "latitude", "longitude", "original_language", "outcome", "reasons",
    "start_year", "end_year", "evidence_points", "has_nulls",
)  # fmt: skip
_NOT_READ = ("note", "note_fr", "note_sv", "baseline_source", "se_rule", "pilot", "key")
#: Changes to these kinds of records invalidate the cached cases.
_SHOWN_OF_CASES = frozenset({"solution", "case", "measure", "unit", "city"})
# Levels may be compared whichever direction is good; all else must agree.
_NO_MATTER = {Clause.DIRECTION}


@dataclass(frozen=True)
class Place:
    """A city with evidence and its cases, the strongest first."""

    city: City
    cases: tuple[CaseStudy, ...]

    @property
    def case(self) -> CaseStudy:
        """The strongest case of the place."""
        return self.cases[0]


@dataclass(frozen=True)
class Side:
    """A figure of a city with its source; None if there is none."""

    value: float
    period: str
    source: ObservationSource | None
    version: VersionLine


@dataclass(frozen=True)
class Pair:
    """The figures of the city and of a place for an indicator, and why they may not be compared."""

    own: Side | None
    other: Side | None
    differences: tuple[str, ...]

    @property
    def compares(self) -> bool:
        """Whether both are known and measured in the same way."""
        return not self.differences


@dataclass(frozen=True)
class Level:
    """An indicator with the pairs of figures, in the order of the places."""

    indicator: Indicator
    pairs: tuple[Pair, ...]


def facts_of(city: City) -> PlaceFacts:
    """The facts of a city that places are compared by. Approximate population gives no density."""
    zone = climate_zone(city)
    inhabitants = city.population or city.approximate_population
    return PlaceFacts(
        climate=None if zone is None else zone.value,
        country=city.country or None,
        inhabitants=float(inhabitants) if inhabitants else None,
        density=density(city),
    )


def density(city: City) -> float | None:
    """Inhabitants per km²; None if population or area is not recorded."""
    if not city.population or not city.area_km2:
        return None
    return city.population / city.area_km2


def get_city(
    public_id: str, *, teams: Sequence[str] = (), solution: Solution | None = None
) -> City:
    """The city with this public id. Raises NotFound.

    With `solution` the city is annotated with `is_tried`, whether it takes part in a pilot of the
    solution, and `is_ours`, whether one of `teams` is its municipality.
    """
    rows = City.objects.all()
    if solution is not None:
        ours = Exists(municipality(teams).filter(city=OuterRef("pk")))
        rows = rows.annotate(is_ours=ours, is_tried=tried_by(solution))
    city = rows.filter(public_id=public_id).first() if PUBLIC_ID.match(public_id) else None
    if city is None:
        raise NotFound("city", public_id)
    return city


def cases_of(solution: Solution) -> list[CaseStudy]:
    """The published cases of a solution with city and effects, ordered by public id; three queries,
    one more if some have results without a number. They are cached across requests.
    """
    return cached(_SHOWN_OF_CASES, ("cases", solution.pk), lambda: _cases_of(solution))


def _cases_of(solution: Solution) -> list[CaseStudy]:
    # Few cities appear in many cases, so prefetching creates each city once.
    effects = Effect.objects.defer(*_NOT_READ).select_related("measure", "unit")
    rows = visible_cases(None).filter(solution=solution)
    cases = list(
        rows.only(*_READ)
        .prefetch_related("city", Prefetch("effects", queryset=effects))
        .order_by("public_id")[:MOST_CASES]
    )
    with_nulls(cases)
    return cases


def kilometres(city: City, case: CaseStudy) -> float:
    """The great-circle distance from a city to the place of a case; infinite if unknown."""
    place = case.city or case
    ends = (city.latitude, city.longitude, place.latitude, place.longitude)
    if any(end is None for end in ends):
        return math.inf
    lat, lon, other_lat, other_lon = (math.radians(end or 0.0) for end in ends)
    half = (
        math.sin((other_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def _pilots(solution: Solution) -> QuerySet[Pilot]:
    return visible_pilots(VISITOR).filter(solution=solution)


def tried_by(solution: Solution, city: str = "pk") -> Exists:
    """A subquery: whether a city, named by `city` in the query, takes part in a public pilot."""
    return Exists(_pilots(solution).filter(places__city=OuterRef(city)))


def pilots_of(solution: Solution, city: City) -> tuple[Pilot, ...]:
    """The public pilots of a solution in a city, newest first; one query, or none if the city was
    read with `is_tried` and there are none.
    """
    if not getattr(city, "is_tried", True):
        return ()
    return tuple(_pilots(solution).filter(places__city=city)[:PILOTS_SHOWN])


def places_of(cases: Iterable[CaseStudy], *, but: City) -> tuple[Place, ...]:
    """The cities of the cases, each with its cases, without the asking city."""
    cases_by_city: dict[int, list[CaseStudy]] = defaultdict(list)
    for case in cases:
        if case.city_id is not None and case.city_id != but.pk:
            cases_by_city[case.city_id].append(case)
    return tuple(Place(_city(group[0]), strongest_first(group)) for group in cases_by_city.values())


def _city(case: CaseStudy) -> City:
    if case.city is None:
        raise ValueError("the place of the case is no city")
    return case.city


def levels(
    own: City, places: Sequence[City], measures: Iterable[str]
) -> tuple[Level | None, tuple[Level, ...]]:
    """Levels of income, and of the indicators that `measures` act on; at most four queries.

    Income is None if there is no such indicator.
    """
    definitions = list(_definitions(measures))
    by_definition = {definition.pk: definition.indicator_id for definition in definitions}
    named = {definition.indicator_id: definition.indicator for definition in definitions}
    indicators = sorted(named.values(), key=lambda indicator: (indicator.position, indicator.code))
    versions = versions_at(None, list(by_definition))
    keys = [own.pk, *(city.pk for city in places)]
    lines: dict[int, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines_of_definitions(list(versions), None, cities=keys):
        lines[by_definition[line.definition]][line.city].append(line)
    chosen = {
        indicator.pk: [choose([own.pk, city.pk], dict(lines[indicator.pk])) for city in places]
        for indicator in indicators
    }
    wanted = {
        choice.point.source_id
        for pairs in chosen.values() for pair in pairs for choice in pair.values()
        if choice is not None and choice.point.source_id is not None
    }  # fmt: skip
    sources = ObservationSource.objects.in_bulk(wanted)
    all_levels = [
        Level(indicator, tuple(
            _pair((own, pair[own.pk]), (city, pair[city.pk]), versions, sources)
            for pair, city in zip(chosen[indicator.pk], places, strict=True)
        ))
        for indicator in indicators
    ]  # fmt: skip
    income = next((level for level in all_levels if level.indicator.code == INCOME), None)
    return income, tuple(level for level in all_levels if level.indicator.code != INCOME)


def _definitions(measures: Iterable[str]) -> QuerySet[Definition]:
    """The definitions of the income indicator and of the indicators linked to `measures`."""
    linked = IndicatorMeasure.objects.filter(measure__in=set(measures)).values("indicator")
    wanted = Q(indicator__in=linked) | Q(indicator__code=INCOME)
    return Definition.objects.filter(wanted).select_related("indicator")


def _pair(
    own_figure: tuple[City, Chosen | None],
    other_figure: tuple[City, Chosen | None],
    versions: dict[int, VersionLine],
    sources: dict[int, ObservationSource],
) -> Pair:
    (city, own), (place, other) = own_figure, other_figure
    left, right = (_side(choice, versions, sources) for choice in (own, other))
    if own is None or other is None:
        return Pair(left, right, (Clause.NO_DATA.value,))
    verdict = compare(figure(own, city, versions), figure(other, place, versions))
    differences = (
        difference.clause
        for difference in verdict.differences
        if difference.clause not in _NO_MATTER
    )
    return Pair(left, right, tuple(clause.value for clause in differences))


def _side(
    chosen: Chosen | None, versions: dict[int, VersionLine], sources: dict[int, ObservationSource]
) -> Side | None:
    if chosen is None or chosen.point.value is None:
        return None
    source = None if chosen.point.source_id is None else sources.get(chosen.point.source_id)
    return Side(chosen.point.value, chosen.point.period, source, versions[chosen.line.definition])
