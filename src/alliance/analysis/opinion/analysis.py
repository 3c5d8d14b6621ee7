"""The analysis of a dialogue: groups, where they agree and where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion.clusters import (
    MIN_GROUP,
    MIN_SHARE,
    Partition,
    adjusted_rand,
    best,
    partitions,
    silhouette,
)
from alliance.analysis.opinion.space import Space, space
from alliance.analysis.opinion.statements import (
    Counts,
    Representative,
    consensus,
    count,
    informed_consensus,
    informed_consensus_legacy,
    priorities,
    representative,
)
from alliance.analysis.opinion.votes import Flags, Floats, Ints, Votes, natural

METHOD, VERSION = "opinion-groups", "1"
#: Below this mean silhouette, groups are not clearly separated.
CLEAR = 0.25
#: The size of the sample for the silhouette of given groups.
_SILHOUETTE_PEOPLE = 4_000


@dataclass(frozen=True)
class Group:
    """People with similar opinions, or a given group."""

    id: str
    size: int
    representative: tuple[Representative, ...]


@dataclass(frozen=True)
class Analysis:
    """What n people said to c statements.

    ``labels``: n, the place of each person's group in ``groups``, -1 for none. ``listed``: c, which
    statements may be shown. ``everybody``: 1 x c counts of all people, ``by_group``: g x c.
    ``informed_consensus`` and ``_legacy``: c, NaN without groups; ``_range``: c x 2, its least and
    most over all numbers of groups that were tried. ``silhouette`` and ``stability`` (mean adjusted
    Rand index of half samples): None where not known. ``n``: people, ``n_votes``: people's last
    votes, on rejected statements too, ``n_missing``: cells without one. ``warnings``: codes, some
    with a detail after a colon.
    """

    votes: Votes
    space: Space
    groups: tuple[Group, ...]
    labels: Ints
    listed: Flags
    everybody: Counts
    by_group: Counts
    informed_consensus: Floats
    informed_consensus_legacy: Floats
    informed_consensus_range: Floats
    priority: Floats
    consensus: tuple[tuple[str, ...], tuple[str, ...]]
    silhouette: float | None
    stability: float | None
    n: int
    n_votes: int
    n_missing: int
    warnings: tuple[str, ...]
    method: str = METHOD
    version: str = VERSION

    @property
    def clear(self) -> bool:
        """Whether there are clearly separated groups."""
        return "no-clear-groups" not in self.warnings

    def divisive(self) -> Ints:
        """The columns of the statements that may be shown, most divisive first, by extremity."""
        places = np.flatnonzero(self.listed)
        return places[np.argsort(-self.space.extremity[places], kind="stable")]

    def people(self) -> tuple[Floats, Floats, Floats]:
        """Of n people each: centricness, coreness in the group, extremeness of the group's way.

        NaN where a person is in no group. Centricness and coreness are 1 less the distance to the
        centre of all who are grouped and of the group; extremeness is how far a person stands from
        the centre of the group in the direction away from everybody's.
        """
        figures = np.full((3, self.n), np.nan)
        grouped = np.flatnonzero(self.labels >= 0)
        if len(grouped):
            points, labels = self.space.positions[grouped], self.labels[grouped]
            middle = points.mean(axis=0)
            sizes = np.bincount(labels, minlength=len(self.groups))
            centres = (
                np.stack(
                    [np.bincount(labels, weights=line, minlength=len(sizes)) for line in points.T],
                    1,
                )
                / np.maximum(sizes, 1)[:, None]
            )
            way = centres - middle
            length = np.hypot(*way.T)[:, None]
            way = np.divide(way, length, out=np.zeros_like(way), where=length > 0)
            inner = points - centres[labels]
            figures[:, grouped] = (
                1 - np.hypot(*(points - middle).T),
                1 - np.hypot(*inner.T),
                (inner * way[labels]).sum(axis=1),
            )
        return figures[0], figures[1], figures[2]


def analyse(
    votes: Votes,
    *,
    groups: Mapping[str, str] | None = None,
    resamples: int = 0,
    seed: int = 1,
) -> Analysis:
    """Analyse a dialogue from its votes alone.

    Args:
        groups: the group of each person, if given; people without one are in none.
        resamples: half samples for measuring the stability of groups; 0 omits it.
        seed: of these samples.

    Raises:
        MethodError: ``no-data`` if nobody in the given groups voted, ``bad-parameter`` for a
            negative number of samples.
    """
    if resamples < 0:
        raise MethodError("bad-parameter", "not below 0", "resamples")
    where = space(votes)
    warnings: list[str] = []
    candidates: tuple[Partition, ...] = ()
    stable = None
    if groups is None:
        active = np.flatnonzero(where.active)
        candidates = partitions(where.positions[active])
        chosen = best(candidates)
        names, labels, width = _cluster_groups(votes, active, chosen)
        if chosen is None or width is None or width < CLEAR:
            warnings.append("no-clear-groups")
        if not names:
            warnings.append("too-few-people")
        if chosen is not None and resamples:
            stable = stability(votes, labels, samples=resamples, seed=seed)
    else:
        names, labels, width, warnings = _predefined_groups(votes, where, groups)
        if width is not None and width < CLEAR:
            warnings.append("no-clear-groups")

    listed = ~votes.rejected
    shown = listed & ~votes.meta
    others = [
        _spread(votes, where, partition.labels)
        for partition in candidates
        if partition is not best(candidates)
    ]
    # Counted once for all groupings, each of which adds up some of these cells.
    groupings = [labels, *others]
    ways = [int(line.max()) + 2 for line in groupings]
    number = np.ravel_multi_index([line + 1 for line in groupings], ways)
    cells = np.flatnonzero(np.bincount(number))
    counts = count(votes, np.searchsorted(cells, np.arange(np.prod(ways)))[number])
    everybody = counts.total()
    by_group, *tried = (counts.added(line - 1) for line in np.unravel_index(cells, ways))
    none = np.full(len(votes.statements), np.nan)
    new = informed_consensus(by_group) if names else none
    ends = [new, *(informed_consensus(alternative) for alternative in tried)]
    sizes = np.bincount(labels[labels >= 0], minlength=len(names))
    return Analysis(
        votes=votes,
        space=where,
        groups=tuple(
            Group(
                name,
                int(sizes[at]),
                representative(by_group, at, votes.statements, shown) if len(names) > 1 else (),
            )
            for at, name in enumerate(names)
        ),
        labels=labels,
        listed=listed,
        everybody=everybody,
        by_group=by_group,
        informed_consensus=new,
        informed_consensus_legacy=informed_consensus_legacy(by_group) if names else none,
        informed_consensus_range=np.stack([np.min(ends, axis=0), np.max(ends, axis=0)], axis=1),
        priority=priorities(by_group if names else everybody, where.extremity, votes.meta),
        consensus=consensus(everybody, votes.statements, shown),
        silhouette=width,
        stability=stable,
        n=len(votes.participants),
        n_votes=int(votes.values.nnz),
        n_missing=len(votes.participants) * len(votes.statements) - int(votes.values.nnz),
        warnings=tuple(warnings),
    )


def stability(votes: Votes, labels: Ints, *, samples: int = 20, seed: int = 1) -> float:
    """Mean adjusted Rand index between groups and those of half of the people, clustered again.

    A half without groups agrees with none. ``labels``: n, -1 for none.
    """
    random = np.random.default_rng(seed)
    n = len(votes.participants)
    scores = []
    for _ in range(samples):
        rows = np.sort(random.permutation(n)[: (n + 1) // 2])
        where = space(votes.of(rows))
        active = np.flatnonzero(where.active)
        again = best(partitions(where.positions[active], smallest=MIN_GROUP // 2))
        both = labels[rows[active]] >= 0
        if again is None or not both.any():
            scores.append(0.0)
        else:
            scores.append(adjusted_rand(labels[rows[active]][both], again.labels[both]))
    return float(np.mean(scores))


def _spread(votes: Votes, where: Space, labels: Ints) -> Ints:
    whole = np.full(len(votes.participants), -1)
    whole[where.active] = labels
    return whole


def _cluster_groups(
    votes: Votes, active: Ints, chosen: Partition | None
) -> tuple[list[str], Ints, float | None]:
    """Names of groups, group of each person, silhouette; a single group if none are found."""
    labels = np.full(len(votes.participants), -1)
    if chosen is not None:
        labels[active] = chosen.labels
        return [str(at) for at in range(chosen.n_groups)], labels, chosen.silhouette
    if len(active) < MIN_GROUP:
        return [], labels, None
    labels[active] = 0
    return ["0"], labels, None


def _predefined_groups(
    votes: Votes, where: Space, groups: Mapping[str, str]
) -> tuple[list[str], Ints, float | None, list[str]]:
    there = [name for name in votes.participants if name in groups]
    if not there:
        raise MethodError("no-data", "nobody in the groups has voted", "groups")
    names = sorted({groups[name] for name in there}, key=natural)
    place = {name: at for at, name in enumerate(names)}
    labels = np.array(
        [place[groups[name]] if name in groups else -1 for name in votes.participants]
    )
    warnings = []
    if len(groups) > len(there):
        warnings.append(f"without-votes:{len(groups) - len(there)}")
    grouped = np.flatnonzero(labels >= 0)
    sizes = np.bincount(labels[grouped])
    floor = max(MIN_GROUP, MIN_SHARE * len(grouped))
    warnings += [f"small-group:{names[at]}" for at in np.flatnonzero(sizes < floor)]
    if len(names) < 2:
        return names, labels, None, warnings
    some = grouped[:: -(-len(grouped) // _SILHOUETTE_PEOPLE)]
    width = None
    if len(np.unique(labels[some])) > 1:
        points = where.positions[some]
        width = silhouette(cdist(points, points), labels[some])
    return names, labels, width, warnings
