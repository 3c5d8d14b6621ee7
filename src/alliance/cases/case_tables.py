"""Cases from a table that somebody filled in: CSV, a workbook, or a JSON download.

Every row becomes a case document. Columns carry the names of the codebook. A cell that cannot be
read is named by its place, such as `row 7, column cost_amount`, and all of them are named at once.

CSV and the first sheet of a workbook hold one case a row. Effects, results without a number,
further amounts and sources stand in numbered columns (`effects.1.measure`, `sources.2.url`), or in
a workbook on sheets of their own named as the part, whose column `case` names the row by its `id`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from alliance.cases.case_document import check_shape, plain
from alliance.cases.case_fields import (
    IN_CASES,
    LISTS,
    OF_LISTS,
    TEXT_COLUMNS,
    document_from_columns,
    from_columns,
)
from alliance.cases.cells import READERS, is_empty, read_text
from alliance.cases.codebook import columns_of
from alliance.cases.models import Measure, Unit
from alliance.cases.table_names import cities_by_name, names_of, solutions_by_name
from alliance.core.errors import BrokenRule, Fault, InvalidData
from alliance.core.files.rows import Formula, Limits, Row
from alliance.core.files.tables import json_data, table_rows

MOST_ROWS = 5_000
#: Sheets of effects and sources have more rows than the sheet of cases.
LIMITS = Limits(rows=50_000)
#: After so many no further row is read.
MOST_FAULTS = 2_000
_CASE = {
    **{row.table: row.kind for row in IN_CASES},
    **dict.fromkeys(TEXT_COLUMNS, "text"),
}
_PARTS = {name: {row.table: row.kind for row in fields} for name, fields in OF_LISTS.items()}
# Columns of a download that are worked out from others: taken without a word, never written.
_DERIVED = frozenset(column.name for column in columns_of("cases")) - _CASE.keys()
_NONE = Row("", 0, [])
_PART = re.compile(rf"^({'|'.join(LISTS)})\.([1-9][0-9]?)\.(\w+)$")


@dataclass(frozen=True)
class TableCase:
    """A case of the table: the row it stands in, the id it has there, and its document.

    `cells` names the cell of a column of each effect and source, in the order of the document.
    """

    row: int
    key: str
    document: dict[str, Any]
    cells: Mapping[str, list[Callable[[str], str]]] = field(default_factory=dict)


@dataclass
class _Reading:
    """What is known while a table is read, and the faults found so far."""

    # In their order, each once.
    faults: dict[Fault, None] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)
    cities: dict[str, str] = field(default_factory=dict)

    def fault(self, where: str, code: str, **params: Any) -> None:
        self.faults[Fault(where, code, params)] = None


def read_table(
    content: bytes,
    name: str,
    *,
    check: Callable[[TableCase], Iterable[Fault]] | None = None,
    counter: Callable[[int], Callable[[int], None]] = lambda rows: lambda done: None,
) -> list[TableCase]:
    """The cases of a file, each looked at by `check` as well.

    `counter` is told how many rows there are and gives what is called for each that is done.

    Raises InvalidData naming every cell that cannot be read or that breaks a rule, all at once.
    """
    reading = _Reading(
        cities=cities_by_name(),
        measures=names_of(Measure.objects.all(), "slug"),
        units=names_of(Unit.objects.all(), "code"),
        solutions=solutions_by_name(),
    )
    rows, parts = _rows(content, name, reading)
    if len(rows) > MOST_ROWS:
        raise InvalidData([Fault("table", "many-rows", {"n": MOST_ROWS})])
    if not rows and not reading.faults:
        reading.fault("table", "no-rows")
    cases: list[TableCase] = []
    seen: dict[str, int] = {}
    count = counter(len(rows))
    for number, row in rows:
        count(1)
        case = _case(number, row, parts, reading)
        if check is not None and case.document:
            reading.faults |= dict.fromkeys(check(case))
        if case.key and case.key in seen:
            reading.fault(cell_of(number, "id"), "in-row", value=case.key, row=seen[case.key])
        seen.setdefault(case.key, number)
        cases.append(case)
        if len(reading.faults) > MOST_FAULTS:
            raise InvalidData(reading.faults)
    for sheet, by_case in parts.items():
        for key, entries in by_case.items():
            if key not in seen:
                reading.fault(_sheet_cell(sheet, entries[0][0], "case"), "no-such-row", value=key)
    if reading.faults:
        raise InvalidData(reading.faults)
    return cases


def cell_of(row: int, column: str) -> str:
    """How people are told of a cell."""
    return _("row %(row)s, column %(column)s") % {"row": row, "column": column}


def _column(column: str) -> str:
    return _("column %(column)s") % {"column": column}


def _sheet_cell(sheet: str, row: int, column: str) -> str:
    return f"{sheet}, {cell_of(row, column)}"


def _part_cell(row: int, part: str, position: int, column: str) -> str:
    return cell_of(row, f"{part}.{position}.{column}")


Rows = list[tuple[int, dict[str, Any]]]
Parts = dict[str, dict[str, list[tuple[int, dict[str, Any]]]]]


def _rows(content: bytes, name: str, reading: _Reading) -> tuple[Rows, Parts]:
    if content.lstrip()[:1] in {b"{", b"["}:
        return _json(content), {}
    return _table(content, reading)


def _json(content: bytes) -> Rows:
    data = json_data(content)
    rows = data.get("rows") if isinstance(data, dict) else None
    if not isinstance(rows, list) or data.get("table") != "cases":
        raise InvalidData([Fault("file", "not-a-download")])
    if not all(isinstance(row, dict) for row in rows):
        raise InvalidData([Fault("rows", "not-objects")])
    return [(number, dict(row)) for number, row in enumerate(rows, start=1)]


def _table(content: bytes, reading: _Reading) -> tuple[Rows, Parts]:
    """The rows of CSV, or of a workbook with its sheets of effects and sources."""
    sheets: dict[str, list[Row]] = {}
    first = ""
    for row in table_rows(content, limits=LIMITS, main="cases", also=tuple(_PARTS)):
        first = first or row.sheet
        sheets.setdefault(row.sheet, []).append(row)
    rows = list(_with_header(sheets.get(first, []), "", reading))
    parts: Parts = {}
    for name in _PARTS:
        if name in sheets and name != first:
            by_case: dict[str, list[tuple[int, dict[str, Any]]]] = {}
            for number, part in _with_header(sheets[name], f"{name}, ", reading):
                by_case.setdefault(str(part.get("case") or ""), []).append((number, part))
            parts[name] = by_case
    return rows, parts


def _with_header(
    table: Iterable[Row], where: str, reading: _Reading
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows below the first, each as columns by name; empty rows are left out."""
    lines = iter(table)
    header = [str(cell).strip() if cell is not None else "" for cell in next(lines, _NONE).cells]
    for name, times in Counter(filter(None, header)).items():
        if times > 1:
            reading.fault(where + _column(name), "column-twice")
    for _sheet, number, cells in lines:
        if all(cell is None or str(cell).strip() == "" for cell in cells):
            continue
        if any(cell not in (None, "") for cell in cells[len(header) :]):
            reading.fault(where + _("row %(row)s") % {"row": number}, "more-cells")
        named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        for name in [name for name, cell in named.items() if cell is Formula.NO_RESULT]:
            reading.fault(where + cell_of(number, name), "no-result")
            named[name] = None
        yield number, named


def _read(
    row: Mapping[str, Any], kinds: Mapping[str, str], where: Callable[[str], str], reading: _Reading
) -> dict[str, Any]:
    """The cells of a row that say anything, each read as its column is meant."""
    values: dict[str, Any] = {}
    for column, kind in kinds.items():
        if column in row and not is_empty(row[column]):
            try:
                values[column] = READERS[kind](row[column])
            except BrokenRule as error:
                reading.faults[error.at(where(column))] = None
    return values


def _case(number: int, row: dict[str, Any], parts: Parts, reading: _Reading) -> TableCase:
    key = "" if is_empty(row.get("id")) else read_text(row["id"])
    lists, rest, cells = _parts_of(number, row, reading)
    for sheet, kinds in _PARTS.items():
        for line, entry in parts.get(sheet, {}).get(key, []) if key else []:
            cells[sheet].append(partial(_sheet_cell, sheet, line))
            lists[sheet].append(_read(entry, kinds, cells[sheet][-1], reading))
    values = _read(rest, _CASE, lambda column: cell_of(number, column), reading)
    document = _document(values, lists, number, reading, cells)
    try:
        return TableCase(
            number,
            key,
            plain(check_shape(document, where=_("row %(row)s") % {"row": number})),
            cells,
        )
    except InvalidData as error:
        reading.faults |= dict.fromkeys(error.faults)
        return TableCase(number, key, {})


def _parts_of(
    number: int, row: dict[str, Any], reading: _Reading
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any], dict[str, list[Callable[[str], str]]]]:
    """Parts that stand in the row itself, the other columns, and cells by part."""
    parts: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in LISTS}
    rest: dict[str, Any] = {}
    for column, value in row.items():
        match = _PART.match(column)
        if match is not None:
            part, position, name = match[1], int(match[2]), match[3]
            if name not in _PARTS[part]:
                reading.fault(_column(column), "unknown-column")
            elif not is_empty(value):
                parts[part].setdefault(position, {})[name] = value
        elif column in parts and isinstance(value, list):
            # Nested, as a JSON download has them.
            parts[column] = {i: dict(item) for i, item in enumerate(value, 1) if item}
        elif column in _CASE or column in _DERIVED:
            rest[column] = value
        else:
            reading.fault(_column(column), "unknown-column")
    lists: dict[str, list[dict[str, Any]]] = {}
    cells: dict[str, list[Callable[[str], str]]] = {}
    for part, kinds in _PARTS.items():
        entries = sorted(parts[part].items())
        cells[part] = [partial(_part_cell, number, part, position) for position, _row in entries]
        lists[part] = [
            _read(entry, kinds, cell, reading)
            for (_position, entry), cell in zip(entries, cells[part], strict=True)
        ]
    return lists, rest, cells


def _document(
    values: dict[str, Any],
    lists: dict[str, list[dict[str, Any]]],
    number: int,
    reading: _Reading,
    cells: Mapping[str, list[Callable[[str], str]]],
) -> dict[str, Any]:
    def named(known: dict[str, str], where: str, text: str) -> str:
        known_name = known.get(text.casefold())
        if known_name is None:
            reading.fault(where, "unknown", value=text)
        return known_name or text

    for part, columns in (
        ("effects", ("measure", "unit", "baseline_unit")),
        ("nulls", ("measure",)),
    ):
        for result, cell in zip(lists[part], cells[part], strict=True):
            for column in columns:
                known = reading.measures if column == "measure" else reading.units
                if result.get(column):
                    result[column] = named(known, cell(column), result[column])
    if "solution" in values:
        where = cell_of(number, "solution")
        values["solution"] = named(reading.solutions, where, values["solution"])
    if "city" in values:
        values["city"] = reading.cities.get(values["city"].casefold(), values["city"])
    document = document_from_columns(values)
    document.setdefault("original_language", next(iter(document["texts"]), ""))
    return document | {
        name: [from_columns(entry, fields) for entry in lists[name]]
        for name, fields in OF_LISTS.items()
    }
