"""What a pilot tries, is measured by, and became."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT

from alliance.adoption.enums import Kind, Relation
from alliance.core.audit import Actor
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import Measure
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import PilotCity
from alliance.testbeds.selectors.doors import visible_pilots
from alliance.thread.columns import MEASURE, Rows, day_of, edge_rows, text
from alliance.thread.links.kind import Ids, LinkKind, from_both


def _solutions(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The solution that a pilot names in its plan."""
    rows = visible_pilots(actor).exclude(state=PilotState.DROPPED).filter(solution__isnull=False)
    ends = ((Kind.PILOT.value, "public_id"), (Kind.SOLUTION.value, "solution__public_id"))
    parts = from_both(rows, ids, pilot="public_id", solution="solution__public_id")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.TRIES, on=day_of("frozen_at"))
        for part in parts
    ]


def _measures(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The measure of its outcome, by which indicators name it."""
    named = Measure.objects.filter(name=OuterRef("thread_measure"))
    rows = (
        visible_pilots(actor)
        .exclude(state=PilotState.DROPPED)
        .annotate(thread_measure=KT("plan__measure"))
        .annotate(thread_slug=Subquery(named.values("slug")[:1]))
        .filter(thread_slug__isnull=False)
    )
    ends = ((Kind.PILOT.value, "public_id"), (MEASURE, text("thread_slug")))
    parts = from_both(rows, ids, pilot="public_id", measure="thread_slug")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.MEASURED_BY, on=day_of("frozen_at"))
        for part in parts
    ]


def _cases(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The cases that were published of it. One that hides its city would be told by its pilot."""
    rows = PilotCity.objects.filter(
        pilot__in=visible_pilots(actor).order_by(),
        draft__case__status=CaseStatus.PUBLISHED,
        draft__case__is_masked=False,
    )
    pilot, case = "pilot__public_id", "draft__case__public_id"
    ends = ((Kind.PILOT.value, pilot), (Kind.CASE.value, case))
    return [
        edge_rows(
            part,
            rank,
            ends=ends,
            relation=Relation.BECAME,
            on=day_of("draft__case__published_at"),
        )
        for part in from_both(rows, ids, pilot=pilot, case=case)
    ]


PILOT_SOLUTION = LinkKind((Kind.PILOT, Kind.SOLUTION), _solutions)
PILOT_MEASURE = LinkKind((Kind.PILOT, MEASURE), _measures)
PILOT_CASE = LinkKind((Kind.PILOT, Kind.CASE), _cases)
