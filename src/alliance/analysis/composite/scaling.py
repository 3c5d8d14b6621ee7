"""The scale of an index: all indicators of a framework under the same normalisation.

Internally, scores are shares: 0 at the worst and 1 at the best end of the scale (z-scores: standard
deviations). `to_range` maps them to the displayed scale.
"""

from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite.framework import Bools, Floats, Framework
from alliance.analysis.composite.method import Method
from alliance.analysis.errors import MethodError

#: A spread below this share of the size of the values is rounding error.
RELATIVE_ZERO = 1e-14


def between_bounds(values: Floats, worst: Floats, best: Floats) -> Floats:
    """Share of the distance from the worst to the best value, not clipped.

    Args:
        worst, best: broadcastable to the values, with the same sign.

    NaN if the worst value is not below the best one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.where(best > worst, best - worst, np.nan)
        return np.asarray((values - worst) / width, dtype=float)


def extremes(values: Floats) -> tuple[Floats, Floats]:
    """Minimum and maximum of each indicator, shape (..., Q), NaN without values."""
    return np.fmin.reduce(values, axis=-2), np.fmax.reduce(values, axis=-2)


def sample_bounds(values: Floats) -> tuple[Floats, Floats]:
    """The `extremes` of each indicator as the ends of a scale.

    Both are NaN if they are equal, since a scale of length zero measures nothing.
    """
    low, high = extremes(values)
    usable = high - low > RELATIVE_ZERO * np.maximum(np.abs(low), np.abs(high))
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan)


def min_max(values: Floats) -> Floats:
    """Share of the distance from the minimum to the maximum of the sample, 0..1.

    NaN for an indicator whose values are all equal, and so for a single unit.
    """
    low, high = sample_bounds(values)
    low, high = low[..., np.newaxis, :], high[..., np.newaxis, :]
    return (values - low) / (high - low)


def z_score(values: Floats) -> Floats:
    """Distance from the mean in standard deviations (divisor n - 1), NaN if that is 0."""
    present = ~np.isnan(values)
    n = np.count_nonzero(present, axis=-2)
    total = np.sum(values, axis=-2, where=present)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = values - (total / n)[..., np.newaxis, :]
        known = np.where(present, deviation, 0.0)
        sd = np.sqrt(np.einsum("...nq,...nq->...q", known, known) / (n - 1))
        # The standard deviation of equal values may be a rounding error.
        sd = np.where(np.isnan(sample_bounds(values)[0]), np.nan, sd)
        return np.asarray(deviation / sd[..., np.newaxis, :], dtype=float)


def percentile_rank(values: Floats) -> Floats:
    """(rank - 1) / (n - 1), with rank 1 for the smallest value and ties at their smallest rank.

    This is PERCENT_RANK of SQL. NaN for an indicator with a single value.
    """
    order = np.argsort(values, axis=-2, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-2)
    places = np.arange(values.shape[-2])[:, np.newaxis]
    differs = np.ones(values.shape, dtype=bool)
    differs[..., 1:, :] = ordered[..., 1:, :] != ordered[..., :-1, :]
    first = np.maximum.accumulate(np.where(differs, places, 0), axis=-2)
    below = np.empty(values.shape)
    np.put_along_axis(below, order, first.astype(float), axis=-2)
    n = np.count_nonzero(~np.isnan(values), axis=-2)[..., np.newaxis, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isnan(values) | (n < 2), np.nan, below / (n - 1))


def share_of_target(values: Floats, target: Floats) -> Floats:
    """Share of the distance from the minimum of the sample to a target, not capped.

    Args:
        target: shape (Q,), with the same sign as the values.

    NaN for an indicator whose target is not above its minimum.
    """
    return between_bounds(values, extremes(values)[0][..., np.newaxis, :], target)


def log_scale(values: Floats, worst: Floats, chosen: np.ndarray) -> Floats:
    """The logarithm of the chosen indicators, before the sign of their direction is applied.

    A value of zero or less has no logarithm. It becomes the worst bound, or missing without a
    bound.

    Args:
        values: shape (n, Q); worst: shape (Q,), in the unit of the values, NaN for none.
        chosen: shape (Q,), which indicators have a logarithmic scale.
    """
    positive = np.where(values > 0, values, np.where(np.isnan(values), np.nan, worst))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chosen, np.log(np.where(positive > 0, positive, np.nan)), values)


@dataclass(frozen=True)
class Bounds:
    """Bounds of the indicators, shape (Q,), signed so that more is better; NaN if not given.

    ``target`` is the best value or, if only one bound is given, that bound.
    """

    worst: Floats
    best: Floats
    target: Floats


def turned_bounds(framework: Framework) -> Bounds:
    """The signed bounds of a framework, on the logarithmic scale if required."""
    worst, best = (
        framework.sign * np.where(framework.log_scale, np.log(_positive(end)), end)
        for end in (framework.worst, framework.best)
    )
    return Bounds(worst, best, np.where(np.isnan(best), worst, best))


def turn(values: Floats, framework: Framework) -> Floats:
    """Figures (..., n, Q) signed so that more is better, on the logarithmic scale if required."""
    if framework.log_scale.any():
        values = log_scale(values, framework.worst, framework.log_scale)
    return values if (framework.sign > 0).all() else values * framework.sign


def by_sample(framework: Framework, kind: str) -> Bools:
    """Which indicators have a scale from the sample alone, shape (Q,)."""
    if kind == "target":
        return np.zeros(len(framework.leaves), dtype=bool)
    if kind == "fixed":
        return np.isnan(framework.worst) & np.isnan(framework.best)
    return np.ones(len(framework.leaves), dtype=bool)


def shares(turned: Floats, bounds: Bounds, kind: str) -> Floats:
    """Scores of signed figures (..., n, Q) as shares, not clipped. NaN without a scale.

    Raises:
        MethodError: ``unknown-choice``.
    """
    if kind == "fixed":
        worst, best = bounds.worst, bounds.best
        if np.isnan(worst).any() or np.isnan(best).any():
            low, high = sample_bounds(turned)
            # With a single bound, equal values still have a position relative to it.
            least, most = extremes(turned)
            low, high = np.where(np.isnan(best), low, least), np.where(np.isnan(worst), high, most)
            worst = np.where(np.isnan(worst), low, worst)[..., np.newaxis, :]
            best = np.where(np.isnan(best), high, best)[..., np.newaxis, :]
        return between_bounds(turned, worst, best)
    if kind == "min-max":
        return min_max(turned)
    if kind == "z-score":
        return z_score(turned)
    if kind == "percentile-rank":
        return percentile_rank(turned)
    if kind == "target":
        return share_of_target(turned, bounds.target)
    raise MethodError("unknown-choice", f"{kind!r} is no normalisation", "kind")


def clipped(share: Floats, kind: str) -> Floats:
    """Shares clipped to the scale: 0..1 for bounds, at most 1 for a target."""
    if kind == "fixed":
        return np.clip(share, 0.0, 1.0)
    return np.minimum(share, 1.0) if kind == "target" else share


def to_range(share: Floats, method: Method) -> Floats:
    """Shares on the scale of the method; z-scores with its mean and standard deviation."""
    if method.normalise == "z-score":
        centre, spread = method.mean_sd
        return share * spread + centre
    low, high = method.range
    return share * (high - low) + low


def check_bounds(turned: Floats, framework: Framework, kind: str) -> None:
    """Raises MethodError for bounds that contradict the sample or are missing.

    Raises:
        MethodError: ``missing-target``, ``target-not-beyond``, ``bounds-reversed`` with the
            indicator.
    """
    if kind not in ("fixed", "target"):
        return
    bounds = turned_bounds(framework)
    for place, node in enumerate(framework.leaves):
        known = turned[~np.isnan(turned[:, place]), place]
        where = f"{node.row or f'framework {node.code!r}'}, columns lower and upper"
        if kind == "target":
            target = bounds.target[place]
            if np.isnan(target):
                raise MethodError("missing-target", f"{node.code!r} has no target", where)
            if known.size and target <= known.min():
                raise MethodError(
                    "target-not-beyond",
                    f"the target of {node.code!r} is not better than the worst value",
                    where,
                )
        elif known.size:
            worst, best = bounds.worst[place], bounds.best[place]
            only_worst = np.isnan(best) and worst >= known.max()
            only_best = np.isnan(worst) and best <= known.min()
            if only_worst or only_best:
                raise MethodError(
                    "bounds-reversed",
                    f"the one bound of {node.code!r} leaves no room for the values; give both",
                    where,
                )


def _positive(values: Floats) -> Floats:
    """Values above 0, NaN for the others: bounds on a linear scale may be negative."""
    return np.where(values > 0, values, np.nan)
