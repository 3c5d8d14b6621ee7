"""The only way from an id to a challenge and its answers. Sealed looks like missing."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.models import Answer, Challenge

READ, CHANGE, DECIDE = "read", "change", "decide"


def get_challenge_for(
    actor: Actor, public_id: str, action: str = READ, *, today: dt.date | None = None
) -> Challenge:
    """A challenge: everybody may "read" all of them; its team may "change" it, and "decide" it on
    a day, which is needed then. Raises NotFound.

    Raises ValueError for an action that no rule covers.
    """
    found = None
    if PUBLIC_ID.match(public_id):
        rows = Challenge.objects.select_related(
            "organisation__city", "city", "need", "testbed__city"
        )
        found = rows.filter(public_id=public_id).first()
    if action == READ:
        allowed = found is not None
    elif action == CHANGE:
        allowed = found is not None and rules.may_change(actor, found)
    elif action == DECIDE and today is not None:
        allowed = found is not None and rules.may_decide(actor, found, today)
    else:
        raise ValueError(f"no rule says who may {action!r}")
    if found is None or not allowed:
        raise NotFound("challenge", public_id)
    return found


def get_answer_for(actor: Actor, challenge: Challenge, public_id: str, today: dt.date) -> Answer:
    """An answer that the actor may read on a day. Raises NotFound, also where it is sealed."""
    found = None
    if PUBLIC_ID.match(public_id):
        rows = challenge.answers.select_related("organisation", "pilot__organisation")
        found = rows.filter(public_id=public_id).first()
    if found is not None:
        found.challenge = challenge
    if found is None or not rules.may_read_answer(actor, found, today):
        raise NotFound("answer", public_id)
    return found
