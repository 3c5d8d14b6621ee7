"""What happened elsewhere, and what a team says hangs together.

The tables are called after the room `thread`, which had them first and reads them.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.adoption.enums import Kind, StepKind
from alliance.core.ids import new_public_id
from alliance.network.enums import Language
from alliance.network.models import City, Organisation

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class TeamRecord(models.Model):
    """What the team of a municipality says."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    stated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True


class Step(TeamRecord):
    """A proposal, a decision or a workshop that happened outside of the platform."""

    kind = models.CharField(max_length=10, choices=StepKind)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="thread_steps")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True, default="")
    happened_on = models.DateField()
    # Where it can be read in the city's own records; empty where it is not online.
    url = models.CharField(max_length=500, blank=True, default="")
    # Of a decision: the day by which the city itself expects an outcome.
    expected_by = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "thread_step"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["kind", "-happened_on"], name="thread_step_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_by=None) | Q(kind="decision"),
                name="thread_step_expects_of_decisions",
            ),
            models.CheckConstraint(
                condition=Q(expected_by=None) | Q(expected_by__gte=F("happened_on")),
                name="thread_step_expects_later",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="https://"), name="thread_step_https"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Link(TeamRecord):
    """Two things that hang together, as a team says, in the order of `rules.PAIRS`.

    They belong to other rooms, so they are named by kind and public id.
    """

    first_kind = models.CharField(max_length=12, choices=Kind)
    first_id = models.CharField(max_length=80)
    second_kind = models.CharField(max_length=12, choices=Kind)
    second_id = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)

    class Meta:
        db_table = "thread_link"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["second_kind", "second_id"], name="thread_link_second"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["first_kind", "first_id", "second_kind", "second_id"],
                name="thread_link_once",
            ),
            models.CheckConstraint(
                condition=~Q(first_kind=F("second_kind"), first_id=F("second_id")),
                name="thread_link_of_two",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="thread_link_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.first_kind} {self.first_id} – {self.second_kind} {self.second_id}"
