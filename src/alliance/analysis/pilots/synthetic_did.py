"""Synthetic difference-in-differences, shown next to synthetic control."""

from __future__ import annotations

import numpy as np

from alliance.analysis.pilots.result import Bools, Floats
from alliance.analysis.pilots.simplex import nearest_mixture

#: Ridge of the weights of times, relative to the spread of first differences.
TIME_RIDGE = 1e-6


def synthetic_did(outcome: Floats, treated: Bools, start: int) -> float:
    """The effect by synthetic difference-in-differences, in the unit of the outcome.

    Weights of units and of times each fit with an intercept; those of units with the ridge
    (N1 T1)^(1/4) sd(first differences of the donors before the start).

    Args:
        outcome: shape (N, T), no gaps, at least two times before ``start``.
        treated: shape (N,).
        start: place of the first treated time.

    Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021, American Economic Review 111.
    """
    donors = outcome[~treated]
    own = outcome[treated].mean(axis=0)
    before, after = donors[:, :start], donors[:, start:]
    spread = float(np.diff(before, axis=1).std(ddof=1))
    zeta = (float(treated.sum()) * after.shape[1]) ** 0.25 * spread
    units = nearest_mixture(_centred(own[:start]), _centred(before.T), ridge=zeta**2 * start)
    times = nearest_mixture(
        _centred(after.mean(axis=1)),
        _centred(before),
        ridge=(TIME_RIDGE * spread) ** 2 * len(donors),
    )
    own_change = own[start:].mean() - times @ own[:start]
    donor_change = after.mean(axis=1) - before @ times
    return float(own_change - units @ donor_change)


def _centred(table: Floats) -> Floats:
    """The values minus the mean of each column, which is equivalent to fitting an intercept."""
    centred: Floats = table - table.mean(axis=0)
    return centred
