"""Invitations to a team: a link for one person, to be used once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from alliance.accounts.letters import write_letter
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.ids import new_secret, secret_digest
from alliance.network import rules
from alliance.network.access import in_force, still_open
from alliance.network.enums import InvitationState, TeamRole
from alliance.network.models import Invitation, Membership, Organisation
from alliance.network.services.memberships import check_may_manage, join, set_role

# The email address stays out of the audit trail, which is permanent.
_note = audit.noting("invitation", organisation="organisation.public_id")
LASTS = dt.timedelta(days=14)
#: More than any team needs at once; a team that reaches it should withdraw some.
MOST_OPEN = 100


@dataclass(frozen=True)
class Invited:
    """A new invitation with its secret, which is not stored.

    `is_new` is False if the same form was sent a second time, and nothing was created.
    """

    invitation: Invitation
    secret: str
    is_new: bool = True

    def address(self, language: str) -> str:
        """The full address of the link, leading to the page in `language`."""
        with translation.override(language):
            return settings.BASE_URL + reverse("network:invitation", args=[self.secret])


def invite(
    organisation: Organisation,
    *,
    role: str,
    email: str = "",
    language: str = "en",
    is_answer: bool = False,
    actor: audit.Actor,
    at: dt.datetime,
    secret: str = "",
) -> Invited:
    """Invite a person to a team; with `email` only the person with that address may accept.

    The address gets an email with the link, in `language` or that of its account; `is_answer`: the
    email says that it answers a request to join. A `secret` that came with a form makes repeated
    submissions harmless. Raises NotAllowed; InvalidData naming `email`, or `form` for one that was
    sent before with other values.
    """
    check_may_manage(actor, organisation)
    secret = secret or new_secret()
    email = email.strip()
    with transaction.atomic():
        # Two copies of a form that arrive at once wait for each other here.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        sent_before = Invitation.objects.filter(secret_digest=secret_digest(secret)).first()
        if sent_before is not None:
            return _once_more(sent_before, organisation, role, email, secret, at)
        _refuse_needless(organisation, email, at)
        invitation = Invitation(
            organisation=organisation,
            role=role,
            email=email,
            secret_digest=secret_digest(secret),
            invited_by=actor.user,
            made_at=at,
            expires_at=at + LASTS,
        )
        invitation.full_clean()
        invitation.save()
        _note(invitation, "invite", actor=actor, at=at, role=str(role))
        invited = Invited(invitation, secret)
        if email:
            write_letter(
                "invitation",
                email,
                language=language,
                organisation={"fr": organisation.name_fr, "sv": organisation.name_sv}.get(language)
                or organisation.name,
                role=TeamRole(role).label,
                inviter=actor.label,
                is_answer=is_answer,
                link=invited.address(language),
                expires_at=invitation.expires_at,
            )
    return invited


def withdraw(invitation: Invitation, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Withdraw an invitation, for good; an accepted one is not changed.

    Raises NotAllowed.
    """
    check_may_manage(actor, invitation.organisation)
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if rules.invitation_state(locked, at) == InvitationState.OPEN:
            locked.withdrawn_at = at
            locked.save(update_fields=["withdrawn_at"])
            _note(locked, "withdraw", actor=actor, at=at)


def accept_invitation(invitation: Invitation, *, actor: audit.Actor, at: dt.datetime) -> Membership:
    """Join the team as invited. Accepting it again changes nothing.

    The role of a member is raised, never lowered. Raises NotAllowed for an invitation that was used
    by somebody else, withdrawn, has expired, or is for another address.
    """
    if actor.user is None:
        raise NotAllowed(gettext("Sign in first."))
    with transaction.atomic():
        locked = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=invitation.pk)
        )
        organisation = locked.organisation
        present = Membership.objects.filter(
            in_force(at), user=actor.user, organisation=organisation
        ).first()
        if locked.accepted_by_id == actor.user.pk and present is not None:
            return present
        refusal = rules.invitation_refusal(locked, actor, at)
        if refusal:
            raise NotAllowed(refusal)
        locked.accepted_at, locked.accepted_by = at, actor.user
        locked.save(update_fields=["accepted_at", "accepted_by"])
        _note(locked, "accept", actor=actor, at=at)
        if present is None:
            return join(
                organisation,
                user=actor.user,
                role=locked.role,
                actor=actor,
                at=at,
                given_by=locked.invited_by,
                invitation=locked.public_id,
            )
        if locked.role == TeamRole.EDITOR != present.role:
            set_role(
                present,
                role=locked.role,
                actor=actor,
                at=at,
                invitation=locked.public_id,
            )
        return present


def _refuse_needless(organisation: Organisation, email: str, at: dt.datetime) -> None:
    present = organisation.invitations.filter(still_open(at))
    if present.count() >= MOST_OPEN:
        raise InvalidData([Fault("form", "many-invitations", {"n": MOST_OPEN})])
    if not email:
        return
    members = Membership.objects.filter(in_force(at), organisation=organisation)
    if members.filter(user__email__iexact=email).exists():
        raise InvalidData([Fault("email", "in-team")])
    if present.filter(email__iexact=email).exists():
        raise InvalidData([Fault("email", "invited-already")])


def _once_more(
    invitation: Invitation,
    organisation: Organisation,
    role: str,
    email: str,
    secret: str,
    at: dt.datetime,
) -> Invited:
    """The invitation that the same form created before, if it has the same values."""
    is_same = (invitation.organisation_id, invitation.role, invitation.email) == (
        organisation.pk,
        role,
        email,
    )
    if not is_same or rules.invitation_state(invitation, at) != InvitationState.OPEN:
        raise InvalidData([Fault("form", "invitation-sent-before")])
    return Invited(invitation, secret, is_new=False)
