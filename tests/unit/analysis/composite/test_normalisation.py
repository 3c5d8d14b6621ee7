import numpy as np
import pytest

from alliance.analysis.composite import Node, framework_from, scaling
from alliance.analysis.composite.scaling import (
    min_max,
    percentile_rank,
    sample_bounds,
    z_score,
)
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN, flat

KINDS = ("fixed", "min-max", "z-score", "percentile-rank", "target")


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, np.newaxis]


def test_a_scale_of_no_length_measures_nothing():
    for scale in (min_max, z_score):
        assert np.isnan(scale(column(3, 3, 3))).all()
        assert np.isnan(scale(column(5))).all()
        assert np.isnan(scale(column(NAN, NAN))).all()
    # Three times 0.1 is not the same number as 0.3, but it is the same figure.
    assert np.isnan(z_score(column(0.1 + 0.2, 0.3, 0.3))).all()
    assert np.isnan(min_max(column(0.1 + 0.2, 0.3, 0.3))).all()


def test_percentile_rank_counts_what_lies_below():
    np.testing.assert_array_equal(
        percentile_rank(column(5, NAN, 1, 5, 9)), column(1 / 3, NAN, 0, 1 / 3, 1)
    )
    assert percentile_rank(column(3, 3, 3)).ravel().tolist() == [0, 0, 0]
    assert np.isnan(percentile_rank(column(3, NAN))).all()


def test_z_scores_have_mean_0_and_standard_deviation_1():
    z = z_score(column(1, 2, 3, 4, NAN))[:4]
    assert z.mean() == pytest.approx(0)
    assert z.std(ddof=1) == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
def test_many_repetitions_at_once_give_what_each_gives_alone(kind):
    framework = framework_from(
        [Node(code="index")] + [Node(code=code, parent="index", lower=0, upper=4) for code in "ab"]
    )
    bounds = scaling.turned_bounds(framework)
    values = np.random.default_rng(2).uniform(0, 3, size=(4, 6, 2))
    values[2, 1, 0] = NAN
    together = scaling.shares(values, bounds, kind)
    for alone, given in zip(together, values, strict=True):
        np.testing.assert_allclose(alone, scaling.shares(given, bounds, kind), rtol=1e-12)


def test_one_bound_is_joined_by_the_end_of_the_sample():
    framework = flat("a", lower=0)
    bounds = scaling.turned_bounds(framework)
    share = scaling.shares(column(5, 10, NAN), bounds, "fixed")
    np.testing.assert_array_equal(share, column(0.5, 1, NAN))
    # All equal, but there is a bound to measure from.
    np.testing.assert_array_equal(scaling.shares(column(5, 5), bounds, "fixed"), column(1, 1))


def test_lower_is_better_turns_values_and_bounds():
    framework = flat("a", direction="lower", lower=10, upper=50)
    turned = scaling.turn(column(10, 20, 50, 60), framework)
    share = scaling.shares(turned, scaling.turned_bounds(framework), "fixed")
    np.testing.assert_allclose(share, column(1, 0.75, 0, -0.25))
    np.testing.assert_allclose(scaling.clipped(share, "fixed"), column(1, 0.75, 0, 0))


def test_a_logarithmic_scale_measures_ratios_and_puts_zero_at_the_worst_bound():
    framework = flat("a", lower=1, upper=10_000, scale="log")
    turned = scaling.turn(column(1, 100, 10_000, 0, -5, NAN), framework)
    share = scaling.shares(turned, scaling.turned_bounds(framework), "fixed")
    np.testing.assert_allclose(share, column(0, 0.5, 1, 0, 0, NAN))
    without_bounds = scaling.turn(column(1, 0), flat("a", scale="log"))
    np.testing.assert_array_equal(without_bounds, column(0, NAN))


def test_share_of_target_stops_at_the_target():
    framework = flat("a", upper=8)
    share = scaling.shares(column(2, 5, 8, 9), scaling.turned_bounds(framework), "target")
    np.testing.assert_allclose(scaling.clipped(share, "target"), column(0, 0.5, 1, 1))


@pytest.mark.parametrize(
    ("framework", "values", "kind", "code"),
    [
        (flat("a"), column(1, 2), "target", "missing-target"),
        (flat("a", upper=1), column(1, 2), "target", "target-not-beyond"),
        (flat("a", direction="lower", lower=5), column(1, 2), "target", "target-not-beyond"),
        (flat("a", upper=1), column(1, 2), "fixed", "bounds-reversed"),
        (flat("a", lower=3), column(1, 2), "fixed", "bounds-reversed"),
    ],
)
def test_bounds_that_contradict_the_sample_are_refused(framework, values, kind, code):
    with pytest.raises(MethodError) as caught:
        scaling.check_bounds(scaling.turn(values, framework), framework, kind)
    assert caught.value.code == code
    assert "'a'" in caught.value.where


def test_sample_bounds_pass_over_gaps():
    low, high = sample_bounds(np.array([[1.0, NAN, 4], [NAN, NAN, 4], [7, NAN, 4]]))
    np.testing.assert_array_equal(low, [1, NAN, NAN])
    np.testing.assert_array_equal(high, [7, NAN, NAN])
