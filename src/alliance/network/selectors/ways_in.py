"""How to get a permission that one lacks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from alliance.core.audit import Actor
from alliance.network.access import in_force, memberships_of
from alliance.network.enums import TeamRole
from alliance.network.models import Membership, Organisation


@dataclass(frozen=True)
class TeamToAsk:
    """A team that the reader is a member but not an editor of, and the names of its editors.

    `asked_at`: since when she asks to become an editor, None if she does not.
    """

    organisation: Organisation
    editors: tuple[str, ...]
    asked_at: dt.datetime | None


@dataclass(frozen=True)
class WaysIn:
    """What somebody without a permission can do: ask in `teams`, or join with an organisation."""

    teams: tuple[TeamToAsk, ...] = ()
    is_signed_in: bool = False
    writes: bool = False

    @property
    def joins(self) -> bool:
        """Whether the next step is to join, for those without a team."""
        return not self.teams and not self.writes


def ways_in(actor: Actor, *, at: dt.datetime) -> WaysIn:
    """What the actor can do to get permissions. No query for visitors and editors of all their
    teams, else two."""
    if actor.user is None:
        return WaysIn()
    roles = actor.teams.values()
    if TeamRole.MEMBER not in roles:
        return WaysIn(is_signed_in=True, writes=bool(actor.teams))
    mine = [
        membership
        for membership in memberships_of(actor.user, at)
        if membership.role == TeamRole.MEMBER
    ]
    editors = defaultdict(list)
    for team, name in Membership.objects.filter(
        in_force(at),
        organisation__in=[membership.organisation_id for membership in mine],
        role=TeamRole.EDITOR,
        user__is_active=True,
    ).values_list("organisation", "user__name"):
        editors[team].append(name)
    return WaysIn(
        tuple(
            TeamToAsk(
                membership.organisation,
                tuple(editors[membership.organisation_id]),
                membership.asked_editor_at,
            )
            for membership in mine
        ),
        is_signed_in=True,
        writes=TeamRole.EDITOR in roles,
    )
