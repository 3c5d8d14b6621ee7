"""What is measured and what it means. A definition is never edited: a change is a new version."""

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
    # Share of the parent's score; those of its children are scaled to 1 when it is computed.
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
    """Something cities measure. Its `public_id` is its code in small letters, with hyphens."""

    code = models.CharField(max_length=40, unique=True)
    group = models.ForeignKey(
        IndicatorGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    position = models.PositiveSmallIntegerField(default=0)
    weight = models.FloatField(default=1.0)
    # Whether it is one of the common set, which the secretariat chooses: the others are shown with
    # their places, and move neither counts nor indexes nor the year of a release.
    is_common = models.BooleanField(default=True)
    # The denominator, where figures are totals that only compare per head or area.
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
    """One way of measuring an indicator: two definitions of one indicator do not compare."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="definitions")
    # The publisher's or our own key, such as SE_SCB_TAXBASE; one may serve several indicators.
    key = models.CharField(max_length=80)

    class Meta:
        ordering = ["indicator_id", "key"]
        constraints = [models.UniqueConstraint(fields=["indicator", "key"], name="definition_once")]

    def __str__(self) -> str:
        return self.key


class DefinitionVersion(models.Model):
    """A definition as it reads from a day on. Rows are only added; the highest number holds."""

    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True, default="")
    # Figures made under an earlier version do not compare with those under this one.
    breaks_comparison = models.BooleanField(default=False)

    text = models.TextField()
    text_fr = models.TextField(blank=True, default="")
    text_sv = models.TextField(blank=True, default="")
    # What readers must know before they trust or compare the figures: doubts, conflicts, limits.
    notes = models.TextField(blank=True, default="")
    notes_fr = models.TextField(blank=True, default="")
    notes_sv = models.TextField(blank=True, default="")
    # As pint reads it, empty for a plain label such as an amount of money; see `indicators.units`.
    unit = models.CharField(max_length=80, blank=True, default="")
    unit_label = models.CharField(max_length=80)
    unit_label_fr = models.CharField(max_length=80, blank=True, default="")
    unit_label_sv = models.CharField(max_length=80, blank=True, default="")
    direction = models.CharField(max_length=8, choices=IndicatorDirection)
    scale = models.CharField(max_length=10, choices=Scale, default=Scale.RATIO)
    # Whether everybody it counts shares what could harm them if known, such as an illness or a
    # fine: then small totals of a city are hidden too, as small groups always are.
    counts_trait = models.BooleanField(default=False)
    nature = models.CharField(max_length=10, choices=Nature, default=Nature.MEASURED)
    is_logarithmic = models.BooleanField(default=False)
    # Fixed ends of the scale of scores: the poor and the good end, with where they come from.
    lower_bound = models.FloatField(null=True, blank=True)
    upper_bound = models.FloatField(null=True, blank=True)
    bounds_basis = models.TextField(blank=True, default="")
    bounds_basis_fr = models.TextField(blank=True, default="")
    bounds_basis_sv = models.TextField(blank=True, default="")
    # What a value can be at all; anything outside is refused on its way in.
    valid_min = models.FloatField(null=True, blank=True)
    valid_max = models.FloatField(null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(default=1)
    # Differences below this are no differences, in units of the figure (sampling, rounding).
    least_difference = models.FloatField(null=True, blank=True)
    # Why figures of this definition are never put in an order; empty where they may be.
    not_ranked_because = models.TextField(blank=True, default="")
    not_ranked_because_fr = models.TextField(blank=True, default="")
    not_ranked_because_sv = models.TextField(blank=True, default="")
    treatment = models.CharField(max_length=16, choices=Treatment, default=Treatment.NONE)
    least_coverage = models.FloatField(null=True, blank=True)
    sdg_targets = models.JSONField(default=list, blank=True)
    publisher = models.CharField(max_length=160)
    licence = models.CharField(max_length=240)
    # ISO 3166-1 code of the one country whose cities it can count; EU for a European source, empty
    # where it holds anywhere.
    scope = models.CharField(max_length=2, blank=True, default="")
    method_class = models.CharField(max_length=16, choices=MethodClass, blank=True, default="")
    # What is declared of all figures of that kind of source; one's own error or grade goes before.
    grade = models.CharField(max_length=1, choices=Quality, blank=True, default="")
    # Of whom or what: the population or the denominator.
    population = models.CharField(max_length=160, blank=True, default="")
    population_fr = models.CharField(max_length=160, blank=True, default="")
    population_sv = models.CharField(max_length=160, blank=True, default="")
    # The publisher's own: name and code of the table, and where it stands.
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
#: What a version of a definition says; the other columns tell of the version itself.
CONTENT_FIELDS = tuple(
    field.name for field in DefinitionVersion._meta.concrete_fields if field.name not in _OF_ITSELF
)

#: What is said in three languages, by its English column.
TRANSLATED_FIELDS = tuple(name for name in CONTENT_FIELDS if f"{name}_fr" in CONTENT_FIELDS)


class IndicatorMeasure(models.Model):
    """A measure of effects in the knowledge base that acts on an indicator.

    The measure is named by its slug: the knowledge base is a neighbour, not a foundation.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="measures")
    measure = models.CharField(max_length=120)
    # Its names as the knowledge base had them when the link was made.
    name = models.CharField(max_length=200, blank=True, default="")
    name_fr = models.CharField(max_length=200, blank=True, default="")
    name_sv = models.CharField(max_length=200, blank=True, default="")
    # Editorial, such as "traffic is one source of the emissions counted".
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["indicator_id", "measure"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "measure"], name="measure_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.measure}"


class CityCode(models.Model):
    """A code of a scheme that stands for one city. One code of a scheme names one city only."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=12, choices=CodeScheme)
    code = models.CharField(max_length=80)
    # How the two were brought together, such as "exact code" or "name+largest".
    match = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["scheme", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="city_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"
