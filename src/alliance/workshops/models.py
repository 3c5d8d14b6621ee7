"""A workshop, its programme, its questions at registration, and its participants."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from alliance.core.ids import new_public_id
from alliance.groups.models import Minutes, TopicGroup
from alliance.network.enums import Language
from alliance.network.models import City, Organisation
from alliance.workshops import zones
from alliance.workshops.enums import Attendance, QuestionKind, SeatState, WorkshopState

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class Workshop(models.Model):
    """A meeting of one or several days at a place, online or both.

    `titles`, `summaries`, `costs` are texts by language, including that of the workshop.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    # The organisation whose editors run it; None: the secretariat.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="workshops"
    )
    state = models.CharField(
        max_length=10, choices=WorkshopState, default=WorkshopState.DRAFT, db_index=True
    )
    language = models.CharField(max_length=2, choices=Language)
    titles = models.JSONField(default=dict)
    summaries = models.JSONField(default=dict, blank=True)
    costs = models.JSONField(default=dict, blank=True)
    # The place; None and empty for an online workshop.
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="workshops"
    )
    place = models.CharField(max_length=160, blank=True, default="")
    # The time zone of the place.
    zone = models.CharField(max_length=40)
    first_day = models.DateField()
    last_day = models.DateField()
    spoken = models.JSONField(default=list, blank=True)
    # Places at the venue; online participants need none.
    capacity = models.PositiveIntegerField()
    sign_up_by = models.DateField()
    # The link for online participants, for those who have registered.
    online_url = models.URLField(max_length=400, blank=True, default="")
    # The topic group, and its minutes with action items.
    group = models.ForeignKey(
        TopicGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="workshops"
    )
    minutes = models.OneToOneField(
        Minutes, null=True, blank=True, on_delete=models.SET_NULL, related_name="workshop"
    )
    # When meeting suggestions were sent; and the seating made by `services.meeting.seat`.
    told_at = models.DateTimeField(null=True, blank=True)
    tables = models.JSONField(default=dict, blank=True)
    # Demonstration data.
    is_synthetic = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="workshop_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="workshop_has_places"),
        ]

    def __str__(self) -> str:
        return str(self.titles.get(self.language, ""))

    @property
    def title(self) -> str:
        """Its title in its own language."""
        return str(self)

    @property
    def days(self) -> list[dt.date]:
        n = (self.last_day - self.first_day).days + 1
        return [self.first_day + dt.timedelta(days=at) for at in range(n)]


class Session(models.Model):
    """A part of the programme: at one time, in one room; several may be parallel."""

    # Permanent, because calendars identify the session by it.
    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="sessions")
    titles = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=80, blank=True, default="")
    speakers = models.JSONField(default=list, blank=True)
    url = models.URLField(max_length=400, blank=True, default="")
    is_break = models.BooleanField(default=False)
    # The number of changes since the announcement, the SEQUENCE of calendars.
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "room", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return next(iter(self.titles.values()), "")

    @property
    def local_start(self) -> dt.datetime:
        """The start in the time zone of the place."""
        return zones.shown(self.starts_at, self.workshop.zone)

    @property
    def local_end(self) -> dt.datetime:
        """The end in the time zone of the place."""
        return zones.shown(self.ends_at, self.workshop.zone)


class Question(models.Model):
    """A question to those who register; `options` are lines by language."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField(default=dict)
    kind = models.CharField(max_length=8, choices=QuestionKind, default=QuestionKind.TEXT)
    options = models.JSONField(default=dict, blank=True)
    is_needed = models.BooleanField(default=False)

    class Meta:
        ordering = ["workshop", "number"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="workshop_question_once")
        ]

    def __str__(self) -> str:
        return next(iter(self.texts.values()), "")


class Registration(models.Model):
    """A registration, with an account or by email alone."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="registrations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="workshop_registrations",
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=2, choices=Language)
    # The time zone in which she wants to read times.
    zone = models.CharField(max_length=40)
    affiliation = models.CharField(max_length=160, blank=True, default="")
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    attendance = models.CharField(max_length=8, choices=Attendance, default=Attendance.ON_SITE)
    state = models.CharField(max_length=8, choices=SeatState)
    # The order of registration, from 1; 0 if not confirmed yet.
    number = models.PositiveIntegerField(default=0)
    # By the public id of a question.
    answers = models.JSONField(default=dict, blank=True)
    # Typed at check-in if no code can be scanned.
    code = models.CharField(max_length=12, default=new_public_id, editable=False)
    # Both are increased when she requests new addresses of her page and calendar, which revokes the
    # old ones.
    link_number = models.PositiveIntegerField(default=0)
    calendar_number = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    in_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    # Consent to meeting suggestions; themes that she would like to learn about, and that she can
    # talk about, as codes.
    may_meet = models.BooleanField(default=False)
    learns = models.JSONField(default=list, blank=True)
    tells = models.JSONField(default=list, blank=True)
    about = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["workshop", "number", "pk"]
        constraints = [
            models.UniqueConstraint("workshop", Lower("email"), name="workshop_registration_once"),
            models.UniqueConstraint(fields=["workshop", "user"], name="workshop_account_once"),
            models.UniqueConstraint(fields=["workshop", "code"], name="workshop_code_once"),
            models.UniqueConstraint(
                fields=["workshop", "number"],
                condition=Q(number__gt=0),
                name="workshop_number_once",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "state", "number"], name="workshop_seats")]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """Two participants who should meet, with reasons; both have consented to suggestions.

    `reasons`: from `services.meeting.reasons_of`, worded for either of them.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="meetings")
    first = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    made_at = models.DateTimeField()
    # When one of them declined; the pair is not suggested again.
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["workshop", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="workshop_meeting_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="workshop_meeting_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Feedback(models.Model):
    """Feedback of a participant, shown without a name."""

    registration = models.OneToOneField(
        Registration, primary_key=True, on_delete=models.CASCADE, related_name="feedback"
    )
    # From 1 to 5.
    score = models.PositiveSmallIntegerField()
    useful = models.TextField(blank=True, default="")
    better = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["registration"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=1) & Q(score__lte=5), name="workshop_score_to_five"
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.score}"


class Material(models.Model):
    """A public file of a workshop, such as a programme to print or slides."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="materials")
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["workshop", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "sha256"], name="workshop_file_once")
        ]

    def __str__(self) -> str:
        return self.title
