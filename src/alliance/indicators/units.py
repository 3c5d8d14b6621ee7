"""Units of figures: checked in definitions, converted only on request."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from alliance.core.errors import BrokenRule

if TYPE_CHECKING:
    import pint

LONGEST = 80
#: In JSON-stat, the unit of an indicator whose definitions have several.
SEVERAL_UNITS = "see extension.units"
MOST_POWERS = 4
#: The text after a sign of power, up to the next sign or space.
_POWER = re.compile(r"(?:\*\*|\^)([^\s/*^]*(?:\*\*|\^)?)")
_EXPONENT = re.compile(r"\(?[+-]?[0-9](?:\.[0-9])?\)*")
_LONG_NUMBER = re.compile(r"[0-9]{7}|[eE][+-]?[0-9]{3}")


_MONEY = re.compile(r"[A-Z]{3}\b")


def is_money(unit: str, label: str) -> bool:
    """Whether figures are amounts of money, whose unit is a plain label such as SEK/inhabitant."""
    return not unit and _MONEY.match(label) is not None


def short_unit(unit: str, label: str) -> str:
    """The sign of a unit beside a figure whose heading says the rest: "%", "t", "SEK", "cars"."""
    if unit.startswith("percent"):
        return "%"
    if unit.startswith("t *"):
        return "t"
    if is_money(unit, label):
        return label[:3]
    return label.split("/")[0] if "capita" in unit.partition("/")[2] else label


@cache
def registry() -> pint.UnitRegistry:
    """Additional units of the domain; cached, because creating it takes a quarter second."""
    import pint

    units: pint.UnitRegistry = pint.UnitRegistry()
    for line in (
        "capita = [person] = inhabitant = person = resident",
        "household = [household] = home = dwelling",
        "consumption_unit = [consumption_unit]",
        "CO2e = [co2_equivalent]",
        "trip = [trip]",
        "vehicle = [vehicle]",
        "SEK = [sek]",
        "EUR = [eur]",
    ):
        units.define(line)
    return units


#: Common spellings in Sweden, France and the SDMX list of units that pint would misread: to pint,
#: kt is a knot and MT a megatesla.
_WORDS = {
    "%": "percent", "procent": "percent", "pct": "percent", "pour cent": "percent",
    "PC": "percent", "PT": "percent", "P1": "percent", "T": "tonne", "TN": "tonne",
    "ton": "tonne", "tonnes": "tonne", "kt": "kilotonne", "KT": "kilotonne", "kton": "kilotonne",
    "ktonnes": "kilotonne", "Mt": "megatonne", "MT": "megatonne", "Mton": "megatonne",
    "KG": "kilogram", "G": "gram", "KM2": "km^2", "M2": "m^2", "HA": "hectare", "M3": "m^3",
    "PS": "person", "PE": "person", "persons": "person", "invånare": "person", "inv": "person",
    "habitant": "person", "habitants": "person", "hab": "person", "DEG_C": "degC", "°C": "degC",
    "m3": "m^3", "m2": "m^2", "km2": "km^2", "år": "year", "an": "year", "yr": "year",
    "kr": "SEK", "kronor": "SEK", "tkr": "kSEK", "kkr": "kSEK", "mkr": "MSEK", "Mkr": "MSEK",
    "€": "EUR", "euro": "EUR", "euros": "EUR", "k€": "kEUR", "M€": "MEUR",
}  # fmt: skip
#: Spellings of whole units.
_WHOLE = {"µg/m³": "ug/m^3", "ug/m3": "ug/m^3", "m²": "m^2", "km²": "km^2", "m³": "m^3"}
#: Money is a plain label, because its value changes with the year.
MONEY = re.compile(r"\b(?:SEK|EUR)\b")
_CO2E = re.compile(
    r"CO[2₂][ -]?(?:e|eq|ekv|ekvivalenter|éq)\b\.?|[ée]q(?:uiv)?\.? ?(?:de )?CO[2₂]", re.IGNORECASE
)
_GLUED = re.compile(r"\b(k|M)?t(?=CO2e\b)")
_PARTS = re.compile(r"([^/*·]+)")


def customary(text: str) -> str:
    """Converts a common spelling, such as kt CO2-ekv, procent or tkr/invånare, to that of pint."""
    if text in _WHOLE:
        return _WHOLE[text]
    text = _CO2E.sub("CO2e", text.strip())
    text = _GLUED.sub(lambda match: f"{match[0]} ", re.sub(r"\s+(?:per|par)\s+", "/", text))

    def read(match: re.Match[str]) -> str:
        part = match[0].strip()
        return _WORDS.get(part) or " ".join(_WORDS.get(word, word) for word in part.split())

    return _PARTS.sub(read, text)


def customary_conversion(source_unit: str, target: str) -> tuple[float, float]:
    """`linear_conversion` of units in common spelling.

    The year, which the period implies, and the CO2e of an inventory are mostly omitted: for a
    definition in t CO2e/year, kt means kt CO2e/year. Raises BrokenRule.
    """
    source, wanted = customary(source_unit), customary(target)
    try:
        return linear_conversion(source, wanted)
    except BrokenRule as error:
        for more in (" CO2e", "/year", " CO2e/year"):
            if all(word in wanted for word in more.replace("/", " ").split()):
                with suppress(BrokenRule):
                    return linear_conversion(source + more, wanted)
        is_read = error.code == "not-convertible"
        params = {"source": source_unit, "target": target} if is_read else {"value": source_unit}
        raise BrokenRule(error.code, params) from error


def _is_harmless(unit: str) -> bool:
    """Whether parsing is quick: pint evaluates expressions, such as 9**9**9**9."""
    powers = _POWER.findall(unit)
    return (
        len(unit) <= LONGEST
        and len(powers) <= MOST_POWERS
        and all(_EXPONENT.fullmatch(after) for after in powers)
        and not _LONG_NUMBER.search(unit)
    )


def unit_fault(unit: str) -> BrokenRule | None:
    """Why pint cannot parse the unit; None if it can, or for an empty unit."""
    if not unit:
        return None
    if not _is_harmless(unit):
        return BrokenRule("not-a-unit", {"value": unit})
    try:
        registry().parse_units(unit)
    except Exception:
        # pint raises many kinds of errors for invalid units.
        return BrokenRule("not-a-unit", {"value": unit})
    return None


def linear_conversion(source: str, target: str) -> tuple[float, float]:
    """(factor, offset) so that value × factor + offset is in `target`; degrees have an offset.

    Raises BrokenRule.
    """
    if source == target:
        return 1.0, 0.0
    if not _is_harmless(source):
        raise BrokenRule("not-a-unit", {"value": source})
    try:
        zero, unity = (
            float(registry().Quantity(value, source).to(target).magnitude) for value in (0.0, 1.0)
        )
    except Exception as error:
        # pint raises many kinds of errors, for invalid units and for impossible conversions.
        rule = BrokenRule("not-convertible", {"source": source, "target": target})
        raise unit_fault(source) or rule from error
    # Rounded if there is an offset: 274.15 - 273.15 is slightly less than 1.
    return (round(unity - zero, 12) if zero else unity), zero
