"""How long measures of equity take.

    python -m tests.bench.equity

Made-up areas with 20 groups; a table of 1,000 by 50 counts of which many are small.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from alliance.analysis.equity import (
    atkinson,
    concentration,
    gini,
    group_exposure,
    kolm_pollak,
    kolm_pollak_groups,
    suppress,
    weighted_mean,
    with_totals,
)
from tests.bench.figures import Figure

GROUPS = [f"group {place}" for place in range(20)]
MEASURES_LIMIT_S = 2.0
BOOTSTRAP_LIMIT_S = 5.0
SUPPRESSION_LIMIT_S = 10.0


def made_up(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, people by group, and incomes of n areas."""
    random = np.random.default_rng(1)
    counts = random.integers(0, 200, (n, len(GROUPS))).astype(float)
    return random.gamma(2, 3, n), counts, random.lognormal(12, 0.4, n).round()


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def all_measures() -> None:
    values, counts, income = made_up(500_000)
    people = counts.sum(axis=1)
    weighted_mean(values, people)
    gini(values, people)
    atkinson(values, people)
    concentration(values, income, people)
    kolm_pollak(values, people, direction="burden")
    kolm_pollak_groups(values, counts, GROUPS, direction="burden")
    group_exposure(values, counts, GROUPS, draws=0)


def disparities() -> None:
    values, counts, _ = made_up(10_000)
    group_exposure(values, counts, GROUPS, draws=1_000)


def inequality() -> None:
    values, counts, _ = made_up(10_000)
    gini(values, counts.sum(axis=1), draws=1_000)


def table_of(expected: float, small: float) -> Callable[[], object]:
    random = np.random.default_rng(2)
    counts = random.poisson(expected, (1_000, 50))
    counts[random.random(counts.shape) < small] = 5
    rows, columns = [f"r{at}" for at in range(1_000)], [f"c{at}" for at in range(50)]
    cells = with_totals(counts, rows, columns)
    return lambda: suppress(cells)


def measured() -> Iterator[Figure]:
    yield Figure("all measures, 500,000 areas", seconds(all_measures), "s", MEASURES_LIMIT_S)
    for name, call in (("disparities of 20 groups", disparities), ("Gini", inequality)):
        yield Figure(f"{name}, 1,000 draws", seconds(call), "s", BOOTSTRAP_LIMIT_S)
    for name, table in (
        ("few small counts", table_of(40, 0.002)),
        ("some small counts", table_of(40, 0.05)),
        ("many small counts", table_of(12, 0.0)),
    ):
        yield Figure(f"1,000 × 50 table, {name}", seconds(table), "s", SUPPRESSION_LIMIT_S)


def main() -> int:
    broken = False
    for figure in measured():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
