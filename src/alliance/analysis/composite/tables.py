"""Parses rows of text to validated tables. Every fault names its row and column.

Rows are counted from 1 at the header, as in a spreadsheet. An empty cell is missing, and so is
``NaN``. Any other text in a column of figures is refused: the owner of the table has to decide
whether ``n/a`` or ``-`` means missing, zero or not asked.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite.framework import Floats, Node
from alliance.analysis.errors import MethodError

FRAMEWORK_COLUMNS = (
    "code", "parent", "level", "weight", "direction", "lower", "upper", "denominator",
)  # fmt: skip
REQUIRED_IN_FRAMEWORK = ("code", "parent")
OPTIONAL_IN_FRAMEWORK = ("scale",)
RESERVED = ("unit", "group")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")

Row = Sequence[str]


@dataclass(frozen=True)
class Table:
    """Units (n) by columns (c): ``values`` has the shape (n, c), NaN if not recorded.

    ``groups`` has the group of each unit, empty for none; it is None without a column of groups.
    ``rows`` has the source of each unit.
    """

    units: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats
    groups: tuple[str, ...] | None = None
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.units:
            raise MethodError("no-units", "the table has no row with a unit", "data")
        shape = (len(self.units), len(self.columns))
        if self.values.shape != shape:
            raise MethodError(
                "wrong-shape", f"values are {self.values.shape}, not {shape}", "values"
            )
        for names, what in ((self.units, "unit"), (self.columns, "column")):
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise MethodError(f"duplicate-{what}", f"{twice!r} stands there twice", "data")
        if self.groups is not None and len(self.groups) != len(self.units):
            raise MethodError("wrong-shape", "there must be one group for each unit", "groups")
        infinite = np.argwhere(np.isinf(self.values))
        if infinite.size:
            row, column = (int(place) for place in infinite[0])
            raise MethodError(
                "infinite-value", "a value must be a finite number", self.cell(row, column)
            )

    def cell(self, row: int, column: int) -> str:
        """The location of a value, for a message."""
        place = self.rows[row] if self.rows else f"unit {self.units[row]!r}"
        return f"{place}, column {self.columns[column]}"

    def column(self, name: str) -> Floats:
        """One column by its name, shape (n,)."""
        return self.values[:, self.columns.index(name)]


def parse_table(rows: Iterable[Row], *, wanted: Iterable[str]) -> tuple[Table, tuple[str, ...]]:
    """Reads a table of units with a column ``unit``, optionally ``group``, and the wanted columns.

    Args:
        rows: the header and then a row for each unit.
        wanted: names of the columns to read as numbers; all others are ignored.

    Returns:
        The table with the wanted columns in that order, and the names of ignored columns.

    Raises:
        MethodError: ``empty-file``, ``missing-column``, ``duplicate-column``, ``short-row``,
            ``long-row``, ``missing-unit``, ``duplicate-unit``, ``not-a-number``,
            ``infinite-value``, ``no-units``.
    """
    lines = iter(rows)
    header = _header(next(lines, None), "data")
    names = tuple(dict.fromkeys(wanted))
    for name in ("unit", *names):
        if name not in header:
            raise MethodError(
                "missing-column", f"there is no column {name!r} among {_some(header)}", "data row 1"
            )
    places = [header.index(name) for name in names]
    unit_at = header.index("unit")
    group_at = header.index("group") if "group" in header else None
    units: dict[str, str] = {}
    groups: list[str] = []
    values: list[list[float]] = []
    for number, row in enumerate(lines, start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"data row {number}"
        _check_length(row, header, where)
        unit = row[unit_at].strip()
        if not unit:
            raise MethodError("missing-unit", "a row must name its unit", f"{where}, column unit")
        if unit in units:
            raise MethodError(
                "duplicate-unit", f"{unit!r} stands in {units[unit]} too", f"{where}, column unit"
            )
        units[unit] = where
        if group_at is not None:
            groups.append(row[group_at].strip())
        values.append(
            [
                number_in(row[place], f"{where}, column {name}")
                for place, name in zip(places, names, strict=True)
            ]
        )
    if not units:
        raise MethodError("no-units", "there is no row below the header", "data")
    table = Table(
        units=tuple(units),
        columns=names,
        values=np.array(values, dtype=float).reshape(len(units), len(names)),
        groups=None if group_at is None else tuple(groups),
        rows=tuple(units.values()),
    )
    unused = tuple(name for name in header if name not in names and name not in RESERVED)
    return table, unused


def parse_nodes(rows: Iterable[Row]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Reads the rows of a framework.

    Columns: ``code``, ``parent``, ``level``, ``weight`` (empty: 1), ``direction`` (empty: higher),
    ``lower``, ``upper``, ``denominator`` and optionally ``scale`` (linear or log). Only ``code``
    and ``parent`` are required.

    Returns:
        The nodes in their order, and the names of ignored columns.

    Raises:
        MethodError: ``empty-file``, ``missing-column``, ``duplicate-column``, ``short-row``,
            ``long-row``, ``not-a-number``, ``infinite-value``, ``bad-level``, ``reserved-code``.
    """
    lines = iter(rows)
    header = _header(next(lines, None), "framework")
    for name in REQUIRED_IN_FRAMEWORK:
        if name not in header:
            raise MethodError(
                "missing-column",
                f"there is no column {name!r} among {_some(header)}",
                "framework row 1",
            )
    nodes = []
    for number, row in enumerate(lines, start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"framework row {number}"
        _check_length(row, header, where)
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
        if cells["code"] in RESERVED:
            raise MethodError(
                "reserved-code",
                f"{cells['code']!r} is the name of another column of the data",
                f"{where}, column code",
            )
        weight = number_in(cells.get("weight", ""), f"{where}, column weight")
        nodes.append(
            Node(
                code=cells["code"],
                parent=cells["parent"],
                level=_level(cells.get("level", ""), f"{where}, column level"),
                weight=1.0 if math.isnan(weight) else weight,
                direction=cells.get("direction", "").lower() or "higher",
                lower=_bound(cells.get("lower", ""), f"{where}, column lower"),
                upper=_bound(cells.get("upper", ""), f"{where}, column upper"),
                denominator=cells.get("denominator", ""),
                scale=cells.get("scale", "").lower() or "linear",
                row=where,
            )
        )
    known = (*FRAMEWORK_COLUMNS, *OPTIONAL_IN_FRAMEWORK)
    return tuple(nodes), tuple(name for name in header if name not in known)


def number_in(text: str, where: str) -> float:
    """The number in a cell, NaN for an empty cell.

    Raises:
        MethodError: ``not-a-number`` or ``infinite-value``.
    """
    cell = text.strip()
    if not cell or cell.lower() == "nan":
        return math.nan
    if _NUMBER.fullmatch(cell):
        value = float(cell)
        if math.isfinite(value):
            return value
    if cell.lower().lstrip("+-") in ("inf", "infinity") or _NUMBER.fullmatch(cell):
        raise MethodError("infinite-value", f"{cell!r} is not a finite number", where)
    hint = "leave the cell empty where there is no value"
    if _DECIMAL_COMMA.fullmatch(cell):
        hint = "write a decimal point, not a comma"
    raise MethodError("not-a-number", f"{cell!r} is not a number; {hint}", where)


def _header(row: Row | None, which: str) -> list[str]:
    if row is None or not any(cell.strip() for cell in row):
        raise MethodError("empty-file", "the first row must hold the column names", which)
    header = [cell.strip() for cell in row]
    while header and not header[-1]:
        header.pop()
    for name in header:
        if header.count(name) > 1:
            raise MethodError(
                "duplicate-column", f"the column {name!r} stands there twice", f"{which} row 1"
            )
    if len(header) == 1 and ";" in header[0]:
        raise MethodError("missing-column", "columns must be separated by commas", f"{which} row 1")
    return header


def _check_length(row: Row, header: Sequence[str], where: str) -> None:
    if len(row) < len(header):
        raise MethodError(
            "short-row", f"{len(row)} cells, but {len(header)} columns have a name", where
        )
    if any(cell.strip() for cell in row[len(header) :]):
        raise MethodError(
            "long-row", f"{len(row)} cells, but only {len(header)} columns have a name", where
        )


def _level(text: str, where: str) -> int | None:
    number = number_in(text, where)
    if math.isnan(number):
        return None
    if number < 1 or number != int(number):
        raise MethodError("bad-level", f"{text!r} is no level: 1, 2, 3 …", where)
    return int(number)


def _bound(text: str, where: str) -> float | None:
    number = number_in(text, where)
    return None if math.isnan(number) else number


def _some(names: Sequence[str], limit: int = 8) -> str:
    shown = ", ".join(repr(name) for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
