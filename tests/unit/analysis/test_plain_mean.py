import math

import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.plain_mean import plain_mean

T_2 = 4.302652729696142  # Student's t, 2 degrees of freedom, 0.975; any printed table


def test_three_values_by_hand():
    # Mean -20; deviations 10, 0, -10, so s = sqrt(200 / 2) = 10.
    found = plain_mean([-10.0, -20.0, -30.0])
    assert (found.mean, found.sd, found.df) == (-20.0, 10.0, 2)
    assert found.se == pytest.approx(10 / math.sqrt(3))
    assert found.prediction_se == pytest.approx(10 * math.sqrt(4 / 3))
    assert found.ci_high - found.mean == pytest.approx(T_2 * found.se)
    assert found.mean - found.pi_low == pytest.approx(T_2 * found.prediction_se)


def test_equal_values_have_intervals_of_no_width():
    found = plain_mean([0.1, 0.1, 0.1])
    assert (found.mean, found.sd, found.pi_low, found.pi_high) == (0.1, 0.0, 0.1, 0.1)


@pytest.mark.parametrize("size", [1e-200, 1e150, 1e300])
def test_very_small_and_very_large_values_are_computed(size):
    found = plain_mean([size, 2 * size, 3 * size])
    assert found.mean == pytest.approx(2 * size)
    assert found.sd == pytest.approx(size)


def test_values_too_far_apart_are_refused_by_their_name():
    with pytest.raises(MethodError) as caught:
        plain_mean([1.7e308, -1.7e308], where="estimates")
    assert (caught.value.code, caught.value.where) == ("overflow", "estimates")
