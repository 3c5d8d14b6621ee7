"""Peer reviews: cities examine the work of another city, which later reports what it did."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.network.enums import FollowUpMonths, Language, PeerReviewState, Topic
from alliance.network.models.places import City, Organisation

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class PeerReview(models.Model):
    """A city invites others to review something; `host` is its municipality."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="peer_reviews")
    title = models.CharField(max_length=160)
    question = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    topic = models.CharField(max_length=24, choices=Topic, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=PeerReviewState, default=PeerReviewState.REQUESTED
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    requested_at = models.DateTimeField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # Written by the reviewers; visible to them and the host until published.
    findings = models.TextField(blank=True, default="")
    findings_language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    reported_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="peer_review_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PeerReviewState.REPORTED, PeerReviewState.CLOSED])
                | Q(reported_at__isnull=False, ends_on__isnull=False) & ~Q(findings=""),
                name="peer_review_reported_with_findings",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PeerReviewer(models.Model):
    """Another city that takes part as a reviewer, and the person who goes there for it."""

    review = models.ForeignKey(PeerReview, on_delete=models.CASCADE, related_name="reviewers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    function = models.CharField(max_length=120, blank=True, default="")
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "city"], name="peer_reviewer_once_a_city")
        ]

    def __str__(self) -> str:
        return f"{self.city} on {self.review}"


class Recommendation(models.Model):
    """A numbered recommendation of the reviewers."""

    review = models.ForeignKey(PeerReview, on_delete=models.CASCADE, related_name="recommendations")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="recommendation_once")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class FollowUp(models.Model):
    """The host's report on each recommendation 6 or 12 months after the visit."""

    review = models.ForeignKey(PeerReview, on_delete=models.CASCADE, related_name="follow_ups")
    months = models.PositiveSmallIntegerField(choices=FollowUpMonths)
    due_on = models.DateField()
    result = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    # The progress on each recommendation, by its number as text.
    progress = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    # When reminders were sent: shortly before the due date, and after it.
    reminded_at = models.DateTimeField(null=True, blank=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["review", "months"]
        indexes = [models.Index(fields=["published_at", "due_on"], name="follow_up_due")]
        constraints = [
            models.UniqueConstraint(fields=["review", "months"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(result=""), name="follow_up_with_result"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review} after {self.months} months"
