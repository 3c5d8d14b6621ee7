"""Permissions on topic groups, minutes and action items."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.groups.enums import GroupRole
from alliance.groups.models import ActionItem, GroupMember, Minutes, TopicGroup
from alliance.network import rules as network


def is_in_network(actor: Actor) -> bool:
    """Whether the actor is in the network: in a team, with a role, or a team's token."""
    return bool(actor.teams or actor.roles) or actor.elevated or actor.is_system


def may_join(actor: Actor, group: TopicGroup) -> bool:
    """Join a group: every person of the network, as long as the group is active."""
    return network.is_signed_in(actor) and is_in_network(actor) and group.ended_at is None


def may_start(actor: Actor) -> bool:
    """Start a group and end it: the secretariat."""
    return network.is_secretariat(actor)


def leads(actor: Actor, group: TopicGroup | None) -> bool:
    """Whether the actor leads the group."""
    return group is not None and groups_led(actor).filter(group=group).exists()


def groups_led(actor: Actor) -> QuerySet[GroupMember]:
    """The actor's memberships as a lead, except for teams that she has left."""
    teams = Q(organisation=None) | Q(organisation__public_id__in=list(actor.teams))
    user = actor.user.pk if actor.user else None
    return GroupMember.objects.filter(teams, user=user, role=GroupRole.LEAD)


def may_run(actor: Actor, group: TopicGroup) -> bool:
    """Change a group, its deliverables and its leads: its leads, and the secretariat."""
    return network.is_secretariat(actor) or actor.is_system or leads(actor, group)


def may_read_minutes(actor: Actor, minutes: Minutes) -> bool:
    """Read minutes: everybody if they are public, else the network."""
    return minutes.is_public or is_in_network(actor)


def may_write_minutes(actor: Actor, minutes: Minutes, *, is_lead: bool | None = None) -> bool:
    """Write minutes: the leads of the group, the editors of the team that held the meeting, and the
    secretariat.

    `is_lead`: whether the actor leads the group, if known already.
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
    """Complete or reassign an action item: its owner, the editors of its team, and those who may
    write the minutes."""
    is_own = actor.user is not None and item.owner_id == actor.user.pk
    team = item.organisation
    is_for_team = item.owner_id is None and not item.had_owner and actor.scopes is None
    return (
        is_own
        or (team is not None and is_for_team and network.is_editor_of(actor, team))
        or may_write_minutes(actor, item.minutes, is_lead=is_lead)
    )
