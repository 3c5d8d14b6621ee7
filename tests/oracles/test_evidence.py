"""Pools and effect sizes against PyMARE and statsmodels."""

from __future__ import annotations

import numpy as np
import pymare
import pytest
from pymare import datasets
from statsmodels.stats import meta_analysis

from alliance.analysis.evidence import effect_sizes as sizes
from alliance.analysis.evidence import meta_regression, pool

pytestmark = pytest.mark.extra


def studies(seed: int, k: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, variances and a moderator of made-up studies."""
    random = np.random.default_rng(seed)
    v = random.uniform(0.01, 0.2, k)
    moderator = random.normal(size=k)
    return random.normal(0.3 + 0.2 * moderator, np.sqrt(v + 0.1)), v, moderator


#: Mean, deviation and number of each arm.
ARMS = ("Brain_m", "Brain_s", "Brain_n", "No_brain_m", "No_brain_s", "No_brain_n")


@pytest.fixture(scope="module")
def brain_images() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Twelve studies of Michael et al. 2013, with means and deviations of both arms."""
    table, _meaning = datasets.michael2013()
    arms = {name: table[name].to_numpy(dtype=float) for name in ARMS}
    return table["yi"].to_numpy(), table["vi"].to_numpy(), arms


def fitted(estimator: object, y: np.ndarray, v: np.ndarray, x: np.ndarray | None = None):
    data = pymare.Dataset(y=y, v=v, X=x, X_names=None if x is None else ["moderator"])
    return estimator.fit_dataset(data).summary()


ESTIMATORS = {
    "dl": lambda: pymare.estimators.DerSimonianLaird(),
    "he": lambda: pymare.estimators.Hedges(),
    "ml": lambda: pymare.estimators.VarianceBasedLikelihoodEstimator(method="ML"),
    "reml": lambda: pymare.estimators.VarianceBasedLikelihoodEstimator(method="REML"),
}
#: Likelihoods are searched there, and solved here.
NEAR = {"dl": 1e-9, "he": 1e-9, "ml": 2e-4, "reml": 2e-4}


@pytest.mark.parametrize("method", ESTIMATORS)
@pytest.mark.parametrize("seed", range(5))
def test_pools_of_made_up_studies(method: str, seed: int) -> None:
    y, v, _ = studies(seed)
    theirs = fitted(ESTIMATORS[method](), y, v)
    ours = pool(y, v, method=method, interval="wald")
    assert ours.heterogeneity.tau2 == pytest.approx(
        float(np.squeeze(theirs.tau2)), abs=NEAR[method]
    )
    assert ours.estimate == pytest.approx(float(theirs.fe_params.squeeze()), abs=NEAR[method])
    hartung = pool(y, v, method=method, interval="hartung-knapp-untruncated")
    assert hartung.se == pytest.approx(float(theirs.fe_se.squeeze()), abs=NEAR[method])


@pytest.mark.parametrize("method", ESTIMATORS)
def test_pools_of_brain_images(brain_images, method: str) -> None:
    y, v, _ = brain_images
    theirs = fitted(ESTIMATORS[method](), y, v)
    ours = pool(y, v, method=method, interval="wald")
    assert ours.heterogeneity.tau2 == pytest.approx(
        float(np.squeeze(theirs.tau2)), abs=NEAR[method]
    )
    assert ours.estimate == pytest.approx(float(theirs.fe_params.squeeze()), abs=NEAR[method])


def test_interval_of_the_spread(brain_images) -> None:
    """The Q-profile interval of tau²."""
    for y, v in (brain_images[:2], *(studies(seed)[:2] for seed in range(5))):
        theirs = fitted(ESTIMATORS["dl"](), y, v).get_re_stats()
        ours = pool(y, v, method="dl").heterogeneity
        assert ours.low == pytest.approx(float(np.squeeze(theirs["ci_l"])), abs=1e-4)
        assert ours.high == pytest.approx(float(np.squeeze(theirs["ci_u"])), abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_regression_on_a_moderator(seed: int) -> None:
    y, v, moderator = studies(seed, k=20)
    theirs = fitted(ESTIMATORS["dl"](), y, v, moderator[:, None])
    ours = meta_regression(y, v, moderator[:, None], ["moderator"], method="dl", interval="wald")
    estimates = [coefficient.estimate for coefficient in ours.coefficients]
    assert estimates == pytest.approx(list(theirs.fe_params.squeeze()), abs=1e-6)
    assert ours.heterogeneity.tau2 == pytest.approx(float(np.squeeze(theirs.tau2)), abs=1e-6)


@pytest.mark.parametrize("method", ["dl", "pm"])
@pytest.mark.parametrize("seed", range(5))
def test_pools_of_statsmodels(method: str, seed: int) -> None:
    y, v, _ = studies(seed)
    theirs = meta_analysis.combine_effects(y, v, method_re=method, atol=1e-12)
    ours = pool(y, v, method=method, interval="hartung-knapp-untruncated")
    assert ours.heterogeneity.tau2 == pytest.approx(theirs.tau2, abs=1e-7)
    assert ours.heterogeneity.q == pytest.approx(theirs.q)
    assert ours.estimate == pytest.approx(theirs.mean_effect_re, abs=1e-7)
    assert ours.wald.se == pytest.approx(theirs.sd_eff_w_re, abs=1e-7)
    assert ours.se == pytest.approx(theirs.sd_eff_w_re_hksj, abs=1e-7)


#: 17 trials of statsmodels' tests (Cochrane handbook): events and people of two arms after a year.
EVENTS = [11, 18, 21, 14, 42, 80, 13, 37, 23, 19, 106, 170, 34, 18, 13, 12, 42]
PEOPLE = [19, 34, 72, 22, 70, 183, 26, 61, 36, 45, 246, 386, 59, 45, 14, 26, 74]
OTHER_EVENTS = [12, 12, 15, 5, 13, 33, 18, 30, 12, 8, 76, 46, 17, 3, 14, 10, 40]
OTHER_PEOPLE = [22, 35, 68, 20, 32, 94, 50, 55, 25, 35, 208, 141, 32, 15, 18, 19, 75]


@pytest.mark.parametrize(
    ("ours", "statistic"),
    [
        (sizes.risk_difference, "diff"),
        (sizes.log_risk_ratio, "risk-ratio"),
        (sizes.log_odds_ratio, "odds-ratio"),
    ],
)
def test_sizes_of_two_shares(ours, statistic: str) -> None:
    arms = [np.array(column, float) for column in (EVENTS, PEOPLE, OTHER_EVENTS, OTHER_PEOPLE)]
    size = ours(*arms)
    y, v = meta_analysis.effectsize_2proportions(*arms, statistic=statistic)
    assert size.y == pytest.approx(y)
    assert size.v == pytest.approx(v)


def test_differences_of_means(brain_images) -> None:
    y, v, arms = brain_images
    size = sizes.mean_difference(*(arms[name] for name in ARMS))
    assert size.y == pytest.approx(y, abs=1e-3)
    assert size.v == pytest.approx(v, abs=2e-3)  # from deviations with more digits
