"""What was typed at a place of the page of a review, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django import template

from alliance.knowledge.models import Draft, Review
from alliance.knowledge.selectors.reviews_public import ScoreLine, name_of, scores_of
from alliance.knowledge.writing_rules import REVIEW_WITHIN

register = template.Library()


@register.filter
def reviewer(review: Review) -> str:
    """Who reviewed; empty for somebody who has left the network."""
    return name_of(review)


@register.filter
def review_by(of: Draft | Review) -> dt.date | None:
    """The last day on which a review, or the review of a submitted draft, is on time."""
    began = of.taken_at if isinstance(of, Review) else of.submitted_at
    return (began + REVIEW_WITHIN).date() if began else None


@register.filter
def reviewers(reviews: Iterable[Review]) -> list[str]:
    """Those who reviewed and are still named."""
    return [name for name in map(name_of, reviews) if name]


@register.filter
def scores(criteria: Mapping[str, Mapping[str, Any]]) -> tuple[ScoreLine, ...]:
    """The scores of a review that are given, with their meanings."""
    return scores_of(criteria)


class AtPath(Protocol):
    """A fault that knows the path of its field in the case document."""

    @property
    def path(self) -> str: ...


@register.filter
def typed_at(typed: Mapping[str, str], path: str) -> str:
    """What was typed at a path; empty for nothing."""
    return typed.get(path, "")


@register.filter
def faults_at(faults: Iterable[AtPath], path: str) -> list[AtPath]:
    """The faults of what was typed at a path."""
    return [fault for fault in faults if fault.path == path]
