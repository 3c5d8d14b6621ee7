"""Who may do what with cases, drafts and reviews: questions that are answered with yes or no."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import (
    CaseStudy,
)
from alliance.network.enums import OrganisationKind, Scope, TeamRole
from alliance.network.models import Organisation
from alliance.network.rules import is_moderator as is_moderator
from alliance.network.rules import is_reviewer as is_reviewer
from alliance.network.rules import is_secretariat as is_secretariat


def within(actor: Actor, scope: Scope) -> bool:
    """Whether the token, if it is one, was made for this."""
    return actor.scopes is None or scope in actor.scopes


def may_write_for(actor: Actor, organisation: Organisation) -> bool:
    """Editors write for their team, and so do its tokens made for it."""
    return may_write_as(actor, organisation.public_id)


def may_write_as(actor: Actor, team: str) -> bool:
    """`may_write_for`, where the id of the team is known and the team was not read."""
    is_editor = actor.teams.get(team) == TeamRole.EDITOR
    return (is_editor and within(actor, Scope.WRITE_DRAFTS)) or actor.elevated


def responsible_team(case: CaseStudy) -> Organisation | None:
    """The team that answers for a case: its owner, else the municipality of its city; for one from
    another network nobody here."""
    if case.from_network:
        return None
    if case.owner is not None:
        return case.owner
    if case.city_id is None:
        return None
    return Organisation.objects.filter(
        city_id=case.city_id, kind=OrganisationKind.MUNICIPALITY
    ).first()


def may_change_case(actor: Actor, case: CaseStudy) -> bool:
    """Whether the actor may start a change of a published case, or say that it still holds."""
    if case.status != CaseStatus.PUBLISHED or case.from_network:
        return False
    team = responsible_team(case)
    return (team is not None and may_write_for(actor, team)) or is_secretariat(actor)


def may_read_copies(actor: Actor, *, answers: bool = False) -> bool:
    """Who reads what cited sources say though it is not shown to everybody: those who answer for
    the record that cites them, and those who check records. No token."""
    checks = actor.is_system or is_reviewer(actor) or is_secretariat(actor)
    return actor.scopes is None and (answers or checks)


def may_withdraw(actor: Actor, case: CaseStudy) -> bool:
    """The team that answers for a case, and the secretariat; what comes from another network the
    secretariat, and the worker where that network withdraws it."""
    if case.from_network:
        is_shown = case.status == CaseStatus.PUBLISHED
        return is_shown and (actor.is_system or is_secretariat(actor))
    return may_change_case(actor, case)


def may_restore(actor: Actor, case: CaseStudy) -> bool:
    """The secretariat; the worker where another network publishes its case again."""
    is_from_network = actor.is_system and bool(case.from_network)
    return case.status == CaseStatus.WITHDRAWN and (is_from_network or is_secretariat(actor))


def may_know_masked_city(actor: Actor, case: CaseStudy) -> bool:
    """The secretariat and the owner know the city of a masked case."""
    owner = case.owner.public_id if case.owner else None
    return is_secretariat(actor) or (owner is not None and owner in actor.teams)
