"""API routes of peer reviews."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from alliance.core import clock
from alliance.network import models
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import (
    LanguageCode,
    LanguageQuery,
    Page,
    PageQuery,
    api_address,
    page_address,
)
from alliance.network.api.common import page_of as page_of_rows
from alliance.network.api.writing import Body, actor_in, created, day_of
from alliance.network.enums import FollowUpMonths, PeerReviewState, Progress, Scope, Topic
from alliance.network.selectors import peer_reviews as select
from alliance.network.selectors.access import get_city_team
from alliance.network.services import peer_reviews as services

router = Router(tags=["peer reviews"])
WRITES = TeamOrPerson(Scope.EXCHANGE)


class PeerReviewQuery(PageQuery):
    city: str = Field("", max_length=80, description="Only those with the city of this id.")
    state: PeerReviewState | None = Field(None, description="Only in this state.")


class Reviewing(Schema):
    city: str
    team: str
    function: str | None


class Advice(Schema):
    number: int
    text: str


class FollowedUp(Schema):
    months: FollowUpMonths
    due_on: dt.date
    is_overdue: bool
    result: str | None = Field(description="Null until it is published.")
    language: LanguageCode | None
    progress: dict[str, Progress] = Field(description="By the number of the recommendation.")
    published_at: dt.datetime | None


class PeerReview(Schema):
    """A peer review of a city by other cities. Unpublished parts are null or empty."""

    id: str
    city: str
    team: str
    title: str
    question: str
    language: LanguageCode
    topic: Topic | None
    state: PeerReviewState
    starts_on: dt.date | None
    ends_on: dt.date | None
    reviewers: list[Reviewing]
    findings: str | None
    findings_language: LanguageCode | None
    recommendations: list[Advice]
    follow_ups: list[FollowedUp]
    cancelled_because: str | None
    requested_at: dt.datetime
    reported_at: dt.datetime | None
    page: str


class PeerReviewPage(Page[PeerReview]):
    """Peer reviews: those looking for reviewers first, then planned ones, then the rest."""


class RequestBody(Body):
    team: str = Field(description="Id of the city's municipality.")
    title: str = Field(max_length=160)
    question: str = Field(max_length=8_000)
    language: str = Field(description="en, fr or sv")
    topic: str = Field("", description="Code of a topic, or empty.")


class JoinBody(Body):
    team: str = Field(description="Id of the municipality whose city reviews.")
    function: str = Field("", max_length=120)


class PlanBody(Body):
    starts_on: str = Field(description="A day such as 2027-05-31.")
    ends_on: str


class ReportBody(Body):
    findings: str = Field(max_length=8_000)
    language: str = Field(description="en, fr or sv")
    recommendations: list[str] = Field(max_length=15)
    publish: bool = Field(False, description="From then on it stays as it is.")


class FollowUpBody(Body):
    result: str = Field(max_length=8_000)
    language: str = Field(description="en, fr or sv")
    progress: dict[str, str] = Field(
        description=f"For each recommendation by its number: {', '.join(Progress.values)}."
    )


def _review(row: models.PeerReview, language: str) -> dict[str, Any]:
    plain = (
        "title", "question", "language", "state", "starts_on", "ends_on", "requested_at",
        "reported_at",
    )  # fmt: skip
    is_published = row.reported_at is not None
    today = clock.today()
    return {name: getattr(row, name) for name in plain} | {
        "id": row.public_id,
        "city": row.city.public_id,
        "team": row.host.public_id,
        "topic": row.topic or None,
        "reviewers": [
            {
                "city": reviewer.city.public_id,
                "team": reviewer.organisation.public_id,
                "function": reviewer.function or None,
            }
            for reviewer in row.reviewers.all()
        ],
        "findings": row.findings if is_published else None,
        "findings_language": row.findings_language if is_published else None,
        "recommendations": [
            {"number": recommendation.number, "text": recommendation.text}
            for recommendation in (row.recommendations.all() if is_published else ())
        ],
        "follow_ups": [
            {
                "months": follow_up.months,
                "due_on": follow_up.due_on,
                "is_overdue": follow_up.published_at is None and follow_up.due_on < today,
                "result": follow_up.result or None,
                "language": follow_up.language or None,
                "progress": follow_up.progress,
                "published_at": follow_up.published_at,
            }
            for follow_up in row.follow_ups.all()
        ],
        "cancelled_because": row.cancelled_because or None,
        "page": page_address("network:peer-review", language, row.public_id),
    }


@router.get("/peer-reviews", response=PeerReviewPage, summary="Peer reviews")
def list_peer_reviews(request: HttpRequest, query: Query[PeerReviewQuery]) -> dict[str, Any]:
    """Peer reviews with their published reports and follow-ups, overdue ones marked."""
    rows = select.peer_reviews(query.city, query.state.value if query.state else "")
    rows = rows.select_related("city", "host").prefetch_related(
        "reviewers__city", "reviewers__organisation", "recommendations", "follow_ups"
    )
    return page_of_rows(request, query, rows, lambda row: _review(row, query.lang))


@router.post(
    "/peer-reviews", response={201: PeerReview}, auth=WRITES, summary="Ask for a peer review"
)
def request_peer_review(
    request: HttpRequest, body: RequestBody, query: Query[LanguageQuery], response: HttpResponse
) -> Status[dict[str, Any]]:
    """Request a peer review by other cities. The same values again return the existing request."""
    actor = actor_in(request)
    made = services.request_review(
        get_city_team(actor, body.team),
        **body.model_dump(exclude={"team"}),
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"peer-reviews/{made.public_id}"))
    return Status(201, _review(select.get_peer_review(made.public_id), query.lang))


@router.get("/peer-reviews/{id}", response=PeerReview, summary="One peer review")
def get_peer_review(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A peer review, with its published parts."""
    return _review(select.get_peer_review(id), query.lang)


@router.post(
    "/peer-reviews/{id}/join",
    response=PeerReview,
    auth=WRITES,
    summary="Take part as a reviewing city",
)
def join_peer_review(
    request: HttpRequest, id: str, body: JoinBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Join as a reviewing city, once; the host gets an email."""
    actor = actor_in(request)
    review = select.get_peer_review(id)
    organisation = get_city_team(actor, body.team)
    services.join(review, organisation, function=body.function, actor=actor, at=clock.now())
    return _review(select.get_peer_review(id), query.lang)


@router.post(
    "/peer-reviews/{id}/plan", response=PeerReview, auth=WRITES, summary="Set the days of the visit"
)
def plan_peer_review(
    request: HttpRequest, id: str, body: PlanBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Set the dates of the visit, as the host; the reviewing cities get an email."""
    actor = actor_in(request)
    services.plan(
        select.get_hosted_review(actor, id),
        starts_on=day_of("starts_on", body.starts_on),
        ends_on=day_of("ends_on", body.ends_on),
        actor=actor,
        at=clock.now(),
    )
    return _review(select.get_peer_review(id), query.lang)


@router.put(
    "/peer-reviews/{id}/report", response=PeerReview, auth=WRITES, summary="Write the report"
)
def report_peer_review(
    request: HttpRequest, id: str, body: ReportBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Replace findings and recommendations, as a reviewing city; and publish them."""
    actor = actor_in(request)
    services.write_report(
        select.get_review_to_report(actor, id),
        **body.model_dump(),
        actor=actor,
        at=clock.now(),
    )
    return _review(select.get_peer_review(id), query.lang)


@router.post(
    "/peer-reviews/{id}/follow-ups/{months}",
    response=PeerReview,
    auth=WRITES,
    summary="Publish the follow-up",
)
def follow_up_peer_review(
    request: HttpRequest,
    id: str,
    months: int,
    body: FollowUpBody,
    query: Query[LanguageQuery],
) -> dict[str, Any]:
    """Publish, as the host, the progress on each recommendation after 6 or 12 months, once."""
    actor = actor_in(request)
    services.publish_follow_up(
        select.get_hosted_review(actor, id),
        months,
        result=body.result,
        language=body.language,
        progress={int(n): code for n, code in body.progress.items() if n.isdecimal()},
        actor=actor,
        at=clock.now(),
    )
    return _review(select.get_peer_review(id), query.lang)
