"""The audit trail, and what the worker stores about background jobs."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """An action on a record. Rows are only ever added; their ids give the order."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Also set if no person acted: "starter", "worker", "command line".
    actor_label = models.CharField(max_length=80)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    public_id = models.CharField(max_length=80)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["kind", "public_id"], name="audit_record"),
            # The log is searched by each of these, newest first.
            models.Index(fields=["actor_label", "id"], name="audit_who"),
            models.Index(fields=["verb", "id"], name="audit_verb"),
            models.Index(fields=["kind", "id"], name="audit_kind"),
            models.Index(fields=["public_id", "id"], name="audit_public_id"),
            models.Index(fields=["at"], name="audit_time"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.kind} {self.public_id}"
        )


class TaskState(models.Model):
    """What the worker stores about a background job besides its result: key, attempts and lease."""

    job = models.OneToOneField(
        "django_tasks_database.DBTaskResult",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="state",
    )
    # Set while the job waits or runs, so that no second job with this key is enqueued.
    key = models.CharField(max_length=200, null=True, unique=True)
    # Enqueued again while it ran: what it read may be out of date, so it will run again.
    again = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    # The number of leases so far. Only the holder of the latest may record a result.
    token = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, default="")
    expires_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.job_id} attempt {self.attempts}"


class ScheduledTask(models.Model):
    """When a periodic task is due next."""

    task_path = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.task_path} due {self.due_at:%Y-%m-%d %H:%M}"


class ThrottleKey(models.Model):
    """The key of a day, for the digests by which attempts are counted.

    No backup contains it or the counts (`core.backups.LEFT_OUT`), and all of them are deleted with
    the day.
    """

    day = models.DateField(primary_key=True)
    key = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)


class ThrottleCount(models.Model):
    """How often a limited action was attempted in the open window; see `core.throttle`."""

    # No serial number, which would reveal the order in which people came.
    key_digest = models.CharField(max_length=64, primary_key=True)
    # Never a full hour, so that it equals no time of participation.
    opened_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.tries} since {self.opened_at:%Y-%m-%d %H:%M}"


class WriteCount(models.Model):
    """What a person, token or team wrote since the window opened; see `core.budgets`."""

    key_digest = models.CharField(max_length=64, primary_key=True)
    # Seconds since 1970, so that one statement works on both databases.
    opened_at = models.BigIntegerField(db_index=True)
    saves = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    files = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.saves} saves, {self.size} bytes, {self.files} files"


class SharedCacheEntry(models.Model):
    """The table of Django's database cache, which all nodes share."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shared_cache"

    def __str__(self) -> str:
        return self.cache_key
