"""Uncertainty of scores and ranks, given that every choice and figure could have been different.

Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 7; M. Saisana, A.
Saltelli and S. Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality
assessment of composite indicators, JRSS A 168 (2005).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.index import Composite
from alliance.analysis.composite.method import VERSION
from alliance.analysis.composite.ranking import Peers, in_top_quarter, peer_groups, rank_codes
from alliance.analysis.composite.replay import check_size, errors_of, replay
from alliance.analysis.composite.scenarios import Factors, draws_from, plan_for
from alliance.analysis.errors import MethodError

METHOD = "composite-monte-carlo"
#: With fewer draws the ends of the intervals are unreliable.
ENOUGH_DRAWS = 1000
LEVEL = 0.9
_ROWS = 500


@dataclass(frozen=True)
class Uncertainty:
    """``scores`` (N, n) of N draws in the order of the units, NaN without an index, and statistics
    of shape (n,), computed on demand.

    ``score_low`` .. ``score_high`` and ``rank_low`` .. ``rank_high`` are the 5 % and 95 % points,
    ``*_median`` the middle. Ranks are ranks that occurred. ``p_top_quarter`` is the share of draws
    in which a unit is in the top quarter of its ``peers``. ``factors`` are the names of the choices
    that varied.
    """

    scores: Floats
    peers: Peers
    factors: tuple[str, ...]
    seed: int
    warnings: tuple[str, ...]
    level: float = LEVEL
    method: str = METHOD
    version: str = VERSION

    @cached_property
    def _score_points(self) -> Floats:
        return _points(self.scores, np.isnan(self.scores))

    @cached_property
    def _rank_points(self) -> Floats:
        ranks = np.empty(self.scores.shape, dtype=np.int32)
        for start in range(0, len(ranks), _ROWS):
            rows = slice(start, start + _ROWS)
            ranks[rows] = rank_codes(self.scores[rows])
        # A single unit has a score, but nothing to be ranked against.
        if self.peers.members[0].size < 2:
            ranks[:] = 0
        return _points(ranks, ranks == 0)

    @property
    def score_low(self) -> Floats:
        return self._score_points[0]

    @property
    def score_median(self) -> Floats:
        return self._score_points[1]

    @property
    def score_high(self) -> Floats:
        return self._score_points[2]

    @property
    def rank_low(self) -> Floats:
        return self._rank_points[0]

    @property
    def rank_median(self) -> Floats:
        return self._rank_points[1]

    @property
    def rank_high(self) -> Floats:
        return self._rank_points[2]

    @cached_property
    def p_top_quarter(self) -> Floats:
        n_draws, n_units = self.scores.shape
        result = np.full(n_units, np.nan)
        for place, members in enumerate(self.peers.members):
            inside = np.flatnonzero(self.peers.of == place)
            if not inside.size or members.size < 2:
                continue
            top, known = np.zeros(n_units), np.zeros(n_units)
            for start in range(0, n_draws, _ROWS):
                own = self.scores[start : start + _ROWS, members]
                top[members] += np.count_nonzero(in_top_quarter(own), axis=0)
                known[members] += np.count_nonzero(~np.isnan(own), axis=0)
            with np.errstate(invalid="ignore"):
                result[inside] = (top / known)[inside]
        return result


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
    """Recomputes the index many times with other choices and with errors in the figures.

    Args:
        draws: number of draws; 1,000 or more give stable intervals.
        seed: a whole number from 0; the same seed gives the same result.
        factors: what varies; None for everything.
        relative_error, absolute_error: standard errors of figures, as in `errors_of`.
        peers: the peers of each unit; None for the groups of the table.
        at_least: how many ranked units a group of peers needs, else all units are the peers.
        threads: number of threads, which does not change the result.

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
    return Uncertainty(
        scores=scores,
        peers=peers,
        factors=tuple(plan.columns),
        seed=seed,
        warnings=tuple(warnings),
    )


def _points(draws: Floats | npt.NDArray[np.int32], missing: npt.NDArray[np.bool_]) -> Floats:
    """5 %, 50 % and 95 % points by unit, (3, n): the smallest draw with at least that share at or
    below."""
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
    return points
