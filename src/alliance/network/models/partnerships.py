"""The former tables of agreements: they remain for one version, unused.

`adoption` has a copy of every row, with the same public id.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.network.enums import (
    AgreementState,
    Language,
    PartnershipSide,
    SubjectKind,
)
from alliance.network.models.places import City, Organisation

#: How people are referenced: the agreement outlives the account.
_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class Partnership(models.Model):
    """An adoption agreement: who adopts what from which city, and whether both agreed to these
    terms.

    What is adopted belongs to a higher app, so it is identified by kind and public id, with its
    title at the time of the proposal.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    subject_kind = models.CharField(max_length=10, choices=SubjectKind)
    subject_id = models.CharField(max_length=80)
    subject_title = models.CharField(max_length=200)
    subject_language = models.CharField(max_length=2, choices=Language)

    source = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source_city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    adopter = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    adopting_city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")

    aim = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=10, choices=AgreementState, default=AgreementState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    proposed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # When each side agreed to the present terms; a change of the terms resets the other's.
    source_agreed_at = models.DateTimeField(null=True, blank=True)
    source_agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    adopter_agreed_at = models.DateTimeField(null=True, blank=True)
    adopter_agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    # From then on it is public.
    first_agreed_at = models.DateTimeField(null=True, blank=True)
    source_contact = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    source_contact_role = models.CharField(max_length=120, blank=True, default="")
    adopter_contact = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    adopter_contact_role = models.CharField(max_length=120, blank=True, default="")
    outcome = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source_city=F("adopting_city")), name="partnership_of_two_cities"
            ),
            models.UniqueConstraint(
                fields=["source_city", "adopting_city", "subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="partnership_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=AgreementState.AGREED)
                | Q(source_agreed_at__isnull=False, adopter_agreed_at__isnull=False),
                name="partnership_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AgreementState.running(), ended_at=None)
                | ~Q(state__in=AgreementState.running())
                & Q(ended_at__isnull=False)
                & ~Q(outcome=""),
                name="partnership_ends_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adopting_city} from {self.source_city}: {self.subject_title}"

    @property
    def subject_view(self) -> str:
        """The URL name of what is adopted; empty if its city is hidden now."""
        return f"knowledge:{self.subject_kind}" if self.subject_title else ""


class PartnershipStep(models.Model):
    """A step of an agreement: what, by whom, until when, and whether it is done."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=PartnershipSide)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    class Meta:
        ordering = ["partnership", "number"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="partnership_step_once")
        ]

    def __str__(self) -> str:
        return self.title
