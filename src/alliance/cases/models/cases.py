"""Case studies: one solution tried in one place, with its effects, sources and versions."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise

from alliance.cases.enums import (
    CaseStatus,
    CheckAgain,
    CostKind,
    Design,
    EffectDirection,
    Language,
    NetworkWithdrawal,
    Outcome,
    PoolExclusion,
    Running,
    Scheme,
    SolutionKind,
    SourceKind,
    StaffUnit,
    StandardErrorRule,
    TimeUnit,
)
from alliance.cases.models.elsewhere import FromElsewhere
from alliance.cases.models.solutions import Measure, Solution, Unit
from alliance.cases.models.texts import Classification, LocalText
from alliance.core.money import to_major
from alliance.core.text import first_sentence, fold
from alliance.network.models import City, Organisation, Record


class Amount(models.Model):
    """An amount of money, what it is the amount of, and where that is said."""

    cost_minor = models.BigIntegerField(null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True, default="")
    cost_price_year = models.PositiveSmallIntegerField(null=True, blank=True)
    cost_kind = models.CharField(max_length=12, choices=CostKind, blank=True, default="")
    cost_covers = models.CharField(max_length=300, blank=True, default="")
    cost_covers_fr = models.CharField(max_length=300, blank=True, default="")
    cost_covers_sv = models.CharField(max_length=300, blank=True, default="")
    cost_source = models.URLField(max_length=500, blank=True, default="")
    is_cost_computed = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def cost_major(self) -> Decimal | None:
        """The amount in major units of its currency."""
        return None if self.cost_minor is None else to_major(self.cost_minor, self.cost_currency)


class CaseStudy(Amount, FromElsewhere, Record):
    """One trial of a solution. Quantities are null where they were not recorded.

    Its own amount is what it cost, which cases are compared by; `amounts` are told beside it.
    """

    PLACE = "cases"

    solution = models.ForeignKey(Solution, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=10, choices=SolutionKind)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.DRAFT)
    original_language = models.CharField(max_length=2, choices=Language, default=Language.EN)

    # The place as the case tells it; `city` where that place is one city.
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    place_name = models.CharField(max_length=120)
    place_name_fr = models.CharField(max_length=120, blank=True, default="")
    place_name_sv = models.CharField(max_length=120, blank=True, default="")
    # ISO 3166-1 alpha-2, or EU and ZZ (user-assigned) for several countries and undisclosed.
    country = models.CharField(max_length=2)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    start_year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whether it still runs, as of which year, and where that was read; empty: not known.
    running = models.CharField(max_length=10, choices=Running, blank=True, default="")
    running_year = models.PositiveSmallIntegerField(null=True, blank=True)
    running_source = models.URLField(max_length=500, blank=True, default="")
    outcome = models.CharField(max_length=12, choices=Outcome)
    reasons = models.JSONField(default=list, blank=True)
    # Groups of people, by their codes; the notes of the texts say it in words.
    gained = models.JSONField(default=list, blank=True)
    paid = models.JSONField(default=list, blank=True)

    staff_time = models.FloatField(null=True, blank=True)
    staff_time_unit = models.CharField(max_length=16, choices=StaffUnit, blank=True, default="")
    lead_time = models.FloatField(null=True, blank=True)
    lead_time_unit = models.CharField(max_length=8, choices=TimeUnit, blank=True, default="")
    lifetime = models.FloatField(null=True, blank=True)
    lifetime_unit = models.CharField(max_length=8, choices=TimeUnit, blank=True, default="")

    adapted_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="adaptations"
    )
    adaptation_changes = models.TextField(blank=True, default="")

    # The team that answers for the case. Starter content has none until a team takes it over.
    owner = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    # The city may be hidden from readers, for a failure that would else not be told. Then
    # `city` is empty, and the true one stands here for the secretariat and the owner alone.
    is_masked = models.BooleanField(default=False)
    masked_city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    # Whether `nulls` are any: few cases have some, so that lists need not ask for them.
    has_nulls = models.BooleanField(default=False)
    # Whether `amounts` are any, for the same reason.
    has_amounts = models.BooleanField(default=False)

    # What is to be looked up before the case is taken as settled.
    check_again = models.JSONField(default=list, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)
    # When the team of its city last answered for all facts, none of which has changed since.
    city_checked_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # A reason in words, or a `NetworkWithdrawal`, with a colon and the other network's reason.
    withdrawn_because = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField(default=0)

    # Evidence grade, derived by the published rule at each change of this or a sibling case.
    evidence_points = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence_lines = models.JSONField(default=list, blank=True)
    evidence_rule_version = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ["public_id"]
        verbose_name_plural = "case studies"
        indexes = [
            models.Index(fields=["status", "-published_at"], name="case_newest"),
            models.Index(fields=["status", "outcome"], name="case_outcome"),
            # Tallies of solutions count all published cases: the index alone answers.
            models.Index(fields=["status", "solution", "outcome"], name="case_tally"),
            # Few are adapted from another: by the index of all, the planner reads every case.
            models.Index(
                fields=["adapted_from"],
                name="case_adapted",
                condition=Q(adapted_from__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_year__isnull=True)
                | Q(start_year__isnull=True)
                | Q(end_year__gte=F("start_year")),
                name="case_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=True, cost_currency="")
                | Q(cost_minor__gte=0) & ~Q(cost_currency=""),
                name="case_cost_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(is_masked=False) | Q(city=None), name="case_masked_names_no_city"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def why_withdrawn(self) -> str:
        """Why it was withdrawn: the platform's own reasons in the language in use."""
        code, _colon, reason = self.withdrawn_because.partition(": ")
        if code not in NetworkWithdrawal.values:
            return self.withdrawn_because
        words = {"network": self.from_network, "reason": reason}
        return str(NetworkWithdrawal(code).label) % words

    @property
    def is_part_of_city(self) -> bool:
        """Whether the place goes by another name than its city, as a district does."""
        city = self.city
        if city is None or self.place_name == city.name:
            return False
        names = {city.name, city.name_fr, city.name_sv, *city.aliases}
        return fold(self.place_name).casefold() not in {fold(name).casefold() for name in names}

    @property
    def null_results(self) -> list[NullResult]:
        """Its results without a number; asked for only where it has some."""
        return list(self.nulls.all()) if self.has_nulls else []

    @property
    def other_amounts(self) -> list[CaseAmount]:
        """Its amounts beside what it cost; asked for only where it has some."""
        return list(self.amounts.all()) if self.has_amounts else []


class CaseText(LocalText):
    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(max_length=200)
    # The result in one sentence; empty where the case was last saved before there was one.
    lead = models.TextField(blank=True, default="")
    summary = models.TextField()
    problem = models.TextField(blank=True, default="")
    what_worked = models.TextField(blank=True, default="")
    what_did_not = models.TextField(blank=True, default="")
    equity_notes = models.TextField(blank=True, default="")
    justice_distribution = models.TextField(blank=True, default="")
    justice_recognition = models.TextField(blank=True, default="")
    justice_procedure = models.TextField(blank=True, default="")
    justice_capability = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "language"], name="case_text_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    @property
    def first_line(self) -> str:
        """The result in one sentence; where none is stored, the first of the summary."""
        return self.lead or first_sentence(self.summary)

    @property
    def account(self) -> str:
        """What was done: the summary without a sentence that the page has shown already."""
        return self.summary.removeprefix(self.first_line).strip()

    @property
    def abstract(self) -> str:
        """The result, then what was done."""
        return " ".join(filter(None, (self.first_line, self.account)))


class CaseClassification(Classification):
    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="classifications")
    scheme = models.CharField(max_length=8, choices=Scheme)
    # For the scheme "actor": the organisation that acted, where it is known by name.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="case_roles"
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["scheme", "code"], name="case_class")]
        constraints = [
            models.UniqueConstraint(fields=["case", "scheme", "code"], name="case_class_once")
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class Effect(models.Model):
    """One result: a value of a measure in a unit, with what is known about its certainty."""

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="effects")
    position = models.PositiveSmallIntegerField()
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="effects")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="effects")
    qualifier = models.CharField(max_length=200, blank=True, default="")
    qualifier_fr = models.CharField(max_length=200, blank=True, default="")
    qualifier_sv = models.CharField(max_length=200, blank=True, default="")
    value = models.FloatField()
    baseline = models.FloatField(null=True, blank=True)
    # Null where it is the unit of the effect.
    baseline_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline_source = models.URLField(max_length=500, blank=True, default="")
    is_baseline_computed = models.BooleanField(default=False)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    # Where it lies by models, sites or readings, which is no interval: shown, never weighed.
    range_low = models.FloatField(null=True, blank=True)
    range_high = models.FloatField(null=True, blank=True)
    standard_error = models.FloatField(null=True, blank=True)
    se_rule = models.CharField(max_length=20, choices=StandardErrorRule, blank=True, default="")
    n = models.PositiveIntegerField(null=True, blank=True)
    # What it shares with other results: its study, and the people or sites that were measured.
    study = models.CharField(max_length=160, blank=True, default="")
    sample = models.CharField(max_length=160, blank=True, default="")
    period_start = models.PositiveSmallIntegerField(null=True, blank=True)
    period_end = models.PositiveSmallIntegerField(null=True, blank=True)
    design = models.CharField(max_length=20, choices=Design)
    direction = models.CharField(max_length=20, choices=EffectDirection)
    # Where its figure was read; empty where the sources of the case do not say which of them.
    source = models.URLField(max_length=500, blank=True, default="")
    note = models.TextField(blank=True, default="")
    note_fr = models.TextField(blank=True, default="")
    note_sv = models.TextField(blank=True, default="")
    pool_exclusion = models.CharField(max_length=20, choices=PoolExclusion, blank=True, default="")
    # The result that lists show beside the case; where none is marked, the first that is counted.
    is_main = models.BooleanField(default=False)
    # The plan was registered, or changed, when the data were there already.
    has_late_plan = models.BooleanField(default=False)
    # A check of the method says that what it rests on may not hold.
    has_failed_check = models.BooleanField(default=False)
    # It was not carried out as planned.
    has_deviation = models.BooleanField(default=False)
    # The pilot of the platform it came of, which sets the three above.
    pilot = models.CharField(max_length=40, blank=True, default="")
    # Why its figure is to be looked up again; readers see it wherever the figure is printed.
    check_again = models.CharField(max_length=20, choices=CheckAgain, blank=True, default="")
    # Its name within the case, made on its first save and never changed with it.
    key = models.CharField(max_length=80)

    class Meta:
        ordering = ["case", "position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="effect_position_once"),
            models.UniqueConstraint(fields=["case", "key"], name="effect_key_once"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(low__lte=F("value")), name="effect_low_le_value"
            ),
            models.CheckConstraint(
                condition=Q(high__isnull=True) | Q(high__gte=F("value")),
                name="effect_high_ge_value",
            ),
            models.CheckConstraint(
                condition=Q(standard_error__isnull=True) | Q(standard_error__gt=0),
                name="effect_se_positive",
            ),
            models.CheckConstraint(
                condition=Q(period_end__isnull=True)
                | Q(period_start__isnull=True)
                | Q(period_end__gte=F("period_start")),
                name="effect_period_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.value} {self.unit}"


class NullResult(models.Model):
    """A result told as no difference, without a number: it is never stored as 0."""

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="nulls")
    position = models.PositiveSmallIntegerField()
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="nulls")
    qualifier = models.CharField(max_length=200, blank=True, default="")
    sentence = models.TextField()
    sentence_fr = models.TextField(blank=True, default="")
    sentence_sv = models.TextField(blank=True, default="")
    design = models.CharField(max_length=20, choices=Design)
    period_start = models.PositiveSmallIntegerField(null=True, blank=True)
    period_end = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.URLField(max_length=500, blank=True, default="")
    is_main = models.BooleanField(default=False)
    key = models.CharField(max_length=80)

    class Meta:
        ordering = ["case", "position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="null_position_once"),
            models.UniqueConstraint(fields=["case", "key"], name="null_key_once"),
            models.CheckConstraint(
                condition=Q(period_end__isnull=True)
                | Q(period_start__isnull=True)
                | Q(period_end__gte=F("period_start")),
                name="null_period_order",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def original_language(self) -> str:
        """The language of its words: that of the case."""
        return self.case.original_language


class CaseAmount(Amount):
    """A further amount of a case, beside what it cost: shown, and never compared."""

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="amounts")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["case", "position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="amount_position_once"),
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=False, cost_minor__gte=0) & ~Q(cost_currency=""),
                name="amount_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cost_major} {self.cost_currency}"

    @property
    def original_language(self) -> str:
        """The language of its words: that of the case."""
        return self.case.original_language


class Source(models.Model):
    """Where a case's figures and statements come from."""

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    # Empty for what is not online: a document on file, a paper, own data.
    url = models.URLField(max_length=500, blank=True, default="")
    seen = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=16, choices=SourceKind, default=SourceKind.UNKNOWN)
    # Written by somebody other than those who ran or sold the measure; null where not known.
    independent = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["case", "position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="source_position_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str | Promise:
        """What kind of source it is. Lists of them ask often, and Django would look through all."""
        return SourceKind(self.kind).label


class MergedCase(models.Model):
    """The id of a case that was merged into another one; its address leads there."""

    public_id = models.CharField(max_length=80, unique=True)
    into = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="merged")

    class Meta:
        ordering = ["public_id"]

    def __str__(self) -> str:
        return self.public_id


class CaseVersion(models.Model):
    """A published state of a case, whole: text, figures, sources. Rows are never changed.

    `digest` is the SHA-256 of the canonical JSON of `snapshot`, so that a citation can name
    exactly what was read.
    """

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_label = models.CharField(max_length=80)
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["case", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_version_once")]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.number}"
