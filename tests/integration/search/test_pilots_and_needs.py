"""Pilots, needs and offers are found as what they are, and never in the way of what is known."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from alliance.core import audit
from alliance.network.services import needs_offers, save_city
from alliance.search.results import FinderResult
from alliance.search.selectors.hits import record_url
from alliance.testbeds.services import pilots
from tests.factories.knowledge import make_case
from tests.factories.needs_offers import OFFER, make_need, make_offer
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import (
    data_rows,
    evaluate,
    lay_pilots,
    planned,
    registered,
    reported,
    send,
)
from tests.factories.search import TODAY, document, index_of, search

Find = Callable[..., FinderResult]

pytestmark = pytest.mark.django_db


def found(result: FinderResult) -> list[tuple[str, str]]:
    return [(hit.kind, hit.public_id) for hit in result.hits]


def test_a_pilot_is_found_once_it_is_registered_and_tells_what_came_out(find: Find) -> None:
    editor = lay_pilots()
    pilot = planned(editor, title="Zeppelin taxis")
    assert found(find("q=zeppelin")) == []
    pilots.freeze(pilot, expected_revision=1, actor=editor, at=NOW)
    (hit,) = find("q=zeppelin").hits
    assert (hit.kind, hit.public_id, hit.outcome) == ("pilot", pilot.public_id, None)
    assert (hit.extra["state"], hit.extra["result"]) == ("registered", None)
    assert hit.url == f"/en/pilots/{pilot.public_id}/"

    pilot.refresh_from_db()
    send(pilot, editor, data_rows(effect=0.0))
    evaluate(pilot, editor)
    page = Client().get("/en/find?q=zeppelin&stage=reported").content.decode()
    assert "No effect shown" in page
    assert "Aucun effet" in Client().get("/fr/find?q=zeppelin").content.decode()
    answer = Client().get("/api/v1/search?q=zeppelin").json()["items"][0]
    assert (answer["type"], answer["stage"], answer["outcome"]) == ("pilot", "reported", None)
    assert answer["said"].startswith("No effect shown")


def test_a_stopped_pilot_is_found_with_its_stage_and_a_dropped_plan_is_not(find: Find) -> None:
    editor = lay_pilots()
    stopped = registered(editor, title="Zeppelin taxis")
    pilots.drop(planned(editor, title="Zeppelin buses"), actor=editor, at=NOW)
    pilots.stop(stopped, reason="The zeppelin leaked.", actor=editor, at=NOW)
    assert found(find("q=zeppelin&stage=stopped")) == [("pilot", stopped.public_id)]
    assert found(find("q=leaked")) == [("pilot", stopped.public_id)]
    assert found(find("q=zeppelin&stage=registered")) == []


def test_cases_are_counted_without_pilots_and_pilots_are_no_outcome(find: Find) -> None:
    editor = lay_pilots()
    make_case("Lund")
    reported(editor)
    result = find("q=lund")
    assert {kind for kind, _id in found(result)} >= {"case", "pilot"}
    assert result.outcomes.total == 1
    assert found(find("outcome=worked&kind=pilot")) == []
    order = [kind for kind, _name, _n in result.kinds]
    assert order.index("case") < order.index("pilot")


def test_a_pilot_is_found_by_new_names_of_its_city_and_solution(find: Find) -> None:
    pilot = registered(lay_pilots())
    find("")
    save_city("lund", name="Londinium", country="SE", actor=audit.COMMAND_LINE, at=NOW)
    assert ("pilot", pilot.public_id) in found(find("q=londinium"))
    assert ("pilot", pilot.public_id) in found(find("solution=road-pricing&country=SE&city=lund"))


def test_needs_and_offers_are_found_while_they_are_open(find: Find) -> None:
    lay_pilots()
    editor = person("Nils Need")
    join(editor, team("lund"))
    need, offer = make_need(team("lund"), acting(editor)), make_offer(team("lund"), acting(editor))
    assert found(find("q=quieter nights"))[0] == ("need", need.public_id)
    assert ("offer", offer.public_id) in found(find("q=night speed limits&theme=mobility"))
    assert find("kind=need", "sv").hits[0].lang_attr == "en"
    page = Client().get("/sv/find?kind=need&kind=offer").content.decode()
    assert need.title in page and offer.title in page

    needs_offers.set_need_state(
        need, state="answered", outcome="Lyon told us.", actor=acting(editor), at=NOW
    )
    needs_offers.end_offer(offer, actor=acting(editor), at=NOW)
    assert found(find("kind=need")) == found(find("kind=offer")) == []
    save_city("lund", name="Londinium", country="SE", actor=audit.COMMAND_LINE, at=NOW)
    needs_offers.set_need_state(need, state="open", outcome="", actor=acting(editor), at=NOW)
    assert found(find("q=londinium&kind=need")) == [("need", need.public_id)]


def test_an_offer_is_found_up_to_its_last_day(find: Find) -> None:
    lay_pilots()
    editor = person("Olle Offer")
    join(editor, team("lund"))
    for day, is_found in ((TODAY, True), (TODAY - dt.timedelta(days=1), False)):
        offer = needs_offers.make_offer(
            team("lund"),
            dataclasses.replace(OFFER, title=f"Until {day}", until=day),
            actor=acting(editor),
            at=NOW - dt.timedelta(days=30),
        )
        assert (("offer", offer.public_id) in found(find("kind=offer"))) is is_found


PROVEN = [
    document("cycle-city", "Cycle tracks in the city", summary="Cycle tracks with kerbs."),
    document("wide-tracks", "Wide tracks for cycling"),
    document("tracks", "Cycle tracks", kind="solution"),
    *(document(f"bus-{n}", f"Bus line {n}") for n in range(12)),
]
INTENTS = [
    document(f"{kind}-{n}", f"Cycle tracks {n}", kind=kind, summary="Cycle tracks, cycle tracks.")
    for kind in ("pilot", "need", "offer")
    for n in range(30)
]


def test_a_case_stands_above_a_pilot_that_says_the_same() -> None:
    for kind in ("pilot", "need", "offer"):
        index = index_of(
            document("b", "Trams at night", summary="A body that says more of trams at night."),
            document("a", "Trams at night in Lund", kind=kind),
        )
        assert search(index, "night trams") == ["b", "a"]
    by_name = index_of(
        document("a", "Night trams in town"), document("b", "Night trams", kind="pilot")
    )
    assert search(by_name, "night trams") == ["b", "a"]


@pytest.mark.parametrize("text", ["cycle tracks", "cycle city", "wide tracks", "bus cycle"])
def test_however_many_intents_there_are_the_order_of_what_is_known_stays(text: str) -> None:
    alone = search(index_of(*PROVEN), text)
    among = [one for one in search(index_of(*PROVEN, *INTENTS), text) if one[:4] not in
             {"pilo", "need", "offe"}]  # fmt: skip
    assert among == alone


def test_every_kind_of_the_index_has_a_page() -> None:
    for kind in ("pilot", "need", "offer", "indicator", "case", "city"):
        assert record_url(kind, "abc").endswith("/abc/")
