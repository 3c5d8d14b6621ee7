"""What the pages of cities show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.charts.map import MapPoint, PointMap
from alliance.charts.map import draw as draw_map
from alliance.core.audit import Actor
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseStudy, SolutionText
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import CaseLine, Localised, case_lines
from alliance.knowledge.selectors.localise import chosen_text, country_name, local_name
from alliance.knowledge.selectors.organisations import (
    OrganisationLine,
    TeamActs,
    organisation_lines,
    team_acts,
)
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.solutions import Tally, tally_from
from alliance.knowledge.selectors.topics import newest_first
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import ClimateZone, OrganisationKind, SizeBand
from alliance.network.models import City, Organisation

CITIES_PER_PAGE = 120
LIKE_CITIES_SHOWN = 5
CASES_SHOWN = 50
SOLUTIONS_SHOWN = 50


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
    """The cities of one country, as far as they stand on a page."""

    code: str
    name: str
    cities: tuple[CityLine, ...]


@dataclass(frozen=True)
class CountryPlace:
    """A country of cities that are no members: how many, and the page on which they begin."""

    code: str
    name: str
    n: int
    page: int


@dataclass(frozen=True)
class CityList:
    """A page of the members by name, then all other cities by country.

    `members` and `others` are those on the page, and the map shows them; `countries` lead to the
    pages.
    """

    members: tuple[CityLine, ...]
    others: tuple[CountryGroup, ...]
    countries: tuple[CountryPlace, ...]
    map: PointMap
    n_cities: int
    n_members: int
    page: Page[int]


@dataclass(frozen=True)
class SolutionTried:
    """A solution that a city tried, with its cases there."""

    public_id: str
    name: Localised
    tally: Tally


@dataclass(frozen=True)
class CityPage:
    """All that the page of a city shows. Facts are None or empty where they are not recorded.

    `cases` are the newest `CASES_SHOWN`; `city.tally` counts all. `solutions` are the most often
    tried of `n_solutions`. `like_cities` share the size band and climate group, nearest in
    population first. `teams` are its municipalities for which the reader may do something.
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
    cases: tuple[CaseLine, ...]
    solutions: tuple[SolutionTried, ...]
    n_solutions: int
    organisations: tuple[OrganisationLine, ...]
    like_cities: tuple[CityLine, ...]
    teams: tuple[TeamActs, ...]


def _tallies(cases: QuerySet[CaseStudy], field: str) -> dict[int, Tally]:
    """The cases by outcome, for each value of a foreign key, in one query."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = cases.order_by().values_list(field, "outcome").annotate(Count("id"))
    for key, outcome, number in rows:
        counts[key][outcome] = number
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


def _in_order(language: str) -> tuple[list[Any], list[Any]]:
    """All cities with no more than their names and places: members, then others by country."""
    rows = City.objects.order_by().values_list(
        "pk", "name", "name_fr", "name_sv", "country", "is_member", named=True
    )
    named = sorted(rows, key=lambda row: local_name(row, language).casefold())
    names = {code: country_name(code, language).casefold() for code in {r.country for r in named}}
    return (
        [row for row in named if row.is_member],
        sorted(
            (row for row in named if not row.is_member),
            key=lambda row: (names[row.country], row.country),
        ),
    )


def _countries(members: int, others: Iterable[Any], language: str) -> tuple[CountryPlace, ...]:
    before = members
    found = []
    for code, number in Counter(row.country for row in others).items():
        page = before // CITIES_PER_PAGE + 1
        found.append(CountryPlace(code, country_name(code, language), number, page))
        before += number
    return tuple(found)


def city_list(
    actor: Actor | None, language: str, number: int = 1, *, view: str | None = None
) -> CityList:
    """Page `number` of the cities, in three queries. Raises NotFound for a page that is not there.

    `view` is the map to draw, "europe" or "world"; anything else chooses by where the cities are.
    """
    members, others = _in_order(language)
    keys = [row.pk for row in (*members, *others)]
    page = page_of(Paginator(keys, CITIES_PER_PAGE), number)
    tallies = _tallies(visible_cases(actor).filter(city__in=list(page)), "city_id")
    cities = {
        city.pk: _city_line(city, language, tallies.get(city.pk, Tally()))
        for city in City.objects.filter(pk__in=list(page))
    }
    shown = [cities[key] for key in page if key in cities]
    return CityList(
        members=tuple(line for line in shown if line.is_member),
        others=tuple(
            CountryGroup(code, name, tuple(lines))
            for (code, name), lines in groupby(
                (line for line in shown if not line.is_member),
                key=lambda line: (line.country_code, line.country),
            )
        ),
        countries=_countries(len(members), others, language),
        map=_city_map(shown, view),
        n_cities=len(keys),
        n_members=len(members),
        page=page,
    )


def _inhabitants(city: City) -> int:
    return city.population or city.approximate_population or 0


def like_cities(city: City) -> tuple[City, ...]:
    """At most five cities of the same size band and climate group, nearest in population first.

    In two queries. Empty where no population, recorded or approximate, or no climate of `city` is
    known.
    """
    size, climate = size_band(city), climate_zone(city)
    if size is None or climate is None:
        return ()
    own = _inhabitants(city)
    others = (
        City.objects.filter(koppen__startswith=climate.value)
        .exclude(pk=city.pk)
        .annotate(people=Coalesce("population", "approximate_population"))
    )
    # A band has no gaps: its cities nearest to this one come first on either side.
    near = [
        *others.filter(people__gte=own).order_by("people", "name", "pk")[:LIKE_CITIES_SHOWN],
        *others.filter(people__lt=own).order_by(F("people").desc(), "name", "pk")[
            :LIKE_CITIES_SHOWN
        ],
    ]
    same = [other for other in near if size_band(other) == size]
    same.sort(key=lambda other: (abs(_inhabitants(other) - own), other.name))
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


def _solutions_tried(tallies: dict[int, Tally], language: str) -> tuple[SolutionTried, ...]:
    """The solutions most often tried, in one query."""
    most = sorted(tallies, key=lambda key: (-tallies[key].total, key))[:SOLUTIONS_SHOWN]
    texts: dict[int, list[SolutionText]] = defaultdict(list)
    rows = SolutionText.objects.filter(solution__in=most).select_related("solution")
    for row in rows.only(
        "language", "status", "revision", "source_revision", "name", "solution__public_id"
    ):
        texts[row.solution_id].append(row)
    tried = []
    for key, found in texts.items():
        text = chosen_text(found, language)
        public_id = found[0].solution.public_id
        tried.append(
            SolutionTried(public_id, Localised(text.text.name, text.lang_attr), tallies[key])
        )
    return tuple(sorted(tried, key=lambda one: (-one.tally.total, one.name.value.casefold())))


def city_page(actor: Actor | None, city: City, language: str) -> CityPage:
    """What the page of `city` shows, in at most thirteen queries."""
    cases = visible_cases(actor).filter(city=city)
    tried = _tallies(cases, "solution_id")
    like = like_cities(city)
    like_tallies = _tallies(visible_cases(actor).filter(city__in=like), "city_id")
    return CityPage(
        city=_city_line(city, language, _sum(tried.values())),
        area_km2=city.area_km2,
        koppen=city.koppen,
        koppen_source=city.koppen_source,
        population_source=city.approximate_population_source,
        climate=climate_zone(city),
        size=size_band(city),
        origin=city.origin,
        unverified=unverified_words(city.unverified_fields),
        cases=case_lines(newest_first(cases)[:CASES_SHOWN], language),
        solutions=_solutions_tried(tried, language),
        n_solutions=len(tried),
        organisations=organisation_lines(actor, Organisation.objects.filter(city=city), language),
        like_cities=tuple(
            _city_line(other, language, like_tallies.get(other.pk, Tally())) for other in like
        ),
        teams=team_acts(
            actor,
            Organisation.objects.filter(city=city, kind=OrganisationKind.MUNICIPALITY),
            language,
        ),
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    parts = list(tallies)
    return Tally(
        worked=sum(one.worked for one in parts),
        mixed=sum(one.mixed for one in parts),
        did_not_work=sum(one.did_not_work for one in parts),
    )
