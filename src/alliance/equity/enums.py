"""The closed vocabularies of small areas and what is known of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AreaKind(models.TextChoices):
    """Whose boundaries a city's small areas have."""

    DESO = "deso", _("DeSO, demographic statistical areas of Sweden")
    IRIS = "iris", _("IRIS, statistical areas of France")
    WARD = "ward", _("wards or electoral districts")
    OWN = "own", _("boundaries of the city’s own")


class ExposureKind(models.TextChoices):
    """What more of it means: worse, better, or being better off."""

    BURDEN = "burden", pgettext_lazy("kind of figure", "burden: less is better")
    BENEFIT = "benefit", pgettext_lazy("kind of figure", "benefit: more is better")
    MEANS = "means", pgettext_lazy("kind of figure", "means, such as income")
