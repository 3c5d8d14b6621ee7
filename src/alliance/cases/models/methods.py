"""Methods that cities work by, for each of the four topics."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alliance.cases.enums import CostLevel, Iap2Level, Mode, SolutionKind, Topic
from alliance.cases.models.cases import CaseStudy
from alliance.cases.models.solutions import Solution
from alliance.cases.models.texts import LocalText
from alliance.network.models import Record


class Method(Record):
    """An approach, a method or a tool that a city works by. Levels and group sizes are editorial.

    `iap2_level`, `mode` and group sizes belong to methods for engaging citizens alone. The tables
    are called after these methods, which had them first.
    """

    topic = models.CharField(max_length=24, choices=Topic, default=Topic.ENGAGING_CITIZENS)
    kind = models.CharField(max_length=10, choices=SolutionKind, default=SolutionKind.METHOD)
    group_size_min = models.PositiveIntegerField(null=True, blank=True)
    group_size_max = models.PositiveIntegerField(null=True, blank=True)
    # Empty: not recorded, or of no meaning for the topic.
    cost_level = models.CharField(max_length=8, choices=CostLevel, blank=True, default="")
    iap2_level = models.CharField(max_length=12, choices=Iap2Level, blank=True, default="")
    mode = models.CharField(max_length=10, choices=Mode, blank=True, default="")
    # Where it is written down: title, publisher and year of each, in the language of the title.
    sources = models.JSONField(default=list, blank=True)
    related_solution = models.ForeignKey(
        Solution, null=True, blank=True, on_delete=models.SET_NULL, related_name="methods"
    )
    evidence_cases = models.ManyToManyField(
        CaseStudy, related_name="methods", blank=True, through="MethodCase"
    )

    class Meta:
        ordering = ["public_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group_size_min__isnull=True)
                | Q(group_size_max__isnull=True)
                | Q(group_size_max__gte=F("group_size_min")),
                name="method_group_size_order",
            ),
            models.CheckConstraint(
                condition=Q(topic=Topic.ENGAGING_CITIZENS)
                & ~Q(cost_level="")
                & ~Q(iap2_level="")
                & ~Q(mode="")
                | ~Q(topic=Topic.ENGAGING_CITIZENS)
                & Q(iap2_level="", mode="", group_size_min=None, group_size_max=None),
                name="method_fields_of_its_topic",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def has_group_size(self) -> bool:
        """Whether it is recorded for how many people it is meant."""
        return self.group_size_min is not None or self.group_size_max is not None

    def suits(self, people: int) -> bool:
        """Whether that many people are known to be in its range; False where none is recorded."""
        least, most = self.group_size_min, self.group_size_max
        return self.has_group_size and (least or 0) <= people and (most is None or people <= most)


class MethodCase(models.Model):
    """A case that shows the use of a method."""

    method = models.ForeignKey(Method, on_delete=models.CASCADE, db_column="engagementmethod_id")
    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, db_column="casestudy_id")

    class Meta:
        unique_together = [("method", "case")]

    def __str__(self) -> str:
        return f"{self.method_id} {self.case_id}"


class MethodText(LocalText):
    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(max_length=160)
    description = models.TextField()
    strengths = models.JSONField(default=list, blank=True)
    limits = models.JSONField(default=list, blank=True)
    best_for = models.TextField(blank=True, default="")
    duration = models.CharField(max_length=80, blank=True, default="")
    group_size_typical = models.CharField(max_length=80, blank=True, default="")
    evaluation_criteria = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "language"], name="method_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
