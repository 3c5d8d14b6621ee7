"""The page of a thread and its graph in the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.pages import page, page_text
from tests.factories.pilots import planned
from tests.factories.thread import ThreadGround, lay_thread
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def ground() -> ThreadGround:
    return lay_once("thread", lay_thread)


def test_the_page_counts_seven_steps_and_lists_what_is_linked(ground):
    text = page_text(Client(), f"/en/thread/pilot/{ground.pilot.public_id}/")
    steps = ["0 Proposals", "0 Needs", "solution", "1 pilot", "indicator", "1 case", "0 Workshops"]
    places = [text.index(words) for words in steps]
    assert places == sorted(places)
    assert "No need is linked yet." in text
    source = page(Client(), f"/sv/thread/pilot/{ground.pilot.public_id}/")
    own = ("cases/lund", "indicators/traffic", f"adoptions/{ground.agreement.public_id}")
    for address in own:
        assert source.count(f'href="/sv/{address}/"') == 1, "each item is linked once"


def test_a_thing_without_links_says_what_is_missing(ground):
    text = page_text(Client(), f"/en/thread/need/{ground.need.public_id}/")
    assert "0 linked items. No proposal is linked yet." in text
    assert "0 Pilots not linked" in text and "1 need this page" in text


@pytest.mark.parametrize("depth", ["0", "7", "x", "٣", "-1", "1.0"])
def test_a_depth_that_is_none_is_not_found(ground, depth):
    page(Client(), f"/en/thread/case/lund/?depth={depth}", status=404)


def test_hidden_and_missing_look_the_same(ground):
    plan = planned(ground.lund)
    hidden = Client().get(f"/en/thread/pilot/{plan.public_id}/")
    missing = Client().get("/en/thread/pilot/bbbbbbbbbb/")
    assert hidden.status_code == missing.status_code == 404
    client = Client()
    client.force_login(ground.lund.user)
    response = client.get(f"/en/thread/pilot/{plan.public_id}/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_the_page_takes_at_most_fifteen_queries(ground):
    with CaptureQueriesContext(connection) as seen:
        page(Client(), f"/en/thread/pilot/{ground.pilot.public_id}/?depth=6")
    assert len(seen) <= 15


def test_the_whole_graph_is_one_call(ground, client):
    answer = client.get(f"/api/v1/thread/pilot/{ground.pilot.public_id}?lang=sv").json()
    kinds = [(one["kind"], one["level"]) for one in answer["nodes"]]
    assert kinds[0] == ("pilot", 0)
    assert ("agreement", 2) in kinds
    case = next(one for one in answer["nodes"] if one["kind"] == "case")
    assert case["api"].endswith("/api/v1/cases/lund")
    assert case["page"].endswith("/sv/cases/lund/")
    became = next(one for one in answer["edges"] if one["relation"] == "became")
    assert became["start"] == {"kind": "pilot", "id": ground.pilot.public_id}
    assert became["end"] == {"kind": "case", "id": "lund"}
    assert (became["source"], became["by"], became["link"]) == ("data", None, None)
    assert answer["is_cut"] is False


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("nothing/lund", 422),
        ("case/missing", 404),
        ("case/lund?depth=0", 422),
        ("case/lund?depth=99", 422),
        ("case/lund?lang=de", 422),
    ],
)
def test_bad_input_to_the_graph_is_told(ground, client, address, status):
    assert client.get(f"/api/v1/thread/{address}").status_code == status


def test_the_public_graph_tells_nobody_of_plans(ground, client):
    plan = planned(ground.lund)
    client.force_login(ground.lund.user)
    assert client.get(f"/api/v1/thread/pilot/{plan.public_id}").status_code == 404
    assert plan.public_id not in client.get("/api/v1/thread/solution/road-pricing").content.decode()
