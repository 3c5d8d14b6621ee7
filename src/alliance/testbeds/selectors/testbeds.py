"""The directory of testbeds, and the page of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet

from alliance.core.audit import Actor
from alliance.network.enums import TeamRole
from alliance.network.localise import country_name
from alliance.network.models import City, Organisation
from alliance.testbeds import rules as pilot_rules
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.enums import BookingState, PilotState, TestbedState
from alliance.testbeds.models import Booking, Pilot, Testbed
from alliance.testbeds.slots import Period, Span, coming, first_full, months, periods
from alliance.web.paging import page_of

PAGE_SIZE = 25
#: Free slots are shown for so many months.
N_MONTHS = 24


@dataclass(frozen=True)
class Wanted:
    """The filters of the directory, empty for everything. `city` is a public id."""

    topic: str = ""
    kind: str = ""
    country: str = ""
    city: str = ""
    free: Span | None = None


def wanted_testbeds(wanted: Wanted) -> QuerySet[Testbed]:
    """The matching testbeds, open ones first, then by last change. Two queries for `free`."""
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
    # With fewer bookings than slots one is always free; the others are checked day by day.
    crowded = rows.annotate(n=Count("bookings", filter=touching)).filter(n__gte=F("capacity"))
    taken = Booking.objects.filter(
        state=BookingState.ACCEPTED, ends_on__gte=window.first, starts_on__lte=window.last
    )
    full = [
        testbed.pk
        for testbed in crowded.order_by().prefetch_related(
            Prefetch("bookings", taken, to_attr="taken")
        )
        if first_full(
            (Span(b.starts_on, b.ends_on) for b in testbed.taken), window, testbed.capacity or 0
        )
    ]  # fmt: skip
    return rows.exclude(pk__in=full)


def edited_teams(actor: Actor) -> list[Organisation]:
    """The organisations that the actor may speak for; no query for an actor without a team."""
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    if not edited:
        return []
    rows = Organisation.objects.filter(public_id__in=edited).select_related("city")
    return [row for row in rows.order_by("name", "pk") if rules.may_speak_for(actor, row)]


def directory(actor: Actor, wanted: Wanted, *, number: int, language: str) -> dict[str, Any]:
    """A page of the directory, at most nine queries. Raises Http404 for a missing page."""
    codes = Testbed.objects.order_by().values_list("city__country", flat=True).distinct()
    countries = [(code, country_name(code, language)) for code in codes]
    return {
        "page": page_of(Paginator(wanted_testbeds(wanted), PAGE_SIZE), number),
        "city": City.objects.filter(public_id=wanted.city).first() if wanted.city else None,
        "countries": sorted(countries, key=lambda country: country[1]),
        "teams": [row for row in edited_teams(actor) if rules.may_edit_for(actor, row)],
    }


def pilot_shown(booking: Booking, actor: Actor) -> Pilot | None:
    """The pilot of a booking; None if there is none or the reader may not see it."""
    pilot = booking.pilot
    return pilot if pilot is not None and pilot_rules.may_read_pilot(actor, pilot) else None


def open_bookings(testbed: Testbed, state: BookingState, today: dt.date) -> list[Booking]:
    """The unfinished bookings in a state, with their teams and pilots."""
    rows = testbed.bookings.filter(state=state, ends_on__gte=today)
    bookings = list(rows.select_related("organisation", "pilot__organisation"))
    for row in bookings:
        row.testbed = testbed
    return bookings


def accepted_bookings(testbed: Testbed, today: dt.date) -> list[Booking]:
    """The running and future trials."""
    return open_bookings(testbed, BookingState.ACCEPTED, today)


def free_periods(testbed: Testbed, accepted: list[Booking], today: dt.date) -> list[Period]:
    """The coming 24 months split where the number of trials changes; empty without a capacity."""
    if testbed.capacity is None:
        return []
    spans = [Span(row.starts_on, row.ends_on) for row in accepted]
    return periods(spans, coming(today, N_MONTHS))


def page_of_testbed(testbed: Testbed, actor: Actor, today: dt.date) -> dict[str, Any]:
    """The context of the page of a testbed. At most five queries.

    `free` and `months` are empty if the capacity is not recorded.
    """
    accepted = accepted_bookings(testbed, today)
    asked = open_bookings(testbed, BookingState.ASKED, today) if actor.is_known else []
    waiting = [row for row in asked if rules.may_read_booking(actor, row)]
    timeline = free_periods(testbed, accepted, today)
    return {
        "testbed": testbed,
        "free": [period for period in timeline if period.taken < (testbed.capacity or 0)],
        "months": months(timeline, testbed.capacity or 0),
        "accepted": [(row, pilot_shown(row, actor)) for row in accepted],
        "waiting": [(row, pilot_shown(row, actor)) for row in waiting],
        "teams": [row for row in edited_teams(actor) if rules.may_ask(actor, row, testbed)],
        "may_change": rules.may_change(actor, testbed),
    }


def pilots_of(organisation: Organisation) -> list[tuple[str, str]]:
    """The ids and titles of a team's pilots that were not dropped, newest first."""
    rows = Pilot.objects.filter(organisation=organisation).exclude(state=PilotState.DROPPED)
    return list(rows.order_by("-pk").values_list("public_id", "title")[:100])


def bookings_of(pilot: Pilot) -> list[Booking]:
    """The accepted bookings of a pilot with their testbeds, in order of date."""
    rows = pilot.bookings.filter(state=BookingState.ACCEPTED)
    return list(rows.select_related("testbed__city"))
