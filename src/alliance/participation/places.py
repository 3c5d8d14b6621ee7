"""Places that people mark on a map: checked against the area of a process, named by its cells.

A place is an object of `geometry` (GeoJSON in degrees, or None), `place` (in words), `cells` (codes
of the cells in which it lies) and `answers` to the questions about it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError

from alliance.charts.projection import EUROPE

#: The maximum number of vertices of a line or area.
MOST_CORNERS = 300
#: Stored decimals of degrees: about 10 m.
DIGITS = 4
#: The number of squares across a circle.
ACROSS = 10
KM_OF_LATITUDE = 110.57
#: A square whose centre is at least this far from land, in km, is sea; the coastline is coarse.
COAST_KM = 3.0
#: The width of drawings in units.
BOX = 1000
#: The kinds of places and their GeoJSON types.
POINT, LINE, AREA = "point", "line", "area"
TYPES = {POINT: "Point", LINE: "LineString", AREA: "Polygon"}
#: The default radius of the circle around a city.
KM = 10
_COORDINATES = re.compile(r"\s*([-−]?\d{1,3}[.,]\d+)\s*[,; ]\s*([-−]?\d{1,3}[.,]\d+)\s*")
#: Two numbers, one with decimals or minutes, and no word, unlike names and addresses.
_NUMBERS = re.compile(r"[-−\d\s.,;/°'’′\"”″NSEWÖVOnsewövo]*")
_DECIMALS = re.compile(r"\d[.,°]\s*\d")


class NoPlace(ValueError):
    """A place that is not accepted; `code` is that of the fault."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Cell:
    """A cell of the map: its shape in degrees and its outline in units of the drawing."""

    code: str
    name: str
    shape: Any
    outline: str


def geometry_of(text: str, kind: str) -> Any:
    """The shape that a browser sent as GeoJSON; None for nothing. Raises NoPlace."""
    if not text.strip():
        return None
    try:
        geometry = json.loads(text)
        is_right = isinstance(geometry, dict) and geometry.get("type") == TYPES[kind]
        if is_right and _is_flat(geometry["coordinates"], kind):
            raise NoPlace("place-flat")
        shape = shapely.from_geojson(json.dumps(geometry)) if is_right else None
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, ShapelyError) as error:
        if isinstance(error, NoPlace):
            raise
        shape = None
    if shape is None or shape.is_empty:
        raise NoPlace("place-unreadable")
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all() or (np.abs(corners) > [180, 90]).any():
        raise NoPlace("place-unreadable")
    if len(corners) > MOST_CORNERS:
        raise NoPlace("place-long")
    shape = shapely.force_2d(shapely.transform(shape, lambda at: at.round(DIGITS)))
    if kind == LINE and shape.length == 0:
        raise NoPlace("place-flat")
    if kind == AREA:
        if not shape.is_valid:
            raise NoPlace("place-crosses")
        if shape.area == 0:
            raise NoPlace("place-flat")
    return shape


def _is_flat(coordinates: Any, kind: str) -> bool:
    """Whether a line has one vertex, or an area two."""
    if kind == LINE:
        return len(coordinates) < 2
    return kind == AREA and len(coordinates[0]) < 4


def point_in_words(text: str) -> Any:
    """The point of a latitude and a longitude in degrees, None for other text. Raises NoPlace."""
    match = _COORDINATES.fullmatch(text)
    if match is None:
        if _NUMBERS.fullmatch(text) and len(_DECIMALS.findall(text)) > 1:
            raise NoPlace("place-degrees")
        return None
    north, east = (float(group.replace(",", ".").replace("−", "-")) for group in match.groups())
    if abs(north) > 90 or abs(east) > 180:
        raise NoPlace("place-degrees")
    return shapely.Point(round(east, DIGITS), round(north, DIGITS))


def cells_of(shape: Any, cells: Sequence[Cell]) -> list[str]:
    """The codes of the cells that a shape touches; one for a point. Raises NoPlace if none."""
    hits = shapely.intersects(np.array([cell.shape for cell in cells], dtype=object), shape)
    codes = [cell.code for cell, hit in zip(cells, hits, strict=True) if hit]
    if not codes:
        is_at_sea = shape.geom_type == "Point" and is_sea(shape.y, shape.x)
        raise NoPlace("place-sea" if is_at_sea else "place-outside")
    return codes[:1] if shape.geom_type == "Point" else codes


def as_geojson(shape: Any) -> dict[str, Any]:
    """A shape as a GeoJSON object."""
    made: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return made


@cache
def _land() -> Any:
    """The land of Europe as drawn, in km in the map projection."""
    text = (files("alliance.web") / "static" / "land-europe.svg").read_text(encoding="utf-8")
    rings = []
    for part in "".join(re.findall(r' d="([^"]*)"', text)).split("M"):
        # A start, and steps from each vertex to the next.
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        steps = np.array(numbers, float).reshape(-1, 2)
        if len(steps) > 3:
            rings.append(shapely.Polygon(steps.cumsum(axis=0) / 8 / EUROPE.scale))
    return shapely.union_all(
        [ring if ring.is_valid else shapely.make_valid(ring) for ring in rings]
    )


def is_sea(north: float, east: float) -> bool:
    """Whether a place in Europe is in the open sea, as far as the coarse coastline shows; False
    elsewhere."""
    if not bool(EUROPE.holds(east, north)):
        return False
    x, y = EUROPE.place(east, north)
    at = shapely.Point(float(x) / EUROPE.scale, float(y) / EUROPE.scale)
    return bool(_land().distance(at) > COAST_KM)


def grid(north: float, east: float, km: float) -> list[Cell]:
    """The squares of a circle around a place, named as on a city map: A1 is in the north-west.
    Squares in the sea are left out."""
    high = 2 * km / ACROSS / KM_OF_LATITUDE
    wide = high / math.cos(math.radians(north))
    size = BOX / ACROSS
    cells = []
    for row in range(ACROSS):
        for column in range(ACROSS):
            x, y = column - ACROSS / 2 + 0.5, ACROSS / 2 - row - 0.5
            middle = (north + y * high, east + x * wide)
            if math.hypot(x, y) > ACROSS / 2 or is_sea(*middle):
                continue
            box = shapely.box(
                *(middle[1] - wide / 2, middle[0] - high / 2),
                *(middle[1] + wide / 2, middle[0] + high / 2),
            )
            name = f"{'ABCDEFGHIJ'[column]}{row + 1}"
            left, top = column * size, row * size
            outline = f"M{left:g} {top:g}h{size:g}v{size:g}h-{size:g}z"
            cells.append(Cell(name, name, box, outline))
    return cells


def simplified(shapes: Iterable[Any], degrees: float = 0.0005) -> list[Any]:
    """Shapes simplified along the borders that they share, for a map on a screen."""
    whole = np.array(list(shapes), dtype=object)
    made = shapely.coverage_simplify(whole, degrees)
    return list(shapely.transform(made, lambda at: at.round(5)))


def line_of(place: Mapping[str, Any]) -> str:
    """A place in a few words: its name, or its cells."""
    if place.get("place"):
        return str(place["place"])
    shape = place.get("geometry")
    if shape:
        at = shapely.from_geojson(json.dumps(shape)).representative_point()
        return f"{at.y:.4f}, {at.x:.4f}"
    return ", ".join(place.get("cells", ()))
