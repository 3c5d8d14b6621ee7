"""Strips: ends of axes, the better end on the right, and lines over the years."""

from __future__ import annotations

import pytest

from alliance.charts.strip import Scale, TrendLine, apart, scale_for


@pytest.mark.parametrize(
    ("values", "is_share", "ends"),
    [
        ([27.0, 82.0], True, (0.0, 100.0)),
        # The axis of shares is not wasted on the half without marks.
        ([72.8, 97.0], True, (70.0, 100.0)),
        ([2.0, 21.5], True, (0.0, 30.0)),
        ([1.6, 4.8], False, (0.0, 6.0)),
        ([211_000.0, 330_000.0], False, (200_000.0, 350_000.0)),
        ([-9.0, -1.0], False, (-10.0, 0.0)),
        ([3.0], False, (0.0, 3.0)),
        ([0.0], False, (0.0, 0.5)),
    ],
)
def test_an_axis_has_round_ends_and_holds_all(
    values: list[float], is_share: bool, ends: tuple[float, float]
) -> None:
    scale = scale_for(values, is_share=is_share, is_turned=False)
    assert (scale.low, scale.high) == ends


def test_the_better_end_is_right() -> None:
    scale = Scale(0.0, 8.0, is_turned=True)
    assert (scale.at(0.0), scale.at(8.0), scale.at(4.0)) == (97.0, 3.0, 50.0)
    assert scale.ends == (8.0, 0.0)
    assert scale.at(9.0) == 3.0


def test_marks_that_nobody_could_tell_apart_are_drawn_once() -> None:
    assert len(apart([50.0, 50.1, 52.0], Scale(0.0, 100.0))) == 2


def test_a_line_runs_over_the_years_it_shares_with_others() -> None:
    line = TrendLine([(2015.0, 0.0), (2020.0, 100.0)], (2015.0, 2025.0), Scale(0.0, 100.0))
    assert line.points_in(40) == "4.0,38.0 50.0,2.0"
