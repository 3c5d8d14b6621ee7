"""API routes that record steps and state links."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from alliance.adoption.enums import Kind, Relation, StepKind
from alliance.adoption.models import Step
from alliance.adoption.rules import PAIRS
from alliance.adoption.selectors.steps import get_step, get_step_to_change
from alliance.adoption.services import links as services
from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import (
    LanguageCode,
    LanguageQuery,
    Page,
    PageQuery,
    api_address,
    page_address,
    page_of,
)
from alliance.network.api.writing import Body, actor_in, created, day_of
from alliance.network.enums import Scope
from alliance.network.selectors.access import get_city_team
from alliance.thread.api.reading import ThreadEnd
from alliance.thread.selectors.access import get_link_for, get_link_to_change
from alliance.thread.services import state_link

router = Router(tags=["thread"])
WRITES = TeamOrPerson(Scope.EXCHANGE)
_DAY = "Year-month-day, such as 2026-05-31."


class StepQuery(PageQuery):
    kind: StepKind | None = Field(None, description="Only of this kind.")
    city: str | None = Field(None, max_length=80, description="Only of the city of this id.")


class ThreadStep(Schema):
    """A proposal, decision or workshop that happened outside of the platform."""

    id: str
    kind: StepKind
    city: str
    team: str
    title: str
    text: str | None
    language: LanguageCode
    date: dt.date
    url: str | None = Field(description="Where the city's own record of it can be read.")
    expected_by: dt.date | None = Field(
        description="Of a decision: the day by which an outcome is expected; null if none is told."
    )
    stated_at: dt.datetime
    changed_at: dt.datetime
    page: str


class ThreadStepPage(Page[ThreadStep]):
    """Steps, the latest first."""


class ThreadStepBody(Body):
    kind: Literal["proposal", "decision", "workshop"]
    title: str
    text: str = ""
    language: str = Field(description="en, fr or sv")
    date: str = Field(description=_DAY)
    url: str = Field("", description="An https address.")
    expected_by: str | None = Field(None, description=f"For decisions alone. {_DAY}")


class NewStepBody(ThreadStepBody):
    team: str = Field(description="Id of the municipality, of the caller's.")


class End(Body):
    kind: str
    id: str


class StateReason(Body):
    reason: str = Field(description="One sentence, at most 300 characters.")
    language: str = Field(description="en, fr or sv")


class StateLink(StateReason):
    team: str = Field(description="Id of the municipality, of the caller's.")
    here: End
    there: End


class ThreadLink(Schema):
    """A link that a team stated."""

    id: str
    first: ThreadEnd
    second: ThreadEnd
    relation: Relation
    reason: str
    language: LanguageCode
    team: str
    stated_at: dt.datetime
    changed_at: dt.datetime


def _step(step: Step, language: str) -> dict[str, Any]:
    return {
        "id": step.public_id,
        "kind": step.kind,
        "city": step.city.public_id,
        "team": step.organisation.public_id,
        "title": step.title,
        "text": step.text or None,
        "language": step.language,
        "date": step.happened_on,
        "url": step.url or None,
        "expected_by": step.expected_by,
        "stated_at": step.stated_at,
        "changed_at": step.changed_at,
        "page": page_address("thread:thread", language, step.kind, step.public_id),
    }


def _words(body: ThreadStepBody) -> services.StepData:
    return services.StepData(
        kind=body.kind,
        title=body.title,
        text=body.text,
        language=body.language,
        happened_on=day_of("date", body.date),
        url=body.url,
        expected_by=day_of("expected_by", body.expected_by),
    )


@router.get("/thread/steps", response=ThreadStepPage, summary="Proposals, decisions and workshops")
def list_thread_steps(request: HttpRequest, query: Query[StepQuery]) -> dict[str, Any]:
    """Events outside of the platform that teams recorded, the latest first."""
    rows = Step.objects.select_related("city", "organisation")
    if query.kind is not None:
        rows = rows.filter(kind=query.kind)
    if query.city is not None:
        rows = rows.filter(city__public_id=query.city.replace("\x00", ""))
    return page_of(request, query, rows, lambda row: _step(row, query.lang))


@router.post("/thread/steps", response={201: ThreadStep}, auth=WRITES, summary="Tell of a step")
def create_thread_step(
    request: HttpRequest, body: NewStepBody, query: Query[LanguageQuery], response: HttpResponse
) -> Status[dict[str, Any]]:
    """Record a proposal, decision or workshop of the city of a team. The same content again returns
    the existing step."""
    actor = actor_in(request)
    organisation = get_city_team(actor, body.team)
    made = services.record_step(organisation, _words(body), actor=actor, at=clock.now())
    created(response, api_address(f"thread/steps/{made.public_id}"))
    return Status(201, _step(get_step(made.public_id), query.lang))


@router.get("/thread/steps/{id}", response=ThreadStep, summary="One step")
def get_thread_step(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A step; its links are in its thread."""
    return _step(get_step(id), query.lang)


@router.put(
    "/thread/steps/{id}", response=ThreadStep, auth=WRITES, summary="Tell of a step otherwise"
)
def change_thread_step(
    request: HttpRequest, id: str, body: ThreadStepBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Replace a step; its kind cannot change."""
    actor = actor_in(request)
    services.change_step(get_step_to_change(actor, id), _words(body), actor=actor, at=clock.now())
    return _step(get_step(id), query.lang)


@router.delete("/thread/steps/{id}", response={204: None}, auth=WRITES, summary="Remove a step")
def remove_thread_step(request: HttpRequest, id: str) -> Status[None]:
    """Remove a step with its stated links."""
    actor = actor_in(request)
    services.remove_step(get_step_to_change(actor, id), actor=actor, at=clock.now())
    return Status(204, None)


def _link(actor: Actor, public_id: str) -> dict[str, Any]:
    link, first, second = get_link_for(actor, public_id, "en")
    return {
        "id": link.public_id,
        "first": {"kind": first.kind, "id": first.public_id},
        "second": {"kind": second.kind, "id": second.public_id},
        "relation": PAIRS[first.kind, second.kind],
        "reason": link.reason,
        "language": link.language,
        "team": link.organisation.public_id,
        "stated_at": link.stated_at,
        "changed_at": link.changed_at,
    }


def _key(end: End) -> tuple[str, str]:
    kind = end.kind if end.kind in Kind.values else ""
    return kind, end.id


@router.post("/thread/links", response={201: ThreadLink}, auth=WRITES, summary="Link two things")
def state_thread_link(
    request: HttpRequest, body: StateLink, response: HttpResponse
) -> Status[dict[str, Any]]:
    """State a link between two records, in either order. One of them must be of the team's city.
    Links that follow from data, such as that of a pilot to its solution, cannot be stated."""
    actor = actor_in(request)
    organisation = get_city_team(actor, body.team)
    made = state_link(
        organisation,
        _key(body.here),
        _key(body.there),
        reason=body.reason,
        language=body.language,
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"thread/links/{made.public_id}"))
    return Status(201, _link(actor, made.public_id))


@router.get("/thread/links/{id}", response=ThreadLink, summary="One link")
def get_thread_link(request: HttpRequest, id: str) -> dict[str, Any]:
    """A link that a team stated between two public records."""
    return _link(VISITOR, id)


@router.put(
    "/thread/links/{id}", response=ThreadLink, auth=WRITES, summary="Give another reason for a link"
)
def change_thread_link(request: HttpRequest, id: str, body: StateReason) -> dict[str, Any]:
    """Change the reason of a link; its two records cannot change."""
    actor = actor_in(request)
    link, _first, _second = get_link_to_change(actor, id, "en")
    services.change_link(
        link, reason=body.reason, language=body.language, actor=actor, at=clock.now()
    )
    return _link(actor, id)


@router.delete("/thread/links/{id}", response={204: None}, auth=WRITES, summary="Remove a link")
def remove_thread_link(request: HttpRequest, id: str) -> Status[None]:
    """Remove a link; both records remain."""
    actor = actor_in(request)
    link, _first, _second = get_link_to_change(actor, id, "en")
    services.remove_link(link, actor=actor, at=clock.now())
    return Status(204, None)
