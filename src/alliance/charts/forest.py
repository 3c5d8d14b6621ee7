"""Forest plot: a table whose rows contain a place, its effect and interval, on one axis.

Only the marks are placed here, at percentages of the width of a cell, so that one drawing serves
every width; the texts around them belong to the template.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from alliance.charts.scale import Axis, is_known, make_axis

#: With more ticks than these, only every second one gets a label.
_LABELS = 5


@dataclass(frozen=True)
class ForestRow:
    """The effect in one place, in the unit of the plot.

    `low` and `high` bound the published interval, None where none was published. `design` is the
    word shown for how the effect was found. `filled` is True for a measured effect and False for
    a modelled one. `sublabel` is in the language of the page. `part` says in words of the record
    for what the effect holds, and `lang_attr` is their language where it is not the page's. `ends`
    are those of a published range, drawn in place of the value.
    """

    label: str
    sublabel: str
    value: float
    low: float | None
    high: float | None
    design: str
    href: str = ""
    filled: bool = True
    part: str = ""
    lang_attr: str = ""
    ends: tuple[float, float] | None = None

    @property
    def smallest(self) -> float:
        """The value, or the lower end of the range that stands in its place."""
        return self.ends[0] if self.ends else self.value

    @property
    def largest(self) -> float:
        """The value, or the upper end of the range that stands in its place."""
        return self.ends[1] if self.ends else self.value

    @property
    def has_interval(self) -> bool:
        """Whether an interval was published."""
        return is_known(self.low) and is_known(self.high)


@dataclass(frozen=True)
class ForestSummary:
    """The summary of the rows; each figure is None if it is not available.

    `ci` bounds the mean over places, `pi` the effect to be expected in a new place. `weighted`:
    whether more precise rows have a higher weight in the mean.
    """

    mean: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    median: float | None = None
    weighted: bool = False

    @property
    def figures(self) -> tuple[float | None, ...]:
        """The values for which the axis must have room."""
        return (
            self.mean, self.ci_low, self.ci_high, self.pi_low, self.pi_high, self.median,
        )  # fmt: skip


@dataclass(frozen=True)
class Tick:
    """A value on the axis and its position; its label is omitted where labels would touch."""

    x: str
    value: float
    is_labelled: bool


@dataclass(frozen=True)
class Line:
    """An interval within the axis, from `start` to `end`; with arrowheads where it continues
    beyond."""

    start: str
    end: str
    goes_on_below: bool
    goes_on_above: bool


@dataclass(frozen=True)
class Mark:
    """A drawn row. `clipped` is -1 or 1 if its value is beyond that end of the axis."""

    row: ForestRow
    x: str
    clipped: int
    interval: Line | None
    range: Line | None = None


@dataclass(frozen=True)
class SummaryMark:
    """The last row: the mean, or else the median, with its confidence and prediction intervals."""

    value: float
    is_mean: bool
    x: str
    clipped: int
    interval: Line | None
    expected: Line | None


@dataclass(frozen=True)
class Forest:
    """A forest plot ready for `web/charts/forest.html`; `last` is its drawn `summary`.

    `favourable` is "lower" or "higher", empty if neither is better. The counts are of rows whose
    whole interval is on the better or the worse side of zero, and None for a level, whose sign has
    no meaning.
    """

    title: str
    unit_symbol: str
    unit_name: str
    favourable: str
    signed: bool
    rows: tuple[ForestRow, ...]
    summary: ForestSummary | None
    axis: Axis
    ticks: tuple[Tick, ...]
    zero: str
    marks: tuple[Mark, ...]
    last: SummaryMark | None
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
    #: The confidence level of all intervals, in percent.
    level: float = 95.0

    @property
    def n_with_interval(self) -> int:
        """The number of rows with a published interval."""
        return self.n - self.n_without_interval

    @property
    def has_ranges(self) -> bool:
        """Whether a row is drawn as the range that was published."""
        return any(row.ends for row in self.rows)

    @property
    def goes_on(self) -> bool:
        """Whether an interval reaches beyond the axis, so that its line ends in an arrowhead."""
        return any(
            line.goes_on_below or line.goes_on_above
            for line in (mark.interval for mark in self.marks)
            if line is not None
        )

    @property
    def signs(self) -> tuple[object, ...]:
        """What the caption depends on: plots with equal values need one explanation on a page."""
        missing, modelled = self.n_without_interval, self.n_modelled
        counted = (missing, self.n) if 0 < missing < self.n else None
        shapes = (modelled == 0, modelled == self.n, missing == self.n, counted, self.has_ranges)
        last = self.last and (self.last.is_mean, bool(self.last.interval), bool(self.last.expected))
        weighted = self.summary is not None and self.summary.weighted
        return (*shapes, self.level, self.goes_on, self.n_clipped, last, weighted, self.languages)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of texts in the rows, other than that of the page."""
        return tuple(
            dict.fromkeys(row.lang_attr for row in self.rows if row.part and row.lang_attr)
        )


class _Bounded(Protocol):
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def clear_sides(rows: Iterable[_Bounded], side: str) -> tuple[int, int]:
    """The number of rows with an interval wholly on the better side, and on the worse one."""
    known = [(row.low, row.high) for row in rows if row.low is not None and row.high is not None]
    below, above = sum(high < 0 for _, high in known), sum(low > 0 for low, _ in known)
    return (below, above) if side == "lower" else (above, below)


def _x(value: float, axis: Axis) -> tuple[str, int]:
    """Position of a value, and the side (-1 or 1) on which it leaves the axis, else 0."""
    share = (value - axis.low) / (axis.high - axis.low)
    share = 1 - share if axis.is_turned else share
    side = -1 if share < 0 else 1 if share > 1 else 0
    return f"{3 + 94 * min(max(share, 0.0), 1.0):.1f}%", side


def _line(low: float | None, high: float | None, axis: Axis) -> Line | None:
    """An interval on the axis; None if there is none, or if all of it is beyond the axis."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return None
    ends = (high, low) if axis.is_turned else (low, high)
    (start, below), (end, above) = (_x(end, axis) for end in ends)
    if below and below == above:
        return None
    return Line(start, end, goes_on_below=below < 0, goes_on_above=above > 0)


def _mark(row: ForestRow, axis: Axis) -> Mark:
    x, side = _x(row.value, axis)
    ends = _line(*row.ends, axis) if row.ends else None
    return Mark(row, x, side, _line(row.low, row.high, axis), ends)


def _last(summary: ForestSummary | None, axis: Axis) -> SummaryMark | None:
    if summary is None:
        return None
    value = summary.median if summary.mean is None else summary.mean
    if value is None:
        return None
    x, side = _x(value, axis)
    return SummaryMark(
        value=value,
        is_mean=summary.mean is not None,
        x=x,
        clipped=side,
        interval=None if side else _line(summary.ci_low, summary.ci_high, axis),
        expected=_line(summary.pi_low, summary.pi_high, axis),
    )


def _ticks(axis: Axis) -> tuple[Tick, ...]:
    crowded = len(axis.ticks) > _LABELS
    zero = next((place for place, value in enumerate(axis.ticks) if value == 0), 0)
    return tuple(
        Tick(_x(value, axis)[0], value, not (crowded and (place - zero) % 2))
        for place, value in enumerate(axis.ticks)
    )


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
    """Place the marks of a forest plot of `rows`, in the given order, with zero always on the axis.

    `favourable` is "lower" or "higher" ("lower-is-better" and "higher-is-better" are read too) or
    empty. `level` is that of all intervals. `signed` says that values are changes, whose sign has
    a meaning. The axis is linear, with the better side on the right. A value more than six times as
    far from zero as the next one is drawn as an arrow at the end of the axis, so that the others
    stay readable; its figure is always written out.

    Raises ValueError without rows, for a value that is not a finite number, for an interval that
    does not contain its value, and for an unknown `favourable`.
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
    bounds = [bound for row in rows for bound in (row.low, row.high, *(row.ends or ()))]
    if summary is not None:
        bounds += summary.figures
    axis = make_axis(
        [row.value for row in rows],
        [bound for bound in bounds if bound is not None and not math.isnan(bound)],
    )
    axis = replace(axis, is_turned=side == "lower")
    marks = tuple(_mark(row, axis) for row in rows)
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
        ticks=_ticks(axis),
        zero=_x(0.0, axis)[0],
        marks=marks,
        last=_last(summary, axis),
        n=len(rows),
        n_without_interval=sum(not row.has_interval for row in rows),
        n_modelled=sum(not row.filled for row in rows),
        n_clipped=sum(mark.clipped != 0 for mark in marks),
        n_favourable=better if judged else None,
        n_unfavourable=worse if judged else None,
        lowest=min(rows, key=lambda row: row.smallest),
        highest=max(rows, key=lambda row: row.largest),
        value_digits=max(_decimals(row.value) for row in rows),
        level=round(100 * level, 4),
    )
