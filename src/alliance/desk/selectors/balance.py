"""Who gives and who takes: what each team brought in, and what it made of others' cases.

Nobody is ranked: the order is the alphabet's unless another column is chosen. A city of the network
without a team of its own has a line, too. Starter content was given by nobody and counts for none;
an adaptation of it does.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q

from alliance.knowledge.enums import CaseStatus, Outcome, ReviewState
from alliance.knowledge.models import CaseStudy, Draft, Question, Review
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.teams import Teams, all_teams, sort_key
from alliance.network.enums import Origin
from alliance.network.models import City

LINES_PER_PAGE = 50
#: The time that the first figure of each cell speaks of.
YEAR = dt.timedelta(days=365)
#: What is counted, in the order of the columns.
COUNTED = ("cases", "failures", "adapted", "adapting", "reviews", "answered", "unanswered")
NAME, SILENT = "name", "silent"

#: A line stands for an organisation, or for a city without one: its key, and which of the two.
Party = tuple[str, int]


@dataclass(frozen=True)
class Figures:
    """How often something happened: in the last twelve months, and in all."""

    year: int = 0
    all: int = 0


@dataclass(frozen=True)
class BalanceLine:
    """What one team gave and took. `silent_since` is the day of its last act, None for no act."""

    name: str
    href_kind: str
    public_id: str
    counts: dict[str, Figures]
    silent_since: dt.date | None

    @property
    def cells(self) -> tuple[Figures, ...]:
        """The counts in the order of the columns."""
        return tuple(self.counts[name] for name in COUNTED)


@dataclass(frozen=True)
class Balance:
    """A page of the table; `sort` is the column it is ordered by."""

    lines: tuple[BalanceLine, ...]
    page: Page[Any]
    sort: str


@dataclass(frozen=True)
class _Named:
    """A party with its name in the language of the page."""

    name: str
    public_id: str
    party: Party


@dataclass
class _Sums:
    """What is added up while rows are read."""

    year: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    all: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last: dt.datetime | None = None

    def add(self, name: str, year: int, every: int) -> None:
        self.year[name] += year
        self.all[name] += every

    def acted(self, at: dt.datetime | None) -> None:
        if at is not None and (self.last is None or at > self.last):
            self.last = at


class _Book:
    """The sums of every party, from a fixed number of queries that count in the database."""

    def __init__(self, teams: Teams, at: dt.datetime) -> None:
        self.teams = teams
        self.since = at - YEAR
        self.sums: dict[Party, _Sums] = defaultdict(_Sums)
        self._cases()
        self._adaptations()
        self._reviews()
        self._questions()
        self._drafts()

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
                self.sums[party].add("cases", year, every)
                self.sums[party].add("failures", failed_year, failed_all)
                self.sums[party].acted(last)

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
            # Who builds on a case of its own neither gives nor takes.
            if taker == giver:
                continue
            if taker is not None:
                self.sums[taker].add("adapting", year, every)
            if giver is not None:
                self.sums[giver].add("adapted", year, every)

    def _reviews(self) -> None:
        """Reviews count for the teams that the reviewer was in when judging."""
        place = "reviewer__memberships"
        given = F("given_at")
        rows = (
            Review.objects.filter(
                Q(**{f"{place}__ended_at": None}) | Q(**{f"{place}__ended_at__gt": given}),
                Q(**{f"{place}__expires_at": None}) | Q(**{f"{place}__expires_at__gt": given}),
                state__in=[ReviewState.APPROVED, ReviewState.CHANGES_ASKED],
                **{f"{place}__since__lte": given},
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
            sums = self.sums["organisation", team]
            sums.add("reviews", year, every)
            sums.acted(last)

    def _questions(self) -> None:
        asked, done = Q(asked_at__gte=self.since), Q(answered_at__isnull=False)
        rows = (
            Question.objects.filter(hidden_at=None, case__status=CaseStatus.PUBLISHED)
            .order_by()
            .values_list("case__owner", "case__city")
            .annotate(
                done_year=Count("pk", filter=done & Q(answered_at__gte=self.since)),
                done_all=Count("pk", filter=done),
                open_year=Count("pk", filter=~done & asked),
                open_all=Count("pk", filter=~done),
                latest=Max("answered_at"),
            )
        )
        for owner, city, answered_year, answered, open_year, open_all, last in rows:
            if (party := self._party(owner, city)) is not None:
                self.sums[party].add("answered", answered_year, answered)
                self.sums[party].add("unanswered", open_year, open_all)
                self.sums[party].acted(last)

    def _drafts(self) -> None:
        rows = Draft.objects.order_by().values_list("organisation").annotate(latest=Max("saved_at"))
        for team, last in rows:
            self.sums["organisation", team].acted(last)

    def parties(self, language: str) -> list[_Named]:
        """Every organisation, and every city that is a member or gave without a team of its own."""
        named = [
            _Named(team.name, team.public_id, ("organisation", team.pk))
            for team in self.teams.by_key.values()
        ]
        gave = [key for kind, key in self.sums if kind == "city"]
        cities = City.objects.filter(Q(is_member=True) | Q(pk__in=gave)).order_by()
        return named + [
            _Named(local_name(city, language), city.public_id, ("city", city.pk))
            for city in cities.only("public_id", "name", "name_fr", "name_sv")
            if city.pk not in self.teams.of_city
        ]

    def line(self, named: _Named) -> BalanceLine:
        """What one party gave and took."""
        sums = self.sums[named.party]
        return BalanceLine(
            name=named.name,
            href_kind=named.party[0],
            public_id=named.public_id,
            counts={one: Figures(sums.year[one], sums.all[one]) for one in COUNTED},
            silent_since=sums.last.date() if sums.last else None,
        )


def balance(*, sort: str, number: int, language: str, at: dt.datetime) -> Balance:
    """The page of that number, ordered by name, a count (most first) or the longest silence.

    Seven queries, however many cases there are. Raises NotFound for a page that does not exist.
    """
    book = _Book(all_teams(language), at)
    named = book.parties(language)
    named.sort(key=lambda one: (sort_key(one.name), one.public_id))
    chosen = sort if sort in {*COUNTED, SILENT} else NAME
    if chosen == SILENT:
        never = dt.datetime.min.replace(tzinfo=dt.UTC)
        named.sort(key=lambda one: book.sums[one.party].last or never)
    elif chosen != NAME:
        named.sort(
            key=lambda one: (-book.sums[one.party].year[chosen], -book.sums[one.party].all[chosen])
        )
    page = page_of(Paginator(named, LINES_PER_PAGE), number)
    return Balance(tuple(book.line(one) for one in page.object_list), page, chosen)
