"""Means of the effects of groups and times, with the uncertainty of their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance.analysis.pilots.result import NOT_KNOWN, Floats, Ints, interval, p_value

#: The maximum size of a bootstrap block, to limit the memory.
BLOCK = 8_000_000


@dataclass(frozen=True)
class Cells:
    """Effects of groups (index of the first treated time) at times, each with its influence.

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
        """Standard errors, shape (c,); missing for groups of one unit, whose spread is unknown."""
        se = np.sqrt(np.square(scores).sum(axis=0)) / len(self.first)
        return np.where(self.sizes > 1, se, NOT_KNOWN)


@dataclass(frozen=True)
class Aggregate:
    """A mean of effects, and the means it is made of (by event, group or time).

    ``scores`` (G, parts): influence of each part, summed by cluster. ``n``: number of units.
    ``ci`` and ``part_ci`` (parts, 2) allow for few units in a group, ``p`` is that of ``ci``.
    """

    estimate: float
    se: float
    ci: tuple[float, float]
    p: float
    labels: Ints
    parts: Floats
    part_se: Floats
    part_ci: Floats
    scores: Floats
    n: int


class Strata:
    """Groups of starts as strata of units or clusters, for intervals where they are small.

    The published standard error takes the spread of each group as known. Here each group's share
    of the variance gets the factor m / (m - 1) for its m units, and the t has Welch's degrees of
    freedom: with one group of starts this is Welch's t test of two groups. Clusters that hold
    units of several groups are one stratum.

    Args:
        first: place of the first treated time, shape (n,); members: cluster of each unit, or None.

    Source: Welch 1947; Satterthwaite 1946.
    """

    def __init__(self, first: Floats, members: Ints | None) -> None:
        self.n = len(first)
        group = np.unique(first, return_inverse=True)[1]
        if members is None:
            self.of = group
        else:
            low = np.full(int(members.max()) + 1, group.max() + 1)
            high = np.full(len(low), -1)
            np.minimum.at(low, members, group)
            np.maximum.at(high, members, group)
            self.of = low if (low == high).all() else np.zeros(len(low), dtype=np.int64)
        self.sizes = np.bincount(self.of).astype(float)

    def errors(self, scores: Floats) -> tuple[Floats, Floats]:
        """Standard errors and degrees of freedom of columns of ``scores`` (G, m), shapes (m,)."""
        squares = np.zeros((len(self.sizes), scores.shape[1]))
        np.add.at(squares, self.of, np.square(scores))
        several = self.sizes > 1
        m = self.sizes[several, None]
        shares = squares[several] * m / (m - 1) / self.n**2
        # A single unit has no spread; the contribution of the weights is kept.
        total = shares.sum(axis=0) + squares[~several].sum(axis=0) / self.n**2
        with np.errstate(divide="ignore", invalid="ignore"):
            df = np.square(total) / (np.square(shares) / (m - 1)).sum(axis=0)
        return np.sqrt(total), np.where(np.isfinite(df), df, np.inf)


def all_aggregates(cells: Cells, members: Ints | None, level: float) -> dict[str, Aggregate]:
    """The means ``simple``, ``dynamic``, ``group`` and ``calendar``.

    simple: over all cells after the start, weighted by the size of the group. dynamic: by time
    since the start, then the plain mean over times at and after it. group: mean over the times of
    a group, then by size. calendar: by time, then the plain mean over times.
    """
    after = np.flatnonzero(cells.time >= cells.group)
    event = cells.time - cells.group
    maker = _Maker(cells, members, level)
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
    """Weighted means of cells with their influence functions."""

    def __init__(self, cells: Cells, members: Ints | None, level: float) -> None:
        self.cells, self.members, self.level = cells, members, level
        self.strata = Strata(cells.first, members)
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
        # group first, because there are far fewer groups than cells.
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
        errors, df = self.strata.errors(together)
        errors = np.where(np.isfinite([own_se, *part_se]), errors, NOT_KNOWN)
        values = [estimate, *parts.tolist()]
        bounds = [
            interval(value, error, self.level, free)
            for value, error, free in zip(values, errors.tolist(), df.tolist(), strict=True)
        ]
        return Aggregate(
            estimate=estimate,
            se=own_se,
            ci=bounds[0],
            p=p_value(estimate, float(errors[0]), float(df[0])),
            labels=labels,
            parts=parts,
            part_se=part_se,
            part_ci=np.array(bounds[1:]),
            scores=together[:, 1:],
            n=self.n,
        )


def bands(aggregate: Aggregate, *, draws: int, level: float, seed: int) -> float:
    """The multiple of standard errors for a simultaneous confidence band.

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
