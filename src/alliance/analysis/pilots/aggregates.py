"""Means of the effects of groups and times, with the uncertainty of their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance.analysis.pilots.result import NOT_KNOWN, Floats, Ints

#: Most numbers of one block of the bootstrap, to bound the memory.
BLOCK = 8_000_000


@dataclass(frozen=True)
class Cells:
    """Effects of groups (place of the first treated time) at times, each with its influence.

    ``group``, ``time``, ``att`` have the shape (c,), ``influence`` (n, c), ``first`` (n,).
    """

    group: Ints
    time: Ints
    att: Floats
    influence: Floats
    first: Floats

    @property
    def sizes(self) -> Ints:
        """Units in the group of each cell, shape (c,)."""
        counts = {g: int((self.first == g).sum()) for g in np.unique(self.group).tolist()}
        return np.array([counts[g] for g in self.group.tolist()])

    def se(self, scores: Floats) -> Floats:
        """Standard errors, shape (c,); missing for groups of one unit, which show no spread."""
        se = np.sqrt(np.square(scores).sum(axis=0)) / len(self.first)
        return np.where(self.sizes > 1, se, NOT_KNOWN)


@dataclass(frozen=True)
class Aggregate:
    """A mean of effects, and the means it is made of (by event, group or time).

    ``scores`` (G, parts): influence of each part, summed by cluster. ``n``: number of units.
    """

    estimate: float
    se: float
    labels: Ints
    parts: Floats
    part_se: Floats
    scores: Floats
    n: int


def all_aggregates(cells: Cells, members: Ints | None, level: float) -> dict[str, Aggregate]:
    """The means ``simple``, ``dynamic``, ``group`` and ``calendar``.

    simple: over all cells after the start, weighted by the size of the group. dynamic: by time
    since the start, then the plain mean over times at and after it. group: mean over the times of
    a group, then by size. calendar: by time, then the plain mean over times.
    """
    after = np.flatnonzero(cells.time >= cells.group)
    event = cells.time - cells.group
    maker = _Maker(cells, members)
    estimate, influence = maker.weighted(after)
    alone = maker.only_single_units(after)
    simple = maker.finished(
        estimate, influence, np.array([0]), np.array([estimate]), influence[:, None], [alone]
    )

    def by(key: Ints, chosen: Ints, sized: bool) -> tuple[Ints, Floats, Floats, list[bool]]:
        labels = np.unique(key[chosen])
        parts, influences, alone = [], [], []
        for label in labels:
            places = chosen[key[chosen] == label]
            if sized:
                value, score = maker.weighted(places)
            else:
                value = float(cells.att[places].mean())
                score = cells.influence[:, places].mean(axis=1)
            parts.append(value)
            influences.append(score)
            alone.append(maker.only_single_units(places))
        return labels, np.array(parts), np.array(influences).T, alone

    everything = np.arange(len(cells.att))
    labels, parts, scores, lone = by(event, everything, sized=True)
    late = labels >= 0
    dynamic = maker.finished(
        float(parts[late].mean()), scores[:, late].mean(axis=1), labels, parts, scores, lone
    )
    labels, parts, scores, lone = by(cells.group, after, sized=False)
    value, score = maker.over_groups(labels, parts, scores)
    group = maker.finished(value, score, labels, parts, scores, lone)
    labels, parts, scores, lone = by(cells.time, after, sized=True)
    calendar = maker.finished(float(parts.mean()), scores.mean(axis=1), labels, parts, scores, lone)
    return {"simple": simple, "dynamic": dynamic, "group": group, "calendar": calendar}


class _Maker:
    """Weighted means of cells together with their influence functions."""

    def __init__(self, cells: Cells, members: Ints | None) -> None:
        self.cells, self.members = cells, members
        self.n = len(cells.first)
        groups = np.unique(cells.group)
        self.belongs = (cells.first[:, None] == groups).astype(float)
        self.share = self.belongs.mean(axis=0)
        self.column = {int(g): place for place, g in enumerate(groups)}

    def only_single_units(self, places: Ints) -> bool:
        return bool((self.cells.sizes[places] == 1).all())

    def weighted(self, places: Ints) -> tuple[float, Floats]:
        """The mean over cells weighted by the share of their group, and its influence."""
        att, influence = self.cells.att[places], self.cells.influence[:, places]
        columns = np.array([self.column[g] for g in self.cells.group[places].tolist()])
        return self._mean(columns, att, influence)

    def over_groups(self, groups: Ints, parts: Floats, scores: Floats) -> tuple[float, Floats]:
        """The mean over groups weighted by their share, and its influence."""
        columns = np.array([self.column[g] for g in groups.tolist()])
        return self._mean(columns, parts, scores)

    def _mean(self, columns: Ints, values: Floats, scores: Floats) -> tuple[float, Floats]:
        share = self.share[columns]
        weight = share / share.sum()
        estimate = float(weight @ values)
        # The weights are estimated too: (1[g] - P(g)) / sum P, less their common part. Summed by
        # group first, there being far fewer groups than cells.
        pull = np.bincount(columns, weights=values - estimate, minlength=len(self.share))
        own = (self.belongs - self.share) @ pull / share.sum()
        return estimate, scores @ weight + own

    def finished(
        self,
        estimate: float,
        influence: Floats,
        labels: Ints,
        parts: Floats,
        scores: Floats,
        alone: list[bool],
    ) -> Aggregate:
        together = np.column_stack([influence, scores])
        if self.members is not None:
            sums = np.zeros((int(self.members.max()) + 1, together.shape[1]))
            np.add.at(sums, self.members, together)
            together = sums
        se = np.sqrt(np.square(together).sum(axis=0)) / self.n
        part_se = np.where(np.array(alone), NOT_KNOWN, se[1:])
        own_se = NOT_KNOWN if all(alone) else float(se[0])
        return Aggregate(estimate, own_se, labels, parts, part_se, together[:, 1:], self.n)


def bands(aggregate: Aggregate, *, draws: int, level: float, seed: int) -> float:
    """The factor of standard errors with which a band covers all parts at once.

    Multiplier bootstrap with Mammen's weights on the influence functions; NaN without draws.
    """
    usable = np.isfinite(aggregate.part_se) & (aggregate.part_se > 0)
    if draws == 0 or not usable.any():
        return NOT_KNOWN
    random = np.random.default_rng(seed)
    scores = aggregate.scores[:, usable] / (aggregate.n * aggregate.part_se[usable])
    root = np.sqrt(5.0)
    low, high = (1 - root) / 2, (1 + root) / 2
    largest = np.empty(draws)
    step = max(1, BLOCK // len(scores))
    for begin in range(0, draws, step):
        size = min(step, draws - begin)
        # Mammen's two points have mean 0 and variance 1.
        picks = random.random((size, len(scores)), dtype=np.float32)
        weights = np.where(picks < (root + 1) / (2 * root), low, high)
        largest[begin : begin + size] = np.abs(weights @ scores).max(axis=1)
    return float(np.quantile(largest, level))
