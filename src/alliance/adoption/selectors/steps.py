"""The only way from an id to a step. Hidden looks like missing."""

from __future__ import annotations

from alliance.adoption import rules
from alliance.adoption.models import Step
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID


def get_step(public_id: str) -> Step:
    """A step: everybody may read all of them. Raises NotFound."""
    found = None
    if PUBLIC_ID.match(public_id):
        rows = Step.objects.select_related("organisation__city", "city")
        found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("step", public_id)
    return found


def get_step_to_change(actor: Actor, public_id: str) -> Step:
    """A step that the actor may change. Raises NotFound, also where that is not so."""
    found = get_step(public_id)
    if not rules.may_change(actor, found):
        raise NotFound("step", public_id)
    return found
