"""What the team of a city says about the facts of a case in its city."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.cases.models import CaseStudy
from alliance.network.models import Organisation


class FactAnswer(models.TextChoices):
    """What a team says about a fact."""

    RIGHT = "right", _("Right")
    WRONG = "wrong", _("Not right")
    UNKNOWN = "unknown", _("We do not know")


class FactCheck(models.Model):
    """The last answer of a team about one fact, as the fact was then."""

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="fact_checks")
    team = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    fact = models.CharField(max_length=100)
    # The digest of what the case said, by which a changed fact is asked about again.
    state = models.CharField(max_length=64)
    answer = models.CharField(max_length=8, choices=FactAnswer)
    # What is right instead.
    note = models.TextField(blank=True, default="")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "team", "fact"], name="fact_check_once"),
            models.CheckConstraint(
                condition=~models.Q(answer=FactAnswer.WRONG) | ~models.Q(note=""),
                name="fact_check_wrong_says_what_is_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.fact}"


class FactCheckRequest(models.Model):
    """The secretariat has asked a team to check the cases of its city."""

    team = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.team)
