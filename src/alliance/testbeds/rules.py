"""Who may do what with a pilot: questions that are answered with yes or no."""

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

#: States in which everybody may read a pilot: it was registered, and stays on the record.
PUBLIC = frozenset({PilotState.REGISTERED, PilotState.REPORTED, PilotState.STOPPED})
#: States in which data come in and are analysed.
RUNS = PUBLIC


def may_lead_for(actor: Actor, organisation: Organisation) -> bool:
    """Editors of a team plan pilots for it, and so do its tokens made to write."""
    speaks = network.is_editor_of(actor, organisation)
    return (speaks and network.has_scope(actor, Scope.WRITE_DRAFTS)) or actor.elevated


def may_read_pilot(actor: Actor, pilot: Pilot) -> bool:
    """Everybody, once it is registered; before, its team and the secretariat."""
    if pilot.state in PUBLIC:
        return True
    member = network.is_member_of(actor, pilot.organisation)
    return (member and network.has_scope(actor, Scope.READ_DRAFTS)) or network.is_secretariat(actor)


def may_lead_pilot(actor: Actor, pilot: Pilot) -> bool:
    """Editors of the team that registers it."""
    return may_lead_for(actor, pilot.organisation)


def may_plan(actor: Actor, pilot: Pilot) -> bool:
    """Change the plan: only before it is frozen."""
    return pilot.state == PilotState.PLANNING and may_lead_pilot(actor, pilot)


def needs_check(pilot: Pilot, plan: Plan) -> bool:
    """Whether a city tries it on people, so that it shows who gains and who pays first."""
    return plan.touches_people and speaks_for_city(pilot.organisation)


def may_deviate(actor: Actor, pilot: Pilot) -> bool:
    """Freeze a new version with a reason."""
    return pilot.state in PUBLIC and may_lead_pilot(actor, pilot)


def may_name_check(actor: Actor, pilot: Pilot) -> bool:
    """Name its fairness check: while it is planned, and before a deviation that reaches people."""
    return may_plan(actor, pilot) or may_deviate(actor, pilot)


def may_send_data(actor: Actor, pilot: Pilot, city: City) -> bool:
    """The team that leads, for all cities; the team of a city that takes part, for its own."""
    if pilot.state not in RUNS:
        return False
    if may_lead_pilot(actor, pilot):
        return True
    town_halls = Organisation.objects.filter(city=city, kind=OrganisationKind.MUNICIPALITY)
    return any(may_lead_for(actor, town_hall) for town_hall in town_halls)


def may_analyse(actor: Actor, pilot: Pilot) -> bool:
    """Run the frozen analysis, or an exploratory one."""
    return pilot.state in RUNS and may_lead_pilot(actor, pilot)


def may_read_data(actor: Actor, measurement: Measurement) -> bool:
    """The rows may tell of single people or homes: the team that leads, and the secretariat."""
    pilot = measurement.pilot
    member = network.is_member_of(actor, pilot.organisation)
    return (member and network.has_scope(actor, Scope.READ_DRAFTS)) or network.is_secretariat(actor)


def answering_teams(actor: Actor) -> list[str]:
    """The teams in whose name a person answers for a city, if they are its municipality."""
    if actor.scopes is not None:
        return []
    return [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]


def may_answer_for_city(actor: Actor, city: City) -> bool:
    """Editors of the municipality of the city, who know what it may and can do."""
    if actor.elevated:
        return True
    teams = answering_teams(actor)
    return bool(teams) and municipality(teams).filter(city=city).exists()


def municipality(teams: Sequence[str]) -> QuerySet[Organisation]:
    """Those of these teams that are municipalities."""
    return Organisation.objects.filter(public_id__in=teams, kind=OrganisationKind.MUNICIPALITY)
