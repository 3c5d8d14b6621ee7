import numpy as np
import pytest

from alliance.analysis.pilots import did, plain_words
from tests.unit.analysis.pilots.helpers import codes, noise, panel_of, refused


def two_groups(n: int, effect: float, seed: int = 0):
    y = noise(n, 6, seed)
    sides = np.arange(n) < n // 2
    y[sides, 3:] += effect
    return panel_of(y), sides


def test_four_means_give_the_effect():
    panel = panel_of([[1, 4], [3, 6], [10, 11], [12, 13]])
    found = did(panel, np.array([True, True, False, False]), 1)
    assert found.estimate == pytest.approx(3 - 1)
    assert found.details["means"]["treated_after"] == 5
    # Every unit of a side changes alike: nothing to take a standard error from.
    assert "zero-variance" in codes(found)
    assert np.isnan(found.se)
    assert "no-pretest" in codes(found)


def test_an_effect_is_found_and_none_is_not():
    panel, sides = two_groups(60, 3)
    found = did(panel, sides, 3)
    assert found.shows_effect
    assert found.ci[0] < 3 < found.ci[1]
    assert found.details["inference"] == "cluster-robust"
    nothing = did(panel_of(noise(60, 6, 5)), sides, 3)
    assert not nothing.shows_effect


def test_standard_error_is_that_of_a_regression_with_dummies():
    panel, sides = two_groups(40, 1)
    y, n_times = panel.outcome, 6
    unit = np.repeat(np.eye(40), n_times, axis=0)
    time = np.tile(np.eye(n_times)[:, 1:], (40, 1))
    treat = (sides[:, None] & (np.arange(n_times) >= 3)).astype(float).ravel()
    x = np.column_stack([treat, unit, time])
    beta = np.linalg.lstsq(x, y.ravel(), rcond=None)[0]
    residuals = (y.ravel() - x @ beta).reshape(40, n_times)
    bread = np.linalg.pinv(x.T @ x)
    scores = np.einsum("gt,gtk->gk", residuals, x.reshape(40, n_times, -1))
    n, k = 240, n_times + 1
    covariance = 40 / 39 * (n - 1) / (n - k) * bread @ scores.T @ scores @ bread
    found = did(panel, sides, 3)
    assert found.estimate == pytest.approx(beta[0])
    assert found.se == pytest.approx(np.sqrt(covariance[0, 0]))


def test_few_clusters_take_the_wild_bootstrap_whose_interval_agrees_with_p():
    for seed in range(6):
        panel, sides = two_groups(14, 0.8, seed)
        found = did(panel, sides, 3)
        assert found.details["inference"] == "wild-cluster-bootstrap"
        low, high = found.ci
        assert low < found.estimate < high
        assert (found.p < 0.05) == (low > 0 or high < 0)
        assert did(panel, sides, 3).ci == found.ci


def test_one_cluster_on_a_side_gives_no_standard_error_but_a_permutation():
    panel, _ = two_groups(12, 0)
    sides = np.arange(12) == 0
    found = did(panel, sides, 3)
    # One in twelve is the smallest p that there is, and it is said that this shows nothing.
    assert "one-cluster" in codes(found) and "cannot-reach-level:11" in found.warnings
    said = plain_words(found)
    assert said.startswith("These data cannot show whether the pilot had an effect.")
    assert (
        "cannot show an effect" in said
        and "Caution: one group has few units, so the interval itself is uncertain." not in said
    )
    assert "No effect" not in said and "times in 100" not in said
    assert np.isnan(found.se)
    assert found.details["permutation_exact"]
    assert np.isnan(found.p) and np.isnan(found.details["p_permutation"])
    panel, _ = two_groups(40, 0)
    enough = did(panel, np.arange(40) == 0, 3)
    assert enough.p == enough.details["p_permutation"] >= 1 / 40


def test_units_with_gaps_are_dropped_and_counted():
    panel, sides = two_groups(40, 1)
    panel.outcome[0, 2] = np.nan
    found = did(panel, sides, 3)
    assert "unbalanced:1" in found.warnings
    assert (found.n, found.details["n_dropped"]) == (39, 1)


def test_groups_that_part_before_the_start_are_told_of():
    panel, sides = two_groups(60, 0)
    panel.outcome[sides] += np.arange(6) * 1.0
    found = did(panel, sides, 3)
    assert "trends-differ-before" in codes(found)
    bound = found.details["bound_if_trends_part"]
    # A step of about one a time covers the drift that looks like an effect.
    assert bound["low"] < 0 < bound["high"]


def test_clusters_count_not_units():
    panel, sides = two_groups(80, 0)
    clusters = np.arange(80) // 4
    found = did(panel, sides, 3, clusters=clusters)
    assert found.details["n_clusters"] == 20
    with refused("mixed-cluster"):
        did(panel, sides, 3, clusters=np.arange(80) % 4)
    assert "few-clusters-on-a-side:2" in did(panel, sides, 3, clusters=np.arange(80) // 20).warnings


@pytest.mark.parametrize(
    ("sides", "start", "code"),
    [
        ([True] * 4, 1, "no-control"),
        ([False] * 4, 1, "no-treated"),
        ([True, True, False, False], 0, "bad-start"),
        ([True, True, False, False], 2, "bad-start"),
    ],
)
def test_what_cannot_be_compared_is_refused(sides, start, code):
    with refused(code):
        did(panel_of(np.eye(4)[:, :2]), np.array(sides), start)
