"""The bands and sums of `autoregression` against plain matrices."""

import numpy as np
import pytest
from scipy import stats

from alliance.analysis.pilots.autoregression import GRID, Autoregression, Mixture, tail
from alliance.analysis.pilots.regression import least_squares

N = 25


@pytest.fixture(scope="module")
def design() -> np.ndarray:
    steps = np.arange(N)
    after = steps >= 12
    return np.column_stack([np.ones(N), steps, after, (steps - 12) * after]).astype(float)


@pytest.fixture(scope="module")
def series() -> np.ndarray:
    return np.random.default_rng(3).normal(size=N).cumsum()


@pytest.mark.parametrize("place", [0, 20, 33, 60])
def test_each_correlation_has_the_variance_of_its_covariance(design, place):
    rho = GRID[place]
    covariance = rho ** np.abs(np.subtract.outer(np.arange(N), np.arange(N))) / (1 - rho**2)
    bread = np.linalg.inv(design.T @ design)
    full = bread @ design.T @ covariance @ design @ bread
    found = Autoregression(design).variances(np.eye(4))[:, place]
    assert found == pytest.approx(np.diag(full), rel=1e-8)


def test_weights_are_those_of_restricted_likelihood(design, series):
    fit = least_squares(design, series)
    weights, innovations = Autoregression(design).weights(fit.residuals[None, :])
    logs = []
    for place, rho in enumerate(GRID):
        covariance = rho ** np.abs(np.subtract.outer(np.arange(N), np.arange(N))) / (1 - rho**2)
        inverse = np.linalg.inv(covariance)
        information = design.T @ inverse @ design
        beta = np.linalg.solve(information, design.T @ inverse @ series)
        left = (series - design @ beta) @ inverse @ (series - design @ beta)
        assert innovations[0, place] == pytest.approx(left / (N - 4), rel=1e-6)
        determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
        logs.append(-(N - 4) / 2 * np.log(left) - determinants / 2 + np.log(1 - rho**2))
    expected = np.exp(np.array(logs) - max(logs))
    assert weights[0] == pytest.approx(expected / expected.sum(), abs=1e-8)


def test_the_ends_of_an_interval_leave_what_they_should(design, series):
    mixture = Mixture(least_squares(design, series))
    terms = np.eye(4)
    for level in (0.5, 0.95, 0.999):
        halves = mixture.halves(terms, level)
        outside = tail(halves, mixture.errors(terms), mixture.weights, mixture.df)
        assert outside == pytest.approx(1 - level, rel=1e-8)


def test_one_error_for_all_is_students_t():
    errors = np.full((1, 3), 2.0)
    found = tail(np.array([3.0]), errors, np.array([0.2, 0.3, 0.5]), 7)
    assert found[0] == pytest.approx(2 * stats.t.sf(1.5, 7))


def test_a_series_without_errors_has_no_p(design):
    mixture = Mixture(least_squares(design, design @ np.arange(4.0)))
    assert np.isnan(mixture.p_values(np.ones(4), np.eye(4))).all()
    assert mixture.halves(np.eye(4), 0.95) == pytest.approx(0)
