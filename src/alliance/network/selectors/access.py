"""The permission-checked getters of teams and what belongs to them. Hidden looks like missing."""

from __future__ import annotations

import datetime as dt
from functools import partial

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id, secret_digest
from alliance.network import needs_offers_rules, rules
from alliance.network.access import in_force
from alliance.network.enums import DraftState
from alliance.network.models import (
    ApiToken,
    Invitation,
    JoinRequest,
    Membership,
    Need,
    Offer,
    Organisation,
    StatementDraft,
    Webhook,
)

MANAGE = "manage"
LEAVE = "leave"
ASK = "ask to edit"

_RULES = {
    MANAGE: rules.may_manage_team,
    LEAVE: rules.may_leave_team,
    ASK: rules.may_ask_to_edit,
}


def get_team_for(actor: Actor, public_id: str, action: str) -> Organisation:
    """The organisation whose team the actor may "manage", "leave" or "ask to edit" in.

    Raises NotFound, and ValueError for an action without a rule.
    """
    if action not in _RULES:
        raise ValueError(f"no rule says who may {action!r}")
    may = partial(_RULES[action], actor)
    return get_by_public_id(Organisation.objects.all(), "organisation", public_id, may)


def get_membership(organisation: Organisation, public_id: str, *, at: dt.datetime) -> Membership:
    """The membership of a person in a team that a getter has checked. Raises NotFound."""
    rows = Membership.objects.filter(in_force(at), organisation=organisation)
    rows = rows.select_related("user", "organisation")
    return get_by_public_id(rows, "member", public_id, field="user__public_id")


def get_invitation(organisation: Organisation, public_id: str) -> Invitation:
    """An invitation to a team that a getter has checked. Raises NotFound."""
    return get_by_public_id(organisation.invitations.all(), "invitation", public_id)


def get_token(organisation: Organisation, public_id: str) -> ApiToken:
    """A token of a team that a getter has checked. Raises NotFound."""
    return get_by_public_id(organisation.api_tokens.all(), "token", public_id)


def get_webhook(organisation: Organisation, public_id: str) -> Webhook:
    """A webhook of a team that a getter has checked. Raises NotFound."""
    return get_by_public_id(organisation.webhooks.filter(ended_at=None), "webhook", public_id)


def get_invitation_by_secret(secret: str) -> Invitation:
    """The invitation of a link, in any state. Raises NotFound."""
    invitation = (
        Invitation.objects.filter(secret_digest=secret_digest(secret))
        .select_related("organisation", "invited_by")
        .first()
    )
    if invitation is None:
        # The secret itself stays out of the message, which may be logged.
        raise NotFound("invitation", "of this link")
    return invitation


def get_join_request_by_secret(secret: str) -> JoinRequest:
    """The request to join of a link, in any state. Raises NotFound."""
    join_request = JoinRequest.objects.filter(secret_digest=secret_digest(secret)).first()
    if join_request is None:
        raise NotFound("join request", "of this link")
    return join_request


def get_join_requests(actor: Actor, group: str) -> list[JoinRequest]:
    """The confirmed requests to join of one organisation, for the secretariat. Raises NotFound."""
    rows = JoinRequest.objects.filter(group=group, confirmed_at__isnull=False)
    join_requests = list(rows.select_related("organisation", "decided_by"))
    if not join_requests or not rules.is_secretariat(actor):
        raise NotFound("join request", group)
    return join_requests


def get_open_join_requests(actor: Actor) -> list[list[JoinRequest]]:
    """All requests that wait for a decision, a list for each organisation, longest waiting first.

    For the secretariat. Raises NotFound.
    """
    if not rules.is_secretariat(actor):
        raise NotFound("page", "join-requests")
    groups: dict[str, list[JoinRequest]] = {}
    for join_request in JoinRequest.objects.filter(confirmed_at__isnull=False, decided_at=None):
        groups.setdefault(join_request.group, []).append(join_request)
    return list(groups.values())


def get_need(public_id: str) -> Need:
    """A need; all needs are public. Raises NotFound."""
    rows = Need.objects.select_related("organisation__city", "city").prefetch_related("tags")
    return get_by_public_id(rows, "need", public_id)


def get_offer(public_id: str) -> Offer:
    """An offer; all offers are public. Raises NotFound."""
    rows = Offer.objects.select_related("organisation__city", "city").prefetch_related("tags")
    return get_by_public_id(rows, "offer", public_id)


def get_need_to_change(actor: Actor, public_id: str) -> Need:
    """A need that the actor may change. Raises NotFound, also without permission."""
    need = get_need(public_id)
    if not needs_offers_rules.may_change(actor, need):
        raise NotFound("need", public_id)
    return need


def get_offer_to_change(actor: Actor, public_id: str) -> Offer:
    """An offer that the actor may change. Raises NotFound, also without permission."""
    offer = get_offer(public_id)
    if not needs_offers_rules.may_change(actor, offer):
        raise NotFound("offer", public_id)
    return offer


def get_statement_draft(actor: Actor, public_id: str) -> StatementDraft:
    """An open draft, for the city's team and the secretariat. Raises NotFound."""
    rows = StatementDraft.objects.filter(state=DraftState.OPEN)
    may = partial(needs_offers_rules.may_change, actor)
    return get_by_public_id(rows.select_related("organisation__city"), "draft", public_id, may)


def get_offering_team(actor: Actor, public_id: str) -> Organisation:
    """The municipality or university for which the actor makes offers. Raises NotFound."""
    may = partial(needs_offers_rules.may_offer_for, actor)
    return get_by_public_id(
        Organisation.objects.select_related("city"), "organisation", public_id, may
    )


def get_city_team(actor: Actor, public_id: str) -> Organisation:
    """The municipality for whose city the actor may act. Raises NotFound."""
    may = partial(needs_offers_rules.may_speak_for, actor)
    return get_by_public_id(
        Organisation.objects.select_related("city"), "organisation", public_id, may
    )
