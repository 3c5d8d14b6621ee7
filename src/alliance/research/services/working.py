"""Services for collaborations, from the offer to the accepted answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, NotFound, refuse
from alliance.core.text import single_line
from alliance.knowledge.enums import TextStatus
from alliance.network.enums import HelpAnswer, HelpReply
from alliance.network.text_checks import assign_fields
from alliance.research import rules
from alliance.research.enums import AnswerState, QuestionState, Side
from alliance.research.models import (
    Collaboration,
    ResearchAnswer,
    ResearchAnswerText,
    Researcher,
    ResearchQuestion,
    WorkStep,
)
from alliance.research.services.profiles import credit_of
from alliance.research.services.questions import locked, note
from alliance.testbeds.row_checks import address_faults

MOST_STEPS = 12


def _day_faults(where: str, day: dt.date | None, today: dt.date) -> list[Fault]:
    return [Fault(where, "day-over")] if day and day < today else []


def take_on(
    question: ResearchQuestion,
    *,
    steps: Sequence[Mapping[str, Any]] = (),
    actor: audit.Actor,
    at: dt.datetime,
    **words: Any,
) -> Collaboration:
    """Offer to answer a question, with the plan and its steps; the city accepts or declines.

    `steps` and `words` are form values by column; `level` is empty if no student is involved.

    Raises InvalidData for the invalid fields, NotAllowed.
    """
    with transaction.atomic():
        current, today = locked(question), at.date()
        own = _own(actor)
        if own is None or not rules.may_take_on(current, own):
            raise NotAllowed(
                _(
                    "To offer an answer, you need a researcher page. The "
                    "question must be open and worded for universities."
                )
            )
        row = current.collaborations.filter(researcher=own).first()
        row = row or Collaboration(question=current, researcher=own, asked_at=at)
        if rules.is_agreed(row):
            raise NotAllowed(_("The city has already accepted an offer."))
        faults = assign_fields(row, words, required=("plan", "language", "answer_by"))
        faults += _day_faults("answer_by", row.answer_by, today)
        if row.answer_by and row.answer_by > current.deadline >= today:
            faults.append(Fault("answer_by", "after-deadline", {"day": current.deadline}))
        if not steps:
            faults.append(Fault("steps", "no-steps"))
        if len(steps) > MOST_STEPS:
            faults.append(Fault("steps", "too-many", {"most": MOST_STEPS}))
        rows = []
        for number, step in enumerate(steps, start=1):
            rows.append(WorkStep(number=number))
            where = f"steps[{number - 1}]."
            faults += assign_fields(rows[-1], step, at=where)
            faults += _day_faults(f"{where}due_on", rows[-1].due_on, today)
        refuse(faults)
        for name, value in credit_of(own).items():
            setattr(row, name, value)
        row.answer, row.answered_at = HelpAnswer.CAN, at
        row.reply, row.replied_at, row.left_at = "", None, None
        row.full_clean(validate_constraints=False)
        row.save()
        row.steps.all().delete()
        for work_step in rows:
            work_step.collaboration = row
        WorkStep.objects.bulk_create(rows)
        note(current, "offer to answer", actor=actor, at=at)
    return row


def decline(question: ResearchQuestion, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Decline a question after an invitation or an offer; a city that accepted is notified.

    Raises NotFound without an invitation or offer, NotAllowed once there is an answer.
    """
    with transaction.atomic():
        current = locked(question)
        own = _own(actor)
        row = current.collaborations.filter(researcher=own).first() if own else None
        if row is None:
            raise NotFound("question", question.public_id)
        if row.answers.exists():
            raise NotAllowed(_("You have already answered."))
        if row.answer == HelpAnswer.CANNOT:
            return
        if row.answer == HelpAnswer.CAN and row.reply != HelpReply.DECLINED:
            row.left_at = at
        row.answer, row.answered_at = HelpAnswer.CANNOT, at
        row.reply, row.replied_at = "", None
        row.save(update_fields=["answer", "answered_at", "reply", "replied_at", "left_at"])
        note(current, "cannot answer", actor=actor, at=at)


def reply(
    question: ResearchQuestion,
    work_id: str,
    *,
    agrees: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> Collaboration:
    """Accept or decline a researcher's offer for the city. Raises NotAllowed, NotFound."""
    with transaction.atomic():
        current = _of_city(question, actor)
        row = current.collaborations.filter(public_id=work_id, answer=HelpAnswer.CAN).first()
        if row is None:
            raise NotFound("offer", work_id)
        answer = HelpReply.TAKEN_UP if agrees else HelpReply.DECLINED
        if row.reply == answer:
            return row
        if row.answers.exists():
            raise NotAllowed(_("The question already has an answer."))
        row.reply, row.replied_at = answer, at
        row.save(update_fields=["reply", "replied_at"])
        note(current, "agree" if agrees else "decline", actor=actor, at=at)
    return row


def set_step_done(
    question: ResearchQuestion,
    work_id: str,
    number: int,
    *,
    done: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Mark a step as done or not done; each side marks its own. Raises NotAllowed, NotFound."""
    with transaction.atomic():
        current = locked(question)
        row = current.collaborations.filter(public_id=work_id).first()
        step = row.steps.filter(number=number).first() if row else None
        if row is None or step is None or not rules.is_agreed(row):
            raise NotFound("step", str(number))
        may = (
            rules.speaks_for(actor, current)
            if step.side == Side.CITY
            else rules.is_own(row, _own(actor))
        )
        if not may:
            raise NotAllowed(_("You can only mark your own steps."), team=current.organisation)
        if (step.done_at is not None) != done:
            step.done_at = at if done else None
            step.save(update_fields=["done_at"])
            note(current, "step done" if done else "step not done", actor=actor, at=at)


def answer(
    question: ResearchQuestion,
    *,
    url: str = "",
    actor: audit.Actor,
    at: dt.datetime,
    **words: Any,
) -> ResearchAnswer:
    """Send the answer, or resend it with what the city found missing. It is public once accepted.

    `words` are the form values by column of the text.

    Raises InvalidData for the invalid fields, NotAllowed.
    """
    with transaction.atomic():
        current = locked(question)
        row = working(current, _own(actor))
        if row is None:
            raise NotAllowed(_("Only the researcher chosen by the city can answer."))
        made = row.answers.filter(state=AnswerState.SENT).last()
        made = made or ResearchAnswer(collaboration=row)
        text = ResearchAnswerText(status=TextStatus.ORIGINAL)
        refuse(
            assign_fields(text, words)
            + address_faults("url", url)
            + assign_fields(made, {"url": url})
        )
        made.sent_at = at
        made.full_clean(validate_constraints=False)
        made.save()
        made.texts.all().delete()
        text.answer, text.title = made, single_line(text.title)
        text.save()
        note(current, "answer", actor=actor, at=at)
    return made


def accept(question: ResearchQuestion, *, actor: audit.Actor, at: dt.datetime) -> ResearchAnswer:
    """Accept the pending answer, which publishes it and closes the question. Raises NotAllowed."""
    with transaction.atomic():
        current = _of_city(question, actor)
        sent_answer = _sent(current)
        sent_answer.state, sent_answer.decided_at = AnswerState.ACCEPTED, at
        sent_answer.save(update_fields=["state", "decided_at", "updated_at"])
        current.state, current.accepted, current.ended_at = QuestionState.ANSWERED, sent_answer, at
        current.save(update_fields=["state", "accepted", "ended_at"])
        note(current, "accept", actor=actor, at=at)
    return sent_answer


def mark_incomplete(
    question: ResearchQuestion, *, missing: str, actor: audit.Actor, at: dt.datetime
) -> ResearchAnswer:
    """Return the pending answer as incomplete. Raises InvalidData for `missing`, NotAllowed."""
    with transaction.atomic():
        current = _of_city(question, actor)
        sent_answer = _sent(current)
        refuse(assign_fields(sent_answer, {"missing": missing}, required=("missing",)))
        sent_answer.state, sent_answer.decided_at = AnswerState.INCOMPLETE, at
        sent_answer.save(update_fields=["state", "missing", "decided_at", "updated_at"])
        note(current, "say what is missing", actor=actor, at=at)
    return sent_answer


def working(question: ResearchQuestion, own: Researcher | None) -> Collaboration | None:
    """The researcher's agreed collaboration on an open question."""
    if own is None or question.state != QuestionState.OPEN:
        return None
    rows = question.collaborations.filter(
        researcher=own, answer=HelpAnswer.CAN, reply=HelpReply.TAKEN_UP
    )
    return rows.first()


def _own(actor: audit.Actor) -> Researcher | None:
    return Researcher.objects.filter(user=actor.user).first() if actor.user else None


def _of_city(question: ResearchQuestion, actor: audit.Actor) -> ResearchQuestion:
    """The question, locked for update, if it is open and the actor acts for its city."""
    current = locked(question)
    if not rules.speaks_for(actor, current):
        rule = _("Only editors of the city that asked the question can do this.")
        raise NotAllowed(rule, team=current.organisation)
    if current.state != QuestionState.OPEN:
        raise NotAllowed(_("The question is no longer open."))
    return current


def _sent(question: ResearchQuestion) -> ResearchAnswer:
    rows = ResearchAnswer.objects.select_for_update(of=("self",))
    sent_answer = rows.filter(collaboration__question=question, state=AnswerState.SENT).first()
    if sent_answer is None:
        raise NotAllowed(_("You have no answer to check."))
    return sent_answer
