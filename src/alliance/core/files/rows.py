"""What the reader of a table and its caller agree on: limits, rows, special cells.

Both sides import this, and the reader runs without Django.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Limits:
    """How much a table may contain, and what reading it may take.

    `rows` are those of one sheet below its header, `columns` those that are not empty, `cells` all
    of a sheet, `text` its characters. `memory` is in bytes beyond that of the reader's own code,
    `seconds` are CPU time.
    """

    rows: int
    columns: int = 2_000
    cells: int = 2_000_000
    text: int = 20_000_000
    memory: int = 500_000_000
    seconds: int = 60

    def for_size(self, size: int) -> Limits:
        """Limits of memory and time for a file of `size` bytes, unpacked: at most these.

        About four times what readers need, so that a small file takes little.
        """
        return replace(
            self,
            memory=min(self.memory, 100_000_000 + 40 * size),
            seconds=min(self.seconds, 5 + size // 500_000),
        )


class Row(NamedTuple):
    """A row that is not empty: its sheet ("" in CSV), its number from 1, and its cells."""

    sheet: str
    number: int
    cells: list[Any]


class Formula(Enum):
    """A formula without a computed result, as in files that no spreadsheet program has saved."""

    NO_RESULT = "="


class TooMuch(Exception):
    """A file exceeds a limit. `limit` is the name of a field of `Limits`."""

    def __init__(self, limit: str, most: int):
        self.limit = limit
        self.most = most
        super().__init__(f"more than {most} {limit}")


class Broken(ValueError):
    """A file breaks a rule: the code and the parameters of the fault."""

    def __init__(self, code: str, **params: Any):
        self.code = code
        self.params = params
        super().__init__(code)


def rows_within(limits: Limits, rows: Iterable[Iterable[Any]], sheet: str = "") -> Iterator[Row]:
    """The rows that are not empty, without empty cells at their end. Raises TooMuch."""
    n_rows = n_cells = n_text = 0
    for number, row in enumerate(rows, start=1):
        cells = list(row)
        n_cells += len(cells)
        if n_cells > limits.cells:
            raise TooMuch("cells", limits.cells)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits.columns:
            raise TooMuch("columns", limits.columns)
        n_rows += 1
        if n_rows > limits.rows + 1:
            raise TooMuch("rows", limits.rows)
        n_text += sum(len(cell) for cell in cells if isinstance(cell, str))
        if n_text > limits.text:
            raise TooMuch("text", limits.text)
        yield Row(sheet, number, cells)


_READERS: dict[str, Callable[[Any], Any]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": lambda seconds: dt.timedelta(seconds=seconds),
    "Formula": Formula,
}


def as_json(cell: Any) -> dict[str, Any]:
    """A cell of a type that JSON lacks, to be read by `of_json` on the other side."""
    name = type(cell).__name__
    if isinstance(cell, dt.timedelta):
        return {name: cell.total_seconds()}
    if isinstance(cell, Formula):
        return {name: cell.value}
    return {name: cell.isoformat()}


def of_json(pair: dict[str, Any]) -> Any:
    """The cell that `as_json` wrote."""
    ((name, value),) = pair.items()
    return _READERS[name](value)
