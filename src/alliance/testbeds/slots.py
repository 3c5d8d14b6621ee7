"""Free slots of a testbed: capacity minus accepted bookings, day by day, as periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from alliance.network.days import months_later

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The first and last day of a trial, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Period:
    """Consecutive days with the same number of trials, `taken`."""

    first: dt.date
    last: dt.date
    taken: int


@dataclass(frozen=True)
class Month:
    """A month with the smallest and largest number of free slots on its days."""

    first: dt.date
    least: int
    most: int


def periods(spans: Iterable[Span], window: Span) -> list[Period]:
    """The days of `window`, split where the number of trials changes; equal neighbours are
    merged."""
    changes = {window.first: 0, window.last + _DAY: 0}
    for span in spans:
        first, after = max(span.first, window.first), min(span.last, window.last) + _DAY
        if first < after:
            changes[first] = changes.get(first, 0) + 1
            changes[after] = changes.get(after, 0) - 1
    result: list[Period] = []
    taken = 0
    for day, following in pairwise(sorted(changes)):
        taken += changes[day]
        last = following - _DAY
        if result and result[-1].taken == taken:
            result[-1] = Period(result[-1].first, last, taken)
        else:
            result.append(Period(day, last, taken))
    return result


def first_full(spans: Iterable[Span], window: Span, capacity: int) -> Period | None:
    """The first period of `window` without a free slot; None if every day has one."""
    return next((period for period in periods(spans, window) if period.taken >= capacity), None)


def months(timeline: Iterable[Period], capacity: int) -> list[Month]:
    """The months of the timeline in order; an overbooked month has no free slot."""
    free: dict[dt.date, list[int]] = {}
    for period in timeline:
        month = period.first.replace(day=1)
        while month <= period.last:
            free.setdefault(month, []).append(max(capacity - period.taken, 0))
            month = months_later(month, 1)
    return [Month(first, min(left), max(left)) for first, left in sorted(free.items())]


def coming(today: dt.date, n_months: int) -> Span:
    """From today to the end of the last of `n_months` months, including the current one."""
    return Span(today, months_later(today.replace(day=1), n_months) - _DAY)
