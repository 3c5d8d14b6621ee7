"""Models of researchers and their calendars, of questions, collaborations and answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.knowledge.enums import OutcomeTheme
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.models.texts import LocalText
from alliance.network.enums import HelpAnswer, HelpReply, Language, Topic
from alliance.network.models import City, Need, Organisation
from alliance.network.models.needs_offers import Statement
from alliance.research.enums import AnswerState, Credit, Level, QuestionState, Side

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class Researcher(models.Model):
    """A researcher's public profile, shown with consent and deleted when the consent is
    withdrawn."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="researcher"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="researchers"
    )
    about = models.TextField(max_length=2_000)
    language = models.CharField(max_length=2, choices=Language)
    topic = models.CharField(max_length=24, choices=Topic, blank=True, default="")
    themes = models.JSONField(default=list, blank=True)
    # The languages in which the researcher can answer.
    languages = models.JSONField(default=list)
    orcid = models.CharField(max_length=19, blank=True, default="")
    credit = models.CharField(max_length=12, choices=Credit, default=Credit.NAME)
    # When the researcher agreed to a public profile.
    agreed_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.user.name


class ThesisPeriod(models.Model):
    """A period in which a researcher's students choose the subject of a thesis."""

    researcher = models.ForeignKey(Researcher, on_delete=models.CASCADE, related_name="periods")
    level = models.CharField(max_length=10, choices=Level)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="thesis_period_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.starts_on}"


class ResearchQuestion(Statement):
    """A city's question in everyday words, with its researchable wording.

    It is about a need, a case, or a gap of the evidence map (a solution and an outcome).
    """

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="research_questions")
    themes = models.JSONField(default=list, blank=True)
    # The last day on which an answer is still useful.
    deadline = models.DateField()
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="research_questions"
    )
    case = models.ForeignKey(
        CaseStudy,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="research_questions",
    )
    solution = models.ForeignKey(
        Solution, null=True, blank=True, on_delete=models.PROTECT, related_name="research_questions"
    )
    outcome = models.CharField(max_length=32, choices=OutcomeTheme, blank=True, default="")
    # The researchable wording, written by a researcher or the secretariat.
    wording = models.TextField(max_length=5_000, blank=True, default="")
    wording_language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    worded_at = models.DateTimeField(null=True, blank=True)
    worded_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.OPEN)
    # The accepted answer; only this makes a question answered.
    accepted = models.OneToOneField(
        "ResearchAnswer", null=True, blank=True, on_delete=models.PROTECT, related_name="answered"
    )
    # The reason for the withdrawal, in the language of the question.
    reason = models.TextField(max_length=1_000, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["deadline", "id"]
        indexes = [models.Index(fields=["state", "deadline"], name="research_question_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=QuestionState.OPEN, ended_at=None, accepted=None)
                | Q(
                    state=QuestionState.ANSWERED,
                    ended_at__isnull=False,
                    accepted__isnull=False,
                )
                | Q(state=QuestionState.WITHDRAWN, ended_at__isnull=False, accepted=None)
                & ~Q(reason=""),
                name="research_question_closes_with_answer",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", solution=None) | ~Q(outcome="") & Q(solution__isnull=False),
                name="research_question_gap_whole",
            ),
        ]


class Collaboration(models.Model):
    """The work of one researcher on one question: the offer, the city's reply and the plan.

    `reply` is the city's; with `taken-up` the two work together.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    question = models.ForeignKey(
        ResearchQuestion, on_delete=models.CASCADE, related_name="collaborations"
    )
    # Null once the profile is deleted; the credit stays as the researcher chose it.
    researcher = models.ForeignKey(
        Researcher,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="collaborations",
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    credit_name = models.CharField(max_length=120, blank=True, default="")
    credit_orcid = models.CharField(max_length=19, blank=True, default="")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=HelpAnswer, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    # The plan for the answer.
    plan = models.TextField(max_length=2_000, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    # The level of the thesis; empty if the researcher answers without a student.
    level = models.CharField(max_length=10, choices=Level, blank=True, default="")
    answer_by = models.DateField(null=True, blank=True)
    reply = models.CharField(max_length=8, choices=HelpReply, blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)
    # When the researcher stopped after an offer; the city is notified.
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "researcher"], name="collaboration_once_a_researcher"
            ),
            models.CheckConstraint(
                condition=~Q(answer=HelpAnswer.CAN)
                | Q(answer_by__isnull=False, answered_at__isnull=False),
                name="collaboration_with_a_day",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None)
                | Q(answer=HelpAnswer.CAN, replied_at__isnull=False),
                name="collaboration_replied_to_yes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit_name} on {self.question_id}: {self.answer}"


class WorkStep(models.Model):
    """A step towards an answer, with the responsible side and the due date."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    collaboration = models.ForeignKey(Collaboration, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    side = models.CharField(max_length=10, choices=Side)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["collaboration", "number"]
        constraints = [
            models.UniqueConstraint(fields=["collaboration", "number"], name="work_step_once")
        ]

    def __str__(self) -> str:
        return self.title


class ResearchAnswer(models.Model):
    """The result in plain language; its translations are in `texts`."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.PROTECT, related_name="answers"
    )
    # The thesis or report on which the answer is based.
    url = models.URLField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=AnswerState, default=AnswerState.SENT)
    # What the city finds missing, in the language of the question.
    missing = models.TextField(max_length=2_000, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AnswerState.SENT, decided_at=None)
                | Q(state=AnswerState.ACCEPTED, decided_at__isnull=False)
                | Q(state=AnswerState.INCOMPLETE, decided_at__isnull=False) & ~Q(missing=""),
                name="research_answer_decided",
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class ResearchAnswerText(LocalText):
    """The text of an answer in one language: a one-sentence summary and the explanation."""

    answer = models.ForeignKey(ResearchAnswer, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=8_000)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "language"], name="research_answer_text_once")
        ]

    def __str__(self) -> str:
        return self.title
