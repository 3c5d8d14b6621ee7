"""Permissions on the secretariat's dashboard. Hidden looks like missing."""

from __future__ import annotations

from alliance.accounts import rules as account_rules
from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import User
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.knowledge import rules


def may_see_desk(actor: Actor) -> bool:
    """People of the secretariat, and those with temporary elevated rights, may see the
    dashboard."""
    return actor.user is not None and rules.is_secretariat(actor)


def may_see_log(actor: Actor) -> bool:
    """Those who may see the dashboard, and operators, who are responsible for the installation, may
    see the log."""
    return may_see_desk(actor) or (actor.user is not None and NetworkRole.OPERATOR in actor.roles)


def open_desk(actor: Actor) -> None:
    """Raises NotFound unless the actor may see the dashboard."""
    if not may_see_desk(actor):
        raise NotFound("page", "desk")


def open_log(actor: Actor) -> None:
    """Raises NotFound unless the actor may read the audit log."""
    if not may_see_log(actor):
        raise NotFound("page", "desk/audit")


def get_person_for(actor: Actor, public_id: str) -> User:
    """The person with this id, for the secretariat. Raises NotFound, hidden or missing."""
    if not may_see_desk(actor):
        raise NotFound("person", public_id)
    return get_by_public_id(User.objects.all(), "person", public_id)


def open_roles(actor: Actor) -> None:
    """Raises NotFound unless the actor may give roles, for which elevated rights are not enough."""
    if not may_see_desk(actor) or not account_rules.may_give_roles(actor):
        raise NotFound("page", "roles")
