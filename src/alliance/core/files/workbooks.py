"""The rows of an Excel workbook. Runs in a child of `contained`: what a workbook unpacks to, and
how long reading it takes, cannot be inferred from its size."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from alliance.core.files.rows import Formula, Limits, Row, TooMuch, rows_within

# openpyxl loads these if they are installed, which takes longer than reading most workbooks.
_UNUSED = [name for name in ("numpy", "PIL") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_UNUSED))  # type: ignore[arg-type]
from openpyxl import load_workbook  # noqa: E402
from openpyxl.worksheet import _read_only  # noqa: E402

for _name in _UNUSED:
    del sys.modules[_name]

#: The number of rows that a sheet of Excel has; a greater number is forged.
_MOST_NUMBER = 1_048_576
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class _Parser(_read_only.WorkSheetParser):  # type: ignore[misc]
    """Distinguishes a formula without a stored result from an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        # A result that is an empty text is stored as such (`t="str"`).
        if (
            cell["value"] is None
            and element.get("t") != "str"
            and element.find(f"{_MAIN}f") is not None
        ):
            cell["value"] = Formula.NO_RESULT
        return cell


def read(
    content: bytes, *, limits: Limits, main: str = "", also: Sequence[str] = ()
) -> Iterator[Row]:
    """The rows of the sheet `main`, or of the first if there is none, then of those in `also`.

    Cells are text, numbers within the range of a float, booleans, dates, times, durations or None.
    Raises TooMuch, and whatever openpyxl raises for a damaged file.
    """
    _read_only.WorkSheetParser = _Parser
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    first = main if main in sheets else next(iter(sheets), "")
    for title in dict.fromkeys((first, *also)):
        if title in sheets:
            # The declared size of a sheet would pad every row with empty cells, up to 16,384.
            sheets[title].reset_dimensions()
            yield from rows_within(limits, _numbered(sheets[title], limits), title)


def _numbered(sheet: Any, limits: Limits) -> Iterator[tuple[Any, ...]]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > _MOST_NUMBER:
            raise TooMuch("rows", limits.rows)
        yield tuple(map(_plain, cells))


def _plain(cell: Any) -> Any:
    """A cell; integers beyond the range of a float are read as text."""
    is_beyond = isinstance(cell, int) and abs(cell) > sys.float_info.max
    return str(cell) if is_beyond else cell
