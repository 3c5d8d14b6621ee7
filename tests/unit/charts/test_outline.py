import re
from xml.etree import ElementTree

import numpy as np
import pytest

from alliance.charts import outline
from alliance.charts.projection import EUROPE, WORLD

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]])


@pytest.mark.parametrize(
    ("name", "draw", "limit"),
    [
        ("land-europe.svg", outline.europe_svg, 60_000),
        ("land-world.svg", outline.world_svg, 45_000),
    ],
)
def test_the_committed_file_is_what_the_data_give(name, draw, limit):
    text = (outline.WEB / "static" / name).read_text(encoding="utf-8")
    assert text == draw()
    assert len(text.encode()) <= limit
    root = ElementTree.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}g[@id='land']") is not None
    assert "style=" not in text


def _inside(d: str, x: float, y: float) -> bool:
    """Whether a point is inside a path of `outline.path`, by counting crossings."""
    inside = False
    for part in d.split("M")[1:]:
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        ring = np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)
        for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                inside = not inside
    return inside


@pytest.mark.parametrize(
    ("view", "land", "longitude", "latitude", "expected"),
    [
        (EUROPE, "europe", 14.5, 57.8, True),  # Småland
        (EUROPE, "europe", 2.5, 46.5, True),  # the middle of France
        (EUROPE, "europe", 39.0, 54.0, True),  # Ryazan, drawn under the rest
        (EUROPE, "europe", 34.2, 45.2, True),  # Crimea, drawn without a border
        (EUROPE, "europe", 3.0, 56.0, False),  # the North Sea
        (EUROPE, "europe", 5.0, 40.5, False),  # between Menorca and Sardinia
        (WORLD, "world", -100.0, 45.0, True),
        (WORLD, "world", 178.0, 68.0, True),  # Chukotka west of the 180th meridian
        (WORLD, "world", -173.0, 66.5, True),  # and east of it
        (WORLD, "world", -150.0, 0.0, False),
    ],
)
def test_land_is_where_land_is(view, land, longitude, latitude, expected):
    text = (outline.WEB / "static" / f"land-{land}.svg").read_text(encoding="utf-8")
    scale = float(re.search(r"scale\(([\d.]+)\)", text)[1])
    x, y = view.place(longitude, latitude)
    paths = re.findall(r' d="([^"]+)"', text)
    assert any(_inside(d, x / scale, y / scale) for d in paths) is expected


def test_a_ring_inside_the_box_is_kept_and_one_outside_vanishes():
    assert outline.area(outline.clip(SQUARE, (-1, -1, 5, 5))) == 16
    assert len(outline.clip(SQUARE, (10, 10, 20, 20))) == 0


def test_a_ring_across_the_edge_is_cut_there():
    part = outline.clip(SQUARE, (1, -1, 3, 2))
    assert outline.area(part) == pytest.approx(2 * 2)
    assert part.min(axis=0).tolist() == [1, 0] and part.max(axis=0).tolist() == [3, 2]


def test_points_on_a_line_are_left_out_and_corners_kept():
    line = np.array([[0, 0], [1, 0.01], [2, 0], [2, 2]], dtype=float)
    assert outline.simplify(line, 0.1).tolist() == [[0, 0], [2, 0], [2, 2]]
    assert len(outline.simplify(line, 0.001)) == 4


def test_a_ring_across_the_180th_meridian_becomes_two():
    ring = np.array([[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]], dtype=float)
    parts = list(outline.cut_at_180(ring))
    assert sorted((p[:, 0].min(), p[:, 0].max()) for p in parts) == [(-180, -170), (170, 180)]
    assert sum(outline.area(p) for p in parts) == pytest.approx(200)


def test_a_path_is_written_in_relative_whole_steps():
    assert outline.path([np.array([[10, 20], [13, 18], [9, 25]])]) == "M10 20l3-2-4 7z"
