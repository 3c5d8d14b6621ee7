"""Permission-checked access to questions and researchers; hidden records look missing."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.network.enums import OrganisationKind
from alliance.network.models import Organisation
from alliance.research import rules
from alliance.research.enums import AnswerState
from alliance.research.models import ResearchAnswer, Researcher, ResearchQuestion

READ, CHANGE, WITHDRAW, WORD, ASK, TAKE_ON, CITY, WORK = (
    *("read", "change", "withdraw", "word", "ask", "take on", "city", "work"),
)


def questions() -> QuerySet[ResearchQuestion]:
    """Questions with the related records that lists show."""
    return ResearchQuestion.objects.select_related(
        *("organisation__city", "city", "need", "case", "solution"),
        *("accepted__collaboration__organisation", "accepted__collaboration__researcher"),
    )


def own_profile(actor: Actor) -> Researcher | None:
    """The actor's researcher profile. One query, none for a visitor."""
    if actor.user is None:
        return None
    rows = Researcher.objects.select_related("user", "organisation")
    return rows.prefetch_related("periods").filter(user=actor.user).first()


def universities_of(actor: Actor) -> list[Organisation]:
    """The universities whose teams the actor belongs to. One query, none without a team."""
    if actor.user is None or not actor.teams:
        return []
    rows = Organisation.objects.filter(
        public_id__in=list(actor.teams), kind=OrganisationKind.UNIVERSITY
    )
    return list(rows.order_by("name", "id"))


def _may(action: str, actor: Actor, question: ResearchQuestion) -> bool:
    if action == READ:
        return True
    if action == CITY:
        return rules.speaks_for(actor, question)
    if action in (WORD, TAKE_ON, WORK):
        own = own_profile(actor)
        if action == WORD:
            return rules.may_word(actor, question, own)
        if action == TAKE_ON:
            return rules.may_take_on(question, own)
        return own is not None and question.collaborations.filter(researcher=own).exists()
    of_city = {
        CHANGE: rules.may_change,
        WITHDRAW: rules.may_withdraw,
        ASK: rules.may_ask,
    }
    return of_city[action](actor, question)


def get_question_for(actor: Actor, public_id: str, action: str = READ) -> ResearchQuestion:
    """A question; anyone may read it. Raises NotFound, also if the actor may not do `action`."""
    return get_by_public_id(
        questions(), "research-question", public_id, partial(_may, action, actor)
    )


def get_researcher(public_id: str) -> Researcher:
    """A researcher with a public profile. Raises NotFound."""
    rows = Researcher.objects.select_related("user", "organisation__city")
    return get_by_public_id(rows.prefetch_related("periods"), "researcher", public_id)


def get_answer(public_id: str) -> ResearchAnswer:
    """An accepted answer, with its question. Raises NotFound."""
    rows = ResearchAnswer.objects.filter(state=AnswerState.ACCEPTED).prefetch_related("texts")
    return get_by_public_id(
        rows.select_related("collaboration__question"), "research answer", public_id
    )


def with_answers(rows: QuerySet[ResearchQuestion]) -> QuerySet[ResearchQuestion]:
    """The questions with the texts of their accepted answers prefetched."""
    return rows.prefetch_related("accepted__texts")
