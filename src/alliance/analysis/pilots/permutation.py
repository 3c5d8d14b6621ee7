"""Permutation tests: what else the assignment could have given if nothing had an effect."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from alliance.analysis.pilots.result import Bools, Floats

#: All assignments are counted up to this number, else `DRAWS` of them are drawn.
MAX_EXACT = 10_000
DRAWS = 9_999


def assignments(n: int, chosen: int, *, seed: int) -> tuple[Bools, bool]:
    """Every way to choose units, or a seeded draw of `DRAWS` of them.

    Returns:
        Shape (draws, n), True for the chosen; and whether these are all ways there are.
    """
    if comb(n, chosen) <= MAX_EXACT:
        picks = np.array(list(combinations(range(n), chosen)), dtype=np.int64)
        exact = True
    else:
        random = np.random.default_rng(seed)
        keys = random.random((DRAWS, n))
        picks = np.argpartition(keys, chosen - 1, axis=1)[:, :chosen]
        exact = False
    table = np.zeros((len(picks), n), dtype=bool)
    table[np.arange(len(picks))[:, None], picks] = True
    return table, exact


def smallest_p(n: int, chosen: int) -> float:
    """The smallest two-sided p that choosing units among ``n`` could ever give.

    Where half of them are chosen, the other half lies as far out on the other side.
    """
    return (2 if 2 * chosen == n else 1) / comb(n, chosen)


def difference_p(values: Floats, treated: Bools, *, seed: int) -> tuple[float, bool]:
    """Two-sided p of the difference in means when ``treated`` is reassigned.

    Args:
        values: shape (n,); treated: shape (n,).

    Returns:
        p, and whether it is exact. Drawn assignments give (1 + b) / (1 + draws).
    """
    n, chosen = len(values), int(treated.sum())
    table, exact = assignments(n, chosen, seed=seed)
    centred = values - values.mean()
    sums = table @ centred
    # The difference in means of centred values is proportional to the sum over the treated.
    observed = abs(float(centred[treated].sum()))
    slack = 1e-9 * max(1.0, float(np.abs(centred).sum()))
    beyond = int((np.abs(sums) >= observed - slack).sum())
    return (beyond / len(table) if exact else (1 + beyond) / (1 + len(table))), exact
