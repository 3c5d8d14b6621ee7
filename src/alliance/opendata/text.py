"""CSV and JSON, a few rows at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alliance.core.text import csv_cell, jsonable
from alliance.knowledge.exports.codebook import CodebookColumn
from alliance.opendata.about import About

_CHUNK = 64 * 1024


def csv_chunks(
    columns: Sequence[CodebookColumn], rows: Iterable[dict[str, Any]]
) -> Iterator[bytes]:
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


def json_chunks(
    about: About, table: str, columns: Sequence[CodebookColumn], rows: Iterable[dict[str, Any]]
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
