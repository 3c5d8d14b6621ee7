"""Line and point charts over time: paths, and effects with their intervals.

Only the drawing is made here; the texts around it belong to the template. Lines are distinguished
by their stroke (solid, dashed, faint), never by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from alliance.charts.scale import Axis, is_known, nice_step
from alliance.charts.wrap import text_width

#: The role of a line: the subject of the chart, a comparison, or background.
STYLES = ("own", "other", "faint")
_TICK_SIZE = 14.0


@dataclass(frozen=True)
class Line:
    """A line of a chart: one value for each position on the axis, None if not known."""

    label: str
    values: tuple[float | None, ...]
    style: str = "own"


@dataclass(frozen=True)
class Point:
    """An effect at a position on the axis; `low` and `high` bound its interval, if any."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its position and its label."""

    at: str
    value: float
    label: str = ""


@dataclass(frozen=True)
class Drawing:
    """One drawing of a chart, for wide or narrow containers; coordinates are formatted texts."""

    code: str
    width: int
    height: int
    left: str
    right: str
    bottom: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    zero: str
    start: str
    paths: tuple[tuple[str, str], ...]
    whiskers: str
    dots: str

    @property
    def tick_y(self) -> str:
        """The baseline of the labels below the axis."""
        return _text(float(self.bottom) + 20)


@dataclass(frozen=True)
class Chart:
    """A chart ready for `web/charts/series.html`. `start`: the label of the vertical line."""

    title: str
    summary: str
    unit: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[object, ...]], ...]
    legend: tuple[tuple[str, str], ...]
    start_label: str
    digits: int
    wide: Drawing
    narrow: Drawing


@dataclass(frozen=True)
class _Size:
    code: str
    width: int
    height: int
    labels: int


_WIDE = _Size("wide", 800, 340, 8)
_NARROW = _Size("narrow", 350, 280, 4)
_TOP, _BOTTOM, _RIGHT = 14.0, 40.0, 16.0


def draw_lines(
    places: Sequence[str],
    lines: Sequence[Line],
    *,
    title: str,
    summary: str,
    place_label: str,
    unit: str = "",
    start: int | None = None,
    start_label: str = "",
    with_zero: bool = False,
) -> Chart:
    """Draw lines over evenly spaced `places`.

    `start` is the position before which a vertical line is drawn. `with_zero` keeps zero on the
    axis. Faint lines have no column in the table of the data and one entry in the legend.

    Raises ValueError without a known value, and for a line of another length than `places`.
    """
    for line in lines:
        if len(line.values) != len(places) or line.style not in STYLES:
            raise ValueError(f"{line.label}: {len(line.values)} values for {len(places)} places")
    known = [value for line in lines for value in line.values if value is not None]
    if not known:
        raise ValueError("a chart needs at least one value")
    axis = _axis([*known, *([0.0] if with_zero else [])])
    shown = [line for line in lines if line.style != "faint"]
    legend = dict.fromkeys((line.style, line.label) for line in lines)
    return Chart(
        title=title,
        summary=summary,
        unit=unit,
        head=(place_label, *(line.label for line in shown)),
        rows=tuple(
            (label, tuple(line.values[place] for line in shown))
            for place, label in enumerate(places)
        ),
        legend=tuple(legend),
        start_label=start_label,
        digits=axis.digits,
        wide=_lines(places, lines, axis, start, _WIDE),
        narrow=_lines(places, lines, axis, start, _NARROW),
    )


def draw_points(
    points: Sequence[Point],
    *,
    title: str,
    summary: str,
    place_label: str,
    value_label: str,
    interval_label: str,
    unit: str = "",
    start: int | None = None,
    start_label: str = "",
) -> Chart:
    """Draw effects side by side, each with its interval, around a line at zero.

    Raises ValueError without points, and for a value that is not a finite number.
    """
    if not points:
        raise ValueError("a chart needs at least one point")
    ends = [0.0]
    for point in points:
        if not math.isfinite(point.value):
            raise ValueError(f"{point.label}: value {point.value} is not a finite number")
        ends += [end for end in (point.value, point.low, point.high) if is_known(end) and end]
    axis = _axis(ends)
    return Chart(
        title=title,
        summary=summary,
        unit=unit,
        head=(place_label, value_label, interval_label),
        rows=tuple((point.label, (point.value, (point.low, point.high))) for point in points),
        legend=(),
        start_label=start_label,
        digits=axis.digits,
        wide=_points(points, axis, start, _WIDE),
        narrow=_points(points, axis, start, _NARROW),
    )


def _axis(values: Sequence[float]) -> Axis:
    """An axis of round numbers that contains all values."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    step = nice_step(high - low, 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, digits) != round(step, digits + 3):
        digits += 1
    ticks = tuple(round(i * step, digits) + 0.0 for i in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, digits)


def _text(number: float) -> str:
    return f"{round(number, 1):g}"


class _Frame:
    """The positions of places and values in a drawing of one size."""

    def __init__(self, size: _Size, axis: Axis, n: int, *, inset: bool) -> None:
        self.size, self.axis, self.n = size, axis, n
        widest = max(text_width(f"{tick:.{axis.digits}f}", _TICK_SIZE) for tick in axis.ticks)
        self.left = math.ceil(widest) + 10.0
        self.right, self.bottom = size.width - _RIGHT, size.height - _BOTTOM
        self.pad = (self.right - self.left) / (2 * n) if inset else 6.0

    def x(self, place: float) -> float:
        span = self.right - self.left - 2 * self.pad
        return self.left + self.pad + span * (place / max(1, self.n - 1))

    def y(self, value: float) -> float:
        share = (value - self.axis.low) / (self.axis.high - self.axis.low)
        return self.bottom - share * (self.bottom - _TOP)

    def drawing(
        self,
        labels: Sequence[str],
        start: int | None,
        paths: Sequence[tuple[str, str]] = (),
        whiskers: str = "",
        dots: str = "",
    ) -> Drawing:
        line_at = "" if start is None else _text((self.x(start - 1) + self.x(start)) / 2)
        has_zero = self.axis.low <= 0 <= self.axis.high
        return Drawing(
            code=self.size.code,
            width=self.size.width,
            height=self.size.height,
            left=_text(self.left),
            right=_text(self.right),
            bottom=_text(self.bottom),
            y_ticks=tuple(Tick(_text(self.y(tick)), tick) for tick in self.axis.ticks),
            x_ticks=self._x_ticks(labels),
            zero=_text(self.y(0)) if has_zero else "",
            start=line_at,
            paths=tuple(paths),
            whiskers=whiskers,
            dots=dots,
        )

    def _x_ticks(self, labels: Sequence[str]) -> tuple[Tick, ...]:
        """Labels of as many positions as have room, including the first."""
        widest = max(text_width(label, _TICK_SIZE) for label in labels) + 14
        room = max(1, int((self.right - self.left) / widest))
        step = max(1, math.ceil(self.n / min(room, self.size.labels)))
        return tuple(
            Tick(_text(self.x(place)), float(place), labels[place])
            for place in range(0, self.n, step)
        )


def _lines(
    places: Sequence[str], lines: Sequence[Line], axis: Axis, start: int | None, size: _Size
) -> Drawing:
    frame = _Frame(size, axis, len(places), inset=False)
    order = sorted(lines, key=lambda line: STYLES.index(line.style), reverse=True)
    # All faint lines are one path: they are background, and a page has a weight.
    paths: dict[str, str] = {}
    for number, line in enumerate(order):
        key = line.style if line.style == "faint" else f"{line.style}.{number}"
        paths[key] = paths.get(key, "") + _path(frame, line.values)
    drawn = [(key.partition(".")[0], path) for key, path in paths.items()]
    return frame.drawing(places, start, paths=drawn)


def _path(frame: _Frame, values: Sequence[float | None]) -> str:
    """The path through known values; a gap in the values is a gap in the line."""
    parts: list[str] = []
    pen_down = False
    for place, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{_text(frame.x(place))} {_text(frame.y(value))}")
        pen_down = True
    # A value between two gaps is a point: a line of no length with a round end.
    alone = [
        place
        for place, value in enumerate(values)
        if value is not None
        and (place == 0 or values[place - 1] is None)
        and (place == len(values) - 1 or values[place + 1] is None)
    ]
    for place in alone:
        parts.append(f"M{_text(frame.x(place))} {_text(frame.y(values[place] or 0.0))}h.1")
    return "".join(parts)


def _points(points: Sequence[Point], axis: Axis, start: int | None, size: _Size) -> Drawing:
    frame = _Frame(size, axis, len(points), inset=True)
    whiskers, dots = [], []
    for place, point in enumerate(points):
        x, y = frame.x(place), frame.y(point.value)
        if point.low is not None and point.high is not None:
            whiskers.append(f"M{_text(x)} {_text(frame.y(point.low))}V{_text(frame.y(point.high))}")
        dots.append(f"M{_text(x - 4.5)} {_text(y)}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z")
    labels = [point.label for point in points]
    return frame.drawing(labels, start, whiskers="".join(whiskers), dots="".join(dots))
