"""API routes of testbeds and of the bookings of their slots."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Status

from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import Fault, InvalidData
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import (
    LanguageQuery,
    PageQuery,
    api_address,
    page_address,
    page_of,
)
from alliance.network.api.writing import actor_in, created, day_of
from alliance.network.enums import Scope, Topic
from alliance.testbeds import rules as pilot_rules
from alliance.testbeds.api import testbed_schemas as schemas
from alliance.testbeds.enums import TestbedKind
from alliance.testbeds.models import Booking, Testbed
from alliance.testbeds.selectors.access import (
    CHANGE,
    get_booking_for,
    get_keeping_team,
    get_speaking_team,
    get_testbed_for,
)
from alliance.testbeds.selectors.testbeds import (
    Wanted,
    accepted_bookings,
    free_periods,
    wanted_testbeds,
)
from alliance.testbeds.services import bookings, testbeds
from alliance.testbeds.services.testbeds import DatasetData, PermitData, TestbedWords
from alliance.testbeds.slots import Span

router = Router(tags=["testbeds"])
WRITES = TeamOrPerson(Scope.EXCHANGE)


class TestbedQuery(PageQuery):
    topic: Topic | None = Field(None, description="Only of this topic.")
    kind: TestbedKind | None = Field(None, description="Only of this kind of place.")
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="Only in this country.")
    city: str | None = Field(None, max_length=80, description="Only in the city of this id.")
    free_from: str | None = Field(
        None, description="With `free_to`: only with a slot free on each day of the period."
    )
    free_to: str | None = Field(None, description="Last day of the period.")


def _window(query: TestbedQuery) -> Span | None:
    first, last = day_of("free_from", query.free_from), day_of("free_to", query.free_to)
    if first is None and last is None:
        return None
    if first is None or last is None:
        missing = "free_from" if first is None else "free_to"
        raise InvalidData([Fault(missing, "missing")])
    if last < first:
        raise InvalidData([Fault("free_to", "last-before-first")])
    return Span(first, last)


def _item(row: Testbed, language: str) -> dict[str, Any]:
    plain = (
        "title", "text", "language", "kind", "place", "latitude", "longitude", "capacity",
        "state", "stated_at", "changed_at",
    )  # fmt: skip
    texts = ("topic", "owner", "capacity_words", "conditions", "cost", "closed_because")
    owner = row.owner_organisation
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: getattr(row, name) or None for name in texts},
        "id": row.public_id,
        "city": row.city.public_id,
        "country": row.city.country,
        "team": row.organisation.public_id,
        "owner_organisation": owner.public_id if owner else None,
        "page": page_address("testbeds:testbed", language, row.public_id),
    }


def _booking(row: Booking, actor: Actor) -> dict[str, Any]:
    plain = ("title", "language", "starts_on", "ends_on", "state")
    known = row.pilot is not None and pilot_rules.may_read_pilot(actor, row.pilot)
    return {name: getattr(row, name) for name in plain} | {
        "id": row.public_id,
        "team": row.organisation.public_id,
        "reason": row.reason or None,
        "pilot": row.pilot.public_id if row.pilot is not None and known else None,
    }


def _whole(row: Testbed, language: str) -> dict[str, Any]:
    today = clock.today()
    accepted = accepted_bookings(row, today)
    free = free_periods(row, accepted, today)
    return _item(row, language) | {
        "permits": [
            {
                "name": permit.name,
                "granted_by": permit.granted_by or None,
                "state": permit.state,
                "days": permit.days,
            }
            for permit in row.permits.all()
        ],
        "data": [
            {
                "what": dataset.what,
                "since": dataset.since,
                **{
                    name: getattr(dataset, name) or None for name in ("how_often", "url", "licence")
                },
            }
            for dataset in row.data.all()
        ],
        "accepted": [_booking(booking, VISITOR) for booking in accepted],
        "free": None
        if row.capacity is None
        else [
            {"first": period.first, "last": period.last, "free": row.capacity - period.taken}
            for period in free
            if period.taken < row.capacity
        ],
    }


def _words(body: schemas.TestbedBody) -> TestbedWords:
    plain = body.model_dump(exclude={"permits", "data", "team"})
    return TestbedWords(
        **plain,
        permits=tuple(PermitData(**permit.model_dump()) for permit in body.permits),
        data=tuple(
            DatasetData(
                **dataset.model_dump() | {"since": day_of(f"data[{place}].since", dataset.since)}
            )
            for place, dataset in enumerate(body.data)
        ),
    )


@router.get("/testbeds", response=schemas.TestbedPage, summary="Testbeds")
def list_testbeds(request: HttpRequest, query: Query[TestbedQuery]) -> dict[str, Any]:
    """Places where actions may be tried, open ones first."""
    wanted = Wanted(
        topic=query.topic.value if query.topic else "",
        kind=query.kind.value if query.kind else "",
        country=query.country or "",
        city=(query.city or "").replace("\x00", ""),
        free=_window(query),
    )
    return page_of(request, query, wanted_testbeds(wanted), lambda row: _item(row, query.lang))


@router.post(
    "/testbeds", response={201: schemas.TestbedWhole}, auth=WRITES, summary="Describe a testbed"
)
def describe_testbed(
    request: HttpRequest,
    body: schemas.NewTestbedBody,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Describe a testbed of the city of a team. The same content again returns the existing
    testbed."""
    actor = actor_in(request)
    team = get_keeping_team(actor, body.team)
    made = testbeds.describe_testbed(team, _words(body), actor=actor, at=clock.now())
    created(response, api_address(f"testbeds/{made.public_id}"))
    return Status(201, _whole(get_testbed_for(actor, made.public_id), query.lang))


@router.get("/testbeds/{id}", response=schemas.TestbedWhole, summary="One testbed")
def get_testbed(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A testbed with permits, data, accepted trials and the periods in which a slot is free."""
    return _whole(get_testbed_for(VISITOR, id), query.lang)


@router.put(
    "/testbeds/{id}", response=schemas.TestbedWhole, auth=WRITES, summary="Change a testbed"
)
def change_testbed(
    request: HttpRequest, id: str, body: schemas.TestbedBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Replace the description of a testbed."""
    actor = actor_in(request)
    testbed = get_testbed_for(actor, id, CHANGE)
    testbeds.change_testbed(testbed, _words(body), actor=actor, at=clock.now())
    return _whole(get_testbed_for(actor, id), query.lang)


@router.post(
    "/testbeds/{id}/state",
    response=schemas.TestbedWhole,
    auth=WRITES,
    summary="Close or open a testbed",
)
def set_testbed_state(
    request: HttpRequest, id: str, body: schemas.SetTestbedState, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Close a testbed with a reason, or open it again."""
    actor = actor_in(request)
    testbed = get_testbed_for(actor, id, CHANGE)
    testbeds.set_testbed_state(
        testbed, state=body.state, reason=body.reason, actor=actor, at=clock.now()
    )
    return _whole(get_testbed_for(actor, id), query.lang)


@router.post(
    "/testbeds/{id}/bookings",
    response={201: schemas.BookingItem},
    auth=WRITES,
    summary="Ask for a slot",
)
def ask_for_slot(
    request: HttpRequest, id: str, body: schemas.AskForSlot, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Ask for a slot on behalf of a team. If a period is full, the 422 response names it."""
    actor = actor_in(request)
    testbed = get_testbed_for(actor, id)
    made = bookings.ask_for_slot(
        testbed,
        get_speaking_team(actor, body.team),
        title=body.title,
        language=body.language,
        starts_on=day_of("starts_on", body.starts_on),
        ends_on=day_of("ends_on", body.ends_on),
        pilot=body.pilot,
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"testbeds/{id}/bookings/{made.public_id}"))
    return Status(201, _booking(made, actor))


@router.get(
    "/testbeds/{id}/bookings/{booking_id}",
    response=schemas.BookingItem,
    auth=WRITES,
    summary="One booking",
)
def get_booking(request: HttpRequest, id: str, booking_id: str) -> dict[str, Any]:
    """A booking; unless accepted, it is visible only to the two teams and the secretariat."""
    actor = actor_in(request)
    return _booking(get_booking_for(actor, get_testbed_for(actor, id), booking_id), actor)


@router.post(
    "/testbeds/{id}/bookings/{booking_id}/answer",
    response=schemas.BookingItem,
    auth=WRITES,
    summary="Accept or decline a booking",
)
def answer_booking(
    request: HttpRequest, id: str, booking_id: str, body: schemas.AnswerBooking
) -> dict[str, Any]:
    """Accept a booking as the testbed’s team, or decline it with a reason."""
    actor = actor_in(request)
    booking = get_booking_for(actor, get_testbed_for(actor, id), booking_id)
    done = bookings.answer_booking(
        booking, state=body.state, reason=body.reason, actor=actor, at=clock.now()
    )
    return _booking(done, actor)


@router.post(
    "/testbeds/{id}/bookings/{booking_id}/withdraw",
    response=schemas.BookingItem,
    auth=WRITES,
    summary="Withdraw a booking",
)
def withdraw_booking(request: HttpRequest, id: str, booking_id: str) -> dict[str, Any]:
    """Withdraw a booking as the team that asked for it."""
    actor = actor_in(request)
    booking = get_booking_for(actor, get_testbed_for(actor, id), booking_id)
    return _booking(bookings.withdraw_booking(booking, actor=actor, at=clock.now()), actor)


@router.put(
    "/testbeds/{id}/bookings/{booking_id}/pilot",
    response=schemas.BookingItem,
    auth=WRITES,
    summary="Name the pilot of a booking",
)
def name_booking_pilot(
    request: HttpRequest, id: str, booking_id: str, body: schemas.NamePilot
) -> dict[str, Any]:
    """Record which pilot of the asking team a slot is for."""
    actor = actor_in(request)
    booking = get_booking_for(actor, get_testbed_for(actor, id), booking_id)
    done = bookings.name_pilot(booking, pilot=body.pilot, actor=actor, at=clock.now())
    return _booking(done, actor)
