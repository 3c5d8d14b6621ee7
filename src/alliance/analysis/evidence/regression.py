"""Meta-regression: how the effect depends on the place.

Studies are cities, not people: a slope over cities does not apply to persons within them
(aggregation bias), and cities that differ in one thing differ in others.

Sources: Thompson and Higgins 2002; Knapp and Hartung 2003; Viechtbauer 2005.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import (
    as_vector,
    check_estimates,
    check_range,
    check_variances,
)
from alliance.analysis.evidence.heterogeneity import Heterogeneity, heterogeneity
from alliance.analysis.evidence.linear import Design, Fit, Floats, columns, fit
from alliance.analysis.evidence.pooling import (
    FEW_FOR_PREDICTION,
    VERSION,
    Interval,
    around,
    check_labels,
    check_options,
    factor,
    pool_warnings,
    prediction_df,
    two_sided,
)

STUDIES_PER_MODERATOR = 10


@dataclass(frozen=True)
class Coefficient:
    """A coefficient in units of the effect per unit of its moderator.

    The intercept is the effect at 0 for every moderator, which may not correspond to any place.
    """

    name: str
    estimate: float
    se: float
    low: float
    high: float
    statistic: float | None
    p: float | None


@dataclass(frozen=True)
class Prediction:
    """The effect expected at one context: its mean with interval, and that of one more place.

    ``supported`` is False where the context lies outside of what the studies cover; ``outside``
    then names the moderators beyond their range, and is empty where only the combination is new.
    ``leverage`` is relative to the greatest of the studies.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    prediction_low: float | None
    prediction_high: float | None
    prediction_df: float | None
    prediction_se: float | None
    leverage: float
    supported: bool
    outside: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class MetaRegression:
    """A fitted meta-regression.

    ``coefficients`` start with the intercept. ``centre`` is the effect at the mean of the
    moderators of the studies. ``heterogeneity`` is what is left over: its ``q`` is QE. ``r2`` is
    the share of tau2 explained, in percent, None where there was none to explain. ``qm`` tests
    all moderators together: chi-square with ``qm_df`` under ``wald``, else F = qm / qm_df with
    k - p as second degrees of freedom.
    """

    k: int
    n_missing: int
    coefficients: tuple[Coefficient, ...]
    centre: Prediction
    heterogeneity: Heterogeneity
    tau2_without: float
    r2: float | None
    qm: float
    qm_df: int
    qm_p: float
    df: float
    level: float
    method: str
    interval: str
    prediction: str
    scale: float
    moderators: tuple[str, ...]
    warnings: tuple[str, ...]
    means: Floats = field(compare=False, repr=False)
    deviations: Floats = field(compare=False, repr=False)
    design: Design = field(compare=False, repr=False)
    fitted: Fit = field(compare=False, repr=False)
    used: float = field(compare=False, repr=False, default=1.0)
    untruncated: tuple[Interval, ...] = field(compare=False, repr=False, default=())
    version: str = VERSION


def meta_regression(
    estimates: ArrayLike,
    variances: ArrayLike,
    moderators: ArrayLike,
    names: Sequence[str],
    *,
    studies: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    directions: Sequence[str] | None = None,
    method: str = "reml",
    interval: str = "hartung-knapp",
    prediction: str = "k-2",
    level: float = 0.95,
) -> MetaRegression:
    """Regress effects on facts about their places.

    Args:
        estimates, variances: shape (k,), as `pool`.
        moderators: shape (k, m), m of 1 or more; a study with a NaN is left out and counted.
        names: of the moderators, m.
        prediction: as `pool`; ``k-2`` means k - p - 1 here, p counting the intercept.

    Warnings: ``overfit`` (under 10 studies per moderator), ``aggregation-bias`` always,
    ``missing-estimate``, ``missing-moderator``, ``few-studies-for-prediction``, and as `pool`.

    Raises:
        MethodError: ``singular`` (a moderator is constant or follows from others, or too few
            studies), ``infinite-value``, ``no-studies``, ``overflow``, and as `pool`.
    """
    check_options(method, interval, prediction, level)
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    try:
        x = np.asarray(moderators, dtype=float)
    except (TypeError, ValueError):
        raise MethodError("not-a-number", "all moderators must be numbers", "moderators") from None
    if x.ndim != 2 or x.shape != (len(y), len(names)) or not names:
        raise MethodError(
            "wrong-shape", f"moderators are {x.shape}, not {(len(y), len(names))}", "moderators"
        )
    check_labels(len(y), studies, units, directions)
    check_estimates(y)
    check_variances(v)
    if np.isinf(x).any():
        row, column = (int(place) for place in np.argwhere(np.isinf(x))[0])
        raise MethodError("infinite-value", "a moderator is finite", f"{names[column]}[{row}]")
    without_y, without_x = np.isnan(y), np.isnan(x).any(axis=1)
    complete = ~(without_y | without_x)
    if not complete.any():
        raise MethodError("no-studies", "no study has its effect and all moderators", "moderators")
    warnings = ["missing-estimate"] if without_y.any() else []
    if without_x.any():
        warnings.append("missing-moderator")
    y, v, x = y[complete], v[complete], x[complete]
    check_range(y, v)
    matrix, means, deviations = columns(x, len(y), tuple(names))
    design = Design(y, v, matrix)
    k, p = design.k, design.p

    spread = heterogeneity(design, method=method, level=level)
    without = heterogeneity(Design(y, v, np.ones((k, 1))), method=method, level=level).tau2
    fitted = fit(design, spread.tau2)
    scale, used = factor(fitted, k - p, interval)
    df = math.inf if interval == "wald" else float(k - p)
    warnings += pool_warnings(k, spread, method, scale, interval)
    if k < STUDIES_PER_MODERATOR * (p - 1):
        warnings.append("overfit")
    warnings.append("aggregation-bias")

    # Transform back from centred and scaled columns to the units of the moderators.
    back = np.diag(np.concatenate([[1.0], 1 / deviations]))
    back[0, 1:] = -means / deviations
    beta = back @ fitted.beta
    errors = np.sqrt(np.diag(back @ fitted.covariance @ back.T))
    labels = ("intercept", *names)
    coefficients = tuple(
        _coefficient(name, float(value), float(error) * math.sqrt(used), df, level)
        for name, value, error in zip(labels, beta, errors, strict=True)
    )
    slopes = fitted.beta[1:]
    qm = float(slopes @ np.linalg.solve(fitted.covariance[1:, 1:], slopes)) / used
    tested = chdtrc(p - 1, qm) if interval == "wald" else fdtrc(p - 1, k - p, qm / (p - 1))
    basis_df = prediction_df(prediction, k, p)
    if method != "ee" and basis_df is not None and k < FEW_FOR_PREDICTION:
        warnings.append("few-studies-for-prediction")
    result = MetaRegression(
        k=k,
        n_missing=int((~complete).sum()),
        coefficients=coefficients,
        centre=_at(design, fitted, np.eye(p)[0], spread.tau2, used, df, basis_df, method, level),
        heterogeneity=spread,
        tau2_without=without,
        r2=100 * max(0.0, 1 - spread.tau2 / without) if without > 0 else None,
        qm=qm,
        qm_df=p - 1,
        qm_p=float(tested),
        df=df,
        level=level,
        method=method,
        interval=interval,
        prediction=prediction,
        scale=scale,
        moderators=tuple(names),
        warnings=tuple(warnings),
        means=means,
        deviations=deviations,
        design=design,
        fitted=fitted,
        used=used,
        untruncated=tuple(
            around(float(value), float(error) * math.sqrt(scale), float(k - p), level)
            for value, error in zip(beta, errors, strict=True)
        ),
    )
    return result


def _coefficient(name: str, value: float, se: float, df: float, level: float) -> Coefficient:
    interval = around(value, se, df, level)
    statistic = value / se if se > 0 else None
    return Coefficient(
        name, value, se, interval.low, interval.high, statistic, two_sided(value, se, df)
    )


def _leverages(design: Design, fitted: Fit) -> Floats:
    """x'(X'WX)^-1 x of each study, shape (k,)."""
    return np.asarray(((design.x @ fitted.covariance) * design.x).sum(axis=1))


def _at(
    design: Design,
    fitted: Fit,
    row: Floats,
    tau2: float,
    used: float,
    df: float,
    basis_df: float | None,
    method: str,
    level: float,
) -> Prediction:
    estimate = float(row @ fitted.beta)
    own = float(row @ fitted.covariance @ row)
    mean = around(estimate, math.sqrt(used * own), df, level)
    further = None
    if basis_df is not None and method != "ee":
        further = around(estimate, math.sqrt(tau2 + used * own), basis_df, level)
    return Prediction(
        estimate=estimate,
        se=mean.se,
        ci_low=mean.low,
        ci_high=mean.high,
        prediction_low=further.low if further else None,
        prediction_high=further.high if further else None,
        prediction_df=further.df if further else None,
        prediction_se=further.se if further else None,
        leverage=own / float(_leverages(design, fitted).max()),
        supported=True,
        outside=(),
        warnings=(),
    )


def predict(model: MetaRegression, context: ArrayLike) -> Prediction:
    """The effect to expect in a place, from its facts.

    Args:
        model: the fitted meta-regression.
        context: the moderators of the place in the order of ``model.moderators``, shape (m,).

    The place is supported where each fact lies within the range of the studies and its leverage
    does not exceed the greatest of theirs. Elsewhere the line would be drawn on beyond all
    evidence: the prediction interval is then None and ``out-of-support`` is among the warnings.
    Use the pooled prediction interval, which holds for places in general, and say so.

    Raises:
        MethodError: ``missing-moderator`` (a fact is not known), ``wrong-shape``,
            ``infinite-value``, ``not-a-number``.
    """
    facts = as_vector(context, "context", len(model.moderators))
    check_estimates(facts, "context")
    if np.isnan(facts).any():
        unknown = model.moderators[int(np.argmax(np.isnan(facts)))]
        raise MethodError("missing-moderator", f"{unknown!r} of the place is not known", "context")
    row = np.concatenate([[1.0], (facts - model.means) / model.deviations])
    prediction = _at(
        model.design, model.fitted, row, model.heterogeneity.tau2, model.used, model.df,
        prediction_df(model.prediction, model.k, model.design.p), model.method, model.level,
    )  # fmt: skip
    studied = model.design.x[:, 1:]
    beyond = (row[1:] < studied.min(axis=0) - 1e-9) | (row[1:] > studied.max(axis=0) + 1e-9)
    outside = tuple(name for name, is_out in zip(model.moderators, beyond, strict=True) if is_out)
    if not outside and prediction.leverage <= 1 + 1e-9:
        return prediction
    return Prediction(
        estimate=prediction.estimate,
        se=prediction.se,
        ci_low=prediction.ci_low,
        ci_high=prediction.ci_high,
        prediction_low=None,
        prediction_high=None,
        prediction_df=None,
        prediction_se=None,
        leverage=prediction.leverage,
        supported=False,
        outside=outside,
        warnings=("out-of-support",),
    )
