"""The order of figures that may be ranked."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.indicators.enums import IndicatorDirection


def ranks_of(
    values: Sequence[tuple[float | None, float | None, float | None]],
    direction: str,
    least_difference: float | None,
) -> list[int | None]:
    """Rank 1 is best; each city is behind those that are better by a difference that counts.

    `values` are (value, low, high) with the 90 % interval or None. A difference counts where it is
    at least `least_difference` and reaches beyond half the width of both intervals together.
    """
    sign = -1.0 if direction == IndicatorDirection.LOWER else 1.0

    def half(low: float | None, high: float | None) -> float:
        return (high - low) / 2 if low is not None and high is not None else 0.0

    ranks: list[int | None] = []
    for value, low, high in values:
        if value is None:
            ranks.append(None)
            continue
        ahead = 0
        for other, other_low, other_high in values:
            if other is None:
                continue
            lead = sign * (other - value)
            unsure = (half(low, high) ** 2 + half(other_low, other_high) ** 2) ** 0.5
            ahead += lead > 0 and lead >= (least_difference or 0.0) and lead > unsure
        ranks.append(1 + ahead)
    return ranks
