"""Surveys in the API: questions and results, public once the process has opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.audit import VISITOR
from alliance.network.api.common import LanguageQuery, Listing
from alliance.participation.api.schemas import ISSUED_AT
from alliance.participation.enums import Trait
from alliance.participation.models import Process
from alliance.participation.views import geojson
from alliance.surveys import selectors
from alliance.surveys.enums import QuestionKind
from alliance.surveys.questions import Question
from alliance.surveys.services import files

router = Router(tags=["dialogues"])
_HIDDEN = "null where it is under 10, or would tell a number that is."


class SurveyQuestion(Schema):
    """A question; `key` is the same as long as the question is the same."""

    key: str
    kind: QuestionKind
    text: str
    help: str | None
    options: list[str] = Field(description="Answers to choose from, or lines.")
    low: int | None
    high: int | None = Field(description="On a map: the most places that one may mark.")
    low_label: str | None
    high_label: str | None
    required: bool
    only_after: str | None = Field(
        description="Key of an earlier question; of one on a map: it is asked of each place."
    )
    only_answers: list[int] = Field(description="Places of its options, from 0, or numbers.")


class SurveyVersion(Schema):
    """The questions from a time on. Residents answer the version with which they started."""

    number: int
    made_at: dt.datetime
    questions: list[SurveyQuestion]


class SurveyListing(Listing[SurveyVersion]):
    """The versions of a survey, first one first."""


class AnswerLine(Schema):
    label: str
    people: int | None = Field(description=_HIDDEN)
    share: float | None = Field(description="0 to 1.")
    low: float | None = Field(description="Of the 95 % confidence interval (Wilson).")
    high: float | None
    weighted: float | None = Field(description="The share weighted to the census.")


class AnswerTable(Schema):
    """The answers to a question, or to a row of a matrix."""

    label: str | None = Field(description="The line; null where the question has none.")
    people: int | None = Field(description=_HIDDEN)
    mean: float | None
    lines: list[AnswerLine]


class AnsweredQuestion(Schema):
    """The answers to a question, over all versions that have it."""

    key: str
    number: int
    text: str
    kind: QuestionKind
    versions: list[int]
    people: int | None = Field(description=_HIDDEN)
    median: float | None = Field(description="Of a number.")
    places: int | None = Field(description="Of a question on a map: how many places were marked.")
    groups: list[str] = Field(description="Of own words: what several say alike, by one text each.")
    tables: list[AnswerTable]


class SurveyAnswers(Schema):
    """The results of the last issue; null before the first."""

    at: dt.datetime | None = Field(description="The same as `issued_at`.")
    issued_at: dt.datetime | None = Field(description=ISSUED_AT)
    people: int | None
    weighted_by: list[Trait] = Field(description="Traits by which shares were weighted.")
    questions: list[AnsweredQuestion]


def _survey(public_id: str) -> Process:
    return selectors.get_survey_for(VISITOR, public_id)


def _question(question: Question) -> dict[str, Any]:
    recorded = ("key", "kind", "text", "options", "low", "high")
    words = ("help", "low_label", "high_label")
    return {name: getattr(question, name) for name in recorded} | {
        **{name: getattr(question, name) or None for name in words},
        "required": question.is_required,
        "only_after": question.if_key or None,
        "only_answers": question.if_values,
    }


@router.get("/processes/{id}/questions", response=SurveyListing, summary="Questions of a survey")
def list_survey_questions(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """The questions of every version that could be answered."""
    versions = [
        {
            "number": survey_version.number,
            "made_at": survey_version.made_at,
            "questions": [_question(question) for question in survey_version.asked],
        }
        for survey_version in _survey(id).survey_versions.order_by("number")
    ]
    return {"count": len(versions), "items": versions}


def _table(table: selectors.Table) -> dict[str, Any]:
    return {
        "label": table.label or None,
        "people": table.n,
        "mean": table.mean,
        "lines": [
            {
                "label": line.label,
                "people": line.n,
                "share": line.share.value if line.share else None,
                "low": line.share.low if line.share else None,
                "high": line.share.high if line.share else None,
                "weighted": line.weighted,
            }
            for line in table.lines
        ],
    }


@router.get("/processes/{id}/answers", response=SurveyAnswers, summary="What a survey found")
def get_survey_answers(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Counts and shares of each answer, over all versions; small counts are suppressed."""
    results = selectors.standing(_survey(id))
    if results is None:
        return {"at": None, "issued_at": None, "people": None, "weighted_by": [], "questions": []}
    return {
        "at": results.findings.at,
        "issued_at": results.findings.at,
        "people": results.n,
        "weighted_by": results.weights.get("traits", []),
        "questions": [
            {
                "key": question.key,
                "number": question.number,
                "text": question.question.text,
                "kind": question.question.kind,
                "versions": question.versions,
                "people": question.n,
                "median": question.median,
                "places": question.n_places,
                "groups": [group["name"] for group in question.groups],
                "tables": [_table(table) for table in question.tables],
            }
            for question in results.questions
        ],
    }


@router.get(
    "/processes/{id}/map.geojson",
    summary="The map of a survey",
    openapi_extra={
        "responses": {
            200: {
                "description": "The file.",
                "content": {"application/geo+json": {"schema": {"type": "object"}}},
            }
        }
    },
)
def download_survey_map(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> Any:
    """The number of people who marked something in each area, once 10 have answered; a count under
    10 is null and marked as suppressed. Single places are only for the city's team."""
    return geojson(files.map_features(_survey(id)))
