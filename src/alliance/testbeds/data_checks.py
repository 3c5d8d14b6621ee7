"""Checks of pilot data against the protocol; each fault names its cell.

Faults refuse the file. Warnings are stored with it and shown beside the result, such as
`late-protocol` where outcomes are dated before the plan was frozen.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from alliance.analysis.pilots.table import NEVER
from alliance.core.errors import BrokenRule, Fault, InvalidData
from alliance.knowledge.cells import read_number
from alliance.testbeds.data_files import Table, cell
from alliance.testbeds.enums import PilotDesign
from alliance.testbeds.protocol import (
    Plan,
    columns_of,
    first_day_of,
    last_day_of,
    refuses_missing,
    time_label,
)

#: At most so many faults of a file are listed; the others are counted.
MOST_FAULTS = 100
#: Spellings of a missing outcome.
MISSING = frozenset({"", "na", "nan", "n/a", "-", "–"})
LONGEST_LABEL = 80
_UNIT_LEVEL_KINDS = frozenset({"label", "time-or-never"})


@dataclass
class Checked:
    """Valid data: `columns` as the analysis reads them, with their size, period and warnings."""

    columns: dict[str, list[str]]
    n_rows: int
    n_units: int
    first_time: str
    last_time: str
    warnings: list[dict[str, Any]] = field(default_factory=list)


class _Faults:
    """Collects faults; beyond `MOST_FAULTS` they are only counted."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.more = 0

    def add(self, where: str, code: str, **params: Any) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(where, code, params))
        else:
            self.more += 1

    def settle(self) -> None:
        """Raises InvalidData if there are faults."""
        if self.more:
            self.faults.append(Fault("table", "more-cells-at-fault", {"n": self.more}))
        if self.faults:
            raise InvalidData(self.faults)


def check_data(table: Table, plan: Plan, *, frozen_on: dt.date, today: dt.date) -> Checked:
    """The data as the analysis reads them. Raises InvalidData that names each faulty cell."""
    faults = _Faults()
    columns = _cells(table, plan, faults)
    faults.settle()
    _keys(table, columns, plan, faults)
    faults.settle()
    _by_unit(table, columns, plan, faults)
    _sides(table, columns, plan, faults)
    _times(columns, plan, faults)
    faults.settle()
    times = sorted(set(columns["time"]), key=lambda label: last_day_of(label, plan.time_step))
    checked = Checked(
        columns,
        len(table),
        len(set(columns["unit"])) if "unit" in columns else 1,
        times[0],
        times[-1],
    )
    checked.warnings = _warnings(table, columns, plan, frozen_on, today)
    return checked


def _cells(table: Table, plan: Plan, faults: _Faults) -> dict[str, list[str]]:
    """Reads the cells of all columns of the protocol and collects the faults."""
    columns: dict[str, list[str]] = {}
    for column in columns_of(plan):
        if column.name not in table.columns:
            faults.add(_("column %(column)s") % {"column": column.name}, "missing")
            continue
        read = []
        for row, text in zip(table.rows, table.columns[column.name], strict=True):
            try:
                read.append(_read(text, column.name, column.kind, plan))
            except BrokenRule as error:
                faults.add(cell(row, column.name), error.code, **error.params)
                read.append("")
        columns[column.name] = read
    return columns


def _read(text: str, name: str, kind: str, plan: Plan) -> str:
    """A cell in the form that the analysis reads. Raises BrokenRule."""
    if kind == "number":
        if text.casefold() in MISSING:
            if name != "outcome":
                raise BrokenRule("empty-cell")
            if refuses_missing(plan):
                raise BrokenRule("gap")
            return ""
        return repr(read_number(text))
    if kind == "arm":
        if text not in {"0", "1"}:
            raise BrokenRule("not-0-or-1")
        return text
    if kind == "time-or-never" and text.casefold() in NEVER:
        return ""
    if not text:
        raise BrokenRule("empty-cell")
    if len(text) > LONGEST_LABEL:
        raise BrokenRule("longer-than", {"most": LONGEST_LABEL})
    if kind in {"time", "time-or-never"}:
        try:
            day = last_day_of(text, plan.time_step)
        except ValueError as error:
            like = time_label(dt.date(2027, 3, 1), plan.time_step)
            raise BrokenRule("no-such-time", {"value": text, "like": like}) from error
        # One spelling, so that 2027-3 and 2027-03 are the same month.
        return time_label(day, plan.time_step)
    return text


def _keys(table: Table, columns: dict[str, list[str]], plan: Plan, faults: _Faults) -> None:
    """A unit may occur only once at a time."""
    units = columns.get("unit") or [""] * len(table)
    first: dict[tuple[str, str], int] = {}
    for row, unit, time in zip(table.rows, units, columns["time"], strict=True):
        if (unit, time) in first:
            value = f"{unit}, {time}" if unit else time
            where = cell(row, "unit" if unit else "time")
            faults.add(where, "in-row", value=value, row=first[unit, time])
        first.setdefault((unit, time), row)


def _by_unit(table: Table, columns: dict[str, list[str]], plan: Plan, faults: _Faults) -> None:
    """Values that belong to a unit must be the same in all of its rows."""
    if "unit" not in columns:
        return
    for column in columns_of(plan):
        if column.kind not in _UNIT_LEVEL_KINDS:
            continue
        first_seen: dict[str, tuple[str, int]] = {}
        for row, unit, text in zip(table.rows, columns["unit"], columns[column.name], strict=True):
            known, where = first_seen.setdefault(unit, (text, row))
            if known != text:
                faults.add(cell(row, column.name), "differs-in-unit", row=where)


def _sides(table: Table, columns: dict[str, list[str]], plan: Plan, faults: _Faults) -> None:
    """There are units with and without the pilot, none leaves it, and all start on the frozen
    date."""
    if plan.design == PilotDesign.STAGGERED:
        first = dict(zip(columns["unit"], columns["first_treated"], strict=True))
        if not any(first.values()):
            faults.add("table", "none-with-pilot")
        elif all(first.values()) and plan.compare_with == "never":
            faults.add("table", "none-without-pilot")
        return
    if "treated" not in columns:
        return
    order = sorted(
        range(len(table)), key=lambda place: last_day_of(columns["time"][place], plan.time_step)
    )
    start = time_label(plan.starts_on, plan.time_step) if plan.starts_on else ""
    state: dict[str, str] = {}
    for place in order:
        unit, status = columns["unit"][place], columns["treated"][place]
        before = state.get(unit)
        if before == "1" and status == "0":
            faults.add(cell(table.rows[place], "treated"), "switched-off")
        elif before == "0" and status == "1" and columns["time"][place] != start:
            faults.add(cell(table.rows[place], "treated"), "other-start", start=start)
        state[unit] = status
    arms = Counter(state.values())
    if not arms["1"]:
        faults.add("table", "none-with-pilot")
    if not arms["0"]:
        faults.add("table", "none-without-pilot")


def _times(columns: dict[str, list[str]], plan: Plan, faults: _Faults) -> None:
    """Designs that compare before with after need times on both sides of the start."""
    if plan.design == PilotDesign.STAGGERED or plan.starts_on is None:
        return
    start = last_day_of(time_label(plan.starts_on, plan.time_step), plan.time_step)
    days = [last_day_of(label, plan.time_step) for label in set(columns["time"])]
    if not any(day >= start for day in days):
        faults.add("table", "nothing-after-start")
    if plan.design != PilotDesign.RANDOMISED and not any(day < start for day in days):
        faults.add("table", "nothing-before-start")


def has_late_plan(warnings: Iterable[Mapping[str, Any]]) -> bool:
    """Whether outcomes from the time with the pilot are older than the plan, by the data's
    warnings."""
    return any(warning["code"] == "late-protocol" and warning["of_pilot"] for warning in warnings)


#: Warnings of a method that cast doubt on its own result.
FAILED_CHECKS = frozenset(
    {
        "trends-differ-before", "poor-fit", "differential-attrition", "selected-on-extreme",
        "autocorrelation",
    }
)  # fmt: skip


def has_failed_check(warnings: Iterable[Mapping[str, Any]], of_method: Iterable[str]) -> bool:
    """Whether the method doubts its result, or data are dated in the future.

    `warnings` are those of the data, `of_method` the codes of the evaluation with their details.
    """
    return any(
        warning["code"] == "future-times" for warning in warnings
    ) or not FAILED_CHECKS.isdisjoint(code.partition(":")[0] for code in of_method)


def _warnings(
    table: Table,
    columns: dict[str, list[str]],
    plan: Plan,
    frozen_on: dt.date,
    today: dt.date,
) -> list[dict[str, Any]]:
    warnings: list[dict[str, Any]] = []

    def warn(code: str, n: int, **more: Any) -> None:
        if n:
            warnings.append({"code": code, "n": n, **more})

    days = {label: last_day_of(label, plan.time_step) for label in set(columns["time"])}
    moments = [days[label] for label in columns["time"]]
    early = [day for day in moments if day < frozen_on]
    first_step = plan.starts_on
    if plan.design == PilotDesign.STAGGERED:
        begun = [last_day_of(text, plan.time_step) for text in columns["first_treated"] if text]
        first_step = min([*begun, *([first_step] if first_step else [])])
    of_pilot = sum(first_step is not None and day >= first_step for day in early)
    warn("late-protocol", len(early), of_pilot=of_pilot)
    begins = {label: first_day_of(label, plan.time_step) for label in days}
    warn("future-times", sum(begins[label] > today for label in columns["time"]))
    warn("missing-outcome", sum(not text for text in columns["outcome"]))
    if "unit" in columns:
        rows_of = Counter(columns["unit"])
        warn("unbalanced", sum(count < len(days) for count in rows_of.values()))
        warn("fewer-than-planned", *_fewer(columns, plan))
    if "cluster" in columns and "treated" in columns:
        arm_of: dict[str, str] = {}
        for place, name in enumerate(columns["cluster"]):
            arm_of[name] = max(arm_of.get(name, "0"), columns["treated"][place])
        sides = Counter(arm_of.values())
        warn("one-cluster", sum(count == 1 for count in sides.values()))
    extra = sorted(set(table.columns) - set(columns))
    warn("columns-not-used", len(extra), names=", ".join(extra)[:200])
    return warnings


def _fewer(columns: dict[str, list[str]], plan: Plan) -> tuple[int]:
    """How many units the smaller arm lacks against the planned number, or 0."""
    if plan.sample.n is None or plan.design == PilotDesign.SYNTHETIC_CONTROL:
        return (0,)
    ever: dict[str, bool] = {}
    status = columns.get("treated") or columns.get("first_treated")
    for place, unit in enumerate(columns["unit"]):
        on = status is not None and status[place] not in {"", "0"}
        ever[unit] = ever.get(unit, False) or on
    arms = [sum(ever.values()), len(ever) - sum(ever.values())] if status else [len(ever)]
    return (max(0, plan.sample.n - min(arms)),)
