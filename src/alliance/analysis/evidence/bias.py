"""Tests for publication bias, which need at least 10 studies.

None of these tests proves that studies are missing: small studies may differ for good reasons.

Sources: Egger et al. 1997; Sterne and Egger 2005; Begg and Mazumdar 1994; Duval and Tweedie 2000;
Ioannidis and Trikalinos 2007; Rosenthal 1979.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, ndtri

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import (
    as_vector,
    check_estimates,
    check_range,
    check_variances,
)
from alliance.analysis.evidence.heterogeneity import heterogeneity
from alliance.analysis.evidence.linear import Design, Floats, columns, fit
from alliance.analysis.evidence.pooling import Pooled, cumulative, pool

MIN_STUDIES = 10
MOST_EXACT = 200
_MOST_ROUNDS = 100


@dataclass(frozen=True)
class BiasTest:
    """A test of whether effect and precision are associated: ``statistic`` (z, t or Kendall's tau),
    its ``df`` (infinite: normal; None: exact), and the two-sided ``p``."""

    name: str
    estimate: float
    statistic: float
    df: float | None
    p: float


@dataclass(frozen=True)
class TrimFill:
    """The pool with ``k0`` imputed studies on one ``side``: a sensitivity analysis, not a better
    estimate."""

    side: str
    k0: int
    pooled: Pooled


@dataclass(frozen=True)
class ExcessSignificance:
    """The number of significant studies, observed and expected at the pooled effect."""

    observed: int
    expected: float
    chi2: float
    p: float


@dataclass(frozen=True)
class PublicationBias:
    """All tests; all None, with the warning ``not-assessed``, if there are too few studies.

    ``fail_safe_n`` is the number of unseen null results that would remove significance; it is of
    little value and not for headlines.
    """

    k: int
    assessed: bool
    egger: BiasTest | None
    egger_weighted: BiasTest | None
    begg: BiasTest | None
    trim_fill: TrimFill | None
    excess: ExcessSignificance | None
    fail_safe_n: int | None
    warnings: tuple[str, ...]


def _studies(estimates: ArrayLike, variances: ArrayLike) -> tuple[Floats, Floats]:
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    check_estimates(y)
    check_variances(v)
    present = ~np.isnan(y)
    check_range(y[present], v[present])
    return y[present], v[present]


def _predictor(y: Floats, v: Floats, predictor: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    values = np.sqrt(v) if predictor is None else as_vector(predictor, "predictor", len(y))
    if not np.isfinite(values).all():
        raise MethodError("not-a-number", "the predictor must be known for all", "predictor")
    if len(y) < 3:
        raise MethodError("singular", "a line with its error needs 3 studies", "estimates")
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise MethodError("zero-variance", "all studies are equally precise", "variances")
    return columns(values[:, None], len(y), ("precision",))


def egger(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    predictor: ArrayLike | None = None,
    method: str = "reml",
) -> BiasTest:
    """Egger's test as a mixed-effects regression of effects on standard errors, with residual tau2.

    Args:
        estimates, variances: shape (k,); studies without an estimate are left out.
        predictor: instead of the standard errors, such as sqrt(1 / n), which is better for odds
            ratios, whose errors depend on the effect itself. Shape of the studies that remain.
        method: estimator of tau2.

    Raises:
        MethodError: ``zero-variance`` (all equally precise), ``singular`` (under 3 studies),
            ``bad-variance`` and others as `pool`.
    """
    y, v = _studies(estimates, variances)
    x, _, deviations = _predictor(y, v, predictor)
    design = Design(y, v, x)
    fitted = fit(design, heterogeneity(design, method=method, level=0.95).tau2)
    z = float(fitted.beta[1]) / math.sqrt(float(fitted.covariance[1, 1]))
    slope = float(fitted.beta[1] / deviations[0])
    return BiasTest("egger-mixed", slope, z, math.inf, 2 * float(ndtr(-abs(z))))


def egger_weighted(
    estimates: ArrayLike, variances: ArrayLike, *, predictor: ArrayLike | None = None
) -> BiasTest:
    """Egger's original test: weights 1 / v, a multiplicative factor on the variance, t with k - 2.

    Raises:
        MethodError: as `egger`.
    """
    y, v = _studies(estimates, variances)
    x, _, deviations = _predictor(y, v, predictor)
    fitted = fit(Design(y, v, x), 0.0)
    df = len(y) - 2
    if fitted.q <= 1e-20 * float(fitted.w @ y**2):
        raise MethodError("zero-variance", "all studies lie on one line", "estimates")
    t = float(fitted.beta[1]) / math.sqrt(fitted.q / df * float(fitted.covariance[1, 1]))
    slope = float(fitted.beta[1] / deviations[0])
    return BiasTest("egger-weighted", slope, t, df, 2 * cumulative(-abs(t), df))


def begg(estimates: ArrayLike, variances: ArrayLike) -> BiasTest:
    """Rank correlation of standardised effects with variances.

    Exact for up to `MOST_EXACT` studies without ties, otherwise normal.

    Raises:
        MethodError: ``zero-variance``, ``singular``, and as `pool`.
    """
    from scipy.stats import kendalltau  # Slow to load, and few bodies have ten precise studies.

    y, v = _studies(estimates, variances)
    _predictor(y, v, None)
    w = 1 / v
    standardised = (y - float(w @ y) / w.sum()) / np.sqrt(v - 1 / w.sum())
    has_ties = len(np.unique(standardised)) < len(y) or len(np.unique(v)) < len(y)
    # From a thousand studies on, the exact test takes seconds and no longer differs.
    exact = not has_ties and len(y) <= MOST_EXACT
    correlation = kendalltau(standardised, v, method="exact" if exact else "asymptotic")
    if not math.isfinite(correlation.statistic):
        raise MethodError("zero-variance", "all effects are equal", "estimates")
    tau = float(correlation.statistic)
    return BiasTest("begg", tau, tau, None if exact else math.inf, float(correlation.pvalue))


def trim_fill(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung-knapp",
    side: str | None = None,
) -> TrimFill:
    """Duval and Tweedie's estimator L0: the number of missing studies on one side, and the pool
    with them.

    Args:
        side: where studies are missing, ``left`` or ``right``; by default from the sign of `egger`.

    Raises:
        MethodError: ``unknown-choice``, ``zero-variance``, ``singular``, and as `pool`.
    """
    y, v = _studies(estimates, variances)
    if side is None:
        side = "right" if egger(y, v, method=method).statistic < 0 else "left"
    if side not in ("left", "right"):
        raise MethodError("unknown-choice", f"{side!r} is not left or right", "side")
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    y, v = sign * y[order], v[order]
    k, k0, centre = len(y), 0, 0.0
    for _ in range(_MOST_ROUNDS):
        n_used = max(1, k - k0)
        centre = pool(y[:n_used], v[:n_used], method=method, interval="wald").estimate
        away = y - centre
        ranks = np.empty(k)
        ranks[np.argsort(np.abs(away), kind="stable")] = np.arange(1, k + 1)
        excess = float(ranks[away > 0].sum())
        n_missing = max(0, round((4 * excess - k * (k + 1)) / (2 * k - 1)))
        if n_missing == k0:
            break
        k0 = n_missing
    filled_y = np.concatenate([y, 2 * centre - y[k - k0 :]])
    filled_v = np.concatenate([v, v[k - k0 :]])
    return TrimFill(side, k0, pool(sign * filled_y, filled_v, method=method, interval=interval))


def excess_significance(
    estimates: ArrayLike, variances: ArrayLike, *, effect: float, alpha: float = 0.05
) -> ExcessSignificance:
    """Whether more studies are significant than their power at ``effect`` allows.

    Raises:
        MethodError: as `pool`; ``bad-level`` for an alpha outside of 0 to 1; ``zero-variance``
            where the expected count leaves nothing to compare with.
    """
    if not 0 < alpha < 1:
        raise MethodError("bad-level", "alpha lies between 0 and 1", "alpha")
    y, v = _studies(estimates, variances)
    se, critical = np.sqrt(v), float(ndtri(1 - alpha / 2))
    observed = int((np.abs(y) > critical * se).sum())
    power = ndtr(-critical - effect / se) + ndtr(-critical + effect / se)
    expected, k = float(power.sum()), len(y)
    if not 0 < expected < k:
        raise MethodError("zero-variance", "all or none are expected to be significant", "effect")
    chi2 = (observed - expected) ** 2 * (1 / expected + 1 / (k - expected))
    return ExcessSignificance(observed, expected, chi2, float(chdtrc(1, chi2)))


def fail_safe_n(estimates: ArrayLike, variances: ArrayLike, *, alpha: float = 0.05) -> int:
    """Rosenthal's count of unseen null results that would undo one-sided significance; 0 if none.

    Raises:
        MethodError: as `pool`; ``bad-level``.
    """
    if not 0 < alpha < 1:
        raise MethodError("bad-level", "alpha lies between 0 and 1", "alpha")
    y, v = _studies(estimates, variances)
    total = float((y / np.sqrt(v)).sum())
    return max(0, math.ceil((total / float(ndtri(1 - alpha))) ** 2 - len(y)))


def publication_bias(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    predictor: ArrayLike | None = None,
    method: str = "reml",
) -> PublicationBias:
    """All tests of publication bias.

    Warnings: ``not-assessed`` (under 10 studies, which does not mean that there is no bias),
    ``zero-variance`` (all studies are equally precise, so that the tests are impossible).

    Raises:
        MethodError: as `pool`.
    """
    y, v = _studies(estimates, variances)
    k = len(y)
    if k < MIN_STUDIES:
        return _not_assessed(k, "not-assessed")
    try:
        slopes = egger(y, v, predictor=predictor, method=method)
        weighted = egger_weighted(y, v, predictor=predictor)
        ranks = begg(y, v)
        filled = trim_fill(y, v, method=method)
    except MethodError as error:
        if error.code != "zero-variance":
            raise
        return _not_assessed(k, "not-assessed", "zero-variance")
    try:
        excess = excess_significance(y, v, effect=pool(y, v, method=method).estimate)
    except MethodError:
        excess = None
    return PublicationBias(k, True, slopes, weighted, ranks, filled, excess, fail_safe_n(y, v), ())


def _not_assessed(k: int, *warnings: str) -> PublicationBias:
    return PublicationBias(k, False, None, None, None, None, None, None, warnings)
