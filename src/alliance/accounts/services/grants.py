"""Granting network-wide roles to people, and ending them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts import rules, selectors
from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.accounts.services.people import refuse_odd_reason
from alliance.core import audit
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotAllowed


def give_role(
    *,
    actor: Actor,
    user: User,
    role: str,
    at: dt.datetime,
    reason: str = "",
    expires_at: dt.datetime | None = None,
) -> Grant:
    """Grant a person a role until `expires_at`, or without an end.

    Raises NotAllowed for anybody but the secretariat, InvalidData if the person has the role
    already, the role does not exist, or its end is in the past.
    """
    _require_secretariat(actor)
    refuse_odd_reason(reason)
    if role not in NetworkRole.values:
        raise InvalidData([Fault("role", "no-role")])
    if expires_at is not None and expires_at <= at:
        raise InvalidData([Fault("expires_at", "ends-in-past")])
    with transaction.atomic():
        # Two simultaneous requests wait for each other here, so that the second sees the grant of
        # the first.
        User.objects.select_for_update().get(pk=user.pk)
        if user.grants.filter(selectors.in_force(at), role=role).exists():
            raise InvalidData([Fault("role", "has-role")])
        for over in user.grants.filter(role=role, ended_at=None):
            over.ended_at = over.expires_at
            over.save(update_fields=["ended_at"])
        grant = Grant(
            user=user,
            role=role,
            reason=reason.strip(),
            given_at=at,
            given_by=actor.user,
            expires_at=expires_at,
        )
        grant.full_clean()
        grant.save()
        audit.record(
            "person",
            user,
            "give-role",
            actor=actor,
            at=at,
            role=role,
            reason=grant.reason,
            expires_at=expires_at.isoformat() if expires_at else None,
        )
    return grant


def end_role(*, actor: Actor, user: User, role: str, at: dt.datetime, reason: str = "") -> None:
    """End a role of a person.

    Raises NotAllowed for anybody but the secretariat, InvalidData if the person does not have the
    role, or if nobody would be left in the secretariat.
    """
    _require_secretariat(actor)
    refuse_odd_reason(reason)
    with transaction.atomic():
        held = Grant.objects.select_for_update().filter(selectors.in_force(at), role=role)
        grants = {grant.user_id: grant for grant in held.select_related("user").order_by("id")}
        grant = grants.pop(user.pk, None)
        if grant is None:
            raise InvalidData([Fault("role", "has-not-role")])
        others = [other for other in grants.values() if other.user.is_active]
        if role == NetworkRole.SECRETARIAT and not others and not actor.is_system:
            raise InvalidData([Fault("role", "last-of-secretariat")])
        grant.ended_at = at
        grant.save(update_fields=["ended_at"])
        audit.record(
            "person", user, "end-role", actor=actor, at=at, role=role, reason=reason.strip()
        )


def _require_secretariat(actor: Actor) -> None:
    if not rules.may_give_roles(actor):
        raise NotAllowed(_("Only the secretariat can give and end roles in the network."))
