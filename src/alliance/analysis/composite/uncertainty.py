"""How sure scores and ranks are, given that every choice and figure could have been another.

Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 7; M. Saisana,
A. Saltelli and S. Tarantola, Uncertainty and sensitivity analysis techniques as tools for the
quality assessment of composite indicators, JRSS A 168 (2005).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.index import Composite
from alliance.analysis.composite.method import VERSION
from alliance.analysis.composite.ranking import Peers, peer_groups, rank_codes, top_quarter_rank
from alliance.analysis.composite.replay import check_size, errors_of, replay
from alliance.analysis.composite.scenarios import Factors, draws_from, plan_for
from alliance.analysis.errors import MethodError

METHOD = "composite-monte-carlo"
#: Fewer draws leave the ends of the intervals to chance.
ENOUGH_DRAWS = 1000
LEVEL = 0.9
_ROWS = 500


@dataclass(frozen=True)
class Uncertainty:
    """Scores and ranks over N draws, each array of shape (n,) in the order of the units.

    ``score_low`` .. ``score_high`` and ``rank_low`` .. ``rank_high`` are the 5 % and 95 % points,
    ``*_median`` the middle. Ranks are ranks that occurred. ``p_top_quarter`` is the share of the
    draws in which a unit is in the top quarter of its ``peers``. ``n_draws`` (n,) counts draws in
    which it has a score. ``scores`` (N, n) are the draws. NaN: no index. ``factors`` are the
    names of the choices that varied.
    """

    scores: Floats
    score_low: Floats
    score_median: Floats
    score_high: Floats
    rank_low: Floats
    rank_median: Floats
    rank_high: Floats
    p_top_quarter: Floats
    mean_rank_shift: Floats
    n_draws: npt.NDArray[np.int64]
    peers: Peers
    factors: tuple[str, ...]
    seed: int
    warnings: tuple[str, ...]
    level: float = LEVEL
    method: str = METHOD
    version: str = VERSION


def simulate(
    composite: Composite,
    *,
    draws: int = ENOUGH_DRAWS,
    seed: int = 1,
    factors: Factors | None = None,
    relative_error: Floats | None = None,
    absolute_error: Floats | None = None,
    peers: Peers | None = None,
    at_least: int = 5,
    threads: int = 1,
) -> Uncertainty:
    """Build the index again and again with other choices and with errors in the figures.

    Args:
        draws: how many times; 1,000 or more give steady intervals.
        seed: a whole number from 0 on; the same seed gives the same result.
        factors: what varies; None for everything.
        relative_error, absolute_error: standard errors of figures, as in `errors_of`.
        peers: whom each unit is compared with; None for the groups of the table.
        at_least: how many ranked units a group of peers needs, else all units are the peers.
        threads: how many to work with; the result is the same for any number.

    The mean rank shift (N,) of a draw is the mean distance of its ranks from the nominal ones.

    Warnings: ``few-draws`` (under 1,000), ``peers-are-all`` (with the group), ``few-peers``,
    ``nothing-varied``, ``no-score``.

    Raises:
        MethodError: ``bad-draws``, ``bad-seed``, ``too-large``, or as `errors_of`, `plan_for` and
            `peer_groups`.
    """
    if draws < 2:
        raise MethodError("bad-draws", "at least 2 draws are needed", "draws")
    if seed < 0:
        raise MethodError("bad-seed", "must be 0 or more", "seed")
    check_size(composite, draws)
    errors = errors_of(composite, relative=relative_error, absolute=absolute_error)
    plan = plan_for(composite, factors or Factors(), errors=errors.any)
    ranked = ~np.isnan(composite.score)
    if peers is None:
        peers = peer_groups(composite.table.groups, ranked, at_least=at_least)

    warnings = [f"peers-are-all:{name}" for name in peers.fallback]
    if peers.members[0].size < at_least:
        warnings.append("few-peers")
    if draws < ENOUGH_DRAWS:
        warnings.append("few-draws")
    if not plan.columns:
        warnings.append("nothing-varied")
    if not ranked.any():
        warnings.append("no-score")

    uniforms = np.random.default_rng(seed).random((draws, plan.n_columns))
    scores = replay(plan, draws_from(plan, uniforms), errors, seed=seed, threads=threads)
    ranks = np.empty(scores.shape, dtype=np.int32)
    for start in range(0, draws, _ROWS):
        rows = slice(start, start + _ROWS)
        ranks[rows] = rank_codes(scores[rows])
    # A single unit has a score, but nothing to be ranked against.
    if np.count_nonzero(ranked) < 2:
        ranks[:] = 0
    score_points = _points(scores, np.isnan(scores))
    rank_points = _points(ranks, ranks == 0)
    return Uncertainty(
        scores=scores,
        score_low=score_points[0],
        score_median=score_points[1],
        score_high=score_points[2],
        rank_low=rank_points[0],
        rank_median=rank_points[1],
        rank_high=rank_points[2],
        p_top_quarter=_top_quarter(scores, ranks, peers),
        mean_rank_shift=rank_shift(ranks, composite.rank),
        n_draws=np.count_nonzero(~np.isnan(scores), axis=0).astype(np.int64),
        peers=peers,
        factors=tuple(plan.columns),
        seed=seed,
        warnings=tuple(warnings),
    )


def rank_shift(ranks: npt.NDArray[np.int32], nominal: Floats) -> Floats:
    """Mean distance from the nominal ranks over the ranked units, shape (N,); NaN without any."""
    places = np.flatnonzero(~np.isnan(nominal))
    if not places.size:
        return np.full(ranks.shape[0], np.nan)
    own = ranks[:, places]
    present = own > 0
    shift = np.where(present, np.abs(own - nominal[places]), 0.0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(shift / present.sum(axis=1), dtype=float)


def _points(
    draws: Floats | npt.NDArray[np.int32], missing: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """5 %, 50 % and 95 % points by unit: the smallest draw with at least that share at or below."""
    n_draws, n_units = draws.shape
    points = np.full((3, n_units), np.nan)
    tail = (1 - LEVEL) / 2
    for start in range(0, n_units, _ROWS):
        block = slice(start, start + _ROWS)
        own = np.where(missing[:, block], np.inf, draws[:, block]).T
        own = np.sort(np.ascontiguousarray(own), axis=1)
        known = n_draws - np.count_nonzero(missing[:, block], axis=0)
        rows = np.arange(own.shape[0])
        for line, share in enumerate((tail, 0.5, 1 - tail)):
            place = np.clip(np.ceil(share * known - 1e-9).astype(int) - 1, 0, n_draws - 1)
            points[line, block] = np.where(known > 0, own[rows, place], np.nan)
    return points[0], points[1], points[2]


def _top_quarter(scores: Floats, ranks: npt.NDArray[np.int32], peers: Peers) -> Floats:
    n_draws, n_units = scores.shape
    result = np.full(n_units, np.nan)
    for place, members in enumerate(peers.members):
        inside = np.flatnonzero(peers.of == place)
        if not inside.size or members.size < 2:
            continue
        last = top_quarter_rank(members.size)
        top = np.zeros(n_units)
        known = np.zeros(n_units)
        for start in range(0, n_draws, _ROWS):
            rows = slice(start, start + _ROWS)
            all_units = place == 0
            own = ranks[rows][:, members] if all_units else rank_codes(scores[rows][:, members])
            top[members] += np.count_nonzero((own > 0) & (own <= last), axis=0)
            known[members] += np.count_nonzero(own > 0, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(known > 0, top / known, np.nan)
        result[inside] = share[inside]
    return result
