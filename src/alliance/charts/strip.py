"""A row of marks on an axis of its own, at percentages of its width: the better end is right."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance.charts.scale import nice_step

#: Marks closer to each other than this many percent of the width are drawn as one.
APART = 0.5
_FIRST, _WIDTH = 3.0, 94.0

CIRCLE = "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"
SQUARE = "M-5.5-5.5h11v11h-11z"
TRIANGLE = "M0-7L7 6h-14z"
DIAMOND = "M-6.5 0L0-6.5L6.5 0L0 6.5z"
UPRIGHT = "M0-13V13"


class Shape(NamedTuple):
    """A kind of mark: its class in the style sheet, and its path around the place it marks."""

    css: str
    path: str


ME = Shape("dot me", "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z")
MEMBER = Shape("dot member", CIRCLE)
FRENCH = Shape("dot member", SQUARE)
COMPARABLE = Shape("dot member", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z")
PEER = Shape("dot peer", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z")
OTHER = Shape("dot peer", "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z")
GOAL = Shape("goal", UPRIGHT)
#: By the names that keys use.
SHAPES = {
    "me": ME,
    "member": MEMBER,
    "french": FRENCH,
    "comparable": COMPARABLE,
    "peer": PEER,
    "other": OTHER,
    "goal": GOAL,
}
#: The shapes of compared cities, in the order of the cities.
COMPARED = (
    Shape("dot me", CIRCLE),
    Shape("dot member", TRIANGLE),
    Shape("dot open", DIAMOND),
    Shape("dot member", SQUARE),
)


@dataclass(frozen=True)
class Scale:
    """The ends of an axis; `is_turned` where less is better."""

    low: float
    high: float
    is_turned: bool = False

    def at(self, value: float) -> float:
        """The place of a value in percent of the width; values outside stand at the end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return _FIRST + _WIDTH * (1 - share if self.is_turned else share)

    @property
    def ends(self) -> tuple[float, float]:
        """The values at the left and at the right end."""
        return (self.high, self.low) if self.is_turned else (self.low, self.high)


def scale_for(values: Collection[float], *, is_share: bool, is_turned: bool) -> Scale:
    """An axis with round ends for values; that of shares runs from 0 to 100 unless it is wasted.

    The axis begins at zero where the values are spread that far.
    """
    low, high = min(values), max(values)
    if is_share and low >= 0 and high <= 100 and (low < 50 < high or high - low > 40):
        return Scale(0.0, 100.0, is_turned)
    span = high - low or abs(high) or 1.0
    if 0 <= low <= span:
        low = 0.0
    elif -span <= high <= 0:
        high = 0.0
    step = nice_step(high - low or span, 3)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    if is_share:
        low, high = max(low, 0.0) if min(values) >= 0 else low, min(high, 100.0)
    return Scale(low, high if high > low else low + step, is_turned)


class Mark(NamedTuple):
    """A value on a strip, with its interval where it is known."""

    value: float
    shape: Shape
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Strip:
    """The marks of a row on their axis, the last on top; in lanes, one below the other."""

    scale: Scale
    marks: Sequence[Mark]
    in_lanes: bool = False


def apart(values: Collection[float], scale: Scale) -> list[float]:
    """One of the values at each place that can be told from the next."""
    return list({round(scale.at(value) / APART): value for value in sorted(values)}.values())


@dataclass(frozen=True)
class TrendLine:
    """Values by year on an axis that several lines may share."""

    values: Sequence[tuple[float, float]]
    years: tuple[float, float]
    scale: Scale
    target: float | None = None

    def height_of(self, value: float, height: float) -> float:
        """The place of a value from the top of a drawing of this height; higher values are up."""
        scale = self.scale
        share = (min(max(value, scale.low), scale.high) - scale.low) / (scale.high - scale.low)
        return height - 2 - (height - 4) * share

    def points_in(self, height: float) -> str:
        """The points of the line in a drawing 100 units wide."""
        first, last = self.years
        step = 92 / (last - first or 1)
        return " ".join(
            f"{4 + step * (year - first):.1f},{self.height_of(value, height):.1f}"
            for year, value in self.values
        )
