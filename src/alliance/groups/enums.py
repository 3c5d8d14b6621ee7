"""Closed vocabularies of topic groups."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GroupRole(models.TextChoices):
    """The role of a person in a group."""

    MEMBER = "member", pgettext_lazy("in a topic group", "member")
    LEAD = "lead", pgettext_lazy("in a topic group", "lead")


class DeliverableKind(models.TextChoices):
    """The kinds of deliverables. A funding proposal also has partners and a call."""

    REPORT = "report", pgettext_lazy("deliverable", "report")
    GUIDE = "guide", pgettext_lazy("deliverable", "guide or method")
    INDICATORS = "indicators", pgettext_lazy("deliverable", "set of indicators")
    EVENT = "event", pgettext_lazy("deliverable", "workshop or visit")
    FUNDING = "funding", pgettext_lazy("deliverable", "joint funding application")
    OTHER = "other", _("something else")


class Funded(models.TextChoices):
    """The result of a funding proposal."""

    GRANTED = "granted", pgettext_lazy("proposal for funding", "granted")
    DECLINED = "declined", pgettext_lazy("proposal for funding", "declined")
