"""Accounts that nobody uses any more: a letter first, then they are deleted."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.db.models.functions import Coalesce

from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.accounts.services.own_data import erase
from alliance.core import audit
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent

IDLE_AFTER = dt.timedelta(days=3 * 365)
#: Time between the letter and the deletion, in which signing in once is enough to stay.
NOTICE = dt.timedelta(days=30)
_WARNED = "warn of deletion"


def forget_idle_accounts(*, at: dt.datetime) -> tuple[int, int]:
    """Warn people who have not signed in for three years less a month, and delete after three.

    Nobody is deleted without a letter `NOTICE` before. Returns how many were warned and deleted.
    """
    seen = Coalesce(F("last_login"), F("joined_at"))
    idle = User.objects.annotate(seen=seen).filter(seen__lt=at - IDLE_AFTER + NOTICE)
    warned = deleted = 0
    for user in idle.order_by("pk"):
        warning = (
            AuditEvent.objects.filter(
                kind="person", public_id=user.public_id, verb=_WARNED, at__gt=user.seen
            )
            .order_by("-id")
            .first()
        )
        if warning is None:
            write_letter("idle", user, ends_on=(at + NOTICE).date())
            audit.record(
                actor=audit.WORKER, at=at, verb=_WARNED, kind="person", public_id=user.public_id
            )
            warned += 1
        elif at - warning.at >= NOTICE:
            try:
                erase(user, actor=audit.WORKER, at=at)
            except NotAllowed:
                # The last member of the secretariat: the network goes on.
                continue
            deleted += 1
    return warned, deleted
