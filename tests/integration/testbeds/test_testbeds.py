"""Testbeds and their slots: who may, what is refused, and what is free when."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from alliance.core.audit import VISITOR
from alliance.core.errors import Fault, InvalidData, NotAllowed, NotFound
from alliance.core.models import AuditEvent
from alliance.network.models import Organisation
from alliance.testbeds import models
from alliance.testbeds.enums import BookingState
from alliance.testbeds.selectors.access import get_booking_for, get_testbed_for
from alliance.testbeds.selectors.pilots import pilot_page
from alliance.testbeds.selectors.testbeds import Wanted, page_of_testbed, wanted_testbeds
from alliance.testbeds.services import bookings, testbeds
from alliance.testbeds.services.testbeds import DatasetData, PermitData
from alliance.testbeds.slots import Span
from tests.factories.people import NOW, acting, join, person
from tests.factories.pilots import lay_pilots, planned, registered
from tests.factories.testbeds import WORDS, answer, ask, business, make_testbed

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def day(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def keeper():
    return lay_pilots()


@pytest.fixture
def firm(keeper):
    """The editor of a business."""
    one = person("Frida Firm")
    join(one, business())
    return acting(one)


@pytest.fixture
def company(firm) -> Organisation:
    return Organisation.objects.get(public_id="umea-business")


@pytest.fixture
def lund() -> Organisation:
    return Organisation.objects.get(public_id="lund-municipality")


@pytest.fixture
def street(keeper, lund):
    return make_testbed(lund, keeper)


def faults(call) -> dict[str, Fault]:
    with pytest.raises(InvalidData) as caught:
        call()
    return {fault.where: fault for fault in caught.value.faults}


def days_in(fault: Fault) -> tuple[dt.date, dt.date]:
    return fault.params["first"], fault.params["last"]


def test_a_testbed_is_described_once_and_is_in_the_trail(street, keeper, lund):
    assert make_testbed(lund, keeper).pk == street.pk
    assert [row.name for row in street.permits.all()] == ["Use of the street", "Power"]
    assert street.data.get().since == dt.date(2020, 1, 1)
    assert street.city.public_id == "lund"
    event = AuditEvent.objects.get(kind="testbed", public_id=street.public_id)
    assert event.verb == "create"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"text": "<b>no</b>"}, "text"),
        ({"language": "de"}, "language"),
        ({"kind": "moon"}, "kind"),
        ({"topic": "sport"}, "topic"),
        ({"place": ""}, "place"),
        ({"latitude": 91.0}, "latitude"),
        ({"longitude": -180.5}, "longitude"),
        ({"latitude": None}, "latitude"),
        ({"longitude": None}, "longitude"),
        ({"latitude": float("nan")}, "latitude"),
        ({"owner": " "}, "owner"),
        ({"owner_organisation": "nobody"}, "owner_organisation"),
        ({"owner_organisation": "not an id"}, "owner_organisation"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 201}, "capacity"),
        ({"conditions": "x" * 2_001}, "conditions"),
        ({"permits": (PermitData("A"), PermitData("", "Police"))}, "permits[1].name"),
        ({"permits": (PermitData("A", state="yes"),)}, "permits[0].state"),
        ({"permits": (PermitData("A", days=-1),)}, "permits[0].days"),
        ({"permits": (PermitData("A"),) * 21}, "permits"),
        ({"data": (DatasetData("A", url="http://example.org"),)}, "data[0].url"),
        ({"data": (DatasetData("A", url="https://me:pw@example.org/"),)}, "data[0].url"),
        ({"data": (DatasetData("A", url="javascript:alert(1)"),)}, "data[0].url"),
        ({"data": (DatasetData("", url="https://example.org"),)}, "data[0].what"),
    ],
)
def test_what_breaks_a_rule_is_named_and_nothing_is_written(keeper, lund, changes, where):
    assert where in faults(lambda: make_testbed(lund, keeper, **changes))
    assert not models.Testbed.objects.exists()


def test_the_owner_can_be_an_organisation_of_the_network(keeper, lund, company):
    made = make_testbed(lund, keeper, owner="", owner_organisation=company.public_id)
    assert page_of_testbed(made, keeper, TODAY)["testbed"].owner_organisation == company


def test_only_a_municipality_or_university_keeps_testbeds(firm, company, lund, street):
    for one in (company, lund):
        with pytest.raises(NotAllowed):
            make_testbed(one, firm, title="Another")
    with pytest.raises(NotAllowed):
        testbeds.change_testbed(street, WORDS, actor=firm, at=NOW)
    with pytest.raises(NotAllowed):
        testbeds.set_testbed_state(street, state="closed", reason="No.", actor=firm, at=NOW)


def test_the_same_words_change_nothing_and_others_leave_a_trace(street, keeper):
    testbeds.change_testbed(street, WORDS, actor=keeper, at=NOW)
    assert AuditEvent.objects.filter(kind="testbed").count() == 1
    testbeds.change_testbed(street, replace(WORDS, permits=(), cost="Free"), actor=keeper, at=NOW)
    event = AuditEvent.objects.filter(kind="testbed").latest("pk")
    assert event.details["changed"] == ["cost", "permits"]
    assert not street.permits.exists()


def test_a_closed_testbed_says_why_and_takes_no_trial(street, keeper, firm, company):
    asked = ask(street, company, firm)
    closing = {"actor": keeper, "at": NOW, "state": "closed"}
    assert "reason" in faults(lambda: testbeds.set_testbed_state(street, reason="", **closing))
    shut = testbeds.set_testbed_state(street, reason="Roadworks.", **closing)
    with pytest.raises(NotAllowed):
        ask(shut, company, firm, 40, 50)
    with pytest.raises(NotAllowed):
        answer(asked, keeper)
    opened = testbeds.set_testbed_state(shut, state="open", reason="", actor=keeper, at=NOW)
    assert opened.closed_because == ""
    assert answer(asked, keeper).state == BookingState.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": ""}, "title"),
        ({"language": "xx"}, "language"),
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": None}, "ends_on"),
        ({"starts_on": day(-1)}, "starts_on"),
        ({"starts_on": day(21)}, "ends_on"),
        ({"ends_on": day(1_200)}, "ends_on"),
        ({"pilot": "none"}, "pilot"),
        ({"pilot": "no id"}, "pilot"),
    ],
)
def test_a_slot_that_breaks_a_rule_is_refused(street, firm, company, changes, where):
    assert where in faults(lambda: ask(street, company, firm, **changes))
    assert not models.Booking.objects.exists()


def test_a_pilot_of_another_team_is_refused(street, firm, company, keeper):
    pilot = planned(keeper)
    assert "pilot" in faults(lambda: ask(street, company, firm, pilot=pilot.public_id))


def test_asked_twice_is_there_once_and_takes_no_slot(street, firm, company, keeper):
    first = ask(street, company, firm)
    assert ask(street, company, firm).pk == first.pk
    page = page_of_testbed(street, firm, TODAY)
    assert [one.public_id for one, _pilot in page["waiting"]] == [first.public_id]
    assert [one.taken for one in page["free"]] == [0]


def test_a_full_period_is_named_when_asked_and_when_accepted(street, firm, company, keeper):
    waiting = ask(street, company, firm, 15, 40, title="Later")
    answer(ask(street, company, firm, 10, 20), keeper)
    said = faults(lambda: answer(waiting, keeper))["starts_on"]
    assert days_in(said) == (day(15), day(20))
    said = faults(lambda: ask(street, company, firm, 20, 20, title="One day"))["starts_on"]
    assert days_in(said) == (day(20), day(20))
    assert ask(street, company, firm, 21, 30, title="The day after").pk
    waiting.refresh_from_db()
    assert waiting.state == BookingState.ASKED


def test_capacity_is_not_set_below_what_is_accepted(keeper, firm, company, lund):
    wide = make_testbed(lund, keeper, capacity=2)
    for title in ("One", "Two"):
        answer(ask(wide, company, firm, title=title), keeper)
    narrow = replace(WORDS, capacity=1)
    said = faults(lambda: testbeds.change_testbed(wide, narrow, actor=keeper, at=NOW))["capacity"]
    assert days_in(said) == (day(10), day(20))
    later = NOW + dt.timedelta(days=21)
    assert testbeds.change_testbed(wide, narrow, actor=keeper, at=later).capacity == 1


def test_of_an_unknown_capacity_nothing_free_is_told(keeper, firm, company, lund):
    unknown = make_testbed(lund, keeper, capacity=None)
    for title in ("One", "Two"):
        answer(ask(unknown, company, firm, title=title), keeper)
    page = page_of_testbed(unknown, keeper, TODAY)
    assert (page["free"], page["months"]) == ([], [])
    assert len(page["accepted"]) == 2
    assert not wanted_testbeds(Wanted(free=Span(day(100), day(101)))).exists()


def test_free_periods_and_months_are_derived(street, keeper, firm, company):
    answer(ask(street, company, firm, 10, 20), keeper)
    page = page_of_testbed(street, keeper, TODAY)
    assert [(one.first, one.last) for one in page["free"]] == [
        (TODAY, day(9)),
        (day(21), dt.date(2028, 10, 31)),
    ]
    assert len(page["months"]) == 24
    # From 24 November on: December is full on some days.
    assert [(one.least, one.most) for one in page["months"][:3]] == [(1, 1), (0, 1), (1, 1)]


def test_the_directory_keeps_what_is_free_on_each_day(street, keeper, firm, company, lund):
    answer(ask(street, company, firm, 10, 20), keeper)
    wide = make_testbed(lund, keeper, title="Wide", capacity=2)
    answer(ask(wide, company, firm, 10, 14, title="A"), keeper)
    answer(ask(wide, company, firm, 15, 20, title="B"), keeper)

    def found(first: int, last: int) -> set[str]:
        return {one.title for one in wanted_testbeds(Wanted(free=Span(day(first), day(last))))}

    assert found(9, 10) == {"Wide"}
    assert found(10, 20) == {"Wide"}
    assert found(21, 30) == {"Wide", WORDS.title}
    testbeds.set_testbed_state(wide, state="closed", reason="Ice.", actor=keeper, at=NOW)
    assert found(10, 20) == set()


def test_what_was_accepted_can_be_declined_with_the_reason(street, keeper, firm, company):
    slot = answer(ask(street, company, firm), keeper)
    assert "reason" in faults(lambda: answer(slot, keeper, "declined"))
    assert "state" in faults(lambda: answer(slot, keeper, "withdrawn"))
    assert answer(slot, keeper, "declined", reason="Roadworks.").reason == "Roadworks."
    with pytest.raises(NotAllowed):
        answer(slot, keeper)
    assert answer(ask(street, company, firm, title="Other"), keeper).state == "accepted"


def test_each_side_does_its_own_part(street, keeper, firm, company):
    slot = ask(street, company, firm)
    with pytest.raises(NotAllowed):
        answer(slot, firm)
    with pytest.raises(NotAllowed):
        bookings.withdraw_booking(slot, actor=keeper, at=NOW)
    with pytest.raises(NotAllowed):
        bookings.name_pilot(slot, pilot="", actor=keeper, at=NOW)
    with pytest.raises(NotAllowed):
        ask(street, company, keeper)
    bookings.withdraw_booking(slot, actor=firm, at=NOW)
    with pytest.raises(NotAllowed):
        answer(slot, keeper)
    with pytest.raises(NotAllowed):
        answer(ask(street, company, firm), keeper, at=NOW + dt.timedelta(days=30))


def test_a_booking_is_hidden_until_accepted(street, keeper, firm, company):
    slot = ask(street, company, firm)
    reader = acting(person("Rita Reader"))
    for other in (VISITOR, reader):
        with pytest.raises(NotFound):
            get_booking_for(other, get_testbed_for(other, street.public_id), slot.public_id)
        assert page_of_testbed(street, other, TODAY)["waiting"] == []
    answer(slot, keeper)
    assert get_booking_for(VISITOR, street, slot.public_id).pk == slot.pk


def test_a_pilot_and_its_testbed_name_each_other(street, keeper, lund):
    pilot = planned(keeper, title="Not public yet")
    slot = answer(ask(street, lund, keeper, pilot=pilot.public_id), keeper)
    assert page_of_testbed(street, VISITOR, TODAY)["accepted"][0][1] is None
    assert page_of_testbed(street, keeper, TODAY)["accepted"][0][1] == pilot
    public = registered(keeper, at=NOW, title="Registered", starts_on="2026-12-01")
    bookings.name_pilot(slot, pilot=public.public_id, actor=keeper, at=NOW)
    found = page_of_testbed(street, VISITOR, TODAY)["accepted"][0][1]
    assert found is not None and found.title == "Registered"
    page = pilot_page(public, VISITOR, "en", TODAY)
    assert [one.testbed.public_id for one in page.bookings] == [street.public_id]


def test_letters_go_to_the_other_side(
    street, keeper, firm, company, run_jobs, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        slot = ask(street, company, firm)
        answer(slot, keeper, "declined", reason="No power there.")
        bookings.withdraw_booking(ask(street, company, firm, title="B"), actor=firm, at=NOW)
    run_jobs()
    assert [one.to for one in mailoutbox] == [
        ["eva.editor@example.org"],
        ["frida.firm@example.org"],
        ["eva.editor@example.org"],
        ["eva.editor@example.org"],
    ]
    asked, declined, _again, withdrawn = mailoutbox
    assert f"/en/testbeds/{street.public_id}/bookings/{slot.public_id}/" in asked.body
    assert "No power there." in declined.body
    assert "has cancelled a slot at “" in withdrawn.subject


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 91.0},
        {"longitude": None},
        {"capacity": 0},
        {"owner": ""},
        {"state": "closed"},
    ],
)
def test_the_database_refuses_a_wrong_testbed(street, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Testbed.objects.filter(pk=street.pk).update(**change)


def test_the_database_refuses_a_wrong_booking(street, firm, company):
    slot = ask(street, company, firm)
    for change in (
        {"ends_on": day(9)},
        {"state": "declined", "answered_at": NOW},
        {"state": "accepted"},
        {"state": "withdrawn"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Booking.objects.filter(pk=slot.pk).update(**change)
    slot.pk, slot.public_id = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        slot.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_bookings_for_the_last_slot_one_is_accepted(street, keeper, firm, company):
    waiting = [ask(street, company, firm, title=f"Trial {n}") for n in range(4)]
    start = threading.Barrier(len(waiting))
    said: list[str] = []

    def attempt(slot: models.Booking) -> None:
        try:
            start.wait(20)
            said.append(answer(slot, keeper).state)
        except InvalidData as error:
            said.append(error.faults[0].where)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(slot,)) for slot in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["accepted", "starts_on", "starts_on", "starts_on"]
    assert models.Booking.objects.filter(state=BookingState.ACCEPTED).count() == 1
