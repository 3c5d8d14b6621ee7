"""Outdated content: cases past their review date, by team, and dead sources."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from alliance.accounts.enums import LinkPurpose
from alliance.accounts.models import OneTimeLink
from alliance.core.ids import get_by_public_id
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy, StoredCopy
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.teams import (
    all_teams,
    cases_without_team,
    of_team,
    sort_key,
)
from alliance.knowledge.services.freshness import ASK_BEFORE
from alliance.knowledge.sources import Citing, all_citing, gone
from alliance.network.access import in_force
from alliance.network.enums import TeamRole
from alliance.network.models import Membership, Organisation
from alliance.network.selectors.waiting import in_language
from alliance.web.paging import page_of

SOURCES_PER_PAGE = 50
CASES_PER_PAGE = 50
#: In place of a team for cases without one.
NO_TEAM = "none"


def _due(cases: QuerySet[CaseStudy], at: dt.datetime) -> QuerySet[CaseStudy]:
    return cases.filter(status=CaseStatus.PUBLISHED, review_by__lte=(at + ASK_BEFORE).date())


def _editors(at: dt.datetime) -> Counter[int]:
    """The number of editors of each organisation, by its key."""
    rows = Membership.objects.filter(in_force(at), user__is_active=True, role=TeamRole.EDITOR)
    return Counter(dict(rows.order_by().values_list("organisation").annotate(Count("pk"))))


def _teams(language: str, at: dt.datetime) -> tuple[list[dict[str, Any]], int]:
    """The teams with due cases, and the number of overdue cases without a team. Three queries.

    `since` is the oldest past date, None for none.
    """
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
    teams, editors = all_teams(), _editors(at)
    past: Counter[int | None] = Counter()
    soon: Counter[int | None] = Counter()
    since: dict[int | None, dt.date] = {}
    for owner, city, n, n_past, oldest in rows:
        team = teams.of_case(owner, city)
        past[team] += n_past
        soon[team] += n - n_past
        if oldest is not None:
            since[team] = min(oldest, since.get(team, oldest))
    lines: list[dict[str, Any]] = [
        {
            "team": teams.by_key[key],
            "n_past": past[key],
            "n_soon": soon[key],
            "since": since.get(key),
            "n_editors": editors[key],
        }
        for key in past
        if key is not None
    ]
    lines.sort(key=lambda line: sort_key(local_name(line["team"], language)))
    return lines, past[None]


def stale(*, number: int, language: str, at: dt.datetime) -> dict[str, Any]:
    """Teams with outdated cases by name, the number without a team, and a page of dead sources.

    Eight queries. Raises Http404 for a missing page.
    """
    teams, n_left = _teams(language, at)
    checks = gone()
    named: dict[str, dict[Any, Citing]] = defaultdict(dict)
    for record in all_citing(checks):
        named[record.url].setdefault((record.route, record.args), record)
    page = page_of(Paginator(sorted(named), SOURCES_PER_PAGE), number)
    copies = StoredCopy.objects.defer("text").in_bulk(page.object_list, field_name="url")
    sources = []
    for url in page.object_list:
        copy, records = copies.get(url), list(named[url].values())
        hrefs = [record.copy_href(copy) for record in records] if copy and copy.fetched_at else []
        sources.append(
            {
                "check": checks[url],
                "copy": copy,
                "copy_href": next(filter(None, hrefs), ""),
                "title": next((record.source for record in records if record.source), ""),
                "records": [
                    (in_language(record.titles, language), reverse(record.route, args=record.args))
                    for record in records
                ],
            }
        )
    return {"teams": teams, "n_left": n_left, "sources": sources, "page": page}


def stale_cases(team_id: str, *, number: int, at: dt.datetime) -> dict[str, Any]:
    """The due cases of a team, or without a team, the oldest first.

    `asked_at` is when the team of a case was last asked, None for never. At most six queries.
    Raises NotFound.
    """
    team = None
    if team_id == NO_TEAM:
        cases = cases_without_team()
    else:
        team = get_by_public_id(Organisation.objects.all(), "organisation", team_id)
        cases = CaseStudy.objects.filter(of_team(team))
    asked = (
        OneTimeLink.objects.filter(
            purpose=LinkPurpose.CONFIRM_RECORD, record_kind="case", record_id=OuterRef("public_id")
        )
        .order_by()
        .values("record_id")
        .annotate(last=Max("made_at"))
        .values("last")
    )
    rows = (
        _due(cases, at)
        .annotate(asked_at=Subquery(asked))
        .select_related("masked_city")
        .prefetch_related("texts")
        .order_by("review_by", "public_id")
    )
    return {
        "team": team,
        "page": page_of(Paginator(rows, CASES_PER_PAGE), number),
        "can_ask": team is not None and _editors(at)[team.pk] > 0,
        "today": at.date(),
    }
