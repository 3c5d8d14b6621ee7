"""The addresses that published records cite, which the worker checks and keeps what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from alliance.cases.enums import CaseStatus, Language
from alliance.cases.models import SolutionCost, SolutionText, Source, SourceCheck, StoredCopy
from alliance.cases.selectors.sources import is_elsewhere
from alliance.cases.selectors.teams import cases_of_teams, with_team
from alliance.core import rooms


@dataclass(frozen=True, kw_only=True)
class Citing:
    """A record that everybody may read, and an address that it cites.

    `route` and `args`: its page; `titles` by language; `source`: what it calls the source.
    `copy_route`: the page of a kept copy, which takes `args` and `position` (None: the number of
    the copy); empty where the record shows none. `team`: who can change it, by public id.
    """

    url: str
    route: str
    args: tuple[str | int, ...]
    titles: Mapping[str, str]
    source: str = ""
    copy_route: str = ""
    position: int | None = None
    team: str = ""

    def copy_href(self, copy: StoredCopy) -> str:
        """The address of the page of a copy."""
        number = copy.pk if self.position is None else self.position
        return reverse(self.copy_route, args=[*self.args, number]) if self.copy_route else ""


def addresses(among: Collection[str] | None = None) -> Iterable[str]:
    """Those of the sources of published cases, and of the costs of solutions. One query."""
    sources = Source.objects.filter(case__status=CaseStatus.PUBLISHED).exclude(url="")
    costs = SolutionCost.objects.filter(solution__withdrawn_at=None).exclude(source_url="")
    if among is not None:
        sources, costs = sources.filter(url__in=among), costs.filter(source_url__in=among)
    urls = sources.order_by().values_list("url", flat=True)
    return urls.union(costs.order_by().values_list("source_url", flat=True))


def citing(urls: Collection[str], teams: Collection[str] | None = None) -> Iterator[Citing]:
    """The published cases and the solutions that cite these addresses; with `teams`, what they can
    change alone, by public ids. Two queries."""
    cases = with_team(cases_of_teams(teams).filter(sources__url__in=urls))
    rows = cases.annotate(
        url=F("sources__url"), source=F("sources__title"), position=F("sources__position")
    ).filter(Q() if teams is None else Q(team__in=list(teams)))
    for row in rows.order_by("public_id", "position"):
        yield Citing(
            url=row.url,
            route="knowledge:case",
            args=(row.public_id,),
            titles=_titles(row, row.original_language),
            source=row.source,
            # A case that hides its city shows no copies.
            copy_route="" if row.is_masked else "knowledge:kept-copy",
            position=row.position,
            team=row.team or "",
        )
    if teams is not None:
        return
    costs = SolutionCost.objects.filter(solution__withdrawn_at=None, source_url__in=urls)
    names = SolutionText.objects.filter(solution=OuterRef("solution"))
    named = {
        f"title_{code}": Subquery(names.filter(language=code).values("name")[:1])
        for code in Language.values
    }
    for cost in costs.select_related("solution").annotate(**named).order_by("solution", "position"):
        yield Citing(
            url=cost.source_url,
            route="knowledge:solution",
            args=(cost.solution.public_id,),
            titles=_titles(cost, "en"),
            source=cost.source_title,
            copy_route="knowledge:cost-copy",
            position=cost.position,
        )


def _titles(row: Any, first: str) -> dict[str, str]:
    codes = (first, *Language.values)
    return {code: title for code in codes if (title := getattr(row, f"title_{code}"))}


def cited_addresses(among: Collection[str] | None = None) -> set[str]:
    """Those of this room, and of all rooms with a module `sources` whose `addresses` tells them;
    only those `among` these, if any are given."""
    cited = {address for room in rooms.modules("sources") for address in room.addresses(among)}
    return {
        address
        for address in cited
        if is_elsewhere(address) and (among is None or address in among)
    }


def gone() -> dict[str, SourceCheck]:
    """The addresses that failed on several nights, also those that no record cites. One query."""
    return SourceCheck.objects.filter(is_alive=False).in_bulk(field_name="url")


def all_citing(urls: Collection[str], teams: Collection[str] | None = None) -> list[Citing]:
    """What all rooms say of `citing`, and nothing where there are no addresses."""
    citations = (
        citation for room in rooms.modules("sources") for citation in room.citing(urls, teams)
    )
    return list(citations) if urls else []
