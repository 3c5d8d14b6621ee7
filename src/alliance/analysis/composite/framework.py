"""The hierarchy of an index: indicators at the bottom, one node at the top."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alliance.analysis.errors import MethodError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

DIRECTIONS = ("higher", "lower")
SCALES = ("linear", "log")


@dataclass(frozen=True, kw_only=True)
class Node:
    """A row of a framework: an indicator, or an aggregate of others.

    ``parent`` is the code of the node above, empty at the top. ``level`` is 1 for indicators and
    increases upwards; None if not given. ``direction`` is the better direction. ``lower`` and
    ``upper`` are bounds in the unit of the indicator (or of the ratio, if there is a
    ``denominator``), None if the sample defines them. ``denominator`` names the column to divide
    by. ``scale`` ``log`` means that ratios matter, not differences. ``row`` is the source of the
    node, for messages.
    """

    code: str
    parent: str = ""
    level: int | None = None
    weight: float = 1.0
    direction: str = "higher"
    lower: float | None = None
    upper: float | None = None
    denominator: str = ""
    scale: str = "linear"
    row: str = ""


@dataclass(frozen=True)
class Aggregate:
    """A node above indicators, by position.

    ``index`` points into the aggregates, ``leaves`` into the indicators and ``nodes`` into the
    aggregates; the weights are in the same order.
    """

    code: str
    index: int
    leaves: Ints
    leaf_weights: Floats
    nodes: Ints
    node_weights: Floats


@dataclass(frozen=True)
class Framework:
    """A validated hierarchy. Indicators (Q) and aggregates (M) are each in the given order.

    ``sign`` is +1 if higher is better, -1 if lower is. ``worst`` and ``best`` are the bounds
    multiplied by it, NaN if the sample defines them. ``bottom_up`` lists the aggregates so that
    each comes after its children; the last one is the top. ``pillars`` are the aggregates below the
    top that have indicators, ``pillar_leaves`` all indicators below each of them.
    """

    leaves: tuple[Node, ...]
    aggregates: tuple[Node, ...]
    sign: Floats
    worst: Floats
    best: Floats
    log_scale: Bools
    bottom_up: tuple[Aggregate, ...]
    pillars: tuple[int, ...]
    pillar_leaves: tuple[Ints, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(node.code for node in self.leaves)

    @property
    def node_codes(self) -> tuple[str, ...]:
        return tuple(node.code for node in self.aggregates)

    @property
    def top(self) -> Aggregate:
        return self.bottom_up[-1]

    def leaf_weights(self) -> Floats:
        """Weight of each indicator in its node, shape (Q,)."""
        return np.array([node.weight for node in self.leaves], dtype=float)

    def node_weights(self) -> Floats:
        """Weight of each aggregate in its node, shape (M,)."""
        return np.array([node.weight for node in self.aggregates], dtype=float)


def framework_from(nodes: Sequence[Node]) -> Framework:
    """Check rows and put them in order. Aggregates are the rows that other rows name as parent.

    For an indicator where lower is better, the bounds may be given either way round: the smaller
    one is the best value.

    Raises:
        MethodError: ``empty-framework``, ``missing-code``, ``duplicate-code``, ``bad-weight``,
            ``unknown-direction``, ``unknown-scale``, ``infinite-value``, ``bounds-reversed``,
            ``equal-bounds``, ``bad-log-bound``, ``unknown-parent``, ``cycle``, ``no-top``,
            ``several-tops``, ``level-order``, ``no-children``, each with its row and column.
    """
    if not nodes:
        raise MethodError("empty-framework", "a framework needs at least two rows", "framework")
    by_code: dict[str, Node] = {}
    for node in nodes:
        _check_row(node)
        if node.code in by_code:
            raise MethodError(
                "duplicate-code", f"{node.code!r} stands there twice", _at(node, "code")
            )
        by_code[node.code] = node
    _check_parents(nodes, by_code)

    parents = {node.parent for node in nodes}
    leaves = tuple(node for node in nodes if node.code not in parents)
    aggregates = tuple(node for node in nodes if node.code in parents)
    if not aggregates:
        raise MethodError("no-top", "there is no aggregate above the indicators", "framework")
    for node in leaves:
        if not node.parent:
            raise MethodError(
                "no-children", f"nothing stands below {node.code!r}", _at(node, "code")
            )
        if node.level is not None and node.level > 1:
            raise MethodError(
                "no-children",
                f"{node.code!r} is on level {node.level} and has nothing below it",
                _at(node, "level"),
            )
    worst, best = zip(*(_bounds(node) for node in leaves), strict=True)
    ordered = _bottom_up(leaves, aggregates)
    pillars = tuple(part.index for part in ordered[:-1] if part.leaves.size)
    below = _leaves_below(ordered)
    return Framework(
        leaves=leaves,
        aggregates=aggregates,
        sign=np.array([1.0 if node.direction == "higher" else -1.0 for node in leaves]),
        worst=np.array(worst, dtype=float),
        best=np.array(best, dtype=float),
        log_scale=np.array([node.scale == "log" for node in leaves], dtype=bool),
        bottom_up=ordered,
        pillars=pillars,
        pillar_leaves=tuple(below[index] for index in pillars),
    )


def leaves_below(framework: Framework) -> dict[int, Ints]:
    """All indicators under each aggregate, as positions, by the position of the aggregate."""
    return _leaves_below(framework.bottom_up)


def effective_weights(
    framework: Framework, leaf_weights: Floats, node_weights: Floats
) -> dict[int, Floats]:
    """For each aggregate, the share of its weight that each indicator carries, for D weightings.

    Args:
        leaf_weights: (D, Q); node_weights: (D, M).

    Returns:
        Shares (D, Q) by the position of the aggregate. They add up to 1, or to 0 where every
        weight below is 0; a node without weight below it does not take any from its siblings.
    """
    shares: dict[int, Floats] = {}
    for part in framework.bottom_up:
        total = np.zeros(leaf_weights.shape)
        total[:, part.leaves] = leaf_weights[:, part.leaves]
        for child in part.nodes:
            total += node_weights[:, child, np.newaxis] * shares[int(child)]
        whole = total.sum(axis=1, keepdims=True)
        shares[part.index] = total / np.where(whole > 0, whole, 1.0)
    return shares


def _at(node: Node, column: str) -> str:
    return f"{node.row or f'framework {node.code!r}'}, column {column}"


def _check_row(node: Node) -> None:
    if not node.code.strip():
        raise MethodError("missing-code", "a row must have a code", _at(node, "code"))
    if not math.isfinite(node.weight) or node.weight < 0:
        raise MethodError(
            "bad-weight", f"{node.weight} is no weight: 0 or a positive number", _at(node, "weight")
        )
    if node.direction not in DIRECTIONS:
        raise MethodError(
            "unknown-direction",
            f"{node.direction!r} is neither 'higher' nor 'lower'",
            _at(node, "direction"),
        )
    if node.scale not in SCALES:
        raise MethodError(
            "unknown-scale", f"{node.scale!r} is neither 'linear' nor 'log'", _at(node, "scale")
        )
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is None:
            continue
        if not math.isfinite(bound):
            raise MethodError("infinite-value", "a bound must be a finite number", _at(node, name))
        if node.scale == "log" and bound <= 0:
            raise MethodError(
                "bad-log-bound", "bounds on a log scale must be above 0", _at(node, name)
            )


def _bounds(node: Node) -> tuple[float, float]:
    """Worst and best value of an indicator, NaN if not given."""
    lower = math.nan if node.lower is None else node.lower
    upper = math.nan if node.upper is None else node.upper
    if lower == upper:
        raise MethodError(
            "equal-bounds", f"both bounds are {lower:g}: nothing lies between", _at(node, "upper")
        )
    if node.direction == "higher":
        if lower > upper:
            raise MethodError(
                "bounds-reversed",
                f"the lower bound {lower:g} is above the upper bound {upper:g}",
                _at(node, "lower"),
            )
        return lower, upper
    return (lower, upper) if lower > upper else (upper, lower)


def _check_parents(nodes: Sequence[Node], by_code: dict[str, Node]) -> None:
    for node in nodes:
        if node.parent and node.parent not in by_code:
            raise MethodError(
                "unknown-parent", f"no row has the code {node.parent!r}", _at(node, "parent")
            )
    for node in nodes:
        path, step = [node.code], node
        while step.parent:
            step = by_code[step.parent]
            if step.code in path:
                loop = " > ".join([*path[path.index(step.code) :], step.code])
                raise MethodError("cycle", f"{loop} goes in a circle", _at(node, "parent"))
            path.append(step.code)
    tops = [node for node in nodes if not node.parent]
    if len(tops) > 1:
        names = ", ".join(repr(node.code) for node in tops[:5])
        raise MethodError(
            "several-tops",
            f"only one row may be without a parent; these are: {names}",
            _at(tops[1], "parent"),
        )
    for node in nodes:
        above = by_code.get(node.parent)
        if above is None or node.level is None or above.level is None:
            continue
        if node.level >= above.level:
            raise MethodError(
                "level-order",
                f"{node.code!r} on level {node.level} cannot stand below {above.code!r} "
                f"on level {above.level}",
                _at(node, "level"),
            )


def _bottom_up(leaves: tuple[Node, ...], aggregates: tuple[Node, ...]) -> tuple[Aggregate, ...]:
    parts: dict[str, Aggregate] = {}
    for index, node in enumerate(aggregates):
        own_leaves = [i for i, leaf in enumerate(leaves) if leaf.parent == node.code]
        own_nodes = [i for i, part in enumerate(aggregates) if part.parent == node.code]
        parts[node.code] = Aggregate(
            code=node.code,
            index=index,
            leaves=np.array(own_leaves, dtype=np.intp),
            leaf_weights=np.array([leaves[i].weight for i in own_leaves], dtype=float),
            nodes=np.array(own_nodes, dtype=np.intp),
            node_weights=np.array([aggregates[i].weight for i in own_nodes], dtype=float),
        )
    depth: dict[str, int] = {}
    by_code = {node.code: node for node in aggregates}
    for node in aggregates:
        step, steps = node, 0
        while step.parent:
            step, steps = by_code[step.parent], steps + 1
        depth[node.code] = steps
    return tuple(sorted(parts.values(), key=lambda part: -depth[part.code]))


def _leaves_below(ordered: Sequence[Aggregate]) -> dict[int, Ints]:
    below: dict[int, Ints] = {}
    for part in ordered:
        parts = [part.leaves, *(below[int(child)] for child in part.nodes)]
        below[part.index] = np.sort(np.concatenate(parts))
    return below
