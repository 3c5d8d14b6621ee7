"""From scores of indicators to scores of nodes: means up the hierarchy, and outranking.

Everything is computed for D weightings at once: for the index with one weighting, for its
uncertainty with a thousand.

If the same kind of mean is used at all levels, it is linear after a transformation of the scores
(the logarithm for the geometric mean, the reciprocal for the harmonic mean), so each node is a
single matrix product.
"""

from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite.framework import (
    Bools,
    Floats,
    Framework,
    effective_weights,
    leaves_below,
)
from alliance.analysis.errors import MethodError

#: Weights that differ by less than this share of their sum are equal.
TOLERANCE = 1e-9
#: Maximum number of signs of comparisons in memory at once.
BLOCK = 4_000_000


@dataclass(frozen=True)
class Mean:
    """A weighted mean: ``arithmetic``, ``geometric``, ``harmonic`` or ``generalised``.

    ``forward`` transforms scores so that the back-transformed arithmetic mean is this mean.
    """

    kind: str
    power: float = 1.0

    def forward(self, scores: Floats) -> Floats:
        if self.kind == "geometric":
            return np.log(scores)
        if self.kind == "harmonic":
            return 1 / scores
        if self.kind == "generalised" and self.power != 1:
            return np.asarray(scores**self.power, dtype=float)
        return scores

    def back(self, numbers: Floats) -> Floats:
        if self.kind == "geometric":
            return np.exp(numbers)
        if self.kind == "harmonic":
            return 1 / numbers
        if self.kind == "generalised" and self.power != 1:
            return np.asarray(numbers ** (1 / self.power), dtype=float)
        return numbers


@dataclass(frozen=True)
class Block:
    """The indicators directly below a node, prepared for products.

    ``numbers`` has the shape (k, n) if all weightings share the scores, else (D, n, k), with 0 for
    missing values; ``present`` has the same shape, None if nothing is missing.
    """

    numbers: Floats
    present: Floats | None

    def total(self, weights: Floats) -> Floats:
        """Sum of weighted numbers, (D, n), for weights (D, k)."""
        return _product(self.numbers, weights)

    def of(self, units: slice) -> "Block":
        """The block for some of the units, as a view."""
        present = None if self.present is None else self.present[:, units]
        return Block(self.numbers[:, units], present)

    def weight(self, weights: Floats) -> Floats:
        """Weight of the values present: (D, n), or (D, 1) if nothing is missing."""
        if self.present is None:
            return weights.sum(axis=1, keepdims=True)
        return _product(self.present, weights)


def _product(numbers: Floats, weights: Floats) -> Floats:
    if numbers.ndim == 2 and weights.shape[0] == 1:
        # A fixed order of summation: the index is the same to the last digit on every machine,
        # whatever its linear algebra library does.
        total = np.zeros((1, numbers.shape[1]))
        for weight, row in zip(weights[0], numbers, strict=True):
            total[0] += weight * row
        return total
    if numbers.ndim == 2:
        return weights @ numbers
    return np.asarray((numbers @ weights[:, :, np.newaxis])[..., 0])


def blocks(framework: Framework, scores: Floats, mean: Mean) -> tuple[Block, ...]:
    """Transformed scores by node, bottom up. ``scores``: (n, Q), or (D, n, Q) one per weighting."""
    numbers = mean.forward(scores)
    result = []
    for part in framework.bottom_up:
        own = numbers[..., part.leaves]
        gaps = np.isnan(own)
        present = None
        if gaps.any():
            present = (~gaps).astype(float)
            own[gaps] = 0.0
        if scores.ndim == 2:
            own = np.ascontiguousarray(own.T)
            present = None if present is None else np.ascontiguousarray(present.T)
        result.append(Block(own, present))
    return tuple(result)


def climb(
    framework: Framework,
    parts: tuple[Block, ...],
    leaf_weights: Floats,
    node_weights: Floats,
    mean: Mean,
    *,
    threshold: float,
    top_only: bool = False,
) -> dict[int, Floats]:
    """Weighted means of the children present, node by node, bottom up.

    Args:
        parts: from `blocks`.
        leaf_weights: (D, Q); node_weights: (D, M). Only ratios within a node matter. Children
            without weight do not count as missing.
        threshold: share of a node's weight that the children present must carry, else NaN.
        top_only: return only the top and discard the others on the way.

    Returns:
        Scores (D, n) by the position of the node among the aggregates.
    """
    numbers: dict[int, Floats] = {}
    results: dict[int, Floats] = {}
    weightless: dict[int, Bools] = {}
    for part, block in zip(framework.bottom_up, parts, strict=True):
        own = leaf_weights[:, part.leaves]
        total, present = block.total(own), block.weight(own)
        whole = own.sum(axis=1, keepdims=True)
        for child in part.nodes:
            weight = np.where(weightless[int(child)], 0.0, node_weights[:, child])[:, np.newaxis]
            below = numbers.pop(int(child)) if top_only else numbers[int(child)]
            gaps = np.isnan(below)
            if gaps.any():
                present = present + weight * ~gaps
                below = np.where(gaps, 0.0, below)
            else:
                present = present + weight
            total += weight * below
            whole = whole + weight
        weightless[part.index] = whole[:, 0] <= 0
        enough = (present > 0) & (present >= (threshold - TOLERANCE) * whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            total /= present
        if not enough.all():
            total = np.where(enough, total, np.nan)
        numbers[part.index] = total
        if not top_only or part is framework.top:
            results[part.index] = mean.back(total)
    return results


def outranking(scores: Floats, weights: Floats) -> Floats:
    """Share of weight with which each unit is better than each other one, shape (n, n).

    The weight of the indicators where row j is better than column k, plus half of it where both
    are equal, over the indicators both have. The diagonal is 0.5; NaN where two units share no
    indicator with weight.

    Args:
        scores: (n, Q), more is better; weights: (Q,).

    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 6.
    """
    margins = np.empty((scores.shape[0], scores.shape[0]))
    shared = np.empty_like(margins)
    present = (~np.isnan(scores)).astype(float)
    for rows in _row_blocks(scores):
        margins[rows] = np.nan_to_num(np.sign(scores[rows, np.newaxis, :] - scores)) @ weights
        shared[rows] = (present[rows] * weights) @ present.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shared > 0, 0.5 + margins / (2 * shared), np.nan)


def copeland(scores: Floats, weights: Floats, compared: Bools) -> Floats:
    """For each unit, how many units it outranks minus how many outrank it, for D weightings: (D,
    n).

    A unit outranks another if it is better on more than half of the weight of the indicators that
    both have.

    Args:
        scores: (n, Q), more is better; weights: (D, Q); compared: (n,), the units to compare;
            the others get NaN.
    """
    own = scores[compared]
    result = np.full((weights.shape[0], scores.shape[0]), np.nan)
    wins = np.zeros((weights.shape[0], own.shape[0]))
    tie = TOLERANCE * weights.sum(axis=1)[:, np.newaxis]
    for rows in _row_blocks(own):
        signs = np.nan_to_num(np.sign(own[rows, np.newaxis, :] - own))
        n_rows, n_all, q = signs.shape
        margins = weights @ signs.reshape(n_rows * n_all, q).T
        margins[np.abs(margins) <= tie] = 0
        wins[:, rows] = np.sign(margins).reshape(-1, n_rows, n_all).sum(axis=2)
    result[:, compared] = wins
    return result


def outrank_tree(
    framework: Framework,
    scores: Floats,
    leaf_weights: Floats,
    node_weights: Floats,
    *,
    threshold: float,
    eligible: Bools,
    top_only: bool = False,
) -> dict[int, Floats]:
    """Copeland scores of each node, over all indicators below it with their share of its weight.

    Args:
        scores: (n, Q); leaf_weights: (D, Q); node_weights: (D, M).
        threshold: share of a node's weight that the indicators of a unit must carry in each
            weighting; the other units are not compared and get NaN.
        eligible: (n,), the units that may take part at the top.

    Returns:
        Scores (D, n) by the position of the node.
    """
    below = leaves_below(framework)
    effective = effective_weights(framework, leaf_weights, node_weights)
    present = (~np.isnan(scores)).astype(float)
    results = {}
    for part in framework.bottom_up:
        if top_only and part is not framework.top:
            continue
        leaves = below[part.index]
        weights = effective[part.index][:, leaves]
        carried = (weights @ present[:, leaves].T).min(axis=0)
        compared = (carried > 0) & (carried >= threshold - TOLERANCE)
        if part is framework.top:
            compared &= eligible
        results[part.index] = copeland(scores[:, leaves], weights, compared)
    return results


def check_positive(
    scores: Floats, units: tuple[str, ...], codes: tuple[str, ...], kind: str
) -> None:
    """Raises MethodError for scores of zero or less if the mean is not defined for them.

    Raises:
        MethodError: ``non-positive-score`` with the unit and the indicator.
    """
    wrong = np.argwhere(scores <= 0)
    if wrong.size:
        row, column = (int(place) for place in wrong[0])
        raise MethodError(
            "non-positive-score",
            f"the {kind} mean needs scores above 0, and this one is {scores[row, column]:g}; "
            "take a range that starts at 1, such as [1, 100]",
            f"unit {units[row]!r}, indicator {codes[column]}",
        )


def _row_blocks(scores: Floats) -> list[slice]:
    n, q = scores.shape
    step = max(1, BLOCK // max(1, n * q))
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]
