"""The people of the network with their teams and roles, for the secretariat."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.core import clock
from alliance.desk.selectors.desk import SOON
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.teams import sort_key
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
    """A membership that holds. `until` is its last day, None where it has no end."""

    organisation_id: str
    organisation: str
    role: str
    role_label: str
    until: dt.date | None


@dataclass(frozen=True)
class RoleHeld:
    """A role in the whole network. `ends_soon`: within thirty days."""

    role: str
    label: str
    since: dt.datetime
    until: dt.date | None
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


def _month(user: User) -> dt.date | None:
    return user.last_login.date().replace(day=1) if user.last_login else None


def _last_day(end: dt.datetime | None) -> dt.date | None:
    return None if end is None else clock.last_day(end)


def _role(grant: Grant, at: dt.datetime) -> RoleHeld:
    return RoleHeld(
        role=grant.role,
        label=str(NetworkRole(grant.role).label),
        since=grant.given_at,
        until=_last_day(grant.expires_at) if grant.ended_at is None else grant.ended_at.date(),
        ends_soon=grant.expires_at is not None and grant.expires_at <= at + SOON,
        reason=grant.reason,
    )


def _place(membership: Membership, language: str) -> PlaceInTeam:
    return PlaceInTeam(
        organisation_id=membership.organisation.public_id,
        organisation=local_name(membership.organisation, language),
        role=membership.role,
        role_label=str(TeamRole(membership.role).label),
        until=_last_day(membership.expires_at),
    )


def _line(
    user: User, teams: tuple[PlaceInTeam, ...] | list[PlaceInTeam], roles: list[RoleHeld]
) -> PersonLine:
    return PersonLine(
        public_id=user.public_id,
        name=user.name,
        email=user.email,
        teams=tuple(sorted(teams, key=lambda team: sort_key(team.organisation))),
        roles=tuple(roles),
        last_month=_month(user),
        is_active=user.is_active,
        is_demo=user.is_demo,
    )


@dataclass(frozen=True)
class _Brief:
    """As much of a person as searching and sorting ask for."""

    pk: int
    name: str
    email: str
    teams: tuple[tuple[str, str], ...]
    roles: frozenset[str]


def _everybody(language: str, at: dt.datetime) -> list[_Brief]:
    """Every account with the ids and names of its teams, and its roles. Three queries."""
    names: dict[str, str] = {}
    teams: dict[int, list[tuple[str, str]]] = defaultdict(list)
    members = Membership.objects.filter(in_force(at)).order_by()
    for user, public_id, *told in members.values_list(
        "user", "organisation__public_id", "organisation__name",
        f"organisation__name_{language}" if language != "en" else "organisation__name",
    ):  # fmt: skip
        name = names.setdefault(public_id, told[1] or told[0])
        teams[user].append((public_id, name))
    roles: dict[int, set[str]] = defaultdict(set)
    for user, role, until in Grant.objects.filter(in_force(at)).values_list(
        "user", "role", "expires_at"
    ):
        roles[user].add(role)
        if until is not None and until <= at + SOON:
            roles[user].add(ENDING)
    people = User.objects.order_by().values_list("pk", "name", "email")
    return [
        _Brief(pk, name, email, tuple(teams[pk]), frozenset(roles[pk]))
        for pk, name, email in people
    ]


def _is_wanted(person: _Brief, wanted: PeopleFilter, words: str) -> bool:
    if words and words not in sort_key(person.name) and words not in person.email.casefold():
        return False
    if wanted.organisation and all(key != wanted.organisation for key, _name in person.teams):
        return False
    if wanted.role == NO_TEAM:
        return not person.teams
    return not wanted.role or wanted.role in person.roles


def _lines(keys: list[int], language: str, at: dt.datetime) -> tuple[PersonLine, ...]:
    """The people of these keys, in their order. Three queries."""
    teams: dict[int, list[PlaceInTeam]] = defaultdict(list)
    members = Membership.objects.filter(in_force(at), user__in=keys)
    for membership in members.select_related("organisation"):
        teams[membership.user_id].append(_place(membership, language))
    roles: dict[int, list[RoleHeld]] = defaultdict(list)
    for grant in Grant.objects.filter(in_force(at), user__in=keys):
        roles[grant.user_id].append(_role(grant, at))
    users = User.objects.in_bulk(keys)
    return tuple(_line(users[key], teams[key], roles[key]) for key in keys if key in users)


def people_list(wanted: PeopleFilter, *, number: int, language: str, at: dt.datetime) -> PeopleList:
    """The page of that number. Six queries. Raises NotFound for a page that does not exist."""
    everybody, words = _everybody(language, at), sort_key(wanted.words)
    found = [person for person in everybody if _is_wanted(person, wanted, words)]
    found.sort(key=lambda person: (sort_key(person.name), person.email))
    if wanted.sort != "name":
        # By the first of somebody's teams; who is in none comes last.
        firsts = {
            person.pk: min((sort_key(name) for _public_id, name in person.teams), default="")
            for person in found
        }
        found.sort(key=lambda person: (not person.teams, firsts[person.pk]))
    page = page_of(Paginator([person.pk for person in found], PEOPLE_PER_PAGE), number)
    names = {key: name for person in everybody for key, name in person.teams}
    roles = [
        *((role.value, str(role.label)) for role in NetworkRole),
        (ENDING, _("a role that ends soon")),
        (NO_TEAM, _("in no team")),
    ]
    return PeopleList(
        lines=_lines(list(page.object_list), language, at),
        page=page,
        n=len(found),
        organisations=tuple(
            Option(key, name, key == wanted.organisation)
            for key, name in sorted(names.items(), key=lambda item: sort_key(item[1]))
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
