"""Who reviewed a published case, and how they judged it: for every reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.cases.enums import DraftState, ReviewCriterion, ReviewState
from alliance.cases.models import CaseStudy
from alliance.core.models import AuditEvent
from alliance.writing.messages.reviews import CRITERIA
from alliance.writing.models import Review


@dataclass(frozen=True)
class ScoreLine:
    """What a reviewer gave on one criterion, with the meaning of the score in words."""

    criterion: str
    label: str
    score: int
    meaning: str
    reason: str


def name_of(review: Review) -> str:
    """Who reviewed, empty for somebody who has left the network."""
    return "" if review.reviewer_name == FORMER_MEMBER else review.reviewer_name


def scores_of(criteria: Mapping[str, Mapping[str, Any]]) -> tuple[ScoreLine, ...]:
    """The scores of a review in the order of the criteria, those alone that are given."""
    lines = []
    for criterion in ReviewCriterion:
        judgement = criteria.get(criterion.value) or {}
        if judgement.get("score") is not None:
            score = int(judgement["score"])
            meaning = CRITERIA[criterion.value].scores[score]
            lines.append(
                ScoreLine(
                    criterion.value,
                    str(criterion.label),
                    score,
                    str(meaning),
                    judgement.get("reason") or "",
                )
            )
    return tuple(lines)


def approvals(case: CaseStudy | OuterRef) -> QuerySet[Review]:
    """The approvals on which states of a case were published, those of the last first."""
    return (
        Review.objects.filter(
            draft__case=case,
            draft__state=DraftState.PUBLISHED,
            submission=F("draft__submission"),
            state=ReviewState.APPROVED,
        )
        .select_related("draft")
        .defer("draft__content")
        .order_by("-draft__closed_at", "-draft_id", "id")
    )


def reviewed(case: CaseStudy) -> list[Review]:
    """The approvals on which the present state of a case was published last. One query.

    Those of minor changes count only where there are no others: they judged a difference alone.
    """
    every = list(approvals(case))
    rows = [row for row in every if not row.draft.is_minor] or every
    return [row for row in rows if row.draft_id == rows[0].draft_id and row.draft.closed_at]


def reviewers_by_version(case: CaseStudy) -> dict[int, tuple[str, ...]]:
    """Who reviewed each version that was published by review, by its number. Two queries."""
    rows = list(approvals(case))
    if not rows:
        return {}
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.draft.public_id, []).append(name_of(row))
    acts = AuditEvent.objects.filter(kind="draft", verb="publish", public_id__in=names)
    return {
        act.details["version"]: tuple(name for name in names[act.public_id] if name)
        for act in acts
        if "version" in act.details
    }
