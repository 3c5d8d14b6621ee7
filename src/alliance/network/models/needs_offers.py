"""Needs and offers of cities, and the priorities that cities give to needs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from alliance.core.ids import new_public_id
from alliance.network.enums import (
    DraftState,
    HelpAnswer,
    HelpReply,
    Language,
    NeedState,
    Priority,
    StatementKind,
    TagScheme,
    Theme,
    Topic,
)
from alliance.network.models.places import City, Organisation, Record


class ExchangeEntry(models.Model):
    """A need, an offer, a challenge or another entry that a team publishes, in one language."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    # The municipality whose team wrote it, and the city it acted for.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    topic = models.CharField(max_length=24, choices=Topic, blank=True, default="")
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Tag(models.Model):
    """A theme or an SDG target of a need or an offer."""

    scheme = models.CharField(max_length=8, choices=TagScheme)
    code = models.CharField(max_length=24)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class Need(ExchangeEntry):
    """Something a city lacks and hopes to get from another."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="needs")
    # Counts saves, so that two simultaneous changes do not overwrite each other.
    revision = models.PositiveIntegerField(default=1)
    # The last date on which an answer is useful; empty if there is none.
    deadline = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=NeedState, default=NeedState.OPEN)
    # The outcome, in the language of the need; required once it is not open any more.
    outcome = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "id"], name="need_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=NeedState.OPEN, ended_at=None)
                | ~Q(state=NeedState.OPEN) & Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="need_ends_with_outcome",
            )
        ]


class NeedTag(Tag):
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="tags")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "scheme", "code"], name="need_tag_once")
        ]


class NeedPriority(models.Model):
    """The priority of a need for another city; one for each city and need."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="priorities")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="priorities")
    priority = models.PositiveSmallIntegerField(choices=Priority)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "city"], name="need_priority_once_a_city"),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="need_priority_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} on {self.need_id}: {self.priority}"


class Offer(ExchangeEntry):
    """Something a city can give others."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="offers")
    # Counts saves, so that two simultaneous changes do not overwrite each other.
    revision = models.PositiveIntegerField(default=1)
    kinds = models.JSONField(default=list)
    # Languages in which the people behind the offer work with others.
    languages = models.JSONField(default=list, blank=True)
    # Staff days in total; empty if not stated.
    staff_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # The last date on which it is valid; empty if there is none.
    until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(staff_days=None) | Q(staff_days__gt=0), name="offer_staff_days_positive"
            )
        ]


class OfferTag(Tag):
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="tags")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "scheme", "code"], name="offer_tag_once")
        ]


class NeedHelp(models.Model):
    """Whether another city can help with a need, and the reply of the city of the need.

    One row for each city and need: created when its offer matches, or when it offers help unasked.
    """

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="help")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="help_given")
    # The matching offer; empty if the city offered help unasked.
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=HelpAnswer, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=8, choices=HelpReply, blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "city"], name="need_help_once_a_city"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="need_help_answered_at",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None) | Q(answer="can", replied_at__isnull=False),
                name="need_help_replied_to_help",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} for {self.need_id}: {self.answer}"


class StatementDraft(Record):
    """A need or an offer that editors drafted from public documents, not from the city itself.

    Only the city's team and the secretariat see it, until the team confirms it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=StatementKind)
    theme = models.CharField(max_length=32, choices=Theme)
    title = models.CharField(max_length=160)
    title_fr = models.CharField(max_length=160)
    title_sv = models.CharField(max_length=160)
    text = models.TextField()
    text_fr = models.TextField()
    text_sv = models.TextField()
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500)
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.OPEN)

    class Meta:
        ordering = ["public_id"]

    def __str__(self) -> str:
        return self.title
