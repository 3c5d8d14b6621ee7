"""People with roles and teams for tests."""

from __future__ import annotations

import datetime as dt

from alliance.accounts.models import Grant, User
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.access import actor_for
from alliance.network.enums import OrganisationKind
from alliance.network.models import City, Membership, Organisation
from alliance.network.services import save_organisation
from tests.factories.kept_rows import laid

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
PASSWORD = "a long and quiet street"


@laid
def person(name: str, *roles: str, language: str = "en") -> User:
    """A person with roles in the whole network, whose address is made from the name."""
    user = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}@example.org", PASSWORD, name=name, language=language
    )
    for role in roles:
        Grant.objects.create(user=user, role=role, given_at=NOW)
    return user


@laid
def team(city: str, name: str = "") -> Organisation:
    """The municipality of a city that is there."""
    place = City.objects.get(public_id=city)
    return save_organisation(
        f"{city}-municipality",
        actor=COMMAND_LINE,
        at=NOW,
        name=name or f"City of {place.name}",
        kind=OrganisationKind.MUNICIPALITY,
        city=place,
        country=place.country,
    )


@laid
def join(user: User, organisation: Organisation, role: str = "editor") -> Membership:
    return Membership.objects.create(user=user, organisation=organisation, role=role, since=NOW)


def acting(user: User, at: dt.datetime = NOW) -> Actor:
    """The person with the rights of this moment."""
    return actor_for(user, at=at)
