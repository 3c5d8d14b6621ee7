"""What each city gave to others, took from them, and has not answered yet, as everybody may see it.

Nobody is ranked: cities stand by name. Counted is what is public alone: cases that hide their city,
and agreements that only one side agreed to, count for nobody. Starter content was given by nobody.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q, QuerySet

from alliance.knowledge.enums import CaseStatus, Outcome
from alliance.knowledge.models import CaseStudy, Question
from alliance.knowledge.selectors.localise import country_name, local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.teams import sort_key
from alliance.network.enums import NeedState, Origin
from alliance.network.models import (
    City,
    Need,
    NeedPriority,
    Offer,
    Partnership,
    PartnershipStep,
)

CITIES_PER_PAGE = 50
YEAR = dt.timedelta(days=365)
GIVEN = ("cases", "failures", "adapted", "answered", "offers", "helps")
TAKEN = ("adapting", "adopts", "needs_answered")
WAITING = ("unanswered", "needs_open", "steps_overdue")


@dataclass(frozen=True)
class Tallied:
    """How often something happened: in the last twelve months (None: not told apart), in all."""

    name: str
    year: int | None
    all: int


@dataclass(frozen=True)
class CityBalance:
    """What one city gave, took and has not answered; of each only what happened at all.

    `last_heard` is the day of the last public act, None where none is recorded.
    """

    city_id: str
    city: str
    country: str
    given: tuple[Tallied, ...]
    taken: tuple[Tallied, ...]
    waiting: tuple[Tallied, ...]
    last_heard: dt.date | None


@dataclass(frozen=True)
class GiveAndTake:
    """A page of the cities that are members, by name. `quiet_since`: who was not heard from since
    then is told so."""

    lines: tuple[CityBalance, ...]
    page: Page[Any]
    quiet_since: dt.date


@dataclass
class _Sums:
    year: dict[str, int]
    all: dict[str, int]
    last: dt.datetime | None = None

    def heard(self, at: dt.datetime | None) -> None:
        if at is not None and (self.last is None or at > self.last):
            self.last = at


class _Book:
    """The sums of the cities, from nine queries that count in the database."""

    def __init__(self, cities: Iterable[int], at: dt.datetime) -> None:
        self.keys = list(cities)
        self.since = at - YEAR
        self.today = at.date()
        self.sums: dict[int, _Sums] = defaultdict(lambda: _Sums(defaultdict(int), defaultdict(int)))
        self._cases()
        self._adaptations()
        self._questions()
        self._statements()
        self._agreements()

    def _count(self, rows: QuerySet[Any], city: str, moment: str, **conditions: Q) -> None:
        """Add up rows by city: all and those of the last year, and hear of the last one."""
        sums: dict[str, Any] = {"last_": Max(moment)}
        recent = Q(**{f"{moment}__gte": self.since})
        for name, condition in conditions.items():
            sums[f"year_{name}"] = Count("pk", filter=condition & recent)
            sums[f"all_{name}"] = Count("pk", filter=condition)
        found = rows.filter(**{f"{city}__in": self.keys}).order_by().values(city).annotate(**sums)
        for row in found:
            sum_of = self.sums[row[city]]
            sum_of.heard(row["last_"])
            for name in conditions:
                sum_of.year[name] += row[f"year_{name}"]
                sum_of.all[name] += row[f"all_{name}"]

    def _cases(self) -> None:
        rows = CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED, origin=Origin.MEMBERS, is_masked=False
        )
        self._count(
            rows, "city", "published_at", cases=Q(), failures=Q(outcome=Outcome.DID_NOT_WORK)
        )

    def _adaptations(self) -> None:
        """Who builds on a case of its own neither gives nor takes."""
        rows = CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED,
            origin=Origin.MEMBERS,
            is_masked=False,
            adapted_from__status=CaseStatus.PUBLISHED,
            adapted_from__is_masked=False,
        ).exclude(city=F("adapted_from__city"))
        self._count(rows, "city", "published_at", adapting=Q())
        # To be adapted is no act of one's own, so nothing is heard by it.
        recent = Q(published_at__gte=self.since)
        found = (
            rows.filter(adapted_from__city__in=self.keys)
            .order_by()
            .values_list("adapted_from__city")
            .annotate(year=Count("pk", filter=recent), every=Count("pk"))
        )
        for city, year, every in found:
            self.sums[city].year["adapted"] += year
            self.sums[city].all["adapted"] += every

    def _questions(self) -> None:
        rows = Question.objects.filter(
            hidden_at=None, case__status=CaseStatus.PUBLISHED, case__is_masked=False
        )
        done = Q(answered_at__isnull=False)
        self._count(rows, "case__city", "answered_at", answered=done, unanswered=~done)

    def _statements(self) -> None:
        self._count(
            Need.objects.all(),
            "city",
            "stated_at",
            needs_open=Q(state=NeedState.OPEN),
            needs_answered=Q(state=NeedState.ANSWERED),
        )
        self._count(Offer.objects.all(), "city", "stated_at", offers=Q())
        self._count(NeedPriority.objects.all(), "city", "given_at")

    def _agreements(self) -> None:
        rows = Partnership.objects.filter(first_agreed_at__isnull=False)
        self._count(rows, "source_city", "first_agreed_at", helps=Q())
        self._count(rows, "adopting_city", "first_agreed_at", adopts=Q())
        late = PartnershipStep.objects.filter(
            partnership__in=rows.filter(ended_at=None), done_at=None, due_on__lt=self.today
        )
        for side, city in (("source", "source_city"), ("adopter", "adopting_city")):
            found = late.filter(side__in=[side, "both"], **{f"partnership__{city}__in": self.keys})
            grouped = found.order_by().values_list(f"partnership__{city}").annotate(Count("pk"))
            for key, number in grouped:
                self.sums[key].all["steps_overdue"] += number

    def line(self, city: City, language: str) -> CityBalance:
        """What one city gave, took and has not answered."""
        sums = self.sums[city.pk]

        def of(names: tuple[str, ...], *, by_year: bool) -> tuple[Tallied, ...]:
            return tuple(
                Tallied(name, sums.year[name] if by_year else None, sums.all[name])
                for name in names
                if sums.all[name]
            )

        return CityBalance(
            city_id=city.public_id,
            city=local_name(city, language),
            country=country_name(city.country, language),
            given=of(GIVEN, by_year=True),
            taken=of(TAKEN, by_year=True),
            waiting=of(WAITING, by_year=False),
            last_heard=sums.last.date() if sums.last else None,
        )


def give_and_take(*, number: int, language: str, at: dt.datetime) -> GiveAndTake:
    """A page of the member cities by name, in thirteen queries. Raises NotFound."""
    names = City.objects.filter(is_member=True).order_by()
    ordered = sorted(
        names.only("public_id", "name", "name_fr", "name_sv"),
        key=lambda city: (sort_key(local_name(city, language)), city.public_id),
    )
    page = page_of(Paginator([city.pk for city in ordered], CITIES_PER_PAGE), number)
    keys = list(page.object_list)
    cities = City.objects.in_bulk(keys)
    book = _Book(keys, at)
    return GiveAndTake(
        lines=tuple(book.line(cities[key], language) for key in keys),
        page=page,
        quiet_since=(at - YEAR).date(),
    )


def city_balance(city: City, *, language: str, at: dt.datetime) -> CityBalance:
    """What one city gave, took and has not answered, member or not. Eleven queries."""
    return _Book([city.pk], at).line(city, language)
