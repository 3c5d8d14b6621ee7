"""Ordinary least squares and its covariances, as functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.result import Floats, Ints


@dataclass(frozen=True)
class Fit:
    """A least squares fit: ``coefficients`` (k,), ``residuals`` (n,), ``bread`` = (X'X)⁻¹."""

    design: Floats
    coefficients: Floats
    residuals: Floats
    bread: Floats

    @property
    def df(self) -> int:
        """Observations less coefficients."""
        return self.design.shape[0] - self.design.shape[1]

    @property
    def leverage(self) -> Floats:
        """The diagonal of the hat matrix, shape (n,)."""
        return np.einsum("ij,jk,ik->i", self.design, self.bread, self.design)

    def classic(self) -> Floats:
        """The covariance under equal, independent errors, shape (k, k)."""
        return self.bread * float(self.residuals @ self.residuals) / self.df

    def hc2(self) -> Floats:
        """The covariance that allows unequal variances, HC2. Source: MacKinnon and White 1985."""
        # A point that the model fits exactly has leverage 1 and contributes nothing.
        slack = np.maximum(1 - self.leverage, 1e-12)
        scores = self.design * (self.residuals / np.sqrt(slack))[:, None]
        return self.bread @ (scores.T @ scores) @ self.bread

    def clustered(self, clusters: Ints) -> Floats:
        """The cluster-robust covariance CR1: factor G/(G-1) · (n-1)/(n-k).

        Args:
            clusters: shape (n,), whole numbers from 0.
        """
        count = int(clusters.max()) + 1
        sums = np.zeros((count, self.design.shape[1]))
        np.add.at(sums, clusters, self.design * self.residuals[:, None])
        n, k = self.design.shape
        factor = count / (count - 1) * (n - 1) / (n - k)
        return factor * self.bread @ (sums.T @ sums) @ self.bread

    def bias_reduced(self, clusters: Ints, term: Floats) -> tuple[float, float]:
        """Standard error of ``term`` · coefficients by CR2, and its degrees of freedom.

        CR2 is unbiased where errors are equal and independent; for clusters of one it is HC2. The
        degrees of freedom are Satterthwaite's under such errors: few, or unlike, clusters make the
        standard error unsteady, and it is then read against a wider t.

        Args:
            clusters: shape (n,), whole numbers from 0; term: shape (k,).

        Source: Bell and McCaffrey 2002; Imbens and Kolesár 2016; Pustejovsky and Tipton 2018.
        """
        root = np.linalg.cholesky(self.bread)
        half = self.design @ root
        pull = self.design @ (self.bread @ term)
        order = np.argsort(clusters, kind="stable")
        sized = np.bincount(clusters)
        starts, of_row = np.cumsum(sized) - sized, np.repeat(np.arange(len(sized)), sized)
        half, pull, residuals = half[order], pull[order], self.residuals[order]

        def sums(rows: Floats) -> Floats:
            totals: Floats = np.add.reduceat(rows, starts)
            return totals

        # (I - H)^(-1/2) within each cluster, of which only k directions differ from I: with the
        # eigenvalues v of half' half it is I + half f(v) half', f(v) = ((1 - v)^(-1/2) - 1) / v.
        columns = range(half.shape[1])
        inner = np.empty((len(sized), len(columns), len(columns)))
        for i in columns:
            for j in columns[: i + 1]:
                inner[:, i, j] = inner[:, j, i] = sums(half[:, i] * half[:, j])
        values, turned = np.linalg.eigh(inner)
        slack = 1 - values
        level = np.sqrt(np.maximum(slack, 1e-10))
        # A direction that the model fits exactly has no residual and contributes nothing.
        widened = np.where(slack > 1e-10, 1 / (level * (1 + level)), -1.0)
        along = np.einsum("gji,gj->gi", turned, sums(half * pull[:, None])) * widened
        moved = np.einsum("gij,gj->gi", turned, along)
        own = pull + (half * moved[of_row]).sum(axis=1)
        scores, sizes = sums(own * residuals), sums(np.square(own))
        onto = sums(own[:, None] * half)
        # The scores have covariance diag(sizes) - onto onto' under equal, independent errors.
        within = np.square(onto).sum(axis=1)
        mean = float((sizes - within).sum())
        crossed = onto.T @ onto
        spread = float((np.square(sizes) - 2 * sizes * within).sum() + np.square(crossed).sum())
        df = mean**2 / spread if spread > 0 else float(self.df)
        return float(np.sqrt(np.square(scores).sum())), df

    def newey_west(self, lag: int) -> Floats:
        """The covariance for errors autocorrelated over ``lag`` steps, factor n/(n-k).

        Rows must be in the order of time. Source: Newey and West 1987 (Bartlett weights).
        """
        scores = self.design * self.residuals[:, None]
        meat = scores.T @ scores
        for step in range(1, min(lag, len(scores) - 1) + 1):
            cross = scores[step:].T @ scores[:-step]
            meat += (1 - step / (lag + 1)) * (cross + cross.T)
        n, k = self.design.shape
        return n / (n - k) * self.bread @ meat @ self.bread


def least_squares(design: Floats, outcome: Floats) -> Fit:
    """Fit ``outcome`` (n,) on ``design`` (n, k).

    Raises:
        MethodError: ``singular`` where columns depend on each other or n is not above k.
    """
    n, k = design.shape
    if n <= k or np.linalg.matrix_rank(design) < k:
        raise MethodError("singular", "the data cannot tell the terms of the model apart", "data")
    # By QR, so that badly scaled columns do not lose accuracy.
    q, r = np.linalg.qr(design)
    inverse = np.linalg.inv(r)
    coefficients = inverse @ (q.T @ outcome)
    return Fit(design, coefficients, outcome - design @ coefficients, inverse @ inverse.T)


def numbered(labels: Floats | Ints | np.ndarray) -> Ints:
    """Integer codes from 0 for any labels, shape (n,)."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
