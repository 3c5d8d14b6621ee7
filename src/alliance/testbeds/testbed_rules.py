"""Who may do what with a testbed and its bookings: questions that are answered with yes or no."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network import rules as network
from alliance.network.enums import OrganisationKind, Scope
from alliance.network.models import Organisation
from alliance.testbeds.enums import BookingState, TestbedState
from alliance.testbeds.models import Booking, Testbed

#: The kinds of teams that keep testbeds for a city.
KEEPERS = frozenset({OrganisationKind.MUNICIPALITY, OrganisationKind.UNIVERSITY})


def may_speak_for(actor: Actor, organisation: Organisation) -> bool:
    """Ask for slots in the name of an organisation: its editors, and its tokens made for it."""
    if not network.has_scope(actor, Scope.EXCHANGE):
        return False
    return network.is_editor_of(actor, organisation) or network.is_elevated(actor)


def may_edit_for(actor: Actor, organisation: Organisation) -> bool:
    """Describe testbeds: editors of a municipality or university with a recorded city."""
    keeps = organisation.kind in KEEPERS and organisation.city_id is not None
    return keeps and may_speak_for(actor, organisation)


def may_change(actor: Actor, testbed: Testbed) -> bool:
    """Change or close a testbed: those who may describe it, and the secretariat."""
    return may_edit_for(actor, testbed.organisation) or network.is_secretariat(actor)


def may_ask(actor: Actor, organisation: Organisation, testbed: Testbed) -> bool:
    """Ask for a slot: editors of any organisation, while the testbed is open."""
    return testbed.state == TestbedState.OPEN and may_speak_for(actor, organisation)


def may_read_booking(actor: Actor, booking: Booking) -> bool:
    """Everybody, once it is accepted; else the two teams and the secretariat."""
    if booking.state == BookingState.ACCEPTED:
        return True
    teams = (booking.organisation, booking.testbed.organisation)
    member = any(network.is_member_of(actor, team) for team in teams)
    readable = member and network.has_scope(actor, Scope.EXCHANGE)
    return readable or network.is_secretariat(actor)


def may_answer(actor: Actor, booking: Booking, today: dt.date) -> bool:
    """Accept or decline: editors of the testbed's team, until the last day is over."""
    open_ = booking.state in {BookingState.ASKED, BookingState.ACCEPTED}
    return open_ and booking.ends_on >= today and may_edit_for(actor, booking.testbed.organisation)


def may_withdraw(actor: Actor, booking: Booking, today: dt.date) -> bool:
    """Give a slot back: editors of the asking team, until the last day is over."""
    open_ = booking.state in {BookingState.ASKED, BookingState.ACCEPTED}
    return open_ and booking.ends_on >= today and may_speak_for(actor, booking.organisation)


def may_name_pilot(actor: Actor, booking: Booking) -> bool:
    """Say which pilot a slot is for: editors of the asking team."""
    is_open = booking.state in {BookingState.ASKED, BookingState.ACCEPTED}
    return is_open and may_speak_for(actor, booking.organisation)
