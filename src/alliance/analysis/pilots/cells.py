"""Parsing of table cells: figures, treatment and times; every error names its row.

``rows`` are the row numbers of a spreadsheet, by default from 2, below a header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.result import Floats

Rows = Sequence[int] | None

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])", re.IGNORECASE)
_WHOLE = re.compile(r"([+-]?\d+)\.0+")
#: Texts of figures that are missing.
_MISSING = frozenset({"", "na", "nan"})
_FLAGS = {
    "0": 0.0, "1": 1.0, "false": 0.0, "true": 1.0, "no": 0.0, "yes": 1.0,
}  # fmt: skip


def row_name(place: int, rows: Rows) -> str:
    """The name of the row with an index from 0, for messages."""
    return f"row {place + 2 if rows is None else rows[place]}"


def numbers(column: Sequence[object], name: str, *, rows: Rows = None) -> Floats:
    """A column of figures, shape (n,). Empty cells, ``NA`` and ``NaN`` are missing.

    Raises:
        MethodError: ``bad-number`` for a text, ``infinite-value``; both name row and column.
    """
    values = np.empty(len(column))
    for place, cell in enumerate(column):
        text = "" if cell is None else str(cell).strip()
        try:
            values[place] = np.nan if text.lower() in _MISSING else float(text)
        except ValueError:
            raise MethodError(
                "bad-number", f"{text!r} is not a number", f"{row_name(place, rows)}, {name}"
            ) from None
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        raise MethodError(
            "infinite-value",
            "a value must be a finite number",
            f"{row_name(int(infinite[0]), rows)}, {name}",
        )
    return values


def flags(column: Sequence[str], name: str, *, rows: Rows = None) -> Floats:
    """A treatment column of 0 and 1, shape (n,); also true and false, yes and no.

    Raises:
        MethodError: ``bad-treatment`` with row and column for anything else, including empty cells.
    """
    values = np.empty(len(column))
    for place, cell in enumerate(column):
        text = str(cell).strip()
        flag = _FLAGS.get(whole(text).lower())
        if flag is None:
            raise MethodError(
                "bad-treatment",
                f"only 0 and 1 say who is treated, not {text!r}",
                f"{row_name(place, rows)}, {name}",
            )
        values[place] = flag
    return values


def whole(text: str) -> str:
    """A whole number without the ``.0`` that some programs append; other text is unchanged."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def moments(labels: Sequence[str], *, like: str | None = None, rows: Rows = None) -> Floats:
    """Times as numbers, shape (n,): years or counters as they are, the others counted.

    Args:
        labels: all of one kind: numbers, days (2024-03-01), weeks (2024-W09), months (2024-03) or
            quarters (2024Q1, 2024-Q1).
        like: a label of the kind; by default the first.

    Raises:
        MethodError: ``bad-time`` with the row.
    """
    reader = _reader(labels[0] if like is None else like)
    values = np.empty(len(labels))
    for place, label in enumerate(labels):
        try:
            values[place] = reader(label)
        except ValueError:
            values[place] = np.nan
        if not np.isfinite(values[place]):
            raise MethodError(
                "bad-time",
                f"{label!r} does not go with the others: times are all numbers, all days"
                " (2024-03-01), all weeks (2024-W09), all months (2024-03) or all quarters"
                " (2024Q1)",
                f"{row_name(place, rows)}, time",
            )
    return values


def _reader(label: str) -> Callable[[str], float]:
    for pattern, reader in (
        (_DAY, _day), (_WEEK, _week), (_MONTH, _month), (_QUARTER, _quarter),
    ):  # fmt: skip
        if pattern.fullmatch(label):
            return reader
    return float


def _day(label: str) -> float:
    if not _DAY.fullmatch(label):
        raise ValueError(label)
    return float(date.fromisoformat(label).toordinal())


def _week(label: str) -> float:
    match = _WEEK.fullmatch(label)
    if match is None:
        raise ValueError(label)
    return float(date.fromisocalendar(int(match[1]), int(match[2]), 1).toordinal() // 7)


def _month(label: str) -> float:
    match = _MONTH.fullmatch(label)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise ValueError(label)
    return float(int(match[1]) * 12 + int(match[2]) - 1)


def _quarter(label: str) -> float:
    match = _QUARTER.fullmatch(label)
    if match is None:
        raise ValueError(label)
    return float(int(match[1]) * 4 + int(match[2]) - 1)
