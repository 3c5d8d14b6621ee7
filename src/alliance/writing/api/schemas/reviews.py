"""Reviews as the API takes and gives them."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from alliance.cases.enums import ReviewCriterion, ReviewState
from alliance.network.api.common import LanguageCode, Listing
from alliance.network.api.writing import Body


class Judgement(Body):
    """A score from 0 to 3 on one criterion, with the reason."""

    score: int | None = Field(None, description="0, 1, 2 or 3; null: not given yet.")
    reason: str = ""


class SaveReview(Body):
    """A review as far as it is written."""

    criteria: dict[str, Judgement] = Field(
        {}, description=f"By criterion: {', '.join(ReviewCriterion.values)}."
    )
    note: str = ""


class GiveReview(SaveReview):
    """A review that is given. Scores and reasons of approvals are published with the case."""

    approve: bool = Field(description="False asks the team for changes.")
    no_conflict: bool = Field(
        False,
        description="The reviewer declares to have no conflict of interest; an approval needs it.",
    )


class TakeReview(Body):
    reviewer: str | None = Field(
        None, description="Id of who is asked to review, for the secretariat; null: the caller."
    )


class GiveBackReview(Body):
    conflict: bool = Field(False, description="Because of a conflict of interest.")
    note: str = Field("", description="What the conflict is.")


class ReviewScore(Schema):
    criterion: ReviewCriterion
    score: int
    reason: str


class DraftReview(Schema):
    """One person's review of one handing in. Scores and note are empty while they are not open."""

    number: int
    reviewer: str | None = Field(description="Null for somebody who has left.")
    submission: int
    state: ReviewState
    taken_at: dt.datetime
    given_at: dt.datetime | None
    scores: list[ReviewScore]
    note: str
    is_own: bool


class DraftReviewListing(Listing[DraftReview]):
    """Reviews of the present handing in, then of earlier ones."""


class ReviewOutcome(Schema):
    """What came of a review."""

    review: DraftReview
    published: str | None = Field(
        description="Id of the case, where this was the second approval; else null."
    )


class QueuedDraft(Schema):
    """A draft that waits for review."""

    id: str
    title: str | None
    language: LanguageCode = Field(description="The language it is written in.")
    team: str | None = Field(description="Name of the team; null where its city is hidden.")
    solution: str | None = Field(description="Name of the solution; null if none is chosen.")
    is_new_solution: bool
    is_change: bool = Field(description="It changes a published case.")
    submission: int
    submitted_at: dt.datetime
    reviewers: list[str]
    standing: str = Field(
        description="What the caller can do: mine, given, free, full, own-team or not-reviewer."
    )
    links: QueuedDraftLinks


class QueuedDraftLinks(Schema):
    draft: str
    reviews: str
    page: str


class Queue(Schema):
    """A part of what waits for review, the longest waiting first."""

    count: int = Field(description="How many drafts meet the filters.")
    page: int
    pages: int
    next: str | None
    items: list[QueuedDraft]
