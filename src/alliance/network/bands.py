"""Size bands and climate zones of cities, by published rules."""

from __future__ import annotations

from alliance.network.enums import ClimateZone, SizeBand
from alliance.network.models import City


def size_band(city: City | None) -> SizeBand | None:
    """The size band of a city by its population, recorded or else approximate; None without."""
    inhabitants = city and (city.population or city.approximate_population)
    if not inhabitants:
        return None
    if inhabitants < 100_000:
        return SizeBand.SMALL
    if inhabitants < 300_000:
        return SizeBand.MEDIUM
    if inhabitants < 1_000_000:
        return SizeBand.LARGE
    return SizeBand.VERY_LARGE


def climate_zone(city: City | None) -> ClimateZone | None:
    """The main Köppen-Geiger group of a city, None if its zone is not recorded."""
    if city is None or not city.koppen:
        return None
    return ClimateZone(city.koppen[0])


def size_and_climate(city: City) -> tuple[SizeBand, ClimateZone] | None:
    """By which cities count as similar in plain words; None if either is not known."""
    size, climate = size_band(city), climate_zone(city)
    return None if size is None or climate is None else (size, climate)
