"""Targets of indicators, and which definitions may be shown side by side."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from alliance.indicators.enums import SiblingVerdict, TargetKind
from alliance.indicators.models.catalogue import Definition, Indicator
from alliance.indicators.models.observations import ObservationSource
from alliance.network.enums import Origin
from alliance.network.models import City


class Target(models.Model):
    """A target in force from `recorded_at` until `superseded_at`. Rows are only added or closed.

    It is in the unit of its definition. Without a definition it is about another quantity than the
    figures, in its own unit, and is never compared with them.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    definition = models.ForeignKey(
        Definition, null=True, blank=True, on_delete=models.PROTECT, related_name="targets"
    )
    # For a city; otherwise for all cities of a country, or for all cities.
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.CASCADE, related_name="targets"
    )
    country = models.CharField(max_length=2, blank=True, default="")
    # Empty if not recorded, as for targets that are older than this field.
    kind = models.CharField(max_length=10, choices=TargetKind, blank=True, default="")
    value = models.FloatField(null=True, blank=True)
    # A target that is not a number, such as "net zero".
    words = models.CharField(max_length=80, blank=True, default="")
    unit_label = models.CharField(max_length=80, blank=True, default="")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    basis = models.TextField()
    basis_fr = models.TextField(blank=True, default="")
    basis_sv = models.TextField(blank=True, default="")
    # How it was computed or is counted, and from what.
    rule = models.CharField(max_length=300, blank=True, default="")
    is_computed = models.BooleanField(default=False)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline = models.CharField(max_length=80, blank=True, default="")
    binding_on = models.CharField(max_length=160, blank=True, default="")
    source = models.ForeignKey(
        ObservationSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.MEMBERS)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "indicator",
                Coalesce("definition", 0),
                Coalesce("city", 0),
                "country",
                "kind",
                Coalesce("year", 0),
                condition=Q(superseded_at=None),
                name="target_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(words=""), name="target_says_what"
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gt=F("recorded_at")),
                name="target_superseded_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.kind} {self.year}"


class Sibling(models.Model):
    """Whether figures under two definitions may be shown side by side.

    Twice the same definition: in two countries. Without `right`: there is no counterpart elsewhere.
    """

    left = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="siblings")
    right = models.ForeignKey(
        Definition, null=True, blank=True, on_delete=models.CASCADE, related_name="siblings_of"
    )
    verdict = models.CharField(max_length=14, choices=SiblingVerdict)
    # The kinds of differences, such as "population; currency", then a sentence, and advice.
    clause = models.CharField(max_length=80)
    differs = models.TextField()
    differs_fr = models.TextField(blank=True, default="")
    differs_sv = models.TextField(blank=True, default="")
    advice = models.TextField(blank=True, default="")
    advice_fr = models.TextField(blank=True, default="")
    advice_sv = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("left", Coalesce("right", 0), name="sibling_once"),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {self.right_id} {self.verdict}"
