"""Units are read and converted; what would take for ever to read is refused."""

from __future__ import annotations

import time

import pytest

from alliance.indicators.units import customary_conversion, linear_conversion, unit_fault


@pytest.mark.parametrize(
    ("source", "target", "factor", "offset"),
    [
        ("kilotonne", "tonne", 1000.0, 0.0),
        ("kg/capita/year", "t/capita/year", 0.001, 0.0),
        ("km^2", "m**2", 1e6, 0.0),
        ("percent", "percent", 1.0, 0.0),
        ("kelvin", "degC", 1.0, -273.15),
    ],
)
def test_conversions(source, target, factor, offset):
    assert linear_conversion(source, target) == pytest.approx((factor, offset))


@pytest.mark.parametrize("unit", ["kWh/m^2/year", "ug/m^3", "m**-1", "1/(capita*year)", "km^0.5"])
def test_units_that_can_be_read(unit):
    assert unit_fault(unit) is None


@pytest.mark.parametrize(
    "unit",
    [
        "9**9**9**9", "9^9^9^9", "((9**9)**9)**(9**9)", "m**99999999", "9**(9**9)", "1e999999*m",
        "m " * 41, "((((9**9)**9)**9)**9)**9", "florps",
    ],
)  # fmt: skip
def test_units_that_cannot_are_refused_at_once(unit):
    start = time.perf_counter()
    assert str(unit_fault(unit)).startswith(f"“{unit}” is not a valid unit")
    with pytest.raises(ValueError, match="is not a valid unit"):
        linear_conversion(unit, "tonne")
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize(("source", "target"), [("tonne", "percent"), ("tonne", "capita")])
def test_what_does_not_convert_is_told(source, target):
    with pytest.raises(ValueError, match="cannot be converted"):
        linear_conversion(source, target)


@pytest.mark.parametrize(
    ("given", "target", "factor"),
    [
        ("kt", "t CO2e/year", 1000.0),
        ("kt CO2e", "t CO2e/year", 1000.0),
        ("Mt", "t CO2e/year", 1e6),
        ("tonne", "t CO2e/year", 1.0),
        ("t CO2-ekv", "t CO2e/year", 1.0),
        ("teqCO2", "t CO2e/year", 1.0),
        ("ktCO2e/an", "t CO2e/year", 1000.0),
        ("kg CO2e/hab", "t CO2e/inhabitant/year", 0.001),
        ("%", "percent", 1.0),
        ("procent", "percent", 1.0),
        ("kr per invånare", "SEK/inhabitant", 1.0),
        ("tkr", "SEK", 1000.0),
        ("mkr", "SEK", 1e6),
        ("M€", "EUR", 1e6),
        ("k€/habitant", "EUR/inhabitant", 1000.0),
    ],
)
def test_units_as_people_write_them(given, target, factor):
    assert customary_conversion(given, target) == pytest.approx((factor, 0.0))


@pytest.mark.parametrize(("given", "target"), [("kr", "EUR"), ("t", "percent"), ("kt", "km")])
def test_customs_are_no_guesses(given, target):
    with pytest.raises(ValueError, match="cannot be converted"):
        customary_conversion(given, target)
