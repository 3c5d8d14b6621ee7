"""Which team answers for a case, for many cases at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from alliance.core.text import fold
from alliance.knowledge.models import CaseStudy
from alliance.network.enums import OrganisationKind
from alliance.network.models import Organisation


def sort_key(name: str) -> str:
    """What names are sorted and searched by: without accents and case."""
    return (name if name.isascii() else fold(name)).casefold()


@dataclass(frozen=True)
class Teams:
    """All organisations, and the municipality of each city that has one."""

    by_key: dict[int, Organisation]
    of_city: dict[int, int] = field(default_factory=dict)

    def of_case(self, owner: int | None, city: int | None) -> int | None:
        """The team of a case with that owner and city, as `rules.responsible_team` says it."""
        if owner is not None:
            return owner
        return self.of_city.get(city) if city is not None else None


def all_teams() -> Teams:
    """Every organisation, by name. One query."""
    rows = Organisation.objects.order_by("name", "pk").only(
        "public_id", "name", "name_fr", "name_sv", "kind", "city_id"
    )
    of_city: dict[int, int] = {}
    for row in rows:
        if row.kind == OrganisationKind.MUNICIPALITY and row.city_id is not None:
            of_city.setdefault(row.city_id, row.pk)
    return Teams({row.pk: row for row in rows}, of_city)


def has_team() -> Exists:
    """The condition on a case without an owner that its city's municipality takes part."""
    return Exists(
        Organisation.objects.filter(
            city=OuterRef("city"), kind=OrganisationKind.MUNICIPALITY
        ).order_by()
    )


def of_team(team: Organisation) -> Q:
    """The condition on cases that the team answers for, as `rules.responsible_team` says it."""
    if team.kind != OrganisationKind.MUNICIPALITY or team.city_id is None:
        return Q(owner=team)
    return Q(owner=team) | Q(owner=None, city=team.city_id, from_network="")


def cases_without_team() -> QuerySet[CaseStudy]:
    """The cases for which nobody answers."""
    return CaseStudy.objects.filter(~has_team(), owner=None)
