"""Verdicts on solutions: of the rule, of panels, and their history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliance.analysis.effect_spread import STANDARDISED
from alliance.cases.enums import EffectDirection, Language, Verdict
from alliance.cases.models.solutions import Measure, Solution, Unit


class SolutionVerdict(models.Model):
    """Whether a solution works for one outcome, derived by the published rule.

    `details` is the answer of `alliance.analysis.evidence.solution_verdict`, with how many places
    have a case (`told`), in how many of them it is said to have worked (`said_worked`), and what
    `line_facts.middling` says of cost and time. `cases` are what it rests on: by id a digest of
    what counted. `since`: when the word last changed. `verdict` is the word of a panel where one
    holds, else that of the rule; `details` has that of the rule, and under `panel` what readers see
    of the panel.
    """

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="verdicts")
    # None where no effect is recorded.
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=20, choices=EffectDirection, blank=True, default="")
    is_main = models.BooleanField(default=False)
    verdict = models.CharField(max_length=24, choices=Verdict)
    details = models.JSONField(default=dict)
    cases = models.JSONField(default=dict)
    rule_version = models.CharField(max_length=20)
    since = models.DateTimeField()

    class Meta:
        ordering = ["solution", "-is_main", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "measure", "unit"], name="solution_verdict_once"
            ),
            models.UniqueConstraint(
                fields=["solution"], condition=Q(is_main=True), name="solution_verdict_one_main"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.solution}: {self.verdict}"

    @property
    def display_direction(self) -> str:
        """The direction as words may say it; empty where more of the number may be less of it.

        An effect in standard deviations is turned round until more is better.
        """
        return "" if self.unit is not None and self.unit.name in STANDARDISED else self.direction


class PanelVerdict(models.Model):
    """A word that a panel of three set in place of that of the rule, for what was known then.

    It holds while `cases` are those that the verdict rests on and until `until`; then the word of
    the rule stands again, and `ended_at` says since when. `by_rule`: the word of the rule then.
    `members` are objects of name and organisation.
    """

    verdict = models.ForeignKey(SolutionVerdict, on_delete=models.CASCADE, related_name="panels")
    word = models.CharField(max_length=24, choices=Verdict)
    by_rule = models.CharField(max_length=24, choices=Verdict)
    members = models.JSONField(default=list)
    reason = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    cases = models.JSONField(default=dict)
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["verdict", "-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["verdict"], condition=Q(ended_at=None), name="panel_verdict_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict_id}: {self.word}"


class VerdictChange(models.Model):
    """A word that gave way to another, with the line of the rule that gave it."""

    verdict = models.ForeignKey(SolutionVerdict, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    before = models.CharField(max_length=24, choices=Verdict)
    after = models.CharField(max_length=24, choices=Verdict)
    line = models.PositiveSmallIntegerField()
    rule_version = models.CharField(max_length=20)

    class Meta:
        ordering = ["verdict", "-at", "-id"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
