"""Weighted least squares with partly known variances, used by all methods of this package.

The model is y = X b + u + e with var(e_i) = v_i known and var(u_i) = tau2. No matrix of size k by k
is made: traces of the projection P = W - W X (X'WX)^-1 X'W are computed from p by p products.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alliance.analysis.errors import MethodError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Design:
    """k studies and p columns: ``y`` and ``v`` of shape (k,), ``x`` of shape (k, p).

    The first column of ``x`` is 1. All are finite and ``v`` is positive.
    """

    y: Floats
    v: Floats
    x: Floats

    @property
    def k(self) -> int:
        """The number of studies."""
        return len(self.y)

    @property
    def p(self) -> int:
        """The number of coefficients."""
        return int(self.x.shape[1])

    @cached_property
    def residual_sum(self) -> float:
        """Sum of squares about the unweighted fit; exactly 0 if it is only rounding error."""
        residual = self.y - self.x @ np.linalg.lstsq(self.x, self.y, rcond=None)[0]
        rounding = 8 * float(np.finfo(float).eps * np.abs(self.y).max())
        total = float(residual @ residual)
        return total if total > self.k * rounding**2 else 0.0


@dataclass(frozen=True, eq=False)
class Fit:
    """Weights 1 / (v + tau2), coefficients (p,), their covariance (p, p), residuals, y'Py."""

    w: Floats
    beta: Floats
    covariance: Floats
    residual: Floats
    q: float

    @property
    def influence(self) -> float:
        """y'PPy, the sum of squared weighted residuals."""
        weighted = self.w * self.residual
        return float(weighted @ weighted)


def fit(design: Design, tau2: float) -> Fit:
    """Generalised least squares at a given variance between studies (units of y squared)."""
    w = 1 / (design.v + tau2)
    if design.p == 1:
        total = float(w.sum())
        mean = float(w @ design.y) / total
        residual = design.y - mean
        # A second pass removes the rounding error of y far from 0.
        shift = float(w @ residual) / total
        residual = residual - shift
        return Fit(
            w,
            np.array([mean + shift]),
            np.array([[1 / total]]),
            residual,
            float((w * residual) @ residual),
        )
    weighted = design.x * w[:, None]
    covariance: Floats = np.asarray(np.linalg.inv(design.x.T @ weighted), dtype=float)
    beta = covariance @ (weighted.T @ design.y)
    residual = design.y - design.x @ beta
    step = covariance @ (weighted.T @ residual)
    residual -= design.x @ step
    if design.residual_sum == 0:
        # Only rounding error, which precise studies would inflate.
        residual = np.zeros(design.k)
    return Fit(w, beta + step, covariance, residual, float((w * residual) @ residual))


def traces(design: Design, fitted: Fit) -> tuple[float, float]:
    """Trace of P and of PP at the weights of a fit; both above 0, even for very unequal weights."""
    w = fitted.w
    if design.p == 1:
        total = float(w.sum())
        share, rest = w / total, _others(w) / total
        squares = share**2
        both = squares * (rest**2 + _others(squares))
        return total * float(share @ rest), total**2 * float(both.sum())
    second = fitted.covariance @ (design.x.T @ (design.x * (w**2)[:, None]))
    third = fitted.covariance @ (design.x.T @ (design.x * (w**3)[:, None]))
    first_trace = float(w.sum() - np.trace(second))
    second_trace = float(w @ w - 2 * np.trace(third) + np.trace(second @ second))
    # The k - p eigenvalues of P that are not 0 are no smaller than the k - p smallest weights.
    least = np.sort(w)[: design.k - design.p]
    return max(first_trace, float(least.sum())), max(second_trace, float(least @ least))


def _others(values: Floats) -> Floats:
    """The sum of all other values, for each value; exact if one of them outweighs the rest."""
    rest = values.sum() - values
    largest = int(values.argmax())
    rest[largest] = values[:largest].sum() + values[largest + 1 :].sum()
    return np.asarray(rest)


def log_likelihood(design: Design, tau2: Floats, *, restricted: bool) -> Floats:
    """Log-likelihood at each tau2, up to a constant; shape of ``tau2``, (m,)."""
    x, y = design.x, design.y
    total = design.v + tau2[:, None]
    w = 1 / total
    products = (x[:, :, None] * x[:, None, :]).reshape(design.k, -1)
    information = (w @ products).reshape(-1, design.p, design.p)
    beta = np.linalg.solve(information, (w @ (x * y[:, None]))[:, :, None])[:, :, 0]
    residual = y - beta @ x.T
    result = np.log(total).sum(axis=1) + (w * residual * residual).sum(axis=1)
    if restricted:
        result = result + np.linalg.slogdet(information)[1]
    return np.asarray(-result / 2)


def columns(moderators: Floats, k: int, names: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    """The design matrix with centred, scaled moderators, and the means and scales.

    Args:
        moderators: shape (k, m), finite.
        k: the number of studies.
        names: of the moderators, m.

    Returns:
        ``x`` (k, 1 + m), the means (m,) and the standard deviations (m,) of the moderators.

    Raises:
        MethodError: ``singular`` if a moderator is constant or linearly dependent on the others, or
            if there are as many coefficients as studies.
    """
    p = 1 + moderators.shape[1]
    if k - p < 1:
        raise MethodError(
            "singular", f"{k} studies with all facts cannot carry {p} coefficients", "moderators"
        )
    centre, scale = moderators.mean(axis=0), moderators.std(axis=0)
    constant = scale <= 1e-12 * np.abs(moderators).max(axis=0)
    if constant.any():
        raise MethodError(
            "singular", "is the same in all studies", f"moderator {names[int(constant.argmax())]}"
        )
    x = np.column_stack([np.ones(k), (moderators - centre) / scale])
    if np.linalg.matrix_rank(x, tol=1e-8 * np.sqrt(k)) < p:
        raise MethodError("singular", "a moderator follows from the others", "moderators")
    return x, centre, scale
