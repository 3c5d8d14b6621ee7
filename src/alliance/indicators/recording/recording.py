"""Records figures, new or revised: all or nothing, and idempotent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Model

from alliance.core import audit
from alliance.core.errors import BrokenRule, refuse
from alliance.indicators.enums import BatchKind, Status
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    Observation,
    ObservationBatch,
    Series,
)
from alliance.indicators.periods import year_of
from alliance.indicators.privacy import hidden_figures
from alliance.indicators.recording.figure_faults import figure_faults
from alliance.indicators.recording.figures import (
    SERIES,
    Coded,
    FigureTable,
    Numbers,
    ObservationRecord,
    Rows,
    columns_of,
    groups,
)
from alliance.network.models import Organisation

# The number of parameters that SQLite accepts in a statement.
KEYS = 500
CHUNK = 20_000

_SERIES_FIELDS = ("definition_id", "city_id", "boundary", "sex", "age", "income", "area")
_SAYS = ("value", "status", "standard_error", "quality", "method", "source_id")
#: Stands for the recorded source of a figure.
EXISTING_SOURCE_ID = -2


@dataclass(frozen=True)
class Known:
    """The recorded figure in place of a new one: its primary key and its content."""

    pk: int
    says: tuple[Any, ...]

    @property
    def source(self) -> int | None:
        source_id: int | None = self.says[-1]
        return source_id

    @property
    def value(self) -> float | None:
        value: float | None = self.says[0]
        return value

    @property
    def status(self) -> str:
        return str(self.says[1])


@dataclass(frozen=True)
class Plan:
    """The effect of recording figures: rows to add, rows that supersede others, and unchanged
    rows."""

    added: Rows
    revised: dict[int, Known]
    unchanged: int


def record_observations(
    records: Sequence[ObservationRecord],
    *,
    actor: audit.Actor,
    at: dt.datetime,
    kind: BatchKind,
    reason: str = "",
    organisation: Organisation | None = None,
    file_name: str = "",
    file_digest: str = "",
    counted: Callable[[int], None] = lambda rows: None,
) -> ObservationBatch:
    """Records figures. An identical figure is unchanged; a different one supersedes the recorded
    figure, which is retained.

    Raises InvalidData with `rows[i].field` for every fault, and writes nothing.
    """
    figures = columns_of(records)
    faults = []
    for fault in figure_faults(figures, latest_versions(figures), today=at.date()):
        for row in fault.rows:
            rule = fault.rule_of(row)
            if not fault.field:
                rule = BrokenRule("same-figure", {"row": rule.params["row"] + 1})
            faults.append(rule.at(f"rows[{row}]{'.' * bool(fault.field)}{fault.field}"))
    refuse(faults)
    return record_figures(
        figures,
        actor=actor,
        at=at,
        kind=kind,
        reason=reason,
        organisation=organisation,
        file_name=file_name,
        file_digest=file_digest,
        counted=counted,
    )


def record_figures(
    figures: FigureTable,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    kind: BatchKind,
    reason: str = "",
    organisation: Organisation | None = None,
    file_name: str = "",
    file_digest: str = "",
    details: Mapping[str, Any] | None = None,
    preserved: Collection[str] = (),
    counted: Callable[[int], None] = lambda rows: None,
) -> ObservationBatch:
    """Writes figures without `figure_faults`; see `record_observations`.

    `preserved` are columns that the figures do not have: recorded values are preserved. `counted`
    is called with the number of rows written since the last call.
    """
    versions = latest_versions(figures)
    with transaction.atomic():
        # Of two concurrent imports, the second waits here and then sees the figures of the first.
        list(Definition.objects.select_for_update().filter(pk__in=versions).order_by("pk"))
        batch = ObservationBatch.objects.create(
            kind=kind,
            at=at,
            made_by=actor.user,
            made_by_label=actor.label[: audit.LONGEST_LABEL],
            organisation=organisation,
            reason=reason,
            file_name=file_name[:200],
            file_digest=file_digest,
            details=dict(details or {}),
        )
        series, plan = _series_and_plan(figures, make=True, preserved=preserved)
        figures = _completed(figures, plan, preserved)
        _write(figures, series, plan, batch, versions, counted)
        batch.added, batch.revised = len(plan.added), len(plan.revised)
        batch.unchanged = plan.unchanged
        batch.save(update_fields=["added", "revised", "unchanged"])
        if batch.added or batch.revised:
            audit.record(
                "observations",
                batch,
                "record",
                actor=actor,
                at=at,
                added=batch.added,
                revised=batch.revised,
                unchanged=batch.unchanged,
                reason=reason,
            )
    return batch


def plan_figures(figures: FigureTable, preserved: Collection[str] = ()) -> Plan:
    """What `record_figures` would do with the figures now; writes nothing."""
    return _series_and_plan(figures, make=False, preserved=preserved)[1]


def latest_versions(figures: FigureTable) -> dict[int, DefinitionVersion]:
    """The current version of each definition by primary key.

    Raises Definition.DoesNotExist if a definition has none.
    """
    wanted = set(figures.definition.words)
    rows = DefinitionVersion.objects.filter(definition__in=wanted).order_by("number")
    versions = {version.definition_id: version for version in rows}
    if missing := wanted - set(versions):
        raise Definition.DoesNotExist(f"definitions {sorted(missing)} have no version")
    return versions


def _series_and_plan(
    figures: FigureTable, *, make: bool, preserved: Collection[str]
) -> tuple[Rows, Plan]:
    """The primary key of each row's series, -1 if there is none, and the plan."""
    numbers, first = groups(getattr(figures, name) for name in SERIES)
    heads = figures.take(first)
    keys = list(zip(*(getattr(heads, name).values() for name in SERIES), strict=True))
    present = _present_series(heads)
    old = np.array([present.get(key, -1) for key in keys], dtype=np.int64)
    if make and (missing := [key for key in keys if key not in present]):
        insert(Series, _SERIES_FIELDS, sorted(missing, key=lambda key: tuple(map(str, key))))
        present = _present_series(heads)
    made = np.array([present.get(key, -1) for key in keys], dtype=np.int64)
    return made[numbers], _plan(figures, old[numbers], preserved)


def _present_series(heads: FigureTable) -> dict[tuple[Any, ...], int]:
    rows = Series.objects.filter(definition__in=set(heads.definition.words))
    if len(heads.city.words) <= KEYS:
        rows = rows.filter(city__in=heads.city.words)
    return {tuple(key): pk for pk, *key in rows.values_list("pk", *_SERIES_FIELDS).iterator()}


def absent_periods(figures: FigureTable) -> list[tuple[int, str]]:
    """Periods with a recorded figure in a series of these figures that are absent from them.

    Each with the first row of its series.
    """
    numbers, first = groups(getattr(figures, name) for name in SERIES)
    heads = figures.take(first)
    present = _present_series(heads)
    keys = zip(*(getattr(heads, name).values() for name in SERIES), strict=True)
    row_of = {
        present[key]: int(row) for key, row in zip(keys, first, strict=True) if key in present
    }
    own_periods = set(zip(numbers.tolist(), figures.period.values(), strict=True))
    missing = []
    pks = sorted(row_of)
    for start in range(0, len(pks), KEYS):
        known = Observation.objects.filter(
            series__in=pks[start : start + KEYS], superseded_at=None, value__isnull=False
        )
        for serial, period in known.values_list("series_id", "period").order_by("series", "period"):
            if (int(numbers[row_of[serial]]), period) not in own_periods:
                missing.append((row_of[serial], period))
    return missing


def _plan(figures: FigureTable, series: Rows, preserved: Collection[str]) -> Plan:
    order = np.argsort(series, kind="stable")
    order = order[series[order] >= 0]
    revised: dict[int, Known] = {}
    known = np.zeros(len(figures), dtype=bool)
    ordered = series[order]
    pks = np.unique(ordered)
    # A figure downloaded as suppressed is uploaded as such, and revises nothing.
    is_asked = Status.SUPPRESSED in figures.status.words
    hidden = hidden_figures(None, figures.definition.words) if is_asked else frozenset()
    for start in range(0, len(pks), KEYS):
        chunk = pks[start : start + KEYS]
        low = np.searchsorted(ordered, chunk[0], side="left")
        rows = order[low : np.searchsorted(ordered, chunk[-1], side="right")]
        for row, pk, says, same in _compared(figures, series, rows, chunk, preserved):
            known[row] = True
            if not same and not (pk in hidden and figures.status[row] == Status.SUPPRESSED):
                revised[row] = Known(pk, says)
    return Plan(np.flatnonzero(~known), revised, int(known.sum()) - len(revised))


def _compared(
    figures: FigureTable, series: Rows, rows: Rows, chunk: Rows, preserved: Collection[str]
) -> Iterator[tuple[int, int, tuple[Any, ...], bool]]:
    """Recorded figures as (row, primary key, content, whether the row has the same content)."""
    part = figures.take(rows)
    entries = dict(
        zip(
            zip(series[rows].tolist(), part.period.values(), strict=True),
            zip(rows.tolist(), _row_values(part), _stated(part).tolist(), strict=True),
            strict=True,
        )
    )
    observations = Observation.objects.filter(series__in=chunk.tolist(), superseded_at=None)
    for pk, serial, period, number, *says in observations.values_list(
        "pk", "series_id", "period", "definition_number", *_SAYS
    ).iterator():
        if (entry := entries.get((serial, period))) is not None:
            row, values, stated = entry
            if preserved or values[-1] == EXISTING_SOURCE_ID:
                values = _as_known(values, says, preserved)
            # A figure is not revised merely because it is repeated under a later version.
            yield row, pk, tuple(says), tuple(says) == values and stated in (0, number)


def _as_known(
    values: Sequence[Any], known: Sequence[Any], preserved: Collection[str]
) -> tuple[Any, ...]:
    """The content of a row, with preserved columns as recorded."""
    return tuple(
        old if name in preserved or (name == "source_id" and new == EXISTING_SOURCE_ID) else new
        for name, new, old in zip(_SAYS, values, known, strict=True)
    )


def _completed(figures: FigureTable, plan: Plan, preserved: Collection[str]) -> FigureTable:
    """The figures with preserved columns filled in from those that they supersede."""
    if not preserved and EXISTING_SOURCE_ID not in figures.source.words:
        return figures
    rows = [list(row) for row in _row_values(figures)]
    for row, known in plan.revised.items():
        rows[row] = list(_as_known(rows[row], known.says, preserved))
    columns = dict(zip(_SAYS, zip(*rows, strict=True), strict=True))
    return replace(
        figures,
        standard_error=np.array(columns["standard_error"], dtype=np.float64),
        quality=Coded.of(columns["quality"]),
        method=Coded.of(columns["method"]),
        source=Coded.of(
            None if source == EXISTING_SOURCE_ID else source for source in columns["source_id"]
        ),
    )


def _row_values(figures: FigureTable) -> Iterator[tuple[Any, ...]]:
    """The content of each row, in the order of `_SAYS`."""
    return zip(
        _or_none(figures.value),
        figures.status.values(),
        _or_none(figures.standard_error),
        figures.quality.values(),
        figures.method.values(),
        figures.source.values(),
        strict=True,
    )


def _stated(figures: FigureTable) -> Rows:
    """The number of the definition version that each row states, 0 for the current one."""
    number = figures.definition_number
    return number.per_word([word or 0 for word in number.words], np.int64)


def _or_none(numbers: Numbers) -> list[float | None]:
    values: list[float | None] = numbers.tolist()
    for row in np.flatnonzero(np.isnan(numbers)):
        values[row] = None
    return values


def _write(
    figures: FigureTable,
    series: Rows,
    plan: Plan,
    batch: ObservationBatch,
    versions: dict[int, DefinitionVersion],
    counted: Callable[[int], None],
) -> None:
    old = [known.pk for known in plan.revised.values()]
    for start in range(0, len(old), KEYS):
        Observation.objects.filter(pk__in=old[start : start + KEYS]).update(superseded_at=batch.at)
    rows = np.concatenate([plan.added, np.array(sorted(plan.revised), dtype=np.int64)])
    # Ordered by series and period, so that the indexes of the table grow at their end.
    rows = rows[np.argsort(series[rows], kind="stable")]
    fields = ("series_id", "period", "year", "definition_number", *_SAYS, "batch_id", "recorded_at")
    at = moment(batch.at)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        insert(
            Observation, fields, _lines(figures.take(part), series[part], versions, batch.pk, at)
        )
        counted(len(part))


def _lines(
    figures: FigureTable,
    series: Rows,
    versions: dict[int, DefinitionVersion],
    batch: int,
    at: Any,
) -> Iterable[tuple[Any, ...]]:
    years = figures.period.mapped(lambda word: year_of(word) or 0)
    latest = figures.definition.per_word(
        [versions[word].number for word in figures.definition.words], np.int64
    )
    stated = _stated(figures)
    for serial, period, year, number, says in zip(
        series.tolist(),
        figures.period.values(),
        years.values(),
        np.where(stated > 0, stated, latest).tolist(),
        _row_values(figures),
        strict=True,
    ):
        yield (serial, period, year, number, *says, batch, at)


def insert(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows; `fields` are attribute names of the model, in the order of the values.

    Times must come from `moment`. Constraints are checked by the database.
    """
    quote = connection.ops.quote_name
    names = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    columns = ", ".join(quote(names[name]) for name in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            # The names of our own tables and columns are quoted; every value is a parameter.
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(rows))  # noqa: S608


def moment(value: Any) -> Any:
    """A time in the form that the database driver expects."""
    return connection.ops.adapt_datetimefield_value(value)
