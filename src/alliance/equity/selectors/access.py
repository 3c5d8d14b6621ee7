"""Permission-checked getters of the areas of a city. Hidden looks like missing."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.equity import rules
from alliance.equity.models import AreaSet, Claim

READ, EDIT = "read", "edit"


def area_sets() -> QuerySet[AreaSet]:
    """The areas of cities with what every page of them reads, without the statistics."""
    return AreaSet.objects.select_related("city", "organisation__city").filter(ended_at=None)


def get_area_set_for(actor: Actor, public_id: str, action: str = READ) -> AreaSet:
    """The areas that the actor may "read" or "edit". Raises NotFound, also without permission."""
    may = {READ: rules.may_read, EDIT: rules.may_edit}[action]
    return get_by_public_id(area_sets(), "areas", public_id, partial(may, actor))


def get_area_claim(actor: Actor, public_id: str, post_id: str) -> Claim:
    """A challenge to a figure of areas that the actor may answer. Raises NotFound."""
    rows = Claim.objects.filter(
        area_set=get_area_set_for(actor, public_id, EDIT), answered_at=None
    ).select_related("post", "area_set__organisation__city")
    return get_by_public_id(rows, "challenge", post_id, field="post__public_id")
