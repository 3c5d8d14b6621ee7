"""Addresses of remarks on drafts in the API."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Status

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge.api.build_drafts import remarks, seen_by
from alliance.knowledge.api.drafts import READS, draft_to_write
from alliance.knowledge.api.schemas import drafts as schemas
from alliance.knowledge.models import Draft, ReviewComment
from alliance.knowledge.selectors.access import READ
from alliance.knowledge.selectors.writing_access import get_draft_for
from alliance.knowledge.services import reviews as services
from alliance.network.api.authentication import PersonOnly, TeamOrPerson
from alliance.network.api.common import api_address
from alliance.network.api.writing import actor_in, created
from alliance.network.enums import Scope

router = Router(tags=["drafts"])


def _remark_payload(draft: Draft, actor: Actor, number: int) -> dict[str, Any]:
    """One remark as the actor may read it."""
    payload = remarks(draft, actor, seen_by(actor, draft))
    return next(remark for remark in payload if remark["number"] == number)


@router.get(
    "/drafts/{id}/remarks", response=schemas.RemarkListing, auth=READS, summary="Remarks on a draft"
)
def list_remarks(request: HttpRequest, id: str) -> dict[str, Any]:
    """What reviewers remarked and the team answered, field by field; open remarks first."""
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    items = remarks(draft, actor, seen_by(actor, draft))
    return {"count": len(items), "items": items}


@router.post(
    "/drafts/{id}/remarks",
    response={201: schemas.Remark},
    auth=PersonOnly(),
    summary="Remark on a draft",
)
def make_remark(
    request: HttpRequest, id: str, body: schemas.MakeRemark, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Remark on a field, as a reviewer, somebody of the team, or the secretariat.

    The same open remark again is the one that is there.
    """
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    made = services.remark(draft, field=body.field, text=body.text, actor=actor, at=clock.now())
    created(response, api_address(f"drafts/{id}/remarks"))
    return Status(201, _remark_payload(draft, actor, made.pk))


@router.post(
    "/drafts/{id}/remarks/{number}/resolve",
    response=schemas.Remark,
    auth=TeamOrPerson(Scope.WRITE_DRAFTS),
    summary="Mark a remark as dealt with",
)
def resolve_remark(
    request: HttpRequest, id: str, number: Annotated[int, Field(ge=1, le=2**31)]
) -> dict[str, Any]:
    """Mark a remark as dealt with, as its author or the team; a second time changes nothing."""
    actor = actor_in(request)
    draft = draft_to_write(actor, id)
    remark = ReviewComment.objects.filter(draft=draft, pk=number).first()
    if remark is None:
        raise NotFound("remark", f"{id} {number}")
    remark.draft = draft
    services.resolve_remark(remark, actor=actor, at=clock.now())
    return _remark_payload(draft, actor, number)
