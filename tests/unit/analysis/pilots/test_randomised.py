import numpy as np
import pytest

from alliance.analysis.pilots import before_after, randomised
from tests.unit.analysis.pilots.helpers import codes, refused

ARM = np.arange(60) % 2 == 0


def trial(effect: float = 1.0, seed: int = 0):
    random = np.random.default_rng(seed)
    before = random.normal(size=60) * 3
    return before + random.normal(size=60) + effect * ARM, before


def test_a_covariate_narrows_the_interval():
    y, before = trial()
    plain, adjusted = randomised(y, ARM), randomised(y, ARM, covariates=before[:, None])
    assert adjusted.se < plain.se / 2
    assert adjusted.ci[0] < 1 < adjusted.ci[1]
    assert (plain.details["method"], adjusted.details["method"]) == ("welch", "lin-ancova-hc2")
    # As many as n - k at the most.
    assert 40 < adjusted.details["df"] < adjusted.details["classic"]["df"] == 56
    assert adjusted.details["classic"]["se"] == adjusted.se


def test_difference_by_regression_with_hc2_is_welch():
    y, _ = trial()
    constant = randomised(y, ARM)
    treated, control = y[ARM], y[~ARM]
    assert constant.se**2 == pytest.approx(treated.var(ddof=1) / 30 + control.var(ddof=1) / 30)


def test_small_trials_are_permuted_in_every_way():
    found = randomised(np.array([5, 6, 7, 1, 2, 3.0]), np.arange(6) < 3)
    assert found.details["permutation_exact"]
    assert found.details["p_permutation"] == pytest.approx(2 / 20)
    large = randomised(*([trial(3)[0], ARM]))
    assert not large.details["permutation_exact"]
    assert large.details["p_permutation"] >= 1 / 10_000


def test_few_clusters_are_analysed_by_their_means():
    y, before = trial()
    clusters = np.arange(60) // 6
    arm = clusters % 2 == 0
    found = randomised(y, arm, clusters=clusters)
    means = y.reshape(10, 6).mean(axis=1)
    assert found.estimate == pytest.approx(means[::2].mean() - means[1::2].mean())
    assert (found.details["n_clusters"], found.details["method"]) == (10, "welch")
    assert randomised(y, arm, clusters=clusters, covariates=before[:, None]).se < found.se
    with refused("mixed-cluster"):
        randomised(y, ARM, clusters=clusters)
    with refused("one-cluster"):
        randomised(y, np.arange(60) < 30, clusters=np.arange(60) // 30)


def test_many_clusters_take_robust_errors():
    random = np.random.default_rng(1)
    clusters = np.repeat(np.arange(50), 4)
    y = random.normal(size=50)[clusters] + random.normal(size=200) * 0.1
    found = randomised(y, clusters % 2 == 0, clusters=clusters)
    assert found.details["method"] == "difference-cr2"
    assert found.details["df"] == pytest.approx(48)
    # Four units of a cluster tell hardly more than one.
    assert found.se > 1.5 * randomised(y, clusters % 2 == 0).se


def test_missing_outcomes_are_counted_by_arm():
    y, _ = trial()
    y[:10:2] = np.nan
    found = randomised(y, ARM)
    assert "differential-attrition" in codes(found)
    assert found.details["attrition_treated"] == pytest.approx(5 / 30)
    assert (found.n, found.details["n_missing"]) == (55, 5)


def test_arms_without_spread_have_a_permutation_only():
    found = randomised(np.array([2.0] * 4 + [1.0] * 4), np.arange(8) < 4)
    assert "zero-variance" in codes(found)
    assert np.isnan(found.se)
    assert found.p == pytest.approx(2 / 70)
    assert found.shows_effect


@pytest.mark.parametrize(
    ("y", "arm", "code"),
    [
        ([1, 2, 3.0], [True] * 3, "no-control"),
        ([1, 2, 3.0], [False] * 3, "no-treated"),
        ([1, 2, np.nan], [True, False, True], "too-few"),
        ([1, 2, 3.0], [True, False, True], "too-few"),
    ],
)
def test_arms_that_are_too_small_are_refused(y, arm, code):
    with refused(code):
        randomised(np.array(y), np.array(arm))


def test_unknown_covariates_are_refused():
    y, before = trial()
    before[3] = np.nan
    with refused("missing-covariate"):
        randomised(y, ARM, covariates=before[:, None])
    with refused("singular"):
        randomised(y, ARM, covariates=np.ones((60, 1)))


def test_before_and_after_is_always_marked():
    found = before_after(np.array([1, 2, 3.0, np.nan]), np.array([3, 5, 4.0, 8]))
    assert found.estimate == 2
    assert {"no-comparison", "unpaired:1"} <= set(found.warnings)
    assert found.details["highest_certainty"] == "low"
    assert (found.n, found.details["n_unpaired"]) == (3, 1)


def test_before_and_after_needs_pairs():
    with refused("unpaired"):
        before_after(np.array([1, np.nan]), np.array([np.nan, 1]))
    with refused("too-few"):
        before_after(np.array([1.0]), np.array([2.0]))
    with refused("wrong-shape"):
        before_after(np.ones(2), np.ones(3))
    assert "zero-variance" in codes(before_after(np.ones(3), np.ones(3) + 1))
