"""Memberships in teams, and their roles."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.errors import NotAllowed, refuse
from alliance.network import rules
from alliance.network.access import in_force
from alliance.network.addresses import page_address
from alliance.network.enums import TeamRole
from alliance.network.localise import local_name
from alliance.network.models import Membership, Organisation
from alliance.network.text_checks import text_faults

LONGEST_REASON = 1_000
#: The kind of a team in the audit trail; the id is that of its organisation.
_note = audit.noting("team", about="organisation.public_id", member="user.public_id")


def check_may_manage(actor: audit.Actor, organisation: Organisation) -> None:
    """Raise NotAllowed unless the actor may manage the team."""
    if not rules.may_manage_team(actor, organisation):
        rule = gettext("Only editors of the team and the secretariat can do this.")
        raise NotAllowed(rule, team=organisation)


def give_membership(
    organisation: Organisation, *, user: User, role: str, actor: audit.Actor, at: dt.datetime
) -> Membership:
    """Add a person to a team, or change the person's role there.

    For those who may manage the team. Raises NotAllowed.
    """
    check_may_manage(actor, organisation)
    with transaction.atomic():
        present = _locked_team(organisation, at).get(user.pk)
        if present is None:
            return join(organisation, user=user, role=role, actor=actor, at=at)
        return change_role(present, role=role, actor=actor, at=at)


def join(
    organisation: Organisation,
    *,
    user: User,
    role: str,
    actor: audit.Actor,
    at: dt.datetime,
    given_by: User | None = None,
    **details: str,
) -> Membership:
    """Start a membership without checking permissions. Call it in a transaction.

    `given_by` is who admitted the person, by default the actor.
    """
    # An expired membership still blocks a new one.
    Membership.objects.filter(
        user=user, organisation=organisation, ended_at=None, expires_at__lte=at
    ).update(ended_at=at)
    membership = Membership(
        user=user, organisation=organisation, role=role, since=at, given_by=given_by or actor.user
    )
    membership.full_clean()
    membership.save()
    _note(membership, "join", actor=actor, at=at, role=str(role), **details)
    return membership


def change_role(
    membership: Membership, *, role: str, actor: audit.Actor, at: dt.datetime
) -> Membership:
    """Change the role of a member; the same role again changes nothing.

    Raises NotAllowed without permission to manage the team, and if anybody but the secretariat
    would demote the team's last editor; ValidationError for an unknown role.
    """
    organisation = membership.organisation
    check_may_manage(actor, organisation)
    with transaction.atomic():
        present = _locked_team(organisation, at).get(membership.user_id)
        if present is None or present.pk != membership.pk:
            raise NotAllowed(gettext("This person is no longer in the team."))
        if present.role == role:
            return present
        _refuse_to_lose_last_editor(present, actor=actor, at=at)
        set_role(present, role=role, actor=actor, at=at)
    return present


def ask_to_edit(organisation: Organisation, *, actor: audit.Actor, at: dt.datetime) -> Membership:
    """Request the role of editor; repeating it changes nothing.

    The editors decide, or the secretariat if there are none. Raises NotAllowed for all but members
    of the team.
    """
    with transaction.atomic():
        present = None if actor.user is None else _locked_team(organisation, at).get(actor.user.pk)
        if present is None:
            raise NotAllowed(
                gettext("You need to be a member of the team to ask to become an editor.")
            )
        if present.role == TeamRole.EDITOR or present.asked_editor_at is not None:
            return present
        present.asked_editor_at = at
        present.save(update_fields=["asked_editor_at"])
        _note(present, "request", actor=actor, at=at)
    return present


def decline_editor(
    membership: Membership, *, reason: str, actor: audit.Actor, at: dt.datetime
) -> Membership:
    """Decline a member's request to become an editor; the person gets the reason by email.

    Raises NotAllowed, InvalidData.
    """
    organisation = membership.organisation
    check_may_manage(actor, organisation)
    refuse(text_faults("reason", reason, required=True, longest=LONGEST_REASON))
    with transaction.atomic():
        present = _locked_team(organisation, at).get(membership.user_id)
        if present is None or present.asked_editor_at is None:
            return membership
        present.asked_editor_at = None
        present.save(update_fields=["asked_editor_at"])
        _note(present, "reject", actor=actor, at=at)
        _answer(present, reason=reason.strip())
    return present


def _answer(membership: Membership, *, reason: str = "") -> None:
    """Email a member the decision on the request to become an editor."""
    user, organisation = membership.user, membership.organisation
    write_letter(
        "editor_answered",
        user,
        team=local_name(organisation, user.language),
        reason=reason,
        url=page_address("knowledge:organisation", user.language, organisation.public_id),
    )


def set_role(
    membership: Membership, *, role: str, actor: audit.Actor, at: dt.datetime, **details: str
) -> None:
    """Save a role without checking permissions. Call it in a transaction."""
    before, membership.role = membership.role, role
    has_asked, membership.asked_editor_at = membership.asked_editor_at is not None, None
    membership.full_clean()
    membership.save(update_fields=["role", "asked_editor_at"])
    if has_asked and role == TeamRole.EDITOR:
        _answer(membership)
    _note(
        membership,
        "change-role",
        actor=actor,
        at=at,
        role=str(role),
        role_before=before,
        **details,
    )


def end_membership(membership: Membership, *, actor: audit.Actor, at: dt.datetime) -> None:
    """End a membership, for good; the row remains as history.

    Members may end their own. Raises NotAllowed as `change_role` does.
    """
    organisation = membership.organisation
    is_own = actor.user is not None and actor.user.pk == membership.user_id
    if not is_own:
        check_may_manage(actor, organisation)
    with transaction.atomic():
        present = _locked_team(organisation, at).get(membership.user_id)
        if present is None or present.pk != membership.pk:
            return
        _refuse_to_lose_last_editor(present, actor=actor, at=at)
        present.ended_at = at
        present.save(update_fields=["ended_at"])
        _note(present, "leave" if is_own else "end-membership", actor=actor, at=at)


def is_last_editor(membership: Membership, *, at: dt.datetime) -> bool:
    """Whether this is the team's only editor."""
    if membership.role != TeamRole.EDITOR:
        return False
    others = Membership.objects.filter(
        in_force(at),
        organisation_id=membership.organisation_id,
        role=TeamRole.EDITOR,
        user__is_active=True,
    )
    return not others.exclude(pk=membership.pk).exists()


def _refuse_to_lose_last_editor(
    membership: Membership, *, actor: audit.Actor, at: dt.datetime
) -> None:
    if rules.may_leave_team_without_editor(actor) or not is_last_editor(membership, at=at):
        return
    raise NotAllowed(
        gettext(
            "This is the team’s last editor. Make someone else an editor first, or ask "
            "the secretariat."
        )
    )


def _locked_team(organisation: Organisation, at: dt.datetime) -> dict[int, Membership]:
    """The memberships in force by person, locked: two editors cannot remove each other at once."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    team = Membership.objects.filter(in_force(at), organisation=organisation)
    return {
        membership.user_id: membership for membership in team.select_related("user", "organisation")
    }
