"""The best-practice report: one button, figures that lead to versions, and a correction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from alliance.core import clock
from alliance.reports.models import ReportEdition
from tests.e2e.conftest import press
from tests.factories.knowledge import effect, lay_ground, make_case
from tests.factories.people import NOW, person

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)
FAILED: dict[str, Any] = {"outcome": "did-not-work", "reasons": ["stopped"]}


def follow(link: Locator) -> None:
    """Follow a link by keyboard: on a phone its words may stand on two lines, with none between."""
    with link.page.expect_navigation():
        link.press("Enter")


def test_figures_lead_to_versions_and_a_correction_supersedes_places(
    seated: Any, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + DAY)
    lay_ground()
    make_case("Lund", at=NOW)
    make_case("Umeå", at=NOW, effects=(effect(4.0),), **FAILED)
    page = seated(person("Sara Ny", "secretariat"), "/en/reports/")
    press(page.get_by_role("link", name="Create a report"))
    page.locator("#id_topic").select_option("equity")
    press(page.get_by_role("button", name="Create the report"))
    expect(page.locator("progress")).to_be_visible()
    run_jobs()
    page.reload()
    press(page.get_by_role("button", name="Publish", exact=True))

    reader = seated(None, f"/en/reports/{ReportEdition.objects.get().report.public_id}/")
    expect(reader.locator("h1")).to_have_text(
        "Solutions that work: Equity and environmental justice"
    )
    # A figure leads to the version of the record that it came from.
    follow(reader.locator("#failures li sup a").first)
    expect(reader).to_have_url(re.compile("/en/cases/umea/versions/1/$"))
    reader.go_back()

    make_case("Umeå", at=NOW + 2 * DAY, effects=(effect(9.0),), **FAILED)
    reader.reload()
    told = reader.locator("#superseded")
    n = told.locator("li a[href^='#p']").count()
    assert n > 1
    expect(told.locator("h2")).to_have_text(f"Out of date in {n} places")
    # Each place is one of the report, and what changed is told beside what it was.
    place = told.locator("li a[href^='#p']").first.get_attribute("href")
    assert reader.locator(f"sup{place}").count() == 1
    follow(told.locator("li > a").first)
    expect(reader).to_have_url(re.compile(r"/en/cases/umea/versions/diff\?old=1&new=2$"))
