"""Answers to contributions: grouped by similarity, one answer for many, promises fulfilled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from alliance.accounts.letters import write_letter
from alliance.analysis.likeness import MOST, group_texts
from alliance.core import audit, meaning
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.network.addresses import page_address
from alliance.network.enums import Language
from alliance.network.localise import Localised, written_in
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import rules
from alliance.participation.enums import AnswerOutcome, ProcessState, PromiseKind
from alliance.participation.models import (
    Answer,
    Contribution,
    ContributionGroup,
    Participant,
    Process,
    Promise,
)
from alliance.participation.services.processes import locked
from alliance.participation.starting import gaps

KIND = "process"
_note = audit.noting(KIND)
LONGEST_REASON, LONGEST_PROMISE, LONGEST_OUTCOME = 3_000, 300, 3_000
#: The maximum length of the name of a group, taken from its first text.
LONGEST_NAME = 80
#: How many texts are compared by meaning within a request.
MOST_BY_MEANING = 500


@dataclass(frozen=True)
class AnswerData:
    """An answer as entered; with `promise`, what will be built or done, and its date `due_on`."""

    outcome: str
    reason: str
    language: str
    promise: str = ""
    due_on: dt.date | None = None


def _must_run(actor: audit.Actor, process: Process) -> None:
    if not (actor.is_system or rules.may_run(actor, process)):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))


def _alike(texts: Sequence[str]) -> NDArray[np.intp]:
    """The group of each text: by meaning, also across languages, if the extra is installed; many
    texts, for which the model would take minutes, by their words."""
    if settings.SEMANTIC and meaning.is_available() and len(texts) <= MOST_BY_MEANING:
        return group_texts(texts, alike=meaning.NEAR, vectors=meaning.embed(texts))
    return group_texts(texts)


def group_alike(process: Process, *, actor: audit.Actor, at: dt.datetime) -> int:
    """Group unanswered contributions by similarity, the oldest `MOST`; returns the number of
    groups.

    Existing groups are formed again. Raises NotAllowed.
    """
    _must_run(actor, process)
    with transaction.atomic():
        current = locked(process)
        rows = Contribution.objects.filter(process=current, answer=None)
        open_ = list(rows.to_answer().select_related("post").order_by("post_id")[:MOST])
        current.groups.filter(contributions__answer=None).delete()
        start = max(current.groups.values_list("number", flat=True), default=0)
        labels = _alike(
            [f"{contribution.title} {contribution.post.text}" for contribution in open_]
        )
        groups: dict[int, ContributionGroup] = {}
        for contribution, label in zip(open_, labels.tolist(), strict=True):
            if label not in groups:
                name = contribution.title or contribution.post.text
                groups[label] = ContributionGroup(
                    process=current, number=start + label + 1, title=name[:LONGEST_NAME]
                )
        ContributionGroup.objects.bulk_create(groups[label] for label in sorted(groups))
        for contribution, label in zip(open_, labels.tolist(), strict=True):
            contribution.group = groups[label]
        Contribution.objects.bulk_update(open_, ["group"])
        _note(current, "group", actor=actor, at=at, groups=len(groups))
    return len(groups)


def answer(
    process: Process,
    contributions: Sequence[Contribution],
    words: AnswerData,
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Answer:
    """Answer contributions together: outcome, reason, and the date if something will be built.

    Each author with an email address gets one email. The answer replaces an earlier one. Raises
    InvalidData naming the fields, NotAllowed.
    """
    _must_run(actor, process)
    faults = choice_faults("outcome", words.outcome, AnswerOutcome.values)
    faults += text_faults("reason", words.reason, required=True, longest=LONGEST_REASON)
    faults += choice_faults("language", words.language, Language.values)
    faults += text_faults("promise", words.promise, longest=LONGEST_PROMISE)
    for name, text in (("reason", words.reason), ("promise", words.promise)):
        if unfilled := gaps(text):
            faults.append(Fault(name, "gaps", {"what": ", ".join(unfilled)}))
    if words.promise.strip() and words.due_on is None:
        faults.append(Fault("due_on", "missing"))
    if words.due_on is not None and words.due_on < at.date():
        faults.append(Fault("due_on", "day-is-over"))
    if not contributions or any(
        contribution.process_id != process.pk for contribution in contributions
    ):
        faults.append(Fault("contributions", "not-chosen"))
    refuse(faults)
    with transaction.atomic():
        current = locked(process)
        promise = None
        if words.promise.strip() and words.due_on is not None:
            promise = Promise.objects.create(
                process=current,
                kind=PromiseKind.WORK,
                language=words.language,
                text=words.promise.strip(),
                due_on=words.due_on,
                made_at=at,
            )
        made = Answer(
            process=current,
            outcome=words.outcome,
            reason=words.reason.strip(),
            language=words.language,
            answered_by=actor.user,
            at=at,
            promise=promise,
        )
        made.full_clean(validate_constraints=False)
        made.save()
        ids = [contribution.pk for contribution in contributions]
        Contribution.objects.filter(pk__in=ids).update(answer=made)
        current.answers.filter(contributions=None).exclude(pk=made.pk).delete()
        _note(current, "answer", actor=actor, at=at, contributions=len(ids))
        _notify_authors(made, "contribution_answered", partial(made.localised_text, "reason"))
    return made


def _notify_authors(answer: Answer, letter: str, reason_in: Callable[[str], Localised]) -> None:
    """Email each author of the answered contributions, in her language; a reason in another
    language is marked."""
    people = Participant.objects.filter(
        contributions__answer=answer, email_confirmed_at__isnull=False
    ).distinct()
    for person in people:
        with translation.override(person.language):
            outcome = answer.get_outcome_display()
            reason = reason_in(person.language)
            in_language = written_in(reason)
        write_letter(
            letter,
            person.email,
            language=person.language,
            title=str(answer.process.localised_text("title", person.language)),
            outcome=outcome,
            url=page_address("participation:mine", person.language, answer.process.public_id),
            reason=reason.value,
            written_in=in_language,
            code=person.receipt,
        )


def unanswered(process: Process) -> int:
    """The number of public contributions without an answer."""
    return Contribution.objects.filter(process=process, answer=None).to_answer().count()


def fulfil_promise(
    promise: Promise, *, outcome: str, actor: audit.Actor, at: dt.datetime
) -> Promise:
    """Mark a promise as fulfilled, with the outcome.

    The decision becomes the result of the process. The promise of answers needs an answer to every
    contribution; with both the process is answered. Authors of what was built get another email.
    Raises InvalidData naming `outcome`, NotAllowed.
    """
    _must_run(actor, promise.process)
    faults = text_faults("outcome", outcome, required=True, longest=LONGEST_OUTCOME)
    with transaction.atomic():
        process = locked(promise.process)
        current = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
        if process.state in (ProcessState.DRAFT, ProcessState.OPEN) and (
            current.kind != PromiseKind.WORK
        ):
            faults.append(Fault("outcome", "still-open"))
        elif current.kind == PromiseKind.ANSWER and (n := unanswered(process)):
            faults.append(Fault("outcome", "not-all-answered", {"n": n}))
        refuse(faults)
        current.kept_at, current.outcome = current.kept_at or at, outcome.strip()
        current.save(update_fields=["kept_at", "outcome"])
        if current.kind == PromiseKind.DECISION:
            process.result = current.outcome
        is_answered = not process.promises.filter(~Q(kind=PromiseKind.WORK), kept_at=None).exists()
        if is_answered and process.state == ProcessState.CLOSED:
            process.state, process.answered_at = ProcessState.ANSWERED, at
        process.changed_at = at
        process.save()
        _note(process, "keep promise", actor=actor, at=at, promise=current.kind)
        related_answer = Answer.objects.filter(promise=current).first()
        if related_answer is not None:
            _notify_authors(
                related_answer, "contribution_built", partial(current.localised_text, "outcome")
            )
    return current
