"""The closed vocabularies of reports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReportKind(models.TextChoices):
    """The subject of a report."""

    TOPIC = "topic", _("best-practice report")
    CITY = "city", _("city progress report")
    NETWORK = "network", _("annual report of the network")


class EditionState(models.TextChoices):
    """The progress of an edition; a `FAILED` edition has faults to correct before it can be
    built."""

    BUILDING = "building", pgettext_lazy("edition of a report", "being created")
    FAILED = "failed", pgettext_lazy("edition of a report", "could not be created")
    BUILT = "built", pgettext_lazy("edition of a report", "ready, not published")
    PUBLISHED = "published", pgettext_lazy("edition of a report", "published")


class RecordKind(models.TextChoices):
    """The kinds of records that a report reads, each with its own versions."""

    CASE = "case", _("case")
    SOLUTION = "solution", _("solution")
    METHOD = "method", _("method")
    RESULT = "result", _("result of a method")
    RELEASE = "release", _("indicator release")
    CITY = "city", _("city data")
    ADOPTION = "adoption", _("adoption")
    PILOT = "pilot", _("pilot")
    PROCESS = "process", _("process with residents")
    MINUTES = "minutes", _("minutes")
    NEED = "need", _("need")
