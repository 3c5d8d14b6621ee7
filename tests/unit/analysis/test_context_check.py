"""Each place left out and predicted in two ways."""

from __future__ import annotations

import math

import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.context_check import leave_one_out


def test_errors_by_hand():
    """Four places alike: both ways give the mean of the other three."""
    found = leave_one_out([0.0, 0.0, 0.0, 4.0], np.ones((4, 1)), ("size",))
    expected = math.sqrt((3 * (4 / 3) ** 2 + 4**2) / 4)
    assert found.plain_error == pytest.approx(expected)
    assert found.weighted_error == pytest.approx(expected)
    assert (found.n_compared, found.n_refused) == (4, 0)
    assert not found.prefers_context


def test_a_place_with_too_few_like_it_is_refused_by_both():
    facts = np.array([[0.0], [0.0], [0.0], [0.0], [1.0]])
    found = leave_one_out([1.0, 1.0, 1.0, 1.0, 50.0], facts, ("kind",), categorical=("kind",))
    # The odd one has four equally far ones; each other has three alike and one far.
    assert found.n_compared + found.n_refused == 5
    assert found.weighted_error < found.plain_error
    assert not found.prefers_context


def test_without_likeness_nothing_is_compared():
    found = leave_one_out([1.0, 2.0], np.ones((2, 1)), ("size",))
    assert (found.n_compared, found.n_refused) == (0, 2)
    assert math.isnan(found.plain_error)
    assert not found.prefers_context
    assert leave_one_out([1.0], np.ones((1, 1)), ("size",)).n_compared == 0


@pytest.mark.parametrize(
    ("values", "facts", "code"),
    [
        ([1.0, math.nan], np.ones((2, 1)), "not-a-number"),
        ([1.0, 2.0], np.ones((3, 1)), "wrong-shape"),
        ([1.0, 2.0], np.ones(2), "wrong-shape"),
    ],
)
def test_bad_input(values, facts, code):
    with pytest.raises(MethodError) as error:
        leave_one_out(values, facts, ("size",))
    assert error.value.code == code


def test_another_fault_of_the_weighting_is_not_hidden():
    with pytest.raises(MethodError) as error:
        leave_one_out([1.0, 2.0, 3.0, 4.0], np.ones((4, 1)), ("size",), bandwidth=0)
    assert error.value.code == "bad-parameter"
