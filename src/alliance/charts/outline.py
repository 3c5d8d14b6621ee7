"""Draws the outlines of land under maps, from public-domain data to small SVG files.

Run `python -m alliance.charts.outline` after a change of a view; the result is committed.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alliance.charts.projection import EUROPE, WORLD, Floats, View

WEB = Path(__file__).resolve().parent.parent / "web"

#: Numeric ISO 3166-1 codes.
_ANTARCTICA, _RUSSIA = "010", "643"
#: Coordinates are whole multiples of this part of a unit of the drawing.
_GRID = 8
#: Land is drawn this far beyond the edge, so that no stroke is visible along it.
_MARGIN = 4.0
#: Points nearer than this to the line through their neighbours are left out, in units.
_TOLERANCE = 0.16
#: Islands smaller than this are left out, in square units.
_SMALLEST = 0.4


def geojson_rings(data: dict[str, Any]) -> Iterator[Floats]:
    """Outer rings of a GeoJSON FeatureCollection of (multi)polygons, as n x 2 degrees."""
    for feature in data["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        for polygon in polygons if geometry["type"] == "MultiPolygon" else [polygons]:
            yield np.asarray(polygon[0], dtype=float)


def topojson_rings(
    data: dict[str, Any], *, only: Container[str] | None = None, without: Container[str] = ()
) -> Iterator[Floats]:
    """Outer rings of the countries of a quantised TopoJSON file, as n x 2 degrees.

    `only` and `without` hold ids of countries. An arc ~i is arc i walked backwards (TopoJSON 1.0,
    section 2.1.4). A ring across the 180th meridian comes out in its parts on both sides.
    """
    scale = np.asarray(data["transform"]["scale"])
    origin = np.asarray(data["transform"]["translate"])
    arcs = [np.cumsum(np.asarray(arc), axis=0) * scale + origin for arc in data["arcs"]]
    for country in data["objects"]["countries"]["geometries"]:
        code = country.get("id", "")
        if code in without or (only is not None and code not in only):
            continue
        polygons = country["arcs"]
        for polygon in polygons if country["type"] == "MultiPolygon" else [polygons]:
            parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in polygon[0]]
            # The first point of an arc repeats the last one of the arc before it.
            yield from cut_at_180(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))


def cut_at_180(ring: Floats) -> Iterator[Floats]:
    """The parts of a ring between 180 degrees west and 180 degrees east."""
    if not (np.abs(np.diff(ring[:, 0])) > 180).any():
        yield ring
        return
    unrolled = np.column_stack([np.unwrap(ring[:, 0], period=360), ring[:, 1]])
    for shift in (-360, 0, 360):
        part = clip(unrolled + np.array([shift, 0]), (-180, -90, 180, 90))
        if len(part) >= 3:
            yield part


def clip(ring: Floats, box: tuple[float, float, float, float]) -> Floats:
    """The part of a ring inside `box` (left, top, right, bottom), by Sutherland and Hodgman.

    Returns an array of 0 rows if nothing is inside.
    """
    points = [(float(x), float(y)) for x, y in ring]
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        clipped: list[tuple[float, float]] = []
        for i, end in enumerate(points):
            start = points[i - 1]
            start_in = sign * (start[axis] - limit) >= 0
            end_in = sign * (end[axis] - limit) >= 0
            if start_in != end_in:
                share = (limit - start[axis]) / (end[axis] - start[axis])
                crossing = [start[k] + share * (end[k] - start[k]) for k in (0, 1)]
                crossing[axis] = limit
                clipped.append((crossing[0], crossing[1]))
            if end_in:
                clipped.append(end)
        points = clipped
    return np.asarray(points, dtype=float).reshape(-1, 2)


def simplify(line: Floats, tolerance: float) -> Floats:
    """Leave out points nearer than `tolerance` to the line that remains (Douglas and Peucker)."""
    if len(line) < 3:
        return line
    is_corner = np.zeros(len(line), dtype=bool)
    is_corner[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        inner = line[first + 1 : last] - line[first]
        direction = line[last] - line[first]
        length = float(np.hypot(*direction))
        if length:
            distance = np.abs(inner[:, 0] * direction[1] - inner[:, 1] * direction[0]) / length
        else:
            distance = np.hypot(inner[:, 0], inner[:, 1])
        farthest = int(np.argmax(distance))
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            is_corner[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[is_corner]


def area(ring: Floats) -> float:
    """Area of a closed or open ring, in the square of its unit, never negative."""
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def path(rings: Sequence[Floats]) -> str:
    """The `d` of an SVG path through rings of whole numbers, in relative steps."""
    parts: list[str] = []
    for ring in rings:
        start, steps = ring[0], np.diff(ring, axis=0)
        text = "".join(
            f"{'' if i and dx < 0 else ' ' if i else ''}{dx}{'' if dy < 0 else ' '}{dy}"
            for i, (dx, dy) in enumerate(steps.tolist())
        )
        parts.append(f"M{int(start[0])} {int(start[1])}l{text}z")
    return "".join(parts)


def outline(rings: Iterable[Floats], view: View) -> str:
    """The `d` of one path with the land of `view`, in steps of 1 / `_GRID` unit."""
    box = (-_MARGIN, -_MARGIN, view.width + _MARGIN, view.height + _MARGIN)
    drawn: list[Floats] = []
    for ring in rings:
        x, y = view.place(ring[:, 0], ring[:, 1])
        inside = clip(np.column_stack([x, y]), box)
        if len(inside) < 3 or area(inside) < _SMALLEST:
            continue
        rounded = np.rint(simplify(inside, _TOLERANCE) * _GRID).astype(int)
        rounded = rounded[np.append(True, np.any(np.diff(rounded, axis=0) != 0, axis=1))]
        # The path closes itself.
        if (rounded[0] == rounded[-1]).all():
            rounded = rounded[:-1]
        if len(rounded) >= 3:
            drawn.append(rounded)
    return path(drawn)


def svg(view: View, land: str, *, under: str = "", over: str = "") -> str:
    """An SVG file whose element `land` is ready for `<use>`; its colours come from the page.

    `under` is a path drawn first, widened; `over` is drawn last. Both get no border.
    """

    def plain(d: str, width: int) -> str:
        if not d:
            return ""
        return f'<path fill="currentColor" stroke="currentColor" stroke-width="{width}" d="{d}"/>'

    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width} {view.height}">'
        f'<g id="land" transform="scale({1 / _GRID})">{plain(under, 4 * _GRID)}'
        f'<path vector-effect="non-scaling-stroke" d="{land}"/>{plain(over, _GRID)}</g></svg>\n'
    )


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((WEB / "geo" / name).read_text(encoding="utf-8"))
    return data


def _is_crimea(ring: Floats) -> bool:
    # Both files draw a border across the isthmus, which the UN General Assembly has called on
    # states not to recognise (resolution 68/262); so do Sweden and France.
    west, south, east, north = 32.0, 44.0, 37.0, 46.5
    inside = (ring >= (west, south)) & (ring <= (east, north))
    return bool(inside.all()) and area(ring) > 1


def _draw(view: View, rings: Iterable[Floats], under: str = "") -> str:
    bordered: list[Floats] = []
    plain: list[Floats] = []
    for ring in rings:
        (plain if _is_crimea(ring) else bordered).append(ring)
    return svg(view, outline(bordered, view), under=under, over=outline(plain, view))


def europe_svg() -> str:
    """The outline under maps of Europe.

    The finer file lacks the mainland of Russia. It is taken from the coarser one and drawn under
    the rest, widened, so that no gap appears where the two differ.
    """
    mainland = max(topojson_rings(_read("world_countries_110m.json"), only={_RUSSIA}), key=area)
    land = geojson_rings(_read("europe_50m.geojson"))
    return _draw(EUROPE, land, under=outline([mainland], EUROPE))


def world_svg() -> str:
    """The outline under maps of the world."""
    return _draw(WORLD, topojson_rings(_read("world_countries_110m.json"), without={_ANTARCTICA}))


def write(folder: Path) -> None:
    """Write `land-europe.svg` and `land-world.svg` to `folder`."""
    (folder / "land-europe.svg").write_text(europe_svg(), encoding="utf-8")
    (folder / "land-world.svg").write_text(world_svg(), encoding="utf-8")


if __name__ == "__main__":
    write(WEB / "static")
