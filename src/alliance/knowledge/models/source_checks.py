"""Whether an address that records cite answers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class SourceCheck(models.Model):
    """What the worker found when it last asked for the address of a source."""

    url = models.URLField(max_length=500, unique=True)
    # None: could not be told, such as when the site refuses machines.
    is_alive = models.BooleanField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    last_alive_at = models.DateTimeField(null=True, blank=True)
    # Failed checks in a row: one bad night makes no dead link.
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["url"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_alive_at=None) | Q(checked_at__gte=F("last_alive_at")),
                name="source_alive_when_checked",
            )
        ]

    def __str__(self) -> str:
        return self.url
