"""What is aimed at, by whom and on what ground; and what may be laid beside what."""

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
    """A target as it held from `recorded_at` until `superseded_at`. Rows are only added or closed.

    It is in the unit of its definition. Without one it is about a quantity that is not in the
    figures here, in a unit of its own, and is never held against them.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    definition = models.ForeignKey(
        Definition, null=True, blank=True, on_delete=models.PROTECT, related_name="targets"
    )
    # Of one city; without it, of all cities of a country, or of all there are.
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.CASCADE, related_name="targets"
    )
    country = models.CharField(max_length=2, blank=True, default="")
    # Empty where it was not recorded, as with targets of the time before kinds.
    kind = models.CharField(max_length=10, choices=TargetKind, blank=True, default="")
    value = models.FloatField(null=True, blank=True)
    # Where it is no number, such as "net zero".
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
    """Whether figures by two definitions may be laid beside each other.

    Twice the same definition: in two countries. Without `right`: it has no sibling elsewhere.
    """

    left = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="siblings")
    right = models.ForeignKey(
        Definition, null=True, blank=True, on_delete=models.CASCADE, related_name="siblings_of"
    )
    verdict = models.CharField(max_length=14, choices=SiblingVerdict)
    # What differs by kind, such as "population; currency", then in a sentence, and what to do.
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
