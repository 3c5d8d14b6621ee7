"""Reading the tables of a campaign: the units, and outcome data.

Each fault names its cell; nothing of a faulty table is stored.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from alliance.campaigns.enums import Chosen, UnitKind
from alliance.cases.cells import read_number
from alliance.core.errors import BrokenRule, Fault, refuse
from alliance.testbeds.data_checks import LONGEST_LABEL, MISSING, MOST_FAULTS
from alliance.testbeds.data_files import Table, cell, read_table
from alliance.testbeds.enums import TimeStep

MOST_BYTES = 20_000_000
MOST_ROWS = 200_000
#: Columns of subgroups, and subgroups of one; a column with more values contains names, not
#: subgroups.
MOST_COLUMNS, MOST_GROUPS = 3, 12
#: The possible names of the columns, in the languages of the platform.
_UNIT = frozenset(
    {"unit", "household", "block", "enhet", "hushåll", "kvarter", "unité", "ménage", "îlot"}
)
_AREA = frozenset({"area", "block", "område", "kvarter", "zone", "îlot"})
_BEFORE = frozenset({"before", "före", "avant"})
_IN = frozenset({"campaign", "kampanj", "campagne"})
_VALUE = frozenset({"value", "after", "outcome", "värde", "efter", "utfall", "valeur", "après"})


@dataclass
class Units:
    """A list of units as read. `treated` is empty if they are to be randomised."""

    unit: list[str]
    area: list[str] = field(default_factory=list)
    before: list[float | None] = field(default_factory=list)
    treated: list[int] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)

    @property
    def drawn(self) -> list[str]:
        """The unit of randomisation for each row: its area, or itself."""
        return self.area or self.unit


def _named(table: Table, names: Collection[str], *, but: Collection[str] = ()) -> str:
    return next((column for column in table.columns if column in names and column not in but), "")


def _read(content: bytes, name: str) -> Table:
    return read_table(content, name, TimeStep.DAY, most=(MOST_BYTES, MOST_ROWS))


def _settle(faults: list[Fault]) -> None:
    if len(faults) > MOST_FAULTS:
        more = len(faults) - MOST_FAULTS
        faults = [*faults[:MOST_FAULTS], Fault("table", "more-cells-at-fault", {"n": more})]
    refuse(faults)


def _numbers(table: Table, name: str, faults: list[Fault]) -> list[float | None]:
    """A column of numbers; None if one is missing."""
    numbers: list[float | None] = []
    for row, text in zip(table.rows, table.columns[name], strict=True):
        value = None
        if text.casefold() not in MISSING:
            try:
                value = float(read_number(text))
            except BrokenRule as error:
                faults.append(error.at(cell(row, name)))
        numbers.append(value)
    return numbers


def _labels(table: Table, name: str, faults: list[Fault]) -> list[str]:
    for row, text in zip(table.rows, table.columns[name], strict=True):
        if not text:
            faults.append(Fault(cell(row, name), "empty-cell"))
        elif len(text) > LONGEST_LABEL:
            faults.append(Fault(cell(row, name), "longer-than", {"most": LONGEST_LABEL}))
    return table.columns[name]


def read_units(content: bytes, name: str, *, kind: str, chosen: str) -> Units:
    """The list of a campaign. Raises InvalidData naming every cell and its rule.

    A row for each unit; columns `unit`, and optionally `area`, `before` and `campaign` (0 or 1: who
    gets it, for a given allocation). Any other column defines subgroups.
    """
    table, faults = _read(content, name), list[Fault]()
    head = _named(table, _UNIT) or next(iter(table.columns))
    area = _named(table, _AREA, but={head}) if kind == UnitKind.AREA else ""
    before, inside = _named(table, _BEFORE), _named(table, _IN)
    units = Units(_labels(table, head, faults))
    if area:
        units.area = _labels(table, area, faults)
    if before:
        units.before = _numbers(table, before, faults)
    elif chosen == Chosen.BY_HAND:
        faults.append(Fault(_("column %(column)s") % {"column": "before"}, "needs-before"))
    if chosen == Chosen.BY_HAND:
        if not inside:
            faults.append(Fault(_("column %(column)s") % {"column": "campaign"}, "missing"))
        else:
            for row, text in zip(table.rows, table.columns[inside], strict=True):
                if text not in {"0", "1"}:
                    faults.append(Fault(cell(row, inside), "not-0-or-1"))
                units.treated.append(int(text == "1"))
    rest = [column for column in table.columns if column not in {head, area, before, inside}]
    if len(rest) > MOST_COLUMNS:
        faults.append(Fault("table", "many-groups", {"most": MOST_COLUMNS}))
    for column in rest[:MOST_COLUMNS]:
        units.groups[column] = _labels(table, column, faults)
        if len(set(units.groups[column])) > MOST_GROUPS:
            params = {"column": column, "most": MOST_GROUPS}
            faults.append(Fault(_("column %(column)s") % {"column": column}, "no-group", params))
    if len(faults) <= MOST_FAULTS:
        faults += _once(table, head, units)
    _settle(faults)
    return units


def _once(table: Table, head: str, units: Units) -> list[Fault]:
    """Faults of units in several rows, which could be in both groups, and of areas that are divided
    between the groups."""
    faults = []
    first: dict[str, int] = {}
    side: dict[str, int] = {}
    for place, (row, unit) in enumerate(zip(table.rows, units.unit, strict=True)):
        if unit in first:
            earlier = first[unit]
            params = {"value": unit, "row": table.rows[earlier]}
            apart = units.drawn[place] != units.drawn[earlier] or (
                units.treated and units.treated[place] != units.treated[earlier]
            )
            faults.append(Fault(cell(row, head), "in-both-groups" if apart else "in-row", params))
        first.setdefault(unit, place)
        if units.treated and units.area:
            area = units.area[place]
            if units.treated[side.setdefault(area, place)] != units.treated[place]:
                params = {"value": area, "row": table.rows[side[area]]}
                faults.append(Fault(cell(row, head), "in-both-groups", params))
    return faults


def read_outcomes(
    content: bytes, name: str, side_of: Mapping[str, int]
) -> dict[str, list[str] | list[float | None]]:
    """Outcome data: columns `unit` and `value`. Raises InvalidData naming every cell.

    `side_of`: the group of each unit. A column `campaign` must agree with it.
    """
    table, faults = _read(content, name), list[Fault]()
    head = _named(table, _UNIT) or next(iter(table.columns))
    value = _named(table, _VALUE) or next(
        (column for column in table.columns if column != head), ""
    )
    if not value:
        refuse([Fault(_("column %(column)s") % {"column": "value"}, "missing")])
    units, values = _labels(table, head, faults), _numbers(table, value, faults)
    first: dict[str, int] = {}
    inside = _named(table, _IN)
    for place, (row, unit) in enumerate(zip(table.rows, units, strict=True)):
        if unit and unit not in side_of:
            faults.append(Fault(cell(row, head), "not-in-table", {"value": unit}))
        elif unit in first:
            faults.append(Fault(cell(row, head), "in-row", {"value": unit, "row": first[unit]}))
        elif inside and unit and table.columns[inside][place] != str(side_of[unit]):
            faults.append(Fault(cell(row, inside), "not-as-drawn", {"unit": unit}))
        first.setdefault(unit, row)
    if not faults and all(outcome is None or not math.isfinite(outcome) for outcome in values):
        faults.append(Fault("table", "no-rows"))
    _settle(faults)
    return {"unit": units, "value": values}
