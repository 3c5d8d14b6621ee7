"""Time zones to choose from, and conversions of times."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from alliance.core.errors import BrokenRule
from alliance.web import formatting

#: Territories of France and islands outside of Europe's time zones.
_BEYOND = (
    "America/Cayenne",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Miquelon",
    "Atlantic/Azores",
    "Atlantic/Canary",
    "Atlantic/Madeira",
    "Atlantic/Reykjavik",
    "Indian/Mayotte",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Pacific/Tahiti",
)
OF_COUNTRY = {"SE": "Europe/Stockholm", "FR": "Europe/Paris"}


@cache
def _city(zone: str, language: str) -> str:
    own = zone.rpartition("/")[2].replace("_", " ")
    # Babel names some zones by the zone that they follow: Belfast would be London.
    known = get_global("zone_aliases").get(zone, zone) == zone and "/" in zone
    return get_timezone_location(zone, language, return_city=True) if known else own


def city_of(zone: str) -> str:
    """The city that a zone is named after, in the active language."""
    return _city(zone, formatting.locale().language)


@cache
def _zones() -> frozenset[str]:
    known = available_timezones()
    own = {zone for zone in known if zone.startswith("Europe/")} | {*_BEYOND} & known
    # The former name of Europe/Kyiv.
    return frozenset(own - {"Europe/Kiev"})


def zone_choices() -> list[tuple[str, str]]:
    """The zones as choices, by the name of their city in the active language."""
    named = ((zone, city_of(zone)) for zone in _zones())
    return [*sorted(named, key=lambda choice: choice[1]), ("UTC", "UTC")]


def is_zone(name: str) -> bool:
    """Whether it is one of the choices."""
    return name == "UTC" or name in _zones()


def moment(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The UTC time of a local day and time in `zone`; the first of two at the end of summer time.

    Raises BrokenRule for the hour that does not exist at its start.
    """
    local = dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone))
    utc = local.astimezone(dt.UTC)
    if utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BrokenRule("missing-hour", {"time": f"{time:%H:%M}", "day": day})
    return utc


def shown(at: dt.datetime, zone: str) -> dt.datetime:
    """A time in `zone`."""
    return at.astimezone(ZoneInfo(zone))
