"""The audit trail: who did what to which record, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One act on one record. Rows are only ever added; their ids give the order of acts."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Named also where no person stands behind it: "starter", "worker", "command line".
    actor_label = models.CharField(max_length=80)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    public_id = models.CharField(max_length=80)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "public_id"], name="audit_record")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.kind} {self.public_id}"
