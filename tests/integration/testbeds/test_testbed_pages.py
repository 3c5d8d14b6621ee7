"""The pages of testbeds: from an empty form to an accepted slot, in three languages."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core import clock
from alliance.network.models import Organisation
from alliance.testbeds import models
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person
from tests.factories.pilots import lay_pilots
from tests.factories.testbeds import answer, ask, business, make_testbed
from tests.factories.writing import fields_on

pytestmark = pytest.mark.django_db
FORM = {
    "title": "A square", "text": "Even ground.", "language": "en", "kind": "street",
    "place": "Stortorget", "latitude": "55.7", "longitude": "13,19", "owner": "Lund",
    "capacity": "2", "permits-0-name": "Use of the square", "permits-0-state": "in-place",
    "permits-1-name": "", "permits-1-state": "unknown", "data-0-what": "Steps",
    "data-0-since": "2024-01-01", "data-0-url": "https://data.example.org/steps",
}  # fmt: skip


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return lay_pilots()


@pytest.fixture
def firm(keeper):
    one = person("Frida Firm")
    join(one, business())
    return acting(one)


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def keeper_team():
    return Organisation.objects.get(public_id="lund-municipality")


def test_from_an_empty_form_to_an_accepted_slot(keeper, firm):
    client, other = browser(keeper), browser(firm)
    assert "No testbeds yet" in page_text(client, "/en/testbeds/")
    new = "/en/testbeds/new?team=lund-municipality"
    wrong = client.post(new, FORM)
    assert wrong.status_code == 422
    assert "“13,19” is not a number" in wrong.content.decode()
    made = client.post(new, FORM | {"longitude": "13.19"})
    assert made.status_code == 302
    testbed = models.Testbed.objects.get()
    assert [(row.name, row.state) for row in testbed.permits.all()] == [
        ("Use of the square", "in-place")
    ]
    where = f"/en/testbeds/{testbed.public_id}/"
    assert "24 November 2026 to 31 October 2028 : 2 of 2 free" in page_text(client, where)
    slot = {"title": "Seats", "language": "en", "starts_on": "2026-12-01", "ends_on": "2026-12-31"}
    asked = other.post(f"{where}bookings/new?team=umea-business", slot)
    booking = models.Booking.objects.get()
    assert asked.url == f"{where}bookings/{booking.public_id}/"
    assert Client().get(asked.url).status_code == 404
    assert "Seats" not in page_text(Client(), where)
    refused = client.post(f"{asked.url}answer", {"state": "declined", "reason": ""})
    assert refused.status_code == 422
    # What is typed into the answer is kept for this page.
    mark = fields_on(page(client, asked.url), f"{asked.url}answer")["typing"]
    typed = {"typing": mark, "typing_only": "1", "reason": "Full until spring."}
    assert client.post(f"{asked.url}answer", typed).status_code == 204
    assert "Full until spring." in page(client, asked.url)
    assert client.post(f"{asked.url}answer", {"state": "accepted"}).status_code == 302
    seen = page_text(Client(), where)
    assert re.search(r"Seats ?, Sweepers AB ?: 1 December 2026 to 31 December 2026", seen), seen
    assert "1 December 2026 to 31 December 2026 : 1 of 2 free" in seen
    assert other.post(f"{asked.url}withdraw").status_code == 302
    assert "Seats" not in page_text(Client(), where)


def test_a_fault_of_a_row_stands_beside_it(keeper):
    client = browser(keeper)
    sent = FORM | {"longitude": "13.19", "permits-1-granted_by": "Police"}
    answer_ = client.post("/en/testbeds/new?team=lund-municipality", sent)
    assert answer_.status_code == 422
    assert '#id_permits-1-name">Permit 2:' in answer_.content.decode()


def test_changing_keeps_rows_and_reports_what_is_full(keeper, firm):
    testbed = make_testbed(keeper_team(), keeper, capacity=2)
    for title in ("One", "Two"):
        answer(ask(testbed, business(), firm, title=title), keeper)
    client = browser(keeper)
    shown = page(client, f"/en/testbeds/{testbed.public_id}/change")
    assert 'value="Use of the street"' in shown
    sent = FORM | {"longitude": "13.19", "capacity": "1"}
    refused = client.post(f"/en/testbeds/{testbed.public_id}/change", sent)
    assert refused.status_code == 422
    assert (
        "Enter at least 2: that many tests are already accepted from 4 December 2026 to"
        in refused.content.decode()
    )


def test_filters_and_a_period_that_is_none(keeper, firm):
    testbed = make_testbed(keeper_team(), keeper)
    answer(ask(testbed, business(), firm), keeper)
    client = Client()
    for query, count in {
        "?topic=equity": "0 testbeds",
        "?topic=innovation-gateways&kind=street&country=SE&city=lund": "1 testbed",
        "?country=FR": "0 testbeds",
        "?from=2026-12-04&to=2026-12-04": "0 testbeds",
        "?from=2026-12-15&to=2026-12-20": "1 testbed",
        "?city=umea": "0 testbeds",
        "?kind=moon": "1 testbed",
    }.items():
        assert count in page_text(client, f"/en/testbeds/{query}"), query
    assert "Enter both dates of the period as year-month-day, for example 2026-05-31." in page_text(
        client, "/en/testbeds/?from=2026-12-04"
    )
    assert "before the first" in page_text(client, "/en/testbeds/?from=2026-12-04&to=2026-12-03")
    assert client.get("/en/testbeds/?page=9").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_pages_ask_little_of_the_database(keeper, firm, language):
    testbed = make_testbed(keeper_team(), keeper, capacity=9)
    for n in range(6):
        answer(ask(testbed, business(), firm, n, n + 40, title=f"T{n}"), keeper)
    client = browser(firm)
    for address in ("testbeds/", f"testbeds/{testbed.public_id}/", "testbeds/?from=2027-01-01&to="
                    "2027-02-01"):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            page(client, f"/{language}/{address}")
        assert len(asked) <= 15, [one["sql"][:90] for one in asked]


def test_a_closed_one_says_why(keeper):
    testbed = make_testbed(keeper_team(), keeper)
    client = browser(keeper)
    where = f"/en/testbeds/{testbed.public_id}/state"
    assert client.post(where, {"state": "closed", "reason": ""}).status_code == 422
    assert client.post(where, {"state": "closed", "reason": "Roadworks."}).status_code == 302
    assert "Roadworks." in page_text(Client(), f"/en/testbeds/{testbed.public_id}/")
