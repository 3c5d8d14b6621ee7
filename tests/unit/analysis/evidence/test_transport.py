"""Trials carried over to other people, on data whose truth is known."""

import math

import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.transport import expit, logistic, standardised, weighted


def people(n: int = 40_000, seed: int = 1):
    """The effect is 0.1 where x is 0 and 0.5 where it is 1; the trial is mostly of x = 1."""
    random = np.random.default_rng(seed)
    in_trial = (random.random(n) < 0.3).astype(float)
    x = (random.random(n) < np.where(in_trial == 1, 0.8, 0.2)).astype(float)
    treated = (random.random(n) < 0.5).astype(float)
    chance = 0.2 + treated * np.where(x == 1, 0.5, 0.1)
    outcome = (random.random(n) < chance).astype(float)
    treated[in_trial == 0] = outcome[in_trial == 0] = math.nan
    return outcome, treated, in_trial, x


def design(treated: float, x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(x)), treated * np.ones(len(x)), x, treated * x])


@pytest.mark.parametrize(
    ("target", "truth"), [("transport", 0.18), ("generalise", 0.7 * 0.18 + 0.3 * 0.42)]
)
def test_both_methods_find_the_effect_in_the_target(target, truth):
    outcome, treated, in_trial, x = people()
    by_weight = weighted(outcome, treated, in_trial, x, target=target, draws=0)
    by_model = standardised(
        outcome, treated, in_trial, design(1, x), design(0, x), target=target, draws=0
    )
    assert by_weight.difference == pytest.approx(truth, abs=0.025)
    assert by_model.difference == pytest.approx(by_weight.difference, abs=0.005)
    assert by_weight.ratio == pytest.approx(by_weight.treated / by_weight.untreated)
    assert (by_weight.ci_low, by_weight.draws, by_weight.warnings) == (None, 0, ())
    assert by_weight.n_trial + by_weight.n_target == len(x)


def test_outcomes_that_are_numbers():
    outcome, treated, in_trial, x = people(4000)
    outcome = np.where(in_trial == 1, 3 + 2 * treated + x - treated * x, math.nan)
    found = standardised(outcome, treated, in_trial, design(1, x), design(0, x), draws=0)
    assert found.difference == pytest.approx(2 - x[in_trial == 0].mean())


def test_the_interval_is_seeded_and_holds_the_figure():
    data = people(3000)
    one, two = (weighted(*data, draws=40, seed=seed) for seed in (1, 2))
    assert one == weighted(*data, draws=40, seed=1)
    assert one.ci_low != two.ci_low
    assert one.ci_low < one.difference < one.ci_high
    outcome, treated, in_trial, x = data
    model = standardised(outcome, treated, in_trial, design(1, x), design(0, x), draws=40)
    assert model.ci_low < model.difference < model.ci_high


def test_people_like_whom_hardly_anybody_was_in_the_trial():
    random = np.random.default_rng(4)
    n = 2000
    x = random.normal(size=n)
    in_trial = (random.random(n) < expit(-2 + 3 * x)).astype(float)
    treated = (random.random(n) < 0.5).astype(float)
    outcome = (random.random(n) < 0.4).astype(float)
    found = weighted(outcome, treated, in_trial, x, draws=0)
    assert found.smallest_probability < 0.01
    assert "positivity" in found.warnings
    assert found.difference_truncated != found.difference


def test_rows_with_gaps_are_counted():
    outcome, treated, in_trial, x = people(3000)
    x[:5] = math.nan
    found = weighted(outcome, treated, in_trial, x, draws=0)
    assert (found.n_missing, found.warnings) == (5, ("missing-rows",))


def test_bootstrap_samples_without_an_answer_are_told():
    outcome = np.array([1, 0, 1, 0, 1, 0] + [math.nan] * 6)
    treated = np.array([1, 0, 0, 0, 0, 0] + [math.nan] * 6)
    in_trial = np.array([1] * 6 + [0] * 6)
    x = np.array([0, 1, 0, 1, 0.5, 0.2, 0, 1, 0, 1, 0.3, 0.6])
    found = weighted(outcome, treated, in_trial, x, draws=60)
    # The one treated person is often not drawn.
    assert 0 < found.draws < 60
    assert {"failed-draws", "positivity"} <= set(found.warnings)


def test_logistic_regression_solves_its_equations():
    random = np.random.default_rng(2)
    x = np.column_stack([np.ones(300), random.normal(size=(300, 2))])
    y = (random.random(300) < expit(x @ [0.2, 1, -1])).astype(float)
    w = random.integers(1, 4, 300).astype(float)
    beta = logistic(x, y, w)
    assert x.T @ (w * (y - expit(x @ beta))) == pytest.approx([0, 0, 0], abs=1e-7)
    assert beta == pytest.approx(
        logistic(np.repeat(x, w.astype(int), 0), np.repeat(y, w.astype(int)))
    )


Y, A, S = [1, 0, 1, 0, 1, 1], [1, 1, 0, 0, math.nan, math.nan], [1, 1, 1, 1, 0, 0]
X = [0.1, 0.9, 0.3, 0.5, 0.2, 0.7]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: weighted(Y, A, S, X, target="moon"), "unknown-choice"),
        (lambda: weighted(Y, A, S, X, draws=-1), "bad-draws"),
        (lambda: weighted(Y, A, S, X, level=1), "bad-level"),
        (lambda: weighted(Y, A, [2, 1, 1, 1, 0, 0], X), "bad-parameter"),
        (lambda: weighted(Y, [2, 1, 0, 0, 0, 0], S, X), "bad-parameter"),
        (lambda: weighted(Y, A[:3], S, X), "wrong-shape"),
        (lambda: weighted(Y, A, S, X[:3]), "wrong-shape"),
        (lambda: weighted(Y, A, S, ["a"] * 6), "not-a-number"),
        (lambda: weighted(Y, A, S, [math.inf] * 6), "infinite-value"),
        (lambda: weighted(Y, A, S, [1] * 6), "singular"),
        (lambda: weighted(Y, A, [1] * 6, X), "no-studies"),
        (lambda: weighted(Y, [1, 1, 1, 1, 0, 0], S, X), "no-studies"),
        (lambda: weighted(Y, A, S, [1, 2, 3, 4, 5, 6]), "separation"),
        (
            lambda: standardised(Y, A, S, design(1, np.array(X)), design(0, np.array(X))[:, :2]),
            "wrong-shape",
        ),
        (lambda: standardised(Y, A, S, np.ones((6, 2)), np.ones((6, 2))), "singular"),
    ],
)
def test_errors(call, code):
    with pytest.raises(MethodError) as caught:
        call()
    assert caught.value.code == code
