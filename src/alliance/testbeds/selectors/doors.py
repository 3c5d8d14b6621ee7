"""The only way from an id to a pilot and what belongs to it. Hidden looks like missing."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.network import rules as network_rules
from alliance.network.enums import Scope
from alliance.network.models import City
from alliance.testbeds import rules
from alliance.testbeds.models import Evaluation, Measurement, Pilot, PilotCity, Protocol

READ = "read"
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
