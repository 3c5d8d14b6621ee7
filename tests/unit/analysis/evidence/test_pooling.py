"""Pooling: by hand where it can be done by hand, and every warning and error."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm, t

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import METHODS, pool, pool_unweighted, synthesise
from alliance.analysis.evidence.linear import Design, fit, log_likelihood, traces

Y = np.array([0.1, 0.5, 0.3, 0.9, 0.2])
V = np.array([0.02, 0.05, 0.01, 0.04, 0.03])


def test_equal_effects_are_the_weighted_mean():
    pooled = pool(Y, V, method="ee", interval="wald")
    weights = 1 / V
    mean = (weights * Y).sum() / weights.sum()
    assert pooled.estimate == pytest.approx(mean)
    assert pooled.se == pytest.approx(weights.sum() ** -0.5)
    assert pooled.ci_low == pytest.approx(mean - norm.ppf(0.975) * weights.sum() ** -0.5)
    assert pooled.heterogeneity.q == pytest.approx((weights * (Y - mean) ** 2).sum())
    assert pooled.weights == pytest.approx(100 * weights / weights.sum())
    assert (pooled.tau2, pooled.prediction_low, pooled.prediction_df) == (0.0, None, None)
    assert pooled.warnings == ("heterogeneity-ignored",)


def test_dersimonian_laird_by_hand():
    w = 1 / V
    q = (w * (Y - (w * Y).sum() / w.sum()) ** 2).sum()
    tau2 = (q - 4) / (w.sum() - (w**2).sum() / w.sum())
    pooled = pool(Y, V, method="dl")
    assert pooled.tau2 == pytest.approx(tau2)
    assert pooled.heterogeneity.i2 == pytest.approx(100 * (q - 4) / q)
    assert pooled.heterogeneity.h2 == pytest.approx(q / 4)


def test_hedges_with_equal_variances_is_variance_minus_variance():
    pooled = pool(Y, np.full(5, 0.01), method="he")
    assert pooled.tau2 == pytest.approx(Y.var(ddof=1) - 0.01)
    # With equal variances all moment estimators agree, and so does restricted likelihood.
    for method in ("dl", "pm", "reml"):
        assert pool(Y, np.full(5, 0.01), method=method).tau2 == pytest.approx(pooled.tau2)
    assert pool(Y, np.full(5, 0.01), method="ml").tau2 == pytest.approx(Y.var() - 0.01)


def test_paule_mandel_makes_q_equal_its_degrees_of_freedom():
    pooled = pool(Y, V, method="pm")
    w = 1 / (V + pooled.tau2)
    assert (w * (Y - pooled.estimate) ** 2).sum() == pytest.approx(4)
    assert "hartung-knapp-truncated" not in pooled.warnings


def test_q_profile_bounds_meet_the_quantiles_of_chi_square():
    from scipy.stats import chi2

    spread = pool(Y, V).heterogeneity
    for bound, share in ((spread.low, 0.975), (spread.high, 0.025)):
        w = 1 / (V + bound)
        q = (w * (Y - (w * Y).sum() / w.sum()) ** 2).sum()
        assert q == pytest.approx(chi2.ppf(share, 4))


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("seed", range(20))
def test_likelihood_is_nowhere_greater(method, seed):
    random = np.random.default_rng(seed)
    k = int(random.integers(3, 30))
    v = random.lognormal(-2, 2, k)
    y = random.normal(0, np.sqrt(v + random.choice([0, 0.01, 1])))
    found = pool(y, v, method=method).tau2
    grid = np.concatenate([[0, found], np.geomspace(1e-9, 1e3, 4000)])
    design = Design(y, v, np.ones((k, 1)))
    values = log_likelihood(design, grid, restricted=method == "reml")
    assert values[1] >= values.max() - 1e-9


def test_hartung_knapp_by_hand():
    pooled = pool(Y, V, method="dl", interval="hartung-knapp-untruncated")
    w = 1 / (V + pooled.tau2)
    scale = (w * (Y - pooled.estimate) ** 2).sum() / 4
    assert pooled.scale == pytest.approx(scale)
    assert pooled.se == pytest.approx(math.sqrt(scale / w.sum()))
    half = t.ppf(0.975, 4) * pooled.se
    assert pooled.ci_high == pytest.approx(pooled.estimate + half)
    assert pooled.df == 4


def test_three_equal_effects_have_an_interval_of_some_width():
    pooled = pool([0.2, 0.2, 0.2], [0.01, 0.02, 0.03])
    assert pooled.untruncated.se == pytest.approx(0, abs=1e-12)
    assert pooled.se == pytest.approx(pooled.wald.se)
    assert pooled.tau2 == 0
    assert pooled.heterogeneity.high is None
    assert set(pooled.warnings) == {
        "hartung-knapp-truncated",
        "tau2-interval-empty",
        "few-studies-for-prediction",
    }


@pytest.mark.parametrize(("basis", "df"), [("k-2", 3), ("k-1", 4), ("normal", math.inf)])
def test_prediction_interval_by_hand(basis, df):
    pooled = pool(Y, V, prediction=basis)
    half = t.ppf(0.975, df) * math.sqrt(pooled.tau2 + pooled.se**2)
    assert pooled.prediction_df == df
    assert pooled.prediction_low == pytest.approx(pooled.estimate - half)
    assert "few-studies-for-prediction" not in pooled.warnings


def test_one_study_stays_as_it_is():
    pooled = pool([0.4], [0.04])
    assert (pooled.k, pooled.estimate, pooled.se, pooled.tau2) == (1, 0.4, 0.2, None)
    assert pooled.ci_low == pytest.approx(0.4 - norm.ppf(0.975) * 0.2)
    assert pooled.prediction_low is None
    assert pooled.warnings == ("one-study",)


@pytest.mark.parametrize("method", METHODS)
def test_two_studies_are_flagged_and_not_predicted_from(method):
    pooled = pool([0.1, 0.9], [0.01, 0.01], method=method)
    assert "two-studies" in pooled.warnings
    assert pooled.prediction_low is None
    assert pooled.estimate == pytest.approx(0.5)


def test_missing_estimates_are_left_out_and_counted():
    pooled = pool([*Y, math.nan], [*V, 0.01])
    assert (pooled.k, pooled.n_missing) == (5, 1)
    assert pooled.estimate == pool(Y, V).estimate
    assert "missing-estimate" in pooled.warnings


@pytest.mark.parametrize(
    ("arguments", "options", "code", "where"),
    [
        (([], []), {}, "no-studies", "estimates"),
        (([math.nan], [1.0]), {}, "no-studies", "estimates"),
        (([1, 2], [0.1, -0.1]), {}, "bad-variance", "variances[1]"),
        (([1, 2], [0.0, 0.1]), {}, "bad-variance", "variances[0]"),
        (([1, 2], [math.nan, 0.1]), {}, "bad-variance", "variances[0]"),
        (([1, 2], [math.inf, 0.1]), {}, "bad-variance", "variances[0]"),
        (([1, math.inf], [0.1, 0.1]), {}, "infinite-value", "estimates[1]"),
        (([1, 2], [0.1]), {}, "wrong-shape", "variances"),
        (([[1, 2]], [0.1]), {}, "wrong-shape", "estimates"),
        ((["x", 2], [0.1, 0.1]), {}, "not-a-number", "estimates"),
        (([1, 2], [0.1, 0.1]), {"studies": ["a", "a"]}, "dependent", "studies[0] and studies[1]"),
        (([1, 2], [0.1, 0.1]), {"studies": ["a"]}, "wrong-shape", "studies"),
        (([1, 2], [0.1, 0.1]), {"units": ["%", "t"]}, "unit-mix", "units[1]"),
        (([1, 2], [0.1, 0.1]), {"directions": ["up", "down"]}, "sign-mix", "directions[1]"),
        (([1, 2], [0.1, 0.1]), {"method": "magic"}, "unknown-method", "method"),
        (([1, 2], [0.1, 0.1]), {"interval": "magic"}, "unknown-choice", "interval"),
        (([1, 2], [0.1, 0.1]), {"prediction": "magic"}, "unknown-choice", "prediction"),
        (([1, 2], [0.1, 0.1]), {"level": 1}, "bad-level", "level"),
        (([1e300, -1e300], [0.1, 0.1]), {}, "overflow", "estimates"),
    ],
)
def test_errors(arguments, options, code, where):
    with pytest.raises(MethodError) as caught:
        pool(*arguments, **options)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_unweighted_by_hand():
    pooled = pool_unweighted(Y)
    se = Y.std(ddof=1) / math.sqrt(5)
    assert pooled.estimate == pytest.approx(Y.mean())
    assert pooled.se == pytest.approx(se)
    assert pooled.ci_low == pytest.approx(Y.mean() - t.ppf(0.975, 4) * se)
    half = t.ppf(0.975, 4) * Y.std(ddof=1) * math.sqrt(1.2)
    assert pooled.prediction_high == pytest.approx(Y.mean() + half)
    assert (pooled.heterogeneity, pooled.prediction_df) == (None, 4)
    assert pooled.warnings == ("unweighted",)


@pytest.mark.parametrize(
    ("values", "warnings"),
    [
        ([0.3], {"unweighted", "one-study"}),
        ([0.3, 0.4], {"unweighted", "two-studies"}),
        ([0.3, 0.4, 0.4], {"unweighted", "few-studies-for-prediction"}),
        ([0.3] * 5, {"unweighted", "no-spread"}),
        ([*Y, math.nan], {"unweighted", "missing-estimate"}),
    ],
)
def test_unweighted_warnings(values, warnings):
    pooled = pool_unweighted(values)
    assert set(pooled.warnings) == warnings
    if len(values) == 1:
        assert (pooled.se, pooled.ci_low, pooled.p) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "options", "code"),
    [
        ([], {}, "no-studies"),
        ([1, math.inf], {}, "infinite-value"),
        ([1, 2], {"studies": ["a", "a"]}, "dependent"),
        ([1, 2], {"units": ["a", "b"]}, "unit-mix"),
        ([1, 2], {"directions": ["a", "b"]}, "sign-mix"),
        ([1, 2], {"level": 0}, "bad-level"),
        ([1.7e308, -1.7e308, 1.7e308], {}, "overflow"),
    ],
)
def test_unweighted_errors(values, options, code):
    with pytest.raises(MethodError) as caught:
        pool_unweighted(values, **options)
    assert caught.value.code == code


def test_one_missing_error_makes_the_pool_unweighted():
    assert synthesise(Y, V) == pool(Y, V)
    assert synthesise(Y, [*V[:4], math.nan]) == pool_unweighted(Y)
    # Where the effect is missing too, its variance is not missed.
    assert synthesise([*Y, math.nan], [*V, math.nan]).weighting == "inverse-variance"
    for bad in (-1, 0, math.inf):
        with pytest.raises(MethodError, match="bad-variance"):
            synthesise(Y, [math.nan, bad, *V[2:]])


@pytest.mark.parametrize("method", METHODS)
def test_errors_as_unlike_as_numbers_allow(method):
    # Traces of the projection must not be lost to rounding where one weight swallows the other.
    pooled = pool([1e-8, 1e-8], [6.000462608298217e-39, 1.6153931121930174e-47], method=method)
    assert pooled.estimate == pytest.approx(1e-8)
    assert pooled.tau2 == 0
    apart = pool([0.0, 1.0, 2.0], [1e-30, 1.0, 1e30], method=method)
    assert 0 <= apart.estimate <= 2
    assert apart.se > 0


def test_traces_are_exact_beside_a_very_precise_study():
    exact = [Fraction(1, 10**12), Fraction(1), Fraction(2)]
    w = [1 / one for one in exact]
    rows = [
        [(w[i] if i == j else 0) - w[i] * w[j] / sum(w) for j in range(3)] for i in range(3)
    ]  # fmt: skip
    first = float(sum(rows[i][i] for i in range(3)))
    second = float(sum(rows[i][j] ** 2 for i in range(3) for j in range(3)))
    design = Design(np.zeros(3), np.array([1e-12, 1.0, 2.0]), np.ones((3, 1)))
    assert traces(design, fit(design, 0.0)) == pytest.approx((first, second), rel=1e-12)
