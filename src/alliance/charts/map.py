"""Records on a map: which view to draw, and the position of each mark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from alliance.charts.marks import MARKS, outcome_code
from alliance.charts.projection import EUROPE, VIEWS, WORLD, View

#: Marks are moved until their centres are this far apart, in units of the drawing.
SEPARATION = 10.0
#: Europe is drawn if at least this share of the placed points is in it.
EUROPE_SHARE = 0.6
#: More marks than this make a page heavy and a map unreadable.
MAX_MARKS = 200
#: Steps on the lattice that a mark may be moved: room for more marks than are drawn.
LATTICE_REACH = 16


@dataclass(frozen=True)
class MapPoint:
    """A record with its position: degrees north and east, None if it is not recorded.

    `language` is that of the label if it is not the page's own.
    """

    id: str
    label: str
    lat: float | None
    lon: float | None
    outcome: str
    href: str = ""
    language: str = ""


@dataclass(frozen=True)
class Mark:
    """A drawn point. `x` and `y` are texts in units of the drawing, ready for an attribute."""

    id: str
    label: str
    language: str
    href: str
    outcome: str
    shape: str
    x: str
    y: str
    label_x: str
    label_anchor: str
    moved: bool
    label_y: str = "4"


@dataclass(frozen=True)
class PointMap:
    """A map ready to be drawn, with the counts for its caption.

    Of `n` points, `n_placed` have a position and `n_without_place` have none; `n_outside` of the
    placed ones are outside the view; `n_not_drawn` are inside but exceed the limit.
    """

    view: str
    width: int
    height: int
    land: str
    marks: tuple[Mark, ...]
    outcomes: tuple[str, ...]
    n: int
    n_placed: int
    n_without_place: int
    n_outside: int
    n_not_drawn: int
    n_moved: int
    #: The code of the other view if it would show something else, or empty.
    other_view: str
    #: The part of the drawing to show: left, top, width, height.
    crop: tuple[int, int, int, int] | None = None


def _valid(point: MapPoint) -> bool:
    if point.lat is None or point.lon is None:
        return False
    if not (math.isfinite(point.lat) and math.isfinite(point.lon)):
        return False
    if not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
        raise ValueError(f"{point.id}: {point.lat}, {point.lon} is no place (degrees expected)")
    return True


def choose_view(inside: int, placed: int) -> View:
    """Europe if at least `EUROPE_SHARE` of the placed points are in it, else the world."""
    return EUROPE if placed and inside / placed >= EUROPE_SHARE else WORLD


@cache
def _offsets() -> tuple[tuple[int, int], ...]:
    """Steps on a lattice, nearest first; equal ones to the upper right, where labels are read."""
    reach = range(-LATTICE_REACH, LATTICE_REACH + 1)
    steps = [(i, j) for i in reach for j in reach]
    return tuple(sorted(steps, key=lambda s: (s[0] ** 2 + s[1] ** 2, -s[0], s[1])))


def spread(places: Sequence[tuple[float, float]], view: View) -> list[tuple[float, float]]:
    """Positions at least `SEPARATION` apart, each at the nearest free position.

    Places are assigned in the given order. If a position is taken, the nearest free point of a
    lattice is used, so equal input gives equal output and a crowd costs little.
    """
    taken: list[tuple[float, float]] = []
    # Neighbours are searched in cells one separation wide; a lattice point is a cell's corner.
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
    full: set[tuple[int, int]] = set()
    nearest = (SEPARATION - 1e-9) ** 2

    def free(x: float, y: float) -> bool:
        column, row = int(x // SEPARATION), int(y // SEPARATION)
        return all(
            (x - other[0]) ** 2 + (y - other[1]) ** 2 >= nearest
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for other in cells.get((column + i, row + j), ())
        )

    def elsewhere(x: float, y: float) -> tuple[float, float]:
        column, row = round(x / SEPARATION), round(y / SEPARATION)
        for i, j in _offsets():
            corner = (column + i, row + j)
            if corner in full:
                continue
            a, b = corner[0] * SEPARATION, corner[1] * SEPARATION
            if 0 <= a <= view.width and 0 <= b <= view.height and free(a, b):
                return a, b
            # Marks are never removed: a full position stays full.
            full.add(corner)
        return x, y

    for x, y in places:
        position = (x, y) if free(x, y) else elsewhere(x, y)
        taken.append(position)
        cell = (int(position[0] // SEPARATION), int(position[1] // SEPARATION))
        cells.setdefault(cell, []).append(position)
    return taken


def draw(
    points: Sequence[MapPoint], *, view: str | None = None, limit: int = MAX_MARKS
) -> PointMap:
    """Draw a map of `points`, most important first.

    `view` is "europe" or "world"; anything else chooses by the positions of the points. At most
    `limit` marks are drawn, in the given order. Coordinates outside the globe raise ValueError;
    missing ones are counted, never drawn.
    """
    valid = [_valid(point) for point in points]
    return draw_some(
        [
            point.lat if ok and point.lat is not None else math.nan
            for point, ok in zip(points, valid, strict=True)
        ],
        [
            point.lon if ok and point.lon is not None else math.nan
            for point, ok in zip(points, valid, strict=True)
        ],
        points.__getitem__,
        view=view,
        limit=limit,
    )


def draw_some(
    latitudes: ArrayLike,
    longitudes: ArrayLike,
    point_at: Callable[[int], MapPoint],
    *,
    view: str | None = None,
    limit: int = MAX_MARKS,
) -> PointMap:
    """As `draw`, for many places of which few are drawn: only their points are created.

    `latitudes` and `longitudes` are in degrees, NaN if not recorded; `point_at(i)` returns the
    point of place i.
    """
    north = np.asarray(latitudes, dtype=float)
    east = np.asarray(longitudes, dtype=float)
    placed = np.flatnonzero(np.isfinite(north) & np.isfinite(east))
    n_in_europe = int(np.count_nonzero(EUROPE.holds(east[placed], north[placed])))
    chosen = VIEWS.get(view or "") or choose_view(n_in_europe, placed.size)
    inside = placed[chosen.holds(east[placed], north[placed])]
    drawn = inside[:limit]
    xs, ys = chosen.place(east[drawn], north[drawn])
    places = list(zip(xs.tolist(), ys.tolist(), strict=True))
    marks = tuple(
        _mark(point_at(position), place, there, chosen)
        for position, place, there in zip(
            drawn.tolist(), places, spread(places, chosen), strict=True
        )
    )
    n_outside = int(placed.size - inside.size)
    if chosen is EUROPE:
        other = WORLD.code if n_outside else ""
    else:
        other = EUROPE.code if n_in_europe else ""
    return PointMap(
        view=chosen.code,
        width=chosen.width,
        height=chosen.height,
        land=f"land-{chosen.code}.svg",
        marks=marks,
        outcomes=tuple(code for code in MARKS if any(mark.outcome == code for mark in marks)),
        n=north.size,
        n_placed=int(placed.size),
        n_without_place=int(north.size - placed.size),
        n_outside=n_outside,
        n_not_drawn=int(inside.size - drawn.size),
        n_moved=sum(mark.moved for mark in marks),
        other_view=other,
    )


def _mark(
    point: MapPoint, place: tuple[float, float], position: tuple[float, float], view: View
) -> Mark:
    x, y = position
    outcome = outcome_code(point.outcome)
    # A label is on the side away from the nearer edge, so that it is never cut off.
    left = x > view.width / 2
    return Mark(
        id=point.id,
        label=point.label,
        language=point.language,
        href=point.href,
        outcome=outcome,
        shape=MARKS[outcome],
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        label_x="-9" if left else "9",
        label_anchor="end" if left else "start",
        moved=position != place,
    )


#: Places of a label beside its mark, the best first: to the right or left, its height, its anchor.
_LABEL_PLACES = tuple((side, y) for y in (4, 11, -3) for side in (9, -9))
#: Size of letters on a map that is cropped, in units of the drawing.
_LETTER, _LINE, _MARGIN = 6.6, 12.0, 14


def _label_box(mark: Mark, side: int, y: int) -> tuple[float, float, float, float]:
    width = _LETTER * len(mark.label)
    left = float(mark.x) + (side if side > 0 else side - width)
    top = float(mark.y) + y - _LINE
    return left, top, left + width, top + _LINE


def labelled(chart: PointMap) -> PointMap:
    """A map of few places, cropped to them, with labels that leave each other and the marks room.

    A label for which there is no room stays where it covers least: to the right of its mark.
    """
    taken = [
        (float(mark.x) - 5, float(mark.y) - 5, float(mark.x) + 5, float(mark.y) + 5)
        for mark in chart.marks
    ]
    marks = []
    for mark in chart.marks:
        boxes = {place: _label_box(mark, *place) for place in _LABEL_PLACES}
        side, y = next(
            (
                place
                for place, (left, top, right, bottom) in boxes.items()
                if not any(
                    left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
                    for other in taken
                )
            ),
            _LABEL_PLACES[0],
        )
        taken.append(boxes[side, y])
        anchor = "start" if side > 0 else "end"
        marks.append(replace(mark, label_x=f"{side}", label_y=f"{y}", label_anchor=anchor))
    if not taken:
        return chart
    left, top = (math.floor(min(box[end] for box in taken)) - _MARGIN for end in (0, 1))
    right, bottom = (math.ceil(max(box[end] for box in taken)) + _MARGIN for end in (2, 3))
    return replace(chart, marks=tuple(marks), crop=(left, top, right - left, bottom - top))
