"""What an adoption agreement adopts."""

from __future__ import annotations

from alliance.adoption.enums import Kind, Relation
from alliance.core.audit import Actor
from alliance.knowledge.selectors.doors import visible_cases
from alliance.network.enums import SubjectKind
from alliance.network.selectors.partnerships import visible_agreements
from alliance.thread.columns import Rows, day_of, edge_rows
from alliance.thread.links.kind import Ids, LinkKind, from_both


def _subjects(kind: SubjectKind, actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    rows = visible_agreements(actor).filter(subject_kind=kind).exclude(subject_title="")
    if kind == SubjectKind.CASE:
        shown = visible_cases(actor).filter(is_masked=False).order_by()
        rows = rows.filter(subject_id__in=shown.values("public_id"))
    ends = ((Kind.AGREEMENT.value, "public_id"), (kind.value, "subject_id"))
    columns = {"agreement": "public_id", kind.value: "subject_id"}
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.ADOPTS, on=day_of("proposed_at"))
        for part in from_both(rows, ids, **columns)
    ]


def _cases(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The case it adopts, unless it was withdrawn or hides its city."""
    return _subjects(SubjectKind.CASE, actor, ids, rank)


def _solutions(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The solution it adopts."""
    return _subjects(SubjectKind.SOLUTION, actor, ids, rank)


AGREEMENT_CASE = LinkKind((Kind.AGREEMENT, Kind.CASE), _cases)
AGREEMENT_SOLUTION = LinkKind((Kind.AGREEMENT, Kind.SOLUTION), _solutions)
