import numpy as np
import pytest

from alliance.analysis.composite.values import choose_year, divide, fill_from_group, fill_in_time
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN


def test_the_year_itself_else_the_latest_of_three_years_before_never_a_later_one():
    values = np.array(
        [
            [1.0, 2, 3, 4, 5, 6],
            [1, 2, NAN, NAN, NAN, 6],
            [1, NAN, NAN, NAN, NAN, 6],
            [NAN, NAN, NAN, 4, NAN, NAN],
        ]
    )
    chosen = choose_year(values, [2018, 2019, 2020, 2021, 2022, 2023], 2022)
    np.testing.assert_array_equal(chosen.values, [5, 2, NAN, 4])
    assert chosen.age.tolist() == [0, 3, -1, 1]
    assert chosen.carried.tolist() == [False, True, False, True]


def test_years_may_come_in_any_order():
    chosen = choose_year(np.array([[3.0, 1.0, 2.0]]), [2023, 2021, 2022], 2022)
    assert chosen.values.tolist() == [2.0]


def test_forecasts_and_missing_values_never_speak_for_a_year():
    values = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    status = np.array([["A", "F"], ["E", "M"], ["A", "P"], ["A", ""]])
    chosen = choose_year(values, [2021, 2022], 2022, status=status)
    np.testing.assert_array_equal(chosen.values, [1, 1, 2, 2])
    assert chosen.age.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"years": [2021, 2021]}, "duplicate-year"),
        ({"years": [2021]}, "wrong-shape"),
        ({"max_age": -1}, "bad-age"),
        ({"status": np.array(["A"])}, "wrong-shape"),
    ],
)
def test_years_that_cannot_be_told_apart_are_refused(keywords, code):
    arguments = {"years": [2021, 2022], "year": 2022} | keywords
    with pytest.raises(MethodError) as caught:
        choose_year(np.array([1.0, 2.0]), **arguments)
    assert caught.value.code == code


def test_a_denominator_of_zero_or_less_gives_no_ratio_and_no_infinity():
    result = divide(np.array([6.0, 6, 6, 6, NAN]), np.array([3.0, 0, -2, NAN, 1]))
    np.testing.assert_array_equal(result, [2, NAN, NAN, NAN, NAN])


def test_gaps_of_up_to_three_years_are_filled_on_a_line():
    years = [2015, 2016, 2017, 2018, 2019, 2020]
    filled = fill_in_time(np.array([NAN, 2, NAN, NAN, 8, NAN]), years)
    np.testing.assert_allclose(filled, [NAN, 2, 4, 6, 8, NAN])
    wide = fill_in_time(np.array([0.0, NAN, 9]), [2010, 2012, 2015])
    np.testing.assert_array_equal(wide, [0, NAN, 9])


def test_one_single_value_is_constant_for_three_years_around():
    filled = fill_in_time(np.array([NAN, NAN, 5, NAN]), [2010, 2016, 2018, 2021])
    np.testing.assert_array_equal(filled, [NAN, 5, 5, 5])
    assert np.isnan(fill_in_time(np.array([NAN, NAN]), [2010, 2011])).all()


def test_years_that_do_not_grow_are_refused():
    with pytest.raises(MethodError, match="years-not-growing"):
        fill_in_time(np.array([1.0, 2.0]), [2011, 2010])
    with pytest.raises(MethodError, match="wrong-shape"):
        fill_in_time(np.array([1.0, 2.0]), [2010])


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
