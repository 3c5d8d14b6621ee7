"""Answers to a challenge: submitting, changing and withdrawing a sealed answer, naming its
pilot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network.enums import Language
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.enums import AnswerState
from alliance.testbeds.models import Answer, AnswerClaim, Challenge, Pilot
from alliance.testbeds.models.challenges import Declaration
from alliance.testbeds.row_checks import address_faults, most_faults
from alliance.testbeds.rules import PUBLIC
from alliance.testbeds.services.challenges import (
    LONGEST_ROW,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_WORDS,
    MOST_ROWS,
    locked,
)

# The audit trail contains nothing of the sealed content.
note = audit.noting(
    "challenge answer", challenge="challenge.public_id", team="organisation.public_id"
)
LONGEST_NAME = 160


@dataclass(frozen=True)
class ConflictData:
    """A declared conflict of interest; `has_conflict` is None if nothing was declared."""

    has_conflict: bool | None
    name: str
    conflict: str = ""


@dataclass(frozen=True)
class ClaimData:
    """A claim and the https address of its evidence."""

    text: str
    url: str


@dataclass(frozen=True)
class AnswerData:
    title: str
    text: str
    language: str
    conflict: ConflictData
    claims: tuple[ClaimData, ...] = ()


def conflict_faults(words: ConflictData) -> list[Fault]:
    """Faults of a declaration: yes or no, a description after yes, and the name are required."""
    if words.has_conflict is None:
        faults = [Fault("has_conflict", "undecided")]
    else:
        faults = text_faults(
            "conflict", words.conflict, required=words.has_conflict, longest=LONGEST_WORDS
        )
        if not words.has_conflict and words.conflict.strip():
            faults.append(Fault("conflict", "undeclared-conflict"))
    return faults + text_faults("declared_name", words.name, required=True, longest=LONGEST_NAME)


def declare(
    record: Declaration, words: ConflictData, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Writes a checked declaration to a record, which the caller saves."""
    record.has_conflict, record.conflict = words.has_conflict, words.conflict.strip()
    record.declared_by, record.declared_name = actor.user, words.name.strip()
    record.declared_at = at


def _faults(words: AnswerData) -> list[Fault]:
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", words.language, Language.values)
    faults += most_faults("claims", words.claims, MOST_ROWS)
    for place, claim in enumerate(words.claims):
        where = f"claims[{place}]"
        faults += text_faults(f"{where}.text", claim.text, required=True, longest=LONGEST_ROW)
        faults += address_faults(f"{where}.url", claim.url, required=True)
    return faults + conflict_faults(words.conflict)


def _must_be_a_person(actor: audit.Actor) -> None:
    if actor.user is None:
        raise NotAllowed(_("Conflicts of interest must be declared by a person, not by a program."))


def hand_in_answer(
    challenge: Challenge,
    organisation: Organisation,
    words: AnswerData,
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Answer:
    """Submits a sealed answer for a team. The same content again returns the existing answer.

    Raises InvalidData, also without a declared conflict of interest; NotAllowed.
    """
    with transaction.atomic():
        current = locked(challenge)
        if not rules.may_answer(actor, organisation, current, at.date()):
            raise NotAllowed(
                _(
                    "To answer, you need to be an editor of another organisation, and the "
                    "challenge must be open."
                )
            )
        _must_be_a_person(actor)
        faults = _faults(words)
        refuse(faults)
        present = current.answers.filter(
            organisation=organisation, state=AnswerState.HANDED_IN
        ).first()
        if present is not None:
            if (present.title, present.text) == (words.title.strip(), words.text.strip()):
                return present
            raise NotAllowed(
                _("Your team has already submitted an answer. Edit that answer instead.")
            )
        answer = Answer(challenge=current, organisation=organisation)
        return _save(answer, words, "create", actor=actor, at=at)


def change_answer(
    answer: Answer, words: AnswerData, *, actor: audit.Actor, at: dt.datetime
) -> Answer:
    """Replaces an answer while the challenge is open, with a new declaration.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = _writable(answer, actor, at)
        _must_be_a_person(actor)
        faults = _faults(words)
        refuse(faults)
        return _save(current, words, "update", actor=actor, at=at)


def _writable(answer: Answer, actor: audit.Actor, at: dt.datetime) -> Answer:
    challenge = locked(answer.challenge)
    current = Answer.objects.select_related("organisation").get(pk=answer.pk)
    current.challenge = challenge
    if not rules.may_write_answer(actor, current, at.date()):
        raise NotAllowed(
            _("Only the team that submitted an answer can change it, while the challenge is open.")
        )
    return current


def _save(
    answer: Answer, words: AnswerData, verb: str, *, actor: audit.Actor, at: dt.datetime
) -> Answer:
    answer.title, answer.text = words.title.strip(), words.text.strip()
    answer.language, answer.handed_in_at = words.language, at
    declare(answer, words.conflict, actor=actor, at=at)
    answer.full_clean(validate_constraints=False)
    answer.save()
    answer.claims.all().delete()
    AnswerClaim.objects.bulk_create(
        AnswerClaim(answer=answer, number=number, text=claim.text.strip(), url=claim.url)
        for number, claim in enumerate(words.claims, start=1)
    )
    note(answer, verb, actor=actor, at=at)
    return answer


def withdraw_answer(answer: Answer, *, actor: audit.Actor, at: dt.datetime) -> Answer:
    """Withdraws an answer while the challenge is open; nobody else can read it. Raises
    NotAllowed."""
    with transaction.atomic():
        current = _writable(answer, actor, at)
        current.state, current.withdrawn_at = AnswerState.WITHDRAWN, at
        current.save(update_fields=["state", "withdrawn_at"])
        note(current, "withdraw", actor=actor, at=at)
    return current


def name_pilot_of_answer(
    answer: Answer, *, pilot: str, actor: audit.Actor, at: dt.datetime
) -> Answer:
    """Records which registered pilot of the two teams resulted from a chosen answer; empty for
    none.

    Raises InvalidData naming `pilot`, NotAllowed.
    """
    with transaction.atomic():
        rows = Answer.objects.select_for_update(of=("self",))
        current = rows.select_related("organisation", "challenge__organisation").get(pk=answer.pk)
        if not rules.may_name_pilot(actor, current):
            raise NotAllowed(
                _(
                    "To link a pilot to a chosen answer, you need to be an "
                    "editor of one of the two teams."
                )
            )
        teams = (current.organisation, current.challenge.organisation)
        linked_pilot = Pilot.objects.filter(
            public_id=pilot[:80],
            organisation__in=teams,
            state__in=[state.value for state in PUBLIC],
        ).first()
        if pilot and linked_pilot is None:
            raise InvalidData([Fault("pilot", "not-their-pilot")])
        if current.pilot_id != (linked_pilot.pk if linked_pilot else None):
            current.pilot = linked_pilot
            current.save(update_fields=["pilot"])
            note(current, "name pilot", actor=actor, at=at, pilot=pilot)
    return current
