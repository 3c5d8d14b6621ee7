"""Whom a city is compared with, by a stated rule.

The finest group that has enough cities with a score counts: the same band of inhabitants and the
same main climate, else the same band, else the same country, else all that may be ranked together.
"""

from __future__ import annotations

from alliance.network.bands import climate_zone, size_band
from alliance.network.models import City

#: Peers of a city, itself counted, below which the next wider group is taken.
AT_LEAST = 5
RULE = ("size and climate", "size", "country", "all")


def levels_of(city: City) -> tuple[str, str, str]:
    """The groups of a city, the finest first; "" where what makes the group is not recorded."""
    band, zone = size_band(city), climate_zone(city)
    size = f"size:{band.value}" if band else ""
    both = f"{size}+climate:{zone.value}" if band and zone else ""
    return both, size, f"country:{city.country}"
