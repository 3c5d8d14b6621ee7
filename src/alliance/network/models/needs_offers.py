"""What cities need and what they can give each other, and how much each need matters to whom."""

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


class Statement(models.Model):
    """What a city says in one language about a need or an offer of its own."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    # The municipality whose team spoke, and the city it spoke for.
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


class Need(Statement):
    """What a city lacks and hopes that another one has."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="needs")
    # Counts what was saved, so that two who change it at once do not undo each other's words.
    revision = models.PositiveIntegerField(default=1)
    # The last day on which an answer is of use; empty where there is none.
    deadline = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=NeedState, default=NeedState.OPEN)
    # What came of it, in the language of the need; told whenever it is no longer open.
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
    """How much a need matters to another city; one word of each city for each need."""

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


class Offer(Statement):
    """What a city can give others."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="offers")
    # Counts what was saved, so that two who change it at once do not undo each other's words.
    revision = models.PositiveIntegerField(default=1)
    kinds = models.JSONField(default=list)
    # Languages in which the people behind the offer work with others.
    languages = models.JSONField(default=list, blank=True)
    # Days of staff in all; empty where that was not said.
    staff_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # The last day on which it holds; empty where there is none.
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
    """Whether another city can help with a need, and what the city of the need made of it.

    One row of each city for each need: made where its offer matches, or where it says so unasked.
    """

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="help")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="help_given")
    # The offer by which it matches; empty where the city came by itself.
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
    """A need or an offer as editors read it in public documents: nothing that the city said.

    The team of the city and the secretariat alone see it, until the team makes it its own word.
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
