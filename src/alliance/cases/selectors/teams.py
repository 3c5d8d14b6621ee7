"""Which team answers for a case, for many cases at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from alliance.cases.enums import CaseStatus, Language
from alliance.cases.models import CaseStudy, CaseText
from alliance.core.text import fold
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


def with_team(rows: QuerySet[CaseStudy]) -> QuerySet[Any]:
    """Cases with their titles, and the id of the team that answers for each."""
    municipality = Organisation.objects.filter(
        city=OuterRef("city"), kind=OrganisationKind.MUNICIPALITY
    ).order_by("name", "pk")
    texts = CaseText.objects.filter(case=OuterRef("pk"))
    titles = {
        f"title_{code}": Subquery(texts.filter(language=code).values("title")[:1])
        for code in Language.values
    }
    return rows.annotate(
        team=Coalesce("owner__public_id", Subquery(municipality.values("public_id")[:1])),
        **titles,
    )


def cases_of_teams(ids: Collection[str] | None) -> QuerySet[CaseStudy]:
    """Published cases that the teams may answer for: theirs, or of their city and without an owner,
    so that the database need not find the team of every case there is; for None, all."""
    cases = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)
    if ids is None:
        return cases
    teams = Organisation.objects.filter(public_id__in=list(ids))
    cities = teams.filter(kind=OrganisationKind.MUNICIPALITY, city__isnull=False)
    return cases.filter(Q(owner__in=teams) | Q(owner=None, city__in=cities.values("city")))
