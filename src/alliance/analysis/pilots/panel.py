"""A validated panel from rows of units and times, with one value for each unit and time.

Nothing is dropped silently: excluded rows are counted, and contradictions are errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.cells import Rows, moments, numbers, row_name, whole
from alliance.analysis.pilots.result import Bools, Floats, Ints

SHOWN = 3


@dataclass(frozen=True)
class Times:
    """Sorted times: ``values`` (T,) as numbers, ``labels`` as given."""

    values: Floats
    labels: tuple[str, ...]

    def index(self, label: str) -> int:
        """The index of the first time at or after ``label``; T if all are before it.

        Raises:
            MethodError: ``bad-time`` for a label of another kind.
        """
        moment = moments([label.strip()], like=self.labels[0])[0]
        return int(np.searchsorted(self.values, moment))


@dataclass(frozen=True)
class Panel:
    """Outcomes of units (N) at times (T): ``outcome`` has the shape (N, T), NaN for missing.

    ``n_dropped`` counts units that were left out to make the panel balanced.
    """

    units: tuple[str, ...]
    times: Times
    outcome: Floats
    n_dropped: int = 0

    def subset(self, mask: Bools) -> Panel:
        """The units of the mask, shape (N,)."""
        units = tuple(unit for unit, included in zip(self.units, mask, strict=True) if included)
        return replace(self, units=units, outcome=self.outcome[mask])

    def balanced(self) -> tuple[Panel, Bools]:
        """The units with an outcome at every time, and a mask of them.

        Raises:
            MethodError: ``no-data`` if no unit is complete.
        """
        complete: Bools = np.logical_not(np.isnan(self.outcome).any(axis=1))
        if not complete.any():
            raise MethodError("no-data", "no unit has an outcome at every time", "outcome")
        dropped = self.n_dropped + int((~complete).sum())
        return replace(self.subset(complete), n_dropped=dropped), complete


def panel_from(
    unit: Sequence[str],
    time: Sequence[str],
    outcome: Sequence[object] | Floats,
    *,
    rows: Rows = None,
) -> tuple[Panel, Ints]:
    """Arrange rows as a panel, and tell which row stands in which cell.

    Args:
        unit: the name of the unit of each row, shape (n,).
        time: its time, all of one kind (`cells.moments`).
        outcome: its outcome; empty or NaN is missing.
        rows: numbers of the rows, for messages.

    Returns:
        The panel with units in the order in which they first appear, and an array (N, T) of row
        numbers from 0, -1 where there is no row.

    Raises:
        MethodError: ``no-data``, ``wrong-shape``, ``empty-key`` (a row without unit or time),
            ``bad-time``, ``duplicate-key`` (the same unit and time twice), ``bad-number``.
    """
    if len(unit) == 0:
        raise MethodError("no-data", "the table has no rows", "data")
    if not len(unit) == len(time) == len(outcome):
        raise MethodError("wrong-shape", "unit, time and outcome differ in length", "data")
    names = [str(name).strip() for name in unit]
    labels = [whole(str(label).strip()) for label in time]
    for place, (name, label) in enumerate(zip(names, labels, strict=True)):
        if not name or not label:
            what = "time" if name else "unit"
            raise MethodError("empty-key", f"the {what} is empty", row_name(place, rows))
    values = numbers(list(outcome), "outcome", rows=rows)
    axis, first, column = np.unique(
        moments(labels, rows=rows), return_index=True, return_inverse=True
    )
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    row = np.array([places[name] for name in names])
    keys, counts = np.unique(row * len(axis) + column, return_counts=True)
    if (counts > 1).any():
        order = list(places)
        shown = keys[counts > 1][:SHOWN].tolist()
        twice = [
            f"{order[key // len(axis)]} at {labels[int(first[key % len(axis)])]}" for key in shown
        ]
        more = int((counts > 1).sum()) - len(twice)
        listed = "; ".join(twice) + (f" and {more} more" if more > 0 else "")
        second = int(np.flatnonzero(row * len(axis) + column == shown[0])[1])
        raise MethodError(
            "duplicate-key", f"more than one row for {listed}", row_name(second, rows)
        )
    cells = np.full((len(places), len(axis)), -1, dtype=np.int64)
    cells[row, column] = np.arange(len(names))
    table = np.where(cells >= 0, values[cells], np.nan)
    times = Times(axis, tuple(labels[int(place)] for place in first))
    return Panel(tuple(places), times, table), cells


def per_unit(values: Floats, cells: Ints, name: str, *, code: str = "varies-in-unit") -> Floats:
    """The constant value of a column for each unit, shape (N,); NaN if it has none.

    Raises:
        MethodError: the given code if the column changes within a unit.
    """
    table = np.where(cells >= 0, values[cells], np.nan)
    known = ~np.isnan(table)
    low = np.where(known, table, np.inf).min(axis=1)
    high = np.where(known, table, -np.inf).max(axis=1)
    changing = np.flatnonzero(high > low)
    if changing.size:
        raise MethodError(
            code, f"{name} changes within {changing.size} of {len(table)} units", name
        )
    return np.where(np.isfinite(low), low, np.nan)


def starts(status: Floats, cells: Ints, name: str) -> Floats:
    """The index of the first treated time of each unit, from a status of 0 and 1 at each time.

    Returns:
        Shape (N,), infinity for units that are never treated.

    Raises:
        MethodError: ``bad-treatment`` for other or missing values, ``treat-not-absorbing`` if a
            treated unit is untreated later.
    """
    table = np.where(cells >= 0, status[cells], np.nan)
    present = cells >= 0
    if not np.isin(table[present], (0, 1)).all():
        raise MethodError("bad-treatment", "only 0 and 1 say who is treated", name)
    on = present & (table == 1)
    off_later = present & (table == 0) & (np.cumsum(on, axis=1) > 0)
    if off_later.any():
        count = int(off_later.any(axis=1).sum())
        raise MethodError(
            "treat-not-absorbing", f"treatment is switched off again in {count} units", name
        )
    return np.where(on.any(axis=1), on.argmax(axis=1).astype(float), np.inf)
