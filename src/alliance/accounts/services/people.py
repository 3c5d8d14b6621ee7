"""Accounts of people."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData
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
    """An account whose address counts as confirmed, because somebody trusted vouches for it.

    Raises InvalidData where the address is taken or a field breaks a rule.
    """
    user = User(email=email.strip().lower(), name=name.strip(), language=language, is_demo=is_demo)
    user.set_password(password)
    with transaction.atomic():
        _clean(user)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        audit.record(actor=actor, at=at, verb="create", kind="person", public_id=user.public_id)
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
            audit.record(
                actor=actor,
                at=at,
                verb="change",
                kind="person",
                public_id=user.public_id,
                fields=changed,
            )
    return user


def name_fault(name: str) -> str | None:
    """The rule that a person's name breaks, or None."""
    if markup_fault("name", name):
        return _("A name is plain text.")
    if "\n" in name or "://" in name:
        return _("A name holds neither line breaks nor addresses.")
    return None


def refuse_odd_reason(reason: str) -> None:
    """Raise InvalidData for a reason that is no plain text: others read it, in the audit log."""
    if markup_fault("reason", reason):
        raise InvalidData([Fault("reason", _("A reason is plain text."))])


def _clean(user: User) -> None:
    faults = []
    if fault := name_fault(user.name):
        faults.append(Fault("name", fault))
    try:
        user.full_clean()
    except ValidationError as error:
        faults += [
            Fault(field, text) for field, texts in error.message_dict.items() for text in texts
        ]
    if faults:
        raise InvalidData(faults)
