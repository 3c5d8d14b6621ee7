"""The order of figures that may be ranked, and the interval that a figure comes with."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.indicators.enums import IndicatorDirection

#: What a grade stands for where there is no standard error, as a share of the value; and how many
#: standard errors half the width of a 90 % interval is.
GRADE_ERROR = {"A": 0.01, "B": 0.05, "C": 0.15}
NINETY = 1.6448536269514722


def interval(
    value: float | None, standard_error: float | None, quality: str
) -> tuple[float | None, float | None]:
    """The 90 % interval of a figure by its standard error or grade; (None, None) without."""
    if value is None:
        return None, None
    if standard_error is None and quality in GRADE_ERROR:
        standard_error = abs(value) * GRADE_ERROR[quality]
    if standard_error is None:
        return None, None
    return value - NINETY * standard_error, value + NINETY * standard_error


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
