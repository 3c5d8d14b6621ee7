"""Stating that two things hang together, whichever rooms they are of."""

from __future__ import annotations

import datetime as dt

from alliance.adoption.models import Link
from alliance.adoption.services import links as services
from alliance.core.audit import Actor
from alliance.network.models import Organisation
from alliance.thread.selectors.shapes import Key
from alliance.thread.selectors.walk import nodes


def state_link(
    organisation: Organisation,
    here: Key,
    there: Key,
    *,
    reason: str,
    language: str,
    actor: Actor,
    at: dt.datetime,
) -> Link:
    """State a link between what the actor may see. Raises what `adoption` does."""
    seen = {one.key: one for one in nodes(actor, [here, there], language or "en")}
    return services.state_link(
        organisation,
        here,
        there,
        seen=seen,
        reason=reason,
        language=language,
        actor=actor,
        at=at,
    )
