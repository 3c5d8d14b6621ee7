"""CSV and JSON, written a few rows at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alliance.cases.codebook import CodebookColumn
from alliance.core import text
from alliance.opendata.about import About


def csv_chunks(
    columns: Sequence[CodebookColumn], rows: Iterable[dict[str, Any]]
) -> Iterator[bytes]:
    """A table of the codebook as CSV."""
    names = [column.name for column in columns]
    return text.csv_chunks(names, ([row[name] for name in names] for row in rows))


def json_chunks(
    about: About, table: str, columns: Sequence[CodebookColumn], rows: Iterable[dict[str, Any]]
) -> Iterator[bytes]:
    """An object with `about`, `table`, `columns` and `rows`; lists remain lists, unknown is
    null."""
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
        line = start + json.dumps(text.jsonable(row), ensure_ascii=False, allow_nan=False)
        start = ",\n"
        pending.append(line)
        size += len(line)
        if size > text.CHUNK:
            yield "".join(pending).encode()
            pending, size = [], 0
    yield "".join(pending).encode() + b"\n]}\n"
