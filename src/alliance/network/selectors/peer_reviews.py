"""Peer reviews: the public list, and the page of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.network import peer_review_rules as rules
from alliance.network import rules as network_rules
from alliance.network.enums import PeerReviewState, Progress
from alliance.network.models import City, FollowUp, PeerReview, PeerReviewer, Recommendation
from alliance.network.selectors.needs_offers import CityTeam, city_teams

PAGE_SIZE = 25
RUNNING = {PeerReviewState.REQUESTED, PeerReviewState.PLANNED}


def get_peer_review(public_id: str) -> PeerReview:
    """A peer review; its existence is public. Raises NotFound."""
    rows = PeerReview.objects.select_related("host__city", "city")
    return get_by_public_id(rows, "peer review", public_id)


def get_hosted_review(actor: Actor, public_id: str) -> PeerReview:
    """A peer review whose host the actor may act for. Raises NotFound."""
    review = get_peer_review(public_id)
    if not rules.is_host(actor, review):
        raise NotFound("peer review", public_id)
    return review


def get_review_to_cancel(actor: Actor, public_id: str) -> PeerReview:
    """A peer review that the actor may cancel: the host and the secretariat. Raises NotFound."""
    review = get_peer_review(public_id)
    if not (rules.is_host(actor, review) or network_rules.is_secretariat(actor)):
        raise NotFound("peer review", public_id)
    return review


def get_review_to_report(actor: Actor, public_id: str) -> PeerReview:
    """A peer review with a reviewing city that the actor may act for. Raises NotFound."""
    review = get_peer_review(public_id)
    if rules.reviewing_as(actor, reviewers_of(review)) is None:
        raise NotFound("peer review", public_id)
    return review


def reviewers_of(review: PeerReview) -> list[PeerReviewer]:
    """The reviewing cities, in the order in which they joined. One query."""
    return list(review.reviewers.select_related("organisation__city", "city", "person"))


def counted(rows: QuerySet[PeerReview], today: dt.date) -> QuerySet[PeerReview]:
    """Peer reviews with the counts and the city that a row shows."""
    late = Q(follow_ups__published_at=None, follow_ups__due_on__lt=today)
    return rows.select_related("city").annotate(
        n_reviewers=Count("reviewers", distinct=True),
        n_overdue=Count("follow_ups", filter=late, distinct=True),
    )


def peer_reviews(city: str = "", state: str = "") -> QuerySet[PeerReview]:
    """Those looking for reviewers first, then planned ones, then the rest; newest first."""
    rows = PeerReview.objects.all()
    if city:
        rows = rows.filter(
            Q(city__public_id=city)
            | Q(pk__in=PeerReviewer.objects.filter(city__public_id=city).values("review"))
        )
    if state:
        rows = rows.filter(state=state)
    order = Case(
        When(state=PeerReviewState.REQUESTED, then=Value(0)),
        When(state=PeerReviewState.PLANNED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(order, "-requested_at", "-id")


def review_list(actor: Actor, *, city: str, number: int, language: str, today: dt.date) -> Any:
    """A page of peer reviews, in at most five queries. NotFound for a missing page or city."""
    place = City.objects.filter(public_id=city).first() if city else None
    if city and place is None:
        raise NotFound("city", city)
    pages: Paginator[Any] = Paginator(counted(peer_reviews(city), today), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    return {
        "page": pages.page(number),
        "city": place,
        "teams": city_teams(actor, language),
        "n_overdue": FollowUp.objects.filter(published_at=None, due_on__lt=today).count(),
    }


def joinable(
    review: PeerReview, reviewers: list[PeerReviewer], actor: Actor, language: str
) -> list[CityTeam]:
    """The reader's cities that could still join as reviewers."""
    if review.state not in RUNNING:
        return []
    cities = {review.city.public_id, *(reviewer.city.public_id for reviewer in reviewers)}
    return [team for team in city_teams(actor, language) if team.city_id not in cities]


def review_page(
    review: PeerReview, actor: Actor, *, language: str, today: dt.date
) -> dict[str, Any]:
    """The context of the page of a peer review, in at most seven queries.

    Findings and recommendations are for the participants until they are published.
    """
    reviewers = reviewers_of(review)
    row = counted(PeerReview.objects.filter(pk=review.pk), today).get()
    is_host = rules.is_host(actor, review)
    takes_part = rules.takes_part(actor, review, reviewers)
    own = rules.reviewing_as(actor, reviewers)
    is_running = review.state in RUNNING
    shown = review.reported_at is not None or takes_part
    follow_ups = list(review.follow_ups.all())
    return {
        "review": row,
        "findings": review.findings if shown else "",
        "advice": _with_progress(review, follow_ups) if shown else [],
        "reviewers": reviewers,
        "own": own,
        "follow_ups": follow_ups,
        "is_host": is_host,
        "joinable": joinable(review, reviewers, actor, language),
        "is_running": is_running,
        "may_plan": is_host and is_running,
        "may_report": own is not None and review.state == PeerReviewState.PLANNED,
        "may_cancel": is_running and (is_host or network_rules.is_secretariat(actor)),
        "takes_part": takes_part,
    }


def _with_progress(
    review: PeerReview, follow_ups: list[FollowUp]
) -> list[tuple[Recommendation, list[tuple[int, str]]]]:
    """The recommendations, with the progress on each at the published follow-ups."""
    published = [follow_up for follow_up in follow_ups if follow_up.published_at is not None]
    return [
        (
            recommendation,
            [
                (follow_up.months, str(Progress(code).label))
                for follow_up in published
                if (code := follow_up.progress.get(str(recommendation.number)))
            ],
        )
        for recommendation in review.recommendations.all()
    ]
