import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.charts import map as case_map
from alliance.charts.map import MapPoint
from alliance.charts.projection import EUROPE, WORLD

STOCKHOLM, GRENOBLE, NEW_YORK, BOGOTA = (
    (59.33, 18.07), (45.19, 5.72), (40.71, -74.0), (4.71, -74.07)
)  # fmt: skip


def points(*places, outcome="worked"):
    return [
        MapPoint(f"p{i}", f"Place {i}", lat, lon, outcome, f"/en/p{i}")
        for i, (lat, lon) in enumerate(places)
    ]


def test_europe_is_drawn_when_three_fifths_lie_in_it():
    chart = case_map.draw(points(STOCKHOLM, GRENOBLE, STOCKHOLM, NEW_YORK, BOGOTA))
    assert (chart.view, chart.n_outside, chart.other_view) == ("europe", 2, "world")
    assert len(chart.marks) == 3


def test_the_world_is_drawn_when_more_lie_elsewhere():
    chart = case_map.draw(points(STOCKHOLM, NEW_YORK, BOGOTA))
    assert (chart.view, chart.n_outside, chart.other_view) == ("world", 0, "europe")
    assert len(chart.marks) == 3


def test_the_reader_may_choose_the_view_and_nonsense_is_no_choice():
    given_points = points(STOCKHOLM, GRENOBLE)
    assert case_map.draw(given_points, view="world").view == "world"
    assert case_map.draw(given_points, view="moon").view == "europe"
    assert case_map.draw(points(NEW_YORK), view="europe").n_outside == 1


def test_points_without_a_place_are_counted_and_never_drawn():
    chart = case_map.draw(points(STOCKHOLM, (None, None), (59.0, None), (math.nan, 18.0)))
    assert (chart.n, chart.n_placed, chart.n_without_place, len(chart.marks)) == (4, 1, 3, 1)


def test_nothing_to_draw_is_an_empty_map_of_the_world():
    chart = case_map.draw([])
    assert (chart.view, chart.marks, chart.other_view) == ("world", (), "")


def test_a_place_off_the_globe_is_refused():
    with pytest.raises(ValueError, match="p0: 95, 18 is no place"):
        case_map.draw(points((95, 18)))


def test_a_mark_stands_where_the_projection_puts_it_and_in_its_outcomes_shape():
    (mark,) = case_map.draw(points(STOCKHOLM, outcome="did-not-work")).marks
    x, y = EUROPE.place(18.07, 59.33)
    assert (float(mark.x), float(mark.y)) == pytest.approx((x, y), abs=0.06)
    assert mark.outcome == "did-not-work" and mark.shape == case_map.MARKS["did-not-work"]
    assert case_map.draw(points(STOCKHOLM, outcome="odd")).marks[0].outcome == "unknown"


def test_the_legend_names_only_outcomes_that_are_drawn():
    chart = case_map.draw([*points(STOCKHOLM, outcome="mixed"), *points(GRENOBLE)])
    assert chart.outcomes == ("worked", "mixed")


def test_marks_on_one_place_are_moved_apart_alike_each_time():
    same = points(*[STOCKHOLM] * 12)
    first, second = case_map.draw(same), case_map.draw(same)
    assert first == second
    assert first.n_moved == 11 and not first.marks[0].moved
    places = [(float(mark.x), float(mark.y)) for mark in first.marks]
    for i, a in enumerate(places):
        for b in places[:i]:
            assert math.dist(a, b) >= case_map.SEPARATION - 0.2
        assert math.dist(a, places[0]) < 3 * case_map.SEPARATION


def test_no_more_marks_than_the_limit_and_the_rest_is_counted():
    chart = case_map.draw(points(*[STOCKHOLM] * 5), limit=3)
    assert len(chart.marks) == 3 and chart.n_not_drawn == 2


@given(st.lists(st.tuples(st.floats(0, 480), st.floats(0, 494)), max_size=40))
def test_spread_keeps_its_distance_inside_the_map(places):
    got = case_map.spread(places, EUROPE)
    assert len(got) == len(places)
    for i, a in enumerate(got):
        assert 0 <= a[0] <= EUROPE.width and 0 <= a[1] <= EUROPE.height
        assert all(math.dist(a, b) >= case_map.SEPARATION - 1e-6 for b in got[:i])


def test_every_inhabited_continent_has_a_place_in_the_world_view():
    assert all(
        WORLD.holds(lon, lat)
        for lat, lon in ((64, -22), (-54.8, -68.3), (-41, 174.8), (70, 25), (21, -157), (35, 139))
    )


def test_labels_of_few_places_leave_each_other_room_and_the_map_is_cropped_to_them():
    towns = (("Göteborg", 57.7, 11.97), ("Borås", 57.72, 12.94), ("Linköping", 58.41, 15.62))
    chart = case_map.labelled(
        case_map.draw([MapPoint(n, n, lat, lon, "worked") for n, lat, lon in towns])
    )
    boxes = []
    for mark in chart.marks:
        end = float(mark.x) + float(mark.label_x)
        width = 6.6 * len(mark.label)
        left = end if mark.label_anchor == "start" else end - width
        bottom = float(mark.y) + float(mark.label_y)
        boxes.append((left, bottom - 12, left + width, bottom))
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    x, y, width, height = chart.crop
    assert all(x < left and right < x + width for left, _, right, _ in boxes)
    assert all(y < top and bottom < y + height for _, top, _, bottom in boxes)
    assert width < chart.width / 2 and height < chart.height / 2
    assert case_map.labelled(case_map.draw([])).crop is None
