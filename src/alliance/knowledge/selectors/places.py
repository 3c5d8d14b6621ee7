"""What the pages of cities show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import Outcome
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import line_fields
from alliance.cases.selectors.localise import country_name, local_name
from alliance.cases.selectors.register import Tally, tallies_by
from alliance.charts.map import MapPoint, PointMap
from alliance.charts.map import draw as draw_map
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.read_once import read_once
from alliance.indicators.selectors.city_best import city_best
from alliance.knowledge.selectors.organisations import team_acts
from alliance.knowledge.selectors.solutions import with_tally
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import NeedState, OrganisationKind
from alliance.network.facts import facts_in
from alliance.network.models import City, Need, Offer, Organisation
from alliance.network.selectors.needs_offers import open_offers
from alliance.web.paging import page_of

CITIES_PER_PAGE = 120
LIKE_CITIES_SHOWN = 5
CASES_SHOWN = 4
STRIPS_SHOWN = 8


def _city_map(cities: Iterable[City], language: str, view: str | None) -> PointMap:
    address = reverse("knowledge:city", args=["0-0"])
    return draw_map(
        [
            MapPoint(
                id=city.public_id,
                label=local_name(city, language),
                lat=city.latitude,
                lon=city.longitude,
                # A full mark for members, an empty one for others: a city has no outcome.
                outcome=Outcome.WORKED if city.is_member else "",
                href=address.replace("0-0", city.public_id),
            )
            for city in cities
        ],
        view=view,
    )


def _in_order(language: str) -> tuple[list[Any], list[Any]]:
    """All cities with no more than their names and places: members, then others by country."""
    # A network holds thousands: the database chooses the name, and makes no rows of them.
    own = F("name") if language == "en" else NullIf(F(f"name_{language}"), Value(""))
    rows = (
        City.objects.order_by()
        .annotate(local=Coalesce(own, "name"))
        .values_list("pk", "local", "country", "is_member", named=True)
    )
    named = sorted(rows, key=lambda row: row.local.casefold())
    names = {code: country_name(code, language).casefold() for code in {r.country for r in named}}
    return (
        [row for row in named if row.is_member],
        sorted(
            (row for row in named if not row.is_member),
            key=lambda row: (names[row.country], row.country),
        ),
    )


def _countries(members: int, others: Iterable[Any]) -> list[tuple[str, int, int]]:
    """Each country with how many cities it has and the page on which they begin."""
    before = members
    countries = []
    for code, number in Counter(row.country for row in others).items():
        countries.append((code, number, before // CITIES_PER_PAGE + 1))
        before += number
    return countries


def city_list(
    actor: Actor | None, language: str, number: int = 1, *, view: str | None = None
) -> dict[str, Any]:
    """Page `number` of the cities: the members by name, then all others by country.

    In three queries. `members`, `others` (by country) and the map show those on the page;
    `countries` lead to the pages. `view` is the map to draw, "europe" or "world"; anything else
    chooses by where the cities are. Raises Http404 for a page that is not there.
    """
    members, others = _in_order(language)
    keys = [row.pk for row in (*members, *others)]
    page = page_of(Paginator(keys, CITIES_PER_PAGE), number)
    counts = tallies_by(visible_cases(actor).filter(city__in=list(page)), "city_id")
    cities = City.objects.in_bulk(list(page))
    shown = with_tally((cities[key] for key in page if key in cities), counts)
    elsewhere = groupby(
        (city for city in shown if not city.is_member), key=lambda city: city.country
    )
    return {
        "members": [city for city in shown if city.is_member],
        "others": [(code, list(group)) for code, group in elsewhere],
        "countries": _countries(len(members), others),
        "map": _city_map(shown, language, view),
        "n_cities": len(keys),
        "n_members": len(members),
        "page": page,
    }


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
    "population_year": _("population year"),
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


@read_once
def _tried_in(
    actor: Actor | None, city: City
) -> tuple[list[CaseStudy], Counter[str], tuple[City, ...]]:
    """The best known cases of a city, the number of all of them by outcome, and the cities that
    are like it. Nothing of it differs between languages."""
    cases = visible_cases(actor).filter(city=city)
    best = line_fields(cases).order_by(
        F("evidence_points").desc(nulls_last=True), F("start_year").desc(nulls_last=True), "pk"
    )
    return (
        list(best.prefetch_related("texts")[:CASES_SHOWN]),
        Counter(cases.order_by().values_list("outcome", flat=True)),
        like_cities(city),
    )


def city_page(actor: Actor | None, city: City, language: str) -> dict[str, Any]:
    """What the page of `city` shows, in at most fourteen queries.

    `cases` are the `CASES_SHOWN` best known; `tally` counts all. `among` has its indicators among
    those of comparable cities. `like_cities` share the size band and climate group, nearest in
    population first. It is the same for all readers.
    """
    cases, outcomes, like = _tried_in(actor, city)
    teams = Organisation.objects.filter(city=city)
    return {
        "city": city,
        "tally": Tally(
            worked=outcomes.get("worked", 0),
            reported=outcomes.get("reported", 0),
            mixed=outcomes.get("mixed", 0),
            did_not_work=outcomes.get("did-not-work", 0),
        ),
        "among": city_best(city, language, STRIPS_SHOWN),
        "n_needs": Need.objects.filter(city=city, state=NeedState.OPEN).count(),
        "n_offers": open_offers(Offer.objects.filter(city=city), clock.now()).count(),
        "facts": facts_in(city.facts, language),
        "climate": climate_zone(city),
        "unverified": unverified_words(city.unverified_fields),
        "cases": cases,
        "organisations": sorted(teams, key=lambda team: local_name(team, language).casefold()),
        "like_cities": like,
    }


def acts_in_city(actor: Actor | None, city: City) -> list[tuple[Organisation, bool, bool]]:
    """The municipalities of `city` for which the reader may do something; see `team_acts`."""
    teams = Organisation.objects.filter(city=city, kind=OrganisationKind.MUNICIPALITY)
    return team_acts(actor, teams)
