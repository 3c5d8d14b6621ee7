"""Page data for questions, researchers and the page "For researchers"."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Min

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.read_once import is_reading_once, read_once
from alliance.knowledge.selectors.localise import ChosenText, chosen_text, local_text
from alliance.knowledge.selectors.translations import translation_todos
from alliance.network import needs_offers_rules
from alliance.network.enums import HelpAnswer, OrganisationKind, Theme
from alliance.network.selectors.needs_offers import Wanted, city_teams, wanted_offers
from alliance.network.selectors.needs_offers_pages import reason_words
from alliance.research import rules
from alliance.research.enums import AnswerState, QuestionState
from alliance.research.models import (
    Collaboration,
    ResearchAnswer,
    Researcher,
    ResearchQuestion,
    ThesisPeriod,
)
from alliance.research.selectors.access import own_profile, questions, universities_of, with_answers
from alliance.research.selectors.matches import Fit, questions_for, researchers_for
from alliance.web.formatting import language_name

PAGE_SIZE = 20
FITS_SHOWN = 8
THESES_SHOWN = OFFERS_SHOWN = 12


@dataclass(frozen=True)
class Speed:
    """How long cities wait for a first answer: the median in days over `n` questions.

    The median is None without answers; `waiting` counts open questions without an answer.
    """

    median_days: int | None
    n: int
    waiting: int


def speed() -> Speed:
    """The time until the first answer to a question. One query."""
    rows = ResearchQuestion.objects.annotate(first=Min("collaborations__answers__sent_at"))
    days, waiting = [], 0
    for state, asked, first in rows.order_by().values_list("state", "stated_at", "first"):
        if first is not None:
            days.append((first - asked).days)
        elif state == QuestionState.OPEN:
            waiting += 1
    return Speed(round(statistics.median(days)) if days else None, len(days), waiting)


def accepted_text(question: ResearchQuestion, language: str) -> ChosenText[Any] | None:
    """The accepted answer's text for a page in `language`."""
    if question.accepted is None:
        return None
    return chosen_text(question.accepted.texts.all(), language)


def fit_line(fit: Fit, language: str) -> dict[str, Any]:
    """A match as shown in a list: the reasons and the matching thesis period."""
    return {
        "researcher": fit.researcher,
        "question": fit.question,
        "reasons": [
            reason_words(reason, language) for reason in (*fit.match.matter, *fit.match.around)
        ],
        "unknown": [kind for kind in fit.match.unknown if kind == "language"],
        "period": fit.period,
    }


def board(
    actor: Actor, state: str, *, number: int, language: str, at: dt.datetime
) -> dict[str, Any]:
    """Page data for "For researchers": questions in one state by deadline, theses, answer times.

    Raises NotFound for a page number that does not exist.
    """
    own = own_profile(actor)
    rows = questions().filter(state=state)
    rows = (
        rows.order_by("deadline", "id")
        if state == QuestionState.OPEN
        else (with_answers(rows).order_by("-ended_at", "-id"))
    )
    pages: Paginator[ResearchQuestion] = Paginator(rows, PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    page: Page[ResearchQuestion] = pages.page(number)
    # Questions that the researcher has offered to answer or declined are not suggested again.
    answered = Collaboration.objects.filter(researcher=own).exclude(answer="").values("question")
    open_rows = questions().filter(state=QuestionState.OPEN).exclude(pk__in=answered) if own else []
    fits = questions_for(own, open_rows, at=at) if own else []
    theses = ThesisPeriod.objects.filter(ends_on__gte=at.date())
    return {
        "page": page,
        "state": state,
        "lines": [(question, accepted_text(question, language)) for question in page],
        "own": own,
        "fits": [fit_line(fit, language) for fit in fits[:FITS_SHOWN]],
        "theses": list(
            theses.select_related("researcher__user", "researcher__organisation")[:THESES_SHOWN]
        ),
        "speed": speed(),
        "teams": city_teams(actor, language),
        "offers": wanted_offers(Wanted(), at)
        .filter(organisation__kind=OrganisationKind.UNIVERSITY)
        .select_related("organisation")[:OFFERS_SHOWN],
        "offering": [
            university
            for university in universities_of(actor)
            if needs_offers_rules.may_offer_for(actor, university)
        ],
    }


def _answers(question: ResearchQuestion) -> list[ResearchAnswer]:
    rows = ResearchAnswer.objects.filter(collaboration__question=question)
    return list(rows.prefetch_related("texts").order_by("id"))


def question_page(
    question: ResearchQuestion, actor: Actor, *, language: str, at: dt.datetime
) -> dict[str, Any]:
    """Page data of a question. Only the two sides see an answer that awaits a decision."""
    own = own_profile(actor)
    for_city = rules.speaks_for(actor, question)
    rows = question.collaborations.select_related("researcher__user", "organisation")
    works = list(rows.prefetch_related("steps"))
    answers = _answers(question)
    shown, waits = [], None
    for answer in answers:
        of_own = any(rules.is_own(w, own) and w.pk == answer.collaboration_id for w in works)
        if answer.state == AnswerState.ACCEPTED:
            shown.append(answer)
        elif for_city or of_own:
            waits = answer
    mine = next((work for work in works if rules.is_own(work, own)), None)
    is_open = question.state == QuestionState.OPEN
    may_ask = rules.may_ask(actor, question)
    fits = researchers_for(question, at=at) if is_open and question.wording else []
    asked = {work.researcher_id for work in works}
    return {
        "question": question,
        "subject": subject_of(question, language),
        "works": [work for work in works if work.answer == HelpAnswer.CAN or work.left_at],
        "n_asked": sum(work.answer == "" for work in works),
        "answer": _with_text(shown[-1], language) if shown else None,
        "translating": translation_todos(actor, cast(Any, shown[-1]), language) if shown else (),
        "waits": _with_text(waits, language) if waits and is_open else None,
        "fits": [
            (fit_line(fit, language), fit.researcher.pk in asked) for fit in fits[:FITS_SHOWN]
        ],
        "n_fits": len(fits),
        "own": own,
        "mine": mine,
        "is_agreed": mine is not None and rules.is_agreed(mine),
        "for_city": for_city and is_open,
        "may_change": rules.may_change(actor, question),
        "may_withdraw": rules.may_withdraw(actor, question),
        "may_word": rules.may_word(actor, question, own),
        "may_ask": may_ask,
        "may_take_on": rules.may_take_on(question, own)
        and not (mine is not None and rules.is_agreed(mine)),
        "may_decide": for_city and is_open and waits is not None and waits.state == "sent",
        "today": at.date(),
    }


def _with_text(answer: ResearchAnswer, language: str) -> tuple[ResearchAnswer, ChosenText[Any]]:
    return answer, chosen_text(answer.texts.all(), language)


def subject_of(question: ResearchQuestion, language: str) -> dict[str, Any] | None:
    """The record that a question is about: kind, record, and title in the page's language."""
    if question.need is not None:
        return {"kind": "need", "record": question.need, "title": None}
    if question.case is not None:
        return {
            "kind": "case",
            "record": question.case,
            "title": local_text(question.case, "title", language),
        }
    if question.solution is not None:
        return {
            "kind": "gap",
            "record": question.solution,
            "title": local_text(question.solution, "name", language),
            "outcome": question.get_outcome_display(),
        }
    return None


@read_once
def _asked_about(kind: str, public_id: str) -> list[int]:
    if is_reading_once() and kind != "gap":
        return _asked_about_each(kind).get(public_id, [])
    asked = {"solution__isnull": False} if kind == "gap" else {f"{kind}__public_id": public_id}
    there = ResearchQuestion.objects.filter(**asked).exclude(state=QuestionState.WITHDRAWN)
    return list(there.order_by().values_list("pk", flat=True))


@read_once
def _asked_about_each(kind: str) -> dict[str, list[int]]:
    there = ResearchQuestion.objects.exclude(state=QuestionState.WITHDRAWN).order_by("pk")
    question_ids: dict[str, list[int]] = defaultdict(list)
    asked = there.filter(**{f"{kind}__isnull": False})
    for public_id, pk in asked.values_list(f"{kind}__public_id", "pk"):
        question_ids[public_id].append(pk)
    return question_ids


def on_record(kind: str, public_id: str, language: str) -> list[dict[str, Any]]:
    """Questions about a need, a case or the gaps of the map, answered ones first.

    One short query if there are none, which is the usual case; otherwise three, or five if one is
    answered.
    """
    ids = _asked_about(kind, public_id)
    if not ids:
        return []
    rows = questions().filter(pk__in=ids)
    if kind == "gap":
        rows = rows.prefetch_related("solution__texts")
    ordered = list(with_answers(rows).order_by("-accepted", "deadline", "id"))
    return [
        {
            "question": question,
            "answer": accepted_text(question, language),
            "work": question.accepted.collaboration if question.accepted else None,
            "name": local_text(question.solution, "name", language) if question.solution else None,
        }
        for question in ordered
    ]


def researcher_page(
    researcher: Researcher, actor: Actor, *, language: str, at: dt.datetime
) -> dict[str, Any]:
    """Page data of a researcher: profile, calendar and answers."""
    rows = ResearchQuestion.objects.filter(
        state=QuestionState.ANSWERED, accepted__collaboration__researcher=researcher
    )
    answered = with_answers(rows.select_related("city")).order_by("-ended_at")
    return {
        "researcher": researcher,
        "languages": [language_name(code) for code in researcher.languages],
        "themes": [Theme(code).label for code in researcher.themes],
        "periods": [period for period in researcher.periods.all() if period.ends_on >= at.date()],
        "answered": [
            (question, accepted_text(question, language)) for question in answered[:PAGE_SIZE]
        ],
        "is_own": actor.user is not None and actor.user.pk == researcher.user_id,
    }
