"""Testbeds, places where actions may be tried, and the bookings of their slots."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.network.models import City, Organisation
from alliance.network.models.needs_offers import Statement
from alliance.testbeds.enums import BookingState, PermitState, TestbedKind, TestbedState
from alliance.testbeds.models.pilots import Pilot

PERSON = settings.AUTH_USER_MODEL


class Testbed(Statement):
    """A place where something new may be tried. Unknown facts are left empty, never guessed."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="testbeds")
    kind = models.CharField(max_length=12, choices=TestbedKind)
    # A description of the location.
    place = models.CharField(max_length=300)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    owner = models.CharField(max_length=160, blank=True, default="")
    owner_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Maximum number of simultaneous trials; if unknown, free slots are not shown.
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    capacity_words = models.TextField(blank=True, default="")
    conditions = models.TextField(blank=True, default="")
    cost = models.TextField(blank=True, default="")
    state = models.CharField(max_length=8, choices=TestbedState, default=TestbedState.OPEN)
    closed_because = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "-changed_at"], name="testbed_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__isnull=False,
                    longitude__range=(-180, 180),
                ),
                name="testbed_place_range",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gt=0), name="testbed_capacity_positive"
            ),
            models.CheckConstraint(
                condition=~Q(owner="") | Q(owner_organisation__isnull=False),
                name="testbed_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(state=TestbedState.OPEN, closed_at=None)
                | Q(state=TestbedState.CLOSED, closed_at__isnull=False) & ~Q(closed_because=""),
                name="testbed_closed_with_reason",
            ),
        ]


class TestbedPermit(models.Model):
    """A permit that trials in a testbed need. `days` is the processing time, empty if unknown."""

    testbed = models.ForeignKey(Testbed, on_delete=models.CASCADE, related_name="permits")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=160)
    granted_by = models.CharField(max_length=160, blank=True, default="")
    state = models.CharField(max_length=8, choices=PermitState, default=PermitState.UNKNOWN)
    days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["testbed", "number"]
        constraints = [
            models.UniqueConstraint(fields=["testbed", "number"], name="testbed_permit_once"),
            models.CheckConstraint(
                condition=Q(state__in=PermitState.values), name="testbed_permit_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TestbedData(models.Model):
    """Data measured in a testbed."""

    testbed = models.ForeignKey(Testbed, on_delete=models.CASCADE, related_name="data")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=160)
    how_often = models.CharField(max_length=80, blank=True, default="")
    since = models.DateField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True, default="")
    licence = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["testbed", "number"]
        constraints = [
            models.UniqueConstraint(fields=["testbed", "number"], name="testbed_data_once")
        ]

    def __str__(self) -> str:
        return self.what


class Booking(models.Model):
    """A slot requested by an organisation; both its first and last day belong to it."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    testbed = models.ForeignKey(Testbed, on_delete=models.CASCADE, related_name="bookings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2)
    starts_on = models.DateField()
    ends_on = models.DateField()
    pilot = models.ForeignKey(
        Pilot, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings"
    )
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.ASKED)
    # Why the testbed's team declined it.
    reason = models.TextField(blank=True, default="")
    asked_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [
            models.Index(fields=["testbed", "state", "ends_on"], name="booking_taken"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="booking_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state=BookingState.DECLINED) | ~Q(reason=""),
                name="booking_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[BookingState.ACCEPTED, BookingState.DECLINED])
                | Q(answered_at__isnull=False),
                name="booking_answered_at",
            ),
            models.CheckConstraint(
                condition=~Q(state=BookingState.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="booking_withdrawn_at",
            ),
            # A repeated request, such as a form sent twice, creates only one booking.
            models.UniqueConstraint(
                fields=["testbed", "organisation", "title", "starts_on", "ends_on"],
                condition=Q(state=BookingState.ASKED),
                name="booking_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.starts_on} {self.ends_on}"
