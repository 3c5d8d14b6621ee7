"""Peer reviews: the list that everybody reads, and the page of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import one_by_id
from alliance.network import peer_review_rules as rules
from alliance.network import rules as network_rules
from alliance.network.enums import FollowUpMonths, PeerReviewState, Progress, Topic
from alliance.network.localise import Localised, country_name, local_name, localised
from alliance.network.models import City, FollowUp, PeerReview, PeerReviewer
from alliance.network.selectors.needs_offers import CityTeam, city_teams

PAGE_SIZE = 25


@dataclass(frozen=True)
class ReviewLine:
    """A peer review in a list. `n_overdue`: follow-ups whose day is over without a result."""

    public_id: str
    title: Localised
    city_id: str
    city: str
    country: str
    topic: str
    state: str
    state_label: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    n_reviewers: int
    n_overdue: int


@dataclass(frozen=True)
class ReviewList:
    """A page of peer reviews: those that look for reviewers first, then planned, then others."""

    lines: tuple[ReviewLine, ...]
    page: Page[Any]
    city: str
    teams: tuple[CityTeam, ...]
    n_overdue: int


@dataclass(frozen=True)
class ReviewerLine:
    """A reviewing city. `person` is for those who take part alone."""

    city_id: str
    city: str
    country: str
    team_id: str
    function: str
    person: str
    is_own: bool


@dataclass(frozen=True)
class AdviceLine:
    """A recommendation, with what became of it at each follow-up that is published, in words."""

    number: int
    text: str
    progress: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class FollowUpLine:
    """A follow-up. `result` is empty until it is published."""

    months: int
    label: str
    due_on: dt.date
    result: Localised
    published_on: dt.date | None
    is_overdue: bool
    may_publish: bool


@dataclass(frozen=True)
class ReviewPage:
    """One peer review. `findings` and `advice` are empty for others until they are published.

    `joinable`: cities of the reader that could review.
    """

    line: ReviewLine
    question: Localised
    findings: Localised
    findings_language: str
    is_draft: bool
    advice: tuple[AdviceLine, ...]
    reviewers: tuple[ReviewerLine, ...]
    follow_ups: tuple[FollowUpLine, ...]
    cancelled_because: Localised
    is_host: bool
    joinable: tuple[CityTeam, ...]
    may_plan: bool
    may_report: bool
    may_cancel: bool
    takes_part: bool


def get_peer_review(public_id: str) -> PeerReview:
    """A peer review: everybody may read that it is. Raises NotFound."""
    rows = PeerReview.objects.select_related("host__city", "city")
    return one_by_id(rows, "peer review", public_id)


def get_hosted_review(actor: Actor, public_id: str) -> PeerReview:
    """A peer review whose host the actor speaks for. Raises NotFound."""
    found = get_peer_review(public_id)
    if not rules.is_host(actor, found):
        raise NotFound("peer review", public_id)
    return found


def get_review_to_cancel(actor: Actor, public_id: str) -> PeerReview:
    """A peer review that the actor may call off: its host, the secretariat. Raises NotFound."""
    found = get_peer_review(public_id)
    if not (rules.is_host(actor, found) or network_rules.is_secretariat(actor)):
        raise NotFound("peer review", public_id)
    return found


def get_review_to_report(actor: Actor, public_id: str) -> PeerReview:
    """A peer review of which the actor speaks for a reviewing city. Raises NotFound."""
    found = get_peer_review(public_id)
    if rules.reviewing_as(actor, reviewers_of(found)) is None:
        raise NotFound("peer review", public_id)
    return found


def reviewers_of(review: PeerReview) -> list[PeerReviewer]:
    """The reviewing cities, the first that joined first. One query."""
    return list(review.reviewers.select_related("organisation__city", "city", "person"))


def counted(rows: QuerySet[PeerReview], today: dt.date) -> QuerySet[PeerReview]:
    """Peer reviews with the counts and city that a line shows."""
    late = Q(follow_ups__published_at=None, follow_ups__due_on__lt=today)
    return rows.select_related("city").annotate(
        n_reviewers=Count("reviewers", distinct=True),
        n_overdue=Count("follow_ups", filter=late, distinct=True),
    )


def peer_reviews(city: str = "", state: str = "") -> QuerySet[PeerReview]:
    """Those that look for reviewers first, then planned ones, then the rest; the newest first."""
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


def review_line(row: Any, language: str) -> ReviewLine:
    """The line of a counted peer review."""
    return ReviewLine(
        public_id=row.public_id,
        title=localised(row.title, row.language, language),
        city_id=row.city.public_id,
        city=local_name(row.city, language),
        country=country_name(row.city.country, language),
        topic=str(Topic(row.topic).label) if row.topic else "",
        state=row.state,
        state_label=str(PeerReviewState(row.state).label),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        n_reviewers=row.n_reviewers,
        n_overdue=row.n_overdue,
    )


def review_list(
    actor: Actor, *, city: str, number: int, language: str, today: dt.date
) -> ReviewList:
    """A page of peer reviews in at most five queries. Raises NotFound for a page or city not
    there."""
    place = City.objects.filter(public_id=city).first() if city else None
    if city and place is None:
        raise NotFound("city", city)
    pages: Paginator[Any] = Paginator(counted(peer_reviews(city), today), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    page = pages.page(number)
    return ReviewList(
        lines=tuple(review_line(row, language) for row in page.object_list),
        page=page,
        city=local_name(place, language) if place else "",
        teams=city_teams(actor, language),
        n_overdue=FollowUp.objects.filter(published_at=None, due_on__lt=today).count(),
    )


def review_page(review: PeerReview, actor: Actor, *, language: str, today: dt.date) -> ReviewPage:
    """What the page of a peer review shows, in at most seven queries."""
    reviewers = reviewers_of(review)
    row = counted(PeerReview.objects.filter(pk=review.pk), today).get()
    is_host = rules.is_host(actor, review)
    takes_part = rules.takes_part(actor, review, reviewers)
    own = rules.reviewing_as(actor, reviewers)
    is_running = review.state in {PeerReviewState.REQUESTED, PeerReviewState.PLANNED}
    is_published = review.reported_at is not None
    shown = is_published or takes_part
    follow_ups = list(review.follow_ups.all())
    joinable = city_teams(actor, language) if is_running else ()
    cities = {review.city.public_id, *(one.city.public_id for one in reviewers)}
    return ReviewPage(
        line=review_line(row, language),
        question=localised(review.question, review.language, language),
        findings=localised(review.findings if shown else "", review.findings_language, language),
        findings_language=review.findings_language,
        is_draft=bool(review.findings) and not is_published,
        advice=_advice(review, follow_ups) if shown else (),
        reviewers=tuple(_reviewer(one, own, language, takes_part) for one in reviewers),
        follow_ups=tuple(_follow_up(one, language, today, is_host) for one in follow_ups),
        cancelled_because=localised(review.cancelled_because, review.language, language),
        is_host=is_host,
        joinable=tuple(team for team in joinable if team.city_id not in cities),
        may_plan=is_host and is_running,
        may_report=own is not None and review.state == PeerReviewState.PLANNED,
        may_cancel=is_running and (is_host or network_rules.is_secretariat(actor)),
        takes_part=takes_part,
    )


def _reviewer(
    one: PeerReviewer, own: PeerReviewer | None, language: str, takes_part: bool
) -> ReviewerLine:
    return ReviewerLine(
        city_id=one.city.public_id,
        city=local_name(one.city, language),
        country=country_name(one.city.country, language),
        team_id=one.organisation.public_id,
        function=one.function,
        person=one.person.name if takes_part and one.person else "",
        is_own=own is not None and own.pk == one.pk,
    )


def _advice(review: PeerReview, follow_ups: list[FollowUp]) -> tuple[AdviceLine, ...]:
    published = [one for one in follow_ups if one.published_at is not None]
    return tuple(
        AdviceLine(
            number=one.number,
            text=one.text,
            progress=tuple(
                (follow_up.months, str(Progress(code).label))
                for follow_up in published
                if (code := follow_up.progress.get(str(one.number)))
            ),
        )
        for one in review.recommendations.all()
    )


def _follow_up(one: FollowUp, language: str, today: dt.date, is_host: bool) -> FollowUpLine:
    is_open = one.published_at is None
    return FollowUpLine(
        months=one.months,
        label=str(FollowUpMonths(one.months).label),
        due_on=one.due_on,
        result=localised(one.result, one.language, language),
        published_on=one.published_at.date() if one.published_at else None,
        is_overdue=is_open and one.due_on < today,
        may_publish=is_open and is_host,
    )
