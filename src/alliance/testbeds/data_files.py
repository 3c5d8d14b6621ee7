"""Reads a file of pilot data, CSV or the first sheet of a workbook, as named columns of cells.

Only the shape of the table is checked here; `data_checks` checks the cells.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.files.rows import Formula, Limits
from alliance.core.files.tables import table_rows
from alliance.core.text import from_csv_cell
from alliance.knowledge.file_checks import check_file
from alliance.testbeds.enums import TimeStep

MOST_BYTES = 10_000_000
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Table:
    """The cells of each column by its name, and the row in the file of each line.

    Row 0 marks lines that come from the figures of before the pilot, not from the file.
    """

    columns: dict[str, list[str]]
    rows: list[int]

    def __len__(self) -> int:
        return len(self.rows)

    def joined(self, lines: Sequence[Mapping[str, str]]) -> Table:
        """The table with these lines appended, each with a cell for every column."""
        columns = {
            name: [*cells, *(line[name] for line in lines)] for name, cells in self.columns.items()
        }
        return Table(columns, self.rows + [0] * len(lines))


def cell(row: int, column: str) -> str:
    """How faults refer to a cell."""
    if not row:
        return _("last year’s data, column %(column)s") % {"column": column}
    return _("row %(row)s, column %(column)s") % {"row": row, "column": column}


def read_table(
    content: bytes, name: str, step: str, *, most: tuple[int, int] = (MOST_BYTES, MOST_ROWS)
) -> Table:
    """Reads the table in a file. `step` says how dates of a workbook are written as times; `most`
    is the largest number of bytes and of rows.

    Raises InvalidData if it is no table: too large, damaged, without rows or header.
    """
    if len(content) > most[0]:
        raise InvalidData([Fault("file", "large-file", {"n": most[0] // 1_000_000})])
    check_file(content, name if name.lower().endswith(".csv") else f"{name}.csv")
    rows = table_rows(content, limits=Limits(rows=most[1]))
    header = next(rows, None)
    if header is None:
        raise InvalidData([Fault("table", "no-rows")])
    names = [_cell_text(value, step).strip().lower() for value in header.cells]
    faults = [
        Fault(cell(header.number, text), "column-twice")
        for text, times in Counter(filter(None, names)).items()
        if times > 1
    ]
    lines = []
    for _sheet, row, values in rows:
        cells = [_cell_text(value, step) for value in values]
        faults += [
            Fault(cell(row, name), "no-result")
            for name, value in zip(names, values, strict=False)
            if value is Formula.NO_RESULT
        ]
        if any(text.strip() for text in cells[len(names) :]):
            faults.append(Fault(_("row %(row)s") % {"row": row}, "more-cells"))
        if any(text.strip() for text in cells):
            lines.append((row, cells))
    if not lines and not faults:
        faults.append(Fault("table", "no-rows"))
    refuse(faults)
    columns = {
        text: [(line[1][place] if place < len(line[1]) else "").strip() for line in lines]
        for place, text in enumerate(names)
        if text
    }
    return Table(columns, [line[0] for line in lines])


def _cell_text(value: Any, step: str) -> str:
    if value is None or value is Formula.NO_RESULT:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m" if step == TimeStep.MONTH else "%Y-%m-%d")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else from_csv_cell(str(value))
