"""The people of the network with their teams and roles, for the secretariat."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.cases.selectors.localise import local_name
from alliance.cases.selectors.teams import sort_key
from alliance.desk.selectors.desk import SOON
from alliance.network.access import in_force
from alliance.network.enums import TeamRole
from alliance.network.models import Membership
from alliance.web.paging import page_of

PEOPLE_PER_PAGE = 50
#: Additional filters beside the roles.
ENDING, NO_TEAM = "ending", "no-team"


@dataclass(frozen=True)
class PeopleFilter:
    """The filters of the list; empty means all. `sort` is "organisation" or "name"."""

    words: str = ""
    organisation: str = ""
    role: str = ""
    sort: str = "organisation"


def _with_places(keys: list[int], language: str, at: dt.datetime) -> list[Any]:
    """The people with these keys, in order, with their current `places` in teams and `roles`. Three
    queries."""
    members = Membership.objects.filter(in_force(at)).select_related("organisation")
    people: dict[int, Any] = User.objects.prefetch_related(
        Prefetch("memberships", queryset=members, to_attr="places"),
        Prefetch("grants", queryset=Grant.objects.filter(in_force(at)), to_attr="roles"),
    ).in_bulk(keys)
    for person in people.values():
        person.places.sort(
            key=lambda membership: sort_key(local_name(membership.organisation, language))
        )
    return [people[key] for key in keys if key in people]


@dataclass(frozen=True)
class _Brief:
    """The fields of a person for searching and sorting."""

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
    for user, public_id, *team_names in members.values_list(
        "user", "organisation__public_id", "organisation__name",
        f"organisation__name_{language}" if language != "en" else "organisation__name",
    ):  # fmt: skip
        name = names.setdefault(public_id, team_names[1] or team_names[0])
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


def people_list(
    wanted: PeopleFilter, *, number: int, language: str, at: dt.datetime
) -> dict[str, Any]:
    """A page of people, with the choices of its filters.

    Six queries. Raises Http404 for a missing page.
    """
    everybody, words = _everybody(language, at), sort_key(wanted.words)
    people = [person for person in everybody if _is_wanted(person, wanted, words)]
    people.sort(key=lambda person: (sort_key(person.name), person.email))
    if wanted.sort != "name":
        # By the first of a person's teams; people without a team come last.
        firsts = {
            person.pk: min((sort_key(name) for _public_id, name in person.teams), default="")
            for person in people
        }
        people.sort(key=lambda person: (not person.teams, firsts[person.pk]))
    page = page_of(Paginator([person.pk for person in people], PEOPLE_PER_PAGE), number)
    names = {key: name for person in everybody for key, name in person.teams}
    roles = [
        *((role.value, str(role.label)) for role in NetworkRole),
        (ENDING, _("role ending soon")),
        (NO_TEAM, _("not in a team")),
    ]
    return {
        "people": _with_places(list(page.object_list), language, at),
        "page": page,
        "organisations": sorted(names.items(), key=lambda item: sort_key(item[1])),
        "roles": roles,
        "wanted": wanted,
        "soon": at + SOON,
    }


def people_by_team(language: str, at: dt.datetime) -> dict[str, Any]:
    """The number of editors and members of each team, of people with a role in the network, and of
    those in no team without a role. Three queries."""
    own_name = "organisation__name" + ("" if language == "en" else f"_{language}")
    members = Membership.objects.filter(in_force(at), user__is_active=True).order_by()
    rows = members.values("organisation__public_id", "organisation__name", own_name).annotate(
        n_editors=Count("pk", filter=Q(role=TeamRole.EDITOR)),
        n_members=Count("pk", filter=~Q(role=TeamRole.EDITOR)),
    )
    teams = [
        {
            "public_id": row["organisation__public_id"],
            "name": row[own_name] or row["organisation__name"],
            "n_editors": row["n_editors"],
            "n_members": row["n_members"],
        }
        for row in rows
    ]
    holders = Grant.objects.filter(in_force(at), user__is_active=True).values("user")
    active = User.objects.filter(is_active=True)
    return {
        "teams": sorted(teams, key=lambda team: sort_key(team["name"])),
        "n_with_role": holders.distinct().count(),
        "n_alone": active.exclude(pk__in=members.values("user")).exclude(pk__in=holders).count(),
    }


def person_page(user: User, *, language: str, at: dt.datetime) -> dict[str, Any]:
    """A person whose permission was checked, with current and past roles.

    Four queries.
    """
    (person,) = _with_places([user.pk], language, at)
    grants = user.grants.select_related("given_by").order_by("-given_at", "-id")
    held = [grant for grant in grants if grant.holds(at)]
    taken = {grant.role for grant in held}
    return {
        "person": person,
        "held": held,
        "ended": [grant for grant in grants if not grant.holds(at)],
        "free_roles": [(role.value, role.label) for role in NetworkRole if role not in taken],
        "soon": at + SOON,
    }
