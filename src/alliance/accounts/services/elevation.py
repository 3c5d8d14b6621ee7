"""Extended rights of secretariat and operators: for half an hour, with a reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts import rules, selectors
from alliance.accounts.models import Elevation
from alliance.accounts.services.people import refuse_odd_reason
from alliance.core import audit
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotAllowed

LASTS = dt.timedelta(minutes=30)
SHORTEST_REASON = 10


def elevate(*, actor: Actor, reason: str, at: dt.datetime) -> Elevation:
    """Take rights over every record until 30 minutes from `at`; present ones end.

    The caller ensures that the person has just reauthenticated. Raises NotAllowed for anybody but
    secretariat and operators, InvalidData if the reason is insufficient.
    """
    if not rules.may_elevate(actor) or actor.user is None:
        raise NotAllowed(_("Only the secretariat and operators can use extended rights."))
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise InvalidData([Fault("reason", "short-reason", {"least": SHORTEST_REASON})])
    refuse_odd_reason(reason)
    with transaction.atomic():
        actor.user.elevations.filter(selectors.in_force(at)).update(ended_at=at)
        elevation = Elevation(user=actor.user, reason=reason, at=at, expires_at=at + LASTS)
        elevation.full_clean()
        elevation.save()
        audit.record(
            "person",
            actor.user,
            "elevate",
            actor=actor,
            at=at,
            reason=reason,
            expires_at=elevation.expires_at.isoformat(),
        )
    return elevation


def end_elevation(*, actor: Actor, at: dt.datetime) -> bool:
    """End extended rights early; returns whether there were any."""
    if actor.user is None:
        return False
    with transaction.atomic():
        ended = actor.user.elevations.filter(selectors.in_force(at)).update(ended_at=at)
        if ended:
            audit.record("person", actor.user, "end-elevation", actor=actor, at=at)
    return bool(ended)
