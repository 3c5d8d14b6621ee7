"""Addresses of the saved states of drafts in the API."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router

from alliance.core.audit import Actor
from alliance.core.errors import NotAllowed, NotFound
from alliance.knowledge import writing_rules
from alliance.knowledge.api.schemas import drafts as schemas
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.access import READ
from alliance.knowledge.selectors.drafts import document_of_draft
from alliance.knowledge.selectors.writing_access import get_draft_for
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.writing import actor_in
from alliance.network.enums import Scope

router = Router(tags=["drafts"])
READS = TeamOrPerson(Scope.READ_DRAFTS)


def _history(actor: Actor, public_id: str) -> Draft:
    """The draft, for those who may see how it came to be."""
    draft = get_draft_for(actor, public_id, READ)
    if not writing_rules.may_know_place_of(actor, draft):
        raise NotAllowed("only the team and the secretariat see the saved states of a draft")
    return draft


@router.get(
    "/drafts/{id}/revisions",
    response=schemas.DraftRevisionListing,
    auth=READS,
    summary="Saved states of a draft",
)
def list_draft_revisions(request: HttpRequest, id: str) -> dict[str, Any]:
    """The saved states of a draft, newest first, for its team and the secretariat.

    Of states that many others followed one an hour and person is kept.
    """
    draft = _history(actor_in(request), id)
    rows = draft.revisions.defer("content").order_by("-number")
    items = [{"number": row.number, "at": row.at, "by": row.actor_label or None} for row in rows]
    return {"count": len(items), "items": items}


@router.get(
    "/drafts/{id}/revisions/{number}",
    response=schemas.DraftRevisionDetail,
    auth=READS,
    summary="One saved state of a draft",
)
def get_draft_revision(
    request: HttpRequest, id: str, number: Annotated[int, Field(ge=1, le=1_000_000)]
) -> dict[str, Any]:
    """A draft as it was saved under that number."""
    draft = _history(actor_in(request), id)
    row = draft.revisions.filter(number=number).first()
    if row is None:
        raise NotFound("revision", f"{id} {number}")
    return {
        "number": row.number,
        "at": row.at,
        "by": row.actor_label or None,
        "content": document_of_draft(row),
    }
