"""Indicators and their definitions. A definition is never edited: a change is a new version."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alliance.indicators.enums import (
    CodeScheme,
    IndicatorDirection,
    MethodClass,
    Nature,
    Quality,
    Scale,
    Treatment,
)
from alliance.network.enums import Origin
from alliance.network.models import City, Record


class IndicatorGroup(models.Model):
    """A group of indicators, in a tree of any depth: pillars, themes, goals."""

    code = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    position = models.PositiveSmallIntegerField(default=0)
    # Weight in the parent's score; the weights of its children are normalised when it is computed.
    weight = models.FloatField(default=1.0)
    name = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120, blank=True, default="")
    name_sv = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=0), name="group_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="group_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Indicator(Record):
    """Something that cities measure. Its `public_id` is its code in lower case, with hyphens."""

    code = models.CharField(max_length=40, unique=True)
    group = models.ForeignKey(
        IndicatorGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    position = models.PositiveSmallIntegerField(default=0)
    weight = models.FloatField(default=1.0)
    # Whether it belongs to the common set, which the secretariat chooses: other indicators are
    # shown with their ranks, but affect neither counts nor indexes nor the year of a release.
    is_common = models.BooleanField(default=True)
    # The denominator of totals that are comparable only per resident or area.
    denominator = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="numerators"
    )
    name = models.CharField(max_length=160)
    name_fr = models.CharField(max_length=160, blank=True, default="")
    name_sv = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=0), name="indicator_weight_not_negative")
        ]

    def __str__(self) -> str:
        return self.code


class Definition(models.Model):
    """A way of measuring an indicator: two definitions of an indicator are not comparable."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="definitions")
    # The publisher's key or our own, such as SE_SCB_TAXBASE; several indicators may share a key.
    key = models.CharField(max_length=80)

    class Meta:
        ordering = ["indicator_id", "key"]
        constraints = [models.UniqueConstraint(fields=["indicator", "key"], name="definition_once")]

    def __str__(self) -> str:
        return self.key


class DefinitionVersion(models.Model):
    """A definition as of a date. Rows are only added; the highest number applies."""

    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True, default="")
    # Figures under earlier versions are not comparable with those under this one.
    breaks_comparison = models.BooleanField(default=False)

    text = models.TextField()
    text_fr = models.TextField(blank=True, default="")
    text_sv = models.TextField(blank=True, default="")
    # What readers must know before they trust or compare the figures: doubts, conflicts, limits.
    notes = models.TextField(blank=True, default="")
    notes_fr = models.TextField(blank=True, default="")
    notes_sv = models.TextField(blank=True, default="")
    # In the syntax of pint, empty for a plain label such as an amount of money
    # (`indicators.units`).
    unit = models.CharField(max_length=80, blank=True, default="")
    unit_label = models.CharField(max_length=80)
    unit_label_fr = models.CharField(max_length=80, blank=True, default="")
    unit_label_sv = models.CharField(max_length=80, blank=True, default="")
    direction = models.CharField(max_length=8, choices=IndicatorDirection)
    scale = models.CharField(max_length=10, choices=Scale, default=Scale.RATIO)
    # Whether everybody counted shares a sensitive trait, such as an illness or a fine: then small
    # totals of a city are hidden too, as small groups always are.
    counts_trait = models.BooleanField(default=False)
    nature = models.CharField(max_length=10, choices=Nature, default=Nature.MEASURED)
    is_logarithmic = models.BooleanField(default=False)
    # Fixed bounds of the scale of scores: the poor and the good end, with their source.
    lower_bound = models.FloatField(null=True, blank=True)
    upper_bound = models.FloatField(null=True, blank=True)
    bounds_basis = models.TextField(blank=True, default="")
    bounds_basis_fr = models.TextField(blank=True, default="")
    bounds_basis_sv = models.TextField(blank=True, default="")
    # The valid range; values outside are refused.
    valid_min = models.FloatField(null=True, blank=True)
    valid_max = models.FloatField(null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(default=1)
    # Smaller differences do not count, in units of the figure (sampling, rounding).
    least_difference = models.FloatField(null=True, blank=True)
    # Why figures of this definition are never ranked; empty if they may be.
    not_ranked_because = models.TextField(blank=True, default="")
    not_ranked_because_fr = models.TextField(blank=True, default="")
    not_ranked_because_sv = models.TextField(blank=True, default="")
    treatment = models.CharField(max_length=16, choices=Treatment, default=Treatment.NONE)
    least_coverage = models.FloatField(null=True, blank=True)
    sdg_targets = models.JSONField(default=list, blank=True)
    publisher = models.CharField(max_length=160)
    licence = models.CharField(max_length=240)
    # ISO 3166-1 code of the only country whose cities it covers; EU for a European source, empty
    # for any country.
    scope = models.CharField(max_length=2, blank=True, default="")
    method_class = models.CharField(max_length=16, choices=MethodClass, blank=True, default="")
    # The declared grade of all figures from that kind of source; a figure's own error or grade
    # takes precedence.
    grade = models.CharField(max_length=1, choices=Quality, blank=True, default="")
    # The population or denominator.
    population = models.CharField(max_length=160, blank=True, default="")
    population_fr = models.CharField(max_length=160, blank=True, default="")
    population_sv = models.CharField(max_length=160, blank=True, default="")
    # The publisher's name and code of the table, and its web address.
    dataset = models.CharField(max_length=200, blank=True, default="")
    table_id = models.CharField(max_length=120, blank=True, default="")
    dataset_url = models.URLField(max_length=300, blank=True, default="")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.MEMBERS)

    class Meta:
        ordering = ["definition_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "number"], name="definition_version_once"
            ),
            models.CheckConstraint(
                condition=Q(lower_bound=None)
                | Q(upper_bound=None)
                | ~Q(lower_bound=F("upper_bound")),
                name="definition_bounds_differ",
            ),
            models.CheckConstraint(
                condition=Q(valid_min=None) | Q(valid_max=None) | Q(valid_min__lt=F("valid_max")),
                name="definition_valid_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition} v{self.number}"


_OF_ITSELF = frozenset(
    {"id", "definition", "number", "recorded_at", "reason", "breaks_comparison", "origin"}
)
#: Columns with the content of a definition; the others are about the version.
CONTENT_FIELDS = tuple(
    field.name for field in DefinitionVersion._meta.concrete_fields if field.name not in _OF_ITSELF
)

#: Columns with translations, by their English name.
TRANSLATED_FIELDS = tuple(name for name in CONTENT_FIELDS if f"{name}_fr" in CONTENT_FIELDS)


class IndicatorMeasure(models.Model):
    """A measure of effects in the knowledge base that acts on an indicator.

    It refers to the measure by slug because this app must not depend on the knowledge base.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="measures")
    measure = models.CharField(max_length=120)
    # The names in the knowledge base when the link was made.
    name = models.CharField(max_length=200, blank=True, default="")
    name_fr = models.CharField(max_length=200, blank=True, default="")
    name_sv = models.CharField(max_length=200, blank=True, default="")
    # An editorial note, such as "traffic is one source of the emissions counted".
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["indicator_id", "measure"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "measure"], name="measure_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.measure}"


class CityCode(models.Model):
    """A code that identifies a city in a scheme. A code of a scheme belongs to a single city."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=12, choices=CodeScheme)
    code = models.CharField(max_length=80)
    # How the code was matched to the city, such as "exact code" or "name+largest".
    match = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["scheme", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="city_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"
