"""Of what kind of places the results of a solution are, and which kinds the network asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from alliance.cases.effects import UNDISCLOSED
from alliance.cases.models import CaseStudy
from alliance.network.bands import climate_zone
from alliance.network.enums import ClimateZone
from alliance.network.models import City

# Codes of cases that tell no country: several of them, or one that is hidden.
_NO_COUNTRY = frozenset({"EU", UNDISCLOSED})


@dataclass(frozen=True)
class PlaceMix:
    """Climates of the cities of cases by their keys, and what the member cities are like.

    A city whose climate is not recorded is missing from `zones`.
    """

    zones: dict[int, ClimateZone]
    member_countries: tuple[str, ...]
    member_zones: tuple[ClimateZone, ...]


#: Nothing is known of the members, so that nothing lacks.
NO_MIX = PlaceMix({}, (), ())


@dataclass(frozen=True)
class Unlike:
    """What the places lack: `countries` and `zones` of members without any of the `k` results.

    `no_zone` places have a climate that is not recorded, or tell no city.
    """

    countries: tuple[str, ...]
    zones: tuple[ClimateZone, ...]
    no_zone: int
    k: int


def place_mix(cases: Iterable[CaseStudy]) -> PlaceMix:
    """The climates of the cities of `cases`, and countries and climates of members; one query."""
    keys = {case.city_id for case in cases if case.city_id is not None}
    zones: dict[int, ClimateZone] = {}
    countries: set[str] = set()
    wanted: set[ClimateZone] = set()
    cities = City.objects.filter(Q(is_member=True) | Q(pk__in=keys)).order_by()
    for city in cities.only("country", "koppen", "is_member"):
        zone = climate_zone(city)
        if zone is not None:
            zones[city.pk] = zone
        if city.is_member:
            countries.add(city.country)
            if zone is not None:
                wanted.add(zone)
    return PlaceMix(zones, tuple(sorted(countries)), tuple(sorted(wanted)))


def unlike(mix: PlaceMix, cases: Iterable[CaseStudy]) -> Unlike:
    """What the places of `cases`, one a place, lack of the kinds of places the members are."""
    places = list(cases)
    zones = [mix.zones.get(case.city_id) if case.city_id else None for case in places]
    seen = {case.country for case in places} - _NO_COUNTRY
    # A result of several countries may hold one from a member's: then nothing is claimed.
    countries_known = not any(case.country in _NO_COUNTRY for case in places)
    known = {zone for zone in zones if zone is not None}
    return Unlike(
        countries=tuple(
            code for code in mix.member_countries if countries_known and code not in seen
        ),
        zones=tuple(zone for zone in mix.member_zones if None not in zones and zone not in known),
        no_zone=zones.count(None),
        k=len(places),
    )
