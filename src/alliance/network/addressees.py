"""The recipients of emails to a team."""

from __future__ import annotations

import datetime as dt

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.network.access import in_force
from alliance.network.enums import TeamRole
from alliance.network.models import Membership, Organisation


def editors_of(team: Organisation, *, at: dt.datetime) -> list[User]:
    """The editors of a team at `at`."""
    members = Membership.objects.filter(
        in_force(at), organisation=team, role=TeamRole.EDITOR, user__is_active=True
    )
    return [member.user for member in members.select_related("user").order_by("user_id")]


def with_role(role: NetworkRole, *, at: dt.datetime) -> list[User]:
    """The people with a network-wide role at `at`."""
    grants = Grant.objects.filter(in_force(at), role=role, user__is_active=True)
    return [grant.user for grant in grants.select_related("user").order_by("user_id")]


def secretariat(*, at: dt.datetime) -> list[User]:
    """The people of the secretariat at `at`."""
    return with_role(NetworkRole.SECRETARIAT, at=at)


def editors_or_secretariat(team: Organisation, *, at: dt.datetime) -> tuple[list[User], bool]:
    """The editors of a team and True, or the secretariat and False if there are none."""
    editors = editors_of(team, at=at)
    return (editors, True) if editors else (secretariat(at=at), False)
