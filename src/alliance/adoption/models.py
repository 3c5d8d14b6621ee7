"""Adoptions from a need to a result, events outside of the platform, and links stated by teams.

The tables of events and links are named after the app `thread`, which used to own them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.adoption.enums import Ending, Kind, Relation, Stage, StepKind
from alliance.core.ids import new_public_id
from alliance.core.money import to_major
from alliance.equity.models import DistributionCheck
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy
from alliance.network.enums import AgreementState, Language, PartnershipSide, SubjectKind
from alliance.network.models import City, Need, Organisation, PeerReview
from alliance.testbeds.models import Pilot

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


#: Marks that a plan has the conditions of its solution.
OF_SOLUTION = "of-solution"


class TeamRecord(models.Model):
    """A record stated by the team of a municipality."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    stated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True


class Step(TeamRecord):
    """A proposal, a decision or a workshop that happened outside of the platform."""

    kind = models.CharField(max_length=10, choices=StepKind)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="thread_steps")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True, default="")
    happened_on = models.DateField()
    # Its address in the city's own records; empty if it is not online.
    url = models.CharField(max_length=500, blank=True, default="")
    # Of a decision: the day by which the city expects an outcome.
    expected_by = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "thread_step"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["kind", "-happened_on"], name="thread_step_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_by=None) | Q(kind="decision"),
                name="thread_step_expects_of_decisions",
            ),
            models.CheckConstraint(
                condition=Q(expected_by=None) | Q(expected_by__gte=F("happened_on")),
                name="thread_step_expects_later",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="https://"), name="thread_step_https"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Link(TeamRecord):
    """A link between two records that a team states, in the order of `rules.PAIRS`.

    The records belong to other apps, so they are identified by kind and public id.
    """

    first_kind = models.CharField(max_length=20, choices=Kind)
    first_id = models.CharField(max_length=80)
    second_kind = models.CharField(max_length=20, choices=Kind)
    second_id = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)

    class Meta:
        db_table = "thread_link"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["second_kind", "second_id"], name="thread_link_second"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["first_kind", "first_id", "second_kind", "second_id"],
                name="thread_link_once",
            ),
            models.CheckConstraint(
                condition=~Q(first_kind=F("second_kind"), first_id=F("second_id")),
                name="thread_link_of_two",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="thread_link_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.first_kind} {self.first_id} – {self.second_kind} {self.second_id}"


class Thing(models.Model):
    """A cache of the public data of a record with relations, updated by the worker.

    `shown`: `titles` and `cities` by language, as pairs of text and language and of id and name;
    `on`, `state` and `hides`. `city` is its own, or the adopting one; `partner` the other city.
    """

    kind = models.CharField(max_length=20, choices=Kind)
    public_id = models.CharField(max_length=80)
    city = models.ForeignKey(City, null=True, on_delete=models.SET_NULL, related_name="+")
    partner = models.ForeignKey(City, null=True, on_delete=models.SET_NULL, related_name="+")
    shown = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "public_id"], name="adoption_thing_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


def _thing_at(end: str) -> Any:
    """A join to the row of `Thing` for an end of a tie, without a column."""
    return models.ForeignObject(
        Thing,
        on_delete=models.DO_NOTHING,
        from_fields=[f"{end}_kind", f"{end}_id"],
        to_fields=["kind", "public_id"],
        null=True,
        editable=False,
        related_name="+",
    )


class Tie(models.Model):
    """A relation between two records: derived from data by the worker, or stated by a team.

    Whether a reader may see it depends on the records at its ends. `is_public` is whether everybody
    may, as far as is known without them.
    """

    first_kind = models.CharField(max_length=20, choices=Kind)
    first_id = models.CharField(max_length=80)
    second_kind = models.CharField(max_length=20, choices=Kind)
    second_id = models.CharField(max_length=80)
    relation = models.CharField(max_length=12, choices=Relation)
    # The date of the relation; empty if there is none yet, as for a planned pilot.
    day = models.DateField(null=True, blank=True)
    is_public = models.BooleanField(default=False)
    # If not all relations are shown, the lowest ranks are. Stated links have rank 0.
    rank = models.PositiveSmallIntegerField(default=0)
    link = models.OneToOneField(
        Link, null=True, blank=True, on_delete=models.CASCADE, related_name="tie"
    )
    first = _thing_at("first")
    second = _thing_at("second")

    class Meta:
        ordering = ["rank", "first_id", "second_id"]
        indexes = [
            models.Index(fields=["second_kind", "second_id"], name="tie_second"),
            models.Index(fields=["relation", "day"], name="tie_relation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["first_kind", "first_id", "second_kind", "second_id", "relation"],
                name="tie_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_kind} {self.first_id} {self.relation} {self.second_id}"

    @property
    def ends(self) -> tuple[str, str, str, str, str]:
        """Both ends and the relation, which identify it."""
        return (self.first_kind, self.first_id, self.second_kind, self.second_id, self.relation)

    @classmethod
    def of(cls, ends: tuple[str, str, str, str, str], **values: Any) -> Tie:
        """An unsaved tie with these ends."""
        names = ("first_kind", "first_id", "second_kind", "second_id", "relation")
        return cls(**dict(zip(names, ends, strict=True)), **values)


class Adoption(models.Model):
    """A city's way from a need to a result: what it adopts, from whom, and by which plan.

    What is adopted is identified by kind and public id, with its title at that time: the record may
    be withdrawn or merged, and the adoption continues. It also has the agreement with the partner,
    a city with experience, and its revision; without a partner `source` is empty.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    adopter = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    adopting_city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="adoptions")
    source = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source_city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="adoptions_helped"
    )
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="adoptions"
    )
    subject_kind = models.CharField(max_length=10, choices=SubjectKind, blank=True, default="")
    subject_id = models.CharField(max_length=80, blank=True, default="")
    subject_title = models.CharField(max_length=200, blank=True, default="")
    subject_language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.NEED)

    aim = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Public from this time on.
    public_at = models.DateTimeField(null=True, blank=True)
    # When each side accepted the present terms; a change of the terms clears the other side's.
    source_agreed_at = models.DateTimeField(null=True, blank=True)
    source_agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    adopter_agreed_at = models.DateTimeField(null=True, blank=True)
    adopter_agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    first_agreed_at = models.DateTimeField(null=True, blank=True)
    source_contact = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    source_contact_role = models.CharField(max_length=120, blank=True, default="")
    adopter_contact = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    adopter_contact_role = models.CharField(max_length=120, blank=True, default="")

    # The plan. Measure and unit are stored by their English name if the network knows them,
    # otherwise as text; `conditions` may be `OF_SOLUTION`: those of the solution.
    owner = models.CharField(max_length=120, blank=True, default="")
    measure = models.CharField(max_length=120, blank=True, default="")
    unit = models.CharField(max_length=80, blank=True, default="")
    baseline = models.FloatField(null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    conditions = models.TextField(blank=True, default="")
    costs = models.TextField(blank=True, default="")
    budget_minor = models.BigIntegerField(null=True, blank=True)
    budget_currency = models.CharField(max_length=3, blank=True, default="")
    risks = models.TextField(blank=True, default="")
    # Answers to the four dimensions of justice, by code, without unanswered ones.
    justice = models.JSONField(default=dict, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)

    # The fairness check, which must be complete before anything is tried on people or rolled out.
    fairness = models.ForeignKey(
        DistributionCheck,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="adoptions",
    )
    pilot = models.ForeignKey(
        Pilot, null=True, blank=True, on_delete=models.SET_NULL, related_name="adoptions"
    )
    # The pilot whose plan was started from the adoption; `pilot` once it is registered.
    planned_pilot = models.ForeignKey(
        Pilot, null=True, blank=True, on_delete=models.SET_NULL, related_name="planned_from"
    )
    result = models.ForeignKey(
        CaseStudy, null=True, blank=True, on_delete=models.SET_NULL, related_name="adoptions"
    )
    # Peer reviews of the adoption by other cities.
    reviews = models.ManyToManyField(PeerReview, blank=True, related_name="adoptions")
    ending = models.CharField(max_length=10, choices=Ending, blank=True, default="")
    outcome = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="adoption_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=None, source_city=None)
                | Q(source__isnull=False, source_city__isnull=False)
                & ~Q(source_city=F("adopting_city")),
                name="adoption_of_two_cities",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.AGREED)
                | Q(source_agreed_at__isnull=False, adopter_agreed_at__isnull=False),
                name="adoption_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(need__isnull=False) | ~Q(subject_id=""),
                name="adoption_of_something",
            ),
            models.UniqueConstraint(
                fields=["adopting_city", "source_city", "subject_kind", "subject_id"],
                condition=Q(ended_at=None) & ~Q(subject_id=""),
                name="adoption_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["adopting_city", "subject_kind", "subject_id"],
                condition=Q(ended_at=None, source=None) & ~Q(subject_id=""),
                name="adoption_once_without_partner",
            ),
            models.UniqueConstraint(
                fields=["need", "source_city"],
                condition=Q(ended_at=None, subject_id=""),
                name="adoption_once_a_need",
            ),
            models.CheckConstraint(
                condition=Q(budget_minor=None, budget_currency="")
                | Q(budget_minor__gte=0) & ~Q(budget_currency=""),
                name="adoption_budget_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="adoption_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ending="", ended_at=None)
                | ~Q(ending="") & Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="adoption_ends_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adopting_city_id}: {self.subject_title}"

    @property
    def is_hidden(self) -> bool:
        """Whether the adopted case now hides its city and must not be named.

        Only set on rows from `selectors.adoptions.named`.
        """
        return getattr(self, "hides_now", False)

    @property
    def subject_view(self) -> str:
        """The name of the page of what is adopted; empty if it may not be named."""
        shown = self.subject_id and not self.is_hidden
        return f"knowledge:{self.subject_kind}" if shown else ""

    @property
    def shown_result(self) -> CaseStudy | None:
        """The case of the result if it is published and does not hide its city."""
        case = self.result
        shown = case is not None and case.status == CaseStatus.PUBLISHED and not case.is_masked
        return case if shown else None

    @property
    def shown_measure(self) -> str:
        """The measure in the active language, on rows from `selectors.adoptions.in_words`."""
        return getattr(self, "measure_now", None) or self.measure

    @property
    def shown_unit(self) -> str:
        """The unit in the active language, on the same rows."""
        return getattr(self, "unit_now", None) or self.unit

    @property
    def shown_conditions(self) -> str:
        """The conditions in the active language, on the same rows."""
        if self.conditions != OF_SOLUTION:
            return self.conditions
        return "\n".join(getattr(self, "conditions_now", None) or ())

    @property
    def is_agreed(self) -> bool:
        """Whether both sides accepted the present terms, or there is no partner."""
        return self.source_id is None or bool(self.source_agreed_at and self.adopter_agreed_at)

    @property
    def budget(self) -> Decimal | None:
        """The budget in whole units of its currency."""
        money = self.budget_minor
        return None if money is None else to_major(money, self.budget_currency)

    @property
    def state(self) -> str:
        """The state of the agreement, as a value of `AgreementState`."""
        if self.ending:
            return self.ending
        return (AgreementState.AGREED if self.is_agreed else AgreementState.PROPOSED).value


class AdoptionStep(models.Model):
    """An agreed task: what, by whom, until when, and whether it is done."""

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    # A `DefaultStep`, or the text of the two cities.
    title = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=PartnershipSide)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    class Meta:
        ordering = ["adoption", "number"]
        constraints = [
            models.UniqueConstraint(fields=["adoption", "number"], name="adoption_step_once")
        ]

    def __str__(self) -> str:
        return self.title
