"""Evaluation of a table of named columns by a design, for the command and the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.before_after import before_after
from alliance.analysis.pilots.cells import Rows, flags, moments, numbers, whole
from alliance.analysis.pilots.cross_sections import did_of_cross_sections
from alliance.analysis.pilots.did import did
from alliance.analysis.pilots.its import its
from alliance.analysis.pilots.panel import Panel, panel_from, per_unit, starts
from alliance.analysis.pilots.randomised import randomised
from alliance.analysis.pilots.result import DEFAULT_LEVEL, DESIGNS, Bools, Evaluation, Floats
from alliance.analysis.pilots.staggered import Control, staggered
from alliance.analysis.pilots.synthetic_control import Predictors, synthetic_control

Columns = Mapping[str, Sequence[str]]
#: Texts that mean "never treated" in a column of first treated times.
NEVER = frozenset({"", "0", "nan", "na", "none", "null", "never", "inf"})
_NEVER_MOMENT = -1e18
#: Designs in which two times need no start: it is the second.
TWO_TIMES = frozenset({"did", "before-after"})


@dataclass(frozen=True)
class Request:
    """The meaning of the columns, and the options of a design, named as in the command.

    ``treated`` is a column of 0 and 1, by unit or by unit and time, or the name of one unit. With
    ``cross_sections`` rows are not followed over time and ``treated`` is their side. ``predictors``
    may be followed by the times they are averaged over: ``name:first:last``.
    """

    design: str
    outcome: str
    unit: str | None = None
    time: str | None = None
    treated: str | None = None
    first_treated: str | None = None
    start: str | None = None
    predictors: tuple[str, ...] = ()
    predictor_weights: tuple[float, ...] = ()
    cluster: str | None = None
    cross_sections: bool = False
    control: str | None = None
    counts: bool = False
    population: str | None = None
    period: float | None = None
    lag: int | None = None
    errors: str = "averaged"
    compare_with: Control = "never"
    draws: int = 999
    level: float = DEFAULT_LEVEL
    seed: int = 1


def analyse(columns: Columns, request: Request, *, rows: Rows = None) -> Evaluation:
    """Evaluate a pilot from a table; empty cells are missing.

    Args:
        columns: cells by the name of the column, all of one length.
        rows: the numbers of their rows, for messages; by default from 2.

    Raises:
        MethodError: ``unknown-design``, ``missing-column``, ``missing-option``, those of reading
            (see `panel_from`), ``bad-treatment``, ``treat-not-absorbing``, ``staggered-start``,
            ``start-conflict``, ``several-units``, ``unknown-unit``, and those of the design.
    """
    if request.design not in DESIGNS:
        raise MethodError("unknown-design", f"there is no design {request.design!r}", "design")
    if request.cross_sections:
        return _cross_sections(columns, request, rows)
    table = _Table(columns, request, rows)
    run = {
        "did": _did,
        "staggered": _staggered,
        "its": _its,
        "synthetic-control": _synthetic_control,
        "randomised": _randomised,
        "before-after": _before_after,
    }[request.design]
    return run(table, request)


def _named(columns: Columns, name: str | None, option: str) -> Sequence[str]:
    """The column of an option."""
    if name is None:
        raise MethodError("missing-option", "this design needs it", f"--{option}")
    if name not in columns:
        there = ", ".join(columns)
        raise MethodError(
            "missing-column", f"there is no column {name!r}; there are: {there}", f"--{option}"
        )
    return columns[name]


class _Table:
    """The panel of a request, and its columns by unit and time."""

    def __init__(self, columns: Columns, request: Request, rows: Rows) -> None:
        self.columns, self.request, self.rows = columns, request, rows
        needs_time = request.design != "randomised"
        outcome = self.column(request.outcome, "outcome")
        if request.unit is None and request.design == "its":
            unit: Sequence[str] = ["series"] * len(outcome)
        elif request.unit is None and request.time is None and not needs_time:
            unit = [str(place) for place in range(len(outcome))]
        else:
            unit = self.column(request.unit, "unit")
        if request.time is None and not needs_time:
            time: Sequence[str] = ["1"] * len(outcome)
        else:
            time = self.column(request.time, "time")
        values = numbers(outcome, request.outcome, rows=rows)
        self.panel, self.cells = panel_from(unit, time, values, rows=rows)

    def column(self, name: str | None, option: str) -> Sequence[str]:
        return _named(self.columns, name, option)

    def figures(self, name: str, option: str) -> Floats:
        """A column of figures by unit and time, (N, T)."""
        values = numbers(self.column(name, option), name, rows=self.rows)
        table: Floats = np.where(self.cells >= 0, values[self.cells], np.nan)
        return table

    def labels(self, name: str, option: str) -> np.ndarray:
        """A column of labels, one for each unit, (N,)."""
        codes, numbered = np.unique(
            [cell.strip() for cell in self.column(name, option)], return_inverse=True
        )
        whole = per_unit(numbered.astype(float), self.cells, name)
        return codes[whole.astype(int)]

    def start(self) -> int | None:
        """The index of the option; by default the second of two times, None with more."""
        if self.request.start is None:
            return (
                1 if self.request.design in TWO_TIMES and self.panel.outcome.shape[1] == 2 else None
            )
        return _place(self.panel, self.request.start, "--start")

    def status(self, name: str) -> Floats:
        """Treatment by unit and time, from a column of 0 and 1, one value a row."""
        return flags(self.column(name, "treated"), name, rows=self.rows)

    def unit_place(self, name: str, option: str) -> int:
        if name not in self.panel.units:
            raise MethodError("unknown-unit", f"there is no unit {name!r}", f"--{option}")
        return self.panel.units.index(name)

    def treatment(self) -> tuple[Bools, int]:
        """The treated units, and the index of the first time after the start."""
        sides, start = self.sides()
        if start is None:
            raise MethodError("missing-option", "who is treated never changes", "--start")
        return sides, start

    def sides(self) -> tuple[Bools, int | None]:
        """The treated units; the start, from an option or from the change of a status."""
        name, start = self.request.treated, self.start()
        if name is not None and name not in self.columns and name in self.panel.units:
            return np.array([unit == name for unit in self.panel.units]), start
        if name is None:
            raise MethodError("missing-option", "this design needs it", "--treated")
        begins = starts(self.status(name), self.cells, name)
        # Rows of a unit may begin late: its first row, not the first time, shows whether it was
        # ever untreated.
        first_rows = np.argmax(self.cells >= 0, axis=1)
        switched = np.isfinite(begins) & (begins > first_rows)
        if switched.any():
            places = np.unique(begins[np.isfinite(begins)]).astype(int)
            if len(places) > 1:
                raise MethodError(
                    "staggered-start",
                    f"treatment starts at {len(places)} times; the design staggered is for that",
                    name,
                )
            if start is not None and start != places[0]:
                raise MethodError(
                    "start-conflict",
                    f"the column says {self.panel.times.labels[places[0]]}",
                    "--start",
                )
            start = int(places[0])
        return np.isfinite(begins), start


def _did(table: _Table, request: Request) -> Evaluation:
    sides, start = table.treatment()
    clusters = table.labels(request.cluster, "cluster") if request.cluster else None
    return did(table.panel, sides, start, clusters=clusters, level=request.level, seed=request.seed)


def _cross_sections(columns: Columns, request: Request, rows: Rows) -> Evaluation:
    """Rows as they are: several of a unit at one time are several people."""
    if request.design != "did":
        raise MethodError("bad-parameter", "goes with the design did", "--cross-sections")
    times = [whole(cell.strip()) for cell in _named(columns, request.time, "time")]
    values = moments(times, rows=rows)
    if request.start is not None:
        start = moments([request.start.strip()], like=times[0])[0]
    elif len(np.unique(values)) == 2:
        start = values.max()
    else:
        raise MethodError("missing-option", "there are several times", "--start")
    label = request.cluster or request.unit
    named = None if label is None else _named(columns, label, "cluster")
    side = flags(_named(columns, request.treated, "treated"), str(request.treated), rows=rows)
    return did_of_cross_sections(
        numbers(_named(columns, request.outcome, "outcome"), request.outcome, rows=rows),
        side == 1,
        values >= start,
        clusters=None if named is None else np.array([cell.strip() for cell in named]),
        level=request.level,
    )


def _staggered(table: _Table, request: Request) -> Evaluation:
    clusters = table.labels(request.cluster, "cluster") if request.cluster else None
    return staggered(
        table.panel,
        _first_treated(table, request),
        control=request.compare_with,
        clusters=clusters,
        draws=request.draws,
        level=request.level,
        seed=request.seed,
    )


def _first_treated(table: _Table, request: Request) -> Floats:
    if request.first_treated is None:
        if request.treated is None:
            raise MethodError("missing-option", "this design needs it", "--first-treated")
        return starts(table.status(request.treated), table.cells, request.treated)
    name = request.first_treated
    cells = [cell.strip() for cell in table.column(name, "first-treated")]
    places = {
        text: _NEVER_MOMENT
        if whole(text).lower() in NEVER
        else float(_place(table.panel, text, name))
        for text in dict.fromkeys(cells)
    }
    column = np.array([places[text] for text in cells])
    first = per_unit(column, table.cells, name, code="treat-not-absorbing")
    return np.where(first == _NEVER_MOMENT, np.inf, first)


def _place(panel: Panel, text: str, name: str) -> int:
    try:
        return panel.times.index(text)
    except MethodError:
        raise MethodError("bad-time", f"{text!r} is not a time like the others", name) from None


def _its(table: _Table, request: Request) -> Evaluation:
    own, start = _series(table, request)
    if start is None:
        raise MethodError("missing-option", "this design needs it", "--start")
    y = table.panel.outcome
    control = population = None
    if request.control is not None:
        control = y[table.unit_place(request.control, "control")]
    if request.population is not None:
        population = table.figures(request.population, "population")[own]
    return its(
        y[own],
        table.panel.times,
        start,
        counts=request.counts,
        population=population,
        control=control,
        period=request.period,
        lag=request.lag,
        errors=request.errors,
        level=request.level,
    )


def _series(table: _Table, request: Request) -> tuple[int, int | None]:
    """The series to analyse, and the start."""
    if request.treated is None:
        sides, start = np.ones(len(table.panel.units), dtype=bool), table.start()
    else:
        sides, start = table.sides()
    if sides.sum() != 1:
        raise MethodError(
            "several-units" if sides.sum() else "no-treated",
            f"one series is analysed, not {int(sides.sum())}; --treated names its unit",
            "--treated",
        )
    return int(np.flatnonzero(sides)[0]), start


def _synthetic_control(table: _Table, request: Request) -> Evaluation:
    sides, start = table.treatment()
    predictors = _predictors(table, request, start) if request.predictors else None
    return synthetic_control(
        table.panel, sides, start, predictors=predictors, level=request.level, seed=request.seed
    )


def _predictors(table: _Table, request: Request, start: int) -> Predictors:
    predictor_weights = request.predictor_weights
    if predictor_weights and len(predictor_weights) != len(request.predictors):
        raise MethodError(
            "bad-parameter",
            f"{len(predictor_weights)} weights for {len(request.predictors)} predictors",
            "--predictor-weights",
        )
    columns = [_average(table, text, start) for text in request.predictors]
    weights = np.array(predictor_weights) if predictor_weights else np.ones(len(columns))
    return Predictors(request.predictors, np.column_stack(columns), weights)


def _average(table: _Table, text: str, start: int) -> Floats:
    """The mean of a predictor over the times before the start, or over the named times."""
    name, *window = [text] if text in table.columns else text.split(":")
    first, last = 0, start
    if window:
        first = table.panel.times.index(window[0])
        last = table.panel.times.index(window[-1]) + 1
        if len(window) > 2 or not first < last <= len(table.panel.times.values):
            raise MethodError("bad-parameter", f"no times are meant by {text!r}", "--predictors")
    return _mean(table.figures(name, "predictors")[:, first:last])


def _randomised(table: _Table, request: Request) -> Evaluation:
    sides, start = table.sides()
    y = table.panel.outcome
    several = y.shape[1] > 1
    if several and start is None:
        raise MethodError("missing-option", "there are several times", "--start")
    columns = []
    if several and start is not None:
        if not 0 <= start < y.shape[1]:
            raise MethodError("bad-start", "no time lies after the start", "start")
        outcome = _mean(y[:, start:])
        if start > 0:
            columns.append(_mean(y[:, :start]))
    else:
        outcome = y[:, 0]
    end = start if several and start else 1
    columns += [_mean(table.figures(name, "predictors")[:, :end]) for name in request.predictors]
    clusters = table.labels(request.cluster, "cluster") if request.cluster else None
    return randomised(
        outcome,
        sides,
        covariates=np.column_stack(columns) if columns else None,
        clusters=clusters,
        level=request.level,
        seed=request.seed,
    )


def _before_after(table: _Table, request: Request) -> Evaluation:
    start = table.treatment()[1] if request.treated and not request.start else table.start()
    if start is None:
        raise MethodError("missing-option", "this design needs it", "--start")
    y = table.panel.outcome
    if not 1 <= start < y.shape[1]:
        raise MethodError("bad-start", "there must be times before and after the start", "start")
    if request.treated is not None:
        y = y[table.sides()[0]]
    return before_after(_mean(y[:, :start]), _mean(y[:, start:]), level=request.level)


def _mean(values: Floats) -> Floats:
    """The mean of the known values in each row; NaN if there are none."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0).sum(axis=1)
    mean: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean
