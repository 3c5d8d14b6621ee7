"""How long the engine takes for the panel of a large network, against Polars written by hand.

    python -m tests.bench.engine [ROWS]

ROWS (or the variable BENCH_ROWS) are 20,000,000 if not given: 10,000 cities, 105 indicators and 20
years, 5 % missing. Each run is a process of its own; both give the same sums.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alliance.indicators.engine.engines import compute_panel
from alliance.indicators.engine.expression import LEAST_PEERS, LEAST_WEIGHT, LEAST_YEARS
from tests.bench.figures import Figure

ROWS = 20_000_000
INDICATORS, YEARS, PEERS, GROUPS, FIRST_YEAR = 105, 20, 40, 8, 2004
LIMIT_TIMES_POLARS = 3.0
MEMORY_MB = 1_500


def write_figures(folder: Path, rows: int) -> int:
    """Files of about so many figures, sorted as in a release; how many there are."""
    random = np.random.default_rng(1)
    cities = max(1, round(rows / (INDICATORS * YEARS * 0.95)))
    names = pa.array([f"city-{place:05}" for place in range(cities)])
    codes = pa.array([f"i{place:03}" for place in range(INDICATORS)])
    peers = pa.array([f"p{place:02}" for place in range(PEERS)])
    total, writer = 0, None
    for peer in range(PEERS):
        own = np.arange(peer, cities, PEERS)
        if not own.size:
            continue
        indicator, city, year = (
            axis.ravel()
            for axis in np.meshgrid(np.arange(INDICATORS), own, np.arange(YEARS), indexing="ij")
        )
        kept = random.random(city.size) >= 0.05
        indicator, city, year = indicator[kept], city[kept], year[kept]
        values = random.lognormal(size=city.size) * (1 + 0.02 * year)
        table = pa.table(
            {
                "city": names.take(pa.array(city)),
                "peer": peers.take(pa.array(np.full(city.size, peer))),
                "indicator": codes.take(pa.array(indicator)),
                "year": pa.array(FIRST_YEAR + year, pa.int32()),
                "value": values,
            }
        )
        writer = writer or pq.ParquetWriter(folder / "figures.parquet", table.schema)
        writer.write_table(table)
        total += table.num_rows
    assert writer is not None
    writer.close()
    empty = pa.array([None] * INDICATORS, pa.float64())
    meaning = {
        "indicator": codes,
        "pillar": [f"g{place % GROUPS}" for place in range(INDICATORS)],
        "weight": [1.0 + place % 3 for place in range(INDICATORS)],
        "sign": [1.0 if place % 2 else -1.0 for place in range(INDICATORS)],
        "worst": empty,
        "best": empty,
    }
    pq.write_table(pa.table(meaning), folder / "meaning.parquet")
    return total


def by_engine(folder: Path, url: str = "", memory_mb: int = 0) -> dict[str, float]:
    """Sums of the panel by the engine."""
    panel = compute_panel(
        folder / "figures.parquet",
        folder / "meaning.parquet",
        url=url,
        memory_mb=memory_mb,
        first_year=FIRST_YEAR,
    )
    return {
        "rows": panel.num_rows,
        **{name: float(np.nansum(panel[name].to_numpy())) for name in ("score", "place", "slope")},
    }


def by_polars(folder: Path) -> dict[str, float]:
    """The same by hand."""
    import polars as pl

    meaning = pl.scan_parquet(folder / "meaning.parquet")
    turned = pl.col("value") * pl.col("sign")
    figures = (
        pl.scan_parquet(folder / "figures.parquet")
        .join(meaning, on="indicator")
        .with_columns(turned=turned)
    )
    ends = figures.group_by("indicator").agg(
        least=pl.col("turned").min(), most=pl.col("turned").max()
    )
    low, high = pl.coalesce("worst", "least"), pl.coalesce("best", "most")
    scored = (
        figures.join(ends, on="indicator")
        .with_columns(low=low, high=high)
        .filter(pl.col("low") != pl.col("high"))
        .with_columns(
            unclipped=100 * (pl.col("turned") - pl.col("low")) / (pl.col("high") - pl.col("low"))
        )
        .with_columns(score=pl.col("unclipped").clip(0, 100))
    )
    among = ["indicator", "year", "peer"]
    k = pl.len().over(among)
    place = (pl.col("score").rank("min").over(among) - 1) / (k - 1)
    placed = scored.with_columns(place=pl.when(k >= LEAST_PEERS).then(place))
    x, y, n = (pl.col("year") - FIRST_YEAR).cast(pl.Float64), pl.col("unclipped"), pl.len()
    slope = (n * (x * y).sum() - x.sum() * y.sum()) / (n * (x * x).sum() - x.sum() ** 2)
    slopes = scored.group_by("city", "indicator").agg(slope=pl.when(n >= LEAST_YEARS).then(slope))

    def mean(name: str) -> pl.Expr:
        value, weight = pl.col(name), pl.col("weight")
        return (value * weight).sum() / weight.filter(value.is_not_null()).sum()

    whole = meaning.group_by("pillar").agg(whole=pl.col("weight").sum())
    panel = (
        placed.join(slopes, on=["city", "indicator"], how="left")
        .group_by("city", "pillar", "year")
        .agg(
            n=pl.len(),
            present=pl.col("weight").sum(),
            score=mean("score"),
            place=mean("place"),
            slope=mean("slope"),
        )
        .join(whole, on="pillar")
        .with_columns(enough=pl.col("present") >= LEAST_WEIGHT * pl.col("whole"))
        .select(
            "city",
            "pillar",
            "year",
            "n",
            *(
                pl.when("enough").then(pl.col(name)).alias(name)
                for name in ("score", "place", "slope")
            ),
        )
        .sort("city", "pillar", "year")
        .collect(engine="streaming")
    )
    return {
        "rows": panel.height,
        **{name: float(panel[name].fill_nan(None).sum()) for name in ("score", "place", "slope")},
    }


def _measured(
    work: Callable[..., dict[str, float]], *arguments: object
) -> tuple[float, float, str]:
    start = time.perf_counter()
    sums = work(*arguments)
    took = time.perf_counter() - start
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024, json.dumps(sums)


def run(rows: int, urls: list[str]) -> Iterator[Figure]:
    """Each engine in a process of its own, so that the peak of memory is its own."""

    def alone(*call: object) -> tuple[float, float, dict[str, float]]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
            took, peak, sums = pool.submit(_measured, *call).result()  # type: ignore[arg-type]
        return took, peak, json.loads(sums)

    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as name:
        folder = Path(name)
        total = write_figures(folder, rows)
        polars = min((alone(by_polars, folder) for _ in range(2)), key=lambda one: one[0])
        yield Figure(f"panel of {total:,} figures, Polars by hand", polars[0], "s")
        yield Figure("  most memory", polars[1], "MB")
        duckdb = min((alone(by_engine, folder) for _ in range(2)), key=lambda one: one[0])
        yield Figure("  the engine, on DuckDB", duckdb[0], "s")
        yield Figure("  most memory", duckdb[1], "MB")
        yield Figure("  DuckDB over Polars", duckdb[0] / polars[0], "times", LIMIT_TIMES_POLARS)
        held = alone(by_engine, folder, "", MEMORY_MB)
        yield Figure(f"  DuckDB held to {MEMORY_MB:,} MB", held[0], "s")
        yield Figure("  most memory", held[1], "MB")
        others = [("DuckDB", duckdb), ("DuckDB, held", held)]
        for url in urls:
            took = alone(by_engine, folder, url)
            yield Figure(f"  {url.partition(':')[0]}", took[0], "s")
            others.append((url, took))
        for label, (_took, _peak, sums) in others:
            for key, value in polars[2].items():
                if not np.isclose(value, sums[key], rtol=1e-9, atol=1e-6):
                    raise AssertionError(f"{label} and Polars differ in {key}")


def main() -> int:
    """Further engines are measured where BENCH_ENGINES names their addresses, by spaces."""
    rows = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BENCH_ROWS", ROWS))
    broken = False
    for figure in run(rows, os.environ.get("BENCH_ENGINES", "").split()):
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
