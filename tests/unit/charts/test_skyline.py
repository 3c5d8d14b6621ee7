from __future__ import annotations

import itertools
import re

from alliance.charts.skyline import Subject, draw


def subject(label: str, **counts: int) -> Subject:
    return Subject(label, "car", {key.replace("_", "-"): n for key, n in counts.items()})


def test_every_case_is_a_window_and_those_that_failed_are_on_top():
    city = draw([subject("Mobility", worked=5, mixed=3, did_not_work=2)])
    (tower,) = city.towers
    windows = dict(tower.windows)
    # A mixed one is an outline and its half.
    assert {code: path.count("M") for code, path in windows.items()} == {
        "worked": 5,
        "mixed": 3,
        "did-not-work": 2,
    }
    heights = {code: re.findall(r"M\d+ (\d+)", path) for code, path in windows.items()}
    assert min(map(int, heights["worked"])) >= max(map(int, heights["did-not-work"]))
    assert all(tower.y <= int(y) < city.ground for ys in heights.values() for y in ys)


def test_towers_stand_apart_within_the_drawing_the_highest_in_the_middle():
    city = draw([subject(str(n), worked=n) for n in (4, 90, 30, 12, 60)])
    ends = [(tower.x, tower.x + tower.width) for tower in city.towers]
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(ends))
    assert ends[0][0] > 0 and ends[-1][1] <= city.width
    assert max(city.towers, key=lambda one: one.height) is city.towers[2]
    assert min(tower.y for tower in city.towers) > 0
    assert [one.label for one in city.subjects] == ["4", "90", "30", "12", "60"]


def test_of_very_many_cases_a_window_stands_for_several_and_none_is_lost():
    city = draw([subject("A", worked=9_000, did_not_work=1), subject("B", mixed=3)])
    assert city.per_window == 57
    paths = [dict(tower.windows) for tower in city.towers]
    assert sum(path.count("M") for one in paths for path in one.values()) < 170
    assert any("did-not-work" in one for one in paths) and any("mixed" in one for one in paths)


def test_what_has_no_cases_has_no_tower():
    assert draw([]) is None
    assert draw([subject("A")]) is None
    assert len(draw([subject("A"), subject("B", worked=1)]).towers) == 1


def test_a_tower_that_stands_alone_is_wider_than_high():
    for n, columns in ((1, 5), (13, 5), (25, 9), (140, 12)):
        (tower,) = draw([subject("A", worked=n)], is_wide=True).towers
        assert tower.width == columns * 12 + 4
        assert dict(tower.windows)["worked"].count("M") == n
