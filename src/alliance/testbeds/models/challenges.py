"""Challenges of cities, sealed answers of organisations, and decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.network.enums import Language
from alliance.network.models import City, Need, Organisation
from alliance.network.models.needs_offers import Statement
from alliance.testbeds.enums import AnswerState, ChallengeState
from alliance.testbeds.models.pilots import Pilot
from alliance.testbeds.models.testbeds import Testbed

PERSON = settings.AUTH_USER_MODEL


class Declaration(models.Model):
    """A declared conflict of interest: an explicit yes or no, by a named person, at a time."""

    # None until it is declared.
    has_conflict = models.BooleanField(null=True, blank=True)
    # The description, required if there is a conflict.
    conflict = models.TextField(blank=True, default="")
    declared_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The declared name, public with the decision.
    declared_name = models.CharField(max_length=160, blank=True, default="")
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


#: A complete declaration: yes with a description, or no; by whom and when.
_DECLARED = (
    Q(has_conflict__isnull=False, declared_at__isnull=False)
    & ~Q(declared_name="")
    & (Q(has_conflict=False, conflict="") | Q(has_conflict=True) & ~Q(conflict=""))
)


class Challenge(Statement, Declaration):
    """A problem that a city wants solved. The declaration is that of the decider, empty until then.

    Whether a challenge is open or closed depends on its dates, not on its state.
    """

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="challenges")
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="challenges"
    )
    testbed = models.ForeignKey(
        Testbed, null=True, blank=True, on_delete=models.PROTECT, related_name="challenges"
    )
    offers_place = models.TextField(blank=True, default="")
    offers_data = models.TextField(blank=True, default="")
    offers_budget = models.TextField(blank=True, default="")
    # The first and last day on which answers are accepted.
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=ChallengeState, default=ChallengeState.PUBLISHED
    )
    # Why it was withdrawn, or the decision in words.
    outcome = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "closes_on"], name="challenge_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="challenge_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state=ChallengeState.PUBLISHED, ended_at=None)
                | ~Q(state=ChallengeState.PUBLISHED) & Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="challenge_ends_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChallengeState.DECIDED) | _DECLARED,
                name="challenge_decided_with_declaration",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ChallengeCriterion(models.Model):
    """A criterion by which answers are judged."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ["challenge", "number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="challenge_criterion_once")
        ]

    def __str__(self) -> str:
        return self.text


class Answer(Declaration):
    """The answer of an organisation, sealed until the challenge is closed."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="answers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=10, choices=AnswerState, default=AnswerState.HANDED_IN)
    handed_in_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # None until the challenge is decided.
    is_chosen = models.BooleanField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    pilot = models.ForeignKey(
        Pilot, null=True, blank=True, on_delete=models.SET_NULL, related_name="answers"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "organisation"],
                condition=Q(state=AnswerState.HANDED_IN),
                name="answer_once_a_team",
            ),
            models.CheckConstraint(condition=_DECLARED, name="answer_with_declaration"),
            models.CheckConstraint(
                condition=Q(is_chosen=None, reason="")
                | Q(is_chosen__isnull=False, state=AnswerState.HANDED_IN) & ~Q(reason=""),
                name="answer_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(pilot=None) | Q(is_chosen=True), name="answer_pilot_if_chosen"
            ),
            models.CheckConstraint(
                condition=Q(state=AnswerState.HANDED_IN, withdrawn_at=None)
                | Q(state=AnswerState.WITHDRAWN, withdrawn_at__isnull=False),
                name="answer_withdrawn_at",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AnswerClaim(models.Model):
    """A claim of an answer with the address of its evidence."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="claims")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=500)

    class Meta:
        ordering = ["answer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="answer_claim_once"),
            models.CheckConstraint(condition=~Q(url=""), name="answer_claim_has_evidence"),
        ]

    def __str__(self) -> str:
        return self.text
