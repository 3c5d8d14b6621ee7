"""API operations that read workshops, which are public from their announcement on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.audit import VISITOR
from alliance.network.api.common import (
    LanguageCode,
    LanguageQuery,
    Page,
    PageQuery,
    page_address,
    page_of,
)
from alliance.workshops.enums import WorkshopState
from alliance.workshops.models import Session, Workshop
from alliance.workshops.selectors import counted, get_workshop_for, visible

router = Router(tags=["workshops"])


class WorkshopItem(Schema):
    """A workshop in a list, with texts by language, including that of the workshop."""

    id: str
    language: LanguageCode
    titles: dict[str, str]
    summaries: dict[str, str]
    state: str = Field(description=", ".join(WorkshopState.values[1:]))
    city: str | None
    place: str | None
    online: bool = Field(description="Whether one can take part online.")
    time_zone: str = Field(description="The zone of the place, by its IANA name.")
    first_day: dt.date
    last_day: dt.date
    sign_up_by: dt.date
    places: int
    spoken: list[str]
    organisation: str | None = Field(description="Who runs it; null: the secretariat.")
    synthetic: bool
    page: str


class SessionItem(Schema):
    """A part of the programme."""

    id: str
    titles: dict[str, str]
    starts_at: dt.datetime
    ends_at: dt.datetime
    room: str | None
    speakers: list[str]
    is_break: bool


class WorkshopDetails(WorkshopItem):
    signed_up: int = Field(description="How many have a place.")
    waiting: int
    places_left: int
    programme: list[SessionItem]


class WorkshopPage(Page[WorkshopItem]):
    """Workshops, the next one first."""


class WorkshopQuery(PageQuery):
    since: dt.date | None = Field(None, description="Only those that end on this day or later.")


def _item(workshop: Workshop, language: str) -> dict[str, Any]:
    recorded = (
        *("language", "titles", "summaries", "state", "first_day", "last_day"),
        *("sign_up_by", "spoken"),
    )
    return {name: getattr(workshop, name) for name in recorded} | {
        "id": workshop.public_id,
        "city": workshop.city.public_id if workshop.city else None,
        "place": workshop.place or None,
        "online": bool(workshop.online_url),
        "time_zone": workshop.zone,
        "places": workshop.capacity,
        "organisation": workshop.organisation.public_id if workshop.organisation else None,
        "synthetic": workshop.is_synthetic,
        "page": page_address("workshops:workshop", language, workshop.public_id),
    }


def _session(session: Session) -> dict[str, Any]:
    recorded = ("titles", "starts_at", "ends_at", "speakers", "is_break")
    return {name: getattr(session, name) for name in recorded} | {
        "id": session.public_id,
        "room": session.room or None,
    }


@router.get("/workshops", response=WorkshopPage, summary="List workshops")
def list_workshops(request: HttpRequest, query: Query[WorkshopQuery]) -> dict[str, Any]:
    """Announced workshops, the next first; no participant is named."""
    rows = visible().select_related("organisation")
    if query.since is not None:
        rows = rows.filter(last_day__gte=query.since)
    return page_of(request, query, rows, lambda workshop: _item(workshop, query.lang))


@router.get("/workshops/{id}", response=WorkshopDetails, summary="One workshop")
def get_workshop(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A workshop with its programme and the number of places taken. Links for online participants
    are left out; those who registered have them."""
    workshop = get_workshop_for(VISITOR, id)
    n = counted(workshop)
    return _item(workshop, query.lang) | {
        "signed_up": n["n"],
        "waiting": n["waiting"],
        "places_left": n["left"],
        "programme": [_session(session) for session in workshop.sessions.all()],
    }
