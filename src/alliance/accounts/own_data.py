"""Data about a person in the accounts, the audit trail and the queue."""

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
    """The account with all that belongs to it, and every action of the person."""
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
            {
                "email": email_address.email,
                "confirmed": email_address.verified,
                "main": email_address.primary,
            }
            for email_address in EmailAddress.objects.filter(user=user)
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
            {"language": digest_subscription.language, "since": _time(digest_subscription.since)}
            for digest_subscription in DigestSubscription.objects.filter(user=user)
        ],
        "emails_off": [
            {"kind": unsubscription.kind, "since": _time(unsubscription.since)}
            for unsubscription in user.letters_off.all()
        ],
        "emails_of_tasks": [
            {
                "kind": waiting_letter.kind,
                "record": waiting_letter.record_id,
                "at": _time(waiting_letter.at),
            }
            for waiting_letter in user.waiting_letters.all()
        ],
        "typed_not_saved": [
            {"page": typed_text.address, "at": _time(typed_text.at), "content": typed_text.fields}
            for typed_text in user.typed_texts.exclude(fields={})
        ],
        "elevations": [
            {
                "at": _time(elevation.at),
                "reason": elevation.reason,
                "until": _time(elevation.expires_at),
            }
            for elevation in user.elevations.all()
        ],
        # The secrets themselves are not included: whoever has the file could sign in with them.
        "second_factors": [
            {
                "kind": authenticator.type,
                "made_at": _time(authenticator.created_at),
                "used_at": _time(authenticator.last_used_at),
            }
            for authenticator in Authenticator.objects.filter(user=user)
        ],
        "single_sign_on": [
            {
                "provider": social_account.provider,
                "id_there": social_account.uid,
                "told_by_it": social_account.extra_data,
            }
            for social_account in SocialAccount.objects.filter(user=user)
        ],
        "sessions": [
            {
                "network_address": user_session.ip,
                "browser": user_session.user_agent,
                "since": _time(user_session.created_at),
                "last_seen": _time(user_session.last_seen_at),
            }
            for user_session in UserSession.objects.filter(user=user)
        ],
        "acts": [
            {
                "at": _time(act.at),
                "verb": act.verb,
                "kind": act.kind,
                "record": act.public_id,
                # The team of a draft is not about the person, and hidden from its reviewers if the
                # draft hides its city.
                "details": {name: value for name, value in act.details.items() if name != "team"},
            }
            for act in AuditEvent.objects.filter(actor=user).order_by("id")
        ],
    }


def _time(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def forget(user: User, *, at: dt.datetime) -> None:
    """Remove the name from the audit trail, and delete sessions, emails and jobs."""
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
        # Emails to others name who invites or answers.
        _by_name=StrIndex(text, Value(user.name)),
    ).filter(Q(_by_id__gt=0) | Q(_by_email__gt=0) | Q(_by_name__gt=0))


def _without(value: Any, user: User) -> Any:
    """The JSON value without the person's id, address and name."""
    if isinstance(value, dict):
        return {key: _without(item, user) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, user) for item in value]
    if isinstance(value, str):
        for trace in (user.public_id, user.email):
            value = value.replace(trace, "")
        return FORMER_MEMBER if value == user.name else value
    return value
