"""The only way from an id to a pilot and what belongs to it. Hidden looks like missing."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.network import rules as network_rules
from alliance.network.enums import Scope
from alliance.network.models import City, Organisation
from alliance.testbeds import challenge_rules, rules, testbed_rules
from alliance.testbeds.models import (
    Answer,
    Booking,
    Challenge,
    Evaluation,
    Measurement,
    Pilot,
    PilotCity,
    Protocol,
    Testbed,
)

READ, CHANGE, DECIDE = "read", "change", "decide"
#: The pages that only the team that leads sees; what may be done there is for the services.
LEAD = "lead"
ANALYSE = "analyse"

_RULES = {READ: rules.may_read_pilot, LEAD: rules.may_lead_pilot, ANALYSE: rules.may_analyse}


def get_pilot_for(actor: Actor, public_id: str, action: str = READ) -> Pilot:
    """The pilot of that id, with its team and solution. Raises NotFound, also where it is hidden.

    Raises ValueError for an action that no rule covers.
    """
    if action not in _RULES:
        raise ValueError(f"no rule says who may {action!r}")
    found = None
    if PUBLIC_ID.match(public_id):
        rows = Pilot.objects.select_related("organisation__city", "solution")
        found = rows.filter(public_id=public_id).first()
    if found is None or not _RULES[action](actor, found):
        raise NotFound("pilot", public_id)
    return found


def visible_pilots(actor: Actor) -> QuerySet[Pilot]:
    """The pilots that `actor` may read: `rules.may_read_pilot` as a condition of a query."""
    if network_rules.is_secretariat(actor):
        return Pilot.objects.all()
    seen = Q(state__in=[state.value for state in rules.PUBLIC])
    if actor.teams and network_rules.has_scope(actor, Scope.READ_DRAFTS):
        seen |= Q(organisation__public_id__in=list(actor.teams))
    return Pilot.objects.filter(seen)


def get_city_of(pilot: Pilot, public_id: str) -> City:
    """A city that takes part in a pilot that the actor came to by a door. Raises NotFound."""
    return get_place_of(pilot, public_id).city


def get_place_of(pilot: Pilot, public_id: str) -> PilotCity:
    """The same with what came of the pilot there. Raises NotFound."""
    found = None
    if PUBLIC_ID.match(public_id):
        places = pilot.places.select_related("city", "draft__case")
        found = places.filter(city__public_id=public_id).first()
    if found is None:
        raise NotFound("city", public_id)
    return found


def get_protocol(pilot: Pilot, number: int) -> Protocol:
    """A frozen version of a pilot that the actor came to by a door. Raises NotFound."""
    found = pilot.protocols.filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise NotFound("version", str(number))
    return found


def get_measurement_for(actor: Actor, pilot: Pilot, public_id: str) -> Measurement:
    """A file of data, for those who may read its rows. Raises NotFound."""
    found = None
    if PUBLIC_ID.match(public_id):
        rows = pilot.measurements.select_related("pilot__organisation")
        found = rows.filter(public_id=public_id).first()
    if found is None or not rules.may_read_data(actor, found):
        raise NotFound("data", public_id)
    return found


def get_evaluation(pilot: Pilot, public_id: str) -> Evaluation:
    """An analysis of a pilot that the actor came to by a door. Raises NotFound."""
    found = None
    if PUBLIC_ID.match(public_id):
        rows = pilot.evaluations.select_related("city", "protocol", "measurement")
        found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("result", public_id)
    return found


def get_challenge_for(
    actor: Actor, public_id: str, action: str = READ, *, today: dt.date | None = None
) -> Challenge:
    """A challenge: everybody may "read" all of them; its team may "change" it, and "decide" it on
    a day, which is needed then. Raises NotFound.

    Raises ValueError for an action that no rule covers.
    """
    found = None
    if PUBLIC_ID.match(public_id):
        rows = Challenge.objects.select_related(
            "organisation__city", "city", "need", "testbed__city"
        )
        found = rows.filter(public_id=public_id).first()
    if action == READ:
        allowed = found is not None
    elif action == CHANGE:
        allowed = found is not None and challenge_rules.may_change(actor, found)
    elif action == DECIDE and today is not None:
        allowed = found is not None and challenge_rules.may_decide(actor, found, today)
    else:
        raise ValueError(f"no rule says who may {action!r}")
    if found is None or not allowed:
        raise NotFound("challenge", public_id)
    return found


def get_answer_for(actor: Actor, challenge: Challenge, public_id: str, today: dt.date) -> Answer:
    """An answer that the actor may read on a day. Raises NotFound, also where it is sealed."""
    found = None
    if PUBLIC_ID.match(public_id):
        rows = challenge.answers.select_related("organisation", "pilot__organisation")
        found = rows.filter(public_id=public_id).first()
    if found is not None:
        found.challenge = challenge
    if found is None or not challenge_rules.may_read_answer(actor, found, today):
        raise NotFound("answer", public_id)
    return found


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
    if found is None or (action == CHANGE and not testbed_rules.may_change(actor, found)):
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
    if found is None or not testbed_rules.may_read_booking(actor, found):
        raise NotFound("booking", public_id)
    return found


def get_keeping_team(actor: Actor, public_id: str) -> Organisation:
    """The municipality or university for which the actor describes testbeds. Raises NotFound."""
    found = _organisation(public_id)
    if found is None or not testbed_rules.may_keep_for(actor, found):
        raise NotFound("organisation", public_id)
    return found


def get_speaking_team(actor: Actor, public_id: str) -> Organisation:
    """An organisation in whose name the actor asks for slots and answers. Raises NotFound."""
    found = _organisation(public_id)
    if found is None or not testbed_rules.may_speak_for(actor, found):
        raise NotFound("organisation", public_id)
    return found


def _organisation(public_id: str) -> Organisation | None:
    if not PUBLIC_ID.match(public_id):
        return None
    return Organisation.objects.select_related("city").filter(public_id=public_id).first()
