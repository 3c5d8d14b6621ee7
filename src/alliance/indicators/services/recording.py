"""Taking figures in: new ones, and revisions of those there are. All or nothing, and repeatable."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData
from alliance.indicators.enums import WITHOUT_VALUE, BatchKind, Boundary, Quality, Status
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    Observation,
    ObservationBatch,
    Series,
)
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.periods import year_of
from alliance.network.models import Organisation

CHUNK = 2_000
# SQLite takes so many parameters in one statement.
KEYS = 500


@dataclass(frozen=True)
class ObservationRecord:
    """One figure on its way in. `city`, `definition` and `source` are primary keys.

    `definition_number` None means the version that holds now.
    """

    city: int
    definition: int
    period: str
    value: float | None
    status: str = Status.NORMAL
    boundary: str = Boundary.UNKNOWN
    sex: str = TOTAL
    age: str = TOTAL
    income: str = TOTAL
    area: str = TOTAL
    standard_error: float | None = None
    quality: str = ""
    definition_number: int | None = None
    method: str = ""
    source: int | None = None

    @property
    def series_key(self) -> tuple[object, ...]:
        return (
            self.definition, self.city, self.boundary, self.sex, self.age, self.income, self.area,
        )  # fmt: skip


def figure_faults(
    record: ObservationRecord, version: DefinitionVersion, *, today: dt.date
) -> Iterator[tuple[str, str]]:
    """(field, rule) of what is wrong with a figure, in the reader's language."""
    year = year_of(record.period)
    if year is None:
        yield "period", _("Give a period such as 2021, 2021-Q3 or 2021-06.")
    elif year > today.year:
        yield "period", _("The year %(year)s is in the future.") % {"year": year}
    if record.status not in Status.values:
        yield "status", _("%(code)s is no SDMX status that is taken.") % {"code": record.status}
    if record.boundary not in Boundary.values:
        yield "boundary", _("%(code)s is no kind of area.") % {"code": record.boundary}
    if record.quality and record.quality not in Quality.values:
        yield "quality", _("The grade is A, B or C.")
    yield from _value_faults(record, version)


def _value_faults(
    record: ObservationRecord, version: DefinitionVersion
) -> Iterator[tuple[str, str]]:
    value = record.value
    if value is None:
        if record.status not in WITHOUT_VALUE:
            yield "value", _("A figure of this status has a value; missing ones have status M.")
        return
    if record.status in WITHOUT_VALUE:
        yield "value", _("A figure of this status has no value.")
    if not math.isfinite(value):
        yield "value", _("The value is not a finite number.")
    elif version.valid_min is not None and value < version.valid_min:
        yield (
            "value",
            _("%(value)s is below %(least)s, the least this indicator can be.")
            % {"value": value, "least": version.valid_min},
        )
    elif version.valid_max is not None and value > version.valid_max:
        yield (
            "value",
            _("%(value)s is above %(most)s, the most this indicator can be.")
            % {"value": value, "most": version.valid_max},
        )
    error = record.standard_error
    if error is not None and not (math.isfinite(error) and error >= 0):
        yield "standard_error", _("A standard error is 0 or more.")


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
) -> ObservationBatch:
    """Take figures in. A figure that says what is known already is left alone; one that differs
    supersedes it, and the earlier one is kept. Raises InvalidData with `rows[i].field` for every
    fault, and nothing written.
    """
    versions = _latest_versions({record.definition for record in records})
    faults = [
        Fault(f"rows[{place}].{field}", rule)
        for place, record in enumerate(records)
        for field, rule in figure_faults(record, versions[record.definition], today=at.date())
    ]
    seen: dict[tuple[object, ...], int] = {}
    for place, record in enumerate(records):
        first = seen.setdefault((*record.series_key, record.period), place)
        if first != place:
            rule = _("stands already in row %(row)d") % {"row": first + 1}
            faults.append(Fault(f"rows[{place}]", rule))
    if faults:
        raise InvalidData(faults)
    with transaction.atomic():
        batch = ObservationBatch.objects.create(
            kind=kind,
            at=at,
            made_by=actor.user,
            made_by_label=actor.label[: audit.LONGEST_LABEL],
            organisation=organisation,
            reason=reason,
            file_name=file_name[:200],
            file_digest=file_digest,
        )
        for start in range(0, len(records), CHUNK):
            _record_chunk(records[start : start + CHUNK], batch, versions, at=at)
        batch.save(update_fields=["added", "revised", "unchanged"])
        if batch.added or batch.revised:
            audit.record(
                actor=actor,
                at=at,
                verb="record",
                kind="observations",
                public_id=batch.public_id,
                added=batch.added,
                revised=batch.revised,
                unchanged=batch.unchanged,
                reason=reason,
            )
    return batch


def _latest_versions(definitions: Iterable[int]) -> dict[int, DefinitionVersion]:
    rows = DefinitionVersion.objects.filter(definition__in=set(definitions)).order_by("number")
    found = {version.definition_id: version for version in rows}
    missing = set(definitions) - set(found)
    if missing:
        raise Definition.DoesNotExist(f"definitions {sorted(missing)} have no version")
    return found


def _record_chunk(
    records: Sequence[ObservationRecord],
    batch: ObservationBatch,
    versions: dict[int, DefinitionVersion],
    *,
    at: dt.datetime,
) -> None:
    series = _series_for(records)
    keys = [(series[record.series_key], record.period) for record in records]
    present = _in_force({key for key, _period in keys})
    superseded, added = [], []
    for record, key in zip(records, keys, strict=True):
        old = present.get(key)
        new = _observation(record, key[0], versions[record.definition], batch, at)
        if old is not None and record.definition_number is None and _says_same(old, new):
            # Told anew under a later version of its definition, a figure is not thereby revised.
            new.definition_number = old.definition_number
        if old is not None and _same(old, new):
            batch.unchanged += 1
            continue
        if old is not None:
            superseded.append(old.pk)
            batch.revised += 1
        else:
            batch.added += 1
        added.append(new)
    for start in range(0, len(superseded), KEYS):
        Observation.objects.filter(pk__in=superseded[start : start + KEYS]).update(superseded_at=at)
    Observation.objects.bulk_create(added, batch_size=KEYS)


def _series_for(records: Sequence[ObservationRecord]) -> dict[tuple[object, ...], int]:
    """The primary key of the series of each record; those that are not there are made."""
    wanted = {record.series_key for record in records}
    fields = ("definition_id", "city_id", "boundary", "sex", "age", "income", "area")

    def find() -> dict[tuple[object, ...], int]:
        rows = Series.objects.filter(
            city__in={record.city for record in records},
            definition__in={record.definition for record in records},
        ).values_list("pk", *fields)
        return {tuple(key): pk for pk, *key in rows}

    found = find()
    missing = wanted - set(found)
    if missing:
        Series.objects.bulk_create(
            [
                Series(**dict(zip(fields, key, strict=True)))
                for key in sorted(missing, key=lambda key: tuple(map(str, key)))
            ],
            ignore_conflicts=True,
            batch_size=KEYS,
        )
        found = find()
    return found


def _in_force(series: set[int]) -> dict[tuple[int, str], Observation]:
    found: dict[tuple[int, str], Observation] = {}
    ordered = sorted(series)
    for start in range(0, len(ordered), KEYS):
        rows = Observation.objects.filter(
            series__in=ordered[start : start + KEYS], superseded_at=None
        )
        found |= {(row.series_id, row.period): row for row in rows}
    return found


def _observation(
    record: ObservationRecord,
    series: int,
    version: DefinitionVersion,
    batch: ObservationBatch,
    at: dt.datetime,
) -> Observation:
    return Observation(
        series_id=series,
        period=record.period,
        year=year_of(record.period) or 0,
        value=record.value,
        status=record.status,
        standard_error=record.standard_error,
        quality=record.quality,
        definition_number=record.definition_number or version.number,
        method=record.method,
        source_id=record.source,
        batch=batch,
        recorded_at=at,
    )


_SAYS = ("value", "status", "standard_error", "quality", "method", "source_id")


def _says_same(old: Observation, new: Observation) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in _SAYS)


def _same(old: Observation, new: Observation) -> bool:
    return old.definition_number == new.definition_number and _says_same(old, new)
