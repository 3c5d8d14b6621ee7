"""Non-negative weights with sum 1 whose mixture is nearest to a target."""

from __future__ import annotations

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.result import Floats

#: The greatest violation of the optimality conditions, relative to the scale of the problem.
TOLERANCE = 1e-6


def nearest_mixture(target: Floats, parts: Floats, *, ridge: float = 0.0) -> Floats:
    """Minimise |target - parts w|² + ridge |w|² over w >= 0 with sum 1. Exact, not iterative.

    Non-negative least squares of (d u, m 1'u) against (0, m), with d the parts less the target:
    for u = s w its value is s²|d w|² + m²(s - 1)², so that for any s the best w is the one sought,
    whatever m is.

    Args:
        target: shape (k,); parts: shape (k, J).

    Returns:
        Shape (J,).

    Raises:
        MethodError: ``no-optimum`` where the conditions of the optimum are not met.
    """
    # Loading it takes longer than everything else that a page needs of the pilots’ methods.
    from scipy.optimize import nnls

    distance = parts - target[:, None]
    if ridge > 0:
        distance = np.vstack([distance, np.sqrt(ridge) * np.eye(parts.shape[1])])
    scale = float(np.sqrt(np.square(distance).sum(axis=0).mean()))
    if scale == 0:
        return np.full(parts.shape[1], 1 / parts.shape[1])
    distance = distance / scale
    stacked = np.vstack([distance, np.ones(parts.shape[1])])
    goal = np.zeros(len(stacked))
    goal[-1] = 1.0
    solution, _ = nnls(stacked, goal, maxiter=max(1_000, 30 * parts.shape[1]))
    weights: Floats = solution / solution.sum()
    gradient = distance.T @ (distance @ weights)
    if float(weights @ gradient - gradient.min()) > TOLERANCE:
        raise MethodError("no-optimum", "the weights did not reach their optimum", "data")
    return weights
