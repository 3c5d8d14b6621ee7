"""The order of figures that may be ranked.

Releases, pages and the API share the rule: `order_of` says which direction is better and which
difference counts, `analysis.composite.ranking.sure_counts` which figure is ahead of which.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alliance.analysis.composite.ranking import sure_counts
from alliance.indicators.enums import IndicatorDirection


def order_of(direction: str, least_difference: float | None) -> tuple[float, float]:
    """The sign that makes higher values better, and the least difference that counts."""
    return -1.0 if direction == IndicatorDirection.LOWER else 1.0, least_difference or 0.0


def places_of(
    values: Sequence[float], errors: Sequence[float], direction: str, least: float | None
) -> list[tuple[int, int]]:
    """The first and the last possible rank of each figure; 1 is best.

    Figures that cannot be told apart share their first rank. `errors` are standard errors.
    """
    sign, least = order_of(direction, least)
    everyone = np.arange(len(values))
    figures, unsure = sign * np.array(values, dtype=float), np.array(errors, dtype=float)
    ahead, behind = sure_counts(figures, unsure, everyone, everyone, least=least)
    return [(1 + int(a), len(values) - int(b)) for a, b in zip(ahead, behind, strict=True)]
