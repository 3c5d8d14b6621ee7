"""Meta-analysis: pooled estimate, its interval, and the prediction interval for a new place.

Sources: Hartung and Knapp 2001; IntHout, Ioannidis and Borm 2014; Roever, Knapp and Friede 2015
(the factor truncated at 1); Higgins, Thompson and Spiegelhalter 2009 (prediction interval).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import (
    as_vector,
    check_distinct,
    check_estimates,
    check_level,
    check_range,
    check_same,
    check_variances,
)
from alliance.analysis.evidence.heterogeneity import METHODS, Heterogeneity, heterogeneity
from alliance.analysis.evidence.linear import Design, Fit, Floats, fit

VERSION = "1"

#: Hartung-Knapp with its factor at least 1; as first published; with the normal quantile.
INTERVALS = ("hartung-knapp", "hartung-knapp-untruncated", "wald")
#: Degrees of freedom of the prediction interval; p is the number of coefficients, 1 in a pool.
PREDICTION_BASES = ("k-2", "k-1", "normal")

MIN_FOR_PREDICTION = 3
FEW_FOR_PREDICTION = 5
#: Assuming equal effects gives a warning if the p of the heterogeneity test is below this.
HETEROGENEITY_P = 0.1


@dataclass(frozen=True)
class Interval:
    """A standard error with its bounds; ``df`` is infinite for the normal distribution."""

    se: float
    low: float
    high: float
    df: float


@dataclass(frozen=True)
class Pooled:
    """A pooled effect, in the unit of the effects; None means that a figure cannot be given.

    ``k`` studies were used, ``n_missing`` had no estimate. ``ci_low`` and ``ci_high`` bound the
    mean effect at ``level``, by Student's t with ``df`` (infinite: normal). ``p`` tests whether
    the mean is 0. ``scale`` is the Hartung-Knapp factor s² as computed; ``untruncated`` and
    ``wald`` are the intervals that were not chosen too, for comparison.
    ``prediction_low`` and ``prediction_high`` bound the true effect in one more place of the same
    kind. ``weights`` (k,) are in percent. ``weighting`` is ``inverse-variance`` or ``unweighted``;
    unweighted there is no tau2, and ``heterogeneity`` is None.
    """

    k: int
    n_missing: int
    estimate: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    df: float | None
    p: float | None
    level: float
    heterogeneity: Heterogeneity | None
    prediction_low: float | None
    prediction_high: float | None
    prediction_df: float | None
    prediction_se: float | None
    method: str
    interval: str
    weighting: str
    warnings: tuple[str, ...]
    scale: float | None = None
    wald: Interval | None = None
    untruncated: Interval | None = None
    weights: Floats = field(default_factory=lambda: np.zeros(0), compare=False, repr=False)
    version: str = VERSION

    @property
    def tau2(self) -> float | None:
        """The variance between studies, None if not estimated."""
        return None if self.heterogeneity is None else self.heterogeneity.tau2


def quantile(level: float, df: float) -> float:
    """The two-sided quantile of Student's t; infinite ``df`` is the normal distribution."""
    upper = (1 + level) / 2
    return float(ndtri(upper) if math.isinf(df) else stdtrit(df, upper))


def cumulative(value: float, df: float) -> float:
    """Probability below ``value`` under Student's t; infinite ``df`` is the normal distribution."""
    return float(ndtr(value) if math.isinf(df) else stdtr(df, value))


def around(estimate: float, se: float, df: float, level: float) -> Interval:
    """estimate ± quantile times se."""
    half = quantile(level, df) * se
    return Interval(se, estimate - half, estimate + half, df)


def prediction_df(basis: str, k: int, p: int = 1) -> float | None:
    """Degrees of freedom of the prediction interval, None if there are none left.

    Raises:
        MethodError: ``unknown-choice``.
    """
    if basis not in PREDICTION_BASES:
        raise MethodError(
            "unknown-choice", f"{basis!r} is none of {', '.join(PREDICTION_BASES)}", "prediction"
        )
    if basis == "normal":
        return math.inf
    df = k - p - (1 if basis == "k-2" else 0)
    return float(df) if df > 0 else None


def check_options(method: str, interval: str, prediction: str, level: float) -> None:
    """Raise ``unknown-method``, ``unknown-choice`` or ``bad-level`` for invalid options."""
    if method not in METHODS:
        raise MethodError("unknown-method", f"{method!r} is none of {', '.join(METHODS)}", "method")
    if interval not in INTERVALS:
        raise MethodError(
            "unknown-choice", f"{interval!r} is none of {', '.join(INTERVALS)}", "interval"
        )
    prediction_df(prediction, 3)
    check_level(level)


def factor(fitted: Fit, df: int, interval: str) -> tuple[float, float]:
    """The Hartung-Knapp factor s² = y'Py / (k - p), and the truncated one that the interval
    uses."""
    scale = fitted.q / df
    used = {"wald": 1.0, "hartung-knapp": max(1.0, scale)}.get(interval, scale)
    return scale, used


def pool(
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
    """Pool effects by inverse variance.

    Args:
        estimates: effects on one scale, shape (k,); NaN is missing, left out and counted.
        variances: squared standard errors, shape (k,), each above 0.
        studies, units, directions: if given, checked: no study twice, one unit, one direction.
        method: estimator of tau2, one of `METHODS`; ``ee`` assumes that there is none.
        interval: one of `INTERVALS`. ``hartung-knapp`` holds its factor at 1 or above, because
            studies that happen to agree would otherwise give an interval of no width.
        prediction: degrees of freedom of the prediction interval, one of `PREDICTION_BASES`.
        level: coverage of all intervals, between 0 and 1.

    With one study the study itself is returned, with its own normal interval and no tau2. With
    two, the pooled value comes with ``two-studies``: it is not a basis for a decision. The
    prediction interval needs three studies, and a model in which effects differ.

    Warnings: ``one-study``, ``two-studies``, ``few-studies-for-prediction`` (3 or 4),
    ``hartung-knapp-truncated`` (s² below 1), ``heterogeneity-ignored`` (equal effects though Q
    speaks against them), ``tau2-interval-empty`` (effects closer together than chance allows),
    ``missing-estimate``.

    Raises:
        MethodError: ``no-studies``, ``bad-variance``, ``infinite-value``, ``wrong-shape``,
            ``not-a-number``, ``dependent``, ``unit-mix``, ``sign-mix``, ``unknown-method``,
            ``unknown-choice``, ``bad-level``, ``overflow``.
    """
    check_options(method, interval, prediction, level)
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    check_variances(v)
    present, warnings = recorded(y, studies, units, directions)
    n_missing = int((~present).sum())
    y, v = y[present], v[present]
    if len(y) == 1:
        return _single_study(float(y[0]), float(v[0]), n_missing, method, level, warnings)

    check_range(y, v)
    design = Design(y, v, np.ones((len(y), 1)))
    k = design.k
    spread = heterogeneity(design, method=method, level=level)
    fitted = fit(design, spread.tau2)
    estimate, se_wald = float(fitted.beta[0]), math.sqrt(float(fitted.covariance[0, 0]))
    scale, used = factor(fitted, k - 1, interval)
    df = math.inf if interval == "wald" else float(k - 1)
    chosen = around(estimate, math.sqrt(used) * se_wald, df, level)

    warnings += pool_warnings(k, spread, method, scale, interval)
    low, high, low_df, predicted_se = _predict(
        estimate, chosen.se, spread.tau2, k, prediction, level
    )
    if method == "ee":
        low = high = low_df = predicted_se = None
    elif low is not None and k < FEW_FOR_PREDICTION:
        warnings.append("few-studies-for-prediction")
    return Pooled(
        k=k,
        n_missing=n_missing,
        estimate=estimate,
        se=chosen.se,
        ci_low=chosen.low,
        ci_high=chosen.high,
        df=df,
        p=two_sided(estimate, chosen.se, df),
        level=level,
        heterogeneity=spread,
        prediction_low=low,
        prediction_high=high,
        prediction_df=low_df,
        prediction_se=predicted_se,
        method=method,
        interval=interval,
        weighting="inverse-variance",
        warnings=tuple(warnings),
        scale=scale,
        wald=around(estimate, se_wald, math.inf, level),
        untruncated=around(estimate, math.sqrt(scale) * se_wald, float(k - 1), level),
        weights=100 * fitted.w / fitted.w.sum(),
    )


def recorded(
    y: Floats,
    studies: Sequence[str] | None,
    units: Sequence[str] | None,
    directions: Sequence[str] | None,
) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """A mask of the estimates in ``y`` that are not missing, with a warning if one is.

    Raises:
        MethodError: ``no-studies`` if all are missing; otherwise as `pool` for estimates and
            labels.
    """
    check_labels(len(y), studies, units, directions)
    check_estimates(y)
    present = ~np.isnan(y)
    if not present.any():
        raise MethodError("no-studies", "there is no study with an estimate", "estimates")
    return present, [] if present.all() else ["missing-estimate"]


def check_labels(
    length: int,
    studies: Sequence[str] | None,
    units: Sequence[str] | None,
    directions: Sequence[str] | None,
) -> None:
    """Raise an error for labels of another length, a repeated study, and mixed units or
    directions."""
    for name, labels in (("studies", studies), ("units", units), ("directions", directions)):
        if labels is not None and len(labels) != length:
            raise MethodError("wrong-shape", f"{len(labels)} labels for {length} effects", name)
    if studies is not None:
        check_distinct(studies)
    if units is not None:
        check_same(units, "unit-mix", "units")
    if directions is not None:
        check_same(directions, "sign-mix", "directions")


def pool_warnings(
    k: int, spread: Heterogeneity, method: str, scale: float, interval: str
) -> list[str]:
    """The warnings that pooling and meta-regression share."""
    warnings = ["two-studies"] if k == 2 else []
    if method == "ee":
        if spread.p < HETEROGENEITY_P:
            warnings.append("heterogeneity-ignored")
    elif spread.high is None:
        warnings.append("tau2-interval-empty")
    if interval == "hartung-knapp" and scale < 1 - 1e-9:
        warnings.append("hartung-knapp-truncated")
    return warnings


def two_sided(estimate: float, se: float, df: float) -> float | None:
    """p of the two-sided test that the mean is 0; None if the standard error is 0."""
    return 2 * cumulative(-abs(estimate) / se, df) if se > 0 else None


def _predict(
    estimate: float, se: float, tau2: float, k: int, basis: str, level: float
) -> tuple[float | None, float | None, float | None, float | None]:
    df = prediction_df(basis, k)
    if k < MIN_FOR_PREDICTION or df is None:
        return None, None, None, None
    interval = around(estimate, math.sqrt(tau2 + se**2), df, level)
    return interval.low, interval.high, df, interval.se


def _single_study(
    y: float, v: float, n_missing: int, method: str, level: float, warnings: list[str]
) -> Pooled:
    alone = around(y, math.sqrt(v), math.inf, level)
    return Pooled(
        k=1,
        n_missing=n_missing,
        estimate=y,
        se=alone.se,
        ci_low=alone.low,
        ci_high=alone.high,
        df=math.inf,
        p=two_sided(y, alone.se, math.inf),
        level=level,
        heterogeneity=None,
        prediction_low=None,
        prediction_high=None,
        prediction_df=None,
        prediction_se=None,
        method=method,
        interval="wald",
        weighting="inverse-variance",
        warnings=("one-study", *warnings),
        wald=alone,
        weights=np.array([100.0]),
    )
