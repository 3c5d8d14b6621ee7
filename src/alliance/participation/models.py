"""Processes, their promises, participants, contributions and answers.

What people write is a `network.Post`, so that discussion, reports and moderation work alike in all
apps; a `Contribution` describes the role of the post in a process.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from alliance.cases.models import Method
from alliance.core.clock import CITY_TIME
from alliance.core.fields import HourField
from alliance.core.ids import ALPHABET, new_public_id
from alliance.network.enums import Language
from alliance.network.localise import Localised, localised, own_words
from alliance.network.models import City, Need, Organisation, Post
from alliance.participation.enums import (
    SINGLE_ACTIVITY_KINDS,
    AgeBand,
    AnswerOutcome,
    Author,
    Channel,
    ContributionKind,
    FirstTime,
    PhaseKind,
    ProcessKind,
    ProcessStage,
    ProcessState,
    PromiseKind,
    PromiseText,
    Sex,
    Tenure,
    Trait,
)

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}
RECEIPT_LENGTH = 12
#: The range of the cap on the length of statements.
SHORTEST_CAP, LONGEST_CAP = 60, 300


def new_receipt() -> str:
    """A code of about 57 bits by which a participant finds her own contributions again."""
    return "".join(secrets.choice(ALPHABET) for _ in range(RECEIPT_LENGTH))


class Translated(models.Model):
    """Texts of the city in one language, with its own translations."""

    #: The translated fields.
    IN_WORDS: ClassVar[tuple[str, ...]]
    # By language and field: `text`, and `of`, the original that it translates; if the original
    # changed since, the translation is not shown.
    translations = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def localised_text(self, field: str, language: str) -> Localised:
        """The text of `field` in a language; the original if there is no translation."""
        original: str = getattr(self, field)
        if original in PromiseText.values:
            return own_words(PromiseText, original, "", language)
        own = self.translations.get(language, {}).get(field, {})
        if own.get("of") == original:
            return Localised(own["text"])
        written_in: str = self.language  # type: ignore[attr-defined]
        return localised(original, written_in, language)


class Process(Translated):
    """A question of a city to its residents, with what it promises in return."""

    IN_WORDS = (
        "title", "summary", "easy_read", "area", "decides_what", "decides_who", "not_open",
        "background", "result",
    )  # fmt: skip

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="processes")
    kind = models.CharField(max_length=10, choices=ProcessKind)
    state = models.CharField(max_length=10, choices=ProcessState, default=ProcessState.DRAFT)
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="processes"
    )
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=160)
    # The question in three sentences; then the same in easy language.
    summary = models.TextField(blank=True, default="")
    easy_read = models.TextField(blank=True, default="")
    # Background to read before answering; its sources are in rows of their own.
    background = models.TextField(blank=True, default="")
    # The part of the city concerned, in words; empty means the whole city.
    area = models.CharField(max_length=160, blank=True, default="")
    # The promise (N14): no process opens without these.
    decides_what = models.TextField(blank=True, default="")
    decides_who = models.CharField(max_length=160, blank=True, default="")
    decides_by = models.DateField(null=True, blank=True)
    answers_by = models.DateField(null=True, blank=True)
    not_open = models.TextField(blank=True, default="")
    # The maximum length of a statement, of residents and of the city, in characters.
    statement_length = models.PositiveSmallIntegerField(default=140)
    # Whether contributions of residents wait for a moderator before others see them.
    is_strict = models.BooleanField(default=True)
    is_synthetic = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The decision and how contributions were used, once there is one.
    result = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    # When personal data were deleted.
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="process_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ProcessState.DRAFT)
                | Q(opened_at__isnull=False, decides_by__isnull=False, answers_by__isnull=False)
                & ~Q(decides_what="")
                & ~Q(decides_who="")
                & ~Q(not_open=""),
                name="process_opens_with_promise",
            ),
            models.CheckConstraint(
                condition=Q(statement_length__gte=SHORTEST_CAP, statement_length__lte=LONGEST_CAP),
                name="process_statement_length",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProcessState.ANSWERED)
                | Q(answered_at__isnull=False) & ~Q(result=""),
                name="process_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_single_activity(self) -> bool:
        """Whether residents do the same in each phase, so that phases need no label."""
        return self.kind in SINGLE_ACTIVITY_KINDS

    @property
    def last_issue(self) -> Issue | None:
        """The last publication of figures about participants; None before the first."""
        return getattr(self, "issue", None)


class Phase(models.Model):
    """A period in which residents can participate: from `opens_at` until before `closes_at`."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="phases")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=PhaseKind)
    title = models.CharField(max_length=120, blank=True, default="")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        ordering = ["process", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="phase_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="phase_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id}: {self.number} {self.kind}"

    @property
    def first_day(self) -> dt.date:
        """The first date in the time zone of the cities."""
        return self.opens_at.astimezone(CITY_TIME).date()

    @property
    def last_day(self) -> dt.date:
        """The last date in the time zone of the cities."""
        end = self.closes_at - dt.timedelta(microseconds=1)
        return end.astimezone(CITY_TIME).date()


class Background(Translated):
    """Something to read before the questions: a figure, an external text, a solution's verdict."""

    IN_WORDS = ("title",)

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="sources")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    # An external page, or the public id of a solution, whose verdict is shown.
    url = models.CharField(max_length=500, blank=True, default="")
    solution_id = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["process", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="background_once"),
            models.CheckConstraint(
                condition=Q(url="") & ~Q(solution_id="")
                | Q(url__startswith="https://", solution_id=""),
                name="background_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def language(self) -> str:
        """The language of its process."""
        return self.process.language


#: What a participant can submit, by the name of the relation, with the condition that it was
#: submitted.
ACTS: Mapping[str, Q] = {
    "contributions": Q(),
    "supports": Q(),
    "votes": Q(),
    "survey_response": Q(sent_at__isnull=False),
    "pledge": Q(),
    "ballot": Q(),
    "voter": Q(),
}


class ParticipantRows(models.QuerySet["Participant"]):
    def took_part(self) -> ParticipantRows:
        """Those who submitted something: whoever only saved pages of a survey, or requested the
        link of a vote and did not vote, has not participated."""
        sent = Q()
        for name, is_sent in ACTS.items():
            model: Any = Participant._meta.get_field(name).related_model
            sent |= Q(Exists(model.objects.filter(is_sent, participant=OuterRef("pk")).order_by()))
        return self.filter(sent)


class Participant(models.Model):
    """One person in one process: by a cookie, an account, or entered by staff.

    A browser has one cookie for all processes, but a different digest of it is stored in each:
    nobody can be followed from one to another.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="participants")
    token_digest = models.CharField(max_length=64, null=True, blank=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    receipt = models.CharField(max_length=20, unique=True, default=new_receipt, editable=False)
    channel = models.CharField(max_length=6, choices=Channel, default=Channel.ONLINE)
    language = models.CharField(max_length=2, choices=Language)
    made_at = HourField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    # For emails about answers; nothing is sent before it is confirmed.
    email = models.EmailField(max_length=254, blank=True, default="")
    email_confirmed_at = HourField(null=True, blank=True)
    # Incremented when an address is confirmed or deleted: links sent before are then invalid.
    email_number = models.PositiveIntegerField(default=0, editable=False)
    # Voluntary; compared with the census, and in no open data file.
    area = models.CharField(max_length=120, blank=True, default="")
    age_band = models.CharField(max_length=6, choices=AgeBand, blank=True, default="")
    sex = models.CharField(max_length=6, choices=Sex, blank=True, default="")
    tenure = models.CharField(max_length=5, choices=Tenure, blank=True, default="")
    # Voluntary too; about the person, not in any census.
    first_time = models.CharField(max_length=3, choices=FirstTime, blank=True, default="")
    # Whether her data are included in an issue (`Issue`).
    is_issued = models.BooleanField(default=False, editable=False)

    objects = ParticipantRows.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "token_digest"],
                condition=Q(token_digest__isnull=False),
                name="participant_once_a_browser",
            ),
            models.UniqueConstraint(
                fields=["process", "user"],
                condition=Q(user__isnull=False),
                name="participant_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Issue(models.Model):
    """What a process publishes about participants, from one state; the next issue replaces it.

    Apps store their own parts in rows of their own, written in the same transaction.
    """

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="issue"
    )
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    # The number of people in it, and of those by whom the app counts (`panels.Issuing`).
    people = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    # Their traits: rows of `COLUMNS` and the number of people.
    counts = models.JSONField(default=list)
    # Whether the census, by which results are weighted, has changed since.
    is_outdated = models.BooleanField(default=False)

    #: The columns by which `counts` counts.
    COLUMNS = (*Trait.values, "first_time", "channel")

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id}: {self.number}"


class PeopleFile(models.Model):
    """A file with rows of each person of an issue, as published. Ids in it are random, different in
    each file and each issue.

    A person who deletes her data leaves it together with enough others that nobody can see which
    rows were hers: the first of an issue at once, with others drawn at random, who stay out; later
    ones once there are enough of them, or with the next issue, where others are drawn to make up
    the number.
    """

    issued_at = models.DateTimeField()
    # The ids of the people in it, by primary key.
    people = models.JSONField(default=dict)
    # Others who are left out of it, by primary key.
    left_out = models.JSONField(default=list)
    # Whether some have left it; ids that are to leave it and no longer lead to anybody.
    is_reduced = models.BooleanField(default=False)
    leaving = models.JSONField(default=list)

    class Meta:
        abstract = True

    @property
    def n_people(self) -> int:
        """The number of people with rows in it."""
        return len(self.people) + len(self.leaving)

    def _others(self, n: int) -> list[int]:
        """`n` people in it, at random."""
        keys = sorted(map(int, self.people))
        return secrets.SystemRandom().sample(keys, min(max(n, 0), len(keys)))

    def let_go(self, participant: Participant) -> set[str]:
        """Unlink the rows of a person who deletes her data; returns the ids of the rows to remove
        now."""
        self.left_out = [pk for pk in self.left_out if pk != participant.pk]
        name = self.people.pop(str(participant.pk), None)
        if name is None:
            return set()
        gone = {*self.leaving, name}
        if not self.is_reduced:
            others = self._others(settings.PRIVACY_FLOOR - 1)
            self.left_out = sorted([*self.left_out, *others])
            gone |= {self.people.pop(str(other)) for other in others}
        is_now = not self.is_reduced or len(gone) >= settings.PRIVACY_FLOOR
        self.is_reduced, self.leaving = True, [] if is_now else sorted(gone)
        return gone if is_now else set()

    def left_out_next(self) -> set[int]:
        """Who is to be left out of the file of the next issue."""
        if not self.leaving:
            return set(self.left_out)
        return {*self.left_out, *self._others(settings.PRIVACY_FLOOR - len(self.leaving))}


class CensusCount(models.Model):
    """The number of residents of a category in the area of a process, with which participants are
    compared."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="census")
    trait = models.CharField(max_length=8, choices=Trait)
    category = models.CharField(max_length=120)
    people = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "trait", "category"], name="census_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.trait} {self.category}: {self.people}"


class Promise(Translated):
    """A promise of a city in a process, with its due date, until it is kept."""

    IN_WORDS = ("text", "outcome")

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="promises")
    kind = models.CharField(max_length=8, choices=PromiseKind)
    language = models.CharField(max_length=2, choices=Language)
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["kept_at", "due_on"], name="promise_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "kind"], condition=~Q(kind="work"), name="promise_once"
            ),
            models.CheckConstraint(
                condition=Q(kept_at=None, outcome="") | Q(kept_at__isnull=False) & ~Q(outcome=""),
                name="promise_kept_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def localised_text(self, field: str, language: str) -> Localised:
        """As for all translated texts; a decision is in the words of its process."""
        if self.kind != PromiseKind.DECISION or not getattr(self, field):
            return super().localised_text(field, language)
        process_text = self.process.localised_text(
            {"text": "decides_what", "outcome": "result"}[field], language
        )
        return (
            replace(process_text, value=process_text.value[:300])
            if field == "text"
            else process_text
        )


def stage() -> Case:
    """The `ProcessStage` of a row of processes, by the promises that were kept."""

    def kept(kind: PromiseKind) -> Exists:
        rows = Promise.objects.filter(process=OuterRef("pk"), kind=kind, kept_at__isnull=False)
        return Exists(rows.order_by())

    def is_(code: ProcessStage) -> Value:
        return Value(code.value)

    return Case(
        When(~Q(state=ProcessState.CLOSED), then=F("state")),
        When(
            Q(kept(PromiseKind.ANSWER)) & Q(kind=ProcessKind.CAMPAIGN),
            then=is_(ProcessStage.MEASURED),
        ),
        When(kept(PromiseKind.ANSWER), then=is_(ProcessStage.REPORTED)),
        When(kept(PromiseKind.DECISION), then=is_(ProcessStage.DECIDED)),
        default=F("state"),
        output_field=models.CharField(),
    )


class ContributionGroup(models.Model):
    """Contributions with the same message, to which one answer can be given."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)

    class Meta:
        ordering = ["process", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="contribution_group_once")
        ]

    def __str__(self) -> str:
        return self.title


class Answer(Translated):
    """A city's answer to contributions: the outcome and why; later, that it was built."""

    IN_WORDS = ("reason",)

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="answers")
    outcome = models.CharField(max_length=10, choices=AnswerOutcome)
    reason = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    at = models.DateTimeField()
    promise = models.OneToOneField(
        Promise, null=True, blank=True, on_delete=models.SET_NULL, related_name="answer"
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="answer_with_reason")]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason[:60]}"


class ContributionRows(models.QuerySet["Contribution"]):
    """Contributions, with the filters that pages need."""

    def shown(self) -> ContributionRows:
        """The public contributions: released, and not hidden by a moderator."""
        return self.filter(shown_at__isnull=False, post__hidden_at=None)

    def to_be_read(self, participant: Participant | None) -> ContributionRows:
        """A participant's own contributions that wait for a moderator."""
        if participant is None:
            return self.none()
        return self.filter(participant=participant, shown_at=None, post__hidden_at=None)

    def to_answer(self) -> ContributionRows:
        """The public contributions of residents: each gets an answer, answered yet or not. Comments
        on what residents wrote are a conversation among them and need none."""
        on_text = Q(parent__kind=ContributionKind.PARAGRAPH)
        return self.shown().filter(Q(parent=None) | on_text, participant__isnull=False)


class Contribution(Translated):
    """The role of a post in a process: a statement, a proposal or a comment on one.

    Texts of the city may be translated; those of residents are not.
    """

    IN_WORDS = ("text",)

    post = models.OneToOneField(
        Post, primary_key=True, on_delete=models.CASCADE, related_name="contribution"
    )
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=10, choices=ContributionKind)
    # The number of a statement on paper, from 1 in each process. It never changes.
    number = models.PositiveIntegerField(null=True, blank=True)
    # Empty for texts of the city or a computer, and once the person has deleted her data.
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions"
    )
    author = models.CharField(max_length=8, choices=Author, default=Author.RESIDENT)
    channel = models.CharField(max_length=6, choices=Channel, default=Channel.ONLINE)
    title = models.CharField(max_length=160, blank=True, default="")
    place = models.CharField(max_length=160, blank=True, default="")
    # The point of a proposal, set by its author.
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    # How many people of the last issue support it; empty before there is one.
    issued_supports = models.PositiveIntegerField(null=True, blank=True, editable=False)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="comments"
    )
    # Since when it is public: at once, or after a moderator's approval.
    shown_at = HourField(null=True, blank=True)
    group = models.ForeignKey(
        ContributionGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contributions",
    )
    answer = models.ForeignKey(
        Answer, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions"
    )

    objects = ContributionRows.as_manager()

    class Meta:
        ordering = ["post"]
        indexes = [models.Index(fields=["process", "kind", "shown_at"], name="contribution_shown")]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "number"],
                condition=Q(number__isnull=False),
                name="contribution_number_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="comment", parent__isnull=False)
                | ~Q(kind="comment") & Q(parent=None),
                name="contribution_comments_on_one",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="contribution_point_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.post)

    @property
    def public_id(self) -> str:
        """The id of its post."""
        return self.post.public_id

    @property
    def text(self) -> str:
        """The text of its post."""
        return self.post.text

    @property
    def language(self) -> str:
        """The language of its post."""
        return self.post.language


class Support(models.Model):
    """The support of a participant for a proposal."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="supports"
    )
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="supports")
    at = HourField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "participant"], name="support_once")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} for {self.contribution_id}"


class Evaluation(models.Model):
    """What staff know of the course of a process, or of a hearing or workshop held elsewhere.

    For a process, people, groups and contributions are counted from its data. `counts` of what was
    held elsewhere: by trait and category the number of participants and of residents.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    process = models.OneToOneField(
        Process, null=True, blank=True, on_delete=models.CASCADE, related_name="evaluation"
    )
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language)
    ended_on = models.DateField(null=True, blank=True)
    hours = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    # In whole units of the currency.
    rate = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    other_costs = models.DecimalField(max_digits=13, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    people = models.PositiveIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    first_yes = models.PositiveIntegerField(null=True, blank=True)
    first_no = models.PositiveIntegerField(null=True, blank=True)
    contributions = models.PositiveIntegerField(null=True, blank=True)
    acted_on = models.PositiveIntegerField(null=True, blank=True)
    # The method's own measure, such as proposals that were carried out.
    own_of = models.PositiveIntegerField(null=True, blank=True)
    own_done = models.PositiveIntegerField(null=True, blank=True)
    # If it educates: one question, and how many answered 1, 2, 3 … before and after.
    question = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(default=list, blank=True)
    after = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(process__isnull=False)
                | Q(ended_on__isnull=False, people__isnull=False) & ~Q(title=""),
                name="evaluation_of_something",
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.process_id)
