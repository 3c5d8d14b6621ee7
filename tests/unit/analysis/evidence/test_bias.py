"""Tests for unpublished studies."""

import math

import numpy as np
import pytest
from scipy.stats import kendalltau, norm

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import bias, pool

RANDOM = np.random.default_rng(3)
K = 30
V = RANDOM.uniform(0.01, 0.4, K)
FAIR = RANDOM.normal(0.2, np.sqrt(V))
# Small studies tell of large effects.
LEANING = 0.2 + 1.2 * np.sqrt(V) + RANDOM.normal(0, 0.3 * np.sqrt(V))


def test_few_studies_are_not_assessed():
    found = bias.publication_bias(FAIR[:9], V[:9])
    assert (found.assessed, found.egger, found.warnings) == (False, None, ("not-assessed",))


def test_equally_precise_studies_give_nothing_to_go_by():
    found = bias.publication_bias(FAIR, np.full(K, 0.1))
    assert found.warnings == ("not-assessed", "zero-variance")
    for test in (bias.egger, bias.egger_weighted, bias.begg):
        with pytest.raises(MethodError, match="zero-variance"):
            test(FAIR, np.full(K, 0.1))


def test_lean_is_seen_and_filled_on_the_left():
    found = bias.publication_bias(LEANING, V)
    assert found.assessed
    assert found.egger.p < 0.01 and found.egger.estimate > 0
    assert found.egger_weighted.p < 0.01
    assert found.begg.p < 0.05
    assert found.trim_fill.side == "left" and found.trim_fill.k0 > 0
    assert found.trim_fill.pooled.estimate < pool(LEANING, V).estimate
    assert found.trim_fill.pooled.k == K + found.trim_fill.k0


def test_the_mirror_image_leans_the_other_way():
    left, right = bias.trim_fill(LEANING, V), bias.trim_fill(-LEANING, V)
    assert (right.side, right.k0) == ("right", left.k0)
    assert right.pooled.estimate == pytest.approx(-left.pooled.estimate)


def test_fair_studies_are_not_accused():
    found = bias.publication_bias(FAIR, V)
    assert found.egger.p > 0.05 and found.begg.p > 0.05


def test_weighted_egger_is_the_regression_by_hand():
    import numpy.linalg as linalg

    x = np.column_stack([np.ones(K), np.sqrt(V)])
    w = 1 / V
    covariance = linalg.inv(x.T @ (x * w[:, None]))
    beta = covariance @ x.T @ (w * FAIR)
    residual = FAIR - x @ beta
    se = math.sqrt((w * residual**2).sum() / (K - 2) * covariance[1, 1])
    found = bias.egger_weighted(FAIR, V)
    assert found.estimate == pytest.approx(beta[1])
    assert found.statistic == pytest.approx(beta[1] / se)
    assert found.df == K - 2


def test_begg_is_kendalls_tau_and_exact_without_ties():
    w = 1 / V
    mean = (w * FAIR).sum() / w.sum()
    z = (FAIR - mean) / np.sqrt(V - 1 / w.sum())
    found = bias.begg(FAIR, V)
    assert found.p == pytest.approx(kendalltau(z, V, method="exact").pvalue)
    assert found.df is None
    tied = V.copy()
    tied[1] = tied[0]
    assert bias.begg(FAIR, tied).df == math.inf


def test_another_predictor_for_odds_ratios():
    n = 4 / V
    found = bias.egger(FAIR, V, predictor=np.sqrt(1 / n))
    assert found.statistic == pytest.approx(bias.egger(FAIR, V).statistic)
    with pytest.raises(MethodError, match="not-a-number"):
        bias.egger(FAIR, V, predictor=np.full(K, np.nan))
    with pytest.raises(MethodError, match="wrong-shape"):
        bias.egger(FAIR, V, predictor=[1])


def test_excess_significance_by_hand():
    found = bias.excess_significance([0.1, 0.9, 0.2], [0.04, 0.04, 0.09], effect=0.3)
    power = [
        norm.sf(1.959964 - 0.3 / se) + norm.cdf(-1.959964 - 0.3 / se) for se in (0.2, 0.2, 0.3)
    ]
    assert found.observed == 1
    assert found.expected == pytest.approx(sum(power), rel=1e-5)
    with pytest.raises(MethodError, match="zero-variance"):
        bias.excess_significance([1, 2], [1e-9, 1e-9], effect=5)


def test_fail_safe_number_by_hand():
    # z are 3 and 3: (6 / 1.644854)² - 2 = 11.3
    assert bias.fail_safe_n([3, 3], [1, 1]) == 12
    assert bias.fail_safe_n([0.1, -0.1], [1, 1]) == 0


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: bias.egger([1, 2], [1, 2]), "singular"),
        (lambda: bias.egger_weighted([1, 2, 3], [1, 4, 9]), "zero-variance"),
        (lambda: bias.begg([1, 1, 1], [1, 2, 3]), "zero-variance"),
        (lambda: bias.begg([1, 2, 3], [1, 2, -3]), "bad-variance"),
        (lambda: bias.trim_fill(FAIR, V, side="up"), "unknown-choice"),
        (lambda: bias.excess_significance([1], [1], effect=1, alpha=0), "bad-level"),
        (lambda: bias.fail_safe_n([1], [1], alpha=1), "bad-level"),
    ],
)
def test_errors(call, code):
    with pytest.raises(MethodError) as caught:
        call()
    assert caught.value.code == code


def test_missing_effects_are_no_studies():
    y = [*LEANING, math.nan]
    assert bias.publication_bias(y, [*V, 0.1]).k == K


def test_ranks_of_many_studies_are_compared_without_counting_all_orders():
    random = np.random.default_rng(5)
    v = random.uniform(0.1, 1, 201)
    y = random.normal(0, np.sqrt(v))
    few, many = bias.begg(y[:200], v[:200]), bias.begg(y, v)
    assert (few.df, many.df) == (None, math.inf)
    assert many.p == pytest.approx(few.p, abs=0.1)
