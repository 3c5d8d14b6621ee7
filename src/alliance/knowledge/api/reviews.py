"""Addresses of reviewing in the API. People alone review: a token stands for nobody."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Field, Query, Router, Status

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotAllowed, NotFound
from alliance.core.ids import by_id
from alliance.knowledge import enums, rules, writing_rules
from alliance.knowledge.api.schemas import reviews as schemas
from alliance.knowledge.models import Draft, Review
from alliance.knowledge.selectors.access import READ
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.reviews import ReviewLine, review_page
from alliance.knowledge.selectors.reviews_public import name_of, scores_of
from alliance.knowledge.selectors.reviews_queue import QueueFilter, queue_of
from alliance.knowledge.selectors.writing_access import get_draft_for
from alliance.knowledge.services import reviews as services
from alliance.network.api.authentication import PersonOnly
from alliance.network.api.common import LanguageCode, LanguageQuery, api_address, page_address
from alliance.network.api.writing import actor_in, created

router = Router(tags=["reviews"], auth=PersonOnly())


class QueueQuery(LanguageQuery):
    language: LanguageCode | None = Field(None, description="Only drafts written in it.")
    theme: enums.Theme | None = Field(None, description="Only drafts of this theme.")
    mine: bool = Field(False, description="Only drafts that the caller reviews.")
    page: int = Field(1, ge=1, le=1_000_000, description="Which part, of 25 drafts each.")


def _queued(line: dict[str, Any], language: str) -> dict[str, Any]:
    draft = line["draft"]
    own = f"drafts/{draft.public_id}"
    return {
        "id": draft.public_id,
        "title": line["title"].value or None,
        "language": draft.language,
        "team": local_name(draft.organisation, language) if line["knows_team"] else None,
        "solution": line["solution"].value or None,
        "is_new_solution": bool(draft.new_name),
        "is_change": draft.case_id is not None,
        "submission": draft.submission,
        "submitted_at": draft.submitted_at,
        "reviewers": [review.reviewer_name for review in line["reviewers"]],
        "standing": line["standing"],
        "links": {
            "draft": api_address(own),
            "reviews": api_address(f"{own}/reviews"),
            "page": page_address("knowledge:review", language, draft.public_id),
        },
    }


@router.get("/reviews/queue", response=schemas.Queue, summary="What waits for review")
def list_review_queue(request: HttpRequest, query: Query[QueueQuery]) -> dict[str, Any]:
    """The drafts that wait for review, for reviewers and the secretariat."""
    actor = actor_in(request)
    if not writing_rules.may_see_queue(actor):
        raise NotAllowed(_("Only reviewers and the secretariat can see cases awaiting review."))
    wanted = QueueFilter(
        language=query.language or "",
        theme=query.theme.value if query.theme else "",
        mine=query.mine,
    )
    queue = queue_of(actor, wanted, number=query.page, language=query.lang, at=clock.now())
    page, following = queue["page"], None
    if page.has_next():
        parameters = request.GET.copy()
        parameters["page"] = str(query.page + 1)
        following = f"{api_address('reviews/queue')}?{parameters.urlencode()}"
    return {
        "count": page.paginator.count,
        "page": query.page,
        "pages": page.paginator.num_pages,
        "next": following,
        "items": [_queued(line, query.lang) for line in queue["lines"]],
    }


def _line(line: ReviewLine) -> dict[str, Any]:
    row = line.row
    same = ("submission", "state", "taken_at", "given_at")
    return {name: getattr(row, name) for name in same} | {
        "number": row.pk,
        "reviewer": name_of(row) or None,
        "scores": scores_of(row.criteria) if line.shows else (),
        "note": row.note if line.shows else "",
        "is_own": line.is_self,
    }


def _lines(draft: Draft, actor: Actor) -> list[ReviewLine]:
    page = review_page(draft, actor, language="en")
    return [*page.reviews, *page.earlier]


def _review_payload(draft: Draft, actor: Actor, review: Review) -> dict[str, Any]:
    """One review as it stands now."""
    current = Draft.objects.select_related("organisation", "case").get(pk=draft.pk)
    return next(_line(line) for line in _lines(current, actor) if line.row.pk == review.pk)


def _own(draft: Draft, actor: Actor) -> Review:
    """The caller's review of the present handing in. Raises NotFound."""
    review = (
        Review.objects.filter(draft=draft, submission=draft.submission, reviewer=actor.user)
        .select_related("draft")
        .first()
    )
    if review is None:
        raise NotFound("review", draft.public_id)
    return review


@router.get(
    "/drafts/{id}/reviews", response=schemas.DraftReviewListing, summary="Reviews of a draft"
)
def list_reviews(request: HttpRequest, id: str) -> dict[str, Any]:
    """Who reviews a draft and how. Who is still to judge sees no score of the other reviewer."""
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    items = [_line(line) for line in _lines(draft, actor)] if draft.submission else []
    return {"count": len(items), "items": items}


@router.post(
    "/drafts/{id}/reviews", response={201: schemas.DraftReview}, summary="Take a draft to review"
)
def take_review(
    request: HttpRequest,
    id: str,
    response: HttpResponse,
    body: schemas.TakeReview = Body(schemas.TakeReview(reviewer=None)),  # noqa: B008 - how ninja takes it
) -> Status[dict[str, Any]]:
    """Take a draft to review, or ask somebody to, as the secretariat. The body may be left out.

    Who has taken it already gets the same review.
    """
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    review = services.take_review(
        draft, reviewer=_reviewer(body.reviewer, actor), actor=actor, at=clock.now()
    )
    created(response, api_address(f"drafts/{id}/reviews"))
    return Status(201, _review_payload(draft, actor, review))


def _reviewer(public_id: str | None, actor: Actor) -> User | None:
    """Who is asked to review. Only the secretariat is told whether there is such a person."""
    if public_id is None:
        return None
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can ask others to review."))
    reviewer = by_id(User.objects.filter(is_active=True), public_id)
    if reviewer is None:
        raise InvalidData([Fault("reviewer", "not-a-reviewer")])
    return reviewer


@router.put(
    "/drafts/{id}/reviews/mine",
    response=schemas.DraftReview,
    summary="Keep a review as far as it is written",
)
def save_review(request: HttpRequest, id: str, body: schemas.SaveReview) -> dict[str, Any]:
    """Keep scores, reasons and note of the caller's review, to go on later. Nobody sees them."""
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    review = services.save_review(
        _own(draft, actor),
        criteria=body.model_dump()["criteria"],
        note=body.note,
        actor=actor,
        at=clock.now(),
    )
    return _review_payload(draft, actor, review)


@router.post("/drafts/{id}/reviews/mine", response=schemas.ReviewOutcome, summary="Give a review")
def give_review(request: HttpRequest, id: str, body: schemas.GiveReview) -> dict[str, Any]:
    """Approve a draft, or ask its team for changes. The second approval publishes the case.

    The same answer again, once it is given, changes nothing.
    """
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    review = _own(draft, actor)
    wanted = enums.ReviewState.APPROVED if body.approve else enums.ReviewState.CHANGES_ASKED
    if review.state != wanted:
        services.give_review(
            review,
            approve=body.approve,
            criteria=body.model_dump()["criteria"],
            no_conflict=body.no_conflict,
            note=body.note,
            actor=actor,
            at=clock.now(),
        )
    current = Draft.objects.select_related("case").get(pk=draft.pk)
    is_published = current.state == enums.DraftState.PUBLISHED and current.case is not None
    return {
        "review": _review_payload(draft, actor, review),
        "published": current.case.public_id if is_published and current.case else None,
    }


@router.post(
    "/drafts/{id}/reviews/mine/give-back",
    response=schemas.DraftReview,
    summary="Give a review back",
)
def give_back_review(request: HttpRequest, id: str, body: schemas.GiveBackReview) -> dict[str, Any]:
    """Give the caller's review back, for a conflict of interest or for want of time."""
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    review = services.give_back_review(
        _own(draft, actor), conflict=body.conflict, note=body.note, actor=actor, at=clock.now()
    )
    return _review_payload(draft, actor, review)


@router.post(
    "/drafts/{id}/reviews/{number}/free",
    response=schemas.DraftReview,
    summary="Open somebody's review to others",
)
def free_review(
    request: HttpRequest, id: str, number: Annotated[int, Field(ge=1, le=2**31)]
) -> dict[str, Any]:
    """Give back the review of somebody who does not get to it, as the secretariat."""
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    review = Review.objects.filter(draft=draft, pk=number).select_related("draft").first()
    if review is None:
        raise NotFound("review", f"{id} {number}")
    services.give_back_review(review, conflict=False, note="", actor=actor, at=clock.now())
    return _review_payload(draft, actor, review)
