"""Enumerations of questions to universities."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionState(models.TextChoices):
    """The status of a question; it is answered once its city has accepted an answer."""

    OPEN = "open", pgettext_lazy("question for universities", "open")
    ANSWERED = "answered", pgettext_lazy("question for universities", "answered")
    WITHDRAWN = "withdrawn", pgettext_lazy("question for universities", "withdrawn")


class Level(models.TextChoices):
    """The academic level of a thesis."""

    BACHELOR = "bachelor", _("bachelor’s thesis")
    MASTER = "master", _("master’s thesis")
    DOCTORAL = "doctoral", _("doctoral thesis")


class Side(models.TextChoices):
    """The side that is responsible for a step."""

    CITY = "city", _("the city")
    RESEARCHER = "researcher", _("the researcher")


class Credit(models.TextChoices):
    """How an answer credits its author."""

    NAME = "name", _("my name and institution")
    INSTITUTION = "institution", _("my institution only")


class AnswerState(models.TextChoices):
    """The city's decision on an answer."""

    SENT = "sent", _("waiting for the city")
    INCOMPLETE = "incomplete", _("something is missing")
    ACCEPTED = "accepted", _("accepted")
