"""Solutions, and the measures and units their effects are told in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from alliance.cases.enums import (
    OneOff,
    OutcomeTheme,
    Reading,
    Scheme,
    SolutionCostKind,
    SolutionKind,
)
from alliance.cases.models.elsewhere import FromElsewhere
from alliance.cases.models.texts import Classification, LocalText
from alliance.network.models import Record


class Measure(models.Model):
    """What an effect is measured on, such as "traffic volume"."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    name_fr = models.CharField(max_length=120, blank=True, default="")
    name_sv = models.CharField(max_length=120, blank=True, default="")
    # Empty: under "other" on the evidence map.
    outcome_theme = models.CharField(max_length=28, choices=OutcomeTheme, blank=True, default="")
    # When the secretariat added or changed it: what ships leaves it alone from then on.
    edited_at = models.DateTimeField(null=True, blank=True)
    # Since when the secretariat is asked for its names and theme; until it answers, results are
    # shown and not counted.
    requested_at = models.DateTimeField(null=True, blank=True)
    # Names of what was merged into it, by which writers and open drafts still find it.
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """The unit of an effect, such as "percent change". A closed list: see the codebook."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    name_fr = models.CharField(max_length=80, blank=True, default="")
    name_sv = models.CharField(max_length=80, blank=True, default="")
    symbol = models.CharField(max_length=24, blank=True, default="")
    symbol_fr = models.CharField(max_length=24, blank=True, default="")
    symbol_sv = models.CharField(max_length=24, blank=True, default="")
    # A relative change of the measure itself, so that places of any size may stand on one axis.
    is_relative = models.BooleanField(default=False)
    # A change against before or a comparison; False for a level or a count (turnout, homes),
    # whose sign says nothing of better or worse.
    is_change = models.BooleanField(default=False)
    edited_at = models.DateTimeField(null=True, blank=True)
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WordsApart(models.Model):
    """Two measures, or two units, that the secretariat says are not the same, however alike their
    names are. Named by slug or code, the lower one first."""

    kind = models.CharField(max_length=7, choices=[("measure", "measure"), ("unit", "unit")])
    first = models.SlugField(max_length=80, db_index=False)
    second = models.SlugField(max_length=80, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "second"], name="words_apart_once"),
            models.CheckConstraint(
                condition=Q(first__lt=models.F("second")), name="words_apart_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class _Shown(models.Manager["Solution"]):
    def get_queryset(self) -> models.QuerySet[Solution]:
        return super().get_queryset().filter(withdrawn_at=None)


class Solution(FromElsewhere, Record):
    """An approach, method or tool that cities apply; cases are its trials.

    `objects` leaves out what was withdrawn; `everything` holds it.
    """

    PLACE = "solutions"

    kind = models.CharField(max_length=10, choices=SolutionKind)
    # Of each prerequisite of its texts, in their order, what it is about; empty: not sorted.
    prerequisite_kinds = models.JSONField(default=list, blank=True)
    # The outcome that its verdict is about, chosen by an editor, who may also choose none at all,
    # or a measure that no case has yet; not chosen: the best covered one.
    main_measure_chosen = models.BooleanField(default=False)
    main_measure = models.ForeignKey(
        Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    main_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # For editors, in English.
    main_measure_why = models.CharField(max_length=200, blank=True, default="")
    one_off = models.CharField(max_length=12, choices=OneOff, blank=True, default="")
    # When the only known try ended.
    one_off_year = models.PositiveSmallIntegerField(null=True, blank=True)
    # For editors, in English.
    one_off_why = models.CharField(max_length=200, blank=True, default="")
    # Evidence grade, derived from the effects of its cases by the published rule.
    evidence_points = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence_lines = models.JSONField(default=list, blank=True)
    evidence_rule_version = models.CharField(max_length=20, blank=True, default="")
    # Row of the evidence map by theme of outcomes, derived with the verdicts: `places`, each
    # with the values of `alliance.analysis.evidence.evidence_map.OutcomePlace`, and `body`.
    outcomes = models.JSONField(default=dict, blank=True)
    outcomes_version = models.CharField(max_length=20, blank=True, default="")
    # When the network that it comes from no longer told it, and nothing here needed it. The row
    # stays for cases from there that were withdrawn.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = _Shown()
    everything: ClassVar[models.Manager[Solution]] = models.Manager()

    class Meta:
        ordering = ["public_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(main_measure=None, main_unit=None)
                | Q(main_measure_chosen=True, main_measure__isnull=False, main_unit__isnull=False),
                name="solution_main_measure_with_unit",
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def schemes(self) -> list[NationalScheme]:
        """Its national schemes; no query where `has_schemes` says that it has none."""
        return list(self.national_schemes.all()) if getattr(self, "has_schemes", True) else []


class SolutionText(LocalText):
    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True, default="")
    how_it_works = models.TextField(blank=True, default="")
    prerequisites = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["solution", "language"], name="solution_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class SolutionClassification(Classification):
    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="classifications")
    scheme = models.CharField(max_length=8, choices=Scheme)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["scheme", "code"], name="solution_class")]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "scheme", "code"], name="solution_class_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class SolutionCost(models.Model):
    """What a solution cost somewhere, or the staff, lead time or lifetime it had, by one source.

    Amounts are in major units, since prices by piece are below a minor one; `low` or `high` alone
    is "from" or "up to". `country` is empty where it is not known, and "EU" for several.
    """

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="costs")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=SolutionCostKind, blank=True, default="")
    low = models.FloatField(null=True, blank=True)
    typical = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    # Empty where the amount is a share, such as percent of the cost of building.
    currency = models.CharField(max_length=3, blank=True, default="")
    price_year = models.PositiveSmallIntegerField(null=True, blank=True)
    per = models.CharField(max_length=200, blank=True, default="")
    per_fr = models.CharField(max_length=200, blank=True, default="")
    per_sv = models.CharField(max_length=200, blank=True, default="")
    staff_time = models.CharField(max_length=200, blank=True, default="")
    staff_time_fr = models.CharField(max_length=200, blank=True, default="")
    staff_time_sv = models.CharField(max_length=200, blank=True, default="")
    lead_time = models.CharField(max_length=200, blank=True, default="")
    lead_time_fr = models.CharField(max_length=200, blank=True, default="")
    lead_time_sv = models.CharField(max_length=200, blank=True, default="")
    lifetime = models.CharField(max_length=200, blank=True, default="")
    lifetime_fr = models.CharField(max_length=200, blank=True, default="")
    lifetime_sv = models.CharField(max_length=200, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500)
    # What stands in the source, in the words of who read it.
    seen = models.TextField(blank=True, default="")
    read = models.CharField(max_length=10, choices=Reading)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "position"], name="solution_cost_position")
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} {self.position}"


class NationalScheme(models.Model):
    """That a country has a solution as a whole, so that each of its cities has it."""

    solution = models.ForeignKey(
        Solution, on_delete=models.CASCADE, related_name="national_schemes"
    )
    country = models.CharField(max_length=2)
    # None: it was looked up, and the country has none. May lie ahead.
    since = models.PositiveSmallIntegerField(null=True, blank=True)
    until = models.PositiveSmallIntegerField(null=True, blank=True)
    what = models.CharField(max_length=300)
    what_fr = models.CharField(max_length=300, blank=True, default="")
    what_sv = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=500)

    class Meta:
        ordering = ["solution", "-country"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "country"], name="national_scheme_once")
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} {self.country}"


class Dispute(models.Model):
    """One sentence on why results of a case are disputed, shown beside their figures."""

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="disputes")
    position = models.PositiveSmallIntegerField()
    # The id of the case, which may be loaded later, and the keys of its disputed results.
    case = models.CharField(max_length=80)
    effects = models.JSONField(default=list)
    sentence = models.CharField(max_length=300)
    sentence_fr = models.CharField(max_length=300, blank=True, default="")
    sentence_sv = models.CharField(max_length=300, blank=True, default="")
    # Empty: the sources of the case say so.
    source_url = models.URLField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["solution", "position"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "position"], name="dispute_position")
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} {self.case}"
