"""Services for questions: ask, change, word, invite researchers and withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.knowledge.enums import OutcomeTheme
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.enums import Theme
from alliance.network.models import City, Need, Organisation
from alliance.network.needs_offers_rules import city_of
from alliance.network.services.needs_offers import check_may_speak
from alliance.network.text_checks import assign_fields, code_faults
from alliance.research import rules
from alliance.research.enums import QuestionState
from alliance.research.models import Collaboration, Researcher, ResearchQuestion
from alliance.research.selectors.matches import researchers_for
from alliance.research.services.profiles import credit_of

#: The number of best-matching researchers who are invited at once.
ASKED_AT_ONCE = 8

note = audit.noting("research-question", city="city.public_id")


def subject_columns(
    city: City, need: str, case: str, solution: str, outcome: str
) -> dict[str, Any]:
    """The columns of a question's subject.

    All are empty if the record does not exist, hides its city, or is not the only one.
    """
    none: dict[str, Any] = {"need": None, "case": None, "solution": None, "outcome": ""}
    subject: Need | CaseStudy | Solution | None
    if [need, case, solution].count("") < 2:
        return {}
    if need:
        subject = Need.objects.filter(public_id=need[:80], city=city).first()
        return none | {"need": subject} if subject else {}
    if case:
        # A question in the city's name would identify a city that is masked.
        rows = visible_cases(None).filter(is_masked=False)
        subject = rows.filter(public_id=case[:80]).first()
        return none | {"case": subject} if subject else {}
    if solution or outcome:
        subject = Solution.objects.filter(public_id=solution[:80]).first()
        known = subject and outcome in OutcomeTheme.values
        return none | {"solution": subject, "outcome": outcome} if known else {}
    return none


def _assign_question(
    row: ResearchQuestion, words: Mapping[str, Any], today: dt.date
) -> list[Fault]:
    before = row.deadline
    faults = assign_fields(row, words) + code_faults("themes", row.themes, Theme.values)
    if not (row.topic or row.themes):
        faults.append(Fault("themes", "no-theme"))
    if row.deadline and row.deadline < today and row.deadline != before:
        faults.append(Fault("deadline", "day-over"))
    return faults


def ask(
    organisation: Organisation,
    *,
    need: str = "",
    case: str = "",
    solution: str = "",
    outcome: str = "",
    actor: audit.Actor,
    at: dt.datetime,
    **words: Any,
) -> ResearchQuestion:
    """Ask universities on behalf of a city about a need, a case, or a solution with an outcome.

    The records are public ids, `words` the form values by column. The same text again returns the
    existing question.

    Raises InvalidData for the invalid fields, NotAllowed.
    """
    check_may_speak(actor, organisation)
    city = city_of(organisation)
    subject = subject_columns(city, need, case, solution, outcome)
    row = ResearchQuestion(organisation=organisation, city=city, stated_by=actor.user, **subject)
    row.stated_at = at
    faults = _assign_question(row, words, at.date())
    refuse(faults if subject else [*faults, Fault("title", "not-linked")])
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        present = ResearchQuestion.objects.filter(
            organisation=organisation, title=row.title, text=row.text, state=QuestionState.OPEN
        ).first()
        return present or _save(row, "create", actor=actor, at=at)


def change(
    question: ResearchQuestion, *, actor: audit.Actor, at: dt.datetime, **words: Any
) -> ResearchQuestion:
    """Change a question before it is worded; its subject stays.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = locked(question)
        if not rules.may_change(actor, current):
            raise NotAllowed(
                _("The question has already been worded for universities and cannot be changed.")
            )
        refuse(_assign_question(current, words, at.date()))
        return _save(current, "update", actor=actor, at=at)


def _save(
    row: ResearchQuestion, verb: str, *, actor: audit.Actor, at: dt.datetime
) -> ResearchQuestion:
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
    """Word a question so that it can be researched, and invite the matching researchers.

    Raises InvalidData for the invalid field, NotAllowed.
    """
    words = {"wording": wording, "wording_language": wording_language}
    with transaction.atomic():
        current = locked(question)
        own = Researcher.objects.filter(user=actor.user).first() if actor.user else None
        if not rules.may_word(actor, current, own):
            raise NotAllowed(
                _(
                    "Only researchers and the secretariat can word an open "
                    "question for universities."
                )
            )
        before = {name: getattr(current, name) for name in words}
        refuse(assign_fields(current, words, required=words))
        if all(getattr(current, name) == value for name, value in before.items()):
            return current
        current.worded_at = at
        current.worded_by = actor.user  # type: ignore[assignment]
        current.save(update_fields=[*words, "worded_at", "worded_by"])
        note(current, "word", actor=actor, at=at)
        nearest = [
            researcher.researcher for researcher in researchers_for(current, at=at)[:ASKED_AT_ONCE]
        ]
        _ask(current, nearest, actor=actor, at=at)
    return current


def _ask(
    question: ResearchQuestion,
    researchers: Iterable[Researcher],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> int:
    """Invite each researcher once; returns how many are new. They see it in "My work"."""
    known = set(question.collaborations.values_list("researcher_id", flat=True))
    new = [researcher for researcher in researchers if researcher.pk not in known]
    Collaboration.objects.bulk_create(
        Collaboration(
            question=question, researcher=researcher, asked_at=at, **credit_of(researcher)
        )
        for researcher in new
    )
    if new:
        note(question, "ask researchers", actor=actor, at=at, n=len(new))
    return len(new)


def ask_researcher(
    question: ResearchQuestion, researcher: Researcher, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Invite another researcher to answer. Raises NotAllowed."""
    with transaction.atomic():
        current = locked(question)
        if not rules.may_ask(actor, current):
            raise NotAllowed(
                _("Only the city that asked the question and the secretariat can do this.")
            )
        _ask(current, [researcher], actor=actor, at=at)


def withdraw(
    question: ResearchQuestion, *, reason: str, actor: audit.Actor, at: dt.datetime
) -> ResearchQuestion:
    """Withdraw an open question with a reason; it does not count as answered.

    Raises InvalidData for `reason`, NotAllowed.
    """
    with transaction.atomic():
        current = locked(question)
        if not rules.may_withdraw(actor, current):
            raise NotAllowed(
                _("Only the city that asked the question and the secretariat can do this.")
            )
        refuse(assign_fields(current, {"reason": reason}, required=("reason",)))
        current.state, current.ended_at = QuestionState.WITHDRAWN, at
        current.save(update_fields=["state", "reason", "ended_at"])
        note(current, "withdraw", actor=actor, at=at)
    return current


def locked(question: ResearchQuestion) -> ResearchQuestion:
    """The question, locked for update until the transaction ends."""
    rows = ResearchQuestion.objects.select_for_update(of=("self",))
    return rows.select_related("organisation__city", "city").get(pk=question.pk)
