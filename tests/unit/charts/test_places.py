"""A map of numbered places: scale, outlines, marks that do not cover each other."""

from __future__ import annotations

import json
import math

import pytest

from alliance.charts.places import APART, Place, box_of, draw

LUND = (55.705, 13.19)


def place(number: int, north: float = 0, east: float = 0) -> Place:
    return Place(number, f"Place {number}", LUND[0] + north, LUND[1] + east, f"#{number}")


def spots(found) -> list[tuple[float, float]]:
    return [(float(one.x), float(one.y)) for one in found.pins]


def test_nothing_is_drawn_without_places() -> None:
    assert draw([]) is None


def test_north_is_up_and_the_scale_is_true() -> None:
    # 0.02 degrees of latitude are 2.224 km on a sphere of 6,371.007 km.
    found = draw([place(1), place(2, north=0.02)])
    assert found is not None
    (_, south), (_, north) = spots(found)
    assert north < south
    shown = (south - north) / found.scale * found.scale_km
    assert shown == pytest.approx(math.radians(0.02) * 6371.007, rel=0.01)
    assert found.scale_km in {0.2, 0.5, 1, 2} and found.n_moved == 0


def test_marks_do_not_cover_each_other_and_stay_inside() -> None:
    found = draw([place(n) for n in range(1, 13)] + [place(13, east=0.03)])
    assert found is not None
    at = spots(found)
    apart = [math.dist(a, b) for i, a in enumerate(at) for b in at[:i]]
    assert min(apart) > APART - 0.2
    assert all(0 < x < found.width and 0 < y < found.height for x, y in at)
    assert found.n_moved >= 11


def test_outlines_are_drawn_in_the_same_plane() -> None:
    north, east = LUND
    ring = [[east, north], [east + 0.02, north], [east + 0.02, north + 0.02], [east, north]]
    square = json.dumps({"type": "Polygon", "coordinates": [ring]})
    several = json.dumps({"type": "MultiPolygon", "coordinates": [[ring], [ring]]})
    found = draw([place(1), place(2, 0.02, 0.02)], [square, several])
    assert found is not None
    first, second = found.outlines
    assert first.count("M") == 1 and second == first * 2
    corner = first[1:].split("L")[0].split()
    assert math.dist([float(one) for one in corner], spots(found)[0]) < 0.2


def test_areas_are_looked_for_around_the_places() -> None:
    west, south, east, north = box_of([place(1), place(2, 0.02)])
    assert west < LUND[1] < east and south < LUND[0] < LUND[0] + 0.02 < north
