"""Indicators, definitions and figures for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from alliance.indicators.enums import BatchKind
from alliance.indicators.models import Definition, ObservationBatch
from alliance.indicators.services import DefinitionRecord, ObservationRecord
from alliance.network.models import City

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def make_definition(
    code: str = "GREEN", key: str = "TEST_GREEN", *, at: dt.datetime = NOW, **values: Any
) -> Definition:
    """An indicator with one definition in its first version; `values` go into the version."""
    record = DefinitionRecord(
        **{
            "text": "Green space within 300 m, share of residents.",
            "unit": "percent",
            "unit_label": "% of residents",
            "direction": "higher",
            "publisher": "Test office",
            "licence": "CC0",
            "valid_min": 0.0,
            "valid_max": 100.0,
            **values,
        }
    )
    indicator = services.save_indicator(code, actor=COMMAND_LINE, at=at, name=code.title())
    return services.save_version(indicator, key, record, actor=COMMAND_LINE, at=at).definition


def make_city(public_id: str, **values: Any) -> City:
    return City.objects.create(
        public_id=public_id, **{"name": public_id.title(), "country": "SE", **values}
    )


def record(
    city: City,
    definition: Definition,
    figures: dict[str, float | None],
    *,
    at: dt.datetime = NOW,
    reason: str = "",
    boundary: str = "municipality",
    **values: Any,
) -> ObservationBatch:
    """Take in one figure for each period of `figures`."""
    records = [
        ObservationRecord(
            city=city.pk,
            definition=definition.pk,
            period=period,
            value=value,
            boundary=boundary,
            **values,
        )
        for period, value in figures.items()
    ]
    return services.record_observations(
        records, actor=COMMAND_LINE, at=at, kind=BatchKind.COMMAND, reason=reason
    )
