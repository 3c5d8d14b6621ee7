"""Closed vocabularies of small areas and fairness checks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AreaKind(models.TextChoices):
    """The source of the boundaries of a city's small areas."""

    DESO = "deso", _("DeSO, demographic statistical areas of Sweden")
    IRIS = "iris", _("IRIS, statistical areas of France")
    WARD = "ward", _("wards or electoral districts")
    OWN = "own", _("the city’s own boundaries")


class ExposureKind(models.TextChoices):
    """What more of it means: worse, better, or being better off."""

    BURDEN = "burden", pgettext_lazy("kind of figure", "burden: less is better")
    BENEFIT = "benefit", pgettext_lazy("kind of figure", "benefit: more is better")
    MEANS = "means", pgettext_lazy("kind of figure", "resources, such as income")


class Quantity(models.TextChoices):
    """What a figure measures. Only changes and costs of an action are gains and costs."""

    LEVEL = "level", pgettext_lazy("what a figure says", "current situation")
    CHANGE = "change", pgettext_lazy("what a figure says", "expected change")
    COST = "cost", pgettext_lazy("what a figure says", "expected cost")


class Action(models.TextChoices):
    """The kind of action, which determines the questions of its fairness check."""

    CHARGE = "congestion-charge", _("congestion or parking charge")
    ZONE = "low-emission-zone", _("low-emission zone")
    RETROFIT = "retrofit", _("home renovation")
    GREEN = "green-space", _("parks and greening")
    HEAT = "heat-plan", _("heat action plan")
    OTHER = "other", pgettext_lazy("kind of action", "something else")


class Side(models.TextChoices):
    """Whether a line of a check is good or bad for those concerned."""

    GAIN = "gain", pgettext_lazy("side of a fairness check", "who gains")
    COST = "cost", pgettext_lazy("side of a fairness check", "who pays")


class By(models.TextChoices):
    """The kind of subject of a line."""

    GROUP = "group", pgettext_lazy("who a line is about", "a group")
    AREA = "area", pgettext_lazy("who a line is about", "an area")


class Doubt(models.TextChoices):
    """The certainty of a figure that the platform copied from the areas of a city."""

    NO_RANGE = "no-range", _("range not known")
    SINGLE_VALUE = "one-value", _("one value for the whole area")


class HeardIn(models.TextChoices):
    """How somebody was heard."""

    INTERVIEW = "interview", pgettext_lazy("how somebody was heard", "interview")
    WALK = "walk", pgettext_lazy("how somebody was heard", "walking interview")
    DIARY = "photo-diary", pgettext_lazy("how somebody was heard", "photo diary")
    WRITTEN = "letter", pgettext_lazy("how somebody was heard", "written account")


class ClaimResult(models.TextChoices):
    """A city's answer to a challenge."""

    CHANGED = "changed", pgettext_lazy("answer to a challenge", "the city will make a change")
    PARTLY = "partly", pgettext_lazy("answer to a challenge", "the city makes a partial change")
    UNCHANGED = "kept", pgettext_lazy("answer to a challenge", "the city makes no change")
