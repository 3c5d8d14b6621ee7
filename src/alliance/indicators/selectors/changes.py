"""Whether a series has clearly risen or fallen: the first against the last year.

The word needs both standard errors: a change counts when it is larger than the 90 % interval of the
difference. Nothing is compared across a break of the series or of its definition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from alliance.indicators.errors import NINETY, error_as_defined, interval_of
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.selectors.strips import value_text
from alliance.indicators.selectors.time_series import CitySeries, Point
from alliance.indicators.units import is_money
from alliance.indicators.values import VersionLine


class Change(NamedTuple):
    """The figures of a line that compare with each other; `sign` is 0 for no clear change.

    `sign` is None where no word is right: amounts of money in the prices of each year.
    """

    points: Sequence[Point]
    sign: int | None

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]


def comparable_points(line: CitySeries, since: int) -> list[Point]:
    """The figures after the last break, under versions of the definition that compare."""
    points: list[Point] = []
    for point in line.points:
        if point.value is None or point.definition_number < since:
            continue
        if point.is_break:
            points.clear()
        points.append(point)
    return points


def change_of(line: CitySeries, known: VersionLine) -> Change | None:
    """The change over a line; None with fewer than two figures that compare."""
    points = comparable_points(line, known.comparable_since)
    if len(points) < 2:
        return None
    if is_money(known.version.unit, known.version.unit_label):
        return Change(points, None)
    first, last = points[0], points[-1]
    errors = (error_as_defined(point, known.version)[0] for point in (first, last))
    difference = (last.value or 0.0) - (first.value or 0.0)
    if abs(difference) <= NINETY * math.hypot(*errors):
        return Change(points, 0)
    return Change(points, 1 if difference > 0 else -1)


def change_text(change: Change, version: DefinitionVersion, language: str) -> str:
    """The change of a series since its first year, in words."""
    value = value_text(
        version, language, change.first.value or 0.0, *interval_of(change.first, version)
    )
    words = {
        1: _("Up from %(value)s in %(year)s"),
        -1: _("Down from %(value)s in %(year)s"),
        0: _("No clear change since %(year)s (%(value)s)"),
        None: _("%(value)s in %(year)s, in prices of each year"),
    }
    return words[change.sign] % {"value": value, "year": change.first.period[:4]}
