"""Queries about people: roles, teams, extended rights, and the data of their own page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.accounts import rules
from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Elevation, Grant, User
from alliance.core.audit import VISITOR, Actor


def in_force(at: dt.datetime) -> Q:
    """The condition on grants, memberships and elevations in force at `at`."""
    return Q(ended_at=None) & (Q(expires_at=None) | Q(expires_at__gt=at))


def failed_letters() -> QuerySet[Any]:
    """Emails that could not be sent after all attempts, oldest first.

    Each with the address (`to`), its `subject` and the key of the `person` who has this address.
    """
    arguments = KeyTransform("kwargs", "args_kwargs")
    people = User.objects.filter(email=OuterRef("to"), is_active=True)
    return (
        DBTaskResult.objects.filter(
            status=TaskResultStatus.FAILED, task_path="alliance.accounts.tasks.send_letter"
        )
        .annotate(
            to=KeyTextTransform("to", arguments), subject=KeyTextTransform("subject", arguments)
        )
        .annotate(person=Subquery(people.order_by("pk").values("pk")[:1]))
        .order_by("finished_at", "id")
    )


def has_secretariat(at: dt.datetime) -> bool:
    """Whether a real person who can sign in has the role of the secretariat."""
    return Grant.objects.filter(
        in_force(at), role=NetworkRole.SECRETARIAT, user__is_active=True, user__is_demo=False
    ).exists()


def elevation_of(user: User, at: dt.datetime) -> Elevation | None:
    """The extended rights of a person in force at `at`."""
    return user.elevations.filter(in_force(at)).order_by("-id").first()


def actor_from_account(user: User, *, at: dt.datetime) -> Actor:
    """A person with network-wide roles only, which is all that services on accounts check.

    `network.access.actor_of` includes the teams; it is in a higher app.
    """
    if not user.is_active:
        return VISITOR
    return Actor(
        label=user.name or user.email,
        user=user,
        roles=frozenset(user.grants.filter(in_force(at)).values_list("role", flat=True)),
        elevated=elevation_of(user, at) is not None,
    )


def own_page(user: User, *, at: dt.datetime) -> dict[str, Any]:
    """The context of a person's own page, in eight queries."""
    actor = actor_from_account(user, at=at)
    pending = EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email)
    means = list(Authenticator.objects.filter(user=user))
    codes = [
        authenticator
        for authenticator in means
        if authenticator.type == Authenticator.Type.RECOVERY_CODES
    ]
    return {
        "user": user,
        "new_email": pending.values_list("email", flat=True).first(),
        "roles": user.grants.filter(in_force(at)).order_by("id"),
        # Through the person, because the app of organisations is higher than this one.
        "places": user.memberships.filter(in_force(at))
        .select_related("organisation")
        .order_by("organisation__name"),
        "has_password": user.has_usable_password(),
        "passkeys": sum(
            authenticator.type == Authenticator.Type.WEBAUTHN for authenticator in means
        ),
        "has_app": any(authenticator.type == Authenticator.Type.TOTP for authenticator in means),
        "recovery_codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "connections": SocialAccount.objects.filter(user=user).count(),
        "may_elevate": rules.may_elevate(actor),
        "elevation": elevation_of(user, at),
    }
