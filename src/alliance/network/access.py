"""The actor of a request, with the roles and teams in force at that moment."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from allauth.account.models import EmailAddress
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.core.ids import secret_digest
from alliance.network.models import ApiToken, Membership

if TYPE_CHECKING:
    from alliance.accounts.models import User


def in_force(at: dt.datetime) -> Q:
    """The condition on grants, memberships and elevations in force at `at`."""
    return Q(ended_at=None) & (Q(expires_at=None) | Q(expires_at__gt=at))


def still_open(at: dt.datetime) -> Q:
    """The condition on invitations that can be accepted at `at`."""
    return Q(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


def memberships_of(user: User, at: dt.datetime) -> QuerySet[Membership]:
    """The memberships of a person in force at `at`, with their organisations."""
    return (
        Membership.objects.filter(in_force(at), user=user)
        .select_related("organisation__city")
        .order_by("organisation__name")
    )


def has_confirmed(user: User, email: str) -> bool:
    """Whether the person has confirmed this email address."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    return confirmed.filter(email__iexact=email).exists()


def actor_for(user: User, *, at: dt.datetime) -> Actor:
    """A person as an actor with the rights in force at `at`. One query."""
    if not user.is_active:
        return VISITOR
    parts = [
        _rights(user.grants.filter(in_force(at)), "grant", role="role"),
        _rights(memberships_of(user, at), "team", team="organisation__public_id", role="role"),
        _rights(user.elevations.filter(in_force(at)), "elevation"),
    ]
    rows = list(parts[0].union(*parts[1:], all=True))
    return Actor(
        label=user.name or user.email,
        user=user,
        roles=frozenset(role for what, _team, role in rows if what == "grant"),
        teams={team: role for what, team, role in rows if what == "team"},
        elevated=any(what == "elevation" for what, _team, _role in rows),
    )


def _rights(
    rows: QuerySet[Any], what: str, *, team: str = "", role: str = ""
) -> QuerySet[Any, Any]:
    """Rows as a kind of right, a team and a role, from these columns; "" for none."""
    annotated = rows.order_by().annotate(
        r_what=Cast(Value(what), TextField()),
        r_team=Cast(F(team) if team else Value(""), TextField()),
        r_role=Cast(F(role) if role else Value(""), TextField()),
    )
    return annotated.values_list("r_what", "r_team", "r_role")


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request, computed once: a signed-in person or a visitor."""
    known = getattr(request, "alliance_actor", None)
    if known is None:
        user = request.user
        known = actor_for(user, at=clock.now()) if user.is_authenticated else VISITOR
        request.alliance_actor = known  # type: ignore[attr-defined]
    return cast(Actor, known)


def actor_for_token(secret: str, *, at: dt.datetime) -> Actor | None:
    """The team of a token of the write API as an actor; None if the token is not valid at `at`."""
    token = (
        ApiToken.objects.filter(in_force(at), secret_digest=secret_digest(secret))
        .select_related("organisation")
        .first()
    )
    if token is None:
        return None
    # Once an hour is enough to see whether a token is still in use.
    if token.last_used_at is None or at - token.last_used_at > dt.timedelta(hours=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return Actor(
        label=f"{token.organisation.name}: {token.name}",
        teams={token.organisation.public_id: "editor"},
        scopes=frozenset(token.scopes),
    )
