"""Published reports are found in the search, the feed and the API; those in work are not."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.reports.models import Report
from alliance.search.services import read_documents
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, team
from tests.factories.reports import make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    lay_ground()
    return make_report("lund", team("lund"), NOW)


def test_the_search_and_the_feed_name_the_newest_published_edition(
    report: Report, client: Client
) -> None:
    keys = [("report", report.public_id), ("report", "none")]
    found = {one.language: one for one in read_documents(keys)}
    assert set(found) == {"en", "fr", "sv"}
    assert (found["sv"].title, found["sv"].body) == ("Lund", "Traffic fell.\nTried")
    assert found["sv"].facets["city"] == ("lund",)
    page = f"/sv/reports/{report.public_id}/editions/"
    told = client.get("/sv/feeds/reports.atom").content.decode()
    assert f"{page}1/" in told and f"{page}2/" not in told
    report.editions.filter(number=1).delete()
    assert list(read_documents(keys)) == []
    assert page not in client.get("/sv/feeds/reports.atom").content.decode()


def test_the_api_has_published_reports_and_what_has_changed_since(
    report: Report, client: Client
) -> None:
    edition = report.editions.get(number=1)
    edition.reads.create(kind="case", record_id="lund", version="1", places=["p1"])
    (row,) = client.get("/api/v1/reports?kind=city").json()["items"]
    assert (row["city"], row["edition"]) == ("lund", 1)
    assert client.get("/api/v1/reports?kind=topic").json()["items"] == []
    told = client.get(f"/api/v1/reports/{report.public_id}?lang=fr").json()
    assert told["superseded"] == [
        {"kind": "case", "id": "lund", "version": "1", "now": None, "places": ["p1"]}
    ]
    edition.delete()
    assert client.get(f"/api/v1/reports/{report.public_id}").status_code == 404
