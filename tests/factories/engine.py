"""Made-up figures for engines, and the panel that `analysis.composite` makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alliance.analysis.composite import Coverage, Method, Node, Table, build, framework_from
from alliance.analysis.composite.scaling import percentile_rank
from alliance.analysis.composite.trend import trend
from alliance.indicators.engine.expression import LEAST_PEERS

FIRST_YEAR = 2015
N_CITIES, N_INDICATORS, N_YEARS, N_PEERS, N_GROUPS = 130, 13, 7, 4, 3


def made_up(folder: Path) -> tuple[Path, Path]:
    """Files of about 10,000 figures with gaps, ties, a flat indicator and one without weight."""
    random = np.random.default_rng(7)
    values = random.lognormal(size=(N_CITIES, N_INDICATORS, N_YEARS))
    values[:, 2] = np.round(values[:, 2], 1)  # ties
    values[:, 5] = 3.0  # no scale
    values[random.random(values.shape) < 0.12] = np.nan
    city, indicator, year = np.nonzero(~np.isnan(values))
    figures = pa.table(
        {
            "city": [f"c{place}" for place in city],
            "peer": [f"p{place % N_PEERS}" if place else "alone" for place in city],
            "indicator": [f"i{place}" for place in indicator],
            "year": pa.array(FIRST_YEAR + year, pa.int32()),
            "value": values[city, indicator, year],
        }
    )
    meaning = pa.table(
        {
            "indicator": [f"i{place}" for place in range(N_INDICATORS)],
            "pillar": [f"g{place % N_GROUPS}" for place in range(N_INDICATORS)],
            "weight": [0.0 if place == 4 else 1.0 + place for place in range(N_INDICATORS)],
            "sign": [1.0 if place % 2 else -1.0 for place in range(N_INDICATORS)],
            "worst": pa.array([-3.0, 0.2, *[None] * (N_INDICATORS - 2)], pa.float64()),
            "best": pa.array([-0.1, 2.5, *[None] * (N_INDICATORS - 2)], pa.float64()),
        }
    )
    paths = folder / "figures.parquet", folder / "meaning.parquet"
    pq.write_table(figures, paths[0])
    pq.write_table(meaning, paths[1])
    return paths


def by_composite(figures: Path, meaning: Path) -> dict[tuple[str, str, int], tuple[float, ...]]:
    """(score, place, slope) by city, group and year, NaN for none, through `analysis.composite`."""
    rows = pq.read_table(figures).to_pylist()
    about = pq.read_table(meaning).to_pylist()
    codes = [row["indicator"] for row in about]
    cities = sorted({row["city"] for row in rows})
    peers = {row["city"]: row["peer"] for row in rows}
    years = sorted({row["year"] for row in rows})
    values = np.full((len(years), len(cities), len(codes)), np.nan)
    for row in rows:
        at = years.index(row["year"]), cities.index(row["city"]), codes.index(row["indicator"])
        values[at] = row["value"]
    lines = [_line(row, values[..., place]) for place, row in enumerate(about)]
    framework = framework_from(
        [
            Node(code="INDEX"),
            *(Node(code=name, parent="INDEX") for name in sorted({row["pillar"] for row in about})),
            *(node for node, _bounds in lines if node is not None),
        ]
    )
    # A node counts its present children only; one without a scale is as good as absent, but its
    # weight belongs to the whole.
    found = {}
    slopes = _slopes(values, lines, years)
    for at, year in enumerate(years):
        scores = np.full((len(cities), len(codes)), np.nan)
        used = [place for place, (node, _bounds) in enumerate(lines) if node is not None]
        index = build(
            Table(
                units=tuple(cities),
                columns=tuple(codes[place] for place in used),
                values=values[at][:, used],
            ),
            framework,
            method=Method(coverage=Coverage(unit=0, pillar=0, node=0, indicator=0)),
        )
        order = [codes.index(code) for code in index.framework.codes]
        scores[:, order] = index.normalised
        places = _places(scores, [peers[city] for city in cities])
        for pillar in sorted({row["pillar"] for row in about}):
            own = [place for place, row in enumerate(about) if row["pillar"] == pillar]
            weights = np.array([about[place]["weight"] for place in own])
            node = index.nodes[:, index.framework.node_codes.index(pillar)]
            for row, city in enumerate(cities):
                there = ~np.isnan(scores[row, own])
                if there.any():
                    enough = weights[there].sum() >= 0.5 * weights.sum()
                    numbers = (
                        node[row],
                        _mean(places[row, own], weights, there),
                        _mean(slopes[row, own], weights, there),
                    )
                    found[city, pillar, year] = numbers if enough else (np.nan,) * 3
    return found


def _line(row: dict, values: np.ndarray) -> tuple[Node | None, tuple[float, float]]:
    turned = values * row["sign"]
    worst = np.nanmin(turned) if row["worst"] is None else row["worst"]
    best = np.nanmax(turned) if row["best"] is None else row["best"]
    if worst == best:
        return None, (worst, best)
    ends = sorted([worst * row["sign"], best * row["sign"]])
    node = Node(
        code=row["indicator"],
        parent=row["pillar"],
        weight=row["weight"],
        direction="higher" if row["sign"] > 0 else "lower",
        lower=ends[0],
        upper=ends[1],
    )
    return node, (worst, best)


def _slopes(values: np.ndarray, lines: list, years: list[int]) -> np.ndarray:
    slopes = np.full(values.shape[1:], np.nan)
    for column, (node, (worst, best)) in enumerate(lines):
        if node is None:
            continue
        sign = 1.0 if node.direction == "higher" else -1.0
        for row in range(values.shape[1]):
            unclipped = 100 * (values[:, row, column] * sign - worst) / (best - worst)
            known = ~np.isnan(unclipped)
            if known.sum() >= 3:
                result = trend(years, unclipped, window=99)
                # The trend asks for a span of three years as well, the engine for three years.
                slopes[row, column] = (
                    np.polyfit(np.array(years)[known], unclipped[known], 1)[0]
                    if result.slope is None
                    else result.slope
                )
    return slopes


def _places(scores: np.ndarray, peers: list[str]) -> np.ndarray:
    places = np.full(scores.shape, np.nan)
    for name in set(peers):
        own = np.flatnonzero(np.array(peers) == name)
        ranks = percentile_rank(scores[own])
        few = np.count_nonzero(~np.isnan(scores[own]), axis=0) < LEAST_PEERS
        ranks[:, few] = np.nan
        places[own] = ranks
    return places


def _mean(values: np.ndarray, weights: np.ndarray, there: np.ndarray) -> float:
    known = there & ~np.isnan(values)
    total = weights[known].sum()
    return float((values[known] * weights[known]).sum() / total) if total > 0 else float("nan")
