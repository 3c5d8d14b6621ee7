"""Indicators, definitions and figures for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from alliance.indicators.enums import BatchKind, NodeKind, PeerStanding, ReleaseState
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    ObservationBatch,
    Release,
    Score,
    Target,
)
from alliance.indicators.services import ObservationRecord, releases
from alliance.indicators.services.targets import set_target
from alliance.network.models import City

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def make_definition(
    code: str = "GREEN", key: str = "TEST_GREEN", *, at: dt.datetime = NOW, **values: Any
) -> Definition:
    """An indicator with one definition in its first version; `values` go into the version."""
    record = DefinitionVersion(
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


def make_target(definition: Definition | None, *, at: dt.datetime = NOW, **values: Any) -> Target:
    """A target in the unit of a definition, of all cities where none is given."""
    given = {"kind": "law", "basis": "Test law", "value": 90.0, "year": 2030, **values}
    if definition is not None:
        given = {"indicator": definition.indicator, **given}
    return set_target(Target(definition=definition, **given), actor=COMMAND_LINE, at=at)


def make_city(public_id: str, **values: Any) -> City:
    given = {"name": public_id.title(), "country": "SE", **values}
    return City.objects.create(public_id=public_id, **given)


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


def make_release(*, at: dt.datetime = NOW, year: int = 2021, **values: Any) -> Release:
    """A published release without scores."""
    return Release.objects.create(
        **{
            "name": str(year),
            "year": year,
            "as_of": at,
            "made_at": at,
            "made_by_label": "command line",
            "state": ReleaseState.DONE,
            "published_at": at,
            "seed": 1,
            **values,
        }
    )


def make_score(release: Release, city: City, definition: Definition, **values: Any) -> Score:
    """What a release says of a city on the indicator of a definition."""
    if clause := values.get("not_ranked"):
        values.setdefault("standing", PeerStanding.without_place(clause))
    return Score.objects.create(
        release=release,
        city=city,
        node=definition.indicator.code,
        **{
            "kind": NodeKind.INDICATOR,
            "definition_key": definition.key,
            "boundary": "municipality",
            "value": 41.0,
            "period": "2021",
            "status": "A",
            "score": 41.0,
            **values,
        },
    )


def publish_release(*, at: dt.datetime = NOW) -> Release:
    """A release of the figures that are there, computed and published."""
    started = releases.start_release(actor=COMMAND_LINE, at=at, by_worker=False)
    releases.make_release(started.public_id, at=at)
    started.refresh_from_db()
    return started
