"""Questions of readers and their answers: beside a case, and waiting for those who answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from alliance.core.audit import Actor
from alliance.knowledge import rules
from alliance.knowledge.enums import SECRETARIAT, TEAM_OF_CASE, CaseStatus
from alliance.knowledge.models import CaseStudy, Question
from alliance.knowledge.selectors.case_list import Localised, localised
from alliance.knowledge.selectors.localise import chosen_text, local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.network.enums import OrganisationKind, TeamRole
from alliance.network.models import Organisation

PAGE_SIZE = 25
#: Of the questions that somebody asked, so many are shown, the newest.
MOST_OWN = 50


@dataclass(frozen=True)
class Answered:
    """A question with its answer, as everybody reads them beside the case.

    `asked_by` is empty where the reader did not ask to be named, `answered_by` where it is not
    known any more.
    """

    public_id: str
    text: Localised
    asked_by: str
    asked_at: dt.datetime
    answer: Localised
    answered_by: str
    answered_at: dt.datetime


@dataclass(frozen=True)
class QuestionLine:
    """A question in a list. `team` is who is to answer: None for the secretariat.

    It is empty where it would give a hidden city away.
    """

    public_id: str
    text: Localised
    case_id: str
    case_title: Localised
    asked_at: dt.datetime
    is_answered: bool
    is_hidden: bool
    team: str | None


@dataclass(frozen=True)
class QuestionPage:
    """One question, to those who may answer or hide it and to who asked."""

    line: QuestionLine
    asked_by: str
    answer: Localised
    answered_by: str
    answered_at: dt.datetime | None
    hidden_because: str
    may_answer: bool
    may_moderate: bool


@dataclass(frozen=True)
class QuestionList:
    """The questions that concern somebody.

    `waiting`: unanswered ones that the actor can answer or hide, the longest waiting first;
    `others`: whether some of them are for others to answer. `own`: those that the actor asked.
    """

    page: Page[Any]
    waiting: tuple[QuestionLine, ...]
    others: bool
    own: tuple[QuestionLine, ...]
    answers_for_others: bool


def answered_of(case: CaseStudy, language: str) -> tuple[Answered, ...]:
    """What was asked about a case and answered, the oldest first. One query."""
    rows = case.questions.filter(answered_at__isnull=False, hidden_at=None).order_by("asked_at")
    return tuple(
        Answered(
            public_id=row.public_id,
            text=localised(row.text, row.language, language),
            asked_by=row.asked_by_name,
            asked_at=row.asked_at,
            answer=localised(row.answer, row.answer_language, language),
            answered_by=_answering(row),
            answered_at=row.answered_at,
        )
        for row in rows
        if row.answered_at is not None
    )


def _answering(question: Question) -> str:
    """In whose name an answer stands: a team's name as it was, or what pages call it."""
    name = question.answered_by_name
    return _(name) if name in {SECRETARIAT, TEAM_OF_CASE} else name


def unanswered() -> QuerySet[Question]:
    """The questions about published cases that wait for an answer, the longest waiting first."""
    return Question.objects.filter(
        answered_at=None, hidden_at=None, case__status=CaseStatus.PUBLISHED
    ).order_by("asked_at", "id")


def _for_teams(actor: Actor) -> Q:
    """The condition on questions that teams answer for which the actor writes."""
    teams = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    of_city = Organisation.objects.filter(
        city=OuterRef("case__city"), kind=OrganisationKind.MUNICIPALITY, public_id__in=teams
    )
    return Q(case__owner__public_id__in=teams) | Q(Exists(of_city), case__owner=None)


def waiting_for(actor: Actor) -> QuerySet[Question]:
    """The unanswered questions that the actor can answer or hide."""
    if rules.is_moderator(actor):
        return unanswered()
    return unanswered().filter(_for_teams(actor))


def _with_cases(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.select_related("case__owner", "case__city").prefetch_related("case__texts")


def _municipalities(rows: list[Question]) -> dict[int | None, Organisation]:
    """The municipality of each city whose cases have no owner, as `rules.responsible_team`."""
    cities = {row.case.city_id for row in rows if row.case.owner_id is None}
    teams = Organisation.objects.filter(
        city__in=cities - {None}, kind=OrganisationKind.MUNICIPALITY
    ).order_by("name")
    found: dict[int | None, Organisation] = {}
    for team in teams:
        found.setdefault(team.city_id, team)
    return found


def _line(row: Question, language: str, team: Organisation | None) -> QuestionLine:
    text = chosen_text(row.case.texts.all(), language, row.case.original_language)
    name = None if team is None else local_name(team, language)
    return QuestionLine(
        public_id=row.public_id,
        text=localised(row.text, row.language, language),
        case_id=row.case.public_id,
        case_title=Localised(text.text.title, text.lang_attr),
        asked_at=row.asked_at,
        is_answered=row.answered_at is not None,
        is_hidden=row.hidden_at is not None,
        team="" if row.case.is_masked and name else name,
    )


def _lines(rows: list[Question], language: str) -> tuple[QuestionLine, ...]:
    teams = _municipalities(rows)
    return tuple(
        _line(row, language, row.case.owner or teams.get(row.case.city_id)) for row in rows
    )


def lines_of(questions: QuerySet[Question], language: str) -> tuple[QuestionLine, ...]:
    """The lines of questions that the reader may see. Three queries."""
    return _lines(list(_with_cases(questions)), language)


def question_list(actor: Actor, *, number: int, language: str) -> QuestionList:
    """What concerns the actor. Eight queries, however many there are. Raises NotFound."""
    page = page_of(Paginator(_with_cases(waiting_for(actor)), PAGE_SIZE), number)
    waiting = _lines(list(page.object_list), language)
    own = (
        _with_cases(
            Question.objects.filter(asked_by=actor.user, case__status=CaseStatus.PUBLISHED)
        ).order_by("-asked_at")[:MOST_OWN]
        if actor.user is not None
        else ()
    )
    return QuestionList(
        page=page,
        waiting=waiting,
        others=rules.is_moderator(actor),
        own=tuple(_line(row, language, row.case.owner) for row in own),
        answers_for_others=bool(actor.teams) or rules.is_moderator(actor),
    )


def question_page(question: Question, actor: Actor, language: str) -> QuestionPage:
    """One question that came through the door."""
    team = rules.responsible_team(question.case)
    return QuestionPage(
        line=_line(question, language, team),
        asked_by=question.asked_by_name,
        answer=localised(question.answer, question.answer_language, language),
        answered_by=_answering(question),
        answered_at=question.answered_at,
        hidden_because=question.hidden_because,
        may_answer=question.answered_at is None
        and question.hidden_at is None
        and rules.may_answer(actor, question),
        may_moderate=rules.is_moderator(actor),
    )
