"""What each team contributed, and what it adopted from others' cases.

Without ranking: the order is alphabetical unless another column is chosen. A city of the network
without its own team has a line, too. Starter content has no author and does not count; an
adaptation of it does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Max, OuterRef, Q, Subquery

from alliance.cases.enums import CaseStatus, Outcome, ReviewState
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import local_name
from alliance.cases.selectors.teams import Teams, all_teams, sort_key
from alliance.network.enums import Origin
from alliance.network.models import City
from alliance.web.paging import page_of
from alliance.writing.models import Draft, Question, Review

LINES_PER_PAGE = 50
#: The period of the first figure of each cell.
YEAR = dt.timedelta(days=365)
#: The counts, in the order of the columns.
COUNTED = ("cases", "failures", "adapted", "adapting", "reviews", "answered", "unanswered")
NAME, SILENT = "name", "silent"

#: The party of a line, an organisation or a city without one: its kind and key.
Party = tuple[str, int]


class _Book:
    """The sums of every party, from a fixed number of aggregate queries."""

    def __init__(self, teams: Teams, at: dt.datetime) -> None:
        self.teams = teams
        self.since = at - YEAR
        self.year: dict[Party, Counter[str]] = defaultdict(Counter)
        self.all: dict[Party, Counter[str]] = defaultdict(Counter)
        self.last: dict[Party, dt.datetime] = {}
        self._cases()
        self._adaptations()
        self._reviews()
        self._questions()
        self._drafts()

    def _add(self, party: Party, name: str, year: int, every: int) -> None:
        self.year[party][name] += year
        self.all[party][name] += every

    def _acted(self, party: Party, at: dt.datetime | None) -> None:
        if at is not None:
            self.last[party] = max(at, self.last.get(party, at))

    def _party(self, owner: int | None, city: int | None) -> Party | None:
        team = self.teams.of_case(owner, city)
        if team is not None:
            return "organisation", team
        return ("city", city) if city is not None else None

    def _cases(self) -> None:
        of_year = Q(published_at__gte=self.since)
        failed = Q(outcome=Outcome.DID_NOT_WORK)
        rows = (
            CaseStudy.objects.filter(status=CaseStatus.PUBLISHED, origin=Origin.MEMBERS)
            .order_by()
            .values_list("owner", "city")
            .annotate(
                n_year=Count("pk", filter=of_year),
                n_all=Count("pk"),
                failed_year=Count("pk", filter=of_year & failed),
                failed_all=Count("pk", filter=failed),
                latest=Max("published_at"),
            )
        )
        for owner, city, year, every, failed_year, failed_all, last in rows:
            if (party := self._party(owner, city)) is not None:
                self._add(party, "cases", year, every)
                self._add(party, "failures", failed_year, failed_all)
                self._acted(party, last)

    def _adaptations(self) -> None:
        rows = (
            CaseStudy.objects.filter(
                status=CaseStatus.PUBLISHED, origin=Origin.MEMBERS, adapted_from__isnull=False
            )
            .order_by()
            .values_list("owner", "city", "adapted_from__owner", "adapted_from__city")
            .annotate(n_year=Count("pk", filter=Q(published_at__gte=self.since)), n_all=Count("pk"))
        )
        for owner, city, source_owner, source_city, year, every in rows:
            taker, giver = self._party(owner, city), self._party(source_owner, source_city)
            # A party that adapts its own case neither gives nor takes.
            if taker == giver:
                continue
            if taker is not None:
                self._add(taker, "adapting", year, every)
            if giver is not None:
                self._add(giver, "adapted", year, every)

    def _reviews(self) -> None:
        """Counts reviews for the teams of the reviewer at that time."""
        place = "reviewer__memberships"
        given_at = F("given_at")
        rows = (
            Review.objects.filter(
                Q(**{f"{place}__ended_at": None}) | Q(**{f"{place}__ended_at__gt": given_at}),
                Q(**{f"{place}__expires_at": None}) | Q(**{f"{place}__expires_at__gt": given_at}),
                state__in=[ReviewState.APPROVED, ReviewState.CHANGES_ASKED],
                **{f"{place}__since__lte": given_at},
            )
            .order_by()
            .values_list(f"{place}__organisation")
            .annotate(
                n_year=Count("pk", distinct=True, filter=Q(given_at__gte=self.since)),
                n_all=Count("pk", distinct=True),
                latest=Max("given_at"),
            )
        )
        for team, year, every, last in rows:
            self._add(("organisation", team), "reviews", year, every)
            self._acted(("organisation", team), last)

    def _questions(self) -> None:
        asked, done = Q(at__gte=self.since), Q(answer__isnull=False)
        case = CaseStudy.objects.filter(public_id=OuterRef("record_id"))
        rows = (
            Question.objects.about(status=CaseStatus.PUBLISHED)
            .annotate(owner=Subquery(case.values("owner")), city=Subquery(case.values("city")))
            .order_by()
            .values_list("owner", "city")
            .annotate(
                done_year=Count("pk", filter=done & Q(answer__at__gte=self.since)),
                done_all=Count("pk", filter=done),
                open_year=Count("pk", filter=~done & asked),
                open_all=Count("pk", filter=~done),
                latest=Max("answer__at"),
            )
        )
        for owner, city, answered_year, answered, open_year, open_all, last in rows:
            if (party := self._party(owner, city)) is not None:
                self._add(party, "answered", answered_year, answered)
                self._add(party, "unanswered", open_year, open_all)
                self._acted(party, last)

    def _drafts(self) -> None:
        rows = Draft.objects.order_by().values_list("organisation").annotate(latest=Max("saved_at"))
        for team, last in rows:
            self._acted(("organisation", team), last)

    def lines(self, language: str) -> list[dict[str, Any]]:
        """Every organisation, and every city that is a member or contributed without its own team.

        `cells` has the count of each of `COUNTED`, in the last twelve months and in total; `last`
        is the time of the last activity, None without any.
        """
        parties = [
            ("organisation", team.pk, team.public_id, local_name(team, language))
            for team in self.teams.by_key.values()
        ]
        gave = [key for kind, key in {**self.all, **self.last} if kind == "city"]
        cities = City.objects.filter(Q(is_member=True) | Q(pk__in=gave)).order_by()
        parties += [
            ("city", city.pk, city.public_id, local_name(city, language))
            for city in cities.only("public_id", "name", "name_fr", "name_sv")
            if city.pk not in self.teams.of_city
        ]
        return [
            {
                "kind": kind,
                "public_id": public_id,
                "name": name,
                "cells": [(self.year[kind, key][act], self.all[kind, key][act]) for act in COUNTED],
                "last": self.last.get((kind, key)),
            }
            for kind, key, public_id, name in parties
        ]


def balance(*, sort: str, number: int, language: str, at: dt.datetime) -> dict[str, Any]:
    """A page of those who gave or took, ordered by name, a count (largest first) or the longest
    silence, with `n_silent`, how many have not started.

    Seven queries, however many cases there are. Raises Http404 for a missing page.
    """
    every = _Book(all_teams(), at).lines(language)
    lines = [line for line in every if line["last"] or any(map(any, line["cells"]))]
    lines.sort(key=lambda line: (sort_key(line["name"]), line["public_id"]))
    chosen = sort if sort in {*COUNTED, SILENT} else NAME
    if chosen == SILENT:
        never = dt.datetime.min.replace(tzinfo=dt.UTC)
        lines.sort(key=lambda line: line["last"] or never)
    elif chosen != NAME:
        lines.sort(key=lambda line: line["cells"][COUNTED.index(chosen)], reverse=True)
    return {
        "page": page_of(Paginator(lines, LINES_PER_PAGE), number),
        "n_silent": len(every) - len(lines),
        "sort": chosen,
        "at": at,
    }
