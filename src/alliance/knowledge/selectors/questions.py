"""Questions of readers and their answers: beside a case, and waiting for those who answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from alliance.core.audit import Actor
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.enums import SECRETARIAT, TEAM_OF_CASE, CaseStatus
from alliance.knowledge.models import CaseStudy, Question
from alliance.knowledge.selectors.localise import local_name
from alliance.network.enums import OrganisationKind, TeamRole
from alliance.network.models import Organisation
from alliance.web.paging import page_of

PAGE_SIZE = 25
#: Of the questions that somebody asked, so many are shown, the newest.
MOST_OWN = 50


#: A question, and the name of the team that is to answer it: None for the secretariat, empty where
#: it would give a hidden city away.
Waiting = tuple[Question, str | None]


def answered_of(case_id: str | OuterRef) -> QuerySet[Question]:
    """What was asked about a case and answered, as everybody reads it; the oldest first."""
    rows = Question.objects.filter(record_id=case_id, hidden_at=None)
    return rows.filter(answer__isnull=False).order_by("at", "id")


def answered_by(question: Question) -> str:
    """In whose name an answer stands: a team's name as it was, or what pages call it.

    Empty where it is not known any more, or there is none.
    """
    name = question.reply.author_name if question.reply else ""
    return _(name) if name in {SECRETARIAT, TEAM_OF_CASE} else name


def unanswered() -> QuerySet[Question]:
    """The questions about published cases that wait for an answer, the longest waiting first."""
    rows = Question.objects.about(status=CaseStatus.PUBLISHED)
    return rows.filter(answer=None).order_by("at", "id")


def _of_teams(actor: Actor) -> QuerySet[CaseStudy]:
    """The cases that teams answer for which the actor writes."""
    teams = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    of_city = Organisation.objects.filter(
        city=OuterRef("city"), kind=OrganisationKind.MUNICIPALITY, public_id__in=teams
    )
    return CaseStudy.objects.filter(Q(owner__public_id__in=teams) | Q(Exists(of_city), owner=None))


def waiting_for(actor: Actor) -> QuerySet[Question]:
    """The unanswered questions that the actor can answer or hide."""
    if rules.is_moderator(actor):
        return unanswered()
    return unanswered().filter(record_id__in=_of_teams(actor).order_by().values("public_id"))


def _with_cases(questions: Iterable[Question]) -> list[Question]:
    """Questions with their cases, in three queries."""
    rows = list(questions)
    cases = CaseStudy.objects.select_related("owner", "city").prefetch_related("texts")
    by_id = {
        case.public_id: case for case in cases.filter(public_id__in={row.record_id for row in rows})
    }
    for row in rows:
        row.case = by_id[row.record_id]
    return rows


def _municipalities(rows: list[Question]) -> dict[int | None, Organisation]:
    """The municipality of each city whose cases have no owner, as `rules.responsible_team`."""
    cities = {row.case.city_id for row in rows if row.case.owner_id is None}
    teams = Organisation.objects.filter(
        city__in=cities - {None}, kind=OrganisationKind.MUNICIPALITY
    ).order_by("name")
    municipalities: dict[int | None, Organisation] = {}
    for team in teams:
        municipalities.setdefault(team.city_id, team)
    return municipalities


def team_shown(question: Question, team: Organisation | None, language: str) -> str | None:
    """The name of the team that is to answer, as `Waiting` has it."""
    name = None if team is None else local_name(team, language)
    return "" if question.case.is_masked and name else name


def lines_of(questions: Iterable[Question], language: str) -> list[Waiting]:
    """Questions that the reader may see, with those who are to answer. Four queries."""
    rows = _with_cases(questions)
    teams = _municipalities(rows)
    return [
        (row, team_shown(row, row.case.owner or teams.get(row.case.city_id), language))
        for row in rows
    ]


def question_list(actor: Actor, *, number: int, language: str) -> dict[str, Any]:
    """What concerns the actor. Ten queries, however many there are. Raises NotFound.

    `waiting`: unanswered ones that the actor can answer or hide, the longest waiting first;
    `others`: whether some of them are for others to answer. `own`: those that the actor asked.
    """
    page = page_of(Paginator(waiting_for(actor), PAGE_SIZE), number)
    published = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED).order_by()
    own = Question.objects.filter(author=actor.user, record_id__in=published.values("public_id"))
    return {
        "page": page,
        "waiting": lines_of(list(page.object_list), language),
        "others": rules.is_moderator(actor),
        "own": _with_cases(own.order_by("-at", "-id")[:MOST_OWN]) if actor.user else (),
        "answers_for_others": bool(actor.teams) or rules.is_moderator(actor),
    }


def acts_on(question: Question, actor: Actor) -> dict[str, bool]:
    """What the actor may do with a question that came through the door."""
    return {
        "may_answer": question.reply is None
        and question.hidden_at is None
        and writing_rules.may_answer(actor, question),
        "may_moderate": rules.is_moderator(actor),
    }
