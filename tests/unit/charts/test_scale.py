import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.charts.scale import make_axis, nice_step, outlier_limit

VALUES = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3)), min_size=1, max_size=30
)


@pytest.mark.parametrize(
    ("span", "step"), [(40, 10), (41, 20), (4, 1), (0.9, 0.25), (95, 25), (1200, 500)]
)
def test_steps_are_round(span, step):
    assert nice_step(span, 4) == pytest.approx(step)


def test_a_span_of_nothing_has_no_step():
    with pytest.raises(ValueError, match="span"):
        nice_step(0, 4)


def test_the_axis_holds_zero_and_all_values_in_round_steps():
    axis = make_axis([-22, -12, 4.5], [-30, 9])
    assert axis.ticks == (-40, -30, -20, -10, 0, 10)
    assert axis.digits == 0


def test_small_values_get_the_decimals_they_need():
    axis = make_axis([0.12, 0.31])
    assert axis.ticks == (0, 0.1, 0.2, 0.3, 0.4)
    assert axis.digits == 1
    assert make_axis([0.9]).ticks == (0, 0.25, 0.5, 0.75, 1)
    assert make_axis([0.9]).digits == 2


def test_a_value_more_than_six_times_as_far_as_the_next_is_cut_off():
    assert outlier_limit([1160, 1.2, 3]) == 3
    assert outlier_limit([18, 3, 1]) == math.inf
    assert outlier_limit([18.1, 3, 1]) == 3
    assert make_axis([1160, 1.2, 3]).high < 10


def test_a_single_value_and_values_of_zero_are_never_outliers():
    assert outlier_limit([1160]) == math.inf
    assert outlier_limit([5, 0, 0]) == math.inf
    assert make_axis([0, 0]).ticks[0] < 0 < make_axis([0, 0]).ticks[-1]


def test_of_two_values_neither_is_cut_off_nor_its_interval():
    axis = make_axis([-5.0, -0.5], [-27.0, 22.0, -2.8, 1.9])
    assert axis.low <= -27 and axis.high >= 22


def test_a_cut_off_value_does_not_come_back_through_its_interval():
    assert make_axis([1160, 1.2, 3], [900, 1400, 0.4, 2]).high < 10


def test_an_endless_interval_does_not_stretch_the_axis():
    assert make_axis([2, 3], [-500, 500]).high < 20


def test_several_outliers_are_cut_off_together_but_never_most_values():
    many = [1, 2, 3, 2, 1, 2, 3, 2, 900, 1000]
    assert outlier_limit(many) == 3
    assert outlier_limit([1, 900, 1000]) == math.inf


@given(VALUES)
def test_every_axis_is_ordered_and_holds_zero_and_what_is_not_cut_off(values):
    axis = make_axis(values)
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert axis.low <= 0 <= axis.high and axis.low < axis.high
    assert len(axis.ticks) <= 9
    limit = outlier_limit(values)
    assert all(axis.low <= v <= axis.high for v in values if abs(v) <= limit)
    assert sum(abs(v) > limit for v in values) <= max(1, len(values) // 4)
