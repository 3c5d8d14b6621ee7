"""Posts about records, reports about posts, and decisions on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from alliance.core.ids import new_public_id
from alliance.network.enums import (
    AppealResult,
    AwaitsModeration,
    DiscussedKind,
    Language,
    ModerationDecision,
    ModerationRule,
)


def _reason_of(text: str) -> str:
    codes = AwaitsModeration
    return str(codes(text).label) if text in codes.values else text


class Post(models.Model):
    """A person's post about a record of any app, which is identified by kind and public id."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=20, choices=DiscussedKind)
    record_id = models.CharField(max_length=80)
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The name at the time; empty once the person has left, or if a question is anonymous. An answer
    # is in the name of a team.
    author_name = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    # The question to which this is the only answer.
    answers = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="answer"
    )
    # Hidden by a moderator, with the public reason; if hidden by the platform itself, the reason is
    # an `AwaitsModeration`.
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "record_id", "id"], name="post_of_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_because="")
                | Q(hidden_at__isnull=False) & ~Q(hidden_because=""),
                name="post_hidden_with_reason",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="post_in_words"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def why_hidden(self) -> str:
        """The reason, the platform's own in the active language."""
        return _reason_of(self.hidden_because)


class ModerationAct(models.Model):
    """A decision on a post, for the public log, which names the decider by role only.

    `since`: from when it waited for the decision. If the post is deleted, the decision remains.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="moderation"
    )
    kind = models.CharField(max_length=20, choices=DiscussedKind)
    record_id = models.CharField(max_length=80)
    decision = models.CharField(max_length=8, choices=ModerationDecision)
    rule = models.CharField(max_length=14, choices=ModerationRule, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    role = models.CharField(max_length=20)
    since = models.DateTimeField()
    at = models.DateTimeField()
    appeal = models.TextField(blank=True, default="")
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_result = models.CharField(max_length=8, choices=AppealResult, blank=True, default="")
    appeal_reason = models.CharField(max_length=300, blank=True, default="")
    appeal_decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "record_id", "-id"], name="moderation_of_record")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision="hide") | ~Q(reason=""), name="moderation_hides_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(appeal_result="", appeal_decided_at=None)
                | Q(appealed_at__isnull=False, appeal_decided_at__isnull=False)
                & ~Q(appeal_result="")
                & ~Q(appeal_reason=""),
                name="moderation_appeal_decided_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.kind} {self.record_id}"


class Report(models.Model):
    """A report about a post, until a moderator has resolved it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=300)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["settled_at", "post"], name="report_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "reported_by"],
                condition=Q(settled_at=None),
                name="report_once_a_person",
            )
        ]

    def __str__(self) -> str:
        return _reason_of(self.reason)
