"""What the pages of cities and organisations show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.accounts.models import User
from alliance.charts.map import MapPoint, PointMap
from alliance.charts.map import draw as draw_map
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.doors import visible_cases
from alliance.knowledge.selectors.lines import CaseLine, Told, case_lines
from alliance.knowledge.selectors.localise import country_name, local_name
from alliance.knowledge.selectors.register import Register, failure_register
from alliance.knowledge.selectors.solutions import Tally, tally_from, tally_of
from alliance.knowledge.selectors.topics import newest_first
from alliance.network.enums import ClimateZone, SizeBand
from alliance.network.models import City, Organisation
from alliance.network.rules import climate_zone, size_band

CITIES_PER_PAGE = 200
LIKE_CITIES_SHOWN = 5
CASES_SHOWN = 50


@dataclass(frozen=True)
class CityLine:
    """A city in a list. Figures are None where they are not recorded.

    `approximate_population` comes from a gazetteer that states neither area nor year; it is
    rounded to three digits, as it is not known better.
    """

    public_id: str
    name: str
    country_code: str
    country: str
    population: int | None
    population_year: int | None
    approximate_population: int | None
    is_member: bool
    latitude: float | None
    longitude: float | None
    tally: Tally


@dataclass(frozen=True)
class CountryGroup:
    """The cities of one country."""

    code: str
    name: str
    cities: tuple[CityLine, ...]


@dataclass(frozen=True)
class CityList:
    """Members by name, then all other cities by country, `CITIES_PER_PAGE` a page.

    The map shows the members and the other cities of the page.
    """

    members: tuple[CityLine, ...]
    others: tuple[CountryGroup, ...]
    map: PointMap
    n_cities: int
    page: Page[CityLine]


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation in a list; its city is empty where none is recorded."""

    public_id: str
    name: str
    kind: str
    country: str
    city_id: str
    city: str
    n_cases: int


@dataclass(frozen=True)
class SolutionTried:
    """A solution that a city tried, with its cases there."""

    public_id: str
    name: Told
    tally: Tally


@dataclass(frozen=True)
class CityPage:
    """All that the page of a city shows. Facts are None or empty where they are not recorded.

    `like_cities` share the size band and climate group, nearest in population first.
    """

    city: CityLine
    area_km2: float | None
    koppen: str
    koppen_source: str
    population_source: str
    climate: ClimateZone | None
    size: SizeBand | None
    origin: str
    unverified: tuple[str | Promise, ...]
    register: Register[CaseLine]
    cases: tuple[CaseLine, ...]
    solutions: tuple[SolutionTried, ...]
    organisations: tuple[OrganisationLine, ...]
    like_cities: tuple[CityLine, ...]


@dataclass(frozen=True)
class OrganisationPage:
    """All that the page of an organisation shows; `tally` counts all its cases."""

    organisation: OrganisationLine
    origin: str
    tally: Tally
    cases: tuple[CaseLine, ...]


def _city_tallies(actor: User | None) -> dict[int, Tally]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        visible_cases(actor)
        .filter(city__isnull=False)
        .order_by()
        .values_list("city_id", "outcome")
        .annotate(Count("id"))
    )
    for city_id, outcome, number in rows:
        counts[city_id][outcome] = number
    return {key: tally_from(found) for key, found in counts.items()}


def _about(people: int | None) -> int | None:
    """A number rounded to three digits: 585,708 gives 586,000."""
    if people is None or people < 1000:
        return people
    step = 10 ** (len(str(people)) - 3)
    return round(people / step) * step


def _city_line(city: City, language: str, tally: Tally) -> CityLine:
    return CityLine(
        public_id=city.public_id,
        name=local_name(city, language),
        country_code=city.country,
        country=country_name(city.country, language),
        population=city.population,
        population_year=city.population_year,
        approximate_population=_about(city.approximate_population),
        is_member=city.is_member,
        latitude=city.latitude,
        longitude=city.longitude,
        tally=tally,
    )


def _city_map(cities: Iterable[CityLine], view: str | None) -> PointMap:
    return draw_map(
        [
            MapPoint(
                id=line.public_id,
                label=line.name,
                lat=line.latitude,
                lon=line.longitude,
                # A full mark for members, an empty one for others: a city has no outcome.
                outcome=Outcome.WORKED if line.is_member else "",
                href=reverse("knowledge:city", args=[line.public_id]),
            )
            for line in cities
        ],
        view=view,
    )


def city_list(
    actor: User | None, language: str, page: int = 1, *, view: str | None = None
) -> CityList:
    """The cities, in two queries. A page beyond the last gives the last one.

    `view` is the map to draw, "europe" or "world"; anything else chooses by where the cities are.
    """
    tallies = _city_tallies(actor)
    lines = [
        _city_line(city, language, tallies.get(city.pk, Tally())) for city in City.objects.all()
    ]
    lines.sort(key=lambda line: line.name.casefold())
    members = tuple(line for line in lines if line.is_member)
    others = [line for line in lines if not line.is_member]
    others.sort(key=lambda line: (line.country.casefold(), line.country_code))
    shown = Paginator(others, CITIES_PER_PAGE).get_page(page)
    return CityList(
        members=members,
        others=tuple(
            CountryGroup(code, name, tuple(cities))
            for (code, name), cities in groupby(
                shown, key=lambda line: (line.country_code, line.country)
            )
        ),
        map=_city_map((*members, *shown), view),
        n_cities=len(lines),
        page=shown,
    )


def _inhabitants(city: City) -> int:
    return city.population or city.approximate_population or 0


def like_cities(city: City) -> tuple[City, ...]:
    """At most five cities of the same size band and climate group, nearest in population first.

    Empty where no population, recorded or approximate, or no climate of `city` is known.
    """
    size, climate = size_band(city), climate_zone(city)
    if size is None or climate is None:
        return ()
    same = [
        other
        for other in City.objects.filter(koppen__startswith=climate.value)
        if other.pk != city.pk and size_band(other) == size
    ]
    same.sort(key=lambda other: (abs(_inhabitants(other) - _inhabitants(city)), other.name))
    return tuple(same[:LIKE_CITIES_SHOWN])


_FIELD_WORDS: dict[str, Promise] = {
    "population": _("population"),
    "population_year": _("year of the population"),
    "area_km2": _("area"),
    "koppen": _("climate zone"),
    "admin_code": _("municipality code"),
    "country": _("country"),
    "name_fr": _("French name"),
    "name_sv": _("Swedish name"),
}
_COORDINATES = frozenset({"lat", "lon", "latitude", "longitude"})


def unverified_words(fields: Iterable[str]) -> tuple[str | Promise, ...]:
    """The names of fields in words, both coordinates as one; an unknown name as it is."""
    words: dict[str, str | Promise] = {}
    for field in fields:
        if field in _COORDINATES:
            words["coordinates"] = _("coordinates")
        else:
            words[field] = _FIELD_WORDS.get(field, field)
    return tuple(words.values())


def _solutions_tried(lines: Iterable[CaseLine]) -> tuple[SolutionTried, ...]:
    outcomes: dict[str, list[str]] = defaultdict(list)
    names: dict[str, Told] = {}
    for line in lines:
        outcomes[line.solution_id].append(line.outcome)
        names[line.solution_id] = line.solution
    tried = (SolutionTried(key, names[key], tally_of(found)) for key, found in outcomes.items())
    return tuple(sorted(tried, key=lambda one: (-one.tally.total, one.name.value.casefold())))


def city_page(actor: User | None, city: City, language: str) -> CityPage:
    """What the page of `city` shows, in at most twelve queries."""
    lines = case_lines(newest_first(visible_cases(actor).filter(city=city)), language)
    like = like_cities(city)
    like_tallies = _tallies_of(actor, like)
    return CityPage(
        city=_city_line(city, language, tally_of(line.outcome for line in lines)),
        area_km2=city.area_km2,
        koppen=city.koppen,
        koppen_source=city.koppen_source,
        population_source=city.approximate_population_source,
        climate=climate_zone(city),
        size=size_band(city),
        origin=city.origin,
        unverified=unverified_words(city.unverified_fields),
        register=failure_register(lines),
        cases=lines[:CASES_SHOWN],
        solutions=_solutions_tried(lines),
        organisations=_organisation_lines(actor, Organisation.objects.filter(city=city), language),
        like_cities=tuple(
            _city_line(other, language, like_tallies.get(other.pk, Tally())) for other in like
        ),
    )


def _tallies_of(actor: User | None, cities: Iterable[City]) -> dict[int, Tally]:
    outcomes: dict[int, list[str]] = defaultdict(list)
    rows = visible_cases(actor).filter(city__in=list(cities)).values_list("city_id", "outcome")
    for city_id, outcome in rows:
        outcomes[city_id].append(outcome)
    return {key: tally_of(found) for key, found in outcomes.items()}


def _cases_of(actor: User | None, organisation: Organisation) -> QuerySet[CaseStudy]:
    return visible_cases(actor).filter(classifications__organisation=organisation).distinct()


def _organisation_line(organisation: Organisation, language: str, n_cases: int) -> OrganisationLine:
    city = organisation.city
    return OrganisationLine(
        public_id=organisation.public_id,
        name=local_name(organisation, language),
        kind=organisation.kind,
        country=country_name(organisation.country, language),
        city_id=city.public_id if city else "",
        city=local_name(city, language) if city else "",
        n_cases=n_cases,
    )


def _organisation_lines(
    actor: User | None, organisations: QuerySet[Organisation], language: str
) -> tuple[OrganisationLine, ...]:
    counts = dict(
        visible_cases(actor)
        .filter(classifications__organisation__in=organisations)
        .order_by()
        .values_list("classifications__organisation")
        .annotate(Count("id", distinct=True))
    )
    lines = (
        _organisation_line(one, language, counts.get(one.pk, 0))
        for one in organisations.select_related("city")
    )
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))


def organisation_list(actor: User | None, language: str) -> tuple[OrganisationLine, ...]:
    """All organisations by name, in two queries."""
    return _organisation_lines(actor, Organisation.objects.all(), language)


def organisation_page(
    actor: User | None, organisation: Organisation, language: str
) -> OrganisationPage:
    """What the page of `organisation` shows, in at most eight queries."""
    lines = case_lines(newest_first(_cases_of(actor, organisation)), language)
    return OrganisationPage(
        organisation=_organisation_line(organisation, language, len(lines)),
        origin=organisation.origin,
        tally=tally_of(line.outcome for line in lines),
        cases=lines[:CASES_SHOWN],
    )
