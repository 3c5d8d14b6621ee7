"""Reads tables in the first sheet of an Excel workbook, preserving numbers and dates; inventories
use several sheets.
"""

from __future__ import annotations

import datetime as dt
from itertools import zip_longest
from typing import Any

import numpy as np

from alliance.core.errors import BrokenRule, Fault, InvalidData
from alliance.core.files.rows import Formula, Limits
from alliance.core.files.tables import sheet_titles, table_rows
from alliance.indicators.importing import inventories
from alliance.indicators.importing.tables import MOST_CELLS, Coding, Findings, Table

MOST_BYTES = 25_000_000
LIMITS = Limits(rows=200_000, cells=5_000_000, text=50_000_000, seconds=300)
#: A sheet of this name is preferred to the first.
SHEET = "observations"


def read_workbook(content: bytes) -> Table:
    """The table of a workbook. Raises InvalidData, also naming formulas without a stored result."""
    if len(content) > MOST_BYTES:
        raise InvalidData([Fault("file", "large-workbook", {"n": MOST_BYTES // 1_000_000})])
    titles = sheet_titles(content)
    if SHEET not in titles and any(map(inventories.SHEETS.search, titles)):
        rows = table_rows(content, limits=LIMITS, also=titles)
        if (inventory := inventories.of_workbook(rows)) is not None:
            return inventory
    rows = table_rows(content, limits=LIMITS, main=SHEET)
    first = next(rows, None)
    if first is None:
        raise InvalidData([Fault("file", "no-rows")])
    header = [_header(cell) for cell in first.cells]
    findings = Findings(first.sheet)
    columns = [Coding() for _name in header]
    numbers = []
    for _sheet, number, cells in rows:
        numbers.append(number)
        # A row may be shorter than the header.
        for place, cell in zip_longest(range(len(header)), cells):
            if cell is Formula.NO_RESULT:
                name = header[place] if place is not None else ""
                findings.cell(number, name, BrokenRule("no-result"))
            elif (place is None or not header[place]) and cell not in (None, ""):
                findings.cell(number, "", BrokenRule("more-cells"))
            if place is not None:
                columns[place].add(cell.strip() if isinstance(cell, str) else cell)
        if len(findings.faults) > MOST_CELLS:
            break
    findings.raise_any()
    used = [place for place, name in enumerate(header) if name]
    return Table(
        names=tuple(header[place] for place in used),
        columns=tuple(columns[place].column() for place in used),
        rows=np.array(numbers, dtype=np.int64),
        format="Excel",
        sheet=first.sheet,
    )


def _header(cell: Any) -> str:
    """The name of a column; a date is refused later as an unknown column."""
    if cell is None or cell is Formula.NO_RESULT:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date | dt.datetime):
        return f"{cell:%Y-%m-%d}"
    return str(cell).strip()
