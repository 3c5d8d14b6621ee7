"""Testbeds and slots for tests. All of them are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.enums import OrganisationKind
from alliance.network.models import City, Organisation
from alliance.network.services import save_organisation
from alliance.testbeds.models import Booking, Testbed
from alliance.testbeds.services import bookings, testbeds
from alliance.testbeds.services.testbeds import DatasetData, PermitData, TestbedInput
from tests.factories.people import NOW

DAY = dt.timedelta(days=1)
WORDS = TestbedInput(
    title="A street that can be closed",
    text="Two blocks with shops, a tram stop and measured air. Not for heavy vehicles.",
    language="en",
    kind="street",
    place="Stora Södergatan 1–40",
    owner="City of Lund",
    topic="innovation-gateways",
    latitude=55.7,
    longitude=13.19,
    capacity=1,
    conditions="Open to buses at all times.",
    permits=(PermitData("Use of the street", "Police", "to-ask", 30), PermitData("Power")),
    data=(
        DatasetData("Traffic", "hourly", dt.date(2020, 1, 1), "https://data.example.org/t", "CC0"),
    ),
)


def make_testbed(
    team: Organisation, actor: Actor, *, at: dt.datetime = NOW, **changes: Any
) -> Testbed:
    """A testbed of the team's city, with `changes` to `WORDS`."""
    words = dataclasses.replace(WORDS, **changes)
    return testbeds.describe_testbed(team, words, actor=actor, at=at)


def ask(
    testbed: Testbed, team: Organisation, actor: Actor, first: int = 10, last: int = 20, *,
    at: dt.datetime = NOW, **changes: Any,
) -> Booking:  # fmt: skip
    """A slot asked for, from so many days after `at` to so many."""
    given: dict[str, Any] = {
        "title": "Quiet sweepers",
        "language": "en",
        "starts_on": at.date() + first * DAY,
        "ends_on": at.date() + last * DAY,
        **changes,
    }
    return bookings.ask_for_slot(testbed, team, **given, actor=actor, at=at)


def answer(
    booking: Booking, actor: Actor, state: str = "accepted", *, at: dt.datetime = NOW,
    reason: str = "",
) -> Booking:  # fmt: skip
    """The booking with what the testbed's team said."""
    return bookings.answer_booking(booking, state=state, reason=reason, actor=actor, at=at)


def business(city: str = "umea", name: str = "Sweepers AB") -> Organisation:
    """A business of a city that is there."""
    place = City.objects.get(public_id=city)
    return save_organisation(
        f"{city}-business",
        actor=COMMAND_LINE,
        at=NOW,
        name=name,
        kind=OrganisationKind.BUSINESS,
        city=place,
        country=place.country,
    )


def make_example_testbed() -> None:
    """A testbed of a made-up city with a trial, for the examples of the API."""
    keeper = Organisation.objects.get(public_id="exampleby-municipality")
    other = Organisation.objects.get(public_id="exempleville-municipality")
    by, asking = (
        Actor(f"editor of {one}", teams={one.public_id: "editor"}) for one in (keeper, other)
    )
    testbed = make_testbed(keeper, by)
    booking = answer(ask(testbed, other, asking), by)
    Testbed.objects.filter(pk=testbed.pk).update(public_id="example-testbed")
    Booking.objects.filter(pk=booking.pk).update(public_id="example-booking")
