"""Ranks of areas by several factors, with their sensitivity to the weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import (
    DRAWS,
    VERSION,
    Floats,
    as_array,
    as_weights,
    average_ranks,
    check_level,
)
from alliance.analysis.errors import MethodError

YES, NO, UNCERTAIN, UNKNOWN = "yes", "no", "uncertain", "unknown"
#: Numbers in a block of draws, to bound the memory, and to fit into the processor cache.
_BLOCK, _SMALL_BLOCK = 2_000_000, 50_000


@dataclass(frozen=True)
class Ranking:
    """Areas by their index, the worst first; all of shape (n,).

    ``score`` is from 0 to 1, NaN if a factor is missing, as are ``rank`` (from 1), ``low`` and
    ``high``, the interval of ranks at ``level`` over the draws. ``flag`` is whether an area is
    among the ``cut`` first: `YES`, `NO`, `UNCERTAIN` if the interval crosses the cut, `UNKNOWN`.
    """

    score: Floats
    rank: Floats
    low: Floats
    high: Floats
    flag: tuple[str, ...]
    cut: int
    n: int
    n_missing: int
    draws: int
    level: float
    method: str = "percentile-mean-dirichlet"
    version: str = VERSION


def rank_areas(
    factors: ArrayLike,
    worse: Sequence[int],
    weights: ArrayLike | None = None,
    *,
    share: float = 0.1,
    draws: int = DRAWS,
    seed: int = 1,
    level: float = 0.95,
    only: slice | None = None,
) -> Ranking:
    """Ranks areas by the weighted mean of their percentiles in each factor.

    A factor is transformed to (R - 1) / (n - 1), with mean ranks for ties, over the areas in which
    all factors are known. Weights are drawn from a Dirichlet distribution around the given weights,
    with as many units of concentration as there are factors: for equal weights it is uniform.

    Args:
        factors: shape (n, k), in any units; NaN is missing.
        worse: for each factor, 1 if more is worse and -1 if less is.
        weights: shape (k,), 0 or more; a factor of weight 0 is excluded. None for equal weights.
        share: the share of areas, from the first, to flag, above 0 and below 1.
        draws: number of draws of the weights, 1 or more.
        level: of the interval of ranks.
        only: the areas whose interval is wanted, by index in the order of ranks (ties in row
            order); the others have none, at a fifth of the time. Scores are then compared in
            single precision. None: all.

    Raises:
        MethodError: ``too-few-units`` under two areas with all factors; ``no-population`` if no
            factor has weight; ``bad-weight``, ``bad-parameter``, ``wrong-shape``.

    Source: Saisana, Saltelli and Tarantola 2005, Journal of the Royal Statistical Society A 168.
    """
    check_level(level)
    table = as_array(factors, "factors", shape=(None, len(worse)))
    factor_weights = as_weights(weights, len(worse))
    if not factor_weights.sum():
        raise MethodError("no-population", "no factor has any weight", "weights")
    if not 0 < share < 1:
        raise MethodError("bad-parameter", "the share lies between 0 and 1", "share")
    if draws < 1:
        raise MethodError("bad-parameter", "1 draw or more", "draws")
    used = factor_weights > 0
    table, factor_weights = table[:, used] * np.asarray(worse)[used], factor_weights[used]
    known = ~np.isnan(table).any(axis=1)
    n = int(known.sum())
    if n < 2:
        raise MethodError("too-few-units", f"{n} areas with all factors", "factors")
    places = np.column_stack([(average_ranks(each) - 1) / (n - 1) for each in table[known].T])
    shares = factor_weights / factor_weights.sum()
    random = np.random.default_rng(seed)
    drawn = random.dirichlet(shares * len(shares), draws)
    cut = math.ceil(share * n)
    ends = [round(end * (draws - 1)) for end in ((1 - level) / 2, (1 + level) / 2)]
    score = places @ shares
    rank = _ranks(score[None])[0]
    wanted = np.arange(n) if only is None else np.argsort(rank, kind="stable")[only]
    ranks = np.empty((len(wanted), draws), dtype=np.uint16 if n < 2**16 else np.int64)
    among = np.zeros(n, dtype=np.int64)
    size = max(1, (_BLOCK if only is None else _SMALL_BLOCK) // n)
    scores = _Scores(drawn, places)
    for start in range(0, draws, size):
        block = slice(start, start + size)
        if only is None:
            ranks[:, block] = block_ranks = _ranks(drawn[block] @ places.T).T
            among += (block_ranks <= cut).sum(axis=1)
        else:
            ranks[:, block], inside = scores.ranks(block, wanted, cut)
            among += inside
    # Small integers are sorted by counting, in a tenth of the time.
    ranks.sort(axis=1, kind="stable")
    bounds = np.full((2, n), np.nan)
    bounds[:, wanted] = ranks[:, ends].T
    # By the number of draws in which it is among the first, as if its interval crossed the cut.
    flags = np.where(among > ends[1], YES, np.where(among <= ends[0], NO, UNCERTAIN))
    flag = np.full(len(known), UNKNOWN, dtype=object)
    flag[known] = flags
    return Ranking(
        score=_spread(score, known),
        rank=_spread(rank, known),
        low=_spread(bounds[0], known),
        high=_spread(bounds[1], known),
        flag=tuple(flag),
        cut=cut,
        n=n,
        n_missing=len(known) - n,
        draws=draws,
        level=level,
    )


def _ranks(scores: Floats) -> Floats:
    """Ranks in each row from 1 for the highest, shape (some, n); ties share the best rank."""
    order = np.argsort(-scores, axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    first = np.ones(scores.shape, dtype=bool)
    # Sums of the same terms in another order differ in the last digits.
    first[:, 1:] = ordered[:, :-1] - ordered[:, 1:] > 1e-12
    at = np.maximum.accumulate(np.where(first, np.arange(1, scores.shape[1] + 1), 0), axis=1)
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, at.astype(float), axis=1)
    return ranks


class _Scores:
    """Weighted means in single precision. Areas with the same percentiles have exactly equal
    scores, and summing few factors takes a fifth of the time of a matrix product; memory is reused,
    because allocating it for each block would take longer than the sums."""

    def __init__(self, drawn: Floats, places: Floats) -> None:
        self.weights, self.columns = drawn.astype(np.float32), places.T.astype(np.float32)
        self.memory: Any = np.empty((3, 0, len(places)), np.float32)

    def ranks(self, block: slice, wanted: Any, cut: int) -> tuple[Any, Any]:
        """Ranks of some areas as in `_ranks` for a block of draws, shape (wanted, some); and for
        each area the number of these draws in which it is among the first."""
        weights = self.weights[block]
        some, n = len(weights), self.columns.shape[1]
        if self.memory.shape[1] < some:
            self.memory = np.empty((3, some, n), np.float32)
        scores, term, ordered = self.memory[:, :some]
        np.multiply(weights[:, :1], self.columns[0], out=scores)
        for at in range(1, len(self.columns)):
            scores += np.multiply(weights[:, at, None], self.columns[at], out=term)
        ordered[:] = scores
        ordered.sort(axis=1)
        ranks = np.empty((len(wanted), some))
        for row, line in enumerate(ordered):
            ranks[:, row] = n - line.searchsorted(scores[row, wanted], side="right") + 1
        return ranks, np.count_nonzero(scores >= ordered[:, n - cut, None], axis=0)


def _spread(values: Floats, known: np.ndarray) -> Floats:
    """The values with NaN for unknown areas."""
    full = np.full(len(known), np.nan)
    full[known] = values
    return full
