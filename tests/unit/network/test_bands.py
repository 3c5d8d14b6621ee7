"""Bands of city size and zones of climate."""

from __future__ import annotations

import pytest

from alliance.network.bands import climate_zone, size_band
from alliance.network.models import City


@pytest.mark.parametrize(
    ("population", "approximate", "band"),
    [
        (None, None, None),
        (99_999, None, "under-100k"),
        (100_000, None, "100k-300k"),
        (299_999, None, "100k-300k"),
        (300_000, None, "300k-1m"),
        (1_000_000, None, "over-1m"),
        (None, 250_000, "100k-300k"),
        # What is recorded counts, not what a gazetteer rounds to.
        (90_000, 110_000, "under-100k"),
    ],
)
def test_the_size_band(population: int | None, approximate: int | None, band: str | None) -> None:
    city = City(name="Lund", population=population, approximate_population=approximate)
    assert size_band(city) == band


def test_nowhere_is_in_no_band() -> None:
    assert size_band(None) is None
    assert climate_zone(None) is None


@pytest.mark.parametrize(("koppen", "zone"), [("Cfb", "C"), ("Dfb", "D"), ("", None)])
def test_the_climate_zone_is_the_first_letter(koppen: str, zone: str | None) -> None:
    assert climate_zone(City(name="Lund", koppen=koppen)) == zone
