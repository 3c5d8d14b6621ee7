"""Where a city stands on one node of a release, as it will stand in the table of scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from alliance.analysis.composite import Composite, Factors, simulate
from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.ranking import Peers, nested_peers, sure_counts
from alliance.analysis.composite.standing import PeerPlace, standings
from alliance.indicators.enums import NodeKind, PeerStanding, TrendLabel
from alliance.indicators.guard import Clause
from alliance.indicators.ordering import order_of
from alliance.indicators.releases.columns import IndicatorColumn

TOO_FEW, NO_SCALE, COVERAGE = (
    clause.value for clause in (Clause.TOO_FEW, Clause.NO_SCALE, Clause.COVERAGE)
)


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
    ranked_set: int | None = None
    ranked_value: float | None = None
    ranked_error: float | None = None
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


_TYPES = {"str": pa.string(), "int": pa.int64(), "float": pa.float64()}
SCHEMA = pa.schema(
    [(field.name, _TYPES[str(field.type).partition(" ")[0]]) for field in fields(NodeScore)]
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
    column: IndicatorColumn | None = None,
) -> list[NodeScore]:
    """Give rows, one for each unit of a composite, their scores, ranks, intervals and standing.

    Args:
        levels: the peer groups of the units, the finest grouping first.
        errors: standard errors of the figures, in the shape of `composite.observed`.
        falling: which units move away from their target.
        column: the figures of an indicator, by which its places go, pair by pair; places on other
            nodes go by the draws, because there the choices of the method vary together.
    """
    ranked = ~np.isnan(composite.score)
    # A city is not among its own peers.
    peers = nested_peers(levels, ranked, at_least=draws.at_least + 1)
    if not ranked.any():
        reason = TOO_FEW if len(rows) < 2 else NO_SCALE
        standing = PeerStanding.NOT_COMPARED.value
        return [replace(row, standing=standing, not_ranked=reason) for row in rows]
    sure = simulate(
        composite,
        draws=draws.draws,
        seed=draws.seed,
        factors=factors,
        absolute_error=errors,
        peers=peers,
        at_least=draws.at_least + 1,
        threads=draws.threads,
    )
    n = int(np.count_nonzero(ranked))
    if column is None:
        places = standings(composite.score, peers, draws=sure.scores, falling=falling)
        ranks = np.array([composite.rank, sure.rank_low, sure.rank_high])
    else:
        definition = column.definition
        sign, least = order_of(definition["direction"], definition["least_difference"])
        figures = np.where(ranked, sign * column.ranked, np.nan)
        errors = column.ranked_errors
        places = standings(figures, peers, errors=errors, least=least, falling=falling)
        everyone = np.arange(ranked.size)
        ahead, behind = sure_counts(figures, errors, everyone, everyone, least=least)
        # Places that cannot be told apart are shared.
        ranks = np.array([1 + ahead, 1 + ahead, n - behind])
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
            **dict.fromkeys(("rank", "rank_low", "rank_high"))
            if alone
            else dict(zip(("rank", "rank_low", "rank_high"), map(int, ranks[:, at]), strict=True)),
            n_ranked=0 if alone else n,
            ranked_set=column.place if column and not alone else None,
            ranked_value=float(column.ranked[at]) if column else None,
            ranked_error=float(column.ranked_errors[at]) if column else None,
            not_ranked=TOO_FEW if alone else row.not_ranked,
        )
        if alone:
            result.append(replace(scored, standing=PeerStanding.NOT_COMPARED.value))
            continue
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
