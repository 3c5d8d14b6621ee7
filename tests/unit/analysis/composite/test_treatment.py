import math

import numpy as np
import pytest
from scipy import stats

from alliance.analysis.composite.treatment import kurtosis, skewness, treat
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN

OUTLIER = np.array([1.0, 2, 2, 3, 3, 3, 4, 4, 5, 200])


def test_skewness_and_kurtosis_are_the_adjusted_ones_of_the_known_values():
    x = np.random.default_rng(1).lognormal(size=30)
    with_gap = np.append(x, NAN)
    assert skewness(with_gap) == pytest.approx(stats.skew(x, bias=False), rel=1e-12)
    assert kurtosis(with_gap) == pytest.approx(stats.kurtosis(x, bias=False), rel=1e-12)


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [3.0, 3.0, 3.0, 3.0], [NAN, NAN]])
def test_without_spread_or_values_there_is_no_shape(values):
    x = np.array(values, dtype=float)
    assert math.isnan(skewness(x)) and math.isnan(kurtosis(x))


def test_huge_and_tiny_figures_keep_their_shape():
    for factor in (1e-200, 1e200):
        assert skewness(OUTLIER * factor) == pytest.approx(skewness(OUTLIER), rel=1e-9)


def test_one_outlier_takes_the_next_value():
    result = treat(OUTLIER)
    assert result.step == "winsorised"
    assert result.values.tolist() == [*OUTLIER[:-1], 5]
    assert result.touched.tolist() == [False] * 9 + [True]
    assert result.n_winsorised == 1
    assert result.skewness is not None and result.skewness > 2
    assert result.skewness_after is not None and abs(result.skewness_after) < 2


def test_a_series_that_passes_is_left_alone():
    x = np.arange(10.0)
    result = treat(x)
    assert result.step == "none" and result.note == ""
    assert result.values is x


def test_tied_extremes_move_together_and_may_pass_the_limit():
    x = np.concatenate([np.linspace(0, 1, 40), [50.0, 50.0, 60.0]])
    result = treat(x, winmax=2)
    assert result.n_winsorised == 3
    assert result.values[-3:].tolist() == [1, 1, 1]


def test_where_winsorising_does_not_help_the_logarithm_of_the_original_is_taken():
    x = np.concatenate([np.linspace(1, 2, 30), 10.0 ** np.arange(2, 10)])
    result = treat(x, winmax=1)
    assert (result.step, result.n_winsorised) == ("log", 0)
    offset = 0.01 * (x.max() - x.min())
    np.testing.assert_allclose(result.values, np.log(x - x.min() + offset))
    np.testing.assert_allclose(result.slope, 1 / (x - x.min() + offset))
    assert result.note == "still-skewed"
    assert result.touched.all()


def test_a_long_lower_tail_gets_the_mirrored_logarithm():
    x = np.concatenate([np.linspace(1, 2, 30), 10.0 ** np.arange(2, 10)])
    np.testing.assert_allclose(treat(-x, winmax=1).values, -treat(x, winmax=1).values)


def test_a_rare_yes_is_not_winsorised_away():
    x = np.array([0.0] * 19 + [1.0])
    result = treat(x)
    assert (result.step, result.note) == ("none", "would-flatten")
    np.testing.assert_array_equal(result.values, x)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([1.0, 2.0, 900.0, NAN], "too-few-values"),
        ([4.0] * 6, "constant"),
        ([NAN], "too-few-values"),
    ],
)
def test_what_cannot_be_judged_stays_and_says_so(values, note):
    x = np.array(values)
    result = treat(x)
    assert (result.step, result.note) == ("none", note)
    np.testing.assert_array_equal(result.values, x)


def test_the_figures_handed_in_are_not_changed():
    x = OUTLIER.copy()
    treat(x)
    np.testing.assert_array_equal(x, OUTLIER)


def test_limits_that_make_no_sense_are_refused():
    with pytest.raises(MethodError, match="bad-winmax"):
        treat(OUTLIER, winmax=0)
