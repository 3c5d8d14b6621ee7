"""Effect sizes and variances from published means, counts and intervals.

All functions take arrays of shape (k,) and return `EffectSizes`. Sources: Hedges and Olkin 1985
(standardised differences); Normand 1999 (differences of means with pooled deviation); Hedges,
Gurevitch and Curtis 1999 (ratios of means); Deeks and Higgins 2010 (ratios and differences of
risks, with 0.5 added to empty cells).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import as_vector, check_estimates, check_level
from alliance.analysis.evidence.linear import Floats

#: Scales with an arbitrary zero, on which ratios are meaningless.
NO_RATIO_SCALES = frozenset(
    {"°c", "c", "celsius", "degrees-celsius", "degree celsius", "degrees celsius", "°f",
     "fahrenheit", "degrees-fahrenheit", "degrees fahrenheit"}
)  # fmt: skip
#: The asymmetry of an interval, as a share of its width, above which there is a warning.
MAX_ASYMMETRY = 0.05


@dataclass(frozen=True, eq=False)
class EffectSizes:
    """Effects ``y`` and variances ``v``, shape (k,), NaN for a study without an effect.

    ``n_excluded``: studies that have no effect on this scale; ``n_missing``: studies with a missing
    figure; ``n_corrected``: studies with 0.5 added to empty cells.
    """

    y: Floats
    v: Floats
    measure: str
    n_excluded: int = 0
    n_missing: int = 0
    n_corrected: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def usable(self) -> np.ndarray:
        """Which studies have an effect, shape (k,), bool."""
        return ~(np.isnan(self.y) | np.isnan(self.v))


def _arms(
    mean1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, mean2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> tuple[Floats, ...]:
    first = as_vector(mean1, "mean1")
    named = {"sd1": sd1, "n1": n1, "mean2": mean2, "sd2": sd2, "n2": n2}
    arrays = [first, *(as_vector(values, name, len(first)) for name, values in named.items())]
    for name, array in zip(("mean1", *named), arrays, strict=True):
        check_estimates(array, name)
    for name, array, least in (
        ("sd1", arrays[1], 0.0), ("sd2", arrays[4], 0.0), ("n1", arrays[2], 2.0),
        ("n2", arrays[5], 2.0),
    ):  # fmt: skip
        bad = np.flatnonzero((array < least) | ((array == 0) & (least == 0)))
        if bad.size:
            code = "bad-variance" if name.startswith("sd") else "bad-count"
            what = "a standard deviation is above 0" if name.startswith("sd") else "an arm has 2"
            raise MethodError(code, what, f"{name}[{bad[0]}]")
    return tuple(arrays)


def _sizes(y: Floats, v: Floats, measure: str) -> EffectSizes:
    missing = int((np.isnan(y) | np.isnan(v)).sum())
    return EffectSizes(
        y, v, measure, n_missing=missing, warnings=("missing-estimate",) if missing else ()
    )


def mean_difference(
    mean1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, mean2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> EffectSizes:
    """mean1 - mean2 in the unit of the means, with the standard deviation pooled over both arms.

    Raises:
        MethodError: ``bad-variance`` (a deviation of 0 or less), ``bad-count`` (an arm under 2),
            ``infinite-value``, ``wrong-shape``, ``not-a-number``.
    """
    m1, s1, k1, m2, s2, k2 = _arms(mean1, sd1, n1, mean2, sd2, n2)
    pooled = ((k1 - 1) * s1**2 + (k2 - 1) * s2**2) / (k1 + k2 - 2)
    return _sizes(m1 - m2, pooled * (1 / k1 + 1 / k2), "mean-difference")


def standardised_mean_difference(
    mean1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, mean2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> EffectSizes:
    """Hedges' g, in standard deviations: d times J = 1 - 3 / (4 df - 1), df = n1 + n2 - 2.

    Raises:
        MethodError: as `mean_difference`.
    """
    m1, s1, k1, m2, s2, k2 = _arms(mean1, sd1, n1, mean2, sd2, n2)
    df = k1 + k2 - 2
    pooled = np.sqrt(((k1 - 1) * s1**2 + (k2 - 1) * s2**2) / df)
    g = (1 - 3 / (4 * df - 1)) * (m1 - m2) / pooled
    return _sizes(g, 1 / k1 + 1 / k2 + g**2 / (2 * (k1 + k2)), "standardised-mean-difference")


def log_ratio_of_means(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    unit: str,
) -> EffectSizes:
    """ln(mean1 / mean2), for units with a true zero, such as kilowatt hours or kelvin.

    Raises:
        MethodError: ``bad-scale`` for degrees Celsius or Fahrenheit and for means that are not
            positive; else as `mean_difference`.
    """
    if unit.strip().lower() in NO_RATIO_SCALES:
        raise MethodError("bad-scale", f"a ratio means nothing in {unit!r}", "unit")
    m1, s1, k1, m2, s2, k2 = _arms(mean1, sd1, n1, mean2, sd2, n2)
    for name, means in (("mean1", m1), ("mean2", m2)):
        bad = np.flatnonzero(means <= 0)
        if bad.size:
            raise MethodError("bad-scale", "a ratio needs positive means", f"{name}[{bad[0]}]")
    return _sizes(
        np.log(m1 / m2), s1**2 / (k1 * m1**2) + s2**2 / (k2 * m2**2), "log-ratio-of-means"
    )


def _cells(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """The cells a, b (first arm: events, others), c, d (second arm)."""
    a = as_vector(events1, "events1")
    total1, c, total2 = (
        as_vector(values, name, len(a))
        for values, name in ((n1, "n1"), (events2, "events2"), (n2, "n2"))
    )
    for name, events, total in (("1", a, total1), ("2", c, total2)):
        bad = np.flatnonzero((events < 0) | (total < 1) | (events > total) | np.isinf(total))
        if bad.size:
            raise MethodError(
                "bad-count", "0 <= events <= n with n of 1 or more", f"events{name}[{bad[0]}]"
            )
    return a, total1 - a, c, total2 - c


def _from_cells(
    cells: tuple[Floats, Floats, Floats, Floats], measure: str, variance: str = "usual"
) -> EffectSizes:
    a, b, c, d = cells
    missing = np.isnan(a + b + c + d)
    double = (a == 0) & (c == 0)
    if measure == "log-odds-ratio":
        double |= (b == 0) & (d == 0)
    if measure == "risk-difference":
        double = np.zeros(len(a), dtype=bool)
    empty = ~double & ((a == 0) | (b == 0) | (c == 0) | (d == 0))
    half = np.where(empty, 0.5, 0.0)
    a, b, c, d = a + half, b + half, c + half, d + half
    n1, n2 = a + b, c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "log-risk-ratio":
            y, v = np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
            if variance == "smoothed":
                # Berkey et al. 1995: the mean rates of all studies replace the study's own.
                rest1 = np.nanmean(np.where(double, np.nan, b / a))
                rest2 = np.nanmean(np.where(double, np.nan, d / c))
                v = rest1 / n1 + rest2 / n2
        elif measure == "log-odds-ratio":
            y, v = np.log(a * d) - np.log(b * c), 1 / a + 1 / b + 1 / c + 1 / d
        else:
            y, v = a / n1 - c / n2, a * b / n1**3 + c * d / n2**3
    y, v = np.where(double, np.nan, y), np.where(double, np.nan, v)
    n_missing, n_double, n_empty = int(missing.sum()), int(double.sum()), int(empty.sum())
    counts = ((n_missing, "missing-estimate"), (n_double, "double-zero"), (n_empty, "zero-cell"))
    return EffectSizes(
        y, v, measure, n_double, n_missing, n_empty, tuple(code for n, code in counts if n)
    )


def log_risk_ratio(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    variance: str = "usual",
) -> EffectSizes:
    """ln of (events1 / n1) / (events2 / n2), v = 1/a - 1/n1 + 1/c - 1/n2.

    With an empty cell, half is added to the four cells of that study alone (``zero-cell``). A
    study without any event in both arms is excluded and counted (``double-zero``).
    ``variance="smoothed"`` takes the mean rates of all studies in place of those of each study.

    Raises:
        MethodError: ``bad-count``, ``unknown-choice``, ``wrong-shape``, ``not-a-number``.
    """
    if variance not in ("usual", "smoothed"):
        raise MethodError("unknown-choice", f"{variance!r} is not usual or smoothed", "variance")
    return _from_cells(_cells(events1, n1, events2, n2), "log-risk-ratio", variance)


def log_odds_ratio(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike
) -> EffectSizes:
    """ln of the odds ratio, v = sum of 1 / cell.

    Empty cells as `log_risk_ratio`; a study where everybody had the event is excluded too.

    Raises:
        MethodError: ``bad-count``, ``wrong-shape``, ``not-a-number``.
    """
    return _from_cells(_cells(events1, n1, events2, n2), "log-odds-ratio")


def risk_difference(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike
) -> EffectSizes:
    """events1 / n1 - events2 / n2, as a share (0.01 is one point), v = p1 q1 / n1 + p2 q2 / n2.

    With an empty cell, half is added to the four cells of that study; none is excluded.

    Raises:
        MethodError: ``bad-count``, ``wrong-shape``, ``not-a-number``.
    """
    return _from_cells(_cells(events1, n1, events2, n2), "risk-difference")


def from_interval(
    estimate: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    scale: str = "linear",
    level: float = 0.95,
) -> EffectSizes:
    """Variance from a printed interval: v = ((high - low) / (2 z))², on the scale of the model.

    Args:
        estimate, low, high: as printed, shape (k,); NaN is missing.
        scale: ``log`` for ratios, whose logarithm is pooled; else ``linear``.
        level: coverage of the printed intervals.

    Warnings: ``asymmetric-interval`` where the estimate lies more than 5 % of the width off the
    middle: the interval was made on another scale, or a figure is misprinted.

    Raises:
        MethodError: ``bad-scale`` (a ratio of 0 or less), ``interval-reversed``,
            ``bad-variance`` (no width), ``unknown-choice``, ``bad-level``, ``infinite-value``,
            ``wrong-shape``, ``not-a-number``.
    """
    check_level(level)
    if scale not in ("linear", "log"):
        raise MethodError("unknown-choice", f"{scale!r} is not linear or log", "scale")
    y = as_vector(estimate, "estimate")
    bounds = [as_vector(low, "low", len(y)), as_vector(high, "high", len(y))]
    values = [y, *bounds]
    for name, array in zip(("estimate", "low", "high"), values, strict=True):
        check_estimates(array, name)
        bad = np.flatnonzero(array <= 0)
        if scale == "log" and bad.size:
            raise MethodError("bad-scale", "a ratio is above 0", f"{name}[{bad[0]}]")
    if scale == "log":
        values = [np.log(array) for array in values]
    y, lower, upper = values
    for wrong, code, what in (
        (lower > upper, "interval-reversed", "low is above high"),
        (lower == upper, "bad-variance", "the interval has no width"),
    ):
        if wrong.any():
            raise MethodError(code, what, f"low[{int(np.argmax(wrong))}]")
    width = upper - lower
    sizes = _sizes(y, (width / (2 * float(ndtri((1 + level) / 2)))) ** 2, f"{scale}-interval")
    if bool((np.abs(upper + lower - 2 * y) > MAX_ASYMMETRY * width).any()):
        return EffectSizes(
            sizes.y, sizes.v, sizes.measure, 0, sizes.n_missing, 0,
            (*sizes.warnings, "asymmetric-interval"),
        )  # fmt: skip
    return sizes


def combine_dependent(
    studies: Sequence[str], estimates: ArrayLike, variances: ArrayLike, *, rho: float = 0.5
) -> tuple[tuple[str, ...], Floats, Floats]:
    """One effect for each study: the plain mean of its effects, which are taken to correlate.

    The variance of the mean of m effects is the mean of all m² covariances, with the covariance of
    two of them rho times both standard errors. Effects without an estimate (NaN) do not count; a
    study without any keeps NaN.

    Args:
        studies: which study each effect is of, length n.
        estimates, variances: shape (n,).
        rho: correlation of two effects of one study, from 0 to 1.

    Returns:
        The studies in the order in which they first occur (k), their effects and variances (k,).

    Raises:
        MethodError: ``bad-correlation``, ``wrong-shape``, ``not-a-number``.

    Source: Borenstein et al., Introduction to Meta-Analysis (2009), chapter 24.
    """
    if not 0 <= rho <= 1:
        raise MethodError("bad-correlation", "a correlation lies between 0 and 1 here", "rho")
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    if len(studies) != len(y):
        raise MethodError("wrong-shape", f"{len(studies)} studies, {len(y)} effects", "studies")
    names = tuple(dict.fromkeys(studies))
    means, spreads = np.full(len(names), np.nan), np.full(len(names), np.nan)
    labels = np.array(studies, dtype=object)
    for place, name in enumerate(names):
        own = np.flatnonzero(labels == name)
        used = own[~np.isnan(y[own])]
        if not used.size:
            spreads[place] = v[own[0]]
            continue
        means[place] = y[used].mean()
        errors = np.sqrt(v[used])
        covariances = rho * np.outer(errors, errors)
        np.fill_diagonal(covariances, v[used])
        spreads[place] = covariances.mean()
    return names, means, spreads
