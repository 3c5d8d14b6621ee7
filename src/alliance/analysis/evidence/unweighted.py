"""Effects without standard errors: every study counts the same, and the result says so."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import (
    as_vector,
    check_estimates,
    check_level,
    check_variances,
)
from alliance.analysis.evidence.pooling import (
    FEW_FOR_PREDICTION,
    MIN_FOR_PREDICTION,
    Pooled,
    around,
    check_labels,
    check_options,
    pool,
    two_sided,
)


def pool_unweighted(
    estimates: ArrayLike,
    *,
    studies: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    directions: Sequence[str] | None = None,
    level: float = 0.95,
) -> Pooled:
    """The plain mean of effects whose standard errors are not known.

    With s the standard deviation over studies (divisor k - 1) and t with k - 1 degrees of
    freedom, the mean has the interval ± t s / sqrt(k) and one more place ± t s sqrt(1 + 1/k). s
    holds the spread between places and the errors of the studies together; the two cannot be told
    apart, so there is no tau2 and no I².

    Args:
        estimates: shape (k,); NaN is missing, left out and counted.
        studies, units, directions, level: as `alliance.analysis.evidence.pooling.pool`.

    Warnings: ``unweighted`` always; ``one-study`` (no interval at all), ``two-studies``,
    ``few-studies-for-prediction``, ``no-spread`` (all equal: intervals of no width),
    ``missing-estimate``.

    Raises:
        MethodError: ``no-studies``, ``infinite-value``, ``dependent``, ``unit-mix``,
            ``sign-mix``, ``bad-level``, ``wrong-shape``, ``not-a-number``, ``overflow``.

    Source: Hahn and Meeker, Statistical Intervals, chapters 3 and 4.
    """
    check_level(level)
    y = as_vector(estimates, "estimates")
    check_labels(len(y), studies, units, directions)
    check_estimates(y)
    n_missing = int(np.isnan(y).sum())
    y = y[~np.isnan(y)]
    k = len(y)
    if not k:
        raise MethodError("no-studies", "there is no study with an estimate", "estimates")
    warnings = ["unweighted"]
    if n_missing:
        warnings.append("missing-estimate")
    with np.errstate(over="ignore", invalid="ignore"):
        estimate = float(y.mean())
        sd = float(y.std(ddof=1)) if k > 1 else 0.0
    if y.min() == y.max():
        estimate, sd = float(y[0]), 0.0
    if not (math.isfinite(estimate) and math.isfinite(sd)):
        raise MethodError("overflow", "the values are too far apart to compute", "estimates")
    mean = around(estimate, sd / math.sqrt(k), float(k - 1), level) if k > 1 else None
    further = None
    if k >= MIN_FOR_PREDICTION:
        further = around(estimate, sd * math.sqrt(1 + 1 / k), float(k - 1), level)
        if k < FEW_FOR_PREDICTION:
            warnings.append("few-studies-for-prediction")
    else:
        warnings.append("one-study" if k == 1 else "two-studies")
    if k > 1 and sd == 0:
        warnings.append("no-spread")
    return Pooled(
        k=k,
        n_missing=n_missing,
        estimate=estimate,
        se=mean.se if mean else None,
        ci_low=mean.low if mean else None,
        ci_high=mean.high if mean else None,
        df=mean.df if mean else None,
        p=two_sided(estimate, mean.se, mean.df) if mean else None,
        level=level,
        heterogeneity=None,
        prediction_low=further.low if further else None,
        prediction_high=further.high if further else None,
        prediction_df=further.df if further else None,
        prediction_se=further.se if further else None,
        method="unweighted-mean",
        interval="t",
        weighting="unweighted",
        warnings=tuple(warnings),
        weights=np.full(k, 100 / k),
    )


def synthesise(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    studies: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    directions: Sequence[str] | None = None,
    method: str = "reml",
    interval: str = "hartung-knapp",
    prediction: str = "k-2",
    level: float = 0.95,
) -> Pooled:
    """`pool` where every effect has a variance, `pool_unweighted` where one of them has none.

    To drop the effects without a variance would throw away evidence, and to guess one would make
    it up. Here NaN in ``variances`` means not recorded; anything else must be above 0.

    Raises:
        MethodError: as `pool` and `pool_unweighted`.
    """
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    unknown = np.isnan(v) & ~np.isnan(y)
    # A bad variance is a fault of the data even where it is not used.
    checked = np.where(np.isnan(v), 1.0, v)
    if not unknown.any():
        return pool(
            y, checked, studies=studies, units=units, directions=directions, method=method,
            interval=interval, prediction=prediction, level=level,
        )  # fmt: skip
    check_options(method, interval, prediction, level)
    check_variances(checked)
    return pool_unweighted(y, studies=studies, units=units, directions=directions, level=level)
