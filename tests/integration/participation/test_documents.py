"""Processes are found by search once they have opened, by place, language and what was decided."""

from __future__ import annotations

import pytest

from alliance.network.models import City
from alliance.participation import documents
from alliance.participation.models import Process
from alliance.search.services import rebuild
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import NOW, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def process() -> Process:
    lay_ground()
    return make_process(team("lund"), area="Norra Fäladen", language="en")


def test_what_has_opened_is_told_with_place_state_and_last_day(process) -> None:
    make_process(team("lund"), state="draft", title="Not yet")
    make_process(team("lund"), is_synthetic=True, title="Made up")
    (one,) = documents.documents("process")
    assert (one.public_id, one.language, one.title) == (
        process.public_id, "en", "The street by the school",
    )  # fmt: skip
    assert one.facets["city"] == ("lund",) and "Norra Fäladen" in one.body
    last = process.phases.get().last_day
    assert (one.extra["state"], one.extra["last_day"]) == ("open", last.isoformat())
    assert list(documents.documents("process", ["nothing"])) == []
    with pytest.raises(ValueError, match="publish no"):
        next(documents.documents("need"))


def test_results_are_found_by_what_was_decided(process) -> None:
    Process.objects.update(state="answered", result="Raised crossings.", answered_at=NOW)
    (one,) = documents.documents("process")
    assert "Raised crossings." in one.body


def test_a_renamed_city_makes_its_processes_anew(process) -> None:
    assert documents.depending_on({"city": ["lund"]}) == {("process", process.public_id)}
    assert documents.depending_on({"solution": ["x"]}) == set()
    assert City.objects.filter(public_id="lund").exists()


def test_the_finder_leads_to_the_page_of_a_process(process, client) -> None:
    rebuild(at=NOW)
    said = page_text(client, "/en/find?q=street+by+the+school&kind=process")
    assert "The street by the school" in said and "until" in said
