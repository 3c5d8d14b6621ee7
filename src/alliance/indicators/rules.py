"""Who may bring figures in, and who says what they mean."""

from __future__ import annotations

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.network.enums import OrganisationKind, Scope
from alliance.network.models import City, Organisation
from alliance.network.rules import has_scope, is_editor_of, is_secretariat


def may_enter_figures(actor: Actor, city: City) -> bool:
    """The editors of the city's municipality, its tokens made for it, and the secretariat."""
    return any(team.city_id == city.pk for team in entering_teams(actor)) or may_enter_all(actor)


def may_enter_all(actor: Actor) -> bool:
    """Bring in figures of any city: the secretariat, and the installation itself."""
    return actor.is_system or is_secretariat(actor)


def may_enter_for(actor: Actor, organisation: Organisation | None) -> bool:
    """Bring in figures for a municipality, of its city alone; without one, of any city."""
    return may_enter_all(actor) or (
        organisation is not None and organisation in entering_teams(actor)
    )


def entering_teams(actor: Actor) -> list[Organisation]:
    """The municipalities whose city the actor may enter figures of."""
    if not has_scope(actor, Scope.FIGURES):
        return []
    teams = Organisation.objects.filter(
        public_id__in=list(actor.teams), kind=OrganisationKind.MUNICIPALITY
    ).exclude(city=None)
    rows: QuerySet[Organisation] = teams.select_related("city").order_by("name")
    return [team for team in rows if is_editor_of(actor, team)]


def may_write_catalogue(actor: Actor | None) -> bool:
    """Say what is measured and what it means, choose the common set and make releases: the
    secretariat, and the installation itself.
    """
    return actor is not None and may_enter_all(actor)
