"""What a case tried, from which one it was adapted, and what it had effects on."""

from __future__ import annotations

from alliance.adoption.enums import Kind, Relation
from alliance.core.audit import Actor
from alliance.knowledge.models import Effect
from alliance.knowledge.selectors.doors import visible_cases
from alliance.thread.columns import MEASURE, Rows, day_of, edge_rows
from alliance.thread.links.kind import Ids, LinkKind, from_both


def _solutions(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The solution that a case is a trial of."""
    ends = ((Kind.CASE.value, "public_id"), (Kind.SOLUTION.value, "solution__public_id"))
    parts = from_both(
        visible_cases(actor), ids, case="public_id", solution="solution__public_id"
    )  # fmt: skip
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.TRIAL_OF, on=day_of("published_at"))
        for part in parts
    ]


def _origins(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The case that it was adapted from; the chain of adoptions is made of these."""
    rows = visible_cases(actor).filter(adapted_from__in=visible_cases(actor).order_by())
    ends = ((Kind.CASE.value, "public_id"), (Kind.CASE.value, "adapted_from__public_id"))
    parts = from_both(rows, ids, case="public_id", case2="adapted_from__public_id")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.ADAPTED_FROM, on=day_of("published_at"))
        for part in parts
    ]


def _measures(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The measures it has effects in, by which indicators name it."""
    rows = Effect.objects.filter(case__in=visible_cases(actor).order_by())
    ends = ((Kind.CASE.value, "case__public_id"), (MEASURE, "measure__slug"))
    parts = from_both(rows, ids, case="case__public_id", measure="measure__slug")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.ACTS_ON, on=day_of("case__published_at"))
        for part in parts
    ]


CASE_SOLUTION = LinkKind((Kind.CASE, Kind.SOLUTION), _solutions)
CASE_CASE = LinkKind((Kind.CASE, Kind.CASE), _origins)
CASE_MEASURE = LinkKind((Kind.CASE, MEASURE), _measures)
