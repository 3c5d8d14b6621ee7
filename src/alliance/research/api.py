"""API routes for questions to universities and their accepted answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.audit import VISITOR
from alliance.knowledge.enums import OutcomeTheme
from alliance.network.api.common import (
    LanguageCode,
    LanguageQuery,
    Page,
    PageQuery,
    page_address,
    page_of,
)
from alliance.network.enums import Theme, Topic
from alliance.research.enums import Level, QuestionState
from alliance.research.models import ResearchQuestion
from alliance.research.selectors.access import get_question_for, questions, with_answers

router = Router(tags=["research"])


class AnswerWords(Schema):
    """The text of an answer in one language."""

    language: LanguageCode
    status: str = Field(description="`original`, or how it was translated.")
    title: str = Field(description="The answer in one sentence.")
    text: str


class AcceptedAnswer(Schema):
    """The answer that the city accepted, with the credit that its author chose."""

    id: str
    texts: list[AnswerWords] = Field(description="The original first.")
    name: str | None = Field(description="Of who gave it; null where the institution stands alone.")
    orcid: str | None
    institution: str = Field(description="Id of the organisation.")
    level: Level | None = Field(description="The thesis it is from.")
    url: str | None = Field(description="Address of the thesis or report.")
    answered_on: dt.date


class QuestionForUniversities(Schema):
    """A question from a city to researchers, about a need, a case, or a gap of the evidence map."""

    id: str
    state: QuestionState
    city: str
    title: str
    text: str
    language: LanguageCode
    wording: str | None = Field(description="The same as a question that can be answered.")
    wording_language: LanguageCode | None
    topic: Topic | None
    themes: list[Theme]
    need: str | None
    case: str | None
    solution: str | None
    outcome: OutcomeTheme | None = Field(description="Of the gap, with the solution.")
    asked_at: dt.datetime
    deadline: dt.date = Field(description="The last day on which an answer helps.")
    ended_at: dt.datetime | None
    answer: AcceptedAnswer | None
    page: str


class PageOfQuestionsForUniversities(Page[QuestionForUniversities]):
    """Questions to universities, ordered by deadline."""


class UniversitiesQuery(PageQuery):
    state: QuestionState | None = Field(None, description="Only those in this state.")


def _answer(row: ResearchQuestion) -> dict[str, Any] | None:
    if row.accepted is None:
        return None
    answer, work = row.accepted, row.accepted.collaboration
    names = ("language", "status", "title", "text")
    return {
        "id": answer.public_id,
        "texts": [{name: getattr(text, name) for name in names} for text in answer.texts.all()],
        "name": work.credit_name or None,
        "orcid": work.credit_orcid or None,
        "institution": work.organisation.public_id,
        "level": work.level or None,
        "url": answer.url or None,
        "answered_on": answer.sent_at.date(),
    }


def _question(row: ResearchQuestion, language: str) -> dict[str, Any]:
    same = ("state", "title", "text", "language", "themes", "deadline", "ended_at")
    filled = ("wording", "wording_language", "topic", "outcome")
    ends = {name: getattr(row, name) for name in ("need", "case", "solution")}
    return {
        "id": row.public_id,
        **{name: getattr(row, name) for name in same},
        **{name: getattr(row, name) or None for name in filled},
        **{name: record.public_id if record else None for name, record in ends.items()},
        "city": row.city.public_id,
        "asked_at": row.stated_at,
        "answer": _answer(row),
        "page": page_address("research:question", language, row.public_id),
    }


@router.get(
    "/research-questions",
    response=PageOfQuestionsForUniversities,
    summary="Questions for universities",
)
def list_research_questions(
    request: HttpRequest, query: Query[UniversitiesQuery]
) -> dict[str, Any]:
    """Questions that cities ask researchers, with the answers they accepted."""
    rows = with_answers(questions())
    if query.state is not None:
        rows = rows.filter(state=query.state)
    return page_of(request, query, rows, lambda row: _question(row, query.lang))


@router.get(
    "/research-questions/{id}",
    response=QuestionForUniversities,
    summary="One question for universities",
)
def get_research_question(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """A question in the city's own words, its researchable wording, and the accepted answer."""
    return _question(get_question_for(VISITOR, id), query.lang)
