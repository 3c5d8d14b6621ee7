"""A sparkline: a small line of a series, without axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, AIR = 132, 36, 5


@dataclass(frozen=True)
class SparkPoint:
    """The value of a year. `is_break`: it is not comparable with earlier values."""

    x: float
    y: float
    is_break: bool = False


@dataclass(frozen=True)
class Sparkline:
    """A drawing: one path for each part between breaks, a dot at the end, a dash at each break.

    All are texts in units of the drawing, ready for an attribute. `single` are dots of parts with a
    single value.
    """

    width: int
    height: int
    paths: tuple[str, ...]
    single: tuple[tuple[str, str], ...]
    breaks: tuple[str, ...]
    end_x: str
    end_y: str
    first: SparkPoint
    last: SparkPoint


def draw(points: Sequence[SparkPoint]) -> Sparkline:
    """Draw at least two points, sorted by x. The scale is the line's own: it shows shape only."""
    if len(points) < 2:
        raise ValueError("a line has at least two points")
    left, right = points[0].x, points[-1].x
    low, high = min(point.y for point in points), max(point.y for point in points)
    across = (WIDTH - 2 * AIR) / ((right - left) or 1.0)
    up = (HEIGHT - 2 * AIR) / ((high - low) or 1.0)
    middle = 0.0 if high > low else (HEIGHT - 2 * AIR) / 2

    def place(point: SparkPoint) -> tuple[str, str]:
        x = AIR + (point.x - left) * across
        return f"{x:.1f}", f"{HEIGHT - AIR - middle - (point.y - low) * up:.1f}"

    parts: list[list[tuple[str, str]]] = [[]]
    breaks = []
    for point in points:
        if point.is_break and parts[-1]:
            parts.append([])
            breaks.append(place(point)[0])
        parts[-1].append(place(point))
    end_x, end_y = place(points[-1])
    return Sparkline(
        width=WIDTH,
        height=HEIGHT,
        paths=tuple("M" + "L".join(f"{x} {y}" for x, y in part) for part in parts if len(part) > 1),
        single=tuple(part[0] for part in parts if len(part) == 1),
        breaks=tuple(breaks),
        end_x=end_x,
        end_y=end_y,
        first=points[0],
        last=points[-1],
    )
