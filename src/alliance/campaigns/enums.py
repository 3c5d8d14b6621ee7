"""Closed vocabularies of campaigns."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    """The units of allocation."""

    AREA = "area", _("whole blocks or areas, because neighbours talk to each other")
    HOUSEHOLD = "household", _("individual households")


class Chosen(models.TextChoices):
    """How units were allocated."""

    RANDOM = "lots", _("by lot: the platform draws at random")
    BY_HAND = "by-hand", _("already decided")


class Did(models.TextChoices):
    """The report of somebody who pledged."""

    YES = "yes", pgettext_lazy("kept a pledge", "yes")
    NO = "no", pgettext_lazy("kept a pledge", "no")
