"""Addresses of what a team or the secretariat does with a published case in the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from alliance.cases.api.schemas import cases_kept as schemas
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import get_case_for, get_withdrawn_case
from alliance.core import clock
from alliance.network.api.authentication import PersonOnly, TeamOrPerson
from alliance.network.api.writing import actor_in
from alliance.network.enums import Scope
from alliance.writing.services import freshness, withdrawals

router = Router(tags=["cases"])
WRITES = TeamOrPerson(Scope.WRITE_DRAFTS)


def _standing(case: CaseStudy) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "status": case.status,
        "version": case.revision,
        "checked_on": case.checked_on,
        "review_by": case.review_by,
        "withdrawn_because": case.why_withdrawn or None,
    }


@router.post(
    "/cases/{id}/confirm",
    response=schemas.CaseStanding,
    auth=WRITES,
    summary="Say that a case still holds",
)
def confirm_case(request: HttpRequest, id: str) -> dict[str, Any]:
    """Record that what a case says still holds today, as its team; it is asked again in a year."""
    actor = actor_in(request)
    case = get_case_for(actor, id)
    return _standing(freshness.confirm_case(case, actor=actor, at=clock.now()))


@router.post(
    "/cases/{id}/withdraw", response=schemas.CaseStanding, auth=WRITES, summary="Withdraw a case"
)
def withdraw_case(request: HttpRequest, id: str, body: schemas.WithdrawCase) -> dict[str, Any]:
    """Take a case out of the public record, as its team; its address goes on to tell why (410)."""
    actor = actor_in(request)
    case = get_case_for(actor, id)
    withdrawn = withdrawals.withdraw_case(
        case, reason=body.reason, language=body.language, actor=actor, at=clock.now()
    )
    return _standing(withdrawn)


@router.post(
    "/cases/{id}/restore",
    response=schemas.CaseStanding,
    auth=PersonOnly(),
    summary="Put a withdrawn case back",
)
def restore_case(request: HttpRequest, id: str) -> dict[str, Any]:
    """Publish a withdrawn case again, as it was, as the secretariat."""
    actor = actor_in(request)
    case = get_withdrawn_case(id)
    return _standing(withdrawals.restore_case(case, actor=actor, at=clock.now()))
