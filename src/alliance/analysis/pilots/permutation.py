"""Permutation tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb, sqrt

import numpy as np
from scipy import special

from alliance.analysis.pilots.result import Bools, Floats, Ints

#: All assignments are enumerated up to this number, otherwise `DRAWS` of them are drawn.
MAX_EXACT = 10_000
DRAWS = 9_999
#: Above this number of units the sum over the treated is normal to all shown digits; above the
#: smaller one the normal is more precise than draws, unless one unit outweighs the others.
MANY_UNITS = 10_000
SOME_UNITS, HEAVY = 2_000, 0.02
#: The number of cells drawn at a time, which limits the memory.
BLOCK = 2_000_000


def assignments(n: int, chosen: int, *, seed: int) -> tuple[Bools, bool]:
    """Every way to choose units, or a seeded draw of `DRAWS` of them.

    Returns:
        Shape (draws, n), True for the chosen; and whether these are all ways there are.
    """
    return np.concatenate(list(_blocks(n, chosen, seed=seed))), comb(n, chosen) <= MAX_EXACT


def _blocks(n: int, chosen: int, *, seed: int) -> Iterator[Bools]:
    """The rows of `assignments` in blocks."""
    if comb(n, chosen) <= MAX_EXACT:
        yield _table(n, np.array(list(combinations(range(n), chosen)), dtype=np.int64))
        return
    random = np.random.default_rng(seed)
    rows = max(1, BLOCK // n)
    for start in range(0, DRAWS, rows):
        keys = random.random((min(rows, DRAWS - start), n))
        yield _table(n, np.argpartition(keys, chosen - 1, axis=1)[:, :chosen])


def _table(n: int, picks: Ints) -> Bools:
    table = np.zeros((len(picks), n), dtype=bool)
    table[np.arange(len(picks))[:, None], picks] = True
    return table


def smallest_p(n: int, chosen: int) -> float:
    """The smallest two-sided p possible when choosing among ``n`` units.

    If half of them are chosen, the complement is as extreme on the other side.
    """
    return (2 if 2 * chosen == n else 1) / comb(n, chosen)


def difference_p(values: Floats, treated: Bools, *, seed: int) -> tuple[float, bool]:
    """Two-sided p of the difference in means when ``treated`` is reassigned.

    Args:
        values: shape (n,); treated: shape (n,).

    Returns:
        p, and whether it is exact. Drawn assignments give (1 + b) / (1 + draws); with more than
        `SOME_UNITS` units, a quarter of that on each side and none with a share `HEAVY` of all
        variance, or more than `MANY_UNITS`, nothing is drawn and p is that of the normal limit
        (Hájek 1960).
    """
    n, chosen = len(values), int(treated.sum())
    centred = values - values.mean()
    total_square = float(centred @ centred)
    is_even = 2 * min(chosen, n - chosen) > SOME_UNITS // 2
    is_even = is_even and n > SOME_UNITS and np.square(centred).max() <= HEAVY * total_square
    if n > MANY_UNITS or is_even:
        spread = sqrt(chosen * (n - chosen) / (n * (n - 1)) * total_square)
        total = abs(float(centred[treated].sum()))
        return (float(2 * special.ndtr(-total / spread)) if spread > 0 else 1.0), False
    exact = comb(n, chosen) <= MAX_EXACT
    sums = np.concatenate([table @ centred for table in _blocks(n, chosen, seed=seed)])
    # The difference in means of centred values is proportional to the sum over the treated.
    observed = abs(float(centred[treated].sum()))
    slack = 1e-9 * max(1.0, float(np.abs(centred).sum()))
    beyond = int((np.abs(sums) >= observed - slack).sum())
    return (beyond / len(sums) if exact else (1 + beyond) / (1 + len(sums))), exact
