"""Forest plot: one row for each place with its effect and interval, on one axis.

Only the drawing is made here; the words around it belong to the template.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from alliance.charts.forest_layout import (
    NARROW,
    WIDE,
    ForestRow,
    ForestSummary,
    Layout,
    lay_out,
)
from alliance.charts.scale import Axis, make_axis

__all__ = ["Forest", "ForestRow", "ForestSummary", "draw"]


@dataclass(frozen=True)
class Forest:
    """A forest plot ready for `web/charts/forest.html`.

    `favourable` is "lower" or "higher", empty where no side is better. The counts are of
    rows whose whole interval lies on the better or the worse side of zero, and None for a level,
    whose sign says nothing.
    """

    title: str
    unit_symbol: str
    unit_name: str
    favourable: str
    signed: bool
    rows: tuple[ForestRow, ...]
    summary: ForestSummary | None
    axis: Axis
    wide: Layout
    narrow: Layout
    n: int
    n_without_interval: int
    n_modelled: int
    n_clipped: int
    n_favourable: int | None
    n_unfavourable: int | None
    lowest: ForestRow
    highest: ForestRow
    #: Decimals of derived figures: those of the values they are derived from, at most two.
    value_digits: int
    #: Of all intervals, in percent.
    level: float = 95.0

    @property
    def n_with_interval(self) -> int:
        """Rows whose interval was published."""
        return self.n - self.n_without_interval

    @property
    def goes_on(self) -> bool:
        """Whether an interval reaches beyond the axis, so that its line ends in an arrowhead."""
        ends = [end for one in self.rows for end in (one.low, one.high) if end is not None]
        return any(end < self.axis.low or end > self.axis.high for end in ends)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of words in the rows, other than that of the page."""
        return tuple(
            dict.fromkeys(row.lang_attr for row in self.rows if row.part and row.lang_attr)
        )


class _Bounded(Protocol):
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def clear_sides(rows: Iterable[_Bounded], side: str) -> tuple[int, int]:
    """How many rows have an interval wholly on the better side, and wholly on the worse one."""
    known = [(one.low, one.high) for one in rows if one.low is not None and one.high is not None]
    below, above = sum(high < 0 for _, high in known), sum(low > 0 for low, _ in known)
    return (below, above) if side == "lower" else (above, below)


def _decimals(value: float) -> int:
    return next(digits for digits in (0, 1, 2) if digits == 2 or round(value, digits) == value)


def draw(
    rows: Sequence[ForestRow],
    *,
    title: str,
    unit_symbol: str = "",
    unit_name: str = "",
    favourable: str = "",
    signed: bool = True,
    summary: ForestSummary | None = None,
    level: float = 0.95,
) -> Forest:
    """Lay out a forest plot of `rows`, in the order given, with zero always on the axis.

    `favourable` is "lower" or "higher" ("lower-is-better" and "higher-is-better" are read too) or
    empty. `level` is that of all intervals. `signed` says that values are changes, whose sign has
    a meaning. The axis is linear. A value more than six times as far from zero as the next one is
    drawn as an arrow at the end of the axis, so that the others stay readable; its figure is always
    written out.

    Raises ValueError without rows, for a value that is not a finite number, for an interval that
    does not hold its value, and for an unknown `favourable`.
    """
    if not rows:
        raise ValueError("a forest plot needs at least one row")
    side = favourable.removesuffix("-is-better")
    if side not in {"", "lower", "higher"}:
        raise ValueError(f"favourable: expected lower or higher, not {favourable!r}")
    for row in rows:
        if not math.isfinite(row.value):
            raise ValueError(f"{row.label}: value {row.value} is not a finite number")
        if row.low is not None and row.low > row.value:
            raise ValueError(f"{row.label}: low {row.low} is above the value {row.value}")
        if row.high is not None and row.high < row.value:
            raise ValueError(f"{row.label}: high {row.high} is below the value {row.value}")
    bounds = [bound for row in rows for bound in (row.low, row.high)]
    if summary is not None:
        bounds += summary.figures
    axis = make_axis(
        [row.value for row in rows],
        [bound for bound in bounds if bound is not None and not math.isnan(bound)],
    )
    wide = lay_out(rows, summary, axis, WIDE)
    narrow = lay_out(rows, summary, axis, NARROW)
    better, worse = clear_sides(rows, side)
    judged = bool(side) and signed
    return Forest(
        title=title,
        unit_symbol=unit_symbol,
        unit_name=unit_name,
        favourable=side,
        signed=signed,
        rows=tuple(rows),
        summary=summary,
        axis=axis,
        wide=wide,
        narrow=narrow,
        n=len(rows),
        n_without_interval=sum(not mark.has_interval for mark in wide.marks),
        n_modelled=sum(not row.filled for row in rows),
        n_clipped=sum(mark.clipped != 0 for mark in wide.marks),
        n_favourable=better if judged else None,
        n_unfavourable=worse if judged else None,
        lowest=min(rows, key=lambda row: row.value),
        highest=max(rows, key=lambda row: row.value),
        value_digits=max(_decimals(row.value) for row in rows),
        level=round(100 * level, 4),
    )
