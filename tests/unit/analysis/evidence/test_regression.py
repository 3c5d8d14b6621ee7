"""Meta-regression and what it says of one place."""

import math

import numpy as np
import pytest
from scipy.stats import t

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import meta_regression, pool, predict

RANDOM = np.random.default_rng(5)
K = 24
X = RANDOM.uniform(40, 65, (K, 2))
V = RANDOM.uniform(0.01, 0.05, K)
Y = 0.5 + 0.04 * (X[:, 0] - 50) + RANDOM.normal(0, np.sqrt(V + 0.02))
NAMES = ["latitude", "density"]


def test_coefficients_are_generalised_least_squares():
    model = meta_regression(Y, V, X, NAMES, interval="wald")
    design = np.column_stack([np.ones(K), X])
    w = 1 / (V + model.heterogeneity.tau2)
    covariance = np.linalg.inv(design.T @ (design * w[:, None]))
    beta = covariance @ design.T @ (w * Y)
    assert [one.estimate for one in model.coefficients] == pytest.approx(beta)
    assert [one.se for one in model.coefficients] == pytest.approx(np.sqrt(np.diag(covariance)))
    slopes = beta[1:]
    assert model.qm == pytest.approx(slopes @ np.linalg.inv(covariance[1:, 1:]) @ slopes)


def test_hartung_knapp_uses_what_is_left_over():
    model = meta_regression(Y, V, X, NAMES, interval="hartung-knapp-untruncated")
    wald = meta_regression(Y, V, X, NAMES, interval="wald")
    for one, other in zip(model.coefficients, wald.coefficients, strict=True):
        assert one.se == pytest.approx(other.se * math.sqrt(model.scale))
        half = t.ppf(0.975, K - 3) * one.se
        assert one.high == pytest.approx(one.estimate + half)
    assert model.qm == pytest.approx(wald.qm / model.scale)


def test_a_moderator_that_explains_nothing_leaves_the_pool():
    # Symmetric about its mean and unrelated to the effects.
    y, v, x = [1, 2, 2, 1], [0.1] * 4, [[1.0], [2.0], [3.0], [4.0]]
    model = meta_regression(y, v, x, ["x"])
    assert model.coefficients[1].estimate == pytest.approx(0, abs=1e-12)
    assert model.centre.estimate == pytest.approx(pool(y, v).estimate)


def test_share_explained_is_unknown_where_there_was_nothing_to_explain():
    model = meta_regression([1, 1.01, 0.99, 1], [0.1] * 4, [[1], [2], [3], [5]], ["x"])
    assert (model.tau2_without, model.r2) == (0, None)
    assert "tau2-interval-empty" in model.warnings


def test_warnings_and_what_is_left_out():
    x = X.copy()
    x[3, 0] = math.nan
    y = Y.copy()
    y[5] = math.nan
    model = meta_regression(y, V, x, NAMES)
    assert (model.k, model.n_missing) == (K - 2, 2)
    assert {"missing-estimate", "missing-moderator", "aggregation-bias"} <= set(model.warnings)
    assert "overfit" not in model.warnings
    few = meta_regression(Y[:4], V[:4], X[:4, :1], NAMES[:1])
    assert {"overfit", "few-studies-for-prediction"} <= set(few.warnings)
    assert few.centre.prediction_df == 1
    three = meta_regression(Y[:3], V[:3], X[:3, :1], NAMES[:1])
    assert three.centre.prediction_low is None


def test_equal_effects_predict_no_other_place():
    model = meta_regression(Y, V, X, NAMES, method="ee")
    assert model.centre.prediction_low is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((Y, V, np.ones((K, 1)), ["x"]), "singular"),
        ((Y, V, np.column_stack([X[:, 0], 2 * X[:, 0] + 1]), NAMES), "singular"),
        ((Y[:2], V[:2], X[:2, :1], ["x"]), "singular"),
        ((Y, V, X, ["x"]), "wrong-shape"),
        ((Y, V, X[:, :0], []), "wrong-shape"),
        ((Y, V, X[:3], NAMES), "wrong-shape"),
        ((Y, V, X * np.inf, NAMES), "infinite-value"),
        ((Y, V, [["a", "b"]] * K, NAMES), "not-a-number"),
        ((Y, V, X * np.nan, NAMES), "no-studies"),
        ((Y, -V, X, NAMES), "bad-variance"),
    ],
)
def test_errors(arguments, code):
    with pytest.raises(MethodError) as caught:
        meta_regression(*arguments)
    assert caught.value.code == code


def test_labels_are_checked_here_too():
    for label, code in (("studies", "dependent"),):
        with pytest.raises(MethodError, match=code):
            meta_regression(Y, V, X, NAMES, **{label: ["a"] * K})
    for label, code in (("units", "unit-mix"), ("directions", "sign-mix")):
        with pytest.raises(MethodError, match=code):
            meta_regression(Y, V, X, NAMES, **{label: ["a"] * (K - 1) + ["b"]})


def test_prediction_for_a_place_by_hand():
    model = meta_regression(Y, V, X, NAMES)
    place = np.array([52.0, 50.0])
    found = predict(model, place)
    design = np.column_stack([np.ones(K), X])
    w = 1 / (V + model.heterogeneity.tau2)
    covariance = model.used * np.linalg.inv(design.T @ (design * w[:, None]))
    row = np.array([1, *place])
    half = t.ppf(0.975, K - 4) * math.sqrt(row @ covariance @ row + model.heterogeneity.tau2)
    assert found.prediction_high == pytest.approx(found.estimate + half)
    assert found.supported and not found.warnings
    assert 0 < found.leverage < 1
    assert predict(model, X.mean(axis=0)).estimate == pytest.approx(model.centre.estimate)


def test_no_prediction_beyond_what_was_studied():
    model = meta_regression(Y, V, X, NAMES)
    found = predict(model, [70, 50])
    assert (found.supported, found.outside) == (False, ("latitude",))
    assert (found.prediction_low, found.prediction_se) == (None, None)
    assert found.warnings == ("out-of-support",)


def test_a_new_combination_of_known_values_is_beyond_it_too():
    along = np.linspace(0, 10, K)
    random = np.random.default_rng(1)
    x = np.column_stack([along, along + random.normal(0, 0.2, K)])
    model = meta_regression(Y, V, x, NAMES)
    found = predict(model, [1, 9])
    assert (found.supported, found.outside) == (False, ())
    assert found.leverage > 1


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ([math.nan, 50], "missing-moderator"),
        ([1], "wrong-shape"),
        ([math.inf, 1], "infinite-value"),
    ],
)
def test_places_that_cannot_be_predicted(place, code):
    model = meta_regression(Y, V, X, NAMES)
    with pytest.raises(MethodError, match=code):
        predict(model, place)


def test_equal_effects_leave_nothing_however_precise_they_are():
    x = np.array([-9.322642204403846e-08, 1.7554751823e-06, 1.03273929e-06, 1.52371892e-07])
    v = [2.68822618e-41, 1.83164556e-30, 1.93183847e-30, 2.64931061e-31]
    model = meta_regression([1e-5] * 4, v, x[:, None], ["a"])
    assert (model.heterogeneity.q, model.heterogeneity.tau2) == (0, 0)
    assert model.centre.estimate == pytest.approx(1e-5)
