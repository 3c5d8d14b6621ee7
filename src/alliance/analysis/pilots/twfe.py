"""The two-way fixed effects coefficient, shown beside the staggered estimate to warn of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance.analysis.pilots.result import NOT_KNOWN, Floats, Ints


@dataclass(frozen=True)
class TwoWay:
    """Coefficient and CR1 standard error; ``negative_weight``: sum of the weights below zero that
    it gives to effects of treated units, as a positive number (they sum to 1 with the others)."""

    estimate: float
    se: float
    negative_weight: float


def two_way(y: Floats, first: Floats, members: Ints | None = None) -> TwoWay:
    """Regress the outcome on treatment with effects of unit and time, in a balanced panel.

    Args:
        y: shape (N, T); first: place of the first treated time (N,), infinity for never.
        members: cluster of each unit, from 0; by default units are clusters.

    Effects of units are nested in clusters and not counted as coefficients.
    Source: Goodman-Bacon 2021; de Chaisemartin and D'Haultfoeuille 2020 for the weights.
    """
    n, n_times = y.shape
    status = (np.arange(n_times) >= first[:, None]).astype(float)

    def within(table: Floats) -> Floats:
        rows, columns = table.mean(axis=1, keepdims=True), table.mean(axis=0, keepdims=True)
        return table - rows - columns + table.mean()

    left = within(status)
    power = float(np.square(left).sum())
    if power < 1e-12:
        return TwoWay(NOT_KNOWN, NOT_KNOWN, 0.0)
    estimate = float((left * y).sum() / power)
    residuals = within(y) - estimate * left
    scores = (left * residuals).sum(axis=1)
    if members is not None:
        scores = np.bincount(members, weights=scores)
    count = len(scores)
    observations, coefficients = n * n_times, n_times + 1
    factor = count / (count - 1) * (observations - 1) / (observations - coefficients)
    se = float(np.sqrt(factor * np.square(scores).sum()) / power) if count > 1 else NOT_KNOWN
    weights = left[status == 1] / power
    return TwoWay(estimate, se, float(-weights[weights < 0].sum()))
