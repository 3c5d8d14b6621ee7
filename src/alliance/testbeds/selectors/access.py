"""Permission-checked getters for pilots, testbeds and challenges. Hidden looks like missing."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
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
#: Pages that only the leading team sees; the services check each change.
LEAD = "lead"
ANALYSE = "analyse"

_RULES = {READ: rules.may_read_pilot, LEAD: rules.may_lead_pilot, ANALYSE: rules.may_analyse}


def get_pilot_for(actor: Actor, public_id: str, action: str = READ) -> Pilot:
    """The pilot with its team and solution. Raises NotFound, also if it is hidden.

    Raises ValueError for an unknown action.
    """
    if action not in _RULES:
        raise ValueError(f"no rule says who may {action!r}")
    rows = Pilot.objects.select_related("organisation__city", "solution", "fairness")
    return get_by_public_id(rows, "pilot", public_id, partial(_RULES[action], actor))


def visible_pilots(actor: Actor) -> QuerySet[Pilot]:
    """The pilots that `actor` may read: `rules.may_read_pilot` as a query condition."""
    if network_rules.is_secretariat(actor):
        return Pilot.objects.all()
    seen = Q(state__in=[state.value for state in rules.PUBLIC])
    if actor.teams and network_rules.has_scope(actor, Scope.READ_DRAFTS):
        seen |= Q(organisation__public_id__in=list(actor.teams))
    return Pilot.objects.filter(seen)


def get_city_of(pilot: Pilot, public_id: str) -> City:
    """A participating city of a pilot whose permission was checked. Raises NotFound."""
    return get_place_of(pilot, public_id).city


def get_place_of(pilot: Pilot, public_id: str) -> PilotCity:
    """A participating city with its draft and case. Raises NotFound."""
    places = pilot.places.select_related("city", "draft__case")
    return get_by_public_id(places, "city", public_id, field="city__public_id")


def get_protocol(pilot: Pilot, number: int) -> Protocol:
    """A frozen version of a pilot whose permission was checked. Raises NotFound."""
    protocol = pilot.protocols.filter(number=number).first() if number < 2**31 else None
    if protocol is None:
        raise NotFound("version", str(number))
    return protocol


def get_measurement_for(actor: Actor, pilot: Pilot, public_id: str) -> Measurement:
    """A data file, if the actor may read its rows. Raises NotFound."""
    rows = pilot.measurements.select_related("pilot__organisation")
    return get_by_public_id(rows, "data", public_id, partial(rules.may_read_data, actor))


def get_evaluation(pilot: Pilot, public_id: str) -> Evaluation:
    """An analysis of a pilot whose permission was checked. Raises NotFound."""
    rows = pilot.evaluations.select_related("city", "protocol", "measurement")
    return get_by_public_id(rows, "result", public_id)


def get_challenge_for(
    actor: Actor, public_id: str, action: str = READ, *, today: dt.date | None = None
) -> Challenge:
    """A challenge: everybody may "read" it, its team may "change" it, and "decide" it depending on
    `today`, which is then required. Raises NotFound.

    Raises ValueError for an unknown action.
    """
    rows = Challenge.objects.select_related("organisation__city", "city", "need", "testbed__city")
    challenge = get_by_public_id(rows, "challenge", public_id)
    if action == READ:
        allowed = True
    elif action == CHANGE:
        allowed = challenge_rules.may_change(actor, challenge)
    elif action == DECIDE and today is not None:
        allowed = challenge_rules.may_decide(actor, challenge, today)
    else:
        raise ValueError(f"no rule says who may {action!r}")
    if not allowed:
        raise NotFound("challenge", public_id)
    return challenge


def get_answer_for(actor: Actor, challenge: Challenge, public_id: str, today: dt.date) -> Answer:
    """An answer that the actor may read on a day. Raises NotFound, also if it is sealed."""
    rows = challenge.answers.select_related("organisation", "pilot__organisation")
    answer = get_by_public_id(rows, "answer", public_id)
    answer.challenge = challenge
    if not challenge_rules.may_read_answer(actor, answer, today):
        raise NotFound("answer", public_id)
    return answer


def get_testbed_for(actor: Actor, public_id: str, action: str = READ) -> Testbed:
    """A testbed: everybody may "read" it, its team may "change" it. Raises NotFound.

    Raises ValueError for an unknown action.
    """
    if action not in {READ, CHANGE}:
        raise ValueError(f"no rule says who may {action!r}")
    rows = Testbed.objects.select_related("organisation__city", "city", "owner_organisation")
    testbed = get_by_public_id(rows, "testbed", public_id)
    if action == CHANGE and not testbed_rules.may_change(actor, testbed):
        raise NotFound("testbed", public_id)
    return testbed


def get_booking_for(actor: Actor, testbed: Testbed, public_id: str) -> Booking:
    """A booking of a testbed that the actor may read. Raises NotFound."""
    rows = testbed.bookings.select_related("organisation", "pilot__organisation")
    booking = get_by_public_id(rows, "booking", public_id)
    booking.testbed = testbed
    if not testbed_rules.may_read_booking(actor, booking):
        raise NotFound("booking", public_id)
    return booking


def get_keeping_team(actor: Actor, public_id: str) -> Organisation:
    """The municipality or university for which the actor describes testbeds. Raises NotFound."""
    rows = Organisation.objects.select_related("city")
    may = partial(testbed_rules.may_edit_for, actor)
    return get_by_public_id(rows, "organisation", public_id, may)


def get_speaking_team(actor: Actor, public_id: str) -> Organisation:
    """An organisation on whose behalf the actor books slots and answers. Raises NotFound."""
    rows = Organisation.objects.select_related("city")
    may = partial(testbed_rules.may_speak_for, actor)
    return get_by_public_id(rows, "organisation", public_id, may)
