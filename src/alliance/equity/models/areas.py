"""The small areas of a city, with their residents and exposures.

Figures of areas are stored as columns, one value for each area in the order of their numbers: pages
and statistics read whole columns, never single cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from django.conf import settings
from django.db import models
from django.db.models import Q

from alliance.analysis.equity.values import Floats
from alliance.core.ids import new_public_id
from alliance.equity.enums import AreaKind, ExposureKind, Quantity
from alliance.network.enums import Language
from alliance.network.models import City, Organisation

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Sourced(models.Model):
    """Something with the year it is about, its source and its licence."""

    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True, default="")
    licence = models.CharField(max_length=80)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    made_at = models.DateTimeField()

    class Meta:
        abstract = True


class AreaSet(Sourced):
    """The small areas into which a city is divided, in the boundaries of a year."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="area_sets")
    kind = models.CharField(max_length=6, choices=AreaKind)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, choices=Language)
    # The EPSG number of the coordinate reference system of the file; empty without shapes.
    crs = models.PositiveIntegerField(null=True, blank=True)
    # The box of the areas' outlines; 0 without shapes.
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    # Oddities of the file that were no reason to refuse it: objects of code and params.
    remarks = models.JSONField(default=list, blank=True)
    is_synthetic = models.BooleanField(default=False)
    # Statistics of the columns (`services.measuring`), and when they were computed; empty: pending.
    measured = models.JSONField(default=dict, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    # When the city deleted them; figures are deleted with them.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "name", "year"],
                condition=Q(ended_at=None),
                name="area_set_once",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="area_set_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})"

    @property
    def has_shapes(self) -> bool:
        """Whether the areas can be drawn."""
        return self.width > 0


class Area(models.Model):
    """A small area. `number` is its index in every column of its set, from 0."""

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="areas")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120, blank=True, default="")
    # The full shape: a geometry of GeoJSON in degrees (WGS 84); empty without shapes.
    shape = models.TextField(blank=True, default="")
    # The simplified shape, as an SVG path in the box of the set.
    outline = models.TextField(blank=True, default="")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["area_set", "number"]
        constraints = [
            models.UniqueConstraint(fields=["area_set", "number"], name="area_number_once"),
            models.UniqueConstraint(fields=["area_set", "code"], name="area_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.name else self.code


class Column(Sourced):
    """A figure of every area of a set; None if not known."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    # The name of the column in the file, by which years are compared.
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    values = models.JSONField()
    # 90 % margins of error, as published; empty if there are none.
    margins = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.label} ({self.year})"

    @property
    def label(self) -> str:
        """Its label on pages."""
        return self.name

    @property
    def array(self) -> Floats:
        """The values, shape (n areas,), NaN if not known."""
        return np.array(self.values, dtype=float)

    @property
    def margin_array(self) -> Floats:
        """The margins of error, shape (n areas,), NaN if not known."""
        margins = self.margins or [None] * len(self.values)
        return np.array(margins, dtype=float)


class PopulationGroup(Column):
    """People of one group by area; with `is_everyone`, all residents."""

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="groups")
    is_everyone = models.BooleanField(default=False)
    # What distinguishes the groups of one table, such as income or age.
    trait = models.CharField(max_length=80, blank=True, default="")
    # Numbers of the areas whose count is too small to be shown, or would reveal one; empty value:
    # not checked yet, and no count is shown.
    hidden = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["area_set", "-is_everyone", "trait", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_set", "trait", "code", "year"], name="group_of_a_trait_once"
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="group_year"
            ),
        ]


class PastRelease(models.Model):
    """The people of a year as readers saw them before they were replaced. It is never shown again:
    together with it a later table must not reveal what was suppressed.

    `groups` is a list of objects with the columns of a `PopulationGroup`.
    """

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="past")
    year = models.PositiveSmallIntegerField()
    groups = models.JSONField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["area_set", "id"]
        indexes = [models.Index(fields=["area_set", "year"], name="past_release_year")]

    def __str__(self) -> str:
        return f"{self.area_set_id}: {self.year}"


class Exposure(Column):
    """A burden, a benefit or the means of areas, such as noise, green space or income."""

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="exposures")
    kind = models.CharField(max_length=8, choices=ExposureKind)
    quantity = models.CharField(max_length=6, choices=Quantity, default=Quantity.LEVEL)
    # As printed, such as µg/m³ or %; “share” for values between 0 and 1.
    unit = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["area_set", "kind", "code", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_set", "code", "year", "quantity"], name="exposure_of_a_kind_once"
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="exposure_year"
            ),
        ]

    @property
    def is_level(self) -> bool:
        """Whether it is a present level, not the change or cost of an action."""
        return self.quantity == Quantity.LEVEL

    @property
    def label(self) -> str:
        """Its name, with the quantity if it is not a present level."""
        return self.name if self.is_level else f"{self.name} ({self.get_quantity_display()})"
