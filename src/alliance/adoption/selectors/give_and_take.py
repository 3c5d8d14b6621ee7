"""What each city gave to others, took from them, and has not answered yet, as the public sees it.

Cities are listed by name, without ranking. Only public records count: cases that hide their city,
and agreements that only one side accepted, count for nobody. Starter content has no giver.

Relations between two cities, adaptations and answers to needs, come from the derived relations. A
case, offer, answer or need of one city is no relation; and the date and overdue tasks of an
agreement change over time and are in separate columns. Each of these is counted by one grouped
query.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)  # fmt: skip

from alliance.adoption.enums import Kind, Relation
from alliance.adoption.models import Adoption, AdoptionStep, Tie
from alliance.knowledge.enums import CaseStatus, Outcome
from alliance.knowledge.models import CaseStudy, Question
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.teams import sort_key
from alliance.network.enums import NeedState, Origin
from alliance.network.models import (
    City,
    Need,
    NeedPriority,
    Offer,
)
from alliance.network.selectors.needs_offers import of_cities
from alliance.web.paging import page_of

CITIES_PER_PAGE = 50
YEAR = dt.timedelta(days=365)
CONTRIBUTED = ("cases", "failures", "adapted", "answered", "offers", "helps", "needs_of_others")
TAKEN = ("adapting", "adopts", "needs_answered")
WAITING = ("unanswered", "needs_open", "steps_overdue")


class _Book:
    """The sums of the cities, from nine aggregate queries."""

    def __init__(self, cities: Iterable[int], at: dt.datetime) -> None:
        self.keys = list(cities)
        self.since = at - YEAR
        self.today = at.date()
        self.year: dict[int, Counter[str]] = defaultdict(Counter)
        self.all: dict[int, Counter[str]] = defaultdict(Counter)
        self.last: dict[int, dt.date] = {}
        self._cases()
        self._adaptations()
        self._answers()
        self._questions()
        self._statements()
        self._adoptions()

    def _count(
        self,
        rows: QuerySet[Any],
        city: str,
        moment: str,
        *,
        of: str = "pk",
        heard: bool = True,
        **conditions: Q,
    ) -> None:
        """Adds up rows by city, each `of` once: all and those of the last year; and the date of the
        latest one. `moment` is its column of time or date.
        """
        sums: dict[str, Any] = {"last_": Max(moment)}
        since = self.since.date() if moment == "day" else self.since
        recent = Q(**{f"{moment}__gte": since})
        for name, condition in conditions.items():
            sums[f"year_{name}"] = Count(of, filter=condition & recent, distinct=True)
            sums[f"all_{name}"] = Count(of, filter=condition, distinct=True)
        grouped = rows.filter(**{f"{city}__in": self.keys}).order_by().values(city).annotate(**sums)
        for row in grouped:
            key, last = row[city], row["last_"]
            if heard and last is not None:
                last = last.date() if isinstance(last, dt.datetime) else last
                self.last[key] = max(last, self.last.get(key, last))
            for name in conditions:
                self.year[key][name] += row[f"year_{name}"]
                self.all[key][name] += row[f"all_{name}"]

    def _cases(self) -> None:
        rows = CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED, origin=Origin.MEMBERS, is_masked=False
        )
        self._count(
            rows, "city", "published_at", cases=Q(), failures=Q(outcome=Outcome.DID_NOT_WORK)
        )

    def _adaptations(self) -> None:
        """A city that adapts its own case neither gives nor takes."""
        member_cases = CaseStudy.objects.filter(
            origin=Origin.MEMBERS, public_id=OuterRef("first_id")
        )
        rows = Tie.objects.filter(
            Exists(member_cases), relation=Relation.ADAPTED_FROM, is_public=True
        )
        rows = rows.filter(second__city__isnull=False).exclude(first__city=F("second__city"))
        self._count(rows, "first__city", "day", adapting=Q())
        # Being adapted is not an activity of the city.
        self._count(rows, "second__city", "day", heard=False, adapted=Q())

    def _answers(self) -> None:
        """Distinct needs of others that the city helped to answer, by an adoption or a stated
        link."""
        helper = Case(
            When(second_kind=Kind.AGREEMENT, then=F("second__partner")), default=F("second__city")
        )
        rows = Tie.objects.filter(relation=Relation.ANSWERED_BY, is_public=True)
        rows = rows.annotate(helper=helper).exclude(first__city=F("helper"))
        self._count(rows, "helper", "day", of="first_id", heard=False, needs_of_others=Q())

    def _questions(self) -> None:
        rows = Question.objects.about(status=CaseStatus.PUBLISHED, is_masked=False)
        city = CaseStudy.objects.filter(public_id=OuterRef("record_id")).values("city")
        done = Q(answer__isnull=False)
        rows = rows.annotate(city=Subquery(city))
        self._count(rows, "city", "answer__at", answered=done, unanswered=~done)

    def _statements(self) -> None:
        self._count(
            Need.objects.all(),
            "city",
            "stated_at",
            needs_open=Q(state=NeedState.OPEN),
            needs_answered=Q(state=NeedState.ANSWERED),
        )
        self._count(of_cities(Offer.objects.all()), "city", "stated_at", offers=Q())
        self._count(NeedPriority.objects.all(), "city", "given_at")

    def _adoptions(self) -> None:
        rows = Adoption.objects.filter(first_agreed_at__isnull=False)
        self._count(rows, "source_city", "first_agreed_at", helps=Q())
        self._count(rows, "adopting_city", "first_agreed_at", adopts=Q())
        late = AdoptionStep.objects.filter(
            adoption__in=rows.filter(ended_at=None), done_at=None, due_on__lt=self.today
        )
        for side, city in (("source", "source_city"), ("adopter", "adopting_city")):
            overdue = late.filter(side__in=[side, "both"], **{f"adoption__{city}__in": self.keys})
            grouped = overdue.order_by().values_list(f"adoption__{city}").annotate(Count("pk"))
            for key, number in grouped:
                self.all[key]["steps_overdue"] += number

    def line(self, city: City) -> dict[str, Any]:
        """What a city gave, took and has not answered, without zero counts.

        Each with the count of the last twelve months (None: unknown) and the total. `last_heard` is
        the date of the last public activity, None without any.
        """
        year, every, last = self.year[city.pk], self.all[city.pk], self.last.get(city.pk)
        return {
            "city": city,
            "given": [(name, year[name], every[name]) for name in CONTRIBUTED if every[name]],
            "taken": [(name, year[name], every[name]) for name in TAKEN if every[name]],
            "waiting": [(name, None, every[name]) for name in WAITING if every[name]],
            "last_heard": last,
        }


def give_and_take(*, number: int, language: str, at: dt.datetime) -> dict[str, Any]:
    """A page of the member cities by name, in thirteen queries. Raises Http404.

    `quiet_since`: cities without activity since then are marked.
    """
    names = City.objects.filter(is_member=True).order_by()
    ordered = sorted(
        names.only("public_id", "name", "name_fr", "name_sv"),
        key=lambda city: (sort_key(local_name(city, language)), city.public_id),
    )
    page = page_of(Paginator([city.pk for city in ordered], CITIES_PER_PAGE), number)
    keys = list(page.object_list)
    cities = City.objects.in_bulk(keys)
    book = _Book(keys, at)
    return {
        "lines": [book.line(cities[key]) for key in keys],
        "page": page,
        "quiet_since": (at - YEAR).date(),
    }


def city_balance(city: City, *, at: dt.datetime) -> dict[str, Any]:
    """What a city gave, took and has not answered, member or not. Eleven queries."""
    return _Book([city.pk], at).line(city)
