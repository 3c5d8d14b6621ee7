"""The only way from an id to a testbed and its bookings. Hidden looks like missing."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.network.models import Organisation
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.models import Booking, Testbed

READ, CHANGE = "read", "change"


def get_testbed_for(actor: Actor, public_id: str, action: str = READ) -> Testbed:
    """A testbed: everybody may "read" all of them, its team may "change" it. Raises NotFound.

    Raises ValueError for an action that no rule covers.
    """
    if action not in {READ, CHANGE}:
        raise ValueError(f"no rule says who may {action!r}")
    found = None
    if PUBLIC_ID.match(public_id):
        rows = Testbed.objects.select_related("organisation__city", "city", "owner_organisation")
        found = rows.filter(public_id=public_id).first()
    if found is None or (action == CHANGE and not rules.may_change(actor, found)):
        raise NotFound("testbed", public_id)
    return found


def get_booking_for(actor: Actor, testbed: Testbed, public_id: str) -> Booking:
    """A booking of a testbed that the actor came to by a door, and may read. Raises NotFound."""
    found = None
    if PUBLIC_ID.match(public_id):
        rows = testbed.bookings.select_related("organisation", "pilot__organisation")
        found = rows.filter(public_id=public_id).first()
    if found is not None:
        found.testbed = testbed
    if found is None or not rules.may_read_booking(actor, found):
        raise NotFound("booking", public_id)
    return found


def get_keeping_team(actor: Actor, public_id: str) -> Organisation:
    """The municipality or university for which the actor describes testbeds. Raises NotFound."""
    found = _organisation(public_id)
    if found is None or not rules.may_keep_for(actor, found):
        raise NotFound("organisation", public_id)
    return found


def get_speaking_team(actor: Actor, public_id: str) -> Organisation:
    """An organisation in whose name the actor asks for slots and answers. Raises NotFound."""
    found = _organisation(public_id)
    if found is None or not rules.may_speak_for(actor, found):
        raise NotFound("organisation", public_id)
    return found


def _organisation(public_id: str) -> Organisation | None:
    if not PUBLIC_ID.match(public_id):
        return None
    return Organisation.objects.select_related("city").filter(public_id=public_id).first()
