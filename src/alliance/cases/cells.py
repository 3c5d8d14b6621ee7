"""Cells of tables that people fill in: what each may say, and the rule it breaks else.

Readers raise BrokenRule; who calls them knows the row and the column.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from alliance.core.errors import BrokenRule

_EMPTY = frozenset({"", "n/a", "-", "–", "—"})
_TRUE = frozenset({"true", "yes", "ja", "oui", "1"})
_FALSE = frozenset({"false", "no", "nej", "non", "0"})


def is_empty(value: Any) -> bool:
    return (
        value is None
        or value == []
        or (isinstance(value, str) and value.strip().casefold() in _EMPTY)
        or (isinstance(value, float) and math.isnan(value))
    )


def _refused(code: str, value: Any) -> BrokenRule:
    return BrokenRule(code, {"value": str(value)})


def read_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def read_number(value: Any) -> float:
    if isinstance(value, bool):
        raise _refused("no-such-number", value)
    if isinstance(value, int | float):
        number = float(value)
    else:
        if isinstance(value, dt.date | dt.datetime):
            raise BrokenRule("day-for-number")
        plain_text = re.sub(r"[\s\u00a0\u202f']", "", str(value))
        # 1,5 and 1.5 are the same; 1,500 could be either and is not guessed.
        if re.fullmatch(r"[+-]?([1-9]\d{0,2},\d{3}|\d{1,3}([.,]\d{3}){2,})", plain_text):
            raise _refused("two-numbers", value)
        if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", plain_text):
            raise _refused("no-such-number", value)
        number = float(plain_text.replace(",", "."))
    if not math.isfinite(number):
        raise _refused("no-such-number", value)
    return number


def read_integer(value: Any) -> int:
    number = read_number(value)
    if not number.is_integer():
        raise _refused("no-whole-number", value)
    return int(number)


def read_date(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(str(value).strip()).isoformat()
    except ValueError as error:
        raise _refused("no-such-day", value) from error


def read_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise _refused("neither-yes-nor-no", value)


def read_list(value: Any) -> list[str]:
    if isinstance(value, list):
        return [read_text(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    return [item.strip() for item in re.split(r"[|;]", str(value)) if item.strip()]


READERS: dict[str, Callable[[Any], Any]] = {
    "text": read_text,
    "number": read_number,
    "integer": read_integer,
    "year": read_integer,
    "flag": read_flag,
    "date": read_date,
    "list": read_list,
}
