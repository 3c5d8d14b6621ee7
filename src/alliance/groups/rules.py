"""Who reads, joins and writes in topic groups, and who settles an action item."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.groups.enums import GroupRole
from alliance.groups.models import ActionItem, GroupMember, Minutes, TopicGroup
from alliance.network import rules as network


def is_in_network(actor: Actor) -> bool:
    """Members of the network: everybody in a team, those with a role, and programs of a team."""
    return bool(actor.teams or actor.roles) or actor.elevated or actor.is_system


def may_join(actor: Actor, group: TopicGroup) -> bool:
    """Every person of the network, as long as the group works."""
    return network.is_signed_in(actor) and is_in_network(actor) and group.ended_at is None


def may_start(actor: Actor) -> bool:
    """Start a group and end it: the secretariat."""
    return network.is_secretariat(actor)


def leads(actor: Actor, group: TopicGroup | None) -> bool:
    """Whether the actor leads the group."""
    return group is not None and groups_led(actor).filter(group=group).exists()


def groups_led(actor: Actor) -> QuerySet[GroupMember]:
    """As whom the actor leads groups: for a team that she has left she no longer does."""
    teams = Q(organisation=None) | Q(organisation__public_id__in=list(actor.teams))
    user = actor.user.pk if actor.user else None
    return GroupMember.objects.filter(teams, user=user, role=GroupRole.LEAD)


def may_run(actor: Actor, group: TopicGroup) -> bool:
    """Change a group, what it delivers and who leads it: its leads, and the secretariat."""
    return network.is_secretariat(actor) or actor.is_system or leads(actor, group)


def may_read_minutes(actor: Actor, minutes: Minutes) -> bool:
    """Everybody where they are public, else the network."""
    return minutes.is_public or is_in_network(actor)


def may_write_minutes(actor: Actor, minutes: Minutes, *, is_lead: bool | None = None) -> bool:
    """The leads of the group, the editors of the team that held the meeting, the secretariat.

    `is_lead` where that is known already.
    """
    if actor.scopes is not None:
        return False
    team = minutes.organisation
    return (
        network.is_secretariat(actor)
        or actor.is_system
        or (team is not None and network.is_editor_of(actor, team))
        or (leads(actor, minutes.group) if is_lead is None else is_lead)
    )


def may_settle(actor: Actor, item: ActionItem, *, is_lead: bool | None = None) -> bool:
    """Say that it is done, or hand it over: its owner, the editors of its team, and those who write
    the minutes."""
    is_own = actor.user is not None and item.owner_id == actor.user.pk
    team = item.organisation
    is_for_team = item.owner_id is None and not item.had_owner and actor.scopes is None
    return (
        is_own
        or (team is not None and is_for_team and network.is_editor_of(actor, team))
        or may_write_minutes(actor, item.minutes, is_lead=is_lead)
    )
