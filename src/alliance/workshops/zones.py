"""Time zones: those to choose from, and moments of a clock that shows them."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from alliance.core.errors import BrokenRule

#: Where the parts of France and the islands that are no part of Europe's zones lie.
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


def city_of(zone: str) -> str:
    """The city that a zone is named after."""
    return zone.rpartition("/")[2].replace("_", " ")


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """The zones to choose from, by the name of their city."""
    known = available_timezones()
    names = {one for one in known if one.startswith("Europe/")} | {*_BEYOND} & known
    by_city = sorted(((one, city_of(one)) for one in names), key=lambda one: one[1])
    return (*by_city, ("UTC", "UTC"))


@cache
def is_zone(name: str) -> bool:
    """Whether it is one of those to choose from."""
    return any(name == code for code, _label in zone_choices())


def moment(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """When a clock in `zone` shows a day and time, in UTC; of the two in autumn the first.

    Raises BrokenRule for the hour that is left out in spring.
    """
    local = dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone))
    utc = local.astimezone(dt.UTC)
    if utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BrokenRule("missing-hour", {"time": f"{time:%H:%M}", "day": day})
    return utc


def shown(at: dt.datetime, zone: str) -> dt.datetime:
    """A moment as a clock in `zone` shows it."""
    return at.astimezone(ZoneInfo(zone))
