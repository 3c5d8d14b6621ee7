"""Matches between questions and researchers, with the reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from alliance.network import matching
from alliance.research.enums import QuestionState
from alliance.research.models import Researcher, ResearchQuestion, ThesisPeriod

#: The newest candidates that are compared.
CANDIDATES = 400


@dataclass(frozen=True)
class Fit:
    """A question and a researcher that match, with what they have in common.

    `period` is when the researcher's students choose a subject before the deadline, if any.
    """

    question: ResearchQuestion
    researcher: Researcher
    match: matching.Match
    period: ThesisPeriod | None


def _of_question(question: ResearchQuestion) -> matching.Profile:
    return matching.Profile(
        public_id=question.public_id,
        city=question.city.public_id,
        country=question.city.country,
        stated_at=question.stated_at,
        topic=question.topic,
        themes=frozenset(question.themes),
        languages=frozenset({question.language}),
    )


def _of_researcher(researcher: Researcher) -> matching.Profile:
    return matching.Profile(
        public_id=researcher.public_id,
        city="",
        country=researcher.organisation.country,
        stated_at=researcher.agreed_at,
        topic=researcher.topic,
        themes=frozenset(researcher.themes),
        languages=frozenset(researcher.languages),
    )


def _period(
    researcher: Researcher, question: ResearchQuestion, today: dt.date
) -> ThesisPeriod | None:
    """The first thesis period that has not ended and starts before the deadline."""
    for period in researcher.periods.all():
        if period.ends_on >= today and period.starts_on <= question.deadline:
            return period
    return None


def researchers_for(question: ResearchQuestion, *, at: dt.datetime) -> list[Fit]:
    """The researchers who match a question, best match first. Two queries."""
    newest = Researcher.objects.select_related("user", "organisation").order_by("-agreed_at")
    rows = {
        researcher.public_id: researcher
        for researcher in newest.prefetch_related("periods")[:CANDIDATES]
    }
    matches = matching.matches(_of_question(question), map(_of_researcher, rows.values()))
    fits = [
        Fit(question, researcher, match, _period(researcher, question, at.date()))
        for match in matches
        for researcher in (rows[match.other.public_id],)
    ]
    return _in_order(fits)


def questions_for(
    researcher: Researcher, questions: Iterable[ResearchQuestion], *, at: dt.datetime
) -> list[Fit]:
    """The open `questions` that match a researcher, best match first."""
    rows = {
        question.public_id: question
        for question in questions
        if question.state == QuestionState.OPEN
    }
    matches = matching.matches(_of_researcher(researcher), map(_of_question, rows.values()))
    fits = [
        Fit(question, researcher, match, _period(researcher, question, at.date()))
        for match in matches
        for question in (rows[match.other.public_id],)
    ]
    return _in_order(fits)


def _in_order(fits: list[Fit]) -> list[Fit]:
    """Matches ordered by shared language, then by a thesis period before the deadline."""

    def reads(fit: Fit) -> bool:
        return any(reason.kind == matching.LANGUAGE for reason in fit.match.around)

    return sorted(fits, key=lambda fit: (not reads(fit), fit.period is None))
