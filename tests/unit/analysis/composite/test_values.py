import numpy as np
import pytest

from alliance.analysis.composite.values import divide, fill_from_group
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN


def test_a_denominator_of_zero_or_less_gives_no_ratio_and_no_infinity():
    result = divide(np.array([6.0, 6, 6, 6, NAN]), np.array([3.0, 0, -2, NAN, 1]))
    np.testing.assert_array_equal(result, [2, NAN, NAN, NAN, NAN])


def test_gaps_are_filled_within_the_group_and_flagged_with_its_spread():
    values = np.array([[1.0, 5], [3, NAN], [8, NAN], [NAN, NAN], [NAN, 7], [NAN, 1]])
    groups = ["x", "x", "x", "x", "y", ""]
    by_mean = fill_from_group(values, groups, by="group-mean")
    by_median = fill_from_group(values, groups, by="group-median")
    np.testing.assert_array_equal(
        by_mean.values, [[1, 5], [3, 5], [8, 5], [4, 5], [NAN, 7], [NAN, 1]]
    )
    assert by_median.values[3, 0] == 3
    assert np.argwhere(by_mean.filled).tolist() == [[1, 1], [2, 1], [3, 0], [3, 1]]
    assert by_mean.spread[3, 0] == pytest.approx(np.std([1, 3, 8], ddof=1))
    # One known value has no spread; a cell that was not filled has none either.
    assert np.isnan(by_mean.spread[3, 1]) and np.isnan(by_mean.spread[0, 0])
    assert np.isnan(values[3, 0]), "the figures handed in stay as they were"


def test_other_ways_to_fill_gaps_are_refused():
    with pytest.raises(MethodError, match="unknown-choice"):
        fill_from_group(np.ones((1, 1)), ["x"], by="zero")
    with pytest.raises(MethodError, match="wrong-shape"):
        fill_from_group(np.ones((2, 1)), ["x"], by="group-mean")
