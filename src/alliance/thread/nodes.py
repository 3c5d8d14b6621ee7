"""The kinds of records on a thread: how each is read and shown, and the address of its page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from alliance.adoption.enums import Kind, Stage, StepKind
from alliance.adoption.models import Step
from alliance.adoption.selectors.adoptions import named, visible_adoptions
from alliance.core.audit import Actor
from alliance.groups.models import Decision
from alliance.groups.selectors.groups import readable_minutes
from alliance.indicators.models import Indicator
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseText, Solution, SolutionText
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.enums import NeedState, PeerReviewState
from alliance.network.models import Need, Offer, PeerReview
from alliance.participation.enums import ContributionKind, ProcessStage, ProcessState
from alliance.participation.models import Contribution, Process, stage
from alliance.research.enums import QuestionState
from alliance.research.models import ResearchQuestion
from alliance.testbeds.enums import PilotState
from alliance.testbeds.selectors.access import visible_pilots
from alliance.thread.columns import Rows, const, day_of, no_day, node_rows, own_text, text

#: The requested public ids, or a query for them.
Wanted = Collection[str] | QuerySet[Any, Any]
#: (actor, ids, language of the page): parts with the columns of `columns.NODE`, only of records
#: that the actor may see.
Read = Callable[[Actor, Wanted, str], list[Rows]]


@dataclass(frozen=True)
class NodeKind:
    """`view` is the page of a record, empty if that is the page of its thread; `api` its path below
    /api/v1/ before the id.

    `states`: the labels of its states; empty if it has none.
    """

    code: str
    view: str
    api: str
    read: Read
    states: Mapping[str, str | Promise]

    def page(self, public_id: str) -> tuple[str, list[str]]:
        """The page of a record: name of the view, and its arguments."""
        if not self.view:
            return "thread:thread", [self.code, public_id]
        return self.view, [public_id]


def words_of(choices: Any) -> dict[str, str | Promise]:
    """The labels of choices by code."""
    return {choice.value: choice.label for choice in choices}


def _of_kind(kind: StepKind) -> NodeKind:
    def read(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
        rows = Step.objects.filter(kind=kind, public_id__in=ids)
        fields = {"title": text("title"), "language": text("language"), "on": F("happened_on")}
        return [node_rows(rows, kind.value, **fields, city="city")]

    return NodeKind(kind.value, "", "thread/steps", read, {})


def _decisions(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    """Decisions that cities recorded, and those of minutes that the actor may read."""
    rows = Decision.objects.filter(public_id__in=ids, minutes__in=readable_minutes(actor))
    fields = {
        "title": text("text"),
        "language": text("minutes__language"),
        "on": F("minutes__held_on"),
        "state": Cast(Value(IN_MINUTES), TextField()),
    }
    steps = _STEPS[StepKind.DECISION].read(actor, ids, language)
    return [*steps, node_rows(rows, Kind.DECISION, **fields)]


#: The state of a decision in minutes; other decisions happened outside of the platform.
IN_MINUTES = "in-minutes"
_STEPS = {kind: _of_kind(kind) for kind in StepKind}
PROPOSAL, WORKSHOP = _STEPS[StepKind.PROPOSAL], _STEPS[StepKind.WORKSHOP]
DECISION = NodeKind(
    Kind.DECISION,
    "",
    "thread/steps",
    _decisions,
    {IN_MINUTES: gettext_lazy("from meeting minutes")},
)


def _needs(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = Need.objects.filter(public_id__in=ids)
    fields = {"title": text("title"), "language": text("language"), "on": day_of("stated_at")}
    return [node_rows(rows, Kind.NEED, **fields, state="state", city="city")]


def _offers(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = Offer.objects.filter(public_id__in=ids)
    fields = {"title": text("title"), "language": text("language"), "on": day_of("stated_at")}
    return [node_rows(rows, Kind.OFFER, **fields, city="city")]


def _agreements(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows: Any = named(visible_adoptions(actor).filter(public_id__in=ids))
    # Without a subject it has the title of its need; if its case now hides its city, neither the
    # case nor the partner is named.
    is_chosen = ~Q(subject_id="")
    with translation.override(language):
        unnamed = const(gettext("adoption"))
    fields = {
        "title": Case(
            When(hides_now=True, then=unnamed),
            When(is_chosen, then=text("subject_title")),
            default=text("need__title"),
            output_field=TextField(),
        ),
        "language": Case(
            When(hides_now=True, then=const(language)),
            When(is_chosen, then=text("subject_language")),
            default=text("need__language"),
            output_field=TextField(),
        ),
        "on": day_of("started_at"),
        "state": "stage",
        "hides": "hides_now",
    }
    with_partner = rows.filter(source_city__isnull=False, hides_now=False)
    return [
        node_rows(part, Kind.AGREEMENT, **fields, city=side)
        for part, side in ((rows, "adopting_city"), (with_partner, "source_city"))
    ]


def _peer_reviews(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = PeerReview.objects.filter(public_id__in=ids)
    fields = {"title": text("title"), "language": text("language"), "on": day_of("requested_at")}
    return [node_rows(rows, Kind.PEER_REVIEW, **fields, state="state", city="city")]


def _processes(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = Process.objects.filter(public_id__in=ids).exclude(state=ProcessState.DRAFT)
    fields = {"title": text("title"), "language": text("language"), "on": day_of("opened_at")}
    return [node_rows(rows, Kind.PROCESS, **fields, state=stage(), city="city")]


def _contributions(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = Contribution.objects.filter(post__public_id__in=ids, kind=ContributionKind.PROPOSAL)
    return [
        node_rows(
            rows.shown().exclude(process__state=ProcessState.DRAFT),
            Kind.CONTRIBUTION,
            title=text("title"),
            language=text("post__language"),
            on=day_of("post__at"),
            city="process__city",
            public_id="post__public_id",
        )
    ]


PROCESS = NodeKind(
    Kind.PROCESS, "participation:take-part", "processes", _processes, words_of(ProcessStage)
)
CONTRIBUTION = NodeKind(
    Kind.CONTRIBUTION, "participation:proposal-page", "contributions", _contributions, {}
)
NEED = NodeKind(Kind.NEED, "network:need", "needs", _needs, words_of(NeedState))
OFFER = NodeKind(Kind.OFFER, "network:offer", "offers", _offers, {})
AGREEMENT = NodeKind(Kind.AGREEMENT, "adoption:adoption", "adoptions", _agreements, words_of(Stage))
PEER_REVIEW = NodeKind(
    Kind.PEER_REVIEW,
    "network:peer-review",
    "peer-reviews",
    _peer_reviews,
    words_of(PeerReviewState),
)


def _solutions(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    texts = SolutionText.objects.all()
    return [
        node_rows(
            Solution.objects.filter(public_id__in=ids),
            Kind.SOLUTION,
            title=own_text(texts, "solution", "name", language),
            language=own_text(texts, "solution", "language", language),
            on=no_day(),
        )
    ]


def _cases(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    texts = CaseText.objects.all()
    return [
        node_rows(
            visible_cases(actor).filter(public_id__in=ids),
            Kind.CASE,
            title=own_text(texts, "case", "title", language),
            language=own_text(texts, "case", "language", language),
            on=day_of("published_at"),
            state="outcome",
            city="city",
            hides="is_masked",
        )
    ]


SOLUTION = NodeKind(Kind.SOLUTION, "knowledge:solution", "solutions", _solutions, {})
CASE = NodeKind(Kind.CASE, "knowledge:case", "cases", _cases, words_of(Outcome))


def _pilots(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = visible_pilots(actor).filter(public_id__in=ids)
    return [
        node_rows(
            rows,
            Kind.PILOT,
            title=text("title"),
            language=text("language"),
            # The date of its registration; a plan has none yet.
            on=day_of("frozen_at"),
            state="state",
            city="places__city",
        )
    ]


PILOT = NodeKind(Kind.PILOT, "testbeds:pilot", "pilots", _pilots, words_of(PilotState))


def _indicators(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    name = text("name")
    if language != "en":
        column = f"name_{language}"
        name = Case(
            When(**{column: Value("")}, then=text("name")),
            default=text(F(column)),
            output_field=TextField(),
        )
    rows = Indicator.objects.filter(public_id__in=ids)
    return [
        node_rows(rows, Kind.INDICATOR, title=name, language=const(language), on=no_day()),
    ]


INDICATOR = NodeKind(Kind.INDICATOR, "indicators:indicator", "indicators", _indicators, {})


def _questions(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = ResearchQuestion.objects.filter(public_id__in=ids)
    fields = {"title": text("title"), "language": text("language"), "on": day_of("stated_at")}
    return [node_rows(rows, Kind.QUESTION, **fields, state="state", city="city")]


QUESTION = NodeKind(
    Kind.QUESTION, "research:question", "research-questions", _questions, words_of(QuestionState)
)


#: In the order in which a thread is shown.
KINDS: tuple[NodeKind, ...] = (
    PROPOSAL, CONTRIBUTION, DECISION, NEED, PROCESS, OFFER, SOLUTION, AGREEMENT, PILOT, INDICATOR,
    QUESTION, CASE, PEER_REVIEW, WORKSHOP,
)  # fmt: skip
BY_CODE: dict[str, NodeKind] = {str(kind.code): kind for kind in KINDS}
