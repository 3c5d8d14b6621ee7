"""API routes of the people of teams: for people who have signed in, never for tokens.

A token that could admit people would outlive its revocation: whoever found it could return by an
invitation.
"""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from alliance.accounts.models import User
from alliance.accounts.services import own_data
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import NotFound, refuse
from alliance.network import services
from alliance.network.access import in_force, still_open
from alliance.network.api import team_schemas as schemas
from alliance.network.api.authentication import PersonOnly
from alliance.network.api.common import api_address
from alliance.network.api.writing import actor_in, created
from alliance.network.enums import TeamRole
from alliance.network.models import Invitation, Membership, Organisation
from alliance.network.selectors.access import (
    LEAVE,
    MANAGE,
    get_invitation,
    get_membership,
    get_team_for,
)
from alliance.network.text_checks import choice_faults

router = Router(tags=["teams"], auth=PersonOnly())


def _role(role: str) -> str:
    refuse(choice_faults("role", role, TeamRole.values))
    return role


def _member(membership: Membership) -> dict[str, Any]:
    user = membership.user
    return {
        "id": user.public_id,
        "name": user.name,
        "email": user.email,
        "role": membership.role,
        "since": membership.since,
    }


def _invitation(invitation: Invitation) -> dict[str, Any]:
    recorded = ("email", "role", "made_at", "expires_at")
    return {name: getattr(invitation, name) for name in recorded} | {"id": invitation.public_id}


@router.get("/teams/{id}/members", response=schemas.MemberListing, summary="People of a team")
def list_members(request: HttpRequest, id: str) -> dict[str, Any]:
    """The members of a team, for its editors and the secretariat."""
    team = get_team_for(actor_in(request), id, MANAGE)
    rows = Membership.objects.filter(
        in_force(clock.now()), organisation=team, user__is_active=True
    ).select_related("user")
    members = sorted(rows, key=lambda row: (row.role != TeamRole.EDITOR, row.user.name, row.pk))
    return {"count": len(members), "items": [_member(row) for row in members]}


@router.put(
    "/teams/{id}/members/{member_id}", response=schemas.Member, summary="Give a member another role"
)
def change_member(
    request: HttpRequest, id: str, member_id: str, body: schemas.ChangeMember
) -> dict[str, Any]:
    """Change the role of a member; the last editor stays one."""
    actor, at = actor_in(request), clock.now()
    team = get_team_for(actor, id, MANAGE)
    membership = get_membership(team, member_id, at=at)
    return _member(services.change_role(membership, role=_role(body.role), actor=actor, at=at))


@router.delete(
    "/teams/{id}/members/{member_id}", response={204: None}, summary="Take somebody out of a team"
)
def end_membership(request: HttpRequest, id: str, member_id: str) -> Status[None]:
    """End a membership, also one's own; what was written stays with the team."""
    actor, at = actor_in(request), clock.now()
    membership = get_membership(_team_to_end_in(actor, id, member_id), member_id, at=at)
    services.end_membership(membership, actor=actor, at=at)
    return Status(204, None)


def _team_to_end_in(actor: Actor, id: str, member_id: str) -> Organisation:
    is_own = actor.user is not None and actor.user.public_id == member_id
    try:
        return get_team_for(actor, id, MANAGE)
    except NotFound:
        if not is_own:
            raise
        return get_team_for(actor, id, LEAVE)


@router.get(
    "/teams/{id}/invitations",
    response=schemas.InvitationListing,
    summary="Open invitations to a team",
)
def list_invitations(request: HttpRequest, id: str) -> dict[str, Any]:
    """The open invitations; no response contains their links."""
    team = get_team_for(actor_in(request), id, MANAGE)
    items = [_invitation(row) for row in team.invitations.filter(still_open(clock.now()))]
    return {"count": len(items), "items": items}


@router.post(
    "/teams/{id}/invitations",
    response={201: schemas.MadeInvitation},
    summary="Invite somebody to a team",
)
def invite(
    request: HttpRequest, id: str, body: schemas.Invite, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Invite a person, by email if an address is given. The link works once."""
    actor = actor_in(request)
    language = body.language or "en"
    invited = services.invite(
        get_team_for(actor, id, MANAGE),
        role=_role(body.role),
        email=body.email,
        language=language,
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"teams/{id}/invitations"))
    return Status(201, _invitation(invited.invitation) | {"link": invited.address(language)})


@router.delete(
    "/teams/{id}/invitations/{invitation_id}",
    response={204: None},
    summary="Withdraw an invitation",
)
def withdraw_invitation(request: HttpRequest, id: str, invitation_id: str) -> Status[None]:
    """Withdraw an invitation; an accepted one is not changed."""
    actor = actor_in(request)
    invitation = get_invitation(get_team_for(actor, id, MANAGE), invitation_id)
    services.withdraw_invitation(invitation, actor=actor, at=clock.now())
    return Status(204, None)


@router.get(
    "/me/data", response=schemas.OwnData, summary="Everything kept about oneself", tags=["people"]
)
def get_own_data(request: HttpRequest) -> dict[str, Any]:
    """The same as the download of the page *My data*."""
    return {"data": own_data.collect(cast(User, actor_in(request).user))}
