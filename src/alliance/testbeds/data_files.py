"""Reading a file of pilot data: CSV or the first sheet of a workbook, as named columns of cells.

Nothing is judged here but whether it is a table; `data_checks` judges what the cells say.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from alliance.core.errors import Fault, InvalidData
from alliance.knowledge.file_checks import check_file
from alliance.testbeds.enums import TimeStep

MOST_BYTES = 10_000_000
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Table:
    """The cells of each column by its name, and the row in the file of each line of them."""

    columns: dict[str, list[str]]
    rows: list[int]

    def __len__(self) -> int:
        return len(self.rows)


def cell(row: int, column: str) -> str:
    """The place of a cell as faults name it."""
    return _("row %(row)s, column %(column)s") % {"row": row, "column": column}


def read_table(content: bytes, name: str, step: str) -> Table:
    """The table in a file; `step` says how a date of a workbook is written as a time.

    Raises InvalidData where it is no table: too large, damaged, without rows or header.
    """
    if len(content) > MOST_BYTES:
        rule = _("is larger than %(n)s MB") % {"n": MOST_BYTES // 1_000_000}
        raise InvalidData([Fault("file", rule)])
    check_file(content, name if name.lower().endswith(".csv") else f"{name}.csv")
    lines = _workbook(content, step) if content.startswith(b"PK\x03\x04") else _csv(content)
    if not lines:
        raise InvalidData([Fault("table", _("has no rows"))])
    names = [text.strip().lower() for text in lines[0][1]]
    faults = [
        Fault(cell(1, text), _("stands there twice"))
        for text in dict.fromkeys(names)
        if text and names.count(text) > 1
    ]
    kept = [line for line in lines[1:] if any(text.strip() for text in line[1])]
    if not kept:
        faults.append(Fault("table", _("has no rows")))
    if len(kept) > MOST_ROWS:
        faults.append(Fault("table", _("has more than %(n)s rows") % {"n": MOST_ROWS}))
    for row, cells in kept:
        if len(cells) > len(names) and any(text.strip() for text in cells[len(names) :]):
            rule = _("has more cells than the header")
            faults.append(Fault(_("row %(row)s") % {"row": row}, rule))
    if faults:
        raise InvalidData(faults)
    columns = {
        text: [(line[1][place] if place < len(line[1]) else "").strip() for line in kept]
        for place, text in enumerate(names)
        if text
    }
    return Table(columns, [line[0] for line in kept])


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    text = content.decode("utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(number, row) for number, row in enumerate(reader, start=1)]
    except csv.Error as error:
        rule = _("is no CSV (line %(line)s): %(why)s") % {"line": reader.line_num, "why": error}
        raise InvalidData([Fault("file", rule)]) from error


def _workbook(content: bytes, step: str) -> list[tuple[int, list[str]]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = next(iter(book), None)
        found = list(sheet.iter_rows(values_only=True)) if sheet is not None else []
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidData([Fault("file", _("is a damaged workbook"))]) from error
    return [
        (number, [_cell_text(value, step) for value in row])
        for number, row in enumerate(found, start=1)
    ]


def _cell_text(value: Any, step: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m" if step == TimeStep.MONTH else "%Y-%m-%d")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)
