"""Permissions on testbeds and their bookings."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network import rules as network
from alliance.network.enums import OrganisationKind, Scope
from alliance.network.models import Organisation
from alliance.testbeds.enums import BookingState, TestbedState
from alliance.testbeds.models import Booking, Testbed

#: The kinds of teams that may own testbeds of a city.
KEEPERS = frozenset({OrganisationKind.MUNICIPALITY, OrganisationKind.UNIVERSITY})


def may_speak_for(actor: Actor, organisation: Organisation) -> bool:
    """Editors of an organisation, and its tokens with exchange scope, may ask for slots for it."""
    if not network.has_scope(actor, Scope.EXCHANGE):
        return False
    return network.is_editor_of(actor, organisation) or network.is_elevated(actor)


def may_edit_for(actor: Actor, organisation: Organisation) -> bool:
    """Editors of a municipality or university with a recorded city may describe testbeds."""
    keeps = organisation.kind in KEEPERS and organisation.city_id is not None
    return keeps and may_speak_for(actor, organisation)


def may_change(actor: Actor, testbed: Testbed) -> bool:
    """Those who may describe it, and the secretariat, may change or close a testbed."""
    return may_edit_for(actor, testbed.organisation) or network.is_secretariat(actor)


def may_ask(actor: Actor, organisation: Organisation, testbed: Testbed) -> bool:
    """Editors of any organisation may ask for a slot while the testbed is open."""
    return testbed.state == TestbedState.OPEN and may_speak_for(actor, organisation)


def may_read_booking(actor: Actor, booking: Booking) -> bool:
    """An accepted booking is public; any other is for the two teams and the secretariat."""
    if booking.state == BookingState.ACCEPTED:
        return True
    teams = (booking.organisation, booking.testbed.organisation)
    member = any(network.is_member_of(actor, team) for team in teams)
    readable = member and network.has_scope(actor, Scope.EXCHANGE)
    return readable or network.is_secretariat(actor)


def may_answer(actor: Actor, booking: Booking, today: dt.date) -> bool:
    """Editors of the testbed's team may accept or decline until the last day is over."""
    open_ = booking.state in {BookingState.ASKED, BookingState.ACCEPTED}
    return open_ and booking.ends_on >= today and may_edit_for(actor, booking.testbed.organisation)


def may_withdraw(actor: Actor, booking: Booking, today: dt.date) -> bool:
    """Editors of the asking team may withdraw until the last day is over."""
    open_ = booking.state in {BookingState.ASKED, BookingState.ACCEPTED}
    return open_ and booking.ends_on >= today and may_speak_for(actor, booking.organisation)


def may_name_pilot(actor: Actor, booking: Booking) -> bool:
    """Editors of the asking team may record which pilot a slot is for."""
    is_open = booking.state in {BookingState.ASKED, BookingState.ACCEPTED}
    return is_open and may_speak_for(actor, booking.organisation)
