"""Data before a pilot: their spread, the designs that they allow, and random allocation."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.panel import Panel
from alliance.analysis.pilots.result import Bools, Floats, Ints
from alliance.analysis.pilots.synthetic_control import MIN_DONORS

#: Fewer units per arm than this are only drawn on request.
ENOUGH_TO_DRAW = 4
#: Points that an interrupted series needs before the start.
ENOUGH_POINTS = 8
#: Units in a block, if the number of blocks is not given.
BLOCK_SIZE = 4
#: A variance below this share of the squared level is a rounding error.
_NOTHING = 1e-18


@dataclass(frozen=True)
class Spread:
    """How units differed before a pilot, from a panel without gaps.

    ``sd``: between units at one time, in the unit of the outcome, pooled over the times.
    ``correlation``: of a unit with itself at another time; None of a single time.
    ``icc``: of units within a cluster at one time; None without clusters. ``cluster_size`` is the
    mean size, ``cv`` the coefficient of variation of the sizes.
    Estimates of correlations below 0 are given as 0: planning knows no better than chance there.
    """

    n: int
    n_missing: int
    n_times: int
    mean: float
    least: float
    sd: float
    correlation: float | None
    icc: float | None = None
    cluster_size: float | None = None
    cv: float = 0.0


def spread(panel: Panel, clusters: Sequence[str] | None = None) -> Spread:
    """The spread and the correlations of outcomes before a pilot.

    Differences between the times, such as seasons, are taken out first. The correlation is that of
    a unit's effect in a two-way analysis of variance (units, times), equal to the mean covariance
    of two times over the mean variance; ``icc`` that of clusters in a one-way analysis at each
    time, pooled over the times, by the estimator for unequal sizes.

    Args:
        panel: outcomes, shape (N, T); units with a gap are left out and counted.
        clusters: the cluster of each unit, shape (N,).

    Raises:
        MethodError: ``no-data`` (no unit is complete), ``too-few`` (fewer than two units),
            ``no-spread`` (all units alike, or all move by exactly the same steps).

    Source: Shrout and Fleiss 1979 (ICC 3,1); Donner 1986 for unequal clusters.
    """
    whole, complete = panel.balanced()
    y = whole.outcome
    n, n_times = y.shape
    if n < 2:
        raise MethodError("too-few", "one unit has no spread between units", "unit")
    apart = y - y.mean(axis=0)
    variance = float(np.square(apart).sum() / (n_times * (n - 1)))
    scale = max(float(np.square(y).mean()), 1e-300)
    if variance <= _NOTHING * scale:
        raise MethodError("no-spread", "all units have the same outcome", "outcome")
    correlation = None
    if n_times > 1:
        own = apart.mean(axis=1)
        between = float(n_times * np.square(own).sum() / (n - 1))
        within = float(np.square(apart - own[:, None]).sum() / ((n - 1) * (n_times - 1)))
        if within <= _NOTHING * scale:
            raise MethodError("no-spread", "all units move by the same steps", "outcome")
        correlation = max(0.0, (between - within) / (n_times * variance))
    icc = size = None
    cv = 0.0
    if clusters is not None:
        names = np.asarray(clusters, dtype=object)[complete]
        icc, size, cv = _within_clusters(apart, names)
    return Spread(
        n=n,
        n_missing=len(panel.units) - n,
        n_times=n_times,
        mean=float(y.mean()),
        least=float(y.min()),
        sd=math.sqrt(variance),
        correlation=correlation,
        icc=icc,
        cluster_size=size,
        cv=cv,
    )


def _within_clusters(apart: Floats, names: object) -> tuple[float, float, float]:
    """Correlation within clusters, their mean size, and how much the sizes vary."""
    _names, member, sizes = np.unique(
        np.asarray(names, dtype=str), return_inverse=True, return_counts=True
    )
    k, n = len(sizes), len(apart)
    if k < 2 or k == n:
        raise MethodError("too-few", "two clusters, one of two units, are the least", "cluster")
    means = np.stack([np.bincount(member, column) / sizes for column in apart.T], axis=1)
    times = apart.shape[1]
    between = float((sizes[:, None] * np.square(means)).sum() / (times * (k - 1)))
    within = float(np.square(apart - means[member]).sum() / (times * (n - k)))
    usual = (n - float(np.square(sizes).sum()) / n) / (k - 1)
    whole = between + (usual - 1) * within
    icc = max(0.0, (between - within) / whole) if whole > 0 else 0.0
    return icc, float(sizes.mean()), float(sizes.std() / sizes.mean())


@dataclass(frozen=True)
class Proposal:
    """The strongest design that the data before a pilot allow; ``n`` is in each arm (pairs, or
    1)."""

    design: str
    n: int
    n_treated: int


def propose(n_units: int, n_times: int, *, who: str = "", n_treated: int = 0) -> Proposal:
    """The design, by how units are selected for the pilot and how many there are.

    Args:
        n_units: units, or clusters if these get the pilot as a whole.
        n_times: times before the start.
        who: ``lot``, ``chosen``, ``in-turn``, ``all``; empty for the strongest possible design.
        n_treated: how many get the pilot; 0 for half, required for ``chosen``.

    Raises:
        MethodError: ``too-few`` if no design can distinguish the pilot from chance, and with
            ``lot`` if an arm would have fewer than two units; ``no-control`` if all are chosen;
            ``bad-parameter``.
    """
    if who not in ("", "lot", "chosen", "in-turn", "all"):
        raise MethodError("bad-parameter", f"nobody gets it by {who!r}", "who")
    if not who:
        who = "lot" if n_units >= 2 * ENOUGH_TO_DRAW else "all"
    if who == "lot":
        treated = n_treated or n_units // 2
        least = min(treated, n_units - treated)
        if least < 2:
            raise MethodError("too-few", "two units on a side are the least", "unit")
        return Proposal("randomised", least, treated)
    if who == "in-turn":
        if n_units < 4:
            raise MethodError("too-few", "four units are the least", "unit")
        return Proposal("staggered", n_units // 2, n_units)
    if who == "chosen":
        others = n_units - n_treated
        if n_treated < 1 or others < 0:
            raise MethodError("bad-parameter", "units that get the pilot", "n_treated")
        if not others:
            raise MethodError("no-control", "no unit is without the pilot", "treated")
        if n_treated == 1:
            if others >= MIN_DONORS and n_times >= 2:
                return Proposal("synthetic-control", 1, 1)
            raise MethodError("too-few", "one unit with few others", "treated")
        if others < 2:
            raise MethodError("too-few", "one unit without the pilot", "treated")
        return Proposal("did", min(n_treated, others), n_treated)
    if n_units == 1:
        if n_times < ENOUGH_POINTS:
            raise MethodError("too-short", f"{n_times} points of a single unit", "time")
        return Proposal("its", 1, 1)
    return Proposal("before-after", n_units, n_units)


@dataclass(frozen=True)
class Allocation:
    """The result of the draw: ``treated`` and ``block`` (from 0) of each unit, shape (N,)."""

    treated: Bools
    block: Ints

    @property
    def n_blocks(self) -> int:
        return int(self.block.max()) + 1


def allocate_randomly(
    units: Sequence[str],
    *,
    seed: int,
    level: Floats | None = None,
    labels: Sequence[str] | None = None,
    n_blocks: int | None = None,
    n_treated: int | None = None,
) -> Allocation:
    """Draw which units get the pilot, within blocks of similar units.

    Units of a block are sorted by the SHA-256 of ``seed:unit`` and the first of them get the pilot,
    so that anybody with the list can repeat the draw with any tool, whatever the order of the list.
    Remaining places go to the blocks whose first unit left out comes earliest in that order.

    Args:
        units: distinct names, shape (N,).
        level: their outcome before; blocks consist of neighbours in it. Without it, and without
            labels, all units are one block.
        labels: blocks by name instead, shape (N,).
        n_blocks: blocks by level; by default of `BLOCK_SIZE` units or slightly more.
        n_treated: how many are drawn; by default half, rounded down.

    Raises:
        MethodError: ``too-few`` (under two units), ``few-units-in-blocks`` (fewer than two for each
            block), ``bad-parameter``, ``duplicate-key``.
    """
    n = len(units)
    if n < 2:
        raise MethodError("too-few", "two units are the least", "unit")
    if len(set(units)) < n:
        raise MethodError("duplicate-key", "a unit is named twice", "unit")
    drawn = n // 2 if n_treated is None else n_treated
    if not 0 < drawn < n or seed < 0:
        raise MethodError("bad-parameter", "number drawn, or seed", "n_treated")
    if labels is not None:
        block = np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1]
        count = int(block.max()) + 1
    else:
        count = n_blocks if n_blocks is not None else max(1, n // BLOCK_SIZE)
        count = 1 if level is None and n_blocks is None else count
        if count < 1:
            raise MethodError("bad-parameter", "one block is the least", "blocks")
        block = np.zeros(n, dtype=np.int64)
        values = np.zeros(n) if level is None else np.asarray(level, dtype=float)
        order = sorted(range(n), key=lambda place: (values[place], units[place]))
        for number, part in enumerate(np.array_split(np.asarray(order), count)):
            block[part] = number
    if n < 2 * count:
        raise MethodError("few-units-in-blocks", f"{n} units, {count} blocks", "blocks")
    key = [hashlib.sha256(f"{seed}:{name}".encode()).hexdigest() for name in units]
    treated = np.zeros(n, dtype=bool)
    left_out = []
    for number in range(count):
        own = sorted(np.flatnonzero(block == number).tolist(), key=lambda place: key[place])
        sure = drawn * len(own) // n
        treated[own[:sure]] = True
        left_out += own[sure : sure + 1]
    over = drawn - int(treated.sum())
    treated[sorted(left_out, key=lambda place: key[place])[:over]] = True
    return Allocation(treated, np.asarray(block, dtype=np.int64))
