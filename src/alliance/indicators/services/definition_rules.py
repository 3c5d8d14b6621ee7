"""What a definition must not say: each rule with the field at which it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from alliance.indicators.enums import IndicatorDirection
from alliance.indicators.units import linear_conversion, unit_fault

if TYPE_CHECKING:
    from alliance.indicators.services.catalogue import DefinitionRecord

#: A target of the Sustainable Development Goals, such as 11.6 or 3.b.
SDG_TARGET = re.compile(r"(?:1[0-7]|[1-9])\.(?:1?[0-9]|[a-d])\Z")


def faults_of(record: DefinitionRecord) -> dict[str, str]:
    """What is wrong with a definition, by field; empty where nothing is."""
    return dict(_faults(record))


def _faults(record: DefinitionRecord) -> Iterator[tuple[str, str]]:
    if rule := unit_fault(record.unit):
        yield "unit", rule
    yield from _bounds(record)
    low, high = record.valid_min, record.valid_max
    if low is not None and high is not None and low >= high:
        yield "valid_max", _("It must be greater than the least possible value.")
    if record.target_year is not None and record.target is None:
        yield "target", _("A year needs the target that is to be reached by then.")
    odd = [target for target in record.sdg_targets if not SDG_TARGET.match(target)]
    if odd:
        rule = _("%(targets)s: no target of the goals, such as 11.6 or 3.b.")
        yield "sdg_targets", rule % {"targets": ", ".join(odd)}


def _bounds(record: DefinitionRecord) -> Iterator[tuple[str, str]]:
    """A release could not be computed from bounds that break one of these."""
    poor, good = record.lower_bound, record.upper_bound
    if record.is_logarithmic:
        for name, bound in (("lower_bound", poor), ("upper_bound", good)):
            if bound is not None and bound <= 0:
                yield name, _("Scored by logarithm, it must be above 0.")
    if poor is None or good is None:
        return
    if poor == good:
        yield "upper_bound", _("Both ends are the same: nothing lies between.")
    elif record.direction == IndicatorDirection.HIGHER and poor > good:
        yield "upper_bound", _("Higher is better: the good end must be the greater one.")
    elif record.direction == IndicatorDirection.LOWER and poor < good:
        yield "upper_bound", _("Lower is better: the good end must be the smaller one.")


def is_other_unit(before: str, after: str) -> bool:
    """Whether a figure of 1 means something else in the unit `after` than in `before`."""
    if not before or not after or before == after:
        return False
    try:
        return linear_conversion(before, after) != (1.0, 0.0)
    except ValueError:
        return True
