"""A file as columns of cells, and its faults, which name cells."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from alliance.core.errors import BrokenRule, Fault, InvalidData
from alliance.indicators.recording.figures import Coded, Rows

#: At most so many cells are named for a rule and a column; the others are counted.
MOST_CELLS = 50
_LAST = 10**12


@dataclass(frozen=True)
class Table:
    """Columns of cells: text, or from a workbook also numbers and dates. None is an empty cell.

    `rows` are the numbers of the rows in the file, as a spreadsheet counts them.
    """

    names: tuple[str, ...]
    columns: tuple[Coded, ...]
    rows: Rows
    format: str
    sheet: str = ""
    # Properties detected in the file, as (name, value): encoding, delimiter.
    notes: tuple[tuple[str, str], ...] = ()
    # The name of a list with the rows as entries, counted from 0: faults then name paths.
    path: str = ""
    # Whether it was downloaded from here: missing columns then keep their recorded values.
    is_own: bool = False
    # An inventory: its figures get separate definitions, and unknown indicators are ignored.
    is_inventory: bool = False
    # Defaults of this format for all rows.
    defaults: tuple[tuple[str, Any], ...] = ()
    # Faults from reading, each with the number of its row.
    faults: tuple[tuple[int, Fault], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Coded:
        return self.columns[self.names.index(name)]

    def take(self, rows: Any) -> Table:
        return replace(
            self, columns=tuple(column.take(rows) for column in self.columns), rows=self.rows[rows]
        )

    def without_empty_rows(self) -> Table:
        if not self.columns:
            return self
        empty = np.ones(len(self), dtype=bool)
        for column in self.columns:
            empty &= column.where(is_blank)
        if not empty.any():
            return self
        return self.take(np.flatnonzero(~empty))


def is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


class Coding:
    """A column of typed cells during reading, in which 1, 1.0 and True are distinct."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}
        self._words: list[Any] = []
        self._codes = array("i")

    def add(self, cell: Any) -> None:
        key = (type(cell), cell)
        code = self._known.get(key)
        if code is None:
            code = self._known[key] = len(self._words)
            self._words.append(cell)
        self._codes.append(code)

    def column(self) -> Coded:
        return Coded(np.array(self._codes, dtype=np.int32), tuple(self._words))


def coded(cells: Iterable[Any]) -> Coded:
    """The column of these cells."""
    coding = Coding()
    for cell in cells:
        coding.add(cell)
    return coding.column()


@dataclass
class Findings:
    """The faults of a file."""

    sheet: str = ""
    path: str = ""
    # Each with the number of its row, 0 if it is not about a row.
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    def table(self, code: str, **params: Any) -> None:
        self.faults.append((0, Fault("table", code, params)))

    def cell(self, number: int, name: str, rule: BrokenRule) -> None:
        """Adds a fault of a cell, or with an empty `name` of a row."""
        self.faults.append((number, rule.at(self._place(number, name))))

    def column(self, name: str, code: str, **params: Any) -> None:
        place = self._in_sheet(_("column %(column)s") % {"column": name})
        self.faults.append((0, Fault(place, code, params)))

    def cells(
        self,
        rows: Rows,
        numbers: Rows,
        name: str,
        rule_of: Callable[[int], BrokenRule],
        *,
        n_more: int = 0,
    ) -> None:
        """Adds a fault of each of `rows`, naming the first `MOST_CELLS`."""
        for row in rows[:MOST_CELLS]:
            self.cell(int(numbers[row]), name, rule_of(int(row)))
        more = len(rows) - MOST_CELLS
        if more > 0:
            place = self._in_sheet(_("column %(column)s") % {"column": name or "–"})
            example = rule_of(int(rows[MOST_CELLS])).at(place)
            # Sorted after all named cells.
            self.faults.append(
                (_LAST, Fault(place, "more-like-this", {"n": more, "rule": example}))
            )

    def _place(self, number: int, name: str) -> str:
        if self.path:
            return f"{self.path}[{number}]" + (f".{name}" if name else "")
        if not name:
            return self._in_sheet(_("row %(row)s") % {"row": number})
        label = _("row %(row)s, column %(column)s") % {"row": number, "column": name}
        return self._in_sheet(label)

    def _in_sheet(self, place: str) -> str:
        return f"{self.sheet}, {place}" if self.sheet else place

    def raise_any(self) -> None:
        """Raises InvalidData with the faults, from the first row to the last."""
        if self.faults:
            ordered = sorted(self.faults, key=lambda entry: entry[0])
            raise InvalidData(dict.fromkeys(fault for _row, fault in ordered))
