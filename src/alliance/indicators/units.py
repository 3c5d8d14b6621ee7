"""Units of figures: checked where they are defined, converted only where that is asked for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

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


def unit_fault(unit: str) -> str:
    """Why pint cannot read the unit; "" where it can, or where the unit is a plain label."""
    if not unit:
        return ""
    if not _is_harmless(unit):
        return _("%(unit)s is no unit that can be read, such as t/capita/year.") % {"unit": unit}
    try:
        registry().parse_units(unit)
    except Exception:
        # pint raises errors of many kinds for what it cannot read.
        return _("%(unit)s is no unit that can be read, such as t/capita/year.") % {"unit": unit}
    return ""


def linear_conversion(source: str, target: str) -> tuple[float, float]:
    """(factor, offset) so that value × factor + offset is in `target`; degrees have an offset.

    Raises ValueError.
    """
    if source == target:
        return 1.0, 0.0
    if not _is_harmless(source):
        raise ValueError(unit_fault(source))
    try:
        zero, one = (
            float(registry().Quantity(value, source).to(target).magnitude) for value in (0.0, 1.0)
        )
    except Exception as error:
        # pint raises errors of many kinds, for what it cannot read and for what does not convert.
        rule = _("%(source)s cannot be converted to %(target)s.")
        raise ValueError(
            unit_fault(source) or rule % {"source": source, "target": target}
        ) from error
    # Rounded where there is an offset: 274.15 - 273.15 is a hair less than 1.
    return (round(one - zero, 12) if zero else one), zero
