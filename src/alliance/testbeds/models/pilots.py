"""Pilots: the plan, its frozen versions, the data that came in, and what was worked out of them."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.core.money import to_major
from alliance.equity.models import DistributionCheck
from alliance.knowledge.enums import EffectDirection, Language
from alliance.knowledge.models import CaseStudy, Draft, Solution
from alliance.network.models import City, Organisation, Record
from alliance.testbeds.enums import (
    EvaluationLabel,
    EvaluationState,
    PilotDesign,
    PilotNoteKind,
    PilotState,
)

PERSON = settings.AUTH_USER_MODEL


class Pilot(Record):
    """A trial of a solution in one or more cities by one protocol.

    `plan` is the protocol being written (see `alliance.testbeds.protocol`); `revision` counts its
    saved states. Once frozen, what counts is the row in `Protocol`, and the columns from `title` on
    repeat its latest version for lists.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pilots")
    state = models.CharField(max_length=10, choices=PilotState, default=PilotState.PLANNING)
    language = models.CharField(max_length=2, choices=Language)
    plan = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    # Power by simulation from the time before, while the plan is made; empty where not asked for.
    simulation = models.JSONField(default=dict, blank=True)
    # The figures of before from which the plan was proposed: the digest of their file, who gets the
    # pilot, and what the sentences of the proposals say; empty where there are none.
    before = models.JSONField(default=dict, blank=True)
    # The case of another city from which it was begun: that of its result is adapted from it.
    adapted_from = models.ForeignKey(
        CaseStudy, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Who gains and who pays: a city tries nothing on people before it is complete.
    fairness = models.ForeignKey(
        DistributionCheck, null=True, blank=True, on_delete=models.SET_NULL, related_name="pilots"
    )
    started_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.TextField(blank=True, default="")

    title = models.CharField(max_length=200)
    solution = models.ForeignKey(
        Solution, null=True, blank=True, on_delete=models.PROTECT, related_name="pilots"
    )
    design = models.CharField(max_length=20, choices=PilotDesign)
    direction = models.CharField(max_length=20, choices=EffectDirection, blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    result_due = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-frozen_at", "-id"]
        indexes = [
            models.Index(fields=["state", "result_due"], name="pilot_due"),
            models.Index(fields=["state", "-frozen_at"], name="pilot_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planning", "dropped"], frozen_at=None)
                | Q(
                    state__in=["registered", "reported", "stopped"],
                    frozen_at__isnull=False,
                    result_due__isnull=False,
                    starts_on__isnull=False,
                ),
                name="pilot_frozen_when_registered",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | ~Q(stopped_because=""),
                name="pilot_stopped_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PilotCity(models.Model):
    """A city that takes part in a pilot, and the draft of the case that came of it there."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="places")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="pilot_places")
    position = models.PositiveSmallIntegerField()
    draft = models.ForeignKey(
        Draft, null=True, blank=True, on_delete=models.SET_NULL, related_name="pilot_places"
    )

    class Meta:
        ordering = ["pilot", "position"]
        constraints = [models.UniqueConstraint(fields=["pilot", "city"], name="pilot_city_once")]

    def __str__(self) -> str:
        return f"{self.pilot_id} {self.city_id}"


class PilotNote(models.Model):
    """What happened while a registered pilot ran: a note, a cost, or why it is late. It stays.

    A cost has its amount in minor units; a delay the day on which the result is expected instead.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=5, choices=PilotNoteKind)
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField()
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    expected_on = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    noted_by_label = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["pilot", "-noted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="pilot_note_says_something"),
            models.CheckConstraint(
                condition=Q(kind="cost", amount_minor__gt=0) & ~Q(currency="")
                | ~Q(kind="cost") & Q(amount_minor=None, currency=""),
                name="pilot_note_cost_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind="delay", expected_on__isnull=False)
                | ~Q(kind="delay") & Q(expected_on=None),
                name="pilot_note_delay_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} {self.kind} {self.public_id}"

    @property
    def amount(self) -> Decimal | None:
        """What it cost, in major units."""
        return None if self.amount_minor is None else to_major(self.amount_minor, self.currency)


class Protocol(models.Model):
    """A frozen version of a plan. Rows are never changed or deleted; triggers refuse it.

    `document` is the canonical JSON itself, as text: a JSON column may write numbers otherwise, and
    `digest` is the SHA-256 of exactly these bytes in UTF-8.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="protocols")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField()
    actor = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_label = models.CharField(max_length=200)
    document = models.TextField()
    digest = models.CharField(max_length=64)
    # Why it deviates from the version before; empty for the first alone.
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["pilot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | Q(number__gt=1) & ~Q(reason=""),
                name="protocol_deviates_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} v{self.number}"


class Measurement(models.Model):
    """A file of data of one city, whole, as it was sent. A newer one takes the place of an older,
    which stays."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="measurements")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    # The version of the plan that stood when the data came in.
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="measurements")
    file_name = models.CharField(max_length=160)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    first_time = models.CharField(max_length=20, blank=True, default="")
    last_time = models.CharField(max_length=20, blank=True, default="")
    # [{"code": …, values that go into its sentence}]
    warnings = models.JSONField(default=list, blank=True)
    added_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_by_label = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pilot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="measurement_once"),
            models.CheckConstraint(condition=Q(rows__gt=0), name="measurement_has_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} m{self.number}"


class Evaluation(models.Model):
    """An analysis of the data of one city, or of all cities together where `city` is empty.

    `request` holds what was asked for; equal to the frozen one it is "as frozen", else exploratory.
    `estimate` and its interval are in the unit of the outcome (counts: logarithm of a rate ratio).
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="evaluations")
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="evaluations")
    measurement = models.ForeignKey(
        Measurement, null=True, blank=True, on_delete=models.PROTECT, related_name="evaluations"
    )
    label = models.CharField(max_length=12, choices=EvaluationLabel)
    request = models.JSONField()
    # Of the request with what it is run on, so that the same analysis is there once.
    request_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=EvaluationState, default=EvaluationState.WAITING)
    asked_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    estimate = models.FloatField(null=True, blank=True)
    standard_error = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    p = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)
    # Everything that the method answered, what its charts need, and the sentences by their codes.
    result = models.JSONField(default=dict, blank=True)
    # Of the canonical JSON of `result`, for those who cite it.
    result_digest = models.CharField(max_length=64, blank=True, default="")
    software = models.CharField(max_length=40, blank=True, default="")
    # What kept the method from answering: {"code", "message", "where"}.
    fault = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pilot", "-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "request_digest"], name="evaluation_request_once"
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(high__gte=F("low")),
                name="evaluation_interval_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(result_digest=""),
                name="evaluation_done_has_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} {self.label} {self.public_id}"
