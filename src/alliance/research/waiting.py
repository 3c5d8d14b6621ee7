"""Tasks from questions to universities: wordings, replies, next steps and answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import NEWS_FOR, Asked, Provider, Row, Turn, Waiting
from alliance.network.enums import HelpAnswer, HelpReply
from alliance.research.enums import AnswerState, QuestionState, Side
from alliance.research.models import (
    Collaboration,
    ResearchAnswer,
    ResearchQuestion,
    WorkStep,
)

#: The longest time a question should wait for its wording.
WORD_WITHIN = dt.timedelta(days=7)
NEWS, LEFT = "research-news", "research-left"
_AGREED = {"answer": HelpAnswer.CAN, "reply": HelpReply.TAKEN_UP}


def _of(path: str) -> dict[str, Any]:
    """The columns shown for a question; `path` is the lookup of the question."""
    return {
        "language": f"{path}language",
        "title": f"{path}title",
        # The page where the user acts is the page of the question.
        "note_language": f"{path}public_id",
    }


def _of_people(asked: Asked, path: str) -> Q:
    """The query condition on a researcher's tasks; without people, any researcher matches."""
    if asked.people is None:
        return Q(**{f"{path}__isnull": False})
    return Q(**{f"{path}__user__pk__in": list(asked.people)})


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    open_ = QuestionState.OPEN
    if asked.has_role(NetworkRole.SECRETARIAT):
        rows = ResearchQuestion.objects.filter(state=open_, wording="")
        yield "research-word", rows, _of("") | {"since": "stated_at"}
    works = Collaboration.objects.filter(question__state=open_)
    steps = WorkStep.objects.filter(
        collaboration__question__state=open_,
        done_at=None,
        **{f"collaboration__{name}": value for name, value in _AGREED.items()},
    )
    before = WorkStep.objects.filter(
        collaboration=OuterRef("collaboration"),
        side=OuterRef("side"),
        done_at=None,
        number__lt=OuterRef("number"),
    )
    steps = steps.filter(~Exists(before))
    of_step = {
        "since": "collaboration__replied_at",
        "by": "due_on",
        **_of("collaboration__question__"),
        "note": "title",
    }
    answers = ResearchAnswer.objects.filter(collaboration__question__state=open_)
    of_answer = _of("collaboration__question__")
    if asked.people is None or asked.people:
        yield from _of_researchers(asked, works, steps, of_step, answers, of_answer)
    if asked.teams is None or asked.teams:
        team = "question__organisation__public_id"
        yield (
            "research-offered",
            works.filter(asked.of_team(team), answer=HelpAnswer.CAN, reply=""),
            _of("question__") | {"since": "answered_at", "team": team, "note": "credit_name"},
        )
        of_team = f"collaboration__{team}"
        yield (
            LEFT,
            works.filter(asked.of_team(team), left_at__gte=asked.at - NEWS_FOR),
            _of("question__") | {"since": "left_at", "team": team},
        )
        yield (
            "research-step",
            steps.filter(asked.of_team(of_team), side=Side.CITY),
            of_step | {"team": of_team},
        )
        yield (
            "research-decide",
            answers.filter(asked.of_team(of_team), state=AnswerState.SENT),
            of_answer | {"since": "sent_at", "team": of_team},
        )


def _of_researchers(
    asked: Asked,
    works: QuerySet[Any],
    steps: QuerySet[Any],
    of_step: dict[str, Any],
    answers: QuerySet[Any],
    of_answer: dict[str, Any],
) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    mine, of_mine = _of_people(asked, "researcher"), _of_people(asked, "collaboration__researcher")
    person = {"part": Cast("researcher__user", CharField())}
    of_person = {"part": Cast("collaboration__researcher__user", CharField())}
    yield (
        "research-asked",
        works.filter(mine, answer=""),
        _of("question__") | person | {"since": "asked_at", "by": "question__deadline"},
    )
    yield "research-own-step", steps.filter(of_mine, side=Side.RESEARCHER), of_step | of_person
    open_steps = WorkStep.objects.filter(
        collaboration=OuterRef("pk"), side=Side.RESEARCHER, done_at=None
    )
    yield (
        "research-answer",
        works.filter(mine, ~Exists(open_steps), answers=None, **_AGREED),
        _of("question__") | person | {"since": "replied_at", "by": "answer_by"},
    )
    later = ResearchAnswer.objects.filter(
        collaboration=OuterRef("collaboration"), pk__gt=OuterRef("pk")
    )
    yield (
        "research-missing",
        answers.filter(of_mine, ~Exists(later), state=AnswerState.INCOMPLETE),
        of_answer | of_person | {"since": "decided_at", "note": "missing"},
    )
    fresh = asked.at - NEWS_FOR
    yield (
        NEWS,
        Collaboration.objects.filter(mine, replied_at__gte=fresh),
        _of("question__") | person | {"since": "replied_at"},
    )
    yield (
        NEWS,
        Collaboration.objects.filter(
            mine, question__state=QuestionState.WITHDRAWN, question__ended_at__gte=fresh
        ).exclude(answer=HelpAnswer.CANNOT),
        _of("question__") | person | {"since": "question__ended_at", "note": "question__reason"},
    )
    yield (
        NEWS,
        ResearchAnswer.objects.filter(of_mine, state=AnswerState.ACCEPTED, decided_at__gte=fresh),
        of_answer | of_person | {"since": "decided_at"},
    )


def _turn(row: Row) -> Turn:
    if row.part:
        return Turn(person=int(row.part))
    return Turn(team=row.team) if row.team else Turn(role=NetworkRole.SECRETARIAT)


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Yields a task for each row that `_reads` selects."""
    for row in rows:
        since = row.since or asked.at
        is_worded = row.kind == "research-word"
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=_turn(row),
            since=since,
            by=(since + WORD_WITHIN).date() if is_worded else row.by,
            route="research:question",
            args=(row.note_language,),
            titles=row.titles,
            notes={row.language: row.note} if row.note else {},
        )


PROVIDERS = (
    Provider(
        {
            "research-word": _("Formulate a city’s question for universities"),
            "research-asked": _("Can you answer a city’s question?"),
            "research-offered": _("Accept or decline a researcher’s offer"),
            "research-step": _("Complete your city’s next step towards an answer"),
            "research-own-step": _("Complete your next step towards an answer"),
            "research-answer": _("Answer a city’s question"),
            "research-missing": _("Complete your answer: the city has asked for more information"),
            "research-decide": _("Accept an answer or ask for more information"),
        },
        _all,
        reads=_reads,
        news={
            NEWS: _("A city has replied about a question you are working on"),
            LEFT: _("A researcher has stopped working on your question"),
        },
        roles={"research-word": NetworkRole.SECRETARIAT},
        of_members=frozenset(
            {
                *("research-asked", "research-own-step", "research-answer", "research-missing"),
                NEWS,
            }
        ),
    ),
)
