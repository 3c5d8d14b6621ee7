"""Permissions on people's roles."""

from __future__ import annotations

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import Actor

MAY_ELEVATE = frozenset({NetworkRole.SECRETARIAT, NetworkRole.OPERATOR})


def may_give_roles(actor: Actor) -> bool:
    """Whether the actor is the secretariat or the installation itself; never a team's token."""
    return actor.is_system or (
        actor.user is not None and actor.scopes is None and NetworkRole.SECRETARIAT in actor.roles
    )


def may_elevate(actor: Actor) -> bool:
    """Take extended rights for half an hour: people of the secretariat and operators."""
    return actor.user is not None and actor.scopes is None and bool(MAY_ELEVATE & actor.roles)
