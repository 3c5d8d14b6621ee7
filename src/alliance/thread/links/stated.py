"""Links that teams state."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, IntegerField, Q, Value

from alliance.adoption.enums import Kind
from alliance.adoption.models import Link
from alliance.core.audit import Actor
from alliance.knowledge.models import CaseStudy
from alliance.thread.columns import EDGE, Rows, const, day_of, text
from alliance.thread.links.kind import Ids


def stated_links(actor: Actor, ids: Ids, rank: int, without: Collection[str] = ()) -> list[Rows]:
    """The links at one of whose ends a given id stands; never one to a case that hides its city.

    Whether the actor may see what is at their other ends is for whoever reads those.
    """
    hidden = CaseStudy.objects.filter(is_masked=True).order_by().values("public_id")
    masked = Q(first_kind=Kind.CASE, first_id__in=hidden)
    masked |= Q(second_kind=Kind.CASE, second_id__in=hidden)
    parts = []
    for here, there in (("first", "second"), ("second", "first")):
        at = Q()
        for kind, wanted in ids.items():
            if wanted:
                at |= Q(**{f"{here}_kind": kind, f"{here}_id__in": list(wanted)})
        if at:
            rows = Link.objects.filter(at).exclude(masked)
            rows = rows.exclude(**{f"{there}_kind__in": list(without)}) if without else rows
            parts.append(_columns(rows, rank))
    return parts


def _columns(rows: Rows, rank: int) -> Rows:
    team = "organisation"
    columns = (
        Value(rank, IntegerField()),
        text("first_kind"),
        text("first_id"),
        text("second_kind"),
        text("second_id"),
        const(""),
        day_of("stated_at"),
        text(f"{team}__public_id"),
        *(text(f"{team}__{name}") for name in ("name", "name_fr", "name_sv")),
        text("reason"),
        text("language"),
        text(F("public_id")),
    )
    return rows.order_by().annotate(**dict(zip(EDGE, columns, strict=True))).values_list(*EDGE)
