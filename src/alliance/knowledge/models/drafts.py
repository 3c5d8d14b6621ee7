"""Cases being written: drafts with their saved states, attachments, and their review."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from alliance.core.ids import new_public_id
from alliance.knowledge.enums import (
    DraftState,
    Language,
    PictureLicence,
    ReviewCriterion,
    ReviewState,
)
from alliance.knowledge.models.cases import CaseStudy
from alliance.network.enums import DiscussedKind
from alliance.network.models import Organisation, Post

PERSON = settings.AUTH_USER_MODEL


class Draft(models.Model):
    """A case that a team writes, or a change to one of its cases.

    `content` is a case document (see `alliance.knowledge.case_document`), whole or in part.
    `revision` counts the saved states, so that of two people saving the second is told.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="drafts")
    # The published case that this changes, or that came of it.
    case = models.ForeignKey(
        CaseStudy, null=True, blank=True, on_delete=models.CASCADE, related_name="drafts"
    )
    # The version of the case that the change started from; publishing on top of another asks.
    base_version = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=14, choices=DraftState, default=DraftState.WRITING)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    # How often it was handed in for review.
    submission = models.PositiveIntegerField(default=0)
    # How many must approve the present submission: one where it changes but the wording of a case.
    n_reviewers = models.PositiveSmallIntegerField(default=2)
    started_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-saved_at", "-id"]
        indexes = [models.Index(fields=["state", "submitted_at"], name="draft_queue")]
        constraints = [
            # Two open changes of one case would overwrite each other.
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["writing", "in-review", "changes-asked"]),
                name="draft_one_open_per_case",
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_minor(self) -> bool:
        """Whether one reviewer is enough."""
        return self.n_reviewers == 1


class DraftRevision(models.Model):
    """A saved state of a draft, whole. Rows are never changed; of old ones some are kept."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_label = models.CharField(max_length=200)
    content = models.JSONField()

    class Meta:
        ordering = ["draft", "number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} r{self.number}"


class Submission(models.Model):
    """A handing in of a draft for review: the saved state that its reviewers judge."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField()
    revision = models.ForeignKey(DraftRevision, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["draft", "number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="submission_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} s{self.number}"


class Attachment(models.Model):
    """A file of a draft; it can be read by others only once the case is published with it.

    A picture with `alt_text` is shown on the page of the case, with its credit and licence.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    draft = models.ForeignKey(
        Draft, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    case = models.ForeignKey(
        CaseStudy, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # Of the title and the alt text.
    language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    # What a picture shows, for those who do not see it.
    alt_text = models.CharField(max_length=300, blank=True, default="")
    # Who made it, as named beside it.
    credit = models.CharField(max_length=200, blank=True, default="")
    licence = models.CharField(max_length=20, choices=PictureLicence, blank=True, default="")
    added_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # Of a published one: readers of the versions see it.
    removal_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | Q(case__isnull=False),
                name="attachment_belongs_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(alt_text="", credit="", licence="")
                | Q(media_type__startswith="image/")
                & ~(Q(alt_text="") | Q(credit="") | Q(licence="")),
                name="attachment_shown_is_described",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Review(models.Model):
    """One named reviewer's judgement of one submission of a draft, on the four criteria."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="reviews")
    submission = models.PositiveIntegerField()
    # None once the person has left; what was judged stays.
    reviewer = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews"
    )
    # Kept beside the account, for a person may change it later.
    reviewer_name = models.CharField(max_length=120)
    state = models.CharField(max_length=14, choices=ReviewState, default=ReviewState.TAKEN)
    # Scores 0 to 3 by criterion, with a reason each: {criterion: {"score": n, "reason": text}}.
    criteria = models.JSONField(default=dict, blank=True)
    # None until declared. A conflict frees the review for another reviewer.
    has_conflict = models.BooleanField(null=True, blank=True)
    conflict_note = models.CharField(max_length=500, blank=True, default="")
    note = models.TextField(blank=True, default="")
    taken_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)

    CRITERIA = tuple(ReviewCriterion.values)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "submission", "reviewer"], name="review_once_per_submission"
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.reviewer_name}"


class ReviewComment(models.Model):
    """A remark on one field of a draft, or on the whole where `field` is empty."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="comments")
    submission = models.PositiveIntegerField()
    # Path in the case document, such as `texts.sv.summary` or `effects[0].value`.
    field = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField()
    author = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by_name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.field}"


class QuestionManager(models.Manager["Question"]):
    """The posts on cases, each with its answer."""

    def get_queryset(self) -> models.QuerySet[Question]:
        posts = super().get_queryset().filter(kind=DiscussedKind.CASE, answers=None)
        return posts.select_related("answer")

    def about(self, **cases: Any) -> models.QuerySet[Question]:
        """Those about cases for which the conditions hold that are not hidden."""
        public_ids = CaseStudy.objects.filter(**cases).order_by().values("public_id")
        return self.filter(record_id__in=public_ids, hidden_at=None)


class Question(Post):
    """A post on a case for those who answer for it; readers see it with the answer."""

    objects: ClassVar[QuestionManager] = QuestionManager()

    class Meta:
        proxy = True

    @cached_property
    def case(self) -> CaseStudy:
        """The case that the question is about."""
        cases = CaseStudy.objects.select_related("owner", "city", "masked_city")
        return cases.get(public_id=self.record_id)

    @property
    def reply(self) -> Post | None:
        """The answer, once there is one."""
        return getattr(self, "answer", None)
