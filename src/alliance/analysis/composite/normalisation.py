"""Scales: from figures in their own units to scores where more is better.

All functions take figures already turned so that more is better (`alliance.analysis.composite`
multiplies by the direction) in the shape (..., n, Q): n units by Q indicators, and as many
repetitions before that as wanted. They give scores in the same shape; NaN stays NaN.
"""

import numpy as np

from alliance.analysis.composite.framework import Floats

#: A spread below this share of the size of the values is rounding, not a difference.
RELATIVE_ZERO = 1e-14


def between_bounds(values: Floats, worst: Floats, best: Floats) -> Floats:
    """Share of the way from a worst to a best value, not clipped.

    Args:
        worst, best: anything that can be broadcast to the values, turned like them.

    NaN where the worst value is not below the best one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.where(best > worst, best - worst, np.nan)
        return np.asarray((values - worst) / width, dtype=float)


def extremes(values: Floats) -> tuple[Floats, Floats]:
    """Smallest and greatest known value of each indicator, shape (..., Q), NaN without any."""
    return np.fmin.reduce(values, axis=-2), np.fmax.reduce(values, axis=-2)


def sample_bounds(values: Floats) -> tuple[Floats, Floats]:
    """The `extremes` of each indicator as the ends of a scale.

    Both are NaN where they are equal: a scale of no length measures nothing.
    """
    low, high = extremes(values)
    usable = high - low > RELATIVE_ZERO * np.maximum(np.abs(low), np.abs(high))
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan)


def min_max(values: Floats) -> Floats:
    """Share of the way from the smallest to the greatest value of the sample, 0..1.

    NaN for an indicator whose values are all equal, and so for a single unit.
    """
    low, high = sample_bounds(values)
    low, high = low[..., np.newaxis, :], high[..., np.newaxis, :]
    return (values - low) / (high - low)


def z_score(values: Floats) -> Floats:
    """Distance from the mean in standard deviations (divisor n - 1), NaN where that is 0."""
    present = ~np.isnan(values)
    n = np.count_nonzero(present, axis=-2)
    total = np.sum(values, axis=-2, where=present)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = values - (total / n)[..., np.newaxis, :]
        known = np.where(present, deviation, 0.0)
        sd = np.sqrt(np.einsum("...nq,...nq->...q", known, known) / (n - 1))
        # Equal values can leave a rounding error as their standard deviation.
        sd = np.where(np.isnan(sample_bounds(values)[0]), np.nan, sd)
        return np.asarray(deviation / sd[..., np.newaxis, :], dtype=float)


def percentile_rank(values: Floats) -> Floats:
    """(rank - 1) / (n - 1) with the smallest value as rank 1 and ties at their smallest rank.

    This is PERCENT_RANK of SQL. NaN for an indicator with one single value.
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
    """Share of the way from the smallest value of the sample to a target, not capped.

    Args:
        target: shape (Q,), turned like the values.

    NaN for an indicator whose target is not above its smallest value: there is no way to measure.
    """
    return between_bounds(values, extremes(values)[0][..., np.newaxis, :], target)


def log_scale(values: Floats, worst: Floats, chosen: np.ndarray) -> Floats:
    """The logarithm of the chosen indicators, before they are turned by their direction.

    A value of zero or less has no logarithm. It becomes the worst bound, or missing where no bound
    is given.

    Args:
        values: shape (n, Q); worst: shape (Q,), in the unit of the values, NaN for none.
        chosen: shape (Q,), which indicators have a logarithmic scale.
    """
    positive = np.where(values > 0, values, np.where(np.isnan(values), np.nan, worst))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chosen, np.log(np.where(positive > 0, positive, np.nan)), values)
