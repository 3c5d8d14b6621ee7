"""Tables in the first sheet of an Excel workbook: numbers and dates keep what they are."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from alliance.core.archives import opened_archive
from alliance.core.errors import Fault, InvalidData
from alliance.indicators.importing.tables import Findings, Table, coded

MOST_BYTES = 25_000_000
MOST_ROWS = 200_000
#: A sheet of this name goes before the first.
SHEET = "observations"


def read_workbook(content: bytes) -> Table:
    """The table of a workbook. Raises InvalidData; formulas without a stored result are named."""
    if len(content) > MOST_BYTES:
        rule = _("is a workbook of more than %(n)s MB; save it as CSV")
        raise InvalidData([Fault("file", rule % {"n": MOST_BYTES // 1_000_000})])
    with opened_archive(content) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise InvalidData([Fault("file", _("is an office file but no Excel workbook"))])
    try:
        name, values = _cells(content, results=True)
        _name, formulas = _cells(content, results=False)
    except InvalidData:
        raise
    except Exception as error:
        # openpyxl lets errors of many kinds through from a damaged file.
        raise InvalidData([Fault("file", _("is a damaged workbook"))]) from error
    if not values:
        raise InvalidData([Fault("file", _("has no rows"))])
    header = [_header(cell) for cell in values[0]]
    findings = Findings(name)
    for row, cells in enumerate(formulas[1:], start=1):
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and cell.startswith("=") and values[row][place] is None:
                column = header[place] if place < len(header) else str(place + 1)
                rule = _("holds a formula without a stored result; open the file, save it again")
                findings.cell(row + 1, column, rule)
            if (place >= len(header) or not header[place]) and cell not in (None, ""):
                findings.cell(row + 1, "", _("has more cells than the header"))
    findings.raise_any()
    used = [place for place, one in enumerate(header) if one]
    rows = [[*row, *[None] * (len(header) - len(row))] for row in values[1:]]
    return Table(
        names=tuple(header[place] for place in used),
        columns=tuple(coded(row[place] for row in rows) for place in used),
        rows=np.arange(2, 2 + len(rows), dtype=np.int64),
        format="Excel",
        sheet=name,
    )


def _cells(content: bytes, *, results: bool) -> tuple[str, list[tuple[Any, ...]]]:
    """The sheet's name and its cells: what formulas gave, or the formulas themselves."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=results)
    sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
    rows: list[tuple[Any, ...]] = []
    for row in sheet.iter_rows(values_only=True):
        if len(rows) > MOST_ROWS:
            rule = _("has more than %(n)s rows; save it as CSV") % {"n": f"{MOST_ROWS:,}"}
            raise InvalidData([Fault(sheet.title, rule)])
        rows.append(tuple(one.strip() if isinstance(one, str) else one for one in row))
    return sheet.title, rows


def _header(cell: Any) -> str:
    """The name of a column; a date there is refused later, as no column that is known."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date | dt.datetime):
        return f"{cell:%Y-%m-%d}"
    return str(cell).strip()
