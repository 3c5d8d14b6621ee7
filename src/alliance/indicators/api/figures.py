"""API routes of figures and their revisions."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.indicators.api import schemas
from alliance.indicators.as_of import moment_of
from alliance.indicators.exports.rows import FigureQuery, figures, rows_of
from alliance.indicators.selectors.access import get_indicator_for
from alliance.indicators.selectors.revisions import Revision, revised, revisions, with_names
from alliance.network.api.common import page
from alliance.network.localise import local_field

router = Router(tags=["indicators"])


class FiguresQuery(schemas.AsOfPageQuery):
    city: list[str] = Field([], description="Ids of cities; any of them.", max_length=100)
    first_year: int | None = Field(None, ge=1800, le=2200, description="From this year on.")
    last_year: int | None = Field(None, ge=1800, le=2200, description="Up to this year.")


class RevisionsQuery(schemas.AsOfPageQuery):
    indicator: str = Field("", max_length=80, description="Id of an indicator; all without it.")


@router.get(
    "/indicators/{id}/figures", response=schemas.FigurePage, summary="Figures of an indicator"
)
def list_figures(request: HttpRequest, id: str, query: Query[FiguresQuery]) -> dict[str, Any]:
    """Figures of every city, with series, unit, status, source and licence of each."""
    now = clock.now()
    asked = FigureQuery(
        read_at=now,
        moment=moment_of(query.as_of, now=now),
        indicators=(get_indicator_for(None, id).code,),
        cities=tuple(query.city),
        first_year=query.first_year,
        last_year=query.last_year,
    )
    # Rounded to the minute, so that repeated requests get the same response.
    asked = dataclasses.replace(asked, read_at=now.replace(second=0))
    rows = figures(asked)
    part = list(rows[query.offset : query.offset + query.limit])
    items = [schemas.answer_of(schemas.Figure, row) for row in rows_of(part, asked, query.lang)]
    return page(request, query, rows.count(), items)


@router.get("/revisions", response=schemas.RevisionPage, summary="Log of revisions")
def list_revisions(request: HttpRequest, query: Query[RevisionsQuery]) -> dict[str, Any]:
    """Figures that were corrected: old and new value, when, by whom and why; the newest first."""
    rows = revised(moment_of(query.as_of, now=clock.now()))
    if query.indicator:
        indicator = get_indicator_for(None, query.indicator)
        rows = rows.filter(series__definition__indicator=indicator)
    part = list(with_names(rows)[query.offset : query.offset + query.limit])
    items = [_revision(line, query.lang) for line in revisions(part)]
    return page(request, query, rows.count(), items)


def _revision(line: Revision, language: str) -> dict[str, Any]:
    before, after = line.before, line.after
    return {
        "city": line.city.public_id,
        "indicator": line.indicator.public_id,
        "period": before.period,
        "old_value": before.value,
        "new_value": after.value,
        "old_status": before.status,
        "new_status": after.status,
        "at": line.at,
        "by": local_field(line.who, "name", language) if line.who else None,
        "how": after.batch.kind,
        "reason": after.batch.reason or None,
    }
