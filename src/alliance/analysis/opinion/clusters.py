"""Opinion groups: people gathered into at most 100 base clusters, and those into 2 to 5 groups.

Source: Small et al. 2021 (base clusters, weighted k-means, k by the silhouette); Hamerly 2010,
Making k-means even faster (bounds that spare distances and change no result); Hubert and Arabie
1985 (adjusted Rand index).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from alliance.analysis.opinion.votes import Floats, Ints

BASE_CLUSTERS, BASE_ROUNDS, GROUP_ROUNDS = 100, 100, 20
#: Iteration ends when no centre moves this far.
STILL = 0.01
MOST_GROUPS = 5
#: The minimum size of a group, and its minimum share of the people in groups.
MIN_GROUP, MIN_SHARE = 10, 0.02
#: The number of nearest centres whose movements are bounded individually; the others share a bound.
_CLOSE = 20
#: Nearly equal distances are computed again to find the shorter one.
_LEVEL = 1e-9


@dataclass(frozen=True)
class Partition:
    """People in groups: ``labels`` 0, 1, ... by size, ``silhouette`` over base clusters."""

    k: int
    labels: Ints
    silhouette: float

    @property
    def n_groups(self) -> int:
        return int(self.labels.max()) + 1


def partitions(points: Floats, *, smallest: int = MIN_GROUP) -> tuple[Partition, ...]:
    """All ways to group people that leave at least two groups large enough, by k ascending.

    Args:
        points: m x 2, in the order of first votes: the first distinct ones start the clusters.
        smallest: people a group needs; at least `MIN_SHARE` of all as well. The base clusters of
            a smaller one join the nearest group that is large enough.
    """
    labels, centres = k_means(points, np.ones(len(points)), BASE_CLUSTERS, BASE_ROUNDS)
    sizes = np.bincount(labels)
    floor = max(smallest, MIN_SHARE * len(points))
    between = cdist(centres, centres)
    candidates = []
    for k in range(2, min(MOST_GROUPS, 2 + len(centres) // 12) + 1):
        if k > len(centres):
            break
        of_base, middles = k_means(centres, sizes.astype(float), k, GROUP_ROUNDS)
        large = np.bincount(of_base, weights=sizes, minlength=len(middles)) >= floor
        if large.sum() < 2:
            continue
        nearest = np.flatnonzero(large)[cdist(centres, middles[large]).argmin(axis=1)]
        of_base = np.where(large[of_base], of_base, nearest)
        candidates.append(Partition(k, by_size(of_base[labels]), silhouette(between, of_base)))
    return tuple(candidates)


def best(candidates: tuple[Partition, ...]) -> Partition | None:
    """The one of the highest silhouette, of equals that of most groups."""
    return max(candidates, key=lambda partition: (partition.silhouette, partition.k), default=None)


def by_size(labels: Ints) -> Ints:
    """The same groups numbered by size, equal ones by their first member."""
    sizes = np.bincount(labels)
    first = np.empty(len(sizes), np.int64)
    first[labels[::-1]] = np.arange(len(labels))[::-1]
    there = np.flatnonzero(sizes)
    rank = np.empty(len(sizes), np.int64)
    rank[there[np.lexsort((first[there], -sizes[there]))]] = np.arange(len(there))
    return rank[labels]


def k_means(points: Floats, weights: Floats, k: int, rounds: int) -> tuple[Ints, Floats]:
    """Lloyd's rounds from the first ``k`` distinct points.

    Of two centres as near the later one is taken; clusters without a point vanish. Ends after
    ``rounds``, or when no centre, in the order of coordinates, moves by `STILL`.

    Returns:
        Cluster of each point, and the centres.
    """
    seen: dict[tuple[float, float], None] = {}
    for x, y in points:
        seen.setdefault((float(x), float(y)))
        if len(seen) == k:
            break
    centres = np.array(list(seen))
    own = np.zeros(len(points), np.int64)
    # A lower bound of the distance to the second nearest centre; unknown at first.
    beyond = np.zeros(len(points))
    shift = np.zeros(len(centres))
    lines = np.ascontiguousarray(points.T)
    for _ in range(rounds):
        distance = np.hypot(*(line - at[own] for line, at in zip(lines, centres.T, strict=True)))
        apart = cdist(centres, centres)
        np.fill_diagonal(apart, np.inf)
        order = apart.argsort(axis=1)
        beyond -= shift[order[:, :_CLOSE]].max(axis=1)[own]
        if len(centres) > _CLOSE:
            far = apart[np.arange(len(centres)), order[:, _CLOSE]]
            beyond = np.minimum(beyond, far[own] - distance)
        near = np.maximum(beyond, apart.min(axis=1)[own] / 2) * (1 - 1e-9) - 1e-12
        unsure = np.flatnonzero(distance >= near)
        own[unsure], beyond[unsure] = _nearest(points[unsure], centres)
        mass = np.bincount(own, weights=weights, minlength=len(centres))
        there = mass > 0
        moved = (
            np.stack(
                [
                    np.bincount(own, weights=weights * line, minlength=len(centres))
                    for line in lines
                ],
                axis=1,
            )[there]
            / mass[there, None]
        )
        shift = np.hypot(*(moved - centres[there]).T)
        still = there.all() and (np.hypot(*(_in_order(moved) - _in_order(centres)).T) < STILL).all()
        own = (np.cumsum(there) - 1)[own]
        centres = moved
        if still:
            break
    return own, centres


def _nearest(points: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """The nearest centre of each point, the last of equal ones, and the distance of the second."""
    distances, places = KDTree(centres).query(points, k=2)
    own, (near, second) = places[:, 0], distances.T
    # The tree does not tell which of equal ones is the last.
    level = np.flatnonzero(second - near <= _LEVEL * second)
    square = np.square(points[level, :1] - centres[:, 0])
    square += np.square(points[level, 1:] - centres[:, 1])
    own[level] = len(centres) - 1 - square[:, ::-1].argmin(axis=1)
    return own, second


def _in_order(centres: Floats) -> Floats:
    return centres[np.lexsort(centres.T[::-1])]


def silhouette(between: Floats, labels: Ints) -> float:
    """Mean silhouette of points from their distances, m x m; 0 for a point alone in its group."""
    member = labels[:, None] == np.unique(labels)
    sizes = member.sum(axis=0)
    total = between @ member
    alone = (member * sizes).sum(axis=1) == 1
    inside = (total * member).sum(axis=1) / np.maximum((member * sizes).sum(axis=1) - 1, 1)
    outside = np.where(member, np.inf, total / sizes).min(axis=1)
    largest = np.maximum(inside, outside)
    score = np.where(
        alone | (largest == 0), 0.0, (outside - inside) / np.where(largest == 0, 1, largest)
    )
    return float(score.mean())


def adjusted_rand(ints: Ints, other: Ints) -> float:
    """The adjusted Rand index of two groupings of the same people: 1 identical, 0 as by chance."""
    table = np.zeros((int(ints.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (ints, other), 1)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / max(pairs(table.sum(keepdims=True)), 1)
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)
