"""API routes that read pilots, which are public once they are registered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.core.audit import VISITOR
from alliance.network.api.common import LanguageQuery, PageQuery, page_of
from alliance.testbeds import rules
from alliance.testbeds.api import schemas
from alliance.testbeds.api.build import (
    pilot_summary,
    pilot_whole,
    protocol_whole,
    result_whole,
)
from alliance.testbeds.enums import PilotDesign, PilotState
from alliance.testbeds.models import Pilot
from alliance.testbeds.selectors.access import get_evaluation, get_pilot_for, get_protocol
from alliance.testbeds.selectors.lists import overdue

router = Router(tags=["pilots"])


class PilotQuery(PageQuery):
    state: list[PilotState] = Field([], description="States; any of them.")
    design: list[PilotDesign] = Field([], description="Designs; any of them.")
    overdue: bool | None = Field(None, description="Only with an overdue result, or only others.")
    city: str | None = Field(None, max_length=80, description="Only with the city of this id.")
    solution: str | None = Field(None, max_length=80, description="Only of this solution.")


@router.get("/pilots", response=schemas.PilotPage, summary="List pilots")
def list_pilots(request: HttpRequest, query: Query[PilotQuery]) -> dict[str, Any]:
    """Registered pilots, the last frozen first: running, overdue, stopped, with results."""
    today = clock.today()
    rows = Pilot.objects.filter(state__in=[state.value for state in rules.PUBLIC])
    if query.state:
        rows = rows.filter(state__in=query.state)
    if query.design:
        rows = rows.filter(design__in=query.design)
    if query.overdue is not None:
        late = overdue(today)
        rows = rows.filter(late) if query.overdue else rows.exclude(late)
    if query.city is not None:
        rows = rows.filter(places__city__public_id=_known(query.city))
    if query.solution is not None:
        rows = rows.filter(solution__public_id=_known(query.solution))
    rows = rows.select_related("organisation", "solution").prefetch_related(
        "places__city", "protocols"
    )
    return page_of(
        request,
        query,
        rows.order_by("-frozen_at", "-pk"),
        lambda row: pilot_summary(row, query.lang, today),
    )


def _known(text: str) -> str:
    # PostgreSQL refuses NUL characters in text, SQLite accepts them.
    return text.replace("\x00", "")


@router.get("/pilots/{id}", response=schemas.Pilot, summary="One pilot")
def get_pilot(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A registered pilot: protocol in force, versions with digests, received data, results."""
    return pilot_whole(get_pilot_for(VISITOR, id), query.lang, clock.today())


@router.get(
    "/pilots/{id}/protocols/{number}", response=schemas.Protocol, summary="A frozen protocol"
)
def get_pilot_protocol(request: HttpRequest, id: str, number: int) -> dict[str, Any]:
    """A frozen version of the protocol as canonical JSON with its SHA-256."""
    return protocol_whole(get_protocol(get_pilot_for(VISITOR, id), number))


@router.get(
    "/pilots/{id}/results/{result_id}", response=schemas.Result, summary="A result of a pilot"
)
def get_pilot_result(
    request: HttpRequest, id: str, result_id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """An analysis with its figures, its findings in plain words, and the digests of its data."""
    pilot = get_pilot_for(VISITOR, id)
    return result_whole(get_evaluation(pilot, result_id), query.lang)
