"""One-time links. Only the digest of a secret is stored."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.db import transaction

from alliance.accounts.models import OneTimeLink, User
from alliance.core.ids import new_secret, secret_digest


class Refusal(StrEnum):
    """Why a link is refused."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class LinkRefused(Exception):
    """A link is refused; `reason` says why."""

    def __init__(self, reason: Refusal):
        self.reason = reason
        super().__init__(f"the link is {reason}")


def make_link(
    *,
    purpose: str,
    lasts: dt.timedelta,
    at: dt.datetime,
    user: User | None = None,
    record_kind: str = "",
    record_id: str = "",
) -> str:
    """Create a link and return its secret, which is not stored."""
    secret = new_secret()
    link = OneTimeLink(
        purpose=purpose,
        secret_digest=secret_digest(secret),
        user=user,
        record_kind=record_kind,
        record_id=record_id,
        made_at=at,
        expires_at=at + lasts,
    )
    link.full_clean()
    link.save()
    return secret


def peek_link(*, purpose: str, secret: str, at: dt.datetime) -> OneTimeLink:
    """The link, without using it, for a confirmation page. Raises LinkRefused."""
    link = _find(purpose, secret)
    if link.used_at is not None:
        raise LinkRefused(Refusal.USED)
    if link.expires_at <= at:
        raise LinkRefused(Refusal.EXPIRED)
    return link


def use_link(*, purpose: str, secret: str, at: dt.datetime) -> OneTimeLink:
    """Use the link up, inside the transaction of what it allows. Raises LinkRefused.

    Of several simultaneous uses one succeeds.
    """
    with transaction.atomic():
        good = OneTimeLink.objects.filter(
            purpose=purpose, secret_digest=secret_digest(secret), used_at=None, expires_at__gt=at
        )
        if not good.update(used_at=at):
            peek_link(purpose=purpose, secret=secret, at=at)
            raise LinkRefused(Refusal.USED)  # it was used between the two queries
        return _find(purpose, secret)


def _find(purpose: str, secret: str) -> OneTimeLink:
    link = (
        OneTimeLink.objects.filter(purpose=purpose, secret_digest=secret_digest(secret))
        .select_related("user")
        .first()
    )
    if link is None:
        raise LinkRefused(Refusal.UNKNOWN)
    return link
