import math

import numpy as np
import pytest

from alliance.analysis.pilots import plan, plan_shares
from alliance.analysis.pilots import power as sizes
from alliance.analysis.pilots.simulated_power import its_power, synthetic_control_power
from tests.unit.analysis.pilots.helpers import noise, panel_of, refused


def test_smallest_effect_is_the_inverse_of_power():
    smallest = sizes.mde_of_means(40, 2.5, 0.8)
    assert sizes.power_of_means(40, smallest, 2.5) == pytest.approx(0.8)
    assert sizes.power_of_means(40, -smallest, 2.5) == pytest.approx(0.8)
    step = sizes.mde_of_proportions(200, 0.3, 0.8)
    assert sizes.power_of_proportions(200, 0.3, 0.3 + step) == pytest.approx(0.8)
    # Next to 1 there is no room above.
    assert sizes.mde_of_proportions(60, 0.97, 0.8) < 0
    assert math.isnan(sizes.mde_of_proportions(2, 0.5, 0.8))


def test_factors_of_designs():
    assert sizes.variance_factor("post") == 1
    assert sizes.variance_factor("ancova", correlation=0.6) == pytest.approx(1 - 0.36)
    assert sizes.variance_factor("did", correlation=0.6) == pytest.approx(2 * 0.4)
    more = sizes.variance_factor("did", correlation=0.6, before=3, after=3)
    assert more == pytest.approx(0.4 * 2 / 3)
    assert sizes.design_effect(20, 0.05, cv=0.5) == pytest.approx(1 + (1.25 * 20 - 1) * 0.05)


def test_a_plan_rounds_up_and_reaches_its_power():
    made = plan("randomised", sd=1, delta=0.5)
    assert (made.n, made.clusters_per_arm) == (64, None)
    assert made.power >= 0.8
    assert made.smallest_effect <= 0.5
    covariate = plan("randomised", sd=1, delta=0.5, correlation=0.7)
    assert covariate.n < made.n
    assert plan("did", sd=1, delta=0.5, correlation=0.7).n > covariate.n
    paired = plan("before-after", sd=1, delta=0.5, correlation=0.7)
    assert "no-comparison" in paired.warnings
    assert "approximated-by-did" in plan("staggered", sd=1, delta=1, correlation=0.5).warnings


def test_a_plan_for_the_units_there_are():
    made = plan("randomised", sd=2, n=50)
    assert made.n == 50
    assert math.isnan(made.power)
    assert made.smallest_effect == pytest.approx(sizes.mde_of_means(50, 2, 0.8))


def test_too_few_clusters_are_told_of():
    made = plan("randomised", sd=1, n=60, cluster_size=20, icc=0.05)
    assert made.clusters_per_arm == 3
    assert "too-few-clusters:3" in made.warnings
    shares = plan_shares(0.3, 0.5, n=60, cluster_size=20, icc=0.05)
    assert {"too-few-clusters:3", "few-clusters-not-corrected"} <= set(shares.warnings)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"sd": 1, "delta": 0}, "bad-parameter"),
        ({"sd": 0, "delta": 1}, "bad-parameter"),
        ({"sd": 1, "delta": 1, "power": 0.05}, "bad-parameter"),
        ({"sd": 1, "delta": 1, "power": 1}, "bad-parameter"),
        ({"sd": 1, "delta": 1, "alpha": 0}, "bad-parameter"),
        ({"sd": 1, "delta": 1, "sides": 3}, "bad-parameter"),
        ({"sd": 1, "delta": 1, "correlation": 1}, "bad-parameter"),
        ({"sd": 1, "delta": 1, "cluster_size": 5, "icc": 2}, "bad-parameter"),
        ({"sd": 1, "n": 20, "cluster_size": 20}, "bad-parameter"),
        ({"sd": 1}, "missing-option"),
        ({"sd": 1, "delta": 1, "design": "did"}, "missing-option"),
        ({"sd": 1, "delta": 1, "design": "its"}, "unknown-design"),
    ],
)
def test_plans_that_make_no_sense_are_refused(options, code):
    with refused(code):
        plan(options.pop("design", "randomised"), **options)
    with refused("bad-parameter"):
        plan_shares(0.5, 0.5)
    with refused("missing-option"):
        plan_shares(0.5, None)


def test_power_of_a_series_grows_with_the_jump():
    before = 10 + np.random.default_rng(0).normal(size=24)
    curve = its_power(before, 12, [1.0, 3.0, 9.0], draws=60)
    assert curve.power[0] < curve.power[-1]
    assert curve.power[-1] > 0.9
    assert 1 < curve.smallest(0.8) <= 9
    assert math.isnan(its_power(before, 12, [0.01], draws=40).smallest(0.8))
    with refused("too-short"):
        its_power(before[:5], 12, [1.0])
    with refused("bad-parameter"):
        its_power(before, 12, [3.0, 1.0])


def test_power_of_synthetic_control_by_placebos():
    panel = panel_of(noise(30, 16))
    curve = synthetic_control_power(panel, 5, [0.1, 100.0])
    assert curve.power[0] < curve.power[1]
    few = synthetic_control_power(panel_of(noise(12, 16)), 5, [100.0])
    # One in twelve is the smallest p that twelve units can give.
    assert few.power == (0.0,) and few.warnings == ("cannot-reach-level:11",)
    assert not curve.warnings
    with refused("too-few-donors"):
        synthetic_control_power(panel_of(noise(5, 16)), 5, [1.0])
    with refused("too-short"):
        synthetic_control_power(panel, 15, [1.0])
    panel.outcome[0, 0] = np.nan
    with refused("missing-outcome"):
        synthetic_control_power(panel, 5, [1.0])
