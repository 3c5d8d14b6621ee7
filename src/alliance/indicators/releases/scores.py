"""Scores of a city on a node of a release, as rows of the table of scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import repeat
from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa

from alliance.analysis.composite import Composite, Factors, simulate
from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.ranking import nested_peers, sure_counts
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
    """A row of the table of scores; see `models.Score` for each field."""

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


_RANKS = ("rank", "rank_low", "rank_high")
_PERCENTILES = ("percentile", "percentile_low", "percentile_high")
_TYPES = {"str": pa.string(), "int": pa.int64(), "float": pa.float64()}
SCHEMA = pa.schema(
    [(field.name, _TYPES[str(field.type).partition(" ")[0]]) for field in fields(NodeScore)]
)


def as_table(scores: Iterable[NodeScore]) -> pa.Table:
    """Scores as an Arrow table, in their order."""
    names = SCHEMA.names
    columns = list(zip(*map(attrgetter(*names), scores), strict=True)) or [()] * len(names)
    return pa.table(dict(zip(names, columns, strict=True)), schema=SCHEMA)


@dataclass(frozen=True)
class Draws:
    """Settings of the simulation of a release: number of draws, seed, and minimum of peers."""

    draws: int
    seed: int
    at_least: int
    threads: int = 1


def plain(values: Floats) -> list[float | None]:
    """Numbers for a table; None for NaN."""
    return [None if value != value else value for value in values.tolist()]


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
    """Adds scores, ranks, intervals and standing to rows, one for each unit of a composite.

    Args:
        levels: the peer groups of the units, the finest grouping first.
        errors: standard errors of the figures, in the shape of `composite.observed`.
        falling: which units move away from their target.
        column: the figures of an indicator, whose ranks are compared pair by pair; ranks on other
            nodes come from the draws, because there the choices of the method vary together.
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
        # Ranks that cannot be told apart are shared.
        ranks = np.array([1 + ahead, 1 + ahead, n - behind])
    columns: dict[str, Iterable[Any]] = {
        "score": plain(composite.score),
        # Draws on another scale, such as z-scores, may exceed the ends of this one.
        "score_low": plain(np.clip(sure.score_low, *composite.method.range)),
        "score_high": plain(np.clip(sure.score_high, *composite.method.range)),
    }
    if column is not None:
        columns |= {
            "ranked_value": plain(column.ranked),
            "ranked_error": plain(column.ranked_errors),
        }
    if n < 2:
        columns |= {
            "not_ranked": repeat(TOO_FEW),
            "standing": repeat(PeerStanding.NOT_COMPARED.value),
        }
    else:
        columns |= {
            name: [int(rank) if scored else 0 for rank, scored in zip(row, ranked, strict=True)]
            for name, row in zip(_RANKS, ranks, strict=True)
        }
        columns |= {"n_ranked": repeat(n), "ranked_set": repeat(column.place if column else None)}
        columns |= _standing(places, draws.at_least, plain(sure.p_top_quarter))
        columns["peer_group"] = [peers.names[group] for group in peers.of]
    return [
        replace(row, **dict(zip(columns, values, strict=True))) if scored else row
        for row, scored, values in zip(
            rows, ranked, zip(*columns.values(), strict=False), strict=True
        )
    ]


def _standing(
    places: Sequence[PeerPlace], at_least: int, top: Sequence[float | None]
) -> dict[str, Iterable[Any]]:
    """The standing among peers; with too few of them, only a trend can determine it."""
    rows = []
    for place, share in zip(places, top, strict=True):
        if place.k >= at_least:
            ends = place.percentile, place.low, place.high
            rows.append((place.k, place.label, place.reason, share, *ends))
        else:
            label = PeerStanding.MUST_DO_MORE if place.reason == "falling" else PeerStanding.UNCLEAR
            reason = place.reason if place.reason == "falling" else ""
            rows.append((place.k, label.value, reason, None, None, None, None))
    names = ("k", "standing", "standing_reason", "p_top_quarter", *_PERCENTILES)
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def nothing(cities: Iterable[str], kind: NodeKind, node: str, reason: str = "") -> list[NodeScore]:
    """Rows without a figure, or without a score for the `reason`."""
    return [NodeScore(city=city, kind=kind.value, node=node, not_ranked=reason) for city in cities]
