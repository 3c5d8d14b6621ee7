"""Power by simulation from the time before a pilot: series and synthetic control.

An effect of known size is added to series without one, and the planned analysis is run; power is
the share of simulations in which the effect is found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.autoregression import GRID, Autoregression, Mixture, tail
from alliance.analysis.pilots.panel import Panel
from alliance.analysis.pilots.regression import least_squares
from alliance.analysis.pilots.result import Floats
from alliance.analysis.pilots.simplex import nearest_mixture
from alliance.analysis.pilots.synthetic_control import MIN_DONORS

DRAWS = 1_000


@dataclass(frozen=True)
class PowerCurve:
    """The share of found effects (``power``) for each size; ``draws``: simulations behind it.

    ``warnings``: ``cannot-reach-level:J`` where J donors are too few for any p below the level.
    """

    sizes: tuple[float, ...]
    power: tuple[float, ...]
    draws: int
    warnings: tuple[str, ...] = ()

    def smallest(self, power: float) -> float:
        """The smallest size found with this power, between the sizes by a line; NaN if none."""
        previous = (0.0, self.power[0])
        for size, share in zip(self.sizes, self.power, strict=True):
            if share >= power:
                left, low = previous
                return (
                    size if share == low else left + (size - left) * (power - low) / (share - low)
                )
            previous = (size, share)
        return math.nan


def its_power(
    before: Floats,
    after: int,
    sizes: Sequence[float],
    *,
    alpha: float = 0.05,
    draws: int = DRAWS,
    seed: int = 1,
) -> PowerCurve:
    """Power of an interrupted time series for jumps of these sizes.

    The series before gives its line and, by its residuals, how large errors are and how far
    neighbouring ones hang together; series with such errors are drawn and analysed as `its` does.

    Args:
        before: the outcome before the start, evenly spaced, shape (T0,), at least 8.
        after: points that will be measured after the start.
        sizes: jumps in the unit of the outcome, ascending.

    Raises:
        MethodError: ``too-short``, ``bad-parameter``.
    """
    _check(sizes, alpha, draws)
    if len(before) < 8 or after < 4 or np.isnan(before).any():
        raise MethodError("too-short", "8 points before and 4 after are the least", "before")
    n, n0 = len(before) + after, len(before)
    steps = np.arange(n, dtype=float)
    line = least_squares(np.column_stack([np.ones(n0), steps[:n0]]), before)
    spread = Mixture(line)
    random = np.random.default_rng(seed)
    # The autocorrelation is not known either: each draw has its own.
    chosen = random.choice(len(spread.weights), size=draws, p=spread.weights)
    rho = GRID[spread.used][chosen]
    noise = random.normal(size=(draws, n)) * np.sqrt(spread.innovations[chosen])[:, None]
    noise[:, 0] /= np.sqrt(1 - rho**2)
    for place in range(1, n):
        noise[:, place] += rho * noise[:, place - 1]

    later = (steps >= n0).astype(float)
    design = np.column_stack([np.ones(n), steps, later, (steps - n0) * later])
    made = Autoregression(design)
    coefficients = noise @ np.linalg.pinv(design).T
    residuals = noise - coefficients @ design.T
    weights, innovations = made.weights(residuals)
    errors = np.sqrt(innovations * made.variances(np.eye(4)[[2]]))
    jumps = coefficients[:, 2]
    # A jump only changes its own coefficient: residuals and errors are unchanged.
    powers = [
        float((tail(np.abs(jumps + size), errors, weights, n - 4) < alpha).mean()) for size in sizes
    ]
    return PowerCurve(tuple(sizes), tuple(powers), draws)


def synthetic_control_power(
    panel: Panel, after: int, sizes: Sequence[float], *, alpha: float = 0.05
) -> PowerCurve:
    """Power of synthetic control for effects of these sizes, from the time before the pilot.

    The last ``after`` times before the pilot stand for the time after it; each unit in turn is
    treated, its effect added, and its ratio of errors compared with those of all others.

    Args:
        panel: outcomes before the pilot, complete.
        sizes: effects in the unit of the outcome, ascending.

    Raises:
        MethodError: ``too-few-donors``, ``too-short``, ``missing-outcome``, ``bad-parameter``.
    """
    _check(sizes, alpha, 1)
    y = panel.outcome
    n, n_times = y.shape
    start = n_times - after
    if np.isnan(y).any():
        raise MethodError("missing-outcome", "the panel has gaps", "outcome")
    if n <= MIN_DONORS:
        raise MethodError("too-few-donors", f"{n} units", "data")
    if after < 1 or start < 2:
        raise MethodError("too-short", "two times before the stand-in start are the least", "data")
    gaps = np.empty_like(y)
    for unit in range(n):
        others = np.arange(n) != unit
        weights = nearest_mixture(y[unit, :start], y[others, :start].T)
        gaps[unit] = y[unit] - weights @ y[others]
    before = np.sqrt(np.square(gaps[:, :start]).mean(axis=1))
    before = np.maximum(before, 1e-12 * max(1.0, float(np.abs(y).max())))
    null = np.sqrt(np.square(gaps[:, start:]).mean(axis=1)) / before
    powers = []
    for size in sizes:
        own = np.sqrt(np.square(gaps[:, start:] + size).mean(axis=1)) / before
        beyond = (null[None, :] >= own[:, None]) & ~np.eye(n, dtype=bool)
        powers.append(float(((1 + beyond.sum(axis=1)) / n <= alpha).mean()))
    few = (f"cannot-reach-level:{n - 1}",) if 1 / n > alpha else ()
    return PowerCurve(tuple(sizes), tuple(powers), n, few)


def _check(sizes: Sequence[float], alpha: float, draws: int) -> None:
    ordered = len(sizes) > 0 and all(size > 0 for size in sizes) and list(sizes) == sorted(sizes)
    if not ordered or not 0 < alpha < 1 or draws < 1:
        raise MethodError("bad-parameter", "sizes must be above zero and ascend", "sizes")
