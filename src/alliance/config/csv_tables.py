"""Tables from comma- or semicolon-separated files, as in spreadsheets of three countries."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from alliance.analysis.errors import MethodError

_DECIMAL_COMMA = re.compile(r"([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)")


def read_rows(path: Path, max_bytes: int, *, as_written: bool = False) -> list[list[str]]:
    """All rows of a UTF-8 file as text, the header first; blank lines are empty rows.

    Cells are separated by commas, or by semicolons or tabs if the first line has those and no
    comma. With semicolons and tabs ``1,5`` is read as ``1.5``: a comma that is no separator is the
    decimal mark; ``as_written`` leaves that to the caller. A byte order mark and either kind of
    line end are accepted.

    Raises: MethodError: ``file-too-large``, ``not-utf-8``, ``bad-csv`` with the line.
    """
    if path.stat().st_size > max_bytes:
        raise MethodError("file-too-large", f"more than {max_bytes // 2**20} MiB", path.name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MethodError(
            "not-utf-8", f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", path.name
        ) from None
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((mark for mark in (",", ";", "\t") if mark in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise MethodError("bad-csv", str(error), f"{path.name}, line {reader.line_num}") from None
    if separator != "," and not as_written:
        rows = [[_pointed(cell) for cell in row] for row in rows]
    return rows


def _pointed(cell: str) -> str:
    match = _DECIMAL_COMMA.fullmatch(cell.strip())
    return f"{match[1]}.{match[2]}" if match else cell


def is_blank(row: list[str]) -> bool:
    """Whether a row has no text in any cell."""
    return not any(cell.strip() for cell in row)


def read_columns(
    path: Path, max_bytes: int, *, as_written: bool = False
) -> tuple[dict[str, list[str]], list[int]]:
    """The columns of a CSV file by name, and the numbers of their rows; a fault names the row.

    Raises: MethodError: as `read_rows`; ``no-data``, ``duplicate-column``, ``ragged-row``.
    """
    everything = read_rows(path, max_bytes, as_written=as_written)
    rows = [(number, row) for number, row in enumerate(everything, start=1) if not is_blank(row)]
    if not rows:
        raise MethodError("no-data", "the file is empty", path.name)
    names = [name.strip() for name in rows[0][1]]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise MethodError("duplicate-column", f"{twice!r} stands there twice", path.name)
    for number, row in rows[1:]:
        if len(row) != len(names):
            raise MethodError(
                "ragged-row", f"{len(row)} cells, not {len(names)}", f"{path.name}, row {number}"
            )
    columns = {name: [row[place] for _, row in rows[1:]] for place, name in enumerate(names)}
    return columns, [number for number, _ in rows[1:]]
