"""Imports a checked file: a preview of its changes, and then the writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData
from alliance.indicators.enums import BatchKind, Status
from alliance.indicators.importing.checking import (
    EXISTING_SOURCE,
    SOURCE,
    Checked,
    source_keys,
    with_sources,
)
from alliance.indicators.importing.report import Odd, Report, Revision
from alliance.indicators.models import Definition, Observation, ObservationBatch, ObservationSource
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.recording.figure_faults import LONGEST
from alliance.indicators.recording.figures import SERIES, Coded, FigureTable
from alliance.indicators.recording.recording import (
    KEYS,
    Plan,
    absent_periods,
    plan_figures,
    record_figures,
)
from alliance.network.models import City, Organisation

#: At most so many revisions are listed.
MOST_SHOWN = 100
#: A figure that differs from the usual value by this factor may be in another unit.
FAR = 30
SERIES_PATHS = tuple(f"series__{name}" for name in SERIES)


def look(checked: Checked) -> Report:
    """The report, with the changes that the figures would make now."""
    whole = _whole(checked)
    figures = with_sources(whole, source_keys(whole.source.words))
    plan = plan_figures(figures, checked.preserved_columns)
    return replace(
        checked.report,
        added=len(plan.added),
        revised=len(plan.revised),
        unchanged=plan.unchanged,
        revisions=tuple(_revisions(figures, plan, checked.numbers)),
        moved=_moved(checked, figures, plan),
        implausible=tuple(_implausible(figures, plan, checked.numbers)),
    )


def _whole(checked: Checked) -> FigureTable:
    """The figures; for an edition also those that its series no longer have, as missing."""
    figures, edition = checked.figures, checked.report.edition
    if not edition:
        return figures
    absent = absent_periods(figures)
    first = [row for row, _period in absent]
    gone = replace(
        figures.take(first),
        period=Coded.of(period for _row, period in absent),
        value=np.full(len(absent), np.nan),
        standard_error=np.full(len(absent), np.nan),
        status=Coded.constant(Status.MISSING.value, len(absent)),
        quality=Coded.constant("", len(absent)),
        method=Coded.constant(f"not in edition {edition}"[: LONGEST["method"]], len(absent)),
    )
    return figures.joined(gone) if absent else figures


def _moved(checked: Checked, figures: FigureTable, plan: Plan) -> dict[str, Any]:
    """By how much an edition changes recorded figures; empty for other files.

    `shared` figures are in both, and `moved` of them differ: by `least` to `most` per cent of their
    former value, with `middle` as the median absolute change. `gone` figures are now missing.
    """
    if not checked.report.edition:
        return {}
    old = {row: known.value for row, known in plan.revised.items() if known.value is not None}
    gone = sum(np.isnan(figures.value[row]) for row in old)
    both = [(was, float(figures.value[row])) for row, was in old.items()]
    both = [(was, now) for was, now in both if now == now and now != was]
    shares = [100 * (now - was) / abs(was) for was, now in both if was]
    summary: dict[str, Any] = {
        "shared": plan.unchanged + len(old) - int(gone),
        "moved": len(both),
        "gone": int(gone),
    }
    if shares:
        summary |= {
            "least": min(shares),
            "most": max(shares),
            "middle": float(np.median(np.abs(shares))),
        }
    return summary


def take_over(
    checked: Sequence[tuple[Checked, str, str]],
    *,
    actor: audit.Actor,
    at: dt.datetime,
    kind: BatchKind,
    reason: str = "",
    organisation: Organisation | None = None,
    counted: Callable[[int], None] = lambda rows: None,
) -> list[ObservationBatch]:
    """Writes the figures of files, given each with its name and digest: all of them or none.

    A batch without changes is not stored. Raises InvalidData if figures would be revised without a
    reason.
    """
    batches = []
    with transaction.atomic():
        for checked_file, file_name, file_digest in checked:
            whole = _whole(checked_file)
            for source in set(whole.source.words) - {EXISTING_SOURCE}:
                ObservationSource.objects.get_or_create(**dict(zip(SOURCE, source, strict=True)))
            figures = with_sources(whole, source_keys(whole.source.words))
            moved = (
                _moved(checked_file, figures, plan_figures(figures))
                if checked_file.report.edition
                else {}
            )
            batch = record_figures(
                figures,
                actor=actor,
                at=at,
                kind=kind,
                reason=reason,
                organisation=organisation,
                file_name=file_name,
                file_digest=file_digest,
                details=checked_file.report.details() | ({"moved": moved} if moved else {}),
                preserved=checked_file.preserved_columns,
                counted=counted,
            )
            # An edition is itself a reason.
            check_reason(batch.revised, reason or checked_file.report.edition)
            if not batch.added and not batch.revised:
                ObservationBatch.objects.filter(pk=batch.pk).delete()
            batches.append(batch)
    return batches


def check_reason(revised: int, reason: str) -> None:
    """Raises InvalidData if figures are revised without a reason."""
    if revised and not reason:
        raise InvalidData([Fault("reason", "no-reason-to-revise", {"n": revised})])


def _implausible(figures: FigureTable, plan: Plan, numbers: Sequence[int]) -> Iterator[Odd]:
    """New values that differ from the median of their series by a factor of `FAR`."""
    wanted = np.union1d(plan.added, np.array(list(plan.revised), dtype=np.int64))
    wanted = wanted[np.nan_to_num(figures.value[wanted]) != 0]
    if not wanted.size:
        return
    part = figures.take(wanted)
    keys = list(zip(*(getattr(part, name).values() for name in SERIES), strict=True))
    known: dict[tuple[Any, ...], list[float]] = {}
    rows = Observation.objects.filter(superseded_at=None, value__isnull=False)
    rows = rows.filter(series__definition__in=set(part.definition.values()))
    if len(cities := set(part.city.values())) <= KEYS:
        rows = rows.filter(series__city__in=cities)
    for *key, value in rows.values_list(*SERIES_PATHS, "value").iterator():
        known.setdefault(tuple(key), []).append(value)
    outliers = []
    for at, key in enumerate(keys):
        usual = median(map(abs, known[key])) if key in known else 0.0
        if usual and not 1 / FAR < abs(part.value[at]) / usual < FAR:
            outliers.append((at, usual))
    names = City.objects.in_bulk({part.city[at] for at, _usual in outliers[:MOST_SHOWN]})
    definitions = Definition.objects.in_bulk({part.definition[at] for at, _usual in outliers})
    for at, usual in outliers[:MOST_SHOWN]:
        yield Odd(
            city=names[part.city[at]].name,
            definition=definitions[part.definition[at]].key,
            period=part.period[at],
            value=float(part.value[at]),
            usual=usual,
            place=_("row %(row)s") % {"row": numbers[wanted[at]]},
            row=int(wanted[at]),
        )


def _revisions(figures: FigureTable, plan: Plan, numbers: Sequence[int]) -> list[Revision]:
    rows = sorted(plan.revised)[:MOST_SHOWN]
    part = figures.take(rows)
    cities = City.objects.in_bulk(set(part.city.values()))
    definitions = Definition.objects.in_bulk(set(part.definition.values()))
    revisions = []
    for place, row in enumerate(rows):
        known = plan.revised[row]
        new = float(part.value[place])
        group = [
            word
            for word in (getattr(part, n)[place] for n in ("sex", "age", "income", "area"))
            if word != TOTAL
        ]
        revisions.append(
            Revision(
                city=cities[part.city[place]].name,
                definition=definitions[part.definition[place]].key,
                period=part.period[place],
                boundary=part.boundary[place],
                group=", ".join(group),
                old=known.value,
                old_status=known.status,
                new=None if new != new else new,
                new_status=part.status[place],
                same_value=(known.value, known.status) == (new, part.status[place]),
                place=_("row %(row)s") % {"row": numbers[row]}
                if row < len(numbers)
                else _("not in the file"),
            )
        )
    return revisions
