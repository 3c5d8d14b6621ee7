"""A measured figure beside its limit, and how times are taken."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement. `limit` None: reported only. `at_least`: the limit is a floor."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Value over limit (limit over value for a floor): above 1 means that it is broken."""
        if self.limit is None:
            return None
        over, under = (self.limit, self.value) if self.at_least else (self.value, self.limit)
        return over / under if under else math.inf if over else 0.0

    @property
    def is_broken(self) -> bool:
        return self.ratio is not None and self.ratio > 1

    def __str__(self) -> str:
        text = f"{self.name:<64} {self.value:>10.4g} {self.unit:<10}"
        if self.ratio is None:
            return text
        sign = "≥" if self.at_least else "≤"
        return f"{text} {sign} {self.limit:<8.4g} ratio {self.ratio:.2f}"


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)]


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes, in milliseconds of wall-clock time."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
