"""Poisson regression with a dispersion, for series of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.regression import Fit
from alliance.analysis.pilots.result import Floats

ROUNDS = 100


@dataclass(frozen=True)
class CountModel:
    """A fitted quasi-Poisson model: ``mean`` (n,), ``dispersion`` = Pearson X² / df.

    ``working`` is the weighted least squares fit of the last round: its residuals are Pearson's.
    """

    design: Floats
    mean: Floats
    offset: Floats
    working: Fit
    dispersion: float

    def classic(self) -> Floats:
        """The covariance of the coefficients, widened by the dispersion, shape (k, k)."""
        return self.working.bread * self.dispersion

    def newey_west(self, lag: int) -> Floats:
        """The covariance for counts that hang together over ``lag`` steps, shape (k, k)."""
        return self.working.newey_west(lag)

    def mean_without(self, *terms: int) -> Floats:
        """The expected counts if the coefficients at these places were zero, shape (n,)."""
        kept = self.working.coefficients.copy()
        kept[list(terms)] = 0
        return np.exp(self.design @ kept + self.offset)


def quasi_poisson(design: Floats, counts: Floats, population: Floats | None = None) -> CountModel:
    """Fit log E(count) = X b + log(population) by iteratively weighted least squares.

    Args:
        design: shape (n, k); counts: shape (n,); population: shape (n,), above zero.

    Raises:
        MethodError: ``no-fit`` where the rounds do not settle, such as with all counts zero on
            one side, ``singular``.

    Source: McCullagh and Nelder 1989, chapter 6.
    """
    n, k = design.shape
    if n <= k or np.linalg.matrix_rank(design) < k:
        raise MethodError("singular", "the data cannot tell the terms of the model apart", "data")
    offset = np.zeros(n) if population is None else np.log(population)
    mean = np.maximum(counts, 0.5)
    coefficients: Floats = np.full(k, np.nan)
    for _ in range(ROUNDS):
        root = np.sqrt(mean)
        response = np.log(mean) - offset + (counts - mean) / mean
        solved = np.linalg.lstsq(design * root[:, None], response * root, rcond=None)[0]
        found = np.asarray(solved, dtype=float)
        with np.errstate(over="ignore"):
            mean = np.exp(design @ found + offset)
        if not np.isfinite(mean).all() or (mean < 1e-12).any():
            break
        if np.allclose(found, coefficients, rtol=1e-10, atol=1e-12):
            return _model(design, counts, mean, offset, found)
        coefficients = found
    raise MethodError("no-fit", "the counts do not settle on a rate, such as all zero", "outcome")


def _model(
    design: Floats, counts: Floats, mean: Floats, offset: Floats, coefficients: Floats
) -> CountModel:
    weighted = design * np.sqrt(mean)[:, None]
    bread = np.asarray(np.linalg.inv(weighted.T @ weighted), dtype=float)
    residuals = (counts - mean) / np.sqrt(mean)
    working = Fit(weighted, coefficients, residuals, bread)
    dispersion = float(np.square(residuals).sum() / working.df)
    return CountModel(design, mean, offset, working, dispersion)
