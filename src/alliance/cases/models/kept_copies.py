"""What the pages that cases cite said when the worker last read them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.core.files import ContentStore

#: The records of web archives (WARC), each under its SHA-256.
WARCS = ContentStore("kept-copies")


class NotStoredReason(models.TextChoices):
    """Why a source is not kept, or not any more."""

    ROBOTS = "robots", _("the site does not allow automated reading (robots.txt)")
    NOARCHIVE = "noarchive", _("the page does not allow copies")
    RESERVED = "reserved", _("the publisher does not allow text and data mining")
    FORMAT = "format", _("it is not a web page, PDF or plain text")
    SIZE = "size", _("it is larger than 5 MB")
    EMPTY = "empty", _("it contains no readable text")
    FAILED = "failed", _("it did not respond or returned an error")


class StoredCopy(models.Model):
    """The text of a source as it was read last, with the digest of what the server sent.

    `why_not` tells of the last attempt alone: a text read earlier stays. `licence` is that of the
    page where it permits everybody to show it; without one, only those who answer for a case and
    those who check it read the text.
    """

    url = models.URLField(max_length=500, unique=True)
    due_at = models.DateTimeField(db_index=True)
    why_not = models.CharField(max_length=10, choices=NotStoredReason, blank=True, default="")
    fetched_at = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    content_type = models.CharField(max_length=100, blank=True, default="")
    # SHA-256 of the body as it was received, and of the WARC record in which it is kept.
    digest = models.CharField(max_length=64, blank=True, default="")
    warc = models.CharField(max_length=64, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, blank=True, default="")
    licence = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["url"]
        verbose_name_plural = "kept copies"
        constraints = [
            models.CheckConstraint(
                condition=Q(fetched_at=None, digest="", warc="", text="")
                | Q(fetched_at__isnull=False) & ~Q(digest="") & ~Q(warc=""),
                name="kept_copy_whole",
            )
        ]

    def __str__(self) -> str:
        return self.url
