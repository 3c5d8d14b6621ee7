"""Permission-checked getters for steps. Hidden looks like missing."""

from __future__ import annotations

from alliance.adoption import rules
from alliance.adoption.models import Step
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id


def get_step(public_id: str) -> Step:
    """A step, which is always public. Raises NotFound."""
    return get_by_public_id(
        Step.objects.select_related("organisation__city", "city"), "step", public_id
    )


def get_step_to_change(actor: Actor, public_id: str) -> Step:
    """A step that the actor may change. Raises NotFound, also without this permission."""
    step = get_step(public_id)
    if not rules.may_change(actor, step):
        raise NotFound("step", public_id)
    return step
