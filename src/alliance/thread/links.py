"""Links between things: those that data imply, kind by kind and never stored a second time, and
those that teams state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT

from alliance.adoption.enums import Kind, Relation
from alliance.adoption.models import Link
from alliance.adoption.selectors.adoptions import visible_adoptions
from alliance.core.audit import Actor
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy, Effect, Measure
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.enums import SubjectKind
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import PilotCity
from alliance.testbeds.selectors.access import visible_pilots
from alliance.thread.columns import EDGE, MEASURE, Rows, const, day_of, edge_rows, text

#: Ids by kind.
Ids = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class LinkKind:
    """`read` gives parts with the columns of `columns.EDGE`: the links at which one of the given
    ids stands, and that the actor may see. It gets the rank under which they are told."""

    ends: tuple[str, str]
    read: Callable[[Actor, Ids, int], list[Rows]]


def from_both(rows: QuerySet, ids: Ids, **columns: str) -> list[QuerySet]:
    """`rows` at one of whose ends a given id stands: a part for each end that is asked for.

    `columns` name the column of the id by kind, with "_" for "-" and, for two ends of one kind,
    a number behind it.
    """
    found = []
    for name, column in columns.items():
        kind = name.rstrip("2").replace("_", "-")
        if ids.get(kind):
            found.append(rows.filter(**{f"{column}__in": list(ids[kind])}))
    return found


def _subjects(kind: SubjectKind, actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    rows = visible_adoptions(actor).filter(subject_kind=kind)
    if kind == SubjectKind.CASE:
        shown = visible_cases(actor).filter(is_masked=False).order_by()
        rows = rows.filter(subject_id__in=shown.values("public_id"))
    ends = ((Kind.AGREEMENT.value, "public_id"), (kind.value, "subject_id"))
    columns = {"agreement": "public_id", kind.value: "subject_id"}
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.ADOPTS, on=day_of("started_at"))
        for part in from_both(rows, ids, **columns)
    ]


def _agreement_cases(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The case it adopts, unless it was withdrawn or hides its city."""
    return _subjects(SubjectKind.CASE, actor, ids, rank)


def _agreement_solutions(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The solution it adopts."""
    return _subjects(SubjectKind.SOLUTION, actor, ids, rank)


def _need_agreements(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The need that it answers."""
    rows = visible_adoptions(actor).filter(need__isnull=False)
    ends = ((Kind.NEED.value, "need__public_id"), (Kind.AGREEMENT.value, "public_id"))
    parts = from_both(rows, ids, need="need__public_id", agreement="public_id")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.LED_TO, on=day_of("started_at"))
        for part in parts
    ]


def _agreement_pilots(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The pilot in which it is tried."""
    rows = visible_adoptions(actor).filter(pilot__in=visible_pilots(actor).order_by())
    ends = ((Kind.AGREEMENT.value, "public_id"), (Kind.PILOT.value, "pilot__public_id"))
    parts = from_both(rows, ids, agreement="public_id", pilot="pilot__public_id")
    on = day_of("pilot__frozen_at")
    return [edge_rows(part, rank, ends=ends, relation=Relation.LED_TO, on=on) for part in parts]


def _agreement_results(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The published case of its result, unless it hides its city by now."""
    shown = visible_cases(actor).filter(is_masked=False).order_by()
    rows = visible_adoptions(actor).filter(result__in=shown)
    ends = ((Kind.AGREEMENT.value, "public_id"), (Kind.CASE.value, "result__public_id"))
    parts = from_both(rows, ids, agreement="public_id", case="result__public_id")
    on = day_of("result__published_at")
    return [edge_rows(part, rank, ends=ends, relation=Relation.BECAME, on=on) for part in parts]


NEED_AGREEMENT = LinkKind((Kind.NEED, Kind.AGREEMENT), _need_agreements)
AGREEMENT_PILOT = LinkKind((Kind.AGREEMENT, Kind.PILOT), _agreement_pilots)
AGREEMENT_RESULT = LinkKind((Kind.AGREEMENT, Kind.CASE), _agreement_results)
AGREEMENT_CASE = LinkKind((Kind.AGREEMENT, Kind.CASE), _agreement_cases)
AGREEMENT_SOLUTION = LinkKind((Kind.AGREEMENT, Kind.SOLUTION), _agreement_solutions)


def _case_solutions(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The solution that a case is a trial of."""
    ends = ((Kind.CASE.value, "public_id"), (Kind.SOLUTION.value, "solution__public_id"))
    parts = from_both(
        visible_cases(actor), ids, case="public_id", solution="solution__public_id"
    )  # fmt: skip
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.TRIAL_OF, on=day_of("published_at"))
        for part in parts
    ]


def _case_origins(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The case that it was adapted from; the chain of adoptions is made of these."""
    rows = visible_cases(actor).filter(adapted_from__in=visible_cases(actor).order_by())
    ends = ((Kind.CASE.value, "public_id"), (Kind.CASE.value, "adapted_from__public_id"))
    parts = from_both(rows, ids, case="public_id", case2="adapted_from__public_id")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.ADAPTED_FROM, on=day_of("published_at"))
        for part in parts
    ]


def _case_measures(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The measures it has effects in, by which indicators name it."""
    rows = Effect.objects.filter(case__in=visible_cases(actor).order_by())
    ends = ((Kind.CASE.value, "case__public_id"), (MEASURE, "measure__slug"))
    parts = from_both(rows, ids, case="case__public_id", measure="measure__slug")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.ACTS_ON, on=day_of("case__published_at"))
        for part in parts
    ]


CASE_SOLUTION = LinkKind((Kind.CASE, Kind.SOLUTION), _case_solutions)
CASE_CASE = LinkKind((Kind.CASE, Kind.CASE), _case_origins)
CASE_MEASURE = LinkKind((Kind.CASE, MEASURE), _case_measures)


def _pilot_solutions(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
    """The solution that a pilot names in its plan."""
    rows = visible_pilots(actor).exclude(state=PilotState.DROPPED).filter(solution__isnull=False)
    ends = ((Kind.PILOT.value, "public_id"), (Kind.SOLUTION.value, "solution__public_id"))
    parts = from_both(rows, ids, pilot="public_id", solution="solution__public_id")
    return [
        edge_rows(part, rank, ends=ends, relation=Relation.TRIES, on=day_of("frozen_at"))
        for part in parts
    ]


def _pilot_measures(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
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


def _pilot_cases(actor: Actor, ids: Ids, rank: int) -> list[Rows]:
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


PILOT_SOLUTION = LinkKind((Kind.PILOT, Kind.SOLUTION), _pilot_solutions)
PILOT_MEASURE = LinkKind((Kind.PILOT, MEASURE), _pilot_measures)
PILOT_CASE = LinkKind((Kind.PILOT, Kind.CASE), _pilot_cases)


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


#: Where not all fit, those first come first: the links of pilots are few, those of cases many.
LINKS: tuple[LinkKind, ...] = (
    PILOT_CASE,
    PILOT_SOLUTION,
    PILOT_MEASURE,
    AGREEMENT_RESULT,
    NEED_AGREEMENT,
    AGREEMENT_PILOT,
    AGREEMENT_CASE,
    AGREEMENT_SOLUTION,
    CASE_CASE,
    CASE_SOLUTION,
    CASE_MEASURE,
)
