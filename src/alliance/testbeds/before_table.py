"""The table of figures from before a pilot, unit by period, from which its plan is proposed.

It has a row for each unit and period, or a row for each unit with the periods as columns. Each
fault names its cell; the table is stored in a single format (`as_csv`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from alliance.analysis import pilots as analysis
from alliance.core.errors import BrokenRule, Fault, refuse
from alliance.knowledge.cells import read_number
from alliance.testbeds.data_checks import LONGEST_LABEL, MISSING, MOST_FAULTS
from alliance.testbeds.data_files import Table, cell, read_table
from alliance.testbeds.enums import TimeStep
from alliance.testbeds.protocol import first_day_of, last_day_of, time_label

#: More rows add little and take long.
MOST_ROWS = 20_000
_FORMS = {
    TimeStep.YEAR: re.compile(r"\d{4}\Z"),
    TimeStep.MONTH: re.compile(r"\d{4}-\d{1,2}\Z"),
    TimeStep.DAY: re.compile(r"\d{4}-\d{1,2}-\d{1,2}\Z"),
}
#: Names that the columns may have, in the languages of the platform; others go by position.
_UNIT = frozenset({"unit", "enhet", "unité", "unite"})
_TIME = frozenset({"time", "period", "tid", "période", "periode", "date", "datum"})
_VALUE = frozenset({"value", "outcome", "värde", "utfall", "valeur", "résultat"})
_EXTRA = {
    "cluster": frozenset({"cluster", "kluster", "grappe"}),
    "block": frozenset({"block", "bloc"}),
    "treated": frozenset({"treated"}),
}


@dataclass(frozen=True)
class Before:
    """The table as read, a line for each unit and period. `step` is a `TimeStep`.

    `value` is a number as text, empty where it is missing. `of_unit` maps each of the columns
    cluster, block and treated that the table has to its text by unit. `unit_word`: what the units
    are called.
    """

    unit: list[str]
    time: list[str]
    value: list[str]
    step: str
    of_unit: dict[str, dict[str, str]]
    unit_word: str = ""

    @property
    def units(self) -> list[str]:
        """The units in order of first appearance."""
        return list(dict.fromkeys(self.unit))

    @property
    def times(self) -> list[str]:
        """The periods in chronological order."""
        return sorted(set(self.time), key=lambda label: last_day_of(label, self.step))

    def panel(self) -> analysis.Panel:
        """The outcomes as an array of units by periods."""
        return analysis.panel_from(self.unit, self.time, self.value)[0]

    def as_csv(self) -> bytes:
        """The table in the canonical CSV format in which it is stored."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["unit", "time", "outcome", *self.of_unit])
        for unit, time, value in zip(self.unit, self.time, self.value, strict=True):
            more = [cells[unit] for cells in self.of_unit.values()]
            writer.writerow([unit, time, value or "NA", *more])
        return out.getvalue().encode()


def read_before(
    content: bytes, name: str, *, today: dt.date, starts_on: dt.date | None = None
) -> Before:
    """Reads the table from a file or pasted text. Raises InvalidData that names each faulty cell.

    Periods in the future, or at or after `starts_on`, are refused, once for each period.
    """
    if not content.strip():
        refuse([Fault("table", "no-table")])
    table = read_table(content, name, TimeStep.DAY)
    if len(table) > MOST_ROWS:
        refuse([Fault("table", "many-rows", {"n": MOST_ROWS})])
    heads = list(table.columns)
    extra = {key: head for key, names in _EXTRA.items() for head in heads if head in names}
    rest = [head for head in heads if head not in extra.values()]
    if len(rest) < 2:
        refuse([Fault("table", "three-columns")])
    named = [head for head in rest if head in _UNIT] or [head for head in rest if head not in _TIME]
    unit_head = (named or rest)[0]
    others = [head for head in rest if head != unit_head]
    faults: list[Fault] = []
    if _step_of(others):
        lines = _wide(table, unit_head, others)
    elif len(others) < 2:
        refuse([Fault("table", "three-columns")])
    else:
        time_head = next((other for other in others if other in _TIME), others[0])
        value_head = next(
            (other for other in others if other in _VALUE and other != time_head),
            next(other for other in others if other != time_head),
        )
        lines = _long(table, unit_head, time_head, value_head)
    parsed_lines = list(lines)
    step, months = _step(parsed_lines, faults)
    first: dict[tuple[str, str], int] = {}
    judged: set[str] = set()
    unit, time, value = [], [], []
    for row, name_of, label, text, time_at, value_at in parsed_lines:
        if not name_of:
            faults.append(Fault(cell(row, unit_head), "empty-cell"))
        elif len(name_of) > LONGEST_LABEL:
            faults.append(Fault(cell(row, unit_head), "longer-than", {"most": LONGEST_LABEL}))
        spelled = _time(label[:7] if months else label, step, cell(row, time_at), faults)
        if spelled:
            if spelled not in judged:
                judged.add(spelled)
                faults += _when(spelled, step, cell(row, time_at), today, starts_on)
            if name_of and (name_of, spelled) in first:
                params = {"value": f"{name_of}, {spelled}", "row": first[name_of, spelled]}
                faults.append(Fault(cell(row, time_at), "in-row", params))
            first.setdefault((name_of, spelled), row)
        unit.append(name_of)
        time.append(spelled)
        value.append(_value(text, cell(row, value_at), faults))
    of_unit = {key: _of_unit(table, unit_head, head, key, faults) for key, head in extra.items()}
    if len(faults) > MOST_FAULTS:
        more = len(faults) - MOST_FAULTS
        faults = [*faults[:MOST_FAULTS], Fault("table", "more-cells-at-fault", {"n": more})]
    refuse(faults)
    word = "" if unit_head in _UNIT else unit_head
    return Before(unit, time, value, step, of_unit, word)


_Line = tuple[int, str, str, str, str, str]


def _long(table: Table, unit: str, time: str, value: str) -> Iterator[_Line]:
    """Yields row, unit, time and value, and the columns of the last two."""
    cells = (table.columns[name] for name in (unit, time, value))
    for row, *texts in zip(table.rows, *cells, strict=True):
        yield row, texts[0], texts[1], texts[2], time, value


def _wide(table: Table, unit: str, times: list[str]) -> Iterator[_Line]:
    for place, row in enumerate(table.rows):
        for time in times:
            yield row, table.columns[unit][place], time, table.columns[time][place], time, time


def _step_of(labels: list[str]) -> str:
    """The step in which all labels are written; empty if there is none."""
    steps = (step for step, form in _FORMS.items() if all(map(form.match, labels)))
    return next(steps, "") if labels else ""


def _step(lines: list[_Line], faults: list[Fault]) -> tuple[str, bool]:
    """The step of the periods, and whether they are days that represent months.

    Workbooks store a month as its first day.
    """
    labels = [line[2] for line in lines]
    step = _step_of(sorted(set(labels)))
    if step == TimeStep.DAY and all(label.endswith("-01") for label in labels):
        return TimeStep.MONTH, True
    if not step:
        # The most common spelling decides, and each cell with another is a fault.
        counts = {candidate: sum(1 for label in labels if form.match(label))
                  for candidate, form in _FORMS.items()}  # fmt: skip
        step = max(counts, key=lambda candidate: counts[candidate])
    return step, False


def _time(label: str, step: str, where: str, faults: list[Fault]) -> str:
    """The period in canonical spelling, so that 2025-3 and 2025-03 are the same month."""
    try:
        if not _FORMS[TimeStep(step)].match(label):
            raise ValueError
        return time_label(last_day_of(label, step), step)
    except ValueError:
        like = time_label(dt.date(2025, 3, 1), step)
        params = {"value": label, "like": like}
        faults.append(Fault(where, "no-such-time", params) if label else Fault(where, "empty-cell"))
        return ""


def _when(
    label: str, step: str, where: str, today: dt.date, starts_on: dt.date | None
) -> Iterator[Fault]:
    begins = first_day_of(label, step)
    if begins > today:
        yield Fault(where, "period-in-future", {"value": label})
    elif starts_on is not None and last_day_of(label, step) >= starts_on:
        yield Fault(where, "after-start", {"value": label, "day": starts_on})


def _value(text: str, where: str, faults: list[Fault]) -> str:
    if not text:
        faults.append(Fault(where, "empty-value"))
        return ""
    if text.casefold() in MISSING:
        return ""
    try:
        return repr(read_number(text))
    except BrokenRule as error:
        faults.append(error.at(where))
        return ""


def _of_unit(
    table: Table, unit_head: str, head: str, key: str, faults: list[Fault]
) -> dict[str, str]:
    """The value of a column by unit; it must be the same in all rows of a unit."""
    first_seen: dict[str, tuple[str, int]] = {}
    units = table.columns[unit_head]
    for row, unit, text in zip(table.rows, units, table.columns[head], strict=True):
        known, where = first_seen.setdefault(unit, (text, row))
        if not text:
            faults.append(Fault(cell(row, head), "empty-cell"))
        elif known != text:
            faults.append(Fault(cell(row, head), "differs-in-unit", {"row": where}))
        elif key == "treated" and text not in {"0", "1"}:
            faults.append(Fault(cell(row, head), "not-0-or-1"))
    return {unit: text for unit, (text, _row) in first_seen.items()}
