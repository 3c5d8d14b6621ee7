"""Notes on a running pilot: events, costs and delays. Notes cannot be removed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.money import MoneyError, to_minor, validate_currency
from alliance.core.text import markup_fault
from alliance.testbeds import rules
from alliance.testbeds.enums import PilotNoteKind, PilotState
from alliance.testbeds.models import Pilot, PilotNote
from alliance.testbeds.services.pilots import locked

LONGEST_NOTE = 2_000


def add_note(
    pilot: Pilot,
    *,
    kind: str,
    text: str,
    amount: float | None = None,
    currency: str = "",
    expected_on: dt.date | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> PilotNote:
    """Adds a public note to a registered pilot, in its language.

    A cost needs `amount` in major units and `currency`; a delay the new expected date of the
    result. The same note again returns the existing note. Raises InvalidData; NotAllowed, also for
    a delay of a pilot that has a result.
    """
    faults = _faults(kind, text, amount, currency, expected_on, at.date())
    refuse(faults)
    is_cost, is_delay = kind == PilotNoteKind.COST, kind == PilotNoteKind.DELAY
    with transaction.atomic():
        current = locked(pilot)
        open_to = {PilotState.REGISTERED} if is_delay else rules.PUBLIC
        if current.state not in open_to or not rules.may_lead_pilot(actor, current):
            raise NotAllowed(_("Only the team can add notes to its registered pilot."))
        note = PilotNote(
            pilot=current,
            kind=kind,
            language=current.language,
            text=text.strip(),
            amount_minor=to_minor(amount, currency) if is_cost and amount is not None else None,
            currency=currency if is_cost else "",
            expected_on=expected_on if is_delay else None,
            noted_by=actor.user,
            noted_by_label=actor.label[:200],
            noted_at=at,
        )
        field_names = ("kind", "text", "amount_minor", "currency", "expected_on")
        last = current.notes.first()
        if last is not None and all(
            getattr(last, name) == getattr(note, name) for name in field_names
        ):
            return last
        note.full_clean(validate_constraints=False)
        note.save()
        audit.record("pilot", current, "note", actor=actor, at=at, note=note.public_id, what=kind)
    return note


def _faults(
    kind: str,
    text: str,
    amount: float | None,
    currency: str,
    expected_on: dt.date | None,
    today: dt.date,
) -> list[Fault]:
    faults = []
    if kind not in PilotNoteKind.values:
        faults.append(Fault("kind", "not-allowed", {"allowed": PilotNoteKind.values}))
    if not text.strip():
        faults.append(Fault("text", "missing"))
    elif fault := markup_fault("text", text):
        faults.append(fault)
    if len(text) > LONGEST_NOTE:
        faults.append(Fault("text", "longer-than", {"most": LONGEST_NOTE}))
    if kind == PilotNoteKind.COST:
        if amount is None:
            faults.append(Fault("amount", "missing"))
        elif not 0 < amount < 1e12:
            faults.append(Fault("amount", "not-above", {"low": 0}))
        try:
            validate_currency(currency)
        except MoneyError:
            faults.append(Fault("currency", "missing"))
    if kind == PilotNoteKind.DELAY:
        if expected_on is None:
            faults.append(Fault("expected_on", "missing"))
        elif expected_on <= today:
            faults.append(Fault("expected_on", "not-in-future"))
    return faults
