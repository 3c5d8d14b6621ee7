"""Addresses of questions about cases, and their answers, in the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Status

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.knowledge import rules
from alliance.knowledge.api.schemas import cases_kept as schemas
from alliance.knowledge.selectors import questions as select
from alliance.knowledge.selectors.access import READ, get_case_for
from alliance.knowledge.selectors.localise import local_text
from alliance.knowledge.selectors.writing_access import ANSWER, MODERATE, get_question_for
from alliance.knowledge.services import questions as services
from alliance.network.api.authentication import PersonOnly, TeamOrPerson
from alliance.network.api.common import LanguageQuery, PageQuery, api_address, page
from alliance.network.api.writing import actor_in, created
from alliance.network.enums import Scope, TeamRole
from alliance.network.services.discussion import moderate_post

router = Router(tags=["questions"])
ANSWERS = TeamOrPerson(Scope.ANSWER)


class QuestionQuery(PageQuery):
    team: str | None = Field(None, description="Only those that this team is to answer.")


@router.get(
    "/cases/{id}/questions", response=schemas.QuestionListing, summary="Questions about a case"
)
def list_case_questions(request: HttpRequest, id: str) -> dict[str, Any]:
    """What readers asked about a case and its team answered."""
    case = get_case_for(None, id)
    items = [
        {
            "id": row.public_id,
            "text": row.text,
            "language": row.language,
            "asked_by": row.author_name or None,
            "asked_at": row.at,
            "answer": reply.text,
            "answer_language": reply.language,
            "answered_by": reply.author_name or None,
            "answered_at": reply.at,
        }
        for row in select.answered_of(case.public_id)
        if (reply := row.reply) is not None
    ]
    return {"count": len(items), "items": items}


@router.post(
    "/cases/{id}/questions",
    response={201: schemas.QuestionStanding},
    auth=PersonOnly(),
    summary="Ask about a case",
)
def ask_question(
    request: HttpRequest,
    id: str,
    body: schemas.AskQuestion,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Ask the team that answers for a case. The same question again is the one that is there."""
    actor = actor_in(request)
    case = get_case_for(actor, id)
    asked = services.ask(
        case,
        text=body.text,
        language=body.language,
        show_name=body.show_name,
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"questions/{asked.public_id}"))
    return Status(201, _standing(asked.public_id, actor, query.lang))


@router.get(
    "/questions",
    response=schemas.WaitingQuestionPage,
    auth=ANSWERS,
    summary="Questions that wait for an answer",
)
def list_questions(request: HttpRequest, query: Query[QuestionQuery]) -> dict[str, Any]:
    """Unanswered questions that the caller can answer; for moderators and the secretariat, all."""
    actor = actor_in(request)
    waiting = select.waiting_for(actor)
    if query.team is not None:
        # What that team would see, of what the caller sees.
        team = Actor(label="", teams={query.team: TeamRole.EDITOR})
        waiting = waiting.filter(pk__in=select.waiting_for(team).order_by().values("pk"))
    part = waiting[query.offset : query.offset + query.limit]
    lines = select.lines_of(part, query.lang)
    items = [
        {
            "id": row.public_id,
            "case": row.record_id,
            "case_title": local_text(row.case, "title", query.lang).value,
            "text": row.text,
            "asked_at": row.at,
            "team": team or None,
        }
        for row, team in lines
    ]
    return page(request, query, waiting.count(), items)


def _standing(public_id: str, actor: Actor, language: str) -> dict[str, Any]:
    question = get_question_for(actor, public_id, READ)
    reply = question.reply
    team = select.team_shown(question, rules.responsible_team(question.case), language)
    return select.acts_on(question, actor) | {
        "id": question.public_id,
        "case": question.record_id,
        "case_title": local_text(question.case, "title", language).value,
        "text": question.text,
        "asked_by": question.author_name or None,
        "asked_at": question.at,
        "team": team or None,
        "answer": reply.text if reply else None,
        "answered_by": select.answered_by(question) or None,
        "answered_at": reply.at if reply else None,
        "is_hidden": question.hidden_at is not None,
        "hidden_because": question.hidden_because or None,
    }


@router.get(
    "/questions/{id}", response=schemas.QuestionStanding, auth=ANSWERS, summary="One question"
)
def get_question(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A question, to those who may answer or hide it and to who asked."""
    return _standing(id, actor_in(request), query.lang)


@router.post(
    "/questions/{id}/answer",
    response=schemas.QuestionStanding,
    auth=ANSWERS,
    summary="Answer a question",
)
def answer_question(
    request: HttpRequest, id: str, body: schemas.AnswerQuestion, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Answer a question in the name of the team, once: both stand beside the case from then on."""
    actor = actor_in(request)
    question = get_question_for(actor, id, ANSWER)
    if question.reply is None or question.reply.text != body.text.strip():
        services.answer(
            question, text=body.text, language=body.language, actor=actor, at=clock.now()
        )
    return _standing(id, actor, query.lang)


@router.post(
    "/questions/{id}/hide",
    response=schemas.QuestionStanding,
    auth=PersonOnly(),
    summary="Hide a question",
)
def hide_question(
    request: HttpRequest, id: str, body: schemas.HideQuestion, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Take a question with its answer from its case, as a moderator, with a reason."""
    actor = actor_in(request)
    question = get_question_for(actor, id, MODERATE)
    moderate_post(question, hide=True, reason=body.reason, actor=actor, at=clock.now())
    return _standing(id, actor, query.lang)


@router.post(
    "/questions/{id}/show",
    response=schemas.QuestionStanding,
    auth=PersonOnly(),
    summary="Show a hidden question again",
)
def show_question(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Put a hidden question back, as a moderator."""
    actor = actor_in(request)
    question = get_question_for(actor, id, MODERATE)
    moderate_post(question, hide=False, reason="", actor=actor, at=clock.now())
    return _standing(id, actor, query.lang)
