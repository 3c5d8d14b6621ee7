"""When a condition is met, unmet or unknown. Pure rules; they are not summed to a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

#: A city is like a place if the larger figure is at most this many times the smaller.
DENSITY_FACTOR = 2.0
LEVEL_FACTOR = 1.25


class Answer(StrEnum):
    """The answer to a condition. Unknown is neither met nor unmet: somebody has to be asked."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """An answer, with how many of the places with a known value are like the city."""

    answer: Answer
    n_like: int = 0
    n_known: int = 0


def same(own: str | None, places: Sequence[str | None]) -> Judged:
    """Met if one of the places is in the same group as the city."""
    known = [place for place in places if place is not None]
    if own is None or not known:
        return Judged(Answer.UNKNOWN, 0, len(known))
    return _judged(sum(1 for place in known if place == own), len(known))


def like(own: float | None, places: Sequence[float | None], factor: float) -> Judged:
    """Met if one of the places is within a factor of `factor` of the city, either way.

    Only figures of 0 or more can be compared so; two zeros are alike.
    """
    known = [place for place in places if place is not None and place >= 0]
    if own is None or own < 0 or not known:
        return Judged(Answer.UNKNOWN, 0, len(known))
    close = sum(1 for place in known if max(own, place) <= factor * min(own, place))
    return _judged(close, len(known))


def _judged(n_like: int, n_known: int) -> Judged:
    return Judged(Answer.MET if n_like else Answer.UNMET, n_like, n_known)
