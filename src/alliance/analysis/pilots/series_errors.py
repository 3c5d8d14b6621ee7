"""Standard errors and intervals for regressions on one series."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from alliance.analysis.pilots.regression import Fit
from alliance.analysis.pilots.result import NOT_KNOWN, Floats, interval, p_value


class SeriesErrors:
    """The uncertainty of sums of coefficients of a fit, by one covariance of all of them."""

    def __init__(self, fit: Fit, covariance: Floats, level: float) -> None:
        self.fit, self.covariance, self.level = fit, covariance, level

    def of(self, terms: Floats) -> dict[str, Any]:
        """``terms`` · coefficients with se, interval, p and degrees of freedom; shape (k,)."""
        value = float(terms @ self.fit.coefficients)
        se = float(np.sqrt(max(float(terms @ self.covariance @ terms), 0.0)))
        df, widened = self._reference(terms)
        return {
            "estimate": value,
            "se": se,
            "ci": interval(value, widened * se, self.level, df),
            "p": p_value(value, widened * se, df),
            "df": df,
        }

    def _reference(self, terms: Floats) -> tuple[float, float]:
        """Degrees of freedom, and the factor that takes the bias out of the standard error."""
        return float(self.fit.df), 1.0


class NeweyWestErrors(SeriesErrors):
    """Newey-West standard errors, read against a t that fits their own unsteadiness.

    The variance is a quadratic form of the errors. For independent normal errors its mean and
    variance are known; the degrees of freedom are Satterthwaite's, and the interval is widened by
    what the mean falls short of the truth. The standard error itself is the published one.

    Source: Bell and McCaffrey 2002; Imbens and Kolesár 2016, here for lags instead of clusters.
    """

    def __init__(self, fit: Fit, lag: int, level: float) -> None:
        super().__init__(fit, fit.newey_west(lag), level)
        self.lag = min(lag, len(fit.residuals) - 1)

    def _reference(self, terms: Floats) -> tuple[float, float]:
        x, bread = self.fit.design, self.fit.bread
        n, k = x.shape
        pull = x @ bread @ terms
        # B = diag(pull) W diag(pull), of which only the bands within the lag are not zero.
        banded = x * np.square(pull)[:, None]
        trace = float(np.square(pull).sum())
        squares = float((pull**4).sum())
        for step in range(1, self.lag + 1):
            weight = 1 - step / (self.lag + 1)
            band = (weight * pull[step:] * pull[:-step])[:, None]
            banded[step:] += band * x[:-step]
            banded[:-step] += band * x[step:]
            squares += 2 * float(np.square(band).sum())
        once = bread @ (x.T @ banded)
        mean = trace - float(np.trace(once))
        spread = (
            squares
            - 2 * float(np.trace(bread @ (banded.T @ banded)))
            + float(np.trace(once @ once))
        )
        if mean <= 0 or spread <= 0:
            return float(self.fit.df), 1.0
        return mean**2 / spread, float(np.sqrt(trace / (n / (n - k) * mean)))


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
        "breusch_godfrey_p": float(stats.chi2.sf(score, lags)),
        "breusch_godfrey_lags": lags,
        "cook": np.square(e) * leverage / (np.square(1 - leverage) * k * power / fit.df),
    }
