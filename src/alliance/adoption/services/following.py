"""Links adoptions automatically to their pilot, and to the case of their result."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from alliance.adoption.enums import Ending
from alliance.adoption.models import Adoption
from alliance.adoption.services.adoptions import link_pilot, link_result
from alliance.core.audit import WORKER
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy
from alliance.network.enums import SubjectKind
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Pilot

_SHOWN = (PilotState.REGISTERED, PilotState.REPORTED, PilotState.STOPPED)


def follow(*, at: dt.datetime) -> dict[str, int]:
    """Links new pilots and cases; returns the number of each. Two queries if there is nothing
    new."""
    pilots = list(_with_pilot())
    pilot_by_key = Pilot.objects.in_bulk([pilot.found for pilot in pilots])
    for pilot in pilots:
        link_pilot(pilot, pilot_by_key[pilot.found], actor=WORKER, at=at)
    results = list(_with_result())
    cases = CaseStudy.objects.in_bulk([result.found for result in results])
    for pilot in results:
        link_result(pilot, cases[pilot.found], actor=WORKER, at=at)
    return {"pilots": len(pilots), "results": len(results)}


def with_solution(rows: QuerySet[Adoption]) -> QuerySet[Adoption]:
    """Annotates `solution_id`, that of the adopted solution, or of the solution of the case."""
    case = CaseStudy.objects.filter(public_id=OuterRef("subject_id"))
    return rows.annotate(
        solution_id=Case(
            When(subject_kind=SubjectKind.SOLUTION, then=F("subject_id")),
            default=Subquery(case.values("solution__public_id")[:1]),
            output_field=CharField(),
        )
    )


def _chosen() -> Any:
    """Adoptions with a subject, with the key of its solution."""
    return with_solution(Adoption.objects.exclude(subject_id="").exclude(ending=Ending.DECLINED))


def _with_pilot() -> Any:
    """Running adoptions with a complete fairness check whose team has registered the planned pilot
    or, without a planned pilot, one of the solution after the start.
    """
    shown = Pilot.objects.filter(state__in=_SHOWN)
    own = shown.filter(pk=OuterRef("planned_pilot"))
    of_solution = shown.filter(
        planned_from=None,
        organisation=OuterRef("adopter"),
        solution__public_id=OuterRef("solution_id"),
        frozen_at__gte=OuterRef("started_at"),
    ).order_by("frozen_at", "pk")
    rows = _chosen().filter(pilot=None, ended_at=None, fairness__ready_at__isnull=False)
    pilot = Coalesce(Subquery(own.values("pk")[:1]), Subquery(of_solution.values("pk")[:1]))
    return rows.annotate(found=pilot).filter(found__isnull=False)


def _with_result() -> Any:
    """Adoptions whose city has published a case of their pilot, or adapted from their subject.

    Cases that hide their city are excluded: the adoption would reveal it.
    """
    of_pilot = Q(drafts__pilot_places__pilot=OuterRef("pilot"))
    adapted = Q(adapted_from__public_id=OuterRef("subject_id"))
    of_solution = Q(solution__public_id=OuterRef("subject_id"), owner=OuterRef("adopter"))
    cases = CaseStudy.objects.filter(
        of_pilot | adapted | of_solution,
        city=OuterRef("adopting_city"),
        status=CaseStatus.PUBLISHED,
        is_masked=False,
        published_at__gte=OuterRef("started_at"),
    ).order_by("published_at", "pk")
    rows = _chosen().filter(result=None)
    return rows.annotate(found=Subquery(cases.values("pk")[:1])).filter(found__isnull=False)
