"""Standard errors and intervals for regressions on one series."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special

from alliance.analysis.pilots.autoregression import Mixture
from alliance.analysis.pilots.regression import Fit
from alliance.analysis.pilots.result import NOT_KNOWN, Floats, interval, p_value


@dataclass(frozen=True)
class SeriesErrors:
    """The uncertainty of sums of coefficients of a fit.

    ``covariance`` (k, k) gives the published standard errors. Intervals and p allow for errors
    that hang together (`autoregression`), or with ``classic`` follow from the standard errors and
    a t with n - k degrees of freedom.
    """

    fit: Fit
    covariance: Floats
    level: float
    classic: bool = False

    @cached_property
    def mixture(self) -> Mixture:
        """All correlations of neighbouring errors with their weights."""
        return Mixture(self.fit)

    def of(self, terms: Floats) -> list[dict[str, Any]]:
        """Each row of ``terms`` (m, k) · coefficients, with se, interval and p."""
        told = self.as_published(terms)
        if self.classic or not len(terms):
            return told
        values = terms @ self.fit.coefficients
        halves = self.mixture.halves(terms, self.level)
        p_values = self.mixture.p_values(values, terms)
        return [
            {**one, "ci": (value - half, value + half), "p": p}
            for one, value, half, p in zip(
                told, values.tolist(), halves.tolist(), p_values.tolist(), strict=True
            )
        ]

    def as_published(self, terms: Floats) -> list[dict[str, Any]]:
        """The same by the standard error alone, with n - k degrees of freedom."""
        df = self.fit.df
        values = (terms @ self.fit.coefficients).tolist()
        squares = np.einsum("mi,ij,mj->m", terms, self.covariance, terms)
        errors = np.sqrt(np.maximum(squares, 0.0)).tolist()
        return [
            {
                "estimate": value,
                "se": se,
                "ci": interval(value, se, self.level, df),
                "p": p_value(value, se, df),
            }
            for value, se in zip(values, errors, strict=True)
        ]


def checks(fit: Fit, period: float | None, lag: int) -> dict[str, Any]:
    """Durbin-Watson, Breusch-Godfrey up to a season (or the lag), and Cook's distances.

    ``cook`` has the shape (n,). A series without errors has nothing to check.
    """
    e, n = fit.residuals, len(fit.residuals)
    power = float(e @ e)
    size = float(np.square(fit.design @ fit.coefficients).sum())
    if power <= 1e-20 * max(1.0, size):
        return {
            "durbin_watson": NOT_KNOWN,
            "breusch_godfrey_p": NOT_KNOWN,
            "breusch_godfrey_lags": 0,
            "cook": np.zeros(n),
        }
    wanted = max(1, lag if period is None else int(period))
    lags = max(1, min(wanted, (n - fit.design.shape[1]) // 2))
    lagged = np.column_stack(
        [np.concatenate([np.zeros(step), e[:-step]]) for step in range(1, lags + 1)]
    )
    wide = np.column_stack([fit.design, lagged])
    left = e - wide @ np.linalg.lstsq(wide, e, rcond=None)[0]
    score = n * (1 - float(left @ left) / power)
    leverage = np.minimum(fit.leverage, 1 - 1e-12)
    k = fit.design.shape[1]
    return {
        "durbin_watson": float(np.square(np.diff(e)).sum() / power),
        "breusch_godfrey_p": float(special.chdtrc(lags, score)),
        "breusch_godfrey_lags": lags,
        "cook": np.square(e) * leverage / (np.square(1 - leverage) * k * power / fit.df),
    }
