"""Places of cases on a map: which view to draw, and where each mark stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from alliance.charts.marks import MARKS, outcome_code
from alliance.charts.projection import EUROPE, VIEWS, WORLD, View

#: Marks are moved until their centres are this far apart, in units of the drawing.
SEPARATION = 10.0
#: Europe is drawn when at least this share of the placed points lies in it.
EUROPE_SHARE = 0.6
#: More marks than this make a page heavy and a map unreadable.
MAX_MARKS = 300


@dataclass(frozen=True)
class MapPoint:
    """A case with its place: degrees north and east, None where no place is recorded."""

    id: str
    label: str
    lat: float | None
    lon: float | None
    outcome: str
    href: str = ""


@dataclass(frozen=True)
class Mark:
    """A drawn point. `x` and `y` are texts in units of the drawing, ready for an attribute."""

    id: str
    label: str
    href: str
    outcome: str
    shape: str
    x: str
    y: str
    label_x: str
    label_anchor: str
    moved: bool


@dataclass(frozen=True)
class PointMap:
    """A map ready to be drawn, with the counts that its words need.

    `n` points were given; `n_placed` have a place and `n_without_place` have none; `n_outside` of
    the placed ones lie outside the view; `n_not_drawn` lie inside but are over the limit.
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
    #: Code of the other view where it would show something else, or an empty text.
    other_view: str


def _valid(point: MapPoint) -> bool:
    if point.lat is None or point.lon is None:
        return False
    if not (math.isfinite(point.lat) and math.isfinite(point.lon)):
        return False
    if not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
        raise ValueError(f"{point.id}: {point.lat}, {point.lon} is no place (degrees expected)")
    return True


def choose_view(inside: int, placed: int) -> View:
    """Europe where at least `EUROPE_SHARE` of the placed points lie in it, else the world."""
    return EUROPE if placed and inside / placed >= EUROPE_SHARE else WORLD


def spread(places: Sequence[tuple[float, float]], view: View) -> list[tuple[float, float]]:
    """Positions at least `SEPARATION` apart, each as near to its place as is free.

    Places are served in the order given, and candidates lie on rings of growing size, so equal
    input gives equal output.
    """
    taken: list[tuple[float, float]] = []
    # Free positions are looked for among neighbours only; one cell is one separation wide.
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def free(x: float, y: float) -> bool:
        column, row = int(x // SEPARATION), int(y // SEPARATION)
        return all(
            math.hypot(x - other[0], y - other[1]) >= SEPARATION - 1e-9
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for other in cells.get((column + i, row + j), ())
        )

    def candidates(x: float, y: float) -> tuple[float, float]:
        for ring in range(1, 1 + 2 * MAX_MARKS):
            radius = ring * SEPARATION / 2
            for step in range(6 * ring):
                # Start at the upper right, where a label reads best.
                angle = 2 * math.pi * step / (6 * ring) - math.pi / 4
                a, b = x + radius * math.cos(angle), y + radius * math.sin(angle)
                if 0 <= a <= view.width and 0 <= b <= view.height and free(a, b):
                    return a, b
        return x, y

    for x, y in places:
        position = (x, y) if free(x, y) else candidates(x, y)
        taken.append(position)
        cell = (int(position[0] // SEPARATION), int(position[1] // SEPARATION))
        cells.setdefault(cell, []).append(position)
    return taken


def draw(
    points: Sequence[MapPoint], *, view: str | None = None, limit: int = MAX_MARKS
) -> PointMap:
    """Lay out a map of `points`, the most important first.

    `view` is "europe" or "world"; anything else chooses by where the points are. At most `limit`
    marks are drawn, in the order given. Coordinates outside the globe raise ValueError; missing
    ones are counted, never drawn.
    """
    placed = [point for point in points if _valid(point)]
    in_europe = [point for point in placed if EUROPE.holds(point.lon or 0.0, point.lat or 0.0)]
    chosen = VIEWS.get(view or "") or choose_view(len(in_europe), len(placed))
    inside = (
        in_europe
        if chosen is EUROPE
        else [point for point in placed if chosen.holds(point.lon or 0.0, point.lat or 0.0)]
    )
    drawn = inside[:limit]
    xs, ys = chosen.place(
        [point.lon or 0.0 for point in drawn], [point.lat or 0.0 for point in drawn]
    )
    places = list(zip(xs.tolist(), ys.tolist(), strict=True))
    marks = tuple(
        _mark(point, place, position, chosen)
        for point, place, position in zip(drawn, places, spread(places, chosen), strict=True)
    )
    n_outside = len(placed) - len(inside)
    if chosen is EUROPE:
        other = WORLD.code if n_outside else ""
    else:
        other = EUROPE.code if in_europe else ""
    return PointMap(
        view=chosen.code,
        width=chosen.width,
        height=chosen.height,
        land=f"land-{chosen.code}.svg",
        marks=marks,
        outcomes=tuple(code for code in MARKS if any(mark.outcome == code for mark in marks)),
        n=len(points),
        n_placed=len(placed),
        n_without_place=len(points) - len(placed),
        n_outside=n_outside,
        n_not_drawn=len(inside) - len(drawn),
        n_moved=sum(mark.moved for mark in marks),
        other_view=other,
    )


def _mark(
    point: MapPoint, place: tuple[float, float], position: tuple[float, float], view: View
) -> Mark:
    x, y = position
    outcome = outcome_code(point.outcome)
    # A label grows away from the nearer edge, so that it is never cut off.
    left = x > view.width / 2
    return Mark(
        id=point.id,
        label=point.label,
        href=point.href,
        outcome=outcome,
        shape=MARKS[outcome],
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        label_x="-9" if left else "9",
        label_anchor="end" if left else "start",
        moved=position != place,
    )
