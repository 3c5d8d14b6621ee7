"""The page for those who lead a city: decided, owed, heard, and where it leads."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.adoption.models import AdoptionStep
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.groups.models import GroupMember
from alliance.network.models import City
from alliance.participation.models import CensusCount, Participant, Promise
from alliance.participation.services.issuing import issue
from alliance.thread.selectors.leaders import leaders_page
from tests.factories.groups import action, line, make_group, make_minutes
from tests.factories.pages import page_text
from tests.factories.participation import let_take_part, make_process
from tests.factories.people import person, team
from tests.factories.thread import NOW, ThreadGround, lay_thread, make_step
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LUND, UMEA = "/en/cities/lund/leaders/", "/en/cities/umea/leaders/"


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> ThreadGround:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return lay_once("thread", lay_thread)


def promise(process, text="Lamps along the path", days=-3):
    return Promise.objects.create(
        process=process,
        kind="work",
        text=text,
        due_on=NOW.date() + dt.timedelta(days=days),
        made_at=NOW,
    )


def test_what_is_owed_comes_by_its_day_and_says_what_is_late(ground):
    make_step(ground)
    AdoptionStep.objects.update(due_on=dt.date(2027, 1, 1), side="both")
    steps = AdoptionStep.objects.count()
    process = make_process(team("lund"))
    promise(process, "A bench", days=3)
    promise(process)
    kept = promise(process, "Done long ago")
    Promise.objects.filter(pk=kept.pk).update(kept_at=NOW, outcome="Done.")
    promise(make_process(team("lund"), state="draft", title="Not told yet"), "Hidden")
    words = page_text(Client(), LUND)
    assert f"{2 + steps} promises are not yet kept, 1 of them overdue." in words
    assert "21 November 2026 (late) Lamps along the path The street by the school" in words
    assert words.index("Lamps along the path") < words.index("A bench")
    assert "Done long ago" not in words
    assert "Hidden" not in words
    assert "A charge on the ring road" in words.split("City decisions")[1]


def test_action_items_of_public_minutes_are_owed(ground):
    group, lund = make_group(), team("lund")
    for text, is_public in (("Draw the map", True), ("Among members", False)):
        items = [action(text, lund, NOW.date() + dt.timedelta(days=9))]
        make_minutes(group, COMMAND_LINE, title=f"On {text}", is_public=is_public, actions=items)
    words = page_text(Client(), LUND)
    assert "Draw the map On Draw the map" in words
    assert "Among members" not in words
    assert "Draw the map" not in page_text(Client(), UMEA)


def test_decisions_of_meetings_in_which_the_city_has_a_part_are_its_own(ground):
    lund = team("lund")
    joined, other, stranger = (make_group(topic="", title=name) for name in "ABC")
    GroupMember.objects.create(group=joined, user=person("Gus Group"), organisation=lund, since=NOW)
    for group, text, actions in (
        (joined, "One map for all", []),
        (other, "Lund draws it", [action("Draw", lund, NOW.date())]),
        (stranger, "Not for Lund", []),
    ):
        decided = {"decisions": [line(text)], "actions": actions, "is_public": True}
        make_minutes(group, COMMAND_LINE, title=text, **decided)
    words = page_text(Client(), LUND).split("Promises and deadlines")[0]
    assert "One map for all" in words and "Lund draws it" in words
    assert "Not for Lund" not in words


def test_who_was_heard_is_held_against_the_census(ground):
    process = make_process(team("lund"))
    for sex, n in (("woman", 80), ("man", 20)):
        let_take_part(
            Participant.objects.bulk_create(
                Participant(process=process, language="en", made_at=NOW, sex=sex) for _ in range(n)
            )
        )
    issue(process, at=NOW)
    unknown = "We cannot say how representative participants were: there were too few, or there"
    assert unknown in page_text(Client(), LUND)
    for sex in ("woman", "man"):
        CensusCount.objects.create(process=process, trait="sex", category=sex, people=500)
    words = page_text(Client(), LUND)
    assert "100 people took part" in words
    assert unknown not in words
    assert "Over-represented compared with the population: women. Under-rep" in words


def test_a_city_that_adopts_sees_what_to_expect_and_who_is_like_it(ground):
    words = page_text(Client(), UMEA)
    assert "One-page brief (PDF)" in words
    assert "No city of the same size and climate has tried it." in words
    # Whose case is taken over did not decide on it.
    assert "One-page brief (PDF)" not in page_text(Client(), LUND)


def test_fifteen_queries_at_most_and_a_city_without_anything_says_so(ground):
    process = make_process(team("umea"))
    promise(process)
    Participant.objects.create(process=process, language="en", made_at=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(UMEA).status_code == 200
    assert len(queries) <= 15
    assert Client().get("/en/cities/nowhere/leaders/").status_code == 404


@pytest.mark.parametrize("language", ["sv", "fr"])
def test_a_city_of_which_nothing_is_known(ground, language):
    City.objects.create(public_id="empty", name="Empty", country="SE")
    assert Client().get(f"/{language}/cities/empty/leaders/").status_code == 200
    found = leaders_page(City.objects.get(public_id="empty"), language, today=NOW.date())
    assert (found["n_owed"], found["processes"], found["briefs"]) == (0, [], [])
    assert found["standing"]["n"] == 0
