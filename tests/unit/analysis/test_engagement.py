"""Measures of ways of engaging people against numbers worked by hand, and over cities."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest

from alliance.analysis.engagement import (
    LOG,
    cost_per_participant,
    geometric_mean,
    learned,
    over_cities,
    reach,
    share_of,
    shown,
    times_as_many,
)
from alliance.analysis.errors import MethodError


def test_reach_by_hand() -> None:
    # 30 of 50 rent, 40 % of residents do: 1.5 times; var of the log 1/30 - 1/50 = 1/75.
    found = reach(30, 50, 0.4)
    assert found.value == pytest.approx(1.5)
    assert (found.estimate, found.se) == (pytest.approx(log(1.5)), pytest.approx(sqrt(1 / 75)))
    # Wilson of 30 in 50: 0.4618 to 0.7239.
    assert (found.low, found.high) == (
        pytest.approx(1.1545, abs=1e-3),
        pytest.approx(1.81, abs=1e-2),
    )
    # Nobody: 0, and for pooling half a person of 51.
    none = reach(0, 50, 0.4)
    assert (none.value, none.low) == (0, 0)
    assert none.estimate == pytest.approx(log(0.5 / 51 / 0.4))
    assert reach(50, 50, 0.5).se == pytest.approx(sqrt(1 / 50 - 1 / 51))


def test_shares_by_hand() -> None:
    found = share_of(20, 80)
    assert (found.value, found.estimate) == (0.25, pytest.approx(log(1 / 3)))
    assert found.se == pytest.approx(sqrt(1 / 20 + 1 / 60))
    assert shown(found.estimate, found.scale) == pytest.approx(0.25)
    everybody = share_of(10, 10)
    assert everybody.high == 1 and everybody.estimate == pytest.approx(log(10.5 / 0.5))


def test_cost_by_hand() -> None:
    # 40 h at 50 and 1,000 besides: 3,000 for 100 people; Garwood for 100: 81.36 to 121.63.
    found = cost_per_participant(40 * 50 + 1_000, 100)
    assert (found.value, found.se) == (30, 0.1)
    assert found.low == pytest.approx(3_000 / 121.63, rel=1e-4)
    assert found.high == pytest.approx(3_000 / 81.36, rel=1e-4)


def test_what_was_learned_by_hand() -> None:
    # Before 2 × 1, 2 × 3 (mean 2, variance 4/3); after 2 × 2, 2 × 4 (mean 3, variance 4/3).
    found = learned([2, 0, 2, 0], [0, 2, 0, 2])
    assert (found.value, found.n) == (1, 8)
    # Welch: se = sqrt(2/3), 6 degrees of freedom, t 2.4469.
    assert found.low == pytest.approx(1 - 2.446912 * sqrt(2 / 3), rel=1e-6)
    g = (1 - 3 / 23) / sqrt(4 / 3)
    assert found.estimate == pytest.approx(g)
    assert found.se == pytest.approx(sqrt(8 / 16 + g**2 / 16))


def test_three_cities_are_pooled_and_two_are_not() -> None:
    # Equal results: the mean is theirs, s² is 0 and held at 1; se = 0.1/√3, t with 2 df 4.3027.
    found = over_cities(["a", "b", "c"], [log(2)] * 3, [0.1] * 3, LOG)
    assert found.is_pooled and found.k == 3 and found.value == pytest.approx(2)
    assert found.low == pytest.approx(2 * 2.718281828 ** (-4.302653 * 0.1 / sqrt(3)), rel=1e-6)
    two = over_cities(["a", "b"], [0.1, 0.2], [0.1, 0.1], LOG)
    assert (two.k, two.value, two.is_pooled) == (2, None, False)
    # Two of one city are one place: mean, variance 0.01 · (1 + 0.5) / 2.
    again = over_cities(["a", "a"], [0.1, 0.3], [0.1, 0.1], LOG)
    assert again.k == 1 and again.pooled.estimate == pytest.approx(0.2)
    assert again.pooled.se == pytest.approx(sqrt(0.0075))


def test_one_method_against_another_in_the_same_cities() -> None:
    # In each city the first reaches 2.1 times as well; a city with one method says nothing.
    maps = [(city, log(2.1 * 0.8), 0.1) for city in "abc"] + [("d", 5.0, 0.1)]
    hearings = [(city, log(0.8), 0.1) for city in "abc"]
    found = times_as_many(maps, hearings)
    assert found is not None and found.k == 3 and found.value == pytest.approx(2.1)
    # se of each difference √0.02, of the mean √(0.02 / 3).
    assert found.high == pytest.approx(2.1 * 2.718281828 ** (4.302653 * sqrt(0.02 / 3)), rel=1e-6)
    assert times_as_many(maps, [("e", 0.0, 0.1)]) is None


@pytest.mark.parametrize(
    "bad",
    [
        lambda: reach(1, 2, 0),
        lambda: reach(3, 2, 0.5),
        lambda: share_of(0, 0),
        lambda: cost_per_participant(10, 0),
        lambda: cost_per_participant(0, 10),
        lambda: learned([1], [1]),
        lambda: learned([1, 0], [0, 1]),
        lambda: learned([2, 0], [2, 0]),
        lambda: learned([-1, 4], [2, 2]),
    ],
)
def test_bad_figures_are_refused(bad) -> None:
    with pytest.raises(MethodError):
        bad()


def test_months_by_hand() -> None:
    found = geometric_mean([4, 9])
    # Half the difference of the logarithms is the standard error; t of one degree is 12.7062.
    half = log(9 / 4) / 2
    assert (found.value, found.n) == (pytest.approx(6), 2)
    assert (found.estimate, found.se) == (pytest.approx(log(6)), pytest.approx(half))
    assert found.high == pytest.approx(6 * exp(12.7062 * half), rel=1e-4)
    for values, code in (([3], "too-few"), ([3, 3], "zero-variance"), ([3, 0], "bad-parameter")):
        with pytest.raises(MethodError) as fault:
            geometric_mean(values)
        assert fault.value.code == code
