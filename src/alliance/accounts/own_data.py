"""What the accounts, the audit trail and the queue keep about a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import DigestSubscription, User
from alliance.accounts.services.own_data import FORMER_MEMBER, forget_letters
from alliance.core.models import AuditEvent


def own_data(user: User) -> dict[str, Any]:
    """The account with all that belongs to it, and every act of the person."""
    return {
        "account": {
            "id": user.public_id,
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "joined_at": _time(user.joined_at),
            "last_sign_in": _time(user.last_login),
        },
        "email_addresses": [
            {"email": one.email, "confirmed": one.verified, "main": one.primary}
            for one in EmailAddress.objects.filter(user=user)
        ],
        "roles": [
            {
                "role": grant.role,
                "given_at": _time(grant.given_at),
                "expires_at": _time(grant.expires_at),
                "ended_at": _time(grant.ended_at),
                "reason": grant.shown_reason,
            }
            for grant in user.grants.all()
        ],
        "digest": [
            {"language": one.language, "since": _time(one.since)}
            for one in DigestSubscription.objects.filter(user=user)
        ],
        "emails_off": [
            {"kind": one.kind, "since": _time(one.since)} for one in user.letters_off.all()
        ],
        "emails_of_tasks": [
            {"kind": one.kind, "record": one.record_id, "at": _time(one.at)}
            for one in user.waiting_letters.all()
        ],
        "typed_not_saved": [
            {"page": one.address, "at": _time(one.at), "content": one.fields}
            for one in user.typed_texts.exclude(fields={})
        ],
        "elevations": [
            {"at": _time(one.at), "reason": one.reason, "until": _time(one.expires_at)}
            for one in user.elevations.all()
        ],
        # The secrets themselves stay here: whoever holds the file could sign in with them.
        "second_factors": [
            {"kind": one.type, "made_at": _time(one.created_at), "used_at": _time(one.last_used_at)}
            for one in Authenticator.objects.filter(user=user)
        ],
        "single_sign_on": [
            {"provider": one.provider, "id_there": one.uid, "told_by_it": one.extra_data}
            for one in SocialAccount.objects.filter(user=user)
        ],
        "sessions": [
            {
                "network_address": one.ip,
                "browser": one.user_agent,
                "since": _time(one.created_at),
                "last_seen": _time(one.last_seen_at),
            }
            for one in UserSession.objects.filter(user=user)
        ],
        "acts": [
            {
                "at": _time(act.at),
                "verb": act.verb,
                "kind": act.kind,
                "record": act.public_id,
                # Whose draft it was is not about the person, and hidden from its reviewers where
                # the draft hides its city.
                "details": {name: told for name, told in act.details.items() if name != "team"},
            }
            for act in AuditEvent.objects.filter(actor=user).order_by("id")
        ],
    }


def _time(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def forget(user: User, *, at: dt.datetime) -> None:
    """Take the name out of the audit trail, and delete sessions, letters and waiting mail."""
    AuditEvent.objects.filter(actor=user).update(actor_label=FORMER_MEMBER)
    AuditEvent.objects.filter(actor=None, actor_label=user.name, kind="person").update(
        actor_label=FORMER_MEMBER
    )
    AuditEvent.objects.filter(kind="person", public_id=user.public_id).update(public_id="")
    for event in _telling(AuditEvent.objects.all(), "details", user):
        event.details = _without(event.details, user)
        event.save(update_fields=["details"])
    for session in Session.objects.filter(expire_date__gte=at).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    for job in _telling(DBTaskResult.objects.all(), "args_kwargs", user):
        job.delete()
    forget_letters(user.email)


def _telling(rows: Any, column: str, user: User) -> Any:
    """The rows whose JSON names the person by id, address or name."""
    text = Cast(column, TextField())
    return rows.annotate(
        _by_id=StrIndex(text, Value(user.public_id)),
        _by_email=StrIndex(text, Value(user.email)),
        # Letters to others tell who invites or answers.
        _by_name=StrIndex(text, Value(user.name)),
    ).filter(Q(_by_id__gt=0) | Q(_by_email__gt=0) | Q(_by_name__gt=0))


def _without(value: Any, user: User) -> Any:
    """The JSON value with the person's id, address and name taken out."""
    if isinstance(value, dict):
        return {key: _without(item, user) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, user) for item in value]
    if isinstance(value, str):
        for trace in (user.public_id, user.email):
            value = value.replace(trace, "")
        return FORMER_MEMBER if value == user.name else value
    return value
