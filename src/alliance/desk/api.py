"""API routes of roles in the network, for people of the secretariat."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.accounts.services import end_role, give_role
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.desk.selectors.access import get_person_for, open_roles
from alliance.network.access import in_force
from alliance.network.api.authentication import PersonOnly
from alliance.network.api.common import Listing, api_address
from alliance.network.api.writing import Body, actor_in, created

router = Router(tags=["people"], auth=PersonOnly())


class GiveRole(Body):
    role: str = Field(description=f"One of: {', '.join(NetworkRole.values)}.")
    last_day: str | None = Field(
        None,
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="Such as 2027-06-30, in UTC; null for a role without an end.",
    )
    reason: str = Field("", max_length=300, description="Kept in the audit log.")


class Role(Schema):
    """A role of a person in the whole network."""

    role: NetworkRole
    since: dt.datetime
    last_day: dt.date | None
    reason: str


class RoleListing(Listing[Role]):
    """The current roles, the oldest first."""


def _person(actor: Actor, public_id: str) -> User:
    open_roles(actor)
    return get_person_for(actor, public_id)


def _role(grant: Grant) -> dict[str, Any]:
    return {
        "role": grant.role,
        "since": grant.given_at,
        "last_day": clock.last_day(grant.expires_at) if grant.expires_at else None,
        "reason": grant.shown_reason,
    }


@router.get("/people/{id}/roles", response=RoleListing, summary="Roles of a person in the network")
def list_roles(request: HttpRequest, id: str) -> dict[str, Any]:
    """The roles of a person in the whole network, without those in teams."""
    person = _person(actor_in(request), id)
    items = [_role(row) for row in person.grants.filter(in_force(clock.now())).order_by("id")]
    return {"count": len(items), "items": items}


@router.post(
    "/people/{id}/roles",
    response={201: Role},
    operation_id="giveRole",
    summary="Give a person a role",
)
def give_person_a_role(
    request: HttpRequest, id: str, body: GiveRole, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Give a person a role in the whole network, until the end of a day or without an end."""
    actor = actor_in(request)
    grant = give_role(
        actor=actor,
        user=_person(actor, id),
        role=body.role,
        reason=body.reason,
        expires_at=_end_of(body.last_day),
        at=clock.now(),
    )
    created(response, api_address(f"people/{id}/roles"))
    return Status(201, _role(grant))


def _end_of(last_day: str | None) -> dt.datetime | None:
    if last_day is None:
        return None
    try:
        day = dt.datetime.combine(dt.date.fromisoformat(last_day), dt.time(), tzinfo=dt.UTC)
        return day + dt.timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidData([Fault("last_day", "not-a-day")]) from error


@router.delete(
    "/people/{id}/roles/{role}",
    response={204: None},
    operation_id="endRole",
    summary="End a role",
)
def end_role_of_person(request: HttpRequest, id: str, role: str) -> Status[None]:
    """End a role at once. At least one person must remain in the secretariat."""
    actor, at = actor_in(request), clock.now()
    person = _person(actor, id)
    if not person.grants.filter(in_force(at), role=role).exists():
        raise NotFound("role", role)
    end_role(actor=actor, user=person, role=role, at=at)
    return Status(204, None)
