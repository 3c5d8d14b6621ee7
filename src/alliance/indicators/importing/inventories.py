"""Greenhouse gas inventories that a city maintains elsewhere: in CityCatalyst, which exports CSV
and the workbook of the Common Reporting Framework (eCRF), and in the template of the Covenant of
Mayors.

Their cells are summed into a row for each figure. Inventories differ in what they count, so their
figures get separate definitions, whatever other definitions an indicator has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alliance.core.errors import BrokenRule
from alliance.core.files.rows import Formula, Row
from alliance.indicators.enums import MethodClass, Status
from alliance.indicators.importing import cells
from alliance.indicators.importing.tables import Findings, Table, coded, is_blank
from alliance.indicators.units import customary_conversion

#: Titles of the sheets that may contain an inventory.
SHEETS = re.compile(r"eCRF|\b[BM]EI\b|emissions? inventor", re.IGNORECASE)
_COLUMNS = ("indicator", "period", "value", "unit", "status", "method")
_LONGEST_METHOD = 160
_INHABITANTS = (
    "number of inhabitants", "inhabitants", "resident population", "city population",
    "total population", "population",
)  # fmt: skip

#: A cell of a sheet: its row, the name of its column, and its content.
Cell = tuple[int, str, Any]


@dataclass
class _Figures:
    """The figures of an inventory, with notes and faults."""

    format: str
    population: str
    rows: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[int, Any]] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    def add(
        self, row: int, code: str, period: str, value: float, unit: str, **details: str
    ) -> None:
        """Adds a figure with the row of its first cell."""
        method = details.get("method", "")
        if len(method) > _LONGEST_METHOD:
            method = f"{method[: _LONGEST_METHOD - 1]}…"
        figure = code, period, value, unit, details.get("status", Status.NORMAL.value), method
        self.rows.append((row, figure))

    def note(self, what: str, value: str) -> None:
        if value and (what, value) not in self.notes:
            self.notes.append((what, value))

    def table(self) -> Table:
        """The figures as a table with a row each, like that of a file."""
        has_period = all(figure[1] for _row, figure in self.rows)
        columns = [
            (name, coded(figure[place] for _row, figure in self.rows))
            for place, name in enumerate(_COLUMNS)
            if name != "period" or has_period
        ]
        return Table(
            names=tuple(name for name, _column in columns),
            columns=tuple(column for _name, column in columns),
            rows=np.array([row for row, _figure in self.rows], dtype=np.int64),
            format=self.format,
            sheet=", ".join(self.sheets),
            notes=tuple(self.notes),
            is_inventory=True,
            defaults=(
                ("method_class", MethodClass.INVENTORY.value),
                ("population", self.population),
                ("own_definition", True),
            ),
            faults=tuple(self.faults),
        )


def _number(cell: Any, decimal: str) -> float | None:
    """The number in a cell, None if empty. Raises BrokenRule."""
    if cell is Formula.NO_RESULT:
        raise BrokenRule("no-result")
    return None if is_blank(cell) else cells.read_number(cell, decimal)


def _value_beside(rows: Iterable[Row], *words: str) -> tuple[int, Any]:
    """The value to the right of the first cell that starts with one of `words`, and its row."""
    for row in rows:
        for place, cell in enumerate(row.cells):
            if _plain(cell).startswith(words):
                value = next(
                    (neighbour for neighbour in row.cells[place + 1 :] if not is_blank(neighbour)),
                    None,
                )
                if value is not None:
                    return row.number, value
    return 0, None


def _plain(cell: Any) -> str:
    """A text in lower case without a leading number; "" if the cell is not text."""
    if not isinstance(cell, str):
        return ""
    text = re.sub(r"\s+", " ", cell).strip().casefold().replace("₂", "2")
    return re.sub(r"^[0-9a-z]{1,3}[.)] ?", "", text)


# CityCatalyst: a row for each reference of the Global Protocol for Community-Scale Inventories
# (GPC) or for each activity below it.

_GPC: dict[str, tuple[str, ...]] = {
    "ref": ("gpc reference number", "gpc ref. no."),
    "value": ("total emissions", "ghgs (metric tonnes co2e) - total co2e"),
    "unit": ("total emission units",),
    "notation": ("notation key",),
    "period": ("inventory year",),
}
_REFERENCE = re.compile(r"(III|II|IV|I|V)\.\d{1,2}(?:\.(\d))?\Z")
#: For each indicator, the prefixes of the references whose emissions arise in the city, and those
#: without which the sum would be incomplete.
_OF_GPC: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "GHG_TOTAL": (("I.", "II.", "III.", "IV.", "V."), ("I.", "II.", "III.")),
    "GHG_TRANSPORT_PC": (("II.",), ("II.",)),
    "GHG_WASTE_PC": (("III.",), ("III.",)),
    "GHG_INDUSTRY_PC": (("I.3.", "IV."), ("I.3.", "IV.")),
    "GHG_POWER_HEAT_PC": (("I.4.",), ("I.4.",)),
    "GHG_HEATING_PC": (("I.1.", "I.2."), ("I.1.", "I.2.")),
}
_PER_INHABITANT = {"GHG_TOTAL": "GHG_PC"}
_NOT_OCCURRING = {"NO", "NOT OCCURRING"}
_TONNES = "t CO2e"


def _is_inside(reference: str) -> bool:
    """Whether emissions arise in the city (scope 1), including those of waste from elsewhere that
    is treated there and of electricity that its plants supply to the grid.
    """
    match = _REFERENCE.match(reference)
    assert match is not None
    if match[1] in ("IV", "V") or reference == "I.4.4":
        return True
    return match[2] in ("1", "3") if match[1] == "III" else match[2] == "1"


def _columns_of_gpc(header: Sequence[Any]) -> dict[str, int]:
    """The positions of the columns that are read; empty if it is not a GPC table."""
    names = [_plain(cell) for cell in header]
    places = {
        role: names.index(name) for role, known in _GPC.items() for name in known if name in names
    }
    return places if {"ref", "value"} <= places.keys() else {}


def of_csv(table: Table) -> Table | None:
    """The figures of a CSV file from CityCatalyst; None for another file."""
    places = _columns_of_gpc(table.names)
    if not places:
        return None
    figures = _Figures("CityCatalyst", "GPC, scope 1")
    rows = (
        Row("", int(number), [column[row] for column in table.columns])
        for row, number in enumerate(table.rows)
    )
    _add_gpc(figures, table.names, places, list(rows), Findings(), "", None)
    for what, value in table.notes:
        figures.note(what, value)
    return figures.table()


def _of_ecrf(sheets: Mapping[str, Sequence[Row]]) -> Table | None:
    for title, rows in sheets.items():
        for place, row in enumerate(rows):
            if places := _columns_of_gpc(row.cells):
                figures = _Figures("CityCatalyst", "GPC, scope 1", sheets=[title])
                front = [
                    sheet_row
                    for name, some in sheets.items()
                    if name != title
                    for sheet_row in some
                ]
                city = _value_beside(front, "name of city", "city name")[1]
                figures.note("city", cells.read_text(city))
                year = _value_beside(front, "inventory year")[1]
                n = _value_beside(front, *_INHABITANTS)[1]
                header = [cells.read_text(cell) for cell in row.cells]
                _add_gpc(
                    figures,
                    header,
                    places,
                    rows[place + 1 :],
                    Findings(title),
                    cells.read_text(year),
                    float(n) if isinstance(n, int | float) and n > 0 else None,
                )
                return figures.table()
    return None


@dataclass(frozen=True)
class _Line:
    """A row of a GPC table: its emissions in tonnes, or None, and its notation key."""

    number: int
    reference: str
    value: float | None
    notation: str


def _add_gpc(
    figures: _Figures,
    header: Sequence[str],
    places: Mapping[str, int],
    rows: Sequence[Row],
    findings: Findings,
    year: str,
    inhabitants: float | None,
) -> None:
    by_year: dict[str, list[_Line]] = defaultdict(list)
    values = [row.cells[places["value"]] for row in rows if len(row.cells) > places["value"]]
    decimal = cells.decimal_mark(values)
    for row in rows:
        row_values = {
            role: row.cells[place] if place < len(row.cells) else None
            for role, place in places.items()
        }

        def read(
            role: str,
            reader: Callable[[Any], Any],
            row: Row = row,
            row_values: Mapping[str, Any] = row_values,
        ) -> Any:
            try:
                return reader(row_values.get(role))
            except BrokenRule as error:
                findings.cell(row.number, header[places[role]], error)
                return None

        reference = read("ref", _reference)
        value = read("value", lambda cell: _number(cell, decimal))
        factor = read("unit", _to_tonnes) if "unit" in places and value is not None else 1.0
        period = read("period", cells.read_period) if row_values.get("period") else year
        if reference is None or factor is None or period is None:
            continue
        notation = cells.read_text(row_values.get("notation")).upper()
        line = _Line(row.number, reference, None if value is None else value * factor, notation)
        by_year[period].append(line)
        if factor != 1.0:
            figures.note(
                "converted", f"{cells.read_text(row_values['unit'])} → {_TONNES}, × {factor:g}"
            )
    figures.faults += findings.faults
    if inhabitants:
        figures.note("inhabitants", f"{inhabitants:g}")
    for period, lines in by_year.items():
        inside = [line for line in lines if _is_inside(line.reference)]
        others = {line.reference for line in lines} - {line.reference for line in inside}
        figures.note("left out", " ".join(sorted(others)))
        for code, (parts, needed) in _OF_GPC.items():
            _add_sum(figures, code, period, inside, parts, needed, inhabitants)


def _reference(cell: Any) -> str:
    text = cells.read_text(cell)
    if not text:
        raise BrokenRule("missing")
    if not _REFERENCE.match(text):
        raise BrokenRule("not-gpc", {"value": text})
    return text


def _to_tonnes(cell: Any) -> float:
    return customary_conversion(cells.read_text(cell), "tonne CO2e")[0]


def _add_sum(
    figures: _Figures,
    code: str,
    period: str,
    lines: Sequence[_Line],
    parts: tuple[str, ...],
    needed: tuple[str, ...],
    inhabitants: float | None,
) -> None:
    own = [line for line in lines if line.reference.startswith(parts)]
    known = [line for line in own if line.value is not None]
    settled = known + [line for line in own if line.notation in _NOT_OCCURRING]
    if not known or not all(
        any(line.reference.startswith(part) for line in settled) for part in needed
    ):
        return
    missing = {line.reference for line in own} - {line.reference for line in settled}
    method = " + ".join(dict.fromkeys(line.reference for line in known))
    if missing:
        method = f"{' '.join(sorted(missing))} not estimated; {method}"
    details = {
        "method": method,
        "status": (Status.ESTIMATED if missing else Status.NORMAL).value,
    }
    total, row = sum(line.value or 0.0 for line in known), known[0].number
    per = _PER_INHABITANT.get(code, code)
    if per != code:
        figures.add(row, code, period, total, _TONNES, **details)
    if inhabitants:
        figures.add(row, per, period, total / inhabitants, f"{_TONNES}/inhabitant", **details)


# The template of the Covenant of Mayors: tables of sectors by energy carriers, one of final energy
# and one of emissions, for the year of the baseline (BEI) or of a later inventory (MEI).

_CARRIERS = {
    "electricity", "heat/cold", "natural gas", "liquid gas", "heating oil", "diesel", "gasoline",
    "lignite", "coal", "other fossil fuels", "plant oil", "biofuel", "other biomass",
    "solar thermal", "geothermal", "total",
}  # fmt: skip
_SECTORS = {
    "municipal buildings": "municipal buildings",
    "tertiary": "tertiary buildings",
    "residential buildings": "residential buildings",
    "public lighting": "public lighting",
    "municipal public lighting": "public lighting",
    "industry": "industry",
    "non-ets": "industry",
    "ets": "industry",
    "municipal fleet": "municipal fleet",
    "public transport": "public transport",
    "private and commercial transport": "private and commercial transport",
    "agriculture": "agriculture, forestry, fisheries",
    "waste management": "waste",
    "waste water": "waste water",
    "wastewater": "waste water",
    "other non-energy": "other",
}
_TRANSPORT = ("municipal fleet", "public transport", "private and commercial transport")
_HOMES = "residential buildings"
_TITLE = re.compile(r"(final energy consumption|emissions)\b.*\[([^\]]+)\]")
#: The tolerance between a total and its parts, for rounding.
_ROUNDED = 0.005


@dataclass(frozen=True)
class _Sector:
    """A row of a table: its number and its known values by carrier."""

    number: int
    values: dict[str, float]

    @property
    def total(self) -> float:
        parts = [value for name, value in self.values.items() if name != "total"]
        return sum(parts) if parts else self.values["total"]


def _of_covenant(sheets: Mapping[str, Sequence[Row]]) -> Table | None:
    figures = _Figures("MyCovenant", "SECAP, BEI/MEI")
    for title, rows in sheets.items():
        tables = [
            (place, match, _plain(cell))
            for place, row in enumerate(rows)
            for cell in row.cells
            if (match := _TITLE.search(_plain(cell)))
        ]
        if not any(match[1].startswith("final") for _place, match, _text in tables):
            continue
        figures.sheets.append(title)
        findings = Findings(title)
        front = rows[: tables[0][0]]
        number, year = _value_beside(front, "inventory year")
        period = ""
        if not number:
            findings.column("inventory year", "missing")
        else:
            try:
                period = cells.read_period(year)
            except BrokenRule as error:
                findings.cell(number, "inventory year", error)
        inhabitants = _value_beside(front, *_INHABITANTS)[1]
        n = float(inhabitants) if isinstance(inhabitants, int | float) and inhabitants > 0 else 0.0
        if n:
            figures.note("inhabitants", f"{period}: {n:g}")
        reported = _plain(_value_beside(front, "emission reporting unit")[1])
        ends = [place for place, _match, _text in tables[1:]] + [len(rows)]
        for (place, match, text), end in zip(tables, ends, strict=True):
            sectors = _sectors(rows[place:end], findings)
            unit = match[2].split(" ")[0].replace("mwh", "MWh").replace("gwh", "GWh")
            if not sectors or not period:
                continue
            if match[1].startswith("final"):
                _add_energy(figures, period, sectors, unit, n)
            elif "eq" in (reported or text):
                _add_emissions(figures, period, sectors, f"{unit.removesuffix('onnes')} CO2e", n)
            else:
                # Carbon dioxide alone is not the greenhouse gas total that the indicators measure.
                figures.note("left out", f"{title}: {text}")
        figures.faults += findings.faults
    return figures.table() if figures.sheets else None


def _sectors(rows: Sequence[Row], findings: Findings) -> dict[str, list[_Sector]]:
    """The rows of a table by sector, up to its last row."""
    carriers: dict[int, str] = {}
    sectors: dict[str, list[_Sector]] = defaultdict(list)
    texts = [cell for row in rows for cell in row.cells if isinstance(cell, str)]
    decimal = cells.decimal_mark(texts)
    for row in rows:
        place, label = next(
            ((at, text) for at, cell in enumerate(row.cells) if (text := _plain(cell))), (0, "")
        )
        if not sectors and not _sector(label):
            for at, cell in enumerate(row.cells):
                if (name := _plain(cell).replace("-", "")) in _CARRIERS:
                    carriers[at] = name
            continue
        if label.startswith("total"):
            break
        if not carriers or label.startswith("subtotal"):
            continue
        values = {}
        for at, name in carriers.items():
            if at <= place or at >= len(row.cells):
                continue
            try:
                value = _number(row.cells[at], decimal)
            except BrokenRule as error:
                findings.cell(row.number, name, error)
            else:
                if value is not None:
                    values[name] = value
        if not values:
            continue
        sector = _sector(label)
        if not sector:
            findings.cell(row.number, "", BrokenRule("unknown-sector", {"value": label}))
            continue
        sector_row = _Sector(row.number, values)
        stated = values.get("total", sector_row.total)
        if abs(stated - sector_row.total) > max(1.0, _ROUNDED * abs(stated)):
            rule = BrokenRule("sum-misfit", {"value": stated, "sum": round(sector_row.total, 3)})
            findings.cell(row.number, "total", rule)
        sectors[sector].append(sector_row)
    return sectors


def _sector(label: str) -> str:
    return next((name for start, name in _SECTORS.items() if label.startswith(start)), "")


def _total(sectors: Mapping[str, Sequence[_Sector]], names: Iterable[str]) -> Iterator[_Sector]:
    for name in names:
        yield from sectors.get(name, ())


def _add_energy(
    figures: _Figures, period: str, sectors: Mapping[str, list[_Sector]], unit: str, n: float
) -> None:
    homes = sectors.get(_HOMES, [])
    used = sum(home.total for home in homes)
    if not homes or used <= 0:
        return
    row, details = homes[0].number, {"method": f"Covenant of Mayors: {_HOMES}"}
    if n:
        figures.add(row, "ENERGY_DWELL_PC", period, used / n, f"{unit}/inhabitant", **details)
    heat = [home.values["heat/cold"] for home in homes if "heat/cold" in home.values]
    if heat:
        figures.add(row, "DH_SHARE", period, 100 * sum(heat) / used, "%", **details)


def _add_emissions(
    figures: _Figures, period: str, sectors: Mapping[str, list[_Sector]], unit: str, n: float
) -> None:
    for code, names, needed in (
        ("GHG_TOTAL", tuple(sectors), (_HOMES, _TRANSPORT[-1])),
        ("GHG_TRANSPORT_PC", _TRANSPORT, _TRANSPORT[-1:]),
        ("GHG_WASTE_PC", ("waste", "waste water"), ("waste",)),
    ):
        if not all(name in sectors for name in needed):
            continue
        parts = list(_total(sectors, names))
        total, row = sum(part.total for part in parts), parts[0].number
        details = {
            "method": f"Covenant of Mayors: {', '.join(name for name in names if name in sectors)}"
        }
        per = _PER_INHABITANT.get(code, code)
        if per != code:
            figures.add(row, code, period, total, unit, **details)
        if n:
            figures.add(row, per, period, total / n, f"{unit}/inhabitant", **details)


def of_workbook(rows: Iterable[Row]) -> Table | None:
    """The figures of an inventory in the sheets of a workbook; None if there is none."""
    sheets: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        sheets[row.sheet].append(row)
    table = _of_ecrf(sheets)
    return _of_covenant(sheets) if table is None else table
