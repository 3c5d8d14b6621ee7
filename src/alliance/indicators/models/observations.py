"""Figures with their complete history: a revision supersedes a row, which is never changed or
deleted.

The figures known at a time are the rows recorded by then and not yet superseded.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.indicators.enums import WITHOUT_VALUE, BatchKind, Boundary, Quality, Status
from alliance.indicators.models.catalogue import Definition
from alliance.network.models import City, Organisation

TOTAL = "_T"  # SDMX: all of that dimension together


#: Separates the title of a source from the copy that was read.
READ_IN = " (read in "


def publisher_title(title: str) -> str:
    """The publisher's title of a source, without the copy that was read, which only the API and
    downloads name.
    """
    return title.partition(READ_IN)[0]


class ObservationSource(models.Model):
    """The source of figures: a page or file of a publisher."""

    title = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True, default="")
    licence = models.CharField(max_length=240, blank=True, default="")
    # The publisher of these figures if it differs from that of their definition.
    publisher = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "url", "licence", "publisher"], name="observation_source_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ObservationBatch(models.Model):
    """Figures that were submitted together: by whom, when, from what, and why."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=10, choices=BatchKind)
    at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Also set without a person, as in the audit trail.
    made_by_label = models.CharField(max_length=80)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=400, blank=True, default="")
    file_name = models.CharField(max_length=200, blank=True, default="")
    file_digest = models.CharField(max_length=64, blank=True, default="")
    # How the file was read: columns, unit conversions, meanings of flags.
    details = models.JSONField(default=dict, blank=True)
    added = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="batch_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Series(models.Model):
    """The figures of a city under a definition, for an area and a group of people."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="series")
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="series")
    boundary = models.CharField(max_length=24, choices=Boundary, default=Boundary.UNKNOWN)
    sex = models.CharField(max_length=8, default=TOTAL)
    age = models.CharField(max_length=16, default=TOTAL)
    income = models.CharField(max_length=16, default=TOTAL)
    # A part of the city by its own name or code.
    area = models.CharField(max_length=80, default=TOTAL)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "city", "boundary", "sex", "age", "income", "area"],
                name="series_once",
            )
        ]
        indexes = [models.Index(fields=["city", "definition"], name="series_of_city")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.definition_id}"


class Observation(models.Model):
    """A figure as it was known from `recorded_at` until `superseded_at`.

    `period` is an SDMX time period (2021, 2021-Q3, 2021-06); `year` its year.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="observations")
    period = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    value = models.FloatField(null=True, blank=True)
    status = models.CharField(max_length=1, choices=Status, default=Status.NORMAL)
    # The standard error in units of the value, or a grade if only that is known.
    standard_error = models.FloatField(null=True, blank=True)
    quality = models.CharField(max_length=1, choices=Quality, blank=True, default="")
    # The number of the definition version under which the figure was made.
    definition_number = models.PositiveSmallIntegerField(default=1)
    method = models.CharField(max_length=160, blank=True, default="")
    source = models.ForeignKey(
        ObservationSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.ForeignKey(
        ObservationBatch, on_delete=models.PROTECT, related_name="observations"
    )
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period"],
                condition=Q(superseded_at=None),
                name="observation_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["series", "period", "recorded_at"], name="observation_once_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True, status__in=sorted(WITHOUT_VALUE))
                | (Q(value__isnull=False) & ~Q(status__in=sorted(WITHOUT_VALUE))),
                name="observation_value_fits_status",
            ),
            models.CheckConstraint(
                condition=Q(standard_error=None) | Q(standard_error__gte=0),
                name="observation_error_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gt=F("recorded_at")),
                name="observation_superseded_later",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(1800, 2200)), name="observation_year_range"
            ),
        ]
        indexes = [
            # The log of revisions, newest first.
            models.Index(
                fields=["superseded_at"],
                condition=Q(superseded_at__isnull=False),
                name="observation_revised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period} {self.value}"
