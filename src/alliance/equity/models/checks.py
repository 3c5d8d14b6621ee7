"""Fairness checks: who gains and who pays, testimonies, and challenges of residents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.equity.enums import Action, By, ClaimResult, Doubt, HeardIn, Side
from alliance.equity.models.areas import AreaSet
from alliance.network.enums import Language, SubjectKind
from alliance.network.models import City, Organisation, Post
from alliance.participation.models import Process

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class DistributionCheck(models.Model):
    """Who would gain and who would pay if a city carried out a proposal.

    The proposal is in the city's own words; `subject` is the solution or the case behind it.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="distribution_checks")
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2, choices=Language)
    summary = models.TextField()
    action = models.CharField(max_length=20, choices=Action)
    subject_kind = models.CharField(max_length=10, choices=SubjectKind, blank=True, default="")
    subject_id = models.CharField(max_length=80, blank=True, default="")
    decided_on = models.DateField(null=True, blank=True)
    area_set = models.ForeignKey(
        AreaSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="checks"
    )
    # Where residents discuss it.
    process = models.ForeignKey(
        Process, null=True, blank=True, on_delete=models.SET_NULL, related_name="checks"
    )
    # By code of a question, of its template or a dimension of justice; open ones are left out.
    answers = models.JSONField(default=dict, blank=True)
    # Why there are no figures of small areas. Then testimonies replace them.
    no_figures = models.TextField(blank=True, default="")

    # The city goes on without a table, and somebody answers for it in public.
    waived_role = models.CharField(max_length=120, blank=True, default="")
    waived_because = models.TextField(blank=True, default="")
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Since then it is public and may be challenged.
    opened_at = models.DateTimeField(null=True, blank=True)
    # Since when nothing is missing; updated by the services, so that lists need not read the parts.
    ready_at = models.DateTimeField(null=True, blank=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="check_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(waived_at=None, waived_role="", waived_because="")
                | Q(waived_at__isnull=False) & ~Q(waived_role="") & ~Q(waived_because=""),
                name="check_waived_by_a_role_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(ready_at=None) | Q(opened_at__isnull=False),
                name="check_ready_in_public",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waived(self) -> bool:
        """Whether somebody signed that the city goes on without a table."""
        return self.waived_at is not None


class CheckLine(models.Model):
    """A gain or cost of a group or an area, as a figure with its range or in words.

    `number` stays the same when lines are changed; challenges refer to it.
    """

    check_of = models.ForeignKey(DistributionCheck, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=4, choices=Side)
    by = models.CharField(max_length=5, choices=By)
    who = models.CharField(max_length=120)
    what = models.CharField(max_length=300)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True, default="")
    # How certain it is: a `Doubt`, or in words.
    doubt = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["check_of", "side", "number"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "number"], name="check_line_once"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(high__gte=F("low")),
                name="check_line_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"

    @property
    def shown_doubt(self) -> str:
        """How certain it is; the platform's own words in the active language."""
        return str(Doubt(self.doubt).label) if self.doubt in Doubt.values else self.doubt


class Mitigation(models.Model):
    """What the city does for those who would pay: by whom, until when."""

    check_of = models.ForeignKey(
        DistributionCheck, on_delete=models.CASCADE, related_name="mitigations"
    )
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    owner = models.CharField(max_length=120, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["check_of", "number"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "number"], name="mitigation_once")
        ]

    def __str__(self) -> str:
        return self.text


class Testimony(models.Model):
    """What somebody said, wrote or showed of her own life. It is shown with the figures and never
    counted.

    The person is described without a name. When consent ends, or after the last day of storage, the
    words are deleted; the fact, the form and the date stay.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    check_of = models.ForeignKey(DistributionCheck, on_delete=models.CASCADE, related_name="heard")
    kind = models.CharField(max_length=11, choices=HeardIn)
    who = models.CharField(max_length=120, blank=True, default="")
    place = models.CharField(max_length=120, blank=True, default="")
    theme = models.CharField(max_length=80, blank=True, default="")
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, choices=Language)
    heard_on = models.DateField()
    consented_on = models.DateField()
    keep_until = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    made_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["check_of", "heard_on", "id"]
        verbose_name_plural = "testimonies"
        indexes = [models.Index(fields=["forgotten_at", "keep_until"], name="testimony_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(forgotten_at=None) & ~Q(text="")
                | Q(forgotten_at__isnull=False, text="", who="", place=""),
                name="testimony_or_forgotten",
            ),
        ]

    def __str__(self) -> str:
        return self.who or str(self.pk)


class Claim(models.Model):
    """A challenge to a line of a check or to all of it, or to a figure or the rank of an area, with
    the city's answer."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="claim")
    check_of = models.ForeignKey(
        DistributionCheck, null=True, blank=True, on_delete=models.CASCADE, related_name="claims"
    )
    area_set = models.ForeignKey(
        AreaSet, null=True, blank=True, on_delete=models.CASCADE, related_name="claims"
    )
    line = models.ForeignKey(
        CheckLine, null=True, blank=True, on_delete=models.SET_NULL, related_name="claims"
    )
    # The line, or the figure of the area, as it was then; empty: the whole check.
    about = models.CharField(max_length=600, blank=True, default="")
    result = models.CharField(max_length=8, choices=ClaimResult, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["check_of", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, result="", answer="")
                | Q(answered_at__isnull=False) & ~Q(result="") & ~Q(answer=""),
                name="claim_answered_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(area_set=None, check_of__isnull=False)
                | Q(area_set__isnull=False, check_of=None, line=None) & ~Q(about=""),
                name="claim_of_a_check_or_of_areas",
            ),
        ]

    def __str__(self) -> str:
        return str(self.post)

    @property
    def of(self) -> DistributionCheck | AreaSet:
        """The challenged check or areas."""
        challenged = self.check_of or self.area_set
        assert challenged is not None  # a constraint of the table ensures it
        return challenged

    @property
    def public_id(self) -> str:
        """The id of its post."""
        return self.post.public_id

    def days(self, at: dt.datetime) -> int:
        """The number of days until the answer, or until `at`."""
        return ((self.answered_at or at) - self.post.at).days
