"""Closed vocabularies of processes."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PromiseText(models.TextChoices):
    """Standard texts of the platform in the promises of a process."""

    CAMPAIGN = (
        "who-gets-the-campaign",
        _("Who gets the campaign. This is decided before the campaign starts."),
    )


class ProcessKind(models.TextChoices):
    """How residents participate; each kind has its template."""

    DIALOGUE = "dialogue", _("dialogue")
    PROPOSALS = "proposals", pgettext_lazy("kind of process", "proposals")
    BUDGET = "budget", _("participatory budget")
    CAMPAIGN = "campaign", pgettext_lazy("kind of process", "campaign")
    SURVEY = "survey", pgettext_lazy("kind of process", "survey")
    TEXT = "text", pgettext_lazy("kind of process", "text to comment")


class ProcessState(models.TextChoices):
    """The state of a process. `CLOSED`: no more input, the answer is due."""

    DRAFT = "draft", pgettext_lazy("state of a process", "in preparation")
    OPEN = "open", pgettext_lazy("state of a process", "open")
    CLOSED = "closed", pgettext_lazy("state of a process", "closed, answers pending")
    ANSWERED = "answered", pgettext_lazy("state of a process", "answered")


class ProcessStage(models.TextChoices):
    """The public stage of a process: its state, and for a closed one which promises were kept.
    Computed by `models.stage`."""

    DRAFT = ProcessState.DRAFT.value, ProcessState.DRAFT.label
    OPEN = ProcessState.OPEN.value, ProcessState.OPEN.label
    CLOSED = ProcessState.CLOSED.value, ProcessState.CLOSED.label
    REPORTED = "reported", pgettext_lazy("state of a process", "answered, decision pending")
    MEASURED = "measured", pgettext_lazy("state of a process", "result published, decision pending")
    DECIDED = "decided", pgettext_lazy("state of a process", "decided, answers pending")
    ANSWERED = ProcessState.ANSWERED.value, ProcessState.ANSWERED.label


class PhaseKind(models.TextChoices):
    """What residents can do in a phase."""

    WRITE = "write", pgettext_lazy("phase", "write")
    VOTE = "vote", pgettext_lazy("phase", "vote")
    BOTH = "write-and-vote", pgettext_lazy("phase", "write and vote")


#: Kinds with a single activity, which the kind names; elsewhere each phase names it.
SINGLE_ACTIVITY_KINDS = frozenset({ProcessKind.CAMPAIGN, ProcessKind.SURVEY, ProcessKind.TEXT})
#: Activities, and the phases in which they are possible.
WRITING = frozenset({PhaseKind.WRITE, PhaseKind.BOTH})
VOTING = frozenset({PhaseKind.VOTE, PhaseKind.BOTH})


class Channel(models.TextChoices):
    """How a contribution was submitted; all but the first are entered by staff."""

    ONLINE = "online", pgettext_lazy("how it came in", "online")
    PAPER = "paper", pgettext_lazy("how it came in", "on paper")
    PHONE = "phone", pgettext_lazy("how it came in", "by phone")
    DESK = "desk", pgettext_lazy("how it came in", "in person")


class ContributionKind(models.TextChoices):
    """The kinds of contributions."""

    STATEMENT = "statement", _("statement")
    PROPOSAL = "proposal", _("proposal")
    COMMENT = "comment", _("comment")
    ANSWER = "answer", pgettext_lazy("contribution", "answer to a question")
    PARAGRAPH = "paragraph", pgettext_lazy("contribution", "paragraph of a text")


class Author(models.TextChoices):
    """The author of a contribution, which is shown with it."""

    RESIDENT = "resident", pgettext_lazy("author", "a resident")
    OFFICIAL = "official", pgettext_lazy("author", "the city")
    MACHINE = "machine", pgettext_lazy("author", "a computer")


class AnswerOutcome(models.TextChoices):
    """The outcome of a contribution."""

    ACCEPTED = "accepted", pgettext_lazy("outcome", "will be done")
    PARTLY = "partly", pgettext_lazy("outcome", "will be partly done")
    DONE = "done", pgettext_lazy("outcome", "already done")
    NOTED = "noted", pgettext_lazy("outcome", "considered in the decision")
    DECLINED = "declined", pgettext_lazy("outcome", "will not be done")
    ELSEWHERE = "elsewhere", pgettext_lazy("outcome", "not for the city to decide")


class PromiseKind(models.TextChoices):
    """The dated promises of a city."""

    DECISION = "decision", _("the decision")
    ANSWER = "answer", pgettext_lazy("promise", "an answer to each contribution")
    WORK = "work", pgettext_lazy("promise", "work to be done")


class Trait(models.TextChoices):
    """Voluntary traits of participants; the columns of `Participant`."""

    AGE = "age_band", _("Age")
    SEX = "sex", pgettext_lazy("field", "Sex")
    TENURE = "tenure", pgettext_lazy("field", "Home")
    AREA = "area", _("Part of the city")


#: The same within a sentence.
TRAITS_IN_TEXT: dict[str, Promise] = {
    Trait.AGE: pgettext_lazy("in a sentence", "age"),
    Trait.SEX: pgettext_lazy("in a sentence", "sex"),
    Trait.TENURE: pgettext_lazy("in a sentence", "type of home"),
    Trait.AREA: pgettext_lazy("in a sentence", "part of the city"),
}


class AgeBand(models.TextChoices):
    """Age bands."""

    UNDER_18 = "0-17", _("under 18")
    YOUNG = "18-29", "18–29"
    MIDDLE = "30-49", "30–49"
    OLDER = "50-64", "50–64"
    OLD = "65+", _("65 or older")


class Sex(models.TextChoices):
    """Sex as in censuses; whoever is in neither category leaves it open."""

    WOMAN = "woman", pgettext_lazy("sex", "woman")
    MAN = "man", pgettext_lazy("sex", "man")


class Tenure(models.TextChoices):
    """Whether a home is owned or rented."""

    RENTS = "rents", pgettext_lazy("home", "rented")
    OWNS = "owns", pgettext_lazy("home", "owned")


class FirstTime(models.TextChoices):
    """Whether a person participates for the first time."""

    YES = "yes", pgettext_lazy("first time", "yes")
    NO = "no", pgettext_lazy("first time", "no")
