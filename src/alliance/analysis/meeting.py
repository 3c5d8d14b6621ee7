"""Matching of people: pairs with a reason to meet, and seating at tables with few repeated pairs.

Greedy algorithms with local search. Seating without repeated pairs is the social golfer problem,
for which no fast exact method is known; the result includes a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alliance.analysis.errors import MethodError

VERSION = "meeting-1"
#: Total number of swaps to try, over rounds and restarts.
_EFFORT = 400_000_000
_FORBIDDEN = 1_000.0


@dataclass(frozen=True)
class Seating:
    """`tables`: (rounds, n) numbers of tables from 0. `repeats`: repeated meetings, summed over
    pairs; `least` is a lower bound for them. `forbidden`: how often two people who should be apart
    share a table."""

    tables: NDArray[np.int64]
    repeats: int
    least: int
    forbidden: int
    n: int
    seed: int
    method: str = "greedy seating and swaps"
    version: str = VERSION


def pairs(
    score: NDArray[np.float64], *, most: int, taken: NDArray[np.bool_] | None = None
) -> list[tuple[int, int]]:
    """Pairs (i < j) so that nobody is in more than `most`, including those in `taken`.

    `score`: (n, n), symmetric; above 0 if the two have a reason to meet. Everybody gets a first
    pair before anybody gets a second, the highest score first, then by number. Two people with
    capacity and a reason are always paired. Raises MethodError for another shape.
    """
    score = np.asarray(score, dtype=float)
    n = len(score)
    if score.shape != (n, n) or not np.allclose(score, score.T, equal_nan=True):
        raise MethodError("not-symmetric", "scores are those of pairs", "score")
    there = np.zeros((n, n), dtype=bool) if taken is None else np.asarray(taken, dtype=bool)
    degree = there.sum(axis=1)
    first, second = np.nonzero(np.triu(np.nan_to_num(score) > 0, 1) & ~there)
    order = np.lexsort((second, first, -score[first, second]))
    chosen: list[tuple[int, int]] = []
    left = list(zip(first[order].tolist(), second[order].tolist(), strict=True))
    for cap, behind in ((cap, behind) for cap in range(1, most + 1) for behind in (1, 0)):
        # First the pairs in which one person has fewer pairs than all should have by now.
        waiting = []
        for person, other in left:
            few, many = sorted((degree[person], degree[other]))
            if many < cap and few < cap - behind:
                degree[person] += 1
                degree[other] += 1
                chosen.append((person, other))
            else:
                waiting.append((person, other))
        left = waiting
    return chosen


def seat(
    n: int, size: int, rounds: int, *, seed: int, apart: NDArray[np.bool_] | None = None
) -> Seating:
    """Seats `n` people at tables of at most `size` for `rounds` rounds, with few repeated pairs.

    Table sizes differ by at most one. `apart`: (n, n), symmetric, of pairs that should not share a
    table. The same seed gives the same result. Time O(rounds * n) a swap. Raises MethodError.
    """
    if size < 2 or rounds < 1 or n < 2:
        raise MethodError("too-few", "two people, two seats and one round are needed", "size")
    never = np.zeros((n, n)) if apart is None else np.asarray(apart, dtype=float)
    if never.shape != (n, n):
        raise MethodError("not-symmetric", "who sits apart is said of pairs", "apart")
    chance = np.random.default_rng(seed)
    n_tables = -(-n // size)
    least = _least(n, n_tables, rounds)
    restarts = max(1, min(60, _EFFORT // (n * n * n * rounds * 4)))
    best: tuple[float, NDArray[np.int64]] | None = None
    for _start in range(restarts):
        tables = _seating_candidate(n, n_tables, rounds, never, chance)
        cost = sum(_repeats_and_forbidden(tables, never)[k] * w for k, w in ((0, 1.0), (1, 1e6)))
        if best is None or cost < best[0]:
            best = (cost, tables)
        if cost <= least:
            break
    assert best is not None
    repeats, forbidden = _repeats_and_forbidden(best[1], never)
    return Seating(best[1], repeats, least, forbidden, n, seed)


def _sizes(n: int, n_tables: int) -> NDArray[np.int64]:
    return np.full(n_tables, n // n_tables) + (np.arange(n_tables) < n % n_tables)


def _least(n: int, n_tables: int, rounds: int) -> int:
    """The total number of meetings minus the number of pairs."""
    sizes = _sizes(n, n_tables)
    return max(0, int(rounds * (sizes * (sizes - 1) // 2).sum()) - n * (n - 1) // 2)


def _met(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often each two sit together, (n, n)."""
    met = np.zeros((tables.shape[1], tables.shape[1]))
    for row in tables:
        met += row[:, None] == row[None, :]
    np.fill_diagonal(met, 0)
    return met


def _repeats_and_forbidden(
    tables: NDArray[np.int64], never: NDArray[np.float64]
) -> tuple[int, int]:
    met = np.triu(_met(tables), 1)
    return int(np.maximum(met - 1, 0).sum()), int((met * (never > 0)).sum())


def _seating_candidate(
    n: int,
    n_tables: int,
    rounds: int,
    never: NDArray[np.float64],
    chance: np.random.Generator,
) -> NDArray[np.int64]:
    """Round after round, then each once more in the light of all others, while that helps."""
    tables = np.full((rounds, n), -1, dtype=np.int64)
    base = never * _FORBIDDEN
    met = np.zeros((n, n))
    for at in range(rounds):
        tables[at] = _swapped(_greedy(base + met, n_tables, chance), base + met, n_tables, chance)
        met += _together(tables[at])
    for _sweep in range(6 if n < 100 else 1):
        before = met.copy()
        for at in chance.permutation(rounds):
            met -= _together(tables[at])
            tables[at] = _swapped(tables[at], base + met, n_tables, chance)
            met += _together(tables[at])
        if np.array_equal(before, met):
            break
    return tables


def _together(row: NDArray[np.int64]) -> NDArray[np.float64]:
    same = (row[:, None] == row[None, :]).astype(float)
    np.fill_diagonal(same, 0)
    return same


def _greedy(
    weight: NDArray[np.float64], n_tables: int, chance: np.random.Generator
) -> NDArray[np.int64]:
    """Fill table after table with whom it costs least."""
    n = len(weight)
    row = np.full(n, -1, dtype=np.int64)
    tie = chance.random(n) * 0.5
    for table, size in enumerate(_sizes(n, n_tables)):
        cost = tie.copy()
        for _seat in range(size):
            chosen = int(np.argmin(np.where(row < 0, cost, np.inf)))
            row[chosen] = table
            cost += weight[chosen]
    return row


def _swapped(
    row: NDArray[np.int64],
    weight: NDArray[np.float64],
    n_tables: int,
    chance: np.random.Generator,
) -> NDArray[np.int64]:
    """Swap two people of two tables while that makes it cheaper."""
    n = len(row)
    row = row.copy()
    of_table = weight @ (row[:, None] == np.arange(n_tables)[None, :]).astype(float)
    everyone = np.arange(n)
    for _sweep in range(30):
        own = of_table[everyone, row]
        unhappy = chance.permutation(np.nonzero(own > 0)[0])
        changed = False
        for person in unhappy:
            own = of_table[everyone, row]
            if own[person] <= 0:
                continue
            there, here = row, row[person]
            delta = (
                of_table[person, there] - weight[person] + of_table[:, here] - weight[:, person]
                - own[person] - own
            )  # fmt: skip
            delta[row == here] = np.inf
            other = int(np.argmin(delta + chance.random(n) * 1e-6))
            if delta[other] >= -1e-9:
                continue
            to = row[other]
            row[person], row[other] = to, here
            moved = weight[:, person] - weight[:, other]
            of_table[:, here] -= moved
            of_table[:, to] += moved
            changed = True
        if not changed:
            break
    return row
