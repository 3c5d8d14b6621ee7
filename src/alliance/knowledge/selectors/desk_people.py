"""The people of the network with their teams and roles, for the secretariat."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.core.text import fold
from alliance.knowledge.selectors.desk import SOON
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.network.access import in_force
from alliance.network.enums import TeamRole
from alliance.network.models import Membership

PEOPLE_PER_PAGE = 50
#: Filters by role beside the roles themselves.
ENDING, NO_TEAM = "ending", "no-team"


@dataclass(frozen=True)
class PeopleFilter:
    """Whom to list; empty means all. `sort` is "organisation" or "name"."""

    words: str = ""
    organisation: str = ""
    role: str = ""
    sort: str = "organisation"


@dataclass(frozen=True)
class PlaceInTeam:
    """A membership that holds. `until` is None where it has no end."""

    organisation_id: str
    organisation: str
    role: str
    role_label: str
    until: dt.datetime | None


@dataclass(frozen=True)
class RoleHeld:
    """A role in the whole network. `ends_soon`: within thirty days."""

    role: str
    label: str
    since: dt.datetime
    until: dt.datetime | None
    ends_soon: bool
    reason: str = ""
    given_by: str = ""


@dataclass(frozen=True)
class PersonLine:
    """A person. `last_month` is the first day of the month of the last sign-in, None for none."""

    public_id: str
    name: str
    email: str
    teams: tuple[PlaceInTeam, ...]
    roles: tuple[RoleHeld, ...]
    last_month: dt.date | None
    is_active: bool
    is_demo: bool


@dataclass(frozen=True)
class Option:
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class PeopleList:
    """A page of people; `n` is how many there are in all that match."""

    lines: tuple[PersonLine, ...]
    page: Page[Any]
    n: int
    organisations: tuple[Option, ...]
    roles: tuple[Option, ...]
    filter: PeopleFilter


@dataclass(frozen=True)
class PersonPage:
    """One person, with the roles that hold and those that ended."""

    line: PersonLine
    language: str
    joined_at: dt.datetime
    ended: tuple[RoleHeld, ...]
    free_roles: tuple[tuple[str, str], ...]


def _key(text: str) -> str:
    return fold(text).casefold()


def _month(user: User) -> dt.date | None:
    return user.last_login.date().replace(day=1) if user.last_login else None


def _role(grant: Grant, at: dt.datetime) -> RoleHeld:
    return RoleHeld(
        role=grant.role,
        label=str(NetworkRole(grant.role).label),
        since=grant.given_at,
        until=grant.ended_at or grant.expires_at,
        ends_soon=grant.expires_at is not None and grant.expires_at <= at + SOON,
        reason=grant.reason,
    )


def _place(membership: Membership, language: str) -> PlaceInTeam:
    return PlaceInTeam(
        organisation_id=membership.organisation.public_id,
        organisation=local_name(membership.organisation, language),
        role=membership.role,
        role_label=str(TeamRole(membership.role).label),
        until=membership.expires_at,
    )


def _line(
    user: User, teams: tuple[PlaceInTeam, ...] | list[PlaceInTeam], roles: list[RoleHeld]
) -> PersonLine:
    return PersonLine(
        public_id=user.public_id,
        name=user.name,
        email=user.email,
        teams=tuple(sorted(teams, key=lambda team: _key(team.organisation))),
        roles=tuple(roles),
        last_month=_month(user),
        is_active=user.is_active,
        is_demo=user.is_demo,
    )


def _everybody(language: str, at: dt.datetime) -> list[PersonLine]:
    """Every account with teams and roles. Three queries."""
    teams: dict[int, list[PlaceInTeam]] = defaultdict(list)
    members = Membership.objects.filter(in_force(at)).select_related("organisation")
    for membership in members.only(
        "user_id", "role", "expires_at", "organisation__public_id", "organisation__name",
        "organisation__name_fr", "organisation__name_sv",
    ):  # fmt: skip
        teams[membership.user_id].append(_place(membership, language))
    roles: dict[int, list[RoleHeld]] = defaultdict(list)
    for grant in Grant.objects.filter(in_force(at)):
        roles[grant.user_id].append(_role(grant, at))
    users = User.objects.only("public_id", "name", "email", "last_login", "is_active", "is_demo")
    return [_line(user, teams[user.pk], roles[user.pk]) for user in users]


def _wanted(wanted: PeopleFilter) -> Callable[[PersonLine], bool]:
    words = _key(wanted.words)

    def is_wanted(line: PersonLine) -> bool:
        if words and words not in _key(line.name) and words not in line.email.casefold():
            return False
        if wanted.organisation and all(
            team.organisation_id != wanted.organisation for team in line.teams
        ):
            return False
        if wanted.role == ENDING:
            return any(role.ends_soon for role in line.roles)
        if wanted.role == NO_TEAM:
            return not line.teams
        return not wanted.role or any(role.role == wanted.role for role in line.roles)

    return is_wanted


def people_list(wanted: PeopleFilter, *, number: int, language: str, at: dt.datetime) -> PeopleList:
    """The page of that number. Three queries. Raises NotFound for a page that does not exist."""
    everybody = _everybody(language, at)
    found = list(filter(_wanted(wanted), everybody))
    if wanted.sort == "name":
        found.sort(key=lambda line: (_key(line.name), line.email))
    else:
        # Who is in no team comes last.
        found.sort(
            key=lambda line: (
                not line.teams,
                _key(line.teams[0].organisation) if line.teams else "",
                _key(line.name),
                line.email,
            )
        )
    page = page_of(Paginator(found, PEOPLE_PER_PAGE), number)
    names = {team.organisation_id: team.organisation for line in everybody for team in line.teams}
    roles = [
        *((role.value, str(role.label)) for role in NetworkRole),
        (ENDING, _("a role that ends soon")),
        (NO_TEAM, _("in no team")),
    ]
    return PeopleList(
        lines=tuple(page.object_list),
        page=page,
        n=len(found),
        organisations=tuple(
            Option(key, name, key == wanted.organisation)
            for key, name in sorted(names.items(), key=lambda item: _key(item[1]))
        ),
        roles=tuple(Option(value, label, value == wanted.role) for value, label in roles),
        filter=wanted,
    )


def person_page(user: User, *, language: str, at: dt.datetime) -> PersonPage:
    """One person who came through the door. Two queries."""
    members = Membership.objects.filter(in_force(at), user=user).select_related("organisation")
    grants = list(user.grants.select_related("given_by").order_by("-given_at", "-id"))
    held: list[RoleHeld] = []
    ended: list[RoleHeld] = []
    for grant in grants:
        one = _role(grant, at)
        one = RoleHeld(**{**vars(one), "given_by": grant.given_by.name if grant.given_by else ""})
        over = grant.ended_at is not None or (
            grant.expires_at is not None and grant.expires_at <= at
        )
        (ended if over else held).append(one)
    taken = {role.role for role in held}
    return PersonPage(
        line=_line(user, [_place(one, language) for one in members], held),
        language=user.language,
        joined_at=user.joined_at,
        ended=tuple(ended),
        free_roles=tuple(
            (role.value, str(role.label)) for role in NetworkRole if role.value not in taken
        ),
    )
