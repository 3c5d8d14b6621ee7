"""Pilots: the plan, its frozen versions, the data received, and their evaluations."""

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
    """An experiment with a solution in one or more cities that follow a common protocol.

    `plan` is the protocol being written (see `alliance.testbeds.protocol`); `revision` counts its
    saved states. Once frozen, the row in `Protocol` is authoritative, and the columns from `title`
    on repeat its latest version for lists.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pilots")
    state = models.CharField(max_length=10, choices=PilotState, default=PilotState.PLANNING)
    language = models.CharField(max_length=2, choices=Language)
    plan = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    # Power simulated from the time before, while the plan is made; empty if not requested.
    simulation = models.JSONField(default=dict, blank=True)
    # The figures from before on which the proposed plan rests: the digest of their file, which
    # units get the pilot, and the values in the sentences of the proposal; empty without figures.
    before = models.JSONField(default=dict, blank=True)
    # The case of another city that the pilot adapts; the case of its result is linked to it.
    adapted_from = models.ForeignKey(
        CaseStudy, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The fairness check, which a city must complete before it tries anything on people.
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
    """A city that takes part in a pilot, and the draft of the case about its result."""

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
    """A note, cost or delay recorded while a registered pilot ran. Notes cannot be removed.

    A cost has its amount in minor units; a delay the new expected date of the result.
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
        """The cost in major units."""
        return None if self.amount_minor is None else to_major(self.amount_minor, self.currency)


class Protocol(models.Model):
    """A frozen version of a plan. Database triggers refuse to change or delete a row.

    `document` is the canonical JSON as text, because a JSON column may format numbers differently;
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
    # Why it deviates from the previous version; empty only for the first.
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
    """A data file of one city as it was sent. A newer file supersedes it, but it is retained."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="measurements")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    # The version of the plan in force when the data arrived.
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="measurements")
    file_name = models.CharField(max_length=160)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    first_time = models.CharField(max_length=20, blank=True, default="")
    last_time = models.CharField(max_length=20, blank=True, default="")
    # [{"code": …, values for its sentence}]
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
    """An analysis of the data of one city, or of all cities together if `city` is empty.

    `request` holds the requested analysis: if it equals the frozen one the label is "as frozen",
    otherwise exploratory. `estimate` and its interval are in the unit of the outcome (counts:
    logarithm of a rate ratio).
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
    # Digest of the request and its input, so that an analysis exists only once.
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
    # The complete output of the method, the data of its charts, and the codes of its sentences.
    result = models.JSONField(default=dict, blank=True)
    # Digest of the canonical JSON of `result`, for citations.
    result_digest = models.CharField(max_length=64, blank=True, default="")
    software = models.CharField(max_length=40, blank=True, default="")
    # Why the method failed: {"code", "message", "where"}.
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
