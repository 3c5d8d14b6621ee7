"""Methods for engaging citizens."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alliance.knowledge.enums import CostLevel, Iap2Level, Mode, SolutionKind
from alliance.knowledge.models.cases import CaseStudy
from alliance.knowledge.models.solutions import Solution
from alliance.knowledge.models.texts import LocalText
from alliance.network.models import Record


class EngagementMethod(Record):
    """A way to inform, consult or involve residents. Group sizes and levels are editorial."""

    kind = models.CharField(max_length=10, choices=SolutionKind, default=SolutionKind.METHOD)
    group_size_min = models.PositiveIntegerField(null=True, blank=True)
    group_size_max = models.PositiveIntegerField(null=True, blank=True)
    cost_level = models.CharField(max_length=8, choices=CostLevel)
    iap2_level = models.CharField(max_length=12, choices=Iap2Level)
    mode = models.CharField(max_length=10, choices=Mode)
    related_solution = models.ForeignKey(
        Solution, null=True, blank=True, on_delete=models.SET_NULL, related_name="methods"
    )
    evidence_cases = models.ManyToManyField(CaseStudy, related_name="methods", blank=True)

    class Meta:
        ordering = ["public_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group_size_min__isnull=True)
                | Q(group_size_max__isnull=True)
                | Q(group_size_max__gte=F("group_size_min")),
                name="method_group_size_order",
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class EngagementMethodText(LocalText):
    method = models.ForeignKey(EngagementMethod, on_delete=models.CASCADE, related_name="texts")
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
