"""The opinions of groups and of everybody on each statement: counts, tests, lists, and the next one
to show.

Source: Small et al. 2021 and the open data format of Polis (representative statements, consensus,
group-informed consensus as a product, priorities); effective agreement by a geometric mean over
groups as the newer form of group-informed consensus, which is not biased towards 0 by the number of
groups or a small one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion.votes import Flags, Floats, Ints, Votes

#: One-sided 90 %.
SIGNIFICANT = 1.2816
MOST_SHOWN = 5
#: The priority of a statement about the process itself.
META_PRIORITY = 49.0


@dataclass(frozen=True)
class Counts:
    """Votes on c statements in g groups, each g x c; ``seen`` includes passes."""

    agree: Ints
    disagree: Ints
    seen: Ints

    @property
    def passed(self) -> Ints:
        return self.seen - self.agree - self.disagree

    def total(self) -> Counts:
        """All groups together, 1 x c."""
        return self.added(np.zeros(len(self.agree), np.int64))

    def added(self, labels: Ints) -> Counts:
        """The counts of merged groups, by the new label of each; those with -1 are left out."""
        member = (labels == np.arange(labels.max(initial=0) + 1)[:, None]).astype(np.int64)
        return Counts(member @ self.agree, member @ self.disagree, member @ self.seen)


@dataclass(frozen=True)
class Representative:
    """A statement that distinguishes a group from the others, by agreement or disagreement.

    ``p``: smoothed share of the group on that side, ``ratio``: to the share of all others;
    ``p_test`` and ``ratio_test`` are their z values.
    """

    statement: str
    side: str
    p: float
    p_test: float
    ratio: float
    ratio_test: float


def count(votes: Votes, labels: Ints) -> Counts:
    """Votes of each group, by the labels of n people, 0 and above."""
    c, groups = len(votes.statements), int(labels.max()) + 1
    cell = (labels * (3 * c))[votes.rows] + votes.columns * 3 + (votes.values.data + 1)
    by_value = np.bincount(cell, minlength=groups * c * 3).reshape(groups, c, 3)
    return Counts(by_value[:, :, 2], by_value[:, :, 0], by_value.sum(axis=2))


def share_test(hits: Ints, seen: Ints) -> Floats:
    """z of a share against one half, with 1 added to both counts."""
    return 2 * np.sqrt(seen + 1) * ((hits + 1) / (seen + 1) - 0.5)


def difference_test(hits: Ints, seen: Ints, other_hits: Ints, other_seen: Ints) -> Floats:
    """z of the difference of two shares, with 1 added to all counts; 0 if both are everybody."""
    first, second = (hits + 1) / (seen + 1), (other_hits + 1) / (other_seen + 1)
    pooled = (hits + other_hits + 2) / (seen + other_seen + 2)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / (seen + 1) + 1 / (other_seen + 1)))
    return np.where(spread > 0, (first - second) / np.where(spread > 0, spread, 1), 0.0)


def representative(
    counts: Counts, group: int, names: Sequence[str], listed: Flags
) -> tuple[Representative, ...]:
    """At most 5 statements that distinguish a group from all others, agreed ones first.

    Args:
        counts: of all groups, at least two.
        names, listed: the ids of the statements, and which of them may be shown.
    """
    agree, disagree, seen = counts.agree[group], counts.disagree[group], counts.seen[group]
    whole = counts.total()
    rest = [
        everywhere[0] - here
        for everywhere, here in (
            (whole.agree, agree),
            (whole.disagree, disagree),
            (whole.seen, seen),
        )
    ]
    share, ratio, own, against = {}, {}, {}, {}
    for side, hits, other in (("agree", agree, rest[0]), ("disagree", disagree, rest[1])):
        share[side] = (hits + 1) / (seen + 2)
        ratio[side] = share[side] / ((other + 1) / (rest[2] + 2))
        own[side] = share_test(hits, seen)
        against[side] = difference_test(hits, seen, other, rest[2])
    agrees = against["agree"] > against["disagree"]

    def representative(at: int) -> Representative:
        side = "agree" if agrees[at] else "disagree"
        measures = (float(part[side][at]) for part in (share, own, ratio, against))
        return Representative(names[at], side, *measures)

    passes = np.zeros(len(names), bool)
    for side in share:
        passes |= (against[side] > SIGNIFICANT) & (own[side] > SIGNIFICANT)
    rank = np.where(
        agrees,
        *(ratio[side] * against[side] * share[side] * own[side] for side in ("agree", "disagree")),
    )
    places = np.flatnonzero(listed)
    if not len(places):
        return ()
    first = _best_agreed(
        [int(at) for at in places if agree[at] + disagree[at]],
        share["agree"], own["agree"], ratio["agree"], against["agree"],
    )  # fmt: skip
    enough = [int(at) for at in places if passes[at] and at != first]
    enough.sort(key=lambda at: -rank[at])
    chosen = ([] if first is None else [first]) + enough
    if not chosen:
        strength = np.maximum(against["agree"], against["disagree"])[places]
        chosen = [int(places[strength.argmax()])]
    statements = [representative(int(at)) for at in chosen[:MOST_SHOWN]]
    return tuple(sorted(statements, key=lambda statement: statement.side != "agree"))


def _best_agreed(
    places: Sequence[int], share: Floats, own: Floats, ratio: Floats, against: Floats
) -> int | None:
    chosen: int | None = None
    for at in places:
        if chosen is None:
            better = own[at] > SIGNIFICANT or (ratio[at] > 1 and share[at] > 0.5)
        elif ratio[chosen] > 1:
            better = _strength(at, ratio, against, share, own) > _strength(
                chosen, ratio, against, share, own
            )
        else:
            better = _strength(at, share, own) > _strength(chosen, share, own)
        if better:
            chosen = at
    return chosen


def _strength(at: int, *parts: Floats) -> float:
    return math.prod(float(part[at]) for part in parts)


def consensus(
    counts: Counts, names: Sequence[str], listed: Flags
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """At most 5 statements with the most agreement among everybody, and with the most
    disagreement."""
    sides = []
    for hits in (counts.agree[0], counts.disagree[0]):
        share, z = (hits + 1) / (counts.seen[0] + 2), share_test(hits, counts.seen[0])
        places = np.flatnonzero(listed & (share > 0.5) & (z > SIGNIFICANT))
        order = places[np.argsort(-(share * z)[places], kind="stable")]
        sides.append(tuple(names[at] for at in order[:MOST_SHOWN]))
    return sides[0], sides[1]


def informed_consensus(counts: Counts) -> Floats:
    """Group-informed consensus of c statements, from 0 to 1.

    The geometric mean over groups of the share that agrees times the share that does not disagree,
    each with half a vote added to either side (Jeffreys).
    """
    agree = (counts.agree + 0.5) / (counts.seen + 1)
    disagree = (counts.disagree + 0.5) / (counts.seen + 1)
    mean: Floats = np.exp(np.log(agree * (1 - disagree)).mean(axis=0))
    return mean


def informed_consensus_legacy(counts: Counts) -> Floats:
    """The older form: the product over groups of the smoothed share that agrees."""
    product: Floats = ((counts.agree + 1) / (counts.seen + 2)).prod(axis=0)
    return product


def priorities(counts: Counts, extremity: Floats, meta: Flags) -> Floats:
    """The priority of each of c statements, above 0: new, agreed with, informative."""
    total = counts.total()
    agree, seen, passed = total.agree[0], total.seen[0], total.passed[0]
    weight = (1 - (passed + 1) / (seen + 2)) * (extremity + 1) * ((agree + 1) / (seen + 2))
    return np.where(meta, META_PRIORITY, (weight * (1 + 8 * 2.0 ** (-seen / 5))) ** 2)


def next_statement(priority: Floats, open_: Flags, draw: float) -> int | None:
    """The index of the statement to show next, drawn in proportion to priority.

    Args:
        priority: of c statements, 0 or more; NaN counts as 1, for one that is not yet analysed.
        open_: c, which may be shown to this person.
        draw: a random number from 0 up to, not including, 1.

    Returns:
        None if none is open.

    Raises:
        MethodError: ``bad-parameter`` for a draw outside its range.
    """
    if not 0 <= draw < 1:
        raise MethodError("bad-parameter", f"{draw} is not from 0 to below 1", "draw")
    weights = np.where(open_, np.where(np.isnan(priority), 1.0, priority), 0.0)
    line = np.cumsum(weights)
    if not len(line) or line[-1] <= 0:
        return None
    return int(
        min(np.searchsorted(line, draw * line[-1], side="right"), np.flatnonzero(weights)[-1])
    )
