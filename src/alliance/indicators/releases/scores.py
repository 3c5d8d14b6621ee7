"""Where a city stands on one node of a release, as it will stand in the table of scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from alliance.analysis.composite import Composite, Factors, simulate
from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.ranking import Peers, nested_peers
from alliance.analysis.composite.standing import PeerPlace, standings
from alliance.indicators.enums import NodeKind, PeerStanding, TrendLabel

TOO_FEW, NO_SCALE, COVERAGE = "too-few", "no-scale", "coverage"


@dataclass(frozen=True)
class NodeScore:
    """One row of the table of scores; see `models.Score` for each field."""

    city: str
    kind: str
    node: str
    definition_key: str = ""
    boundary: str = ""
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    period: str = ""
    age: int | None = None
    status: str = ""
    error_basis: str = ""
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    n_ranked: int = 0
    p_top_quarter: float | None = None
    percentile: float | None = None
    percentile_low: float | None = None
    percentile_high: float | None = None
    peer_group: str = ""
    k: int = 0
    standing: str = PeerStanding.NO_DATA.value
    standing_reason: str = ""
    not_ranked: str = ""
    trend: str = TrendLabel.TOO_FEW_DATA.value
    slope: float | None = None
    slope_low: float | None = None
    slope_high: float | None = None
    n_years: int = 0


_INTS = {"age", "rank", "rank_low", "rank_high", "n_ranked", "k", "n_years"}
_TEXTS = {
    "city", "kind", "node", "definition_key", "boundary", "period", "status", "error_basis",
    "peer_group", "standing", "standing_reason", "not_ranked", "trend",
}  # fmt: skip
SCHEMA = pa.schema(
    [
        (
            field.name,
            pa.string()
            if field.name in _TEXTS
            else pa.int64()
            if field.name in _INTS
            else pa.float64(),
        )
        for field in fields(NodeScore)
    ]
)


def as_table(scores: Iterable[NodeScore]) -> pa.Table:
    """Scores as Arrow, in their order."""
    rows = list(scores)
    return pa.table(
        {name: pa.array([getattr(row, name) for row in rows], SCHEMA.field(name).type)
         for name in SCHEMA.names},
        schema=SCHEMA,
    )  # fmt: skip


@dataclass(frozen=True)
class Draws:
    """How a release is simulated: how often, from which seed, with how many peers at least."""

    draws: int
    seed: int
    at_least: int
    threads: int = 1


def number(value: float) -> float | None:
    """A number for a table; None for NaN."""
    return None if np.isnan(value) else float(value)


def placed(
    composite: Composite,
    rows: Sequence[NodeScore],
    levels: Sequence[Sequence[str]],
    draws: Draws,
    *,
    factors: Factors,
    errors: Floats,
    falling: np.ndarray | None = None,
) -> list[NodeScore]:
    """Give rows, one for each unit of a composite, their scores, ranks, intervals and standing.

    Args:
        levels: the peer groups of the units, the finest grouping first.
        errors: standard errors of the figures, in the shape of `composite.observed`.
        falling: which units move away from their target.
    """
    ranked = ~np.isnan(composite.score)
    peers = nested_peers(levels, ranked, at_least=draws.at_least)
    if not ranked.any():
        reason = TOO_FEW if len(rows) < 2 else NO_SCALE
        return [replace(row, not_ranked=row.not_ranked or reason) for row in rows]
    sure = simulate(
        composite,
        draws=draws.draws,
        seed=draws.seed,
        factors=factors,
        absolute_error=errors,
        peers=peers,
        at_least=draws.at_least,
        threads=draws.threads,
    )
    places = standings(composite.score, peers, draws=sure.scores, falling=falling)
    n = int(np.count_nonzero(ranked))
    result = []
    for at, row in enumerate(rows):
        if not ranked[at]:
            result.append(row)
            continue
        alone = n < 2
        scored = replace(
            row,
            score=float(composite.score[at]),
            # Draws on another scale, such as z-scores, may reach beyond the ends of this one.
            score_low=number(np.clip(sure.score_low[at], *composite.method.range)),
            score_high=number(np.clip(sure.score_high[at], *composite.method.range)),
            rank=None if alone else int(composite.rank[at]),
            rank_low=None if alone else int(sure.rank_low[at]),
            rank_high=None if alone else int(sure.rank_high[at]),
            n_ranked=0 if alone else n,
            not_ranked=TOO_FEW if alone else row.not_ranked,
        )
        result.append(
            _standing(scored, places[at], peers, at, draws.at_least, sure.p_top_quarter[at])
        )
    return result


def _standing(
    row: NodeScore, place: PeerPlace, peers: Peers, at: int, at_least: int, top: float
) -> NodeScore:
    """The place among peers; with too few of them there is none, and only a trend can tell."""
    group = peers.names[peers.of[at]]
    if place.k < at_least:
        label = PeerStanding.MUST_DO_MORE if place.reason == "falling" else PeerStanding.UNCLEAR
        return replace(
            row,
            peer_group=group,
            k=place.k,
            standing=label.value,
            standing_reason=place.reason if place.reason == "falling" else "",
        )
    return replace(
        row,
        p_top_quarter=number(top),
        percentile=place.percentile,
        percentile_low=place.low,
        percentile_high=place.high,
        peer_group=group,
        k=place.k,
        standing=place.label,
        standing_reason=place.reason,
    )


def nothing(cities: Iterable[str], kind: NodeKind, node: str, reason: str = "") -> list[NodeScore]:
    """Rows that say that there is no figure, or no score for the `reason`."""
    return [NodeScore(city=city, kind=kind.value, node=node, not_ranked=reason) for city in cities]
