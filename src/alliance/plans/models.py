"""The versions of a plan, in paragraphs that residents comment on."""

from __future__ import annotations

from django.db import models

from alliance.participation.models import Contribution, Process


class Version(models.Model):
    """The text of a plan from a time on."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="plan_versions")
    number = models.PositiveSmallIntegerField()
    # What was changed and why; empty for the first.
    note = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["process", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="plan_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.process_id}: {self.number}"


class Paragraph(models.Model):
    """A paragraph of a version. Its `thread` is the same as long as it is the same paragraph, also
    if its text changed: comments stay with it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="paragraphs")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    thread = models.ForeignKey(Contribution, on_delete=models.RESTRICT, related_name="paragraphs")

    class Meta:
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="plan_paragraph_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.text[:60]}"
