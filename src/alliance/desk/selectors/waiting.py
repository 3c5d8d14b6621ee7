"""What is being written and reviewed, and for how long it has waited."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from alliance.desk.selectors.desk import OPEN
from alliance.knowledge.enums import DraftState
from alliance.knowledge.models import Draft, Review
from alliance.knowledge.selectors.reviews_queue import HELD
from alliance.knowledge.services.reviews import REVIEWERS
from alliance.knowledge.waiting import LATE
from alliance.web.paging import page_of

DRAFTS_PER_PAGE = 50


def held_reviews() -> Coalesce:
    """How many people review the present submission of a draft."""
    held = (
        Review.objects.filter(
            draft=OuterRef("pk"), submission=OuterRef("submission"), state__in=HELD
        )
        .order_by()
        .values("draft")
        .annotate(n=Count("pk"))
    )
    return Coalesce(Subquery(held.values("n")), 0)


def waiting(state: str, *, number: int, at: dt.datetime) -> dict[str, Any]:
    """The open drafts of one state, the longest waiting first, with the states and their counts.

    Drafts come with `since` (submitted, or else last saved), the reviews `held` of their present
    submission and `n_missing` of them; those of before `late` have waited too long. Four queries.
    Raises Http404 for a page that does not exist.
    """
    chosen = state if state in OPEN else DraftState.IN_REVIEW
    in_review = chosen == DraftState.IN_REVIEW
    counts = dict(
        Draft.objects.filter(state__in=OPEN).order_by().values_list("state").annotate(Count("pk"))
    )
    held = Review.objects.filter(state__in=HELD, submission=F("draft__submission")).order_by("id")
    rows = (
        Draft.objects.filter(state=chosen)
        .annotate(
            since=Coalesce("submitted_at", "saved_at") if in_review else F("saved_at"),
            n_missing=REVIEWERS - held_reviews(),
        )
        .select_related("organisation")
        .prefetch_related(Prefetch("reviews", queryset=held, to_attr="held"))
        .order_by("submitted_at" if in_review else "saved_at", "id")
    )
    return {
        "page": page_of(Paginator(rows, DRAFTS_PER_PAGE), number),
        "states": [(one, DraftState(one).label, counts.get(one, 0)) for one in OPEN],
        "in_review": in_review,
        "state": chosen,
        "at": at,
        "late": at - LATE,
    }
