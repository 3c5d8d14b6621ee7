"""Ranks, percentiles among peers, and which units are certainly ahead of which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alliance.analysis.composite.framework import Floats, Ints
from alliance.analysis.errors import MethodError

#: Scores that agree to this many decimals are tied.
DECIMALS = 9
#: Differences larger than this many standard errors have the same sign in nine of ten cases.
NINE_IN_TEN = 1.2815515655446004
_DUST = 1e-9
_ROWS = 500


def rank_codes(scores: Floats) -> npt.NDArray[np.int32]:
    """Ranks along the last axis, 1 for the greatest score, ties at their best rank.

    0 stands for a missing score; `rank` gives NaN instead. ``scores``: (..., n).
    """
    falling = -np.round(scores, DECIMALS)
    order = np.argsort(falling, axis=-1)
    ordered = np.take_along_axis(falling, order, axis=-1)
    places = np.arange(1, scores.shape[-1] + 1, dtype=np.int32)
    first = np.zeros(scores.shape, dtype=np.int32)
    first[..., :1] = 1
    np.multiply(ordered[..., 1:] != ordered[..., :-1], places[1:], out=first[..., 1:])
    np.maximum.accumulate(first, axis=-1, out=first)
    first[np.isnan(ordered)] = 0
    ranks = np.empty_like(first)
    np.put_along_axis(ranks, order, first, axis=-1)
    return ranks


def rank(scores: Floats) -> Floats:
    """Ranks along the last axis, 1 for the greatest score.

    Scores that agree to 9 decimals are tied and share their best rank. A missing score has no
    rank: NaN, never the last place.
    """
    codes = rank_codes(scores)
    return np.where(codes == 0, np.nan, codes).astype(float)


def top_quarter_rank(n: int) -> int:
    """The last rank in the top quarter of n: a quarter, rounded up.

    This is the same as a percentile among peers of 0.75 or more.
    """
    return -(-n // 4)


def in_top_quarter(scores: Floats) -> npt.NDArray[np.bool_]:
    """Which of the units along the last axis have a `rank` in the top quarter."""
    known = ~np.isnan(scores)
    rounded = np.where(known, np.round(scores, DECIMALS), -np.inf)
    # Ranks would require sorting; the score of the last unit in the top quarter does not.
    place = scores.shape[-1] - top_quarter_rank(scores.shape[-1])
    least = np.partition(rounded, place, axis=-1)[..., place, np.newaxis]
    return np.asarray((rounded >= least) & known)


def peer_percentile(scores: Floats) -> Floats:
    """Share of the other peers that a unit is at least as good as: (k - rank) / (k - 1), (..., k).

    1 for the best, 0 for an unshared last rank. NaN for a missing or single score.
    """
    ranks = rank(scores)
    k = np.count_nonzero(~np.isnan(scores), axis=-1, keepdims=True)
    others = np.where(k > 1, k - 1, np.nan)
    return np.asarray((k - ranks) / others, dtype=float)


def sure_counts(
    values: Floats, errors: Floats, at: Ints, among: Ints, *, least: float = 0.0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For some units, how many units of a group are certainly ahead, and how many certainly behind.

    A unit is ahead of another if it is greater by ``least`` or more, and would be greater in nine
    of ten cases: by 1.28 standard errors of the difference. That order is transitive, so the counts
    give a joint interval of ranks: from 1 + ahead to n - behind. M. Klein, T. Wright and J.
    Wieczorek, A joint confidence region for an overall ranking of populations, JRSS C 69 (2020).

    Args:
        values: (n,), more is better, NaN missing: ahead of nobody and behind nobody.
        errors: (n,), standard errors in the unit of the values.
        at: positions of the units to count for.
        among: positions of the group; a unit in it does not count for itself.
        least: smaller differences do not count.

    Raises:
        MethodError: ``wrong-shape``.
    """
    if errors.shape != values.shape:
        raise MethodError("wrong-shape", "there must be one error for each value", "errors")
    ahead, behind = (np.zeros(at.size, dtype=np.int64) for _ in range(2))
    for start in range(0, at.size, _ROWS):
        rows = at[start : start + _ROWS, np.newaxis]
        lead = values[among] - values[rows]
        needed = np.maximum(NINE_IN_TEN * np.hypot(errors[rows], errors[among]), least - _DUST)
        # Equal values are no lead, however precise the figures are.
        needed = np.maximum(needed, _DUST)
        ahead[start : start + _ROWS] = np.count_nonzero(lead > needed, axis=1)
        behind[start : start + _ROWS] = np.count_nonzero(-lead > needed, axis=1)
    return ahead, behind


@dataclass(frozen=True)
class Peers:
    """The peers with which each unit is compared.

    ``members[p]`` are the positions of the units in peer group p; ``of`` (n,) is the group of each
    unit. ``names`` are the names of the groups, empty for all units together. ``fallback`` lists
    the names of groups that were too small.
    """

    names: tuple[str, ...]
    members: tuple[Ints, ...]
    of: Ints
    fallback: tuple[str, ...]


def peer_groups(
    groups: tuple[str, ...] | None, ranked: npt.NDArray[np.bool_], *, at_least: int = 5
) -> Peers:
    """Peers by group; a group with too few ranked units is compared with all units.

    Args:
        groups: n names, empty for no group; None for no groups at all.
        ranked: (n,), which units have a score. Only they count and are compared.
        at_least: how many ranked units a group needs, the unit itself counted.

    Raises:
        MethodError: ``wrong-shape``, ``bad-group-size``.
    """
    if at_least < 2:
        raise MethodError("bad-group-size", "a group of peers has at least 2 units", "at_least")
    n = ranked.size
    if groups is not None and len(groups) != n:
        raise MethodError("wrong-shape", "there must be one group for each unit", "groups")
    names, members = [""], [np.flatnonzero(ranked)]
    of = np.zeros(n, dtype=np.intp)
    fallback = []
    labels = np.asarray(groups if groups is not None else [""] * n)
    for name in dict.fromkeys(groups or ()):
        if not name:
            continue
        own = np.flatnonzero((labels == name) & ranked)
        if own.size < at_least:
            fallback.append(name)
            continue
        of[labels == name] = len(names)
        names.append(name)
        members.append(own)
    return Peers(tuple(names), tuple(members), of, tuple(fallback))


def nested_peers(
    levels: Sequence[Sequence[str]], ranked: npt.NDArray[np.bool_], *, at_least: int = 5
) -> Peers:
    """Peers by the finest of several groupings in which a unit has enough of them.

    Args:
        levels: groupings, the finest first, each with n names; an empty name is no group. Names
            differ between levels.
        ranked: (n,), which units have a score. Only they count and are compared.
        at_least: how many ranked units a group needs, the unit itself counted.

    A unit without such a group is compared with all. ``fallback`` lists the groups that were too
    small and hold a unit with a score.

    Raises:
        MethodError: ``wrong-shape``, ``bad-group-size``.
    """
    if at_least < 2:
        raise MethodError("bad-group-size", "a group of peers has at least 2 units", "at_least")
    names, members = [""], [np.flatnonzero(ranked)]
    of = np.zeros(ranked.size, dtype=np.intp)
    fallback = []
    for level in levels:
        if len(level) != ranked.size:
            raise MethodError("wrong-shape", "there must be one group for each unit", "levels")
        labels = np.asarray(level)
        for name in dict.fromkeys(level):
            own = np.flatnonzero((labels == name) & ranked)
            if not name or not own.size:
                continue
            if own.size < at_least:
                fallback.append(name)
                continue
            inside = (labels == name) & (of == 0)
            if inside.any():
                of[inside] = len(names)
                names.append(name)
                members.append(own)
    return Peers(tuple(names), tuple(members), of, tuple(fallback))
