"""Shapes of areas in the forms of their publishers; what is wrong is named by area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from alliance.core.files.rows import Limits, TooMuch
from alliance.equity import shapes
from tests.factories.area_files import geopackage, moved, zipped_shapefile
from tests.factories.equity import feature, geojson, grid, square

LIMITS = Limits(rows=10_000)
UMEA, PARIS = [63.82, 20.26], [48.86, 2.35]


def read(content: bytes, **more: Any) -> list[list[Any]]:
    return list(shapes.read(content, limits=LIMITS, **more))


def areas(content: bytes, **more: Any) -> dict[str, list[Any]]:
    found = read(content, **more)
    assert found[0][0] == "set", found[0]
    return {one[1]: one[2:] for one in found[1:]}


def faults(content: bytes, **more: Any) -> dict[str, dict[str, Any]]:
    ((what, found),) = read(content, **more)
    assert what == "faults"
    return {code: dict(params) for code, params in found}


def in_paris() -> list[dict[str, Any]]:
    """The same cells about Paris."""
    by = np.array([2.35 - 20.2, 48.86 - 63.8])
    return [
        feature(
            one["properties"]["deso"], (np.array(one["geometry"]["coordinates"][0]) + by).tolist()
        )
        for one in grid(2, 2)
    ]


def test_the_same_areas_come_out_of_every_form() -> None:
    plain = areas(geojson(grid(2, 2)), city=UMEA)
    assert list(plain) == ["A00", "A01", "A02", "A03"] and plain["A00"][0] == "Area 0"
    sweref = geopackage(3006, moved(3006, grid(2, 2)))
    for found in (areas(sweref, city=UMEA),):
        for code, (_name, shape, *_rest) in found.items():
            there, here = (shapely.from_geojson(text) for text in (shape, plain[code][1]))
            assert shapely.hausdorff_distance(there, here) < 1e-5
    iris = areas(zipped_shapefile(2154, moved(2154, in_paris())), city=PARIS)
    assert iris["A00"][0] == "Hôtel de Ville" and abs(iris["A00"][3] - 48.862) < 0.01


def test_outlines_are_paths_in_a_box() -> None:
    head, *rows = read(geojson(grid(3, 3)))
    _set, crs, width, height, remarks = head
    assert crs == 4326 and max(width, height) in {1000, 1001} and remarks == []
    for row in rows:
        assert row[4].startswith("M") and row[4].endswith("z") and "." not in row[4]


def test_many_corners_are_thinned_out_and_borders_stay_shared() -> None:
    turn = np.linspace(0, 2 * np.pi, 4_000)
    circle = np.column_stack([20.2 + 0.01 * np.cos(turn), 63.8 + 0.005 * np.sin(turn)])
    circle[-1] = circle[0]
    west = circle[circle[:, 0] <= 20.2]
    west = np.vstack([west, west[:1]]).tolist()
    other = shapely.difference(shapely.polygons(circle), shapely.polygons(west))
    east = shapely.get_coordinates(other).tolist()
    found = read(geojson([feature("W", west), feature("E", east)]))
    assert all(len(row[4]) < 2_000 for row in found[1:])


@pytest.mark.parametrize(
    ("content", "more", "code", "params"),
    [
        (geojson([]), {}, "areas-none", {}),
        (b"{", {}, "shapes-unreadable", {}),
        (b"SQLite format 3\x00junk", {}, "shapes-unreadable", {}),
        (b"PK\x03\x04junk", {}, "shapes-unreadable", {}),
        (geopackage(3006, moved(3006, grid(1, 1)), layers=2), {}, "shapes-layers", {"n": 2}),
        (geojson(grid(1, 1)), {"code": "kod"}, "shapes-code-column", None),
        (geojson([feature("", square(0, 0))]), {}, "shapes-no-code", {"rows": [1]}),
        (geojson(grid(1, 1) * 2), {}, "shapes-code-twice", {"codes": ["A00"]}),
        (geojson(grid(1, 1)), {"crs": 3006}, "shapes-other-system", {"file": 4326}),
        (geojson(grid(1, 1), crs={"properties": {"name": "EPSG:3857"}}), {},
         "shapes-unknown-system", {"system": 3857}),
        (geojson([feature("A", [[7e5, 7e6], [7e5 + 9, 7e6], [7e5, 7e6 + 9], [7e5, 7e6]])]), {},
         "shapes-no-system", {}),
        (geojson([feature("A", [[y, x] for x, y in square(0, 0)])]), {"city": UMEA},
         "shapes-swapped", {}),
        (geojson(grid(1, 1)), {"city": PARIS}, "shapes-elsewhere", {"system": 4326}),
        (geojson([{**grid(1, 1)[0], "geometry": None}]), {}, "shape-none", {"area": "A00"}),
        (geojson([{**grid(1, 1)[0], "geometry": {"type": "Point", "coordinates": [20, 63]}}]), {},
         "shape-no-polygon", {"area": "A00"}),
        (geojson([feature("B", [square(0, 0)[at] for at in (0, 2, 1, 3, 0)])]), {},
         "shape-not-valid", {"area": "B", "place": "20.202 63.802"}),
        (geojson([*grid(1, 1), feature("B", square(1, 0)[:-1])]), {}, "shape-unreadable",
         {"area": "B"}),
        (geojson(grid(1, 1)).replace(b"63.8]", b"NaN]"), {}, "shape-unreadable", {"area": "A00"}),
        (geojson([{**grid(1, 1)[0], "properties": {}}]), {}, "shapes-no-columns", {}),
        (geojson([*grid(2, 1), feature("B", square(0.5, 0))]), {}, "shapes-overlap",
         {"other": "B", "share": 50}),
    ],
)  # fmt: skip
def test_a_file_at_fault_says_where_and_what(content, more, code, params) -> None:
    found = faults(content, **more)
    assert code in found
    for name, value in (params or {}).items():
        assert found[code][name] == value


def test_gaps_and_slivers_are_remarked_on() -> None:
    ring = [one for one in grid(3, 3) if one["properties"]["deso"] != "A04"]
    (gap,) = read(geojson(ring))[0][4]
    assert gap[0] == "shapes-gap" and len(dict(gap[1])["areas"]) == 5
    close = [*grid(1, 1), feature("B", square(0.995, 0))]
    ((code, params),) = read(geojson(close))[0][4]
    assert (code, dict(params)) == ("shapes-slivers", {"n": 1})


def test_more_areas_than_allowed_are_not_read() -> None:
    with pytest.raises(TooMuch):
        list(shapes.read(geojson(grid(3, 3)), limits=Limits(rows=8)))
