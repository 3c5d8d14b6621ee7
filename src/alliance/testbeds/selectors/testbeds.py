"""The directory of testbeds, and what the page of each shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet

from alliance.core.audit import Actor
from alliance.knowledge.selectors.paging import page_of
from alliance.network.enums import TeamRole
from alliance.network.localise import Localised, country_name, local_name, localised
from alliance.network.models import City, Organisation
from alliance.network.selectors.needs_offers import Coded, topic_of
from alliance.testbeds import rules as pilot_rules
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.enums import BookingState, PilotState, TestbedKind, TestbedState
from alliance.testbeds.models import Booking, Pilot, Testbed
from alliance.testbeds.slots import Month, Period, Span, coming, first_full, months, periods

PAGE_SIZE = 25
#: So many months of free slots are told.
N_MONTHS = 24


@dataclass(frozen=True)
class Wanted:
    """What the directory is filtered by; empty for everything. `city` is a public id."""

    topic: str = ""
    kind: str = ""
    country: str = ""
    city: str = ""
    free: Span | None = None


@dataclass(frozen=True)
class TestbedLine:
    """A testbed in a list. `capacity` is None where it is not recorded."""

    public_id: str
    title: Localised
    city_id: str
    city: str
    country: str
    kind: str
    topic: Coded | None
    capacity: int | None
    is_open: bool


@dataclass(frozen=True)
class TeamLine:
    """A team for which the reader may act."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Directory:
    """A page of testbeds, open ones first. `city` is its name where the list is filtered by one."""

    lines: tuple[TestbedLine, ...]
    page: Page[Any]
    city: str
    countries: tuple[tuple[str, str], ...]
    teams: tuple[TeamLine, ...]
    n_all: int


@dataclass(frozen=True)
class BookingLine:
    """A booking. `pilot_id` is empty where none is named or the reader may not know of it."""

    public_id: str
    title: Localised
    team_id: str
    team: str
    starts_on: dt.date
    ends_on: dt.date
    state: str
    state_label: str
    pilot_id: str
    pilot: Localised


@dataclass(frozen=True)
class TestbedPage:
    """One testbed. `free` and `months` are empty where the capacity is not recorded."""

    line: TestbedLine
    testbed: Testbed
    text: Localised
    lang_attr: str
    owner: str
    owner_id: str
    team: str
    team_id: str
    kind_label: str
    free: tuple[Period, ...]
    months: tuple[Month, ...]
    accepted: tuple[BookingLine, ...]
    waiting: tuple[BookingLine, ...]
    teams: tuple[TeamLine, ...]
    may_change: bool


def wanted_testbeds(wanted: Wanted) -> QuerySet[Testbed]:
    """The testbeds that fit, open ones first, those changed last first. Two queries for `free`."""
    rows = Testbed.objects.select_related("city", "organisation", "owner_organisation")
    if wanted.topic:
        rows = rows.filter(topic=wanted.topic)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.country:
        rows = rows.filter(city__country=wanted.country)
    if wanted.city:
        rows = rows.filter(city__public_id=wanted.city)
    if wanted.free is not None:
        rows = _with_slot(rows, wanted.free)
    return rows.order_by("-state", "-changed_at", "-pk")


def _with_slot(rows: QuerySet[Testbed], window: Span) -> QuerySet[Testbed]:
    """Open testbeds of known capacity with a slot free on each day of `window`."""
    touching = Q(
        bookings__state=BookingState.ACCEPTED,
        bookings__ends_on__gte=window.first,
        bookings__starts_on__lte=window.last,
    )
    rows = rows.filter(state=TestbedState.OPEN, capacity__isnull=False)
    # Fewer bookings than slots leave one free; of the others, each day has to be looked at.
    crowded = rows.annotate(n=Count("bookings", filter=touching)).filter(n__gte=F("capacity"))
    taken = Booking.objects.filter(
        state=BookingState.ACCEPTED, ends_on__gte=window.first, starts_on__lte=window.last
    )
    full = [
        one.pk
        for one in crowded.order_by().prefetch_related(
            Prefetch("bookings", taken, to_attr="taken")
        )
        if first_full(
            (Span(b.starts_on, b.ends_on) for b in one.taken), window, one.capacity or 0
        )
    ]  # fmt: skip
    return rows.exclude(pk__in=full)


def line_of_testbed(row: Testbed, language: str) -> TestbedLine:
    """The line of a testbed whose city is fetched."""
    return TestbedLine(
        public_id=row.public_id,
        title=localised(row.title, row.language, language),
        city_id=row.city.public_id,
        city=local_name(row.city, language),
        country=country_name(row.city.country, language),
        kind=str(TestbedKind(row.kind).label),
        topic=topic_of(row.topic),
        capacity=row.capacity,
        is_open=row.state == TestbedState.OPEN,
    )


def edited_teams(actor: Actor) -> list[Organisation]:
    """The organisations for which the actor speaks; no query for who is in no team."""
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    if not edited:
        return []
    rows = Organisation.objects.filter(public_id__in=edited).select_related("city")
    return [row for row in rows.order_by("name", "pk") if rules.may_speak_for(actor, row)]


def directory(actor: Actor, wanted: Wanted, *, number: int, language: str) -> Directory:
    """A page of the directory, at most nine queries. Raises NotFound for a page not there."""
    page = page_of(Paginator(wanted_testbeds(wanted), PAGE_SIZE), number)
    codes = Testbed.objects.order_by().values_list("city__country", flat=True).distinct()
    countries = [(code, country_name(code, language)) for code in codes]
    place = City.objects.filter(public_id=wanted.city).first() if wanted.city else None
    return Directory(
        lines=tuple(line_of_testbed(row, language) for row in page.object_list),
        page=page,
        city=local_name(place, language) if place else "",
        countries=tuple(sorted(countries, key=lambda one: one[1])),
        teams=tuple(
            TeamLine(row.public_id, local_name(row.city, language))
            for row in edited_teams(actor)
            if rules.may_keep_for(actor, row)
        ),
        n_all=Testbed.objects.count(),
    )


def booking_line(row: Booking, actor: Actor, language: str) -> BookingLine:
    """The line of a booking whose team and pilot are fetched."""
    pilot = row.pilot
    known = pilot is not None and pilot_rules.may_read_pilot(actor, pilot)
    return BookingLine(
        public_id=row.public_id,
        title=localised(row.title, row.language, language),
        team_id=row.organisation.public_id,
        team=local_name(row.organisation, language),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=row.state,
        state_label=str(BookingState(row.state).label),
        pilot_id=pilot.public_id if pilot is not None and known else "",
        pilot=localised(pilot.title, pilot.language, language)
        if pilot is not None and known
        else Localised(""),
    )


def open_bookings(testbed: Testbed, state: BookingState, today: dt.date) -> list[Booking]:
    """The bookings in a state whose last day is not over, with their teams and pilots."""
    rows = testbed.bookings.filter(state=state, ends_on__gte=today)
    found = list(rows.select_related("organisation", "pilot__organisation"))
    for row in found:
        row.testbed = testbed
    return found


def accepted_bookings(testbed: Testbed, today: dt.date) -> list[Booking]:
    """The trials that run or are to come."""
    return open_bookings(testbed, BookingState.ACCEPTED, today)


def free_periods(testbed: Testbed, accepted: list[Booking], today: dt.date) -> list[Period]:
    """The coming 24 months cut where the number of trials changes; none if nothing is known."""
    if testbed.capacity is None:
        return []
    spans = [Span(row.starts_on, row.ends_on) for row in accepted]
    return periods(spans, coming(today, N_MONTHS))


def page_of_testbed(testbed: Testbed, actor: Actor, language: str, today: dt.date) -> TestbedPage:
    """The page of a testbed from its door. At most five queries."""
    accepted = accepted_bookings(testbed, today)
    asked = open_bookings(testbed, BookingState.ASKED, today) if actor.is_known else []
    found = free_periods(testbed, accepted, today)
    owner = testbed.owner_organisation
    return TestbedPage(
        line=line_of_testbed(testbed, language),
        testbed=testbed,
        text=localised(testbed.text, testbed.language, language),
        lang_attr="" if testbed.language == language else testbed.language,
        owner=testbed.owner or (local_name(owner, language) if owner else ""),
        owner_id=owner.public_id if owner else "",
        team=local_name(testbed.organisation, language),
        team_id=testbed.organisation.public_id,
        kind_label=str(TestbedKind(testbed.kind).label),
        free=tuple(one for one in found if one.taken < (testbed.capacity or 0)),
        months=tuple(months(found, testbed.capacity or 0)),
        accepted=tuple(booking_line(row, actor, language) for row in accepted),
        waiting=tuple(
            booking_line(row, actor, language)
            for row in asked
            if rules.may_read_booking(actor, row)
        ),
        teams=tuple(
            TeamLine(row.public_id, local_name(row, language))
            for row in edited_teams(actor)
            if rules.may_ask(actor, row, testbed)
        ),
        may_change=rules.may_change(actor, testbed),
    )


def pilots_of(organisation: Organisation) -> list[tuple[str, str]]:
    """The ids and titles of a team's pilots that were not given up, the newest first."""
    rows = Pilot.objects.filter(organisation=organisation).exclude(state=PilotState.DROPPED)
    return list(rows.order_by("-pk").values_list("public_id", "title")[:100])


def bookings_of(pilot: Pilot, language: str) -> list[tuple[TestbedLine, Booking]]:
    """The testbeds in which a pilot runs: its accepted bookings, in the order of their days."""
    rows = pilot.bookings.filter(state=BookingState.ACCEPTED).select_related("testbed__city")
    return [(line_of_testbed(row.testbed, language), row) for row in rows]
