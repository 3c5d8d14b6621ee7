"""Permissions to enter figures and to edit the catalogue."""

from __future__ import annotations

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.network.enums import OrganisationKind, Scope
from alliance.network.models import City, Organisation
from alliance.network.rules import has_scope, is_editor_of, is_secretariat


def may_enter_figures(actor: Actor, city: City) -> bool:
    """Editors of the city's municipality, its tokens with this scope, and the secretariat may enter
    figures of the city.
    """
    return any(team.city_id == city.pk for team in entering_teams(actor)) or may_enter_all(actor)


def may_enter_all(actor: Actor) -> bool:
    """The secretariat and the installation itself may enter figures of any city."""
    return actor.is_system or is_secretariat(actor)


def may_enter_for(actor: Actor, organisation: Organisation | None) -> bool:
    """Whether the actor may enter figures for a municipality, or without one for any city."""
    return may_enter_all(actor) or (
        organisation is not None and organisation in entering_teams(actor)
    )


def entering_teams(actor: Actor) -> list[Organisation]:
    """The municipalities for whose city the actor may enter figures."""
    if not has_scope(actor, Scope.FIGURES):
        return []
    teams = Organisation.objects.filter(
        public_id__in=list(actor.teams), kind=OrganisationKind.MUNICIPALITY
    ).exclude(city=None)
    rows: QuerySet[Organisation] = teams.select_related("city").order_by("name")
    return [team for team in rows if is_editor_of(actor, team)]


def may_write_catalogue(actor: Actor | None) -> bool:
    """The secretariat and the installation itself may edit definitions, choose the common set and
    make releases.
    """
    return actor is not None and may_enter_all(actor)
