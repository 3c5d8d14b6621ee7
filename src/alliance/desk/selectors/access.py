"""Who may see the secretariat's desk. What others may not see looks like what is not there."""

from __future__ import annotations

from alliance.accounts import rules as account_rules
from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import User
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.knowledge import rules


def may_see_desk(actor: Actor) -> bool:
    """People of the secretariat, and whoever took the rights over every record for a while."""
    return actor.user is not None and rules.is_secretariat(actor)


def may_see_log(actor: Actor) -> bool:
    """Those who see the desk, and operators: they answer for what happens on the installation."""
    return may_see_desk(actor) or (actor.user is not None and NetworkRole.OPERATOR in actor.roles)


def open_desk(actor: Actor) -> None:
    """Raise NotFound unless the actor may see the desk."""
    if not may_see_desk(actor):
        raise NotFound("page", "desk")


def open_log(actor: Actor) -> None:
    """Raise NotFound unless the actor may read the audit log."""
    if not may_see_log(actor):
        raise NotFound("page", "desk/audit")


def get_person_for(actor: Actor, public_id: str) -> User:
    """The person of that id, for the secretariat. Raises NotFound, hidden or missing."""
    if not may_see_desk(actor):
        raise NotFound("person", public_id)
    return get_by_public_id(User.objects.all(), "person", public_id)


def open_roles(actor: Actor) -> None:
    """Raise NotFound unless the actor may give roles: rights taken for a while do not suffice."""
    if not may_see_desk(actor) or not account_rules.may_give_roles(actor):
        raise NotFound("page", "roles")
