"""Accounts of people."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import TruncDay

from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, model_faults, refuse
from alliance.core.text import markup_fault


def make_person(
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None,
    language: str,
    at: dt.datetime,
    is_demo: bool = False,
) -> User:
    """Create an account whose address counts as confirmed, because somebody trusted vouches for it.

    Raises InvalidData if the address is taken or a field is invalid.
    """
    user = User(email=email.strip().lower(), name=name.strip(), language=language, is_demo=is_demo)
    user.set_password(password)
    with transaction.atomic():
        _clean(user)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        audit.record("person", user, "create", actor=actor, at=at)
    return user


def save_profile(*, actor: Actor, user: User, name: str, language: str, at: dt.datetime) -> User:
    """Change the name and the language of a person. Raises InvalidData."""
    before = {"name": user.name, "language": user.language}
    user.name, user.language = name.strip(), language
    with transaction.atomic():
        _clean(user)
        changed = [key for key, old in before.items() if getattr(user, key) != old]
        if changed:
            user.save(update_fields=changed)
            audit.record("person", user, "change", actor=actor, at=at, fields=changed)
    return user


def truncate_sign_in_days(user: User) -> None:
    """Truncate the sign-in times of a person's passkeys and external accounts to the day."""
    for rows, names in (
        (SocialAccount.objects, ("date_joined", "last_login")),
        (Authenticator.objects, ("created_at", "last_used_at")),
    ):
        rows.filter(user=user).update(**{name: TruncDay(name, tzinfo=dt.UTC) for name in names})


def name_fault(name: str) -> Fault | None:
    """The fault of a person's name, or None."""
    if "\n" in name or "://" in name:
        return Fault("name", "no-name-of-person")
    return markup_fault("name", name)


def refuse_odd_reason(reason: str) -> None:
    """Raise InvalidData for a reason that is not plain text: others read it in the audit log."""
    if fault := markup_fault("reason", reason):
        raise InvalidData([fault])


def _clean(user: User) -> None:
    faults = []
    if fault := name_fault(user.name):
        faults.append(fault)
    try:
        user.full_clean()
    except ValidationError as error:
        faults += model_faults(error)
    refuse(faults)
