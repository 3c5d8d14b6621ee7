"""Days that lie some months ahead."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.network.days import months_later


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-25", 6, "2027-05-25"),
        ("2026-11-25", 12, "2027-11-25"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-06-30", 6, "2026-12-30"),
    ],
)
def test_the_same_day_or_the_last_of_a_shorter_month(day: str, months: int, later: str) -> None:
    assert months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)
