"""Permissions: who an actor is, and what an actor may do with a team.

Every app bases its own rules on these. `docs/reference/roles.md` lists them in words.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import Actor
from alliance.network.access import has_confirmed
from alliance.network.enums import InvitationState, Scope, TeamRole
from alliance.network.models import Invitation, Organisation

# -- who an actor is ------------------------------------------------------------------------


def is_signed_in(actor: Actor) -> bool:
    """Whether the actor is a signed-in person, not a token or a process of the installation."""
    return actor.user is not None


def is_member_of(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor is in the organisation's team, including editors and tokens."""
    return organisation.public_id in actor.teams


def is_editor_of(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor is an editor of the organisation's team, or one of its tokens."""
    return actor.teams.get(organisation.public_id) == TeamRole.EDITOR


def is_reviewer(actor: Actor) -> bool:
    return NetworkRole.REVIEWER in actor.roles


def is_moderator(actor: Actor) -> bool:
    """Whether the actor moderates posts; the secretariat may always stand in."""
    return NetworkRole.MODERATOR in actor.roles or is_secretariat(actor)


def is_secretariat(actor: Actor) -> bool:
    """Whether the actor is the secretariat, or has elevated rights."""
    return NetworkRole.SECRETARIAT in actor.roles or actor.elevated


def is_elevated(actor: Actor) -> bool:
    """Whether the actor has temporary rights over every record, for minutes and with a reason."""
    return actor.elevated


def has_scope(actor: Actor, scope: Scope) -> bool:
    """Whether a token has this scope; people are not limited by scopes."""
    return actor.scopes is None or scope in actor.scopes


# -- permissions on a team -------------------------------------------------------------------


def may_manage_team(actor: Actor, organisation: Organisation) -> bool:
    """View the team, invite, change roles, end memberships, create and revoke tokens.

    The team's editors, the secretariat, and the commands of the installation. No token may: a
    leaked one could create others.
    """
    if actor.scopes is not None:
        return False
    return actor.is_system or is_editor_of(actor, organisation) or is_secretariat(actor)


def may_leave_team(actor: Actor, organisation: Organisation) -> bool:
    """Leave a team: every person in it."""
    return is_signed_in(actor) and is_member_of(actor, organisation)


def may_ask_to_edit(actor: Actor, organisation: Organisation) -> bool:
    """Ask to become an editor: members of the team."""
    return is_signed_in(actor) and actor.teams.get(organisation.public_id) == TeamRole.MEMBER


def may_leave_team_without_editor(actor: Actor) -> bool:
    """Remove the last editor of a team, which nobody in the team could undo."""
    return actor.is_system or is_secretariat(actor)


# -- accepting an invitation -----------------------------------------------------------------


def invitation_state(invitation: Invitation, at: dt.datetime) -> InvitationState:
    """The state of an invitation at `at`."""
    if invitation.accepted_at is not None:
        return InvitationState.ACCEPTED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    if invitation.expires_at <= at:
        return InvitationState.EXPIRED
    return InvitationState.OPEN


def invitation_refusal(invitation: Invitation, actor: Actor, at: dt.datetime) -> str:
    """Why a signed-in person may not accept an invitation, as a sentence; empty if she may.

    The address it is for is never revealed: the link may have come into other hands.
    """
    state = invitation_state(invitation, at)
    if state == InvitationState.ACCEPTED:
        return gettext(
            "This invitation has already been used. An invitation can be used only once."
        )
    if state == InvitationState.WITHDRAWN:
        return gettext("This invitation was withdrawn by the team that sent it.")
    if state == InvitationState.EXPIRED:
        return gettext("This invitation has expired.")
    if invitation.email and not (actor.user and has_confirmed(actor.user, invitation.email)):
        return gettext(
            "This invitation was sent to a different email address from those you have "
            "confirmed here."
        )
    return ""
