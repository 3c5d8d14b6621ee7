"""Walking along the thread: both ways, bounded, and past what is hidden."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.core.audit import VISITOR
from alliance.core.errors import NotFound
from alliance.testbeds.models import Pilot
from alliance.thread.selectors.walk import thread_of
from alliance.thread.services import refresh_relations
from tests.factories.knowledge import make_case
from tests.factories.needs_offers import make_agreement
from tests.factories.people import acting, join, person, team
from tests.factories.pilots import planned
from tests.factories.thread import NOW, ThreadGround, lay_thread, publish_case_of
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def ground() -> ThreadGround:
    return lay_once("thread", lay_thread)


def walk(kind: str, public_id: str, actor=VISITOR, depth: int = 3, **options):
    refresh_relations(at=NOW)
    return walk_only(kind, public_id, actor, depth, **options)


def walk_only(kind: str, public_id: str, actor=VISITOR, depth: int = 3, **options):
    """The same where the worker has not run since the last change."""
    return thread_of(actor, kind, public_id, language="en", depth=depth, **options)


def reached(thread) -> dict[tuple[str, str], int]:
    return {node.key: node.level for node in thread.nodes}


def relations(thread) -> set[tuple[str, str, str]]:
    return {(edge.start[0], edge.relation, edge.end[0]) for edge in thread.edges}


def test_from_a_pilot_to_solution_indicator_case_and_agreement(ground):
    found = walk("pilot", ground.pilot.public_id)
    assert reached(found) == {
        ("pilot", ground.pilot.public_id): 0,
        ("solution", "road-pricing"): 1,
        ("indicator", "traffic"): 1,
        ("case", "lund"): 1,
        ("agreement", ground.agreement.public_id): 2,
    }
    assert relations(found) == {
        ("pilot", "tries", "solution"),
        ("pilot", "measured-by", "indicator"),
        ("pilot", "became", "case"),
        ("case", "trial-of", "solution"),
        ("case", "acts-on", "indicator"),
        ("agreement", "adopts", "case"),
    }
    assert not found.is_cut


@pytest.mark.parametrize(
    "beginning",
    [("case", "lund"), ("solution", "road-pricing"), ("indicator", "traffic"), "agreement"],
)
def test_each_of_them_leads_back_to_the_pilot(ground, beginning):
    if beginning == "agreement":
        beginning = ("agreement", ground.agreement.public_id)
    assert ("pilot", ground.pilot.public_id) in reached(walk(*beginning))


def test_a_node_tells_its_title_state_day_and_cities(ground):
    by_key = walk("agreement", ground.agreement.public_id).by_key
    agreement = by_key["agreement", ground.agreement.public_id]
    assert [one.public_id for one in agreement.cities] == ["umea", "lund"]
    assert (agreement.state, agreement.on) == ("agreed", NOW.date())
    pilot = by_key["pilot", ground.pilot.public_id]
    assert (pilot.title.value, pilot.state_words) == ("Renovation in packages", "registered")
    assert pilot.href == f"/en/pilots/{ground.pilot.public_id}/"
    assert by_key["case", "lund"].state == "worked"


def test_names_follow_the_language_of_the_page(ground):
    found = thread_of(VISITOR, "pilot", ground.pilot.public_id, language="sv")
    assert found.by_key["indicator", "traffic"].title.value == "Trafik"
    assert found.by_key["solution", "road-pricing"].title.value == "Vägavgifter"
    assert found.by_key["case", "lund"].title.lang_attr == "en"


def test_a_walk_does_not_go_on_from_what_many_share_unless_it_begins_there(ground):
    make_case("Umeå")
    assert ("case", "umea") not in reached(walk("pilot", ground.pilot.public_id, depth=6))
    assert reached(walk("solution", "road-pricing"))["case", "umea"] == 1
    assert reached(walk("indicator", "traffic"))["case", "umea"] == 1


def test_a_case_leads_to_the_one_it_was_adapted_from_and_back(ground):
    make_case("Umeå", adapted_from="lund")
    assert ("case", "adapted-from", "case") in relations(walk("case", "umea"))
    assert reached(walk("case", "lund"))["case", "umea"] == 1


def test_depth_is_a_bound(ground):
    assert set(reached(walk("pilot", ground.pilot.public_id, depth=1)).values()) == {0, 1}
    assert ("agreement", ground.agreement.public_id) not in reached(
        walk("pilot", ground.pilot.public_id, depth=1)
    )


def test_a_walk_that_finds_more_than_fits_says_so(ground):
    found = walk("pilot", ground.pilot.public_id, most=3)
    assert len(found.nodes) == 3
    assert found.is_cut
    assert all(edge.start in found.by_key and edge.end in found.by_key for edge in found.edges)


def test_the_number_of_queries_depends_on_the_depth_alone(ground):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            walk_only("solution", "road-pricing", depth=2)
        return len(seen)

    before = count()
    for name in ("Umeå", "Here", "There", "Elsewhere"):
        make_case(name)
    refresh_relations(at=NOW)
    assert count() == before <= 5


def test_a_pilot_that_is_planned_is_there_for_its_team_alone(ground):
    plan = planned(ground.lund)
    key = ("pilot", plan.public_id)
    assert key not in reached(walk("solution", "road-pricing"))
    assert key in reached(walk("solution", "road-pricing", ground.lund))
    assert key not in reached(walk("solution", "road-pricing", ground.umea))
    secretariat = acting(person("Sec", "secretariat"))
    assert key in reached(walk("solution", "road-pricing", secretariat))
    with pytest.raises(NotFound):
        walk("pilot", plan.public_id)
    Pilot.objects.filter(pk=plan.pk).update(state="dropped")
    assert key not in reached(walk("solution", "road-pricing", ground.lund))


def test_an_agreement_that_is_only_proposed_is_there_for_the_two_teams(ground):
    make_case("Umeå")
    offered = make_agreement(
        team("lund"), team("umea"), ground.lund, case=CaseStudy.objects.get(public_id="umea")
    )
    key = ("agreement", offered.public_id)
    assert key not in reached(walk("case", "umea"))
    assert key in reached(walk("case", "umea", ground.umea))
    stranger = person("Stranger")
    join(stranger, team("lund", "Other"), "member")
    assert key in reached(walk("case", "umea", acting(stranger)))


def test_a_withdrawn_case_is_gone_from_the_thread(ground):
    CaseStudy.objects.update(status=CaseStatus.WITHDRAWN)
    for found in (f("pilot", ground.pilot.public_id) for f in (walk_only, walk)):
        assert {kind for kind, _id in reached(found)} == {"pilot", "solution", "indicator"}
    with pytest.raises(NotFound):
        walk("case", "lund")


def test_a_case_that_hides_its_city_is_linked_to_no_pilot_and_no_agreement(ground):
    CaseStudy.objects.update(is_masked=True, city=None)
    # At once, and once the worker has run.
    for follow in (walk_only, walk):
        found = follow("pilot", ground.pilot.public_id)
        assert ("case", "lund") not in reached(found)
        alone = follow("case", "lund")
        assert {kind for kind, _id in reached(alone)} == {"case", "solution", "indicator"}
        assert alone.start.cities == ()
        assert alone.start.hides_city


def test_a_case_of_a_pilot_in_another_place_comes_once(ground):
    publish_case_of(ground.pilot, ground.case)
    cases = [n for n in walk("pilot", ground.pilot.public_id).nodes if n.kind == "case"]
    assert len(cases) == 1


@pytest.mark.parametrize(
    ("kind", "public_id"),
    [("nothing", "lund"), ("case", "missing"), ("case", "LUND"), ("city", "lund"), ("", "")],
)
def test_what_is_not_there_is_not_found(ground, kind, public_id):
    with pytest.raises(NotFound):
        walk(kind, public_id)
