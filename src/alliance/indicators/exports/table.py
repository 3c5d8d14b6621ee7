"""Figures as CSV, described by a Table Schema (Frictionless) that validates it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alliance.core import text
from alliance.indicators.enums import Boundary, MethodClass, Quality, Status
from alliance.indicators.exports.rows import COLUMNS

_TEXT = {
    "city": "Id of the city on this platform.",
    "city_name": "Name of the city.",
    "country": "ISO 3166-1 alpha-2.",
    "indicator": "Code of the indicator.",
    "indicator_name": "Name of the indicator.",
    "definition": "Key of the definition; figures of two definitions do not compare.",
    "definition_version": "Number of the version of the definition the figure was made under.",
    "boundary": "The kind of area the figure is about.",
    "sex": "Sex; _T for all together.",
    "age": "Age group; _T for all together.",
    "income": "Income group; _T for all together.",
    "area": "Part of the city; _T for the whole.",
    "period": "SDMX time period, such as 2021, 2021-Q3 or 2021-06.",
    "value": "The figure; empty where there is none, never 0 instead.",
    "unit": "Unit of the value and of its standard error.",
    "status": "SDMX observation status.",
    "standard_error": "Standard error in units of the value; empty where not known.",
    "quality": "Grade where no standard error is known: A about 1 %, B 5 %, C 15 % off.",
    "declared_grade": "Grade declared of all figures of that kind of source, for those without.",
    "method_class": "Kind of source of the definition.",
    "method": "How the figure was made, where that was said.",
    "source": "Where the figure was read.",
    "source_url": "Its address.",
    "publisher": "Who publishes figures of this definition.",
    "licence": "Licence of the figure.",
    "recorded_at": "When the figure was recorded here.",
    "as_of": "The moment of knowledge that this file tells of.",
}
_TYPES = {
    "definition_version": "integer",
    "value": "number",
    "standard_error": "number",
    "recorded_at": "datetime",
    "as_of": "datetime",
}
_FILLED = (
    "city", "city_name", "country", "indicator", "definition", "definition_version", "boundary",
    "period", "unit", "status", "publisher", "licence", "recorded_at", "as_of",
)  # fmt: skip
_CODES: dict[str, list[str]] = {
    "status": list(Status.values),
    "quality": list(Quality.values),
    "declared_grade": list(Quality.values),
    "method_class": list(MethodClass.values),
    "boundary": list(Boundary.values),
}
KEY = (
    "city", "indicator", "definition", "boundary", "sex", "age", "income", "area", "period",
)  # fmt: skip


def table_schema() -> dict[str, Any]:
    """The Table Schema of the CSV, as data for JSON."""
    return {
        "fields": [_field(name) for name in COLUMNS],
        "missingValues": [""],
        "primaryKey": list(KEY),
    }


def _field(name: str) -> dict[str, Any]:
    kind = _TYPES.get(name, "string")
    field: dict[str, Any] = {"name": name, "type": kind, "description": _TEXT[name]}
    if kind == "datetime":
        field["format"] = "%Y-%m-%dT%H:%M:%SZ"
    constraints: dict[str, Any] = {}
    if name in _FILLED:
        constraints["required"] = True
    if name in _CODES:
        constraints["enum"] = _CODES[name]
    if name == "standard_error":
        constraints["minimum"] = 0
    return field | ({"constraints": constraints} if constraints else {})


def moment(at: dt.datetime) -> str:
    """A time in the format of the files: 2026-06-30T12:00:00Z."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def short(value: object) -> object:
    """Removes the decimals of a whole number; returns other values unchanged."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return int(value) if is_whole else value  # type: ignore[call-overload]


def csv_chunks(rows: Iterable[Any], columns: Sequence[str] = COLUMNS) -> Iterator[bytes]:
    """The CSV in chunks; its columns are attributes of the rows, such as `FigureRow`."""
    return text.csv_chunks(
        columns, ([short(getattr(row, name)) for name in columns] for row in rows)
    )
