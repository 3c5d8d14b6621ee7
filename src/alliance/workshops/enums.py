"""Enumerations of workshops."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkshopState(models.TextChoices):
    """The state of a workshop."""

    DRAFT = "draft", pgettext_lazy("workshop", "being prepared")
    ANNOUNCED = "announced", pgettext_lazy("workshop", "announced")
    CANCELLED = "cancelled", pgettext_lazy("workshop", "cancelled")


class QuestionKind(models.TextChoices):
    """The type of answer to a question at registration."""

    TEXT = "text", pgettext_lazy("question", "free text")
    YES_NO = "yes-no", pgettext_lazy("question", "yes or no")
    CHOICE = "choice", pgettext_lazy("question", "one of several answers")


class SeatState(models.TextChoices):
    """The state of a registration."""

    # A guest who has not followed the link in the email yet.
    ASKED = "asked", pgettext_lazy("registration", "email not confirmed")
    IN = "in", pgettext_lazy("registration", "has a place")
    WAITING = "waiting", pgettext_lazy("registration", "on the waiting list")


class Attendance(models.TextChoices):
    """How a participant attends."""

    ON_SITE = "on-site", _("in person")
    REMOTE = "remote", _("online")
