"""SDMX time periods of years, halves, quarters and months."""

from __future__ import annotations

import datetime as dt
import re

_PERIOD = re.compile(r"(\d{4})(?:-(?:(?:S([12]))|(?:Q([1-4]))|(0[1-9]|1[0-2])))?\Z")
FIRST_YEAR, LAST_YEAR = 1800, 2200


def year_of(period: str) -> int | None:
    """The year of a period such as 2021, 2021-S1, 2021-Q3 or 2021-06; None for anything else."""
    match = _PERIOD.match(period)
    if match is None:
        return None
    year = int(match[1])
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def start_of(period: str) -> dt.date | None:
    """The first day of a period; None for an invalid period."""
    match = _PERIOD.match(period)
    if match is None or year_of(period) is None:
        return None
    half, quarter, month = (int(part or 0) for part in match.groups()[1:])
    first = month or (3 * quarter - 2 if quarter else 6 * half - 5 if half else 1)
    return dt.date(int(match[1]), first, 1)
