"""CSV and JSON, a few rows at a time."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alliance.knowledge.exports.about import About
from alliance.knowledge.exports.codebook import Column

#: Spreadsheets take a cell that begins with one of these for a formula.
FORMULA_STARTS = frozenset("=+-@\t\r\n")
LIST_SEPARATOR = "|"
_CHUNK = 64 * 1024


def plain(value: Any) -> str | int | float | bool | None:
    """A value as JSON or a spreadsheet can hold it: days and moments as ISO 8601, in UTC."""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value) or None
    if isinstance(value, str):
        # Also takes the value out of an enumeration.
        return str(value)
    return value


def csv_cell(value: Any) -> str:
    """A value as the text of a CSV cell. Text that a spreadsheet would run gets an apostrophe."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value[:1] in FORMULA_STARTS else value
    return repr(value)


def csv_chunks(columns: Sequence[Column], rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 without byte order mark, header first, lines ended by CR LF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    names = [column.name for column in columns]
    writer.writerow(names)
    for row in rows:
        writer.writerow([csv_cell(row[name]) for name in names])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def jsonable(value: Any) -> Any:
    """A row as JSON can hold it: lists and objects stay what they are."""
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, dict):
        return {name: jsonable(item) for name, item in value.items()}
    return plain(value)


def json_chunks(
    about: About, table: str, columns: Sequence[Column], rows: Iterable[dict[str, Any]]
) -> Iterator[bytes]:
    """An object with `about`, `table`, `columns` and `rows`; lists stay lists, unknown is null."""
    head = {
        "about": about.as_json(),
        "table": table,
        "columns": [
            {"name": column.name, "type": column.type, "unit": column.unit or None}
            for column in columns
        ],
    }
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "rows": ['
    pending: list[str] = []
    size = 0
    start = "\n"
    for row in rows:
        text = start + json.dumps(jsonable(row), ensure_ascii=False, allow_nan=False)
        start = ",\n"
        pending.append(text)
        size += len(text)
        if size > _CHUNK:
            yield "".join(pending).encode()
            pending, size = [], 0
    yield "".join(pending).encode() + b"\n]}\n"
