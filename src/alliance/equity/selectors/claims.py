"""Challenges to checks and to figures of areas, and statistics of the answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from django.db.models import QuerySet

from alliance.equity.models import AreaSet, Claim, DistributionCheck
from alliance.equity.services.claims import ANSWER_WITHIN


def shown_claims() -> QuerySet[Claim]:
    """Challenges with their posts, newest first."""
    return Claim.objects.select_related("post").order_by("-id")


@dataclass(frozen=True)
class Answering:
    """Statistics of a city's answers: `days` is the (lower) median, None without any answer."""

    n: int
    n_open: int
    days: int | None
    longest_open: int


def answering_of(claims: list[Claim], at: dt.datetime) -> Answering:
    """The statistics of challenges that are not hidden."""
    shown = [claim for claim in claims if claim.post.hidden_at is None]
    answered = [claim.days(at) for claim in shown if claim.answered_at is not None]
    open_ = [claim.days(at) for claim in shown if claim.answered_at is None]
    return Answering(
        n=len(shown),
        n_open=len(open_),
        days=median_low(answered) if answered else None,
        longest_open=max(open_, default=0),
    )


def claims_of(of: DistributionCheck | AreaSet, at: dt.datetime) -> dict[str, Any]:
    """The challenges to a check, which are prefetched, or to areas, for a page."""
    rows = shown_claims().filter(area_set=of) if isinstance(of, AreaSet) else of.claims.all()
    claims = list(rows)
    return {
        "claims": [
            (claim, claim.days(at), (claim.post.at + ANSWER_WITHIN).date()) for claim in claims
        ],
        "answering": answering_of(claims, at),
    }
