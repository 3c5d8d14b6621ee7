"""Numbered places of a city on a map with a scale, on the outlines of its areas."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from alliance.charts.projection import Floats, LambertAzimuthal

#: The width of the drawing in its own units; its height depends on the places, within these shares
#: of the width.
WIDTH, LOWEST, HIGHEST = 640, 0.5, 1.1
#: The margin around the places as a share of their extent, and the minimum width of a map.
MARGIN, LEAST_KM = 0.18, 1.2
#: The minimum distance between marks, and from the edge.
APART = 44.0
#: The maximum length of the scale as a share of the width.
SCALE_SHARE = 0.3
#: How far beyond the places areas are drawn, in degrees.
REACH = 0.1


@dataclass(frozen=True)
class Place:
    """A position in degrees north and east, with its number, if any."""

    number: int | None
    label: str
    latitude: float
    longitude: float
    href: str = ""


@dataclass(frozen=True)
class Pin:
    """A place as drawn; `x` and `y` are texts in units of the drawing."""

    place: Place
    x: str
    y: str


@dataclass(frozen=True)
class PlaceMap:
    """A map ready to be drawn. `scale` is a length of `scale_km`, in units of the drawing."""

    width: int
    height: int
    pins: tuple[Pin, ...]
    outlines: tuple[str, ...]
    scale: float
    scale_km: float
    n_moved: int


def box_of(places: Sequence[Place]) -> tuple[float, float, float, float]:
    """West, south, east and north in degrees, within which areas are worth drawing."""
    north = [place.latitude for place in places]
    east = [place.longitude for place in places]
    return min(east) - 2 * REACH, min(north) - REACH, max(east) + 2 * REACH, max(north) + REACH


def draw(places: Sequence[Place], shapes: Iterable[str] = ()) -> PlaceMap | None:
    """Draw a map of `places` on `shapes`, GeoJSON geometries in degrees; None without places.

    North is up. Marks that would overlap are moved apart, in the given order.
    """
    if not places:
        return None
    at = np.array([(place.longitude, place.latitude) for place in places], dtype=float)
    middle = (at.min(axis=0) + at.max(axis=0)) / 2
    project = LambertAzimuthal(float(middle[0]), float(middle[1]))
    x, y = project(at[:, 0], at[:, 1])
    wide = max(float(np.ptp(x)) * (1 + 2 * MARGIN), LEAST_KM)
    high = max(float(np.ptp(y)) * (1 + 2 * MARGIN), wide * LOWEST)
    wide = max(wide, high / HIGHEST)
    unit = WIDTH / wide
    height = round(high * unit)
    left, top = (x.min() + x.max() - wide) / 2, (y.min() + y.max() + high) / 2

    def plane(corners: Floats) -> Floats:
        a, b = project(corners[:, 0], corners[:, 1])
        return np.column_stack([(a - left) * unit, (top - b) * unit])

    wanted = list(zip(((x - left) * unit).tolist(), ((top - y) * unit).tolist(), strict=True))
    spots = _apart(wanted, height)
    length = _round_length(wide * SCALE_SHARE)
    return PlaceMap(
        width=WIDTH,
        height=height,
        pins=tuple(
            Pin(place, f"{a:.1f}", f"{b:.1f}") for place, (a, b) in zip(places, spots, strict=True)
        ),
        outlines=tuple(
            "".join(_path(plane(ring)) for ring in rings) for rings in map(_rings, shapes) if rings
        ),
        scale=round(length * unit, 1),
        scale_km=length,
        n_moved=sum(math.dist(a, b) > 1 for a, b in zip(wanted, spots, strict=True)),
    )


def _rings(shape: str) -> list[Floats]:
    """The outer rings of a shape, without indistinguishable vertices."""
    geometry = shapely.simplify(shapely.from_geojson(shape), 0.00005)
    return [
        np.asarray(part.exterior.coords, dtype=float)[:, :2]
        for part in shapely.get_parts(geometry)
        if part.geom_type == "Polygon" and not part.is_empty
    ]


def _path(corners: Floats) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners.tolist()) + "Z"


def _round_length(most: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is at most `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most)


def _apart(wanted: Sequence[tuple[float, float]], height: int) -> list[tuple[float, float]]:
    """Positions at least `APART` from each other and inside, each on the nearest free ring."""

    def inside(x: float, y: float) -> tuple[float, float]:
        edge = APART / 2
        return min(max(x, edge), WIDTH - edge), min(max(y, edge), height - edge)

    positions: list[tuple[float, float]] = []
    for x, y in wanted:
        spots = (
            inside(x + ring * APART * math.cos(turn), y - ring * APART * math.sin(turn))
            for ring in range(len(wanted) + 1)
            for turn in (math.tau * n / (8 * ring or 1) for n in range(8 * ring or 1))
        )
        free = (
            spot
            for spot in spots
            if all(math.dist(spot, other) > APART - 1e-9 for other in positions)
        )
        positions.append(next(free, (x, y)))
    return positions
