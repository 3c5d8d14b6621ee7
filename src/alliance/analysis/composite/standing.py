"""Where a unit leads among its peers, and where it must do more.

A standing requires certainty: the middle of the peers must be outside of the interval.
"""

from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.ranking import Peers, peer_percentile, sure_counts
from alliance.analysis.errors import MethodError

METHOD = "composite-standing"
VERSION = "2"

LEADING_FROM = 0.75
BEHIND_TO = 0.25
MIDDLE = 0.5


@dataclass(frozen=True)
class PeerPlace:
    """The standing of a score among peers.

    ``label``: ``leading``, ``must-do-more``, ``typical``, ``unclear`` (the percentile is in an
    outer quarter, but the interval includes the middle) or ``no-data``. ``percentile``, ``low`` and
    ``high`` (0 last, 1 best) are None without data; the interval is None if unknown. ``k`` counts
    the other peers with a score. ``reason`` is ``place`` or ``falling`` for ``must-do-more``, else
    empty.
    """

    label: str
    percentile: float | None
    low: float | None
    high: float | None
    k: int
    reason: str = ""
    method: str = METHOD
    version: str = VERSION


def percentiles_of_draws(draws: Floats, *, level: float = 0.9) -> tuple[Floats, Floats]:
    """The ends of the interval of the percentile among peers.

    Args:
        draws: scores (N, k) of k peers in N draws, NaN missing.

    Returns:
        Low and high end, each (k,), NaN for a peer without any score.

    Raises:
        MethodError: ``bad-level``.
    """
    if not 0 < level < 1:
        raise MethodError("bad-level", "the level lies between 0 and 1", "level")
    places = peer_percentile(draws)
    tail = (1 - level) / 2
    low, high = np.full(draws.shape[1], np.nan), np.full(draws.shape[1], np.nan)
    known = ~np.isnan(places).all(axis=0)
    if known.any():
        places = places[:, known]
        # Without missing values, the plain function is many times faster.
        quantile = np.nanquantile if np.isnan(places).any() else np.quantile
        low[known], high[known] = quantile(places, [tail, 1 - tail], axis=0)
    return low, high


def standings(
    scores: Floats,
    peers: Peers,
    *,
    draws: Floats | None = None,
    errors: Floats | None = None,
    least: float = 0.0,
    falling: np.ndarray | None = None,
) -> tuple[PeerPlace, ...]:
    """The standing of each unit among its peers.

    Leading: percentile of 0.75 or more, with the lower end of its interval at 0.5 or above. Must do
    more: percentile of 0.25 or less with the upper end at 0.5 or below, or moving away from the
    target. Without an interval no outer quarter is certain, so the label is ``unclear``.

    Args:
        scores: (n,), more is better, NaN missing.
        peers: from `peer_groups`.
        draws: (N, n), the scores over many draws, for the interval.
        errors: (n,), standard errors of the scores, for a pairwise interval instead: from the
            share of peers that a unit is certainly ahead of to the share not certainly ahead of it.
        least: smaller differences of scores do not count; with ``errors`` only.
        falling: (n,), whether the trend of the unit moves away from its target.

    Raises:
        MethodError: ``wrong-shape``.
    """
    n = scores.size
    if draws is not None and draws.shape[1:] != (n,):
        raise MethodError("wrong-shape", "there must be one column for each unit", "draws")
    if falling is not None and falling.shape != (n,):
        raise MethodError("wrong-shape", "there must be one value for each unit", "falling")
    percentile, low, high = (np.full(n, np.nan) for _ in range(3))
    sizes = np.zeros(n, dtype=int)
    for place, members in enumerate(peers.members):
        inside = members[peers.of[members] == place]
        at = np.searchsorted(members, inside)
        percentile[inside] = peer_percentile(scores[members])[at]
        others = max(0, int(np.count_nonzero(~np.isnan(scores[members]))) - 1)
        sizes[peers.of == place] = others
        if errors is not None and others:
            ahead, behind = sure_counts(scores, errors, inside, members, least=least)
            low[inside], high[inside] = behind / others, (others - ahead) / others
        elif draws is not None and inside.size:
            ends = percentiles_of_draws(draws[:, members])
            low[inside], high[inside] = ends[0][at], ends[1][at]
    down = np.zeros(n, dtype=bool) if falling is None else falling
    return tuple(
        _standing(*row)
        for row in zip(percentile, low, high, sizes, np.isnan(scores), down, strict=True)
    )


def _standing(
    percentile: float, low: float, high: float, k: int, missing: bool, falling: bool
) -> PeerPlace:
    start = None if np.isnan(low) else float(low)
    end = None if np.isnan(high) else float(high)
    if missing:
        return PeerPlace("no-data", None, None, None, int(k))
    place = None if np.isnan(percentile) else float(percentile)
    label, reason = "typical", ""
    if falling:
        label, reason = "must-do-more", "falling"
    elif place is None:
        # Without peers nobody leads or lags.
        label = "unclear"
    elif place >= LEADING_FROM:
        label = "leading" if start is not None and start >= MIDDLE else "unclear"
    elif place <= BEHIND_TO:
        behind = end is not None and end <= MIDDLE
        label, reason = ("must-do-more", "place") if behind else ("unclear", "")
    return PeerPlace(label, place, start, end, int(k), reason)
