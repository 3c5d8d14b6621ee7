"""Reports, the texts of editors, editions, and the records that each edition read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from alliance.core.ids import new_public_id
from alliance.network.enums import Language, Topic
from alliance.network.models import City, Organisation
from alliance.reports.enums import EditionState, RecordKind, ReportKind

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class Report(models.Model):
    """A report on a topic, a city or a year of the network, with its editions."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=8, choices=ReportKind)
    topic = models.CharField(max_length=24, choices=Topic, blank=True, default="")
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    # The team whose editors may write it in addition to the secretariat: the municipality of its
    # city.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    # The language of the editors.
    language = models.CharField(max_length=2, choices=Language)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ReportKind.TOPIC, city=None, year=None) & ~Q(topic="")
                | Q(kind=ReportKind.CITY, topic="", year=None, city__isnull=False)
                | Q(kind=ReportKind.NETWORK, topic="", city=None, year__isnull=False),
                name="report_of_one_subject",
            ),
            models.UniqueConstraint(
                fields=["topic"], condition=~Q(topic=""), name="report_once_a_topic"
            ),
            models.UniqueConstraint(
                fields=["city"], condition=Q(city__isnull=False), name="report_once_a_city"
            ),
            models.UniqueConstraint(
                fields=["year"], condition=Q(year__isnull=False), name="report_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.topic or self.city_id or self.year}"


class ReportText(models.Model):
    """The text of an editor in a chapter. Each save adds a row, so that no text is lost; the newest
    row counts, and an empty one removes the text."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="texts")
    chapter = models.CharField(max_length=40)
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField(blank=True, default="")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["report", "id"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.chapter}"


class ReportEdition(models.Model):
    """A report built from the records as of the end of a day.

    `content` is what the template prints, by language; `files` has the SHA-256 of each file by its
    name. A published edition is never built again.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    state = models.CharField(
        max_length=10, choices=EditionState, default=EditionState.BUILDING, db_index=True
    )
    # The progress in percent.
    progress = models.PositiveSmallIntegerField(default=0)
    # Why it cannot be built: a list of {"where", "code", "params"}.
    faults = models.JSONField(default=list, blank=True)
    content = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=dict, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    asked_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["report", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_edition_once"),
            models.UniqueConstraint(
                fields=["report"],
                condition=~Q(state=EditionState.PUBLISHED),
                name="report_edition_one_in_work",
            ),
            models.CheckConstraint(
                condition=Q(state=EditionState.PUBLISHED, published_at__isnull=False)
                | ~Q(state=EditionState.PUBLISHED) & Q(published_at=None),
                name="report_edition_published_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.number}"


class RecordRead(models.Model):
    """A record that an edition read, its version, and the places that cite it."""

    edition = models.ForeignKey(ReportEdition, on_delete=models.CASCADE, related_name="reads")
    kind = models.CharField(max_length=10, choices=RecordKind)
    record_id = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    # The citing places of the report, by their anchors.
    places = models.JSONField(default=list)

    class Meta:
        ordering = ["edition", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind", "record_id"], name="record_read_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} {self.version}"
