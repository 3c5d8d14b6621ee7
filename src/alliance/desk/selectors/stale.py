"""What is out of date: cases past their date of review, by team, and sources that are gone."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, Q, QuerySet

from alliance.accounts.enums import LinkPurpose
from alliance.accounts.models import OneTimeLink
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.desk.selectors.desk import dead_addresses
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy, Source, SourceCheck
from alliance.knowledge.selectors.lines import Told
from alliance.knowledge.selectors.localise import local_name, local_place, pick
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.teams import (
    all_teams,
    cases_without_team,
    of_team,
    sort_key,
)
from alliance.knowledge.services.freshness import ASK_BEFORE
from alliance.network.access import in_force
from alliance.network.enums import TeamRole
from alliance.network.models import Membership, Organisation

SOURCES_PER_PAGE = 50
CASES_PER_PAGE = 50
#: Of the cases that name a dead source so many are linked.
MOST_CASES = 3
#: What stands in the place of a team for cases that have none.
NO_TEAM = "none"


@dataclass(frozen=True)
class StaleTeam:
    """A team whose cases are due. `since` is the oldest date that has passed, None for none."""

    public_id: str
    name: str
    n_past: int
    n_soon: int
    since: dt.date | None
    n_editors: int


@dataclass(frozen=True)
class DeadSource:
    """An address that is gone. `last_alive_at` is None where it was never seen alive."""

    url: str
    title: str
    fault: str
    status_code: int | None
    last_alive_at: dt.datetime | None
    cases: tuple[tuple[str, Told], ...]
    n_cases: int


@dataclass(frozen=True)
class Stale:
    """The page: teams by name, what nobody answers for, and a page of dead sources."""

    teams: tuple[StaleTeam, ...]
    n_left: int
    sources: tuple[DeadSource, ...]
    page: Page[Any]
    n_sources: int


@dataclass(frozen=True)
class StaleCase:
    """A case that is due. `asked_at` is when its team was last asked, None for never.

    `place` tells the city also where it is hidden from readers.
    """

    public_id: str
    title: Told
    place: str
    is_masked: bool
    review_by: dt.date | None
    asked_at: dt.datetime | None


@dataclass(frozen=True)
class StaleCases:
    """The cases of one team, or of none, that are due; `team` is None for none."""

    team: Organisation | None
    name: str
    cases: tuple[StaleCase, ...]
    page: Page[Any]
    can_ask: bool


def _due(cases: QuerySet[CaseStudy], at: dt.datetime) -> QuerySet[CaseStudy]:
    return cases.filter(status=CaseStatus.PUBLISHED, review_by__lte=(at + ASK_BEFORE).date())


def _editors(at: dt.datetime) -> Counter[int]:
    """How many editors each organisation has, by its key."""
    rows = Membership.objects.filter(in_force(at), user__is_active=True, role=TeamRole.EDITOR)
    return Counter(dict(rows.order_by().values_list("organisation").annotate(Count("pk"))))


def _teams(language: str, at: dt.datetime) -> tuple[tuple[StaleTeam, ...], int]:
    """The teams with cases that are due, and how many past cases have none. Three queries."""
    is_past = Q(review_by__lt=at.date())
    rows = (
        _due(CaseStudy.objects.all(), at)
        .order_by()
        .values_list("owner", "city")
        .annotate(
            n=Count("pk"),
            past=Count("pk", filter=is_past),
            since=Min("review_by", filter=is_past),
        )
    )
    teams, editors = all_teams(language), _editors(at)
    past: Counter[int | None] = Counter()
    soon: Counter[int | None] = Counter()
    since: dict[int | None, dt.date] = {}
    for owner, city, n, n_past, oldest in rows:
        team = teams.of_case(owner, city)
        past[team] += n_past
        soon[team] += n - n_past
        if oldest is not None:
            since[team] = min(oldest, since.get(team, oldest))
    lines = [
        StaleTeam(
            teams.by_key[key].public_id,
            teams.by_key[key].name,
            past[key],
            soon[key],
            since.get(key),
            editors[key],
        )
        for key in past
        if key is not None
    ]
    lines.sort(key=lambda line: sort_key(line.name))
    return tuple(lines), past[None]


def stale(*, number: int, language: str, at: dt.datetime) -> Stale:
    """What is out of date, with page `number` of the dead sources. Seven queries.

    Raises NotFound for a page that does not exist.
    """
    teams, n_left = _teams(language, at)
    page = page_of(Paginator(dead_addresses(), SOURCES_PER_PAGE), number)
    urls = list(page.object_list)
    checks = {check.url: check for check in SourceCheck.objects.filter(url__in=urls)}
    named: dict[str, list[Source]] = defaultdict(list)
    rows = (
        Source.objects.filter(url__in=urls, case__status=CaseStatus.PUBLISHED)
        .select_related("case")
        .prefetch_related("case__texts")
        .order_by("case__public_id", "position")
    )
    for source in rows:
        named[source.url].append(source)
    return Stale(
        teams=teams,
        n_left=n_left,
        sources=tuple(_source(checks[url], named[url], language) for url in urls if url in checks),
        page=page,
        n_sources=page.paginator.count,
    )


def _source(check: SourceCheck, rows: list[Source], language: str) -> DeadSource:
    cases = {source.case.public_id: source.case for source in rows}
    shown = list(cases.items())[:MOST_CASES]
    return DeadSource(
        url=check.url,
        title=rows[0].title if rows else "",
        fault=check.fault,
        status_code=check.status_code,
        last_alive_at=check.last_alive_at,
        cases=tuple((public_id, _title(case, language)) for public_id, case in shown),
        n_cases=len(cases),
    )


def _title(case: CaseStudy, language: str) -> Told:
    text = pick(case.texts.all(), language, case.original_language)
    return Told(text.text.title, text.foreign)


def stale_cases(team_id: str, *, number: int, language: str, at: dt.datetime) -> StaleCases:
    """The cases of a team that are due, the oldest first. At most six queries. Raises NotFound."""
    team = None
    if team_id == NO_TEAM:
        cases = cases_without_team()
    else:
        if PUBLIC_ID.match(team_id):
            team = Organisation.objects.filter(public_id=team_id).first()
        if team is None:
            raise NotFound("organisation", team_id)
        cases = CaseStudy.objects.filter(of_team(team))
    rows = (
        _due(cases, at)
        .select_related("masked_city")
        .prefetch_related("texts")
        .order_by("review_by", "public_id")
    )
    page = page_of(Paginator(rows, CASES_PER_PAGE), number)
    found = list(page.object_list)
    links = OneTimeLink.objects.filter(
        purpose=LinkPurpose.CONFIRM_RECORD,
        record_kind="case",
        record_id__in=[case.public_id for case in found],
    )
    asked = dict(links.order_by().values_list("record_id").annotate(Max("made_at")))
    return StaleCases(
        team=team,
        name=local_name(team, language) if team is not None else "",
        cases=tuple(
            StaleCase(
                public_id=case.public_id,
                title=_title(case, language),
                place=local_name(case.masked_city, language)
                if case.masked_city is not None
                else local_place(case, language),
                is_masked=case.is_masked,
                review_by=case.review_by,
                asked_at=asked.get(case.public_id),
            )
            for case in found
        ),
        page=page,
        can_ask=team is not None and _editors(at)[team.pk] > 0,
    )
