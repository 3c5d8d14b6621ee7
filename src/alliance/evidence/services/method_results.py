"""Keeping what came of a method: other rooms bring it where something has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from alliance.analysis.engagement import Measured
from alliance.cases.models import Method
from alliance.core import audit
from alliance.evidence.models import MethodResult
from alliance.network.models import City


@dataclass(frozen=True)
class Use:
    """One use of a method that has ended; `source` and `source_id` as in `MethodResult`."""

    source: str
    source_id: str
    city: City
    title: str
    language: str
    ended_on: dt.date
    is_synthetic: bool = False


def as_measure(
    name: str, measured: Measured, *, group: str = "", unit: str = "", unit_pooled: str = ""
) -> dict[str, Any]:
    """A measure as `MethodResult` keeps it; `name`: of `MethodMeasure`."""
    fields = {"measure": str(name), "group": group, "unit": unit, "unit_pooled": unit_pooled}
    return asdict(measured) | fields


def save_result(
    method: Method,
    use: Use,
    measures: Sequence[Mapping[str, Any]],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> MethodResult:
    """Keep what came of a use; nothing is written where it is there already."""
    values = {
        "method": method,
        "city": use.city,
        "title": use.title,
        "language": use.language,
        "ended_on": use.ended_on,
        "is_synthetic": use.is_synthetic,
        "measures": [dict(measure) for measure in measures],
    }
    with transaction.atomic():
        rows = MethodResult.objects.select_for_update(of=("self",))
        existing = rows.filter(source=use.source, source_id=use.source_id).first()
        if existing is not None and all(getattr(existing, key) == it for key, it in values.items()):
            return existing
        made, _is_new = MethodResult.objects.update_or_create(
            source=use.source, source_id=use.source_id, defaults={**values, "changed_at": at}
        )
        audit.record("method", method, "result", actor=actor, at=at, source=use.source_id)
    return made


def drop_result(source: str, source_id: str) -> None:
    """Forget what came of a use that is no longer there."""
    MethodResult.objects.filter(source=source, source_id=source_id).delete()
