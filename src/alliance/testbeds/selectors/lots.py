"""The random selection of a pilot, recomputed on demand: the same list gives the same selection."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from alliance.analysis import pilots as analysis
from alliance.analysis.errors import MethodError
from alliance.core.errors import Fault, InvalidData
from alliance.core.files import ContentStore
from alliance.core.text import digest
from alliance.testbeds.before_table import Before, read_before
from alliance.testbeds.data_files import Table
from alliance.testbeds.enums import TimeStep
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import (
    Draw,
    Plan,
    check_shape,
    first_day_of,
    last_day_of,
    time_label,
)

FILES = ContentStore("pilots")


@dataclass(frozen=True)
class Lot:
    """A unit or cluster with its block, from 1, and whether it was selected."""

    name: str
    block: int
    is_drawn: bool


def before_of(pilot: Pilot) -> Before | None:
    """The stored figures from before; None if there are none.

    Raises OSError if the file is missing.
    """
    if "sha256" not in pilot.before:
        return None
    return read_before(FILES.read(pilot.before["sha256"]), "before.csv", today=dt.date.max)


def allocations_of(pilot: Pilot) -> list[Lot]:
    """The random selection by block and name; empty if the platform made none."""
    plan = check_shape(pilot.plan)
    before = before_of(pilot) if plan.draw is not None else None
    if before is None or plan.draw is None:
        return []
    drawn = draw_of(pilot, before, plan.draw.treated)[2]
    return sorted(drawn, key=lambda lot: (lot.block, lot.name))


def arms_of(pilot: Pilot) -> dict[str, bool]:
    """Whether each unit gets the pilot, by name; empty while undecided."""
    before = before_of(pilot)
    if before is None:
        return {}
    clusters = before.of_unit.get("cluster")
    arms = {lot.name: lot.is_drawn for lot in allocations_of(pilot)}
    if arms:
        return {unit: arms[clusters[unit] if clusters else unit] for unit in before.units}
    chosen = set(pilot.before.get("treated", ()))
    return {unit: unit in chosen for unit in before.units} if chosen else {}


def rows_to_fill(pilot: Pilot, columns: Sequence[str]) -> list[list[str]]:
    """The rows of the file to fill in: the figures from before, and each unit in future periods.

    `columns` are those that the plan asks for; unknown cells stay empty.
    """
    plan, before = check_shape(pilot.plan), before_of(pilot)
    if before is None or plan.starts_on is None or plan.time_step != before.step:
        return []
    arms = {unit: str(int(on)) for unit, on in arms_of(pilot).items()}
    clusters = before.of_unit.get("cluster", {})
    rows = list(zip(before.unit, before.time, before.value, strict=True))
    to_come = _times_after(plan.starts_on, before, plan.sample.after or 1)
    rows += [(unit, time, "") for unit in before.units for time in to_come]
    records = [
        {
            "unit": unit,
            "time": time,
            "outcome": value,
            "treated": arms.get(unit, ""),
            "cluster": clusters.get(unit, ""),
        }
        for unit, time, value in rows
    ]
    return [[row.get(name, "") for name in columns] for row in records]


def rows_to_join(pilot: Pilot, plan: Plan, table: Table) -> list[dict[str, str]]:
    """The rows from before that are joined with a file without any from before the start.

    Only units of the file are joined, with their constant values from the file. Empty if the plan
    or the file is not of the same kind as the figures from before.
    """
    before, columns = before_of(pilot), table.columns
    if before is None or plan.starts_on is None or plan.time_step != before.step:
        return []
    # The population at risk varies over time, and it is unknown for the time before.
    if not {"time", "outcome"} <= columns.keys() or "population" in columns:
        return []
    try:
        days = [last_day_of(label, plan.time_step) for label in columns["time"]]
    except ValueError:
        return []
    if any(day < plan.starts_on for day in days) or (
        "unit" not in columns and len(before.units) > 1
    ):
        return []
    units = columns.get("unit", before.units * len(table))
    first = {unit: place for place, unit in reversed(list(enumerate(units)))}
    return [
        {name: cells[first[unit]] for name, cells in columns.items()}
        | {"time": time, "outcome": value}
        for unit, time, value in zip(before.unit, before.time, before.value, strict=True)
        if unit in first and last_day_of(time, before.step) < plan.starts_on
    ]


def _times_after(start: dt.date, before: Before, n: int) -> list[str]:
    """The periods from the start on, at the intervals of those before."""
    if before.step == TimeStep.YEAR:
        return [str(start.year + place) for place in range(n)]
    if before.step == TimeStep.MONTH:
        months = [start.year * 12 + start.month - 1 + place for place in range(n)]
        return [f"{month // 12}-{month % 12 + 1:02d}" for month in months]
    days = [first_day_of(label, before.step) for label in before.times]
    apart = sorted((later - day).days for day, later in pairwise(days)) or [1]
    step = dt.timedelta(days=apart[len(apart) // 2])
    return [time_label(start + place * step, before.step) for place in range(n)]


def draw_of(pilot: Pilot, before: Before, n_treated: int) -> tuple[Draw, int, list[Lot]]:
    """The random selection from these figures; the same list of a pilot gives the same
    selection."""
    panel = before.panel()
    clusters = before.of_unit.get("cluster")
    of_unit = [clusters[unit] if clusters else unit for unit in panel.units]
    names = sorted(set(of_unit))
    # Units without any value rank lowest; they are selected like all others.
    values: dict[str, list[float]] = {name: [] for name in names}
    for name, row in zip(of_unit, panel.outcome.tolist(), strict=True):
        values[name] += [value for value in row if not math.isnan(value)]
    level = [sum(own) / len(own) if own else -math.inf for own in values.values()]
    blocks = before.of_unit.get("block")
    labels = None
    if blocks:
        by_name = dict(zip(of_unit, (blocks[unit] for unit in panel.units), strict=True))
        labels = [by_name[name] for name in names]
    units = digest(names)
    seed = int(hashlib.sha256(f"{pilot.public_id}:{units}".encode()).hexdigest()[:8], 16) >> 1
    try:
        assignment = analysis.allocate_randomly(
            names, seed=seed, level=np.asarray(level), labels=labels, n_treated=n_treated
        )
    except MethodError as error:
        params = {"n": len(names), "blocks": len(set(labels or ()))}
        raise InvalidData([Fault("table", "few-in-blocks", params)]) from error
    drawn = [name for name, on in zip(names, assignment.treated.tolist(), strict=True) if on]
    made = Draw(
        units=len(names),
        treated=len(drawn),
        blocks=assignment.n_blocks,
        units_sha256=units,
        treated_sha256=digest(drawn),
    )
    rows = zip(names, assignment.block.tolist(), assignment.treated.tolist(), strict=True)
    return made, seed, [Lot(name, block + 1, on) for name, block, on in rows]
