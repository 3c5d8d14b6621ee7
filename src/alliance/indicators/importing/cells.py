"""Parsers of cells, which raise BrokenRule for invalid content."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection
from typing import Any

from alliance.core.errors import BrokenRule
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.periods import year_of

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_WITH_COMMA = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?\Z")
#: Digits in groups of three, separated by spaces or apostrophes.
_GROUPED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f'’]\d{3})+([.,]\d*)?\Z")
_SPACES = re.compile(r"[ \u00a0\u202f'’]")
#: 1,234 may be a thousand or a bit more than one; so may 1.234 where a comma is a decimal mark.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}\Z")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,]\d{3}){2,}\Z|[+-]?\d{1,3}(,\d{3})+\.\d+\Z|"
                        r"[+-]?\d{1,3}(\.\d{3})+,\d+\Z")  # fmt: skip
#: Common spellings of "no figure", accepted as such only if the options list them.
NO_FIGURE = frozenset(
    {"n/a", "na", "nan", "null", "none", "..", "...", "-", "–", "—", ":", "x", "s", "c", "nd",
     "n.d.", "n.a.", "#n/a", "missing", "saknas", "uppgift saknas", "manquant", "nc"}
)  # fmt: skip
_ALL = frozenset({"", "_t", "t", "total", "_z", "all"})
# The first day of Excel's calendar, counted as Excel does today.
_EXCEL_ZERO = dt.date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)


def read_text(cell: Any) -> str:
    """A cell as text; a workbook's 1480.0 is 1480."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_dimension(cell: Any) -> str:
    """A group of people or a part of a city; all spellings of "all" become `_T`."""
    text = read_text(cell)
    return TOTAL if text.casefold() in _ALL else text


def decimal_mark(words: Collection[Any], *, by_semicolon: bool = False) -> str:
    """The decimal mark of a column of numbers, "" if a comma or a point is ambiguous.

    It is a comma if some number has a comma that cannot separate thousands. `by_semicolon`: the
    cells are separated by semicolons, as is usual with a decimal comma; then a point can also be
    ambiguous.
    """
    plain = [_SPACES.sub("", word) for word in words if isinstance(word, str)]
    with_comma = [word for word in plain if "," in word]
    if with_comma:
        sure = any(_WITH_COMMA.match(word) and not _EITHER.match(word) for word in with_comma)
        return "," if sure else ""
    with_point = [word for word in plain if "." in word and _PLAIN.match(word)]
    return "" if by_semicolon and with_point and all(map(_EITHER.match, with_point)) else "."


def read_number(cell: Any, decimal: str) -> float:
    """Parses a number; `decimal` is the decimal mark of the file, "" if unknown."""
    if isinstance(cell, bool):
        raise BrokenRule("no-such-number", {"value": str(cell)})
    if isinstance(cell, int | float):
        number = float(cell)
    elif isinstance(cell, dt.date | dt.time | dt.timedelta):
        raise BrokenRule("day-for-number")
    else:
        number = _number_of(cell, decimal)
    if not math.isfinite(number):
        raise BrokenRule("no-such-number", {"value": str(cell)})
    return number


def _number_of(text: str, decimal: str) -> float:
    if decimal == "." and _PLAIN.match(text):
        return float(text)
    plain = _SPACES.sub("", text) if _GROUPED.match(text) else text
    if decimal == "." and _PLAIN.match(plain):
        return float(plain)
    if decimal == "," and _WITH_COMMA.match(plain):
        return float(plain.replace(",", "."))
    if not decimal and _PLAIN.match(plain) and not _EITHER.match(plain):
        return float(plain)
    raise BrokenRule(_no_number(text, plain, decimal), {"value": text})


def _no_number(text: str, plain: str, decimal: str) -> str:
    """The code of the rule that an invalid number breaks."""
    if text.casefold() in NO_FIGURE:
        return "word-for-missing"
    if not decimal and _EITHER.match(plain):
        return "which-mark"
    if _THOUSANDS.match(plain):
        return "two-numbers"
    if decimal == "," and _PLAIN.match(plain):
        return "point-for-comma"
    if decimal == "." and _WITH_COMMA.match(plain):
        return "comma-for-point"
    if text.startswith("#"):
        return "spreadsheet-error"
    return "no-such-number"


def _date_in(cell: Any) -> dt.date | None:
    """The date in a cell, also in Excel's text format: 2019-05-01 00:00:00."""
    if isinstance(cell, dt.date):
        return cell
    try:
        return dt.date.fromisoformat(re.sub(r"[T ][\d:.]+Z?\Z", "", read_text(cell)))
    except ValueError:
        return None


def read_period(cell: Any) -> str:
    """Parses a period such as 2021, 2021-Q3 or 2021-06."""
    text = read_text(cell)
    if year_of(text) is not None:
        return text
    if (day := _date_in(cell)) is not None:
        raise BrokenRule(
            "day-for-period", {"date": day, "year": f"{day:%Y}", "month": f"{day:%Y-%m}"}
        )
    if text.isascii() and text.isdigit() and int(text) in _EXCEL_DAYS:
        day = _EXCEL_ZERO + dt.timedelta(days=int(text))
        raise BrokenRule("number-for-period", {"value": text, "date": day})
    raise BrokenRule("not-a-period")


def read_status(cell: Any) -> str:
    """Parses an SDMX status; `A: Normal value` is A."""
    return read_text(cell).split(":")[0].strip().upper()


def read_action(cell: Any) -> None:
    """Checks the SDMX action of a row: figures are added or replaced, but never deleted."""
    if read_text(cell).upper() in {"D", "DELETE"}:
        raise BrokenRule("deletes")
