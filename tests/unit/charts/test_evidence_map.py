"""Marks of the evidence map: area counts places, shape says how it went."""

from __future__ import annotations

import math
import re

import pytest

from alliance.charts.evidence_map import MapLine, MapMark, draw, mark


def area(path: str, direction: str) -> float:
    """Of the shape that a path draws."""
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", path)]
    if direction == "+":
        return math.pi * numbers[2] ** 2
    if direction == "±":
        return 2 * (24 - numbers[1]) ** 2
    if direction == "-":
        return math.sqrt(3) / 4 * numbers[4] ** 2
    return numbers[2] ** 2


@pytest.mark.parametrize("direction", ["+", "±", "-", "unclear"])
def test_area_grows_with_places_up_to_twenty(direction: str) -> None:
    sizes = [area(mark(n, direction), direction) for n in (6, 12, 20, 90)]
    assert sizes[1] == pytest.approx(2 * sizes[0], rel=0.03)
    assert sizes[0] < sizes[1] < sizes[2] * 1.001
    assert sizes[2] == pytest.approx(sizes[3])
    # A number always has room.
    assert area(mark(1, direction), direction) > 200


def test_every_shape_stays_in_its_square_and_is_its_own() -> None:
    paths = {mark(20, one) for one in ("+", "±", "-", "unclear")}
    assert len(paths) == 4
    assert all(abs(float(n)) <= 48 for path in paths for n in re.findall(r"-?[\d.]+", path))


def test_the_whole_map_is_set_in_rows_below_its_columns_with_its_key() -> None:
    marks = (MapMark(1, mark(3, "+"), "d-good", "c2", "3", "Tram, Air: 3 places"),)
    lines = [MapLine("Mobility", is_group=True), MapLine("Tram " * 20, marks)]
    found = draw(["Energy", "Air"], lines, [("d-good", "c3", "M0 0", "better")] * 4)
    assert [x for x, _ in found.columns] == [marks[0].x - 24, marks[0].x + 24]
    assert found.lines[0].y < found.lines[1].y < found.key[0].y < found.key[3].y < found.height
    assert found.lines[1].label.endswith("…") and found.lines[1].line.label == "Tram " * 20
