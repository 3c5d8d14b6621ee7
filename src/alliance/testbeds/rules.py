"""Permissions on pilots."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.network import rules as network
from alliance.network.enums import OrganisationKind, Scope, TeamRole
from alliance.network.models import City, Organisation
from alliance.network.needs_offers_rules import speaks_for_city
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Measurement, Pilot
from alliance.testbeds.protocol import Plan

#: States in which a pilot is public: it was registered, and remains public.
PUBLIC = frozenset({PilotState.REGISTERED, PilotState.REPORTED, PilotState.STOPPED})
#: States in which data are received and analysed.
RUNS = PUBLIC


def may_lead_for(actor: Actor, organisation: Organisation) -> bool:
    """Editors of a team may plan pilots for it, and so may its tokens with write scope."""
    speaks = network.is_editor_of(actor, organisation)
    return (speaks and network.has_scope(actor, Scope.WRITE_DRAFTS)) or actor.elevated


def may_read_pilot(actor: Actor, pilot: Pilot) -> bool:
    """A registered pilot is public; before that, its team and the secretariat may read it."""
    if pilot.state in PUBLIC:
        return True
    member = network.is_member_of(actor, pilot.organisation)
    return (member and network.has_scope(actor, Scope.READ_DRAFTS)) or network.is_secretariat(actor)


def may_lead_pilot(actor: Actor, pilot: Pilot) -> bool:
    """Editors of the team that registers the pilot may lead it."""
    return may_lead_for(actor, pilot.organisation)


def may_plan(actor: Actor, pilot: Pilot) -> bool:
    """The plan may be changed until it is frozen."""
    return pilot.state == PilotState.PLANNING and may_lead_pilot(actor, pilot)


def needs_check(pilot: Pilot, plan: Plan) -> bool:
    """Whether a city tries the pilot on people, so that it must complete a fairness check first."""
    return plan.touches_people and speaks_for_city(pilot.organisation)


def may_deviate(actor: Actor, pilot: Pilot) -> bool:
    """A new version may be frozen, with a reason, once the pilot is registered."""
    return pilot.state in PUBLIC and may_lead_pilot(actor, pilot)


def may_name_check(actor: Actor, pilot: Pilot) -> bool:
    """The fairness check may be set during planning, and before a deviation that affects people."""
    return may_plan(actor, pilot) or may_deviate(actor, pilot)


def may_send_data(actor: Actor, pilot: Pilot, city: City) -> bool:
    """The leading team may send data of all cities, the team of a participating city its own."""
    if pilot.state not in RUNS:
        return False
    if may_lead_pilot(actor, pilot):
        return True
    town_halls = Organisation.objects.filter(city=city, kind=OrganisationKind.MUNICIPALITY)
    return any(may_lead_for(actor, town_hall) for town_hall in town_halls)


def may_analyse(actor: Actor, pilot: Pilot) -> bool:
    """The leading team may run the frozen analysis or an exploratory one."""
    return pilot.state in RUNS and may_lead_pilot(actor, pilot)


def may_read_data(actor: Actor, measurement: Measurement) -> bool:
    """Rows may describe single people or homes, so only the team and the secretariat may read
    them."""
    pilot = measurement.pilot
    member = network.is_member_of(actor, pilot.organisation)
    return (member and network.has_scope(actor, Scope.READ_DRAFTS)) or network.is_secretariat(actor)


def answering_teams(actor: Actor) -> list[str]:
    """The teams that a person edits and may answer for, if they are a municipality."""
    if actor.scopes is not None:
        return []
    return [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]


def may_answer_for_city(actor: Actor, city: City) -> bool:
    """Editors of the city's municipality may answer, as they know what it is able to do."""
    if actor.elevated:
        return True
    teams = answering_teams(actor)
    return bool(teams) and municipality(teams).filter(city=city).exists()


def municipality(teams: Sequence[str]) -> QuerySet[Organisation]:
    """The municipalities among these teams."""
    return Organisation.objects.filter(public_id__in=teams, kind=OrganisationKind.MUNICIPALITY)
