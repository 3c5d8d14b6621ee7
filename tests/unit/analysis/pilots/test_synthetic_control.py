from dataclasses import replace

import numpy as np
import pytest

from alliance.analysis.pilots import Predictors, plain_words, synthetic_control
from alliance.analysis.pilots.simplex import nearest_mixture
from tests.unit.analysis.pilots.helpers import codes, noise, panel_of, refused

ONE = np.arange(26) == 0


def factors(effect: float = 0.0, n: int = 26, seed: int = 0, spread: float = 0.05):
    """Units follow two shared movements, the first a mixture of others."""
    random = np.random.default_rng(seed)
    movements = random.normal(size=(2, 20)).cumsum(axis=1)
    loads = random.uniform(0, 2, size=(n, 2))
    loads[0] = loads[1:6].mean(axis=0)
    y = 10 + loads @ movements + random.normal(size=(n, 20)) * spread
    y[0, 12:] += effect
    return panel_of(y)


def test_an_effect_is_found():
    found = synthetic_control(factors(3), ONE, 12)
    assert found.estimate == pytest.approx(3, abs=0.3)
    assert found.p == pytest.approx(1 / 26)
    assert found.ci[0] < 3 < found.ci[1]
    assert found.shows_effect
    assert np.isnan(found.se)
    assert sum(found.details["weights"].values()) == pytest.approx(1, abs=1e-4)
    assert found.details["gaps"]["15"] == pytest.approx(3, abs=0.5)
    assert all(abs(value - 3) < 1 for value in found.details["leave_one_out"].values())
    assert abs(found.details["in_time"]["estimate"]) < 0.3
    assert found.details["synthetic_did"] == pytest.approx(3, abs=0.3)


def test_no_effect_is_not_found():
    assert not synthetic_control(factors(0), ONE, 12).shows_effect


def test_with_few_donors_the_level_cannot_be_reached():
    found = synthetic_control(factors(5, n=12), np.arange(12) == 0, 12)
    assert "cannot-reach-level:11" in found.warnings
    assert np.isnan(found.ci).all() and np.isnan(found.p)
    assert not found.shows_effect
    assert "cannot show whether" in plain_words(found) and "No effect" not in plain_words(found)


def test_a_place_unlike_all_others_is_a_poor_fit():
    panel = factors()
    panel.outcome[0] += 30
    assert "poor-fit" in codes(synthetic_control(panel, ONE, 12))


def test_a_perfect_fit_compares_the_errors_themselves():
    panel = factors(0)
    panel.outcome[0] = panel.outcome[1:4].mean(axis=0)
    panel.outcome[0, 12:] += 9
    found = synthetic_control(panel, ONE, 12)
    assert "perfect-fit" in codes(found)
    assert found.details["placebo"]["statistic"] == "rmspe after"
    assert found.estimate == pytest.approx(9, abs=1e-6)
    assert found.p == pytest.approx(1 / 26)


def test_an_extreme_at_the_start_is_told_of():
    panel = factors()
    panel.outcome[0, 11] += 8
    assert "selected-on-extreme" in codes(synthetic_control(panel, ONE, 12))


def test_donors_with_gaps_are_dropped_and_a_gap_of_the_treated_is_refused():
    panel = factors()
    panel.outcome[7, 3] = np.nan
    found = synthetic_control(panel, ONE, 12)
    assert "donors-dropped:1" in found.warnings
    assert found.details["n_donors"] == 24
    panel.outcome[0, 3] = np.nan
    with refused("missing-outcome"):
        synthetic_control(panel, ONE, 12)


def test_an_effect_that_grows_is_no_constant_effect():
    panel = factors()
    panel.outcome[0, 12:] += np.linspace(-40, 60, 8)
    found = synthetic_control(panel, ONE, 12)
    assert "no-constant-effect" in codes(found)
    assert found.shows_effect


def test_several_treated_are_averaged_and_compared_with_sets():
    panel = factors(0)
    both = np.arange(26) < 2
    panel.outcome[both, 12:] += 4
    found = synthetic_control(panel, both, 12)
    assert found.details["n_treated"] == 2
    assert found.details["placebo"]["units"] == 24 * 23 // 2 + 1
    assert found.shows_effect


def test_predictors_are_scaled_and_weighted():
    panel = factors()
    means = panel.outcome[:, :12].mean(axis=1)
    values = np.column_stack([means, means * 1e6, np.ones(26)])
    predictors = Predictors(("mean", "mean in other units", "same"), values, np.ones(3))
    found = synthetic_control(panel, ONE, 12, predictors=predictors)
    assert "constant-predictor:same" in found.warnings
    assert found.details["predictors"] == ("mean", "mean in other units")
    values[9, 0] = np.nan
    assert "donors-dropped:1" in synthetic_control(panel, ONE, 12, predictors=predictors).warnings
    values[0, 0] = np.nan
    with refused("missing-predictor", "mean"):
        synthetic_control(panel, ONE, 12, predictors=predictors)
    values[0, 0] = 1
    with refused("bad-parameter"):
        synthetic_control(
            panel, ONE, 12, predictors=replace(predictors, weights=np.array([1, -1, 1.0]))
        )
    with refused("no-data"):
        synthetic_control(
            panel, ONE, 12, predictors=Predictors(("one",), np.ones((26, 1)), np.ones(1))
        )


@pytest.mark.parametrize(
    ("n", "treated", "start", "code"),
    [
        (26, 0, 12, "no-treated"),
        (5, 1, 12, "too-few-donors"),
        (26, 1, 1, "too-short"),
        (26, 1, 0, "bad-start"),
        (26, 1, 20, "bad-start"),
    ],
)
def test_what_cannot_be_done_is_refused(n, treated, start, code):
    with refused(code):
        synthetic_control(panel_of(noise(n, 20)), np.arange(n) < treated, start)


def test_a_short_time_before_warns():
    assert "short-before:3" in synthetic_control(factors(), ONE, 3).warnings


def test_nearest_mixture_is_no_worse_than_any_other():
    random = np.random.default_rng(5)
    target, parts = random.normal(size=8), random.normal(size=(8, 15))
    best = nearest_mixture(target, parts)
    assert (best >= 0).all()
    assert best.sum() == pytest.approx(1)
    others = random.dirichlet(np.full(15, 0.3), size=5_000)
    assert (
        np.linalg.norm(target - parts @ best)
        <= np.linalg.norm(target[:, None] - parts @ others.T, axis=0).min()
    )
    np.testing.assert_allclose(nearest_mixture(np.ones(3), np.ones((3, 4))), 0.25)
