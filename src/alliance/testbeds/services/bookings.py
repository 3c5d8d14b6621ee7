"""Bookings: asking for a slot, answering, withdrawing, and naming its pilot.

Every service locks the testbed, so that only one of two bookings for the last slot succeeds.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.ids import by_id
from alliance.network.addressees import editors_or_secretariat
from alliance.network.addresses import page_address
from alliance.network.days import months_later
from alliance.network.enums import Language
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.enums import BookingState, PilotState, TestbedState
from alliance.testbeds.models import Booking, Pilot, Testbed
from alliance.testbeds.services.testbeds import accepted_spans, days_of, locked
from alliance.testbeds.slots import Span, first_full

_note = audit.noting("booking", testbed="testbed.public_id", team="organisation.public_id")
LONGEST_TITLE, LONGEST_REASON = 160, 2_000
#: How far ahead a slot can be booked.
MONTHS_AHEAD = 36
ANSWERS = (BookingState.ACCEPTED.value, BookingState.DECLINED.value)


def ask_for_slot(
    testbed: Testbed,
    organisation: Organisation,
    *,
    title: str,
    language: str,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    pilot: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Booking:
    """Asks for a slot from the first to the last day, both included, and emails the testbed's team.

    `pilot` is the id of a pilot of the asking team, or empty. A repeated request returns the
    existing booking. Raises InvalidData that names the field and any full period; NotAllowed.
    """
    faults = text_faults("title", title, required=True, longest=LONGEST_TITLE)
    faults += choice_faults("language", language, Language.values)
    faults += _day_faults(starts_on, ends_on, at.date())
    with transaction.atomic():
        current = locked(testbed)
        if not rules.may_speak_for(actor, organisation):
            raise NotAllowed(_("To ask for a slot, you need to be an editor of the organisation."))
        if current.state != TestbedState.OPEN:
            raise NotAllowed(_("The testbed is closed and does not accept new tests."))
        named, pilot_faults = _pilot(pilot, organisation)
        faults += pilot_faults
        if faults or starts_on is None or ends_on is None:
            raise InvalidData(faults)
        present = current.bookings.filter(
            organisation=organisation,
            title=title.strip(),
            starts_on=starts_on,
            ends_on=ends_on,
            state=BookingState.ASKED,
        ).first()
        if present is not None:
            return present
        _refuse_full(current, Span(starts_on, ends_on))
        booking = Booking(
            testbed=current,
            organisation=organisation,
            title=title.strip(),
            language=language,
            starts_on=starts_on,
            ends_on=ends_on,
            pilot=named,
            asked_by=actor.user,
            asked_at=at,
        )
        booking.full_clean(validate_constraints=False)
        booking.save()
        _note(booking, "ask", actor=actor, at=at)
        _notify_team(booking, current.organisation, "booking_asked", at=at)
    return booking


def _day_faults(first: dt.date | None, last: dt.date | None, today: dt.date) -> list[Fault]:
    faults = [
        Fault(name, "missing")
        for name, day in (("starts_on", first), ("ends_on", last))
        if day is None
    ]
    if first is not None and first < today:
        faults.append(Fault("starts_on", "day-over"))
    if first is not None and last is not None and last < first:
        faults.append(Fault("ends_on", "last-before-first"))
    if last is not None and last > months_later(today, MONTHS_AHEAD):
        faults.append(Fault("ends_on", "too-far-ahead", {"n": MONTHS_AHEAD}))
    return faults


def _pilot(public_id: str, organisation: Organisation) -> tuple[Pilot | None, list[Fault]]:
    """The pilot of the team with this id, and the faults of the id."""
    if not public_id:
        return None, []
    rows = Pilot.objects.filter(organisation=organisation).exclude(state=PilotState.DROPPED)
    pilot = by_id(rows, public_id)
    return pilot, [] if pilot is not None else [Fault("pilot", "not-their-pilot")]


def _refuse_full(testbed: Testbed, window: Span, *, but: int | None = None) -> None:
    """Raises InvalidData that names the first period of `window` without a free slot."""
    if testbed.capacity is None:
        return
    full = first_full(accepted_spans(testbed, window, but=but), window, testbed.capacity)
    if full is not None:
        values = {**days_of(full), "n": full.taken, "capacity": testbed.capacity}
        raise InvalidData([Fault("starts_on", "no-slot", values)])


def answer_booking(
    booking: Booking, *, state: str, reason: str = "", actor: audit.Actor, at: dt.datetime
) -> Booking:
    """Accepts a booking as the testbed's team, or declines it with a reason.

    An accepted booking can still be declined. Raises InvalidData that names `state`, `reason` or
    the full period; NotAllowed.
    """
    faults = choice_faults("state", state, ANSWERS)
    if state == BookingState.DECLINED:
        faults += text_faults("reason", reason, required=True, longest=LONGEST_REASON)
    with transaction.atomic():
        testbed = locked(booking.testbed)
        current = _fresh(booking)
        if not rules.may_answer(actor, current, at.date()):
            raise NotAllowed(
                _(
                    "To answer, you need to be an editor of the testbed’s team, and the "
                    "booking must be open."
                )
            )
        refuse(faults)
        if current.state == state:
            return current
        if state == BookingState.ACCEPTED:
            if testbed.state != TestbedState.OPEN:
                raise NotAllowed(_("The testbed is closed and does not accept new tests."))
            _refuse_full(testbed, Span(current.starts_on, current.ends_on), but=current.pk)
        current.state = state
        current.reason = reason.strip() if state == BookingState.DECLINED else ""
        current.answered_by, current.answered_at = actor.user, at
        current.save()
        _note(current, "answer", actor=actor, at=at, state=state)
        _notify_team(current, current.organisation, "booking_answered", at=at)
    return current


def withdraw_booking(booking: Booking, *, actor: audit.Actor, at: dt.datetime) -> Booking:
    """Withdraws a booking as the asking team. Raises NotAllowed."""
    with transaction.atomic():
        locked(booking.testbed)
        current = _fresh(booking)
        if not rules.may_withdraw(actor, current, at.date()):
            raise NotAllowed(
                _("To withdraw an open booking, you need to be an editor of the team that made it.")
            )
        current.state, current.withdrawn_at = BookingState.WITHDRAWN, at
        current.save(update_fields=["state", "withdrawn_at"])
        _note(current, "withdraw", actor=actor, at=at)
        _notify_team(current, current.testbed.organisation, "booking_withdrawn", at=at)
    return current


def name_pilot(booking: Booking, *, pilot: str, actor: audit.Actor, at: dt.datetime) -> Booking:
    """Records which pilot of the asking team a slot is for; empty for none.

    Raises InvalidData naming `pilot`, NotAllowed.
    """
    with transaction.atomic():
        current = _fresh(booking)
        if not rules.may_name_pilot(actor, current):
            raise NotAllowed(
                _(
                    "To link a pilot to a booking, you need to be an editor of "
                    "the team that made it."
                )
            )
        named, faults = _pilot(pilot, current.organisation)
        refuse(faults)
        if current.pilot != named:
            current.pilot = named
            current.save(update_fields=["pilot"])
            _note(current, "name pilot", actor=actor, at=at, pilot=pilot)
    return current


def _fresh(booking: Booking) -> Booking:
    rows = Booking.objects.select_for_update(of=("self",))
    parts = ("testbed__organisation", "testbed__city", "organisation", "pilot")
    return rows.select_related(*parts).get(pk=booking.pk)


def _notify_team(booking: Booking, team: Organisation, letter: str, *, at: dt.datetime) -> None:
    """Emails the editors of a team, or the secretariat if it has none."""
    people, has_editors = editors_or_secretariat(team, at=at)
    for person in people:
        write_letter(
            letter,
            person,
            title=booking.title,
            testbed=booking.testbed.title,
            asking=local_name(booking.organisation, person.language),
            starts_on=booking.starts_on,
            ends_on=booking.ends_on,
            state=booking.state,
            reason=booking.reason,
            team=local_name(team, person.language),
            has_editors=has_editors,
            url=page_address(
                "testbeds:booking", person.language, booking.testbed.public_id, booking.public_id
            ),
        )
