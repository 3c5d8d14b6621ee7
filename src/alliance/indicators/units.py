"""Units of figures: checked where they are defined, converted only where that is asked for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from alliance.core.errors import BrokenRule

if TYPE_CHECKING:
    import pint

LONGEST = 80
MOST_POWERS = 4
#: What stands behind a sign of power, up to the next sign or space.
_POWER = re.compile(r"(?:\*\*|\^)([^\s/*^]*(?:\*\*|\^)?)")
_EXPONENT = re.compile(r"\(?[+-]?[0-9](?:\.[0-9])?\)*")
_LONG_NUMBER = re.compile(r"[0-9]{7}|[eE][+-]?[0-9]{3}")


@cache
def registry() -> pint.UnitRegistry:
    """The units of the field beside those pint knows; made once, it takes a quarter second."""
    import pint

    units: pint.UnitRegistry = pint.UnitRegistry()
    for line in (
        "capita = [person] = inhabitant = person = resident",
        "household = [household] = home = dwelling",
        "consumption_unit = [consumption_unit]",
        "CO2e = [co2_equivalent]",
        "trip = [trip]",
        "vehicle = [vehicle]",
    ):
        units.define(line)
    return units


def _is_harmless(unit: str) -> bool:
    """Whether reading it takes no time: pint works out what is written, such as 9**9**9**9."""
    powers = _POWER.findall(unit)
    return (
        len(unit) <= LONGEST
        and len(powers) <= MOST_POWERS
        and all(_EXPONENT.fullmatch(after) for after in powers)
        and not _LONG_NUMBER.search(unit)
    )


def unit_fault(unit: str) -> BrokenRule | None:
    """Why pint cannot read the unit; None where it can, or where there is none."""
    if not unit:
        return None
    if not _is_harmless(unit):
        return BrokenRule("not-a-unit", {"value": unit})
    try:
        registry().parse_units(unit)
    except Exception:
        # pint raises errors of many kinds for what it cannot read.
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
        zero, one = (
            float(registry().Quantity(value, source).to(target).magnitude) for value in (0.0, 1.0)
        )
    except Exception as error:
        # pint raises errors of many kinds, for what it cannot read and for what does not convert.
        rule = BrokenRule("not-convertible", {"source": source, "target": target})
        raise unit_fault(source) or rule from error
    # Rounded where there is an offset: 274.15 - 273.15 is a hair less than 1.
    return (round(one - zero, 12) if zero else one), zero
