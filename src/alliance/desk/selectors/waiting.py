"""What is being written and reviewed, and for how long it has waited."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch

from alliance.desk.selectors.desk import LATE, OPEN
from alliance.knowledge.enums import DraftState
from alliance.knowledge.models import Draft, Review
from alliance.knowledge.selectors.lines import Told, title_of
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.reviews_queue import HELD
from alliance.knowledge.services.reviews import REVIEWERS

DRAFTS_PER_PAGE = 50


@dataclass(frozen=True)
class WaitingLine:
    """An open draft. `since`: handed in, or else last saved; `days` are whole days from then.

    `is_masked`: its city is hidden from readers; the secretariat sees its team all the same.
    """

    public_id: str
    title: Told
    team: str
    team_id: str
    since: dt.datetime
    days: int
    is_late: bool
    is_change: bool
    is_masked: bool
    reviewers: tuple[tuple[str, str], ...]
    n_missing: int


@dataclass(frozen=True)
class StateCount:
    """A state of drafts with how many are in it."""

    state: str
    label: str
    n: int
    chosen: bool


@dataclass(frozen=True)
class Waiting:
    """The open drafts of one state, the longest waiting first."""

    lines: tuple[WaitingLine, ...]
    page: Page[Any]
    states: tuple[StateCount, ...]
    state: str


def _line(row: Draft, language: str, at: dt.datetime) -> WaitingLine:
    in_review = row.state == DraftState.IN_REVIEW
    since = row.submitted_at if in_review and row.submitted_at else row.saved_at
    reviewers = tuple(
        (review.reviewer_name, str(review.get_state_display()))
        for review in row.reviews.all()
        if review.submission == row.submission
    )
    return WaitingLine(
        public_id=row.public_id,
        title=title_of(row.content, language),
        team=local_name(row.organisation, language),
        team_id=row.organisation.public_id,
        since=since,
        days=(at - since).days,
        is_late=in_review and at - since > LATE,
        is_change=row.case_id is not None,
        is_masked=bool(row.content.get("is_masked")),
        reviewers=reviewers,
        n_missing=max(0, REVIEWERS - len(reviewers)) if in_review else 0,
    )


def waiting(state: str, *, number: int, language: str, at: dt.datetime) -> Waiting:
    """The page of that number. Four queries. Raises NotFound for a page that does not exist."""
    chosen = state if state in OPEN else DraftState.IN_REVIEW
    counts = dict(
        Draft.objects.filter(state__in=OPEN).order_by().values_list("state").annotate(Count("pk"))
    )
    order = "submitted_at" if chosen == DraftState.IN_REVIEW else "saved_at"
    rows = (
        Draft.objects.filter(state=chosen)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("reviews", queryset=Review.objects.filter(state__in=HELD).order_by("id"))
        )
        .order_by(order, "id")
    )
    page = page_of(Paginator(rows, DRAFTS_PER_PAGE), number)
    return Waiting(
        lines=tuple(_line(row, language, at) for row in page.object_list),
        page=page,
        states=tuple(
            StateCount(one, str(DraftState(one).label), counts.get(one, 0), one == chosen)
            for one in OPEN
        ),
        state=chosen,
    )
