"""Pooling of effects without standard errors, with equal weights and a warning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.evidence.checks import as_vector, check_level, check_variances
from alliance.analysis.evidence.pooling import (
    FEW_FOR_PREDICTION,
    MIN_FOR_PREDICTION,
    Pooled,
    check_options,
    pool,
    recorded,
    two_sided,
)
from alliance.analysis.plain_mean import plain_mean


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

    Source: as `alliance.analysis.plain_mean`.
    """
    check_level(level)
    y = as_vector(estimates, "estimates")
    present, warnings = recorded(y, studies, units, directions)
    values = [float(value) for value in y[present]]
    k = len(values)
    warnings = ["unweighted", *warnings]
    if k < MIN_FOR_PREDICTION:
        warnings.append("one-study" if k == 1 else "two-studies")
    elif k < FEW_FOR_PREDICTION:
        warnings.append("few-studies-for-prediction")
    plain = plain_mean(values, level, "estimates") if k > 1 else None
    if plain and plain.sd == 0:
        warnings.append("no-spread")
    further = plain if k >= MIN_FOR_PREDICTION else None
    return Pooled(
        k=k,
        n_missing=len(y) - k,
        estimate=plain.mean if plain else values[0],
        se=plain.se if plain else None,
        ci_low=plain.ci_low if plain else None,
        ci_high=plain.ci_high if plain else None,
        df=float(plain.df) if plain else None,
        p=two_sided(plain.mean, plain.se, plain.df) if plain else None,
        level=level,
        heterogeneity=None,
        prediction_low=further.pi_low if further else None,
        prediction_high=further.pi_high if further else None,
        prediction_df=float(further.df) if further else None,
        prediction_se=further.prediction_se if further else None,
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
    """`pool` if every effect has a variance, otherwise `pool_unweighted`.

    Dropping the effects without a variance would lose evidence, and a guessed variance would be
    invented. NaN in ``variances`` is unknown; all others must be above 0.

    Raises:
        MethodError: as `pool` and `pool_unweighted`.
    """
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    unknown = np.isnan(v) & ~np.isnan(y)
    # A bad variance is an error in the data even if it is not used.
    checked = np.where(np.isnan(v), 1.0, v)
    if not unknown.any():
        return pool(
            y, checked, studies=studies, units=units, directions=directions, method=method,
            interval=interval, prediction=prediction, level=level,
        )  # fmt: skip
    check_options(method, interval, prediction, level)
    check_variances(checked)
    return pool_unweighted(y, studies=studies, units=units, directions=directions, level=level)
