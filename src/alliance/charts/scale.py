"""Axes with round numbers, and the rule by which an outlier is cut off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: A value this many times as far from zero as the next one does not stretch the axis.
OUTLIER_RATIO = 6.0
#: At most this share of the values may be treated as outliers, but one of three always may.
OUTLIER_SHARE = 0.25


@dataclass(frozen=True)
class Axis:
    """A linear axis from `low` to `high`; `digits` is the number of decimals its ticks need.

    `is_turned`: `high` is at its left end.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int
    is_turned: bool = False


def is_known(number: float | None) -> bool:
    """Whether a value is recorded: neither None nor NaN."""
    return number is not None and not math.isnan(number)


def nice_step(span: float, steps: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that covers `span` in `steps` steps."""
    if span <= 0 or not math.isfinite(span):
        raise ValueError(f"span {span} is not a positive number")
    rough = span / steps
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10 * power


def outlier_limit(values: Sequence[float]) -> float:
    """Distance from zero beyond which a value is an outlier; infinity if there is none.

    Sorted by their distance from zero, the values are split at the widest gap of more than
    `OUTLIER_RATIO` times that leaves at most `OUTLIER_SHARE` of them (or one) beyond it. Of two
    values neither is an outlier.
    """
    sizes = sorted((abs(value) for value in values), reverse=True)
    most = max(1, int(len(sizes) * OUTLIER_SHARE))
    best, limit = OUTLIER_RATIO, math.inf
    for i in range(min(most, len(sizes) - 2)):
        if sizes[i + 1] > 0 and sizes[i] / sizes[i + 1] > best:
            best, limit = sizes[i] / sizes[i + 1], sizes[i + 1]
    return limit


def make_axis(values: Sequence[float], bounds: Sequence[float] = (), *, steps: int = 4) -> Axis:
    """An axis that contains zero, all `values` except outliers, and `bounds` (ends of intervals).

    A bound further out than `OUTLIER_RATIO` times the farthest value is cut off too.
    """
    limit = outlier_limit(values)
    shown = [value for value in values if abs(value) <= limit]
    reach = max((abs(value) for value in shown), default=0.0)
    if math.isfinite(limit):
        # If a value is cut off, its interval must not stretch the axis again.
        shown += [bound for bound in bounds if abs(bound) <= 2 * reach]
    else:
        far = OUTLIER_RATIO * reach if reach else math.inf
        shown += [bound for bound in bounds if abs(bound) <= far]
    low, high = min(0.0, *shown), max(0.0, *shown)
    if low == high:
        low, high = -1.0, 1.0
    step = nice_step(high - low, steps)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    # A dot on the very edge would be cut in half: add a step.
    if low < 0 and low - first * step < step * 0.08:
        first -= 1
    if high > 0 and last * step - high < step * 0.08:
        last += 1
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, digits) != round(step, digits + 3):
        digits += 1
    ticks = tuple(round(i * step, digits) + 0.0 for i in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, digits)
