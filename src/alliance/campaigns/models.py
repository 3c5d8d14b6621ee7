"""A campaign, the list of its units, outcome data, and pledges of residents.

A campaign is a `participation.Process` of its kind: opening, promises, participants and their data
are those of every process.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.campaigns.enums import Chosen, Did, UnitKind
from alliance.cases.enums import EffectDirection
from alliance.cases.models import Method
from alliance.core.ids import new_public_id
from alliance.participation.models import HourField, Participant, Process
from alliance.writing.models import Draft

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class Campaign(models.Model):
    """What residents are asked to do, and how the city measures whether it helped."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="campaign"
    )
    # The one next step, where and when, which should be easy.
    step = models.CharField(max_length=200)
    step_place = models.CharField(max_length=160)
    step_when = models.CharField(max_length=160)
    methods = models.ManyToManyField(Method, related_name="campaigns", blank=True)
    # The outcome measure, such as residual waste in kg per household and week.
    outcome = models.CharField(max_length=120, blank=True, default="")
    unit = models.CharField(max_length=80, blank=True, default="")
    direction = models.CharField(
        max_length=16, choices=EffectDirection, default=EffectDirection.LOWER
    )
    # The baseline period, in words.
    before = models.CharField(max_length=160, blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # It determines the allocation together with the name of a unit; it is set before there is a
    # list.
    salt = models.CharField(max_length=80, default=new_public_id, editable=False)
    # The published pledges, in the format of `selectors.counts`; empty before the first issue.
    issued = models.JSONField(default=dict, editable=False)
    # The draft of a case about the result.
    draft = models.ForeignKey(
        Draft, null=True, blank=True, on_delete=models.SET_NULL, related_name="campaigns"
    )

    class Meta:
        ordering = ["process"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.step


class UnitList(models.Model):
    """The allocation, random or given; names are for the team only.

    `columns` has lists of one length: `unit`, `treated` (0 or 1), optionally `area` and `before` (a
    number or null), and in `groups` the columns of subgroups.
    """

    campaign = models.OneToOneField(
        Campaign, primary_key=True, on_delete=models.CASCADE, related_name="list"
    )
    kind = models.CharField(max_length=10, choices=UnitKind)
    chosen = models.CharField(max_length=8, choices=Chosen)
    columns = models.JSONField()
    # The number of allocated households or areas.
    n = models.PositiveIntegerField()
    n_in = models.PositiveIntegerField()
    # The number of randomisations of this campaign so far.
    number = models.PositiveSmallIntegerField()
    units_sha256 = models.CharField(max_length=64)
    in_sha256 = models.CharField(max_length=64)
    # The baseline balance; empty without baseline data.
    balance = models.JSONField(default=dict)
    at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    class Meta:
        ordering = ["campaign"]
        constraints = [
            models.CheckConstraint(
                condition=Q(n_in__gt=0) & Q(n_in__lt=F("n")), name="campaign_two_groups"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.n_in} of {self.n}"


class Outcome(models.Model):
    """Outcome data of a city, and the result.

    `columns`: `unit` and `value` (a number or null) of one length. `result`: see
    `services.worked_out`.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="outcomes")
    number = models.PositiveSmallIntegerField()
    columns = models.JSONField()
    result = models.JSONField()
    at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    class Meta:
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="campaign_outcome_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.number}"


class Pledge(models.Model):
    """A participant's pledge to take the step, and her report whether she did."""

    participant = models.OneToOneField(
        Participant, primary_key=True, on_delete=models.CASCADE, related_name="pledge"
    )
    at = HourField()
    did = models.CharField(max_length=3, choices=Did, blank=True, default="")
    did_at = HourField(null=True, blank=True)

    class Meta:
        ordering = ["participant"]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.did}"
