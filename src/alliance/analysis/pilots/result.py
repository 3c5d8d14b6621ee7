"""The result of every evaluation, and helpers that all designs use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from alliance.analysis.errors import MethodError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DESIGNS = (
    "randomised",
    "before-after",
    "did",
    "staggered",
    "its",
    "synthetic-control",
)
NOT_KNOWN = float("nan")
NO_INTERVAL = (NOT_KNOWN, NOT_KNOWN)
DEFAULT_LEVEL = 0.95


@dataclass(frozen=True)
class Evaluation:
    """The effect of a pilot by one design.

    ``estimate``, ``se`` and ``ci`` are in the unit of the outcome; for counts they are logarithms
    of a rate ratio (see ``details``). NaN: cannot be known from these data. ``n`` counts what was
    used: units, for an interrupted time series points in time. ``details`` holds what only this
    design has; ``warnings`` are codes, after a colon with what they are about.
    """

    design: str
    estimate: float
    se: float
    ci: tuple[float, float]
    p: float
    n: int
    details: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    level: float = DEFAULT_LEVEL

    @property
    def shows_effect(self) -> bool:
        """Whether zero is outside of the interval; without an interval, whether p is small."""
        low, high = self.ci
        if np.isfinite(low) and np.isfinite(high):
            return low > 0 or high < 0
        return bool(np.isfinite(self.p) and self.p < 1 - self.level)

    def has(self, code: str) -> bool:
        """Whether there is a warning with this code."""
        return any(warning.partition(":")[0] == code for warning in self.warnings)


def check_level(level: float) -> None:
    """Raise ``bad-parameter`` unless the confidence level lies between 0 and 1."""
    if not 0 < level < 1:
        raise MethodError("bad-parameter", "the level must lie between 0 and 1", "level")


def interval(estimate: float, se: float, level: float, df: float = np.inf) -> tuple[float, float]:
    """Estimate plus and minus the quantile of Student's t (of the normal for infinite ``df``)."""
    if not np.isfinite(se):
        return NO_INTERVAL
    width = _quantile(level, df) * se
    return estimate - width, estimate + width


def p_value(estimate: float, se: float, df: float = np.inf) -> float:
    """Two-sided p that the true value is zero; NaN without a standard error above zero."""
    if not np.isfinite(se) or se <= 0:
        return NOT_KNOWN
    t = abs(estimate / se)
    return float(2 * (special.ndtr(-t) if np.isinf(df) else special.stdtr(df, -t)))


def inference_details(
    estimate: float, se: float, level: float, df: float = np.inf
) -> dict[str, Any]:
    """A figure with its standard error, and the interval and p that follow from it, for details.

    The keys ``se``, ``ci``, ``p`` and ``df``; the latter None for the normal distribution.
    """
    return {
        "se": se,
        "ci": interval(estimate, se, level, df),
        "p": p_value(estimate, se, df),
        "df": None if np.isinf(df) else df,
    }


def _quantile(level: float, df: float) -> float:
    upper = (1 + level) / 2
    return float(special.ndtri(upper) if np.isinf(df) else special.stdtrit(df, upper))


def wald_test(values: Floats, covariance: Floats) -> tuple[float, int, float]:
    """W = a' V⁻¹ a, its degrees of freedom (the rank of V, by pseudo-inverse) and p.

    Args:
        values: shape (k,); covariance: shape (k, k).
    """
    rank = int(np.linalg.matrix_rank(covariance)) if values.size else 0
    if rank == 0:
        return NOT_KNOWN, 0, NOT_KNOWN
    statistic = float(values @ np.linalg.pinv(covariance) @ values)
    return statistic, rank, float(special.chdtrc(rank, statistic))


def plain(value: Any) -> Any:
    """The same in plain Python for JSON: numpy numbers converted, NaN and infinity as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
