"""A city asks; somebody words it so that it can be answered; researchers it fits are asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.knowledge.enums import OutcomeTheme
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.enums import Language, Theme, Topic
from alliance.network.models import City, Need, Organisation
from alliance.network.needs_offers_rules import city_of
from alliance.network.services.needs_offers import check_may_speak
from alliance.network.text_checks import choice_faults, text_faults
from alliance.research import rules
from alliance.research.enums import QuestionState
from alliance.research.models import Collaboration, Researcher, ResearchQuestion
from alliance.research.selectors.matches import researchers_for
from alliance.research.services.profiles import credit_of

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REASON = 160, 5_000, 1_000
#: So many researchers whom a question fits best are asked at once.
ASKED_AT_ONCE = 8

note = audit.noting("research question", city="city.public_id")


@dataclass(frozen=True)
class QuestionWords:
    """What a city asks. `need`, `case` and `solution` are public ids, or empty."""

    title: str
    text: str
    language: str
    deadline: dt.date | None
    topic: str = ""
    themes: tuple[str, ...] = ()
    need: str = ""
    case: str = ""
    solution: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class _Subject:
    """What a question is about."""

    need: Need | None = None
    case: CaseStudy | None = None
    solution: Solution | None = None
    outcome: str = ""


def _subject(words: QuestionWords, city: City) -> _Subject | None:
    """None where it names what is not there, what hides its city, or more than one thing."""
    if [words.need, words.case, words.solution].count("") < 2:
        return None
    if words.need:
        need = Need.objects.filter(public_id=words.need[:80], city=city).first()
        return _Subject(need=need) if need else None
    if words.case:
        # A question of the city itself would name one that is hidden.
        rows = visible_cases(None).filter(is_masked=False)
        case = rows.filter(public_id=words.case[:80]).first()
        return _Subject(case=case) if case else None
    if words.solution or words.outcome:
        solution = Solution.objects.filter(public_id=words.solution[:80]).first()
        if solution is None or words.outcome not in OutcomeTheme.values:
            return None
        return _Subject(solution=solution, outcome=words.outcome)
    return _Subject()


def _faults(words: QuestionWords, today: dt.date, before: dt.date | None) -> list[Fault]:
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", words.language, Language.values)
    faults += choice_faults("topic", words.topic, Topic.values) if words.topic else []
    faults += [one for code in words.themes for one in choice_faults("themes", code, Theme.values)]
    if not (words.topic or words.themes):
        faults.append(Fault("themes", "nothing-to-match"))
    if words.deadline is None:
        faults.append(Fault("deadline", "missing"))
    elif words.deadline < today and words.deadline != before:
        faults.append(Fault("deadline", "day-over"))
    return faults


def ask(
    organisation: Organisation, words: QuestionWords, *, actor: audit.Actor, at: dt.datetime
) -> ResearchQuestion:
    """Ask universities for a city. The same words again are the question that is there.

    Raises InvalidData naming the fields at fault, NotAllowed.
    """
    check_may_speak(actor, organisation)
    city = city_of(organisation)
    subject = _subject(words, city)
    faults = _faults(words, at.date(), None)
    refuse(faults if subject else [*faults, Fault("title", "not-linked")])
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        present = ResearchQuestion.objects.filter(
            organisation=organisation,
            title=words.title.strip(),
            text=words.text.strip(),
            state=QuestionState.OPEN,
        ).first()
        if present is not None:
            return present
        row = ResearchQuestion(
            organisation=organisation, city=city, stated_by=actor.user, stated_at=at
        )
        for name in ("need", "case", "solution", "outcome"):
            setattr(row, name, getattr(subject, name))
        return _say(row, words, "create", actor=actor, at=at)


def change(
    question: ResearchQuestion, words: QuestionWords, *, actor: audit.Actor, at: dt.datetime
) -> ResearchQuestion:
    """Ask in other words before the question is worded; what it is about stays.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = locked(question)
        if not rules.may_change(actor, current):
            raise NotAllowed(_("The question is worded already and cannot be changed."))
        refuse(_faults(words, at.date(), current.deadline))
        return _say(current, words, "update", actor=actor, at=at)


def _say(
    row: ResearchQuestion, words: QuestionWords, verb: str, *, actor: audit.Actor, at: dt.datetime
) -> ResearchQuestion:
    row.title, row.text = words.title.strip(), words.text.strip()
    row.language, row.topic, row.themes = words.language, words.topic, list(words.themes)
    row.deadline = words.deadline  # type: ignore[assignment]
    row.changed_at = at
    row.full_clean(validate_constraints=False)
    row.save()
    note(row, verb, actor=actor, at=at)
    return row


def word(
    question: ResearchQuestion,
    *,
    wording: str,
    wording_language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> ResearchQuestion:
    """Word a question so that it can be answered; the researchers whom it fits are asked.

    Raises InvalidData naming the field, NotAllowed.
    """
    faults = text_faults("wording", wording, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("wording_language", wording_language, Language.values)
    with transaction.atomic():
        current = locked(question)
        own = Researcher.objects.filter(user=actor.user).first() if actor.user else None
        if not rules.may_word(actor, current, own):
            raise NotAllowed(_("Researchers and the secretariat word open questions."))
        refuse(faults)
        given: dict[str, Any] = {"wording": wording.strip(), "wording_language": wording_language}
        if all(getattr(current, name) == value for name, value in given.items()):
            return current
        for name, value in given.items():
            setattr(current, name, value)
        current.worded_at = at
        current.worded_by = actor.user  # type: ignore[assignment]
        current.save(update_fields=[*given, "worded_at", "worded_by"])
        note(current, "word", actor=actor, at=at)
        nearest = [one.researcher for one in researchers_for(current, at=at)[:ASKED_AT_ONCE]]
        _ask(current, nearest, actor=actor, at=at)
    return current


def _ask(
    question: ResearchQuestion,
    researchers: Iterable[Researcher],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> int:
    """Ask each of these once; how many were asked anew. It stands in their "My work"."""
    known = set(question.collaborations.values_list("researcher_id", flat=True))
    new = [one for one in researchers if one.pk not in known]
    Collaboration.objects.bulk_create(
        Collaboration(question=question, researcher=one, asked_at=at, **credit_of(one))
        for one in new
    )
    if new:
        note(question, "ask researchers", actor=actor, at=at, n=len(new))
    return len(new)


def ask_one(
    question: ResearchQuestion, researcher: Researcher, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Ask one researcher more whether she can answer. Raises NotAllowed."""
    with transaction.atomic():
        current = locked(question)
        if not rules.may_ask(actor, current):
            raise NotAllowed(_("Only the city that asks and the secretariat do this."))
        _ask(current, [researcher], actor=actor, at=at)


def withdraw(
    question: ResearchQuestion, *, reason: str, actor: audit.Actor, at: dt.datetime
) -> ResearchQuestion:
    """Take an open question back, with the reason; it does not count as answered.

    Raises InvalidData naming `reason`, NotAllowed.
    """
    with transaction.atomic():
        current = locked(question)
        if not rules.may_withdraw(actor, current):
            raise NotAllowed(_("Only the city that asks and the secretariat do this."))
        refuse(text_faults("reason", reason, required=True, longest=LONGEST_REASON))
        current.state, current.reason = QuestionState.WITHDRAWN, reason.strip()
        current.ended_at = at
        current.save(update_fields=["state", "reason", "ended_at"])
        note(current, "withdraw", actor=actor, at=at)
    return current


def locked(question: ResearchQuestion) -> ResearchQuestion:
    """The question, kept from others until the transaction ends."""
    rows = ResearchQuestion.objects.select_for_update(of=("self",))
    return rows.select_related("organisation__city", "city").get(pk=question.pk)
