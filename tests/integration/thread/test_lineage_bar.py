"""The strip "Thread" on the pages of other rooms: one click, both ways."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.adoption.models import Step, Thing
from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.core import audit
from alliance.core.audit import VISITOR
from alliance.thread.selectors.walk import beside
from alliance.thread.services import refresh_relations, refresh_touched
from alliance.thread.templatetags.lineage_bar import lineage_bar_of
from tests.factories.pages import page
from tests.factories.pilots import planned
from tests.factories.thread import NOW, ThreadGround, lay_thread, link, make_step
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def ground() -> ThreadGround:
    return lay_once("thread", lay_thread)


def bar(source: str) -> str:
    """The part of a page under the heading "Thread"."""
    return source.split('id="thread"')[1].split("</section>")[0]


def test_each_page_leads_to_the_next_things_both_ways(ground):
    pilot = f"/en/pilots/{ground.pilot.public_id}/"
    agreement = f"/en/adoptions/{ground.agreement.public_id}/"
    leads = {
        "/en/solutions/road-pricing/": [pilot],
        "/en/indicators/traffic/": [pilot],
        "/en/cases/lund/": [pilot, agreement],
        agreement: ["/en/cases/lund/"],
        pilot: ["/en/cases/lund/", "/en/indicators/traffic/"],
        "/en/cities/lund/": [pilot],
    }
    for address, targets in leads.items():
        with CaptureQueriesContext(connection) as seen:
            source = page(Client(), address)
        assert len(seen) <= 15, (address, len(seen))
        for target in targets:
            assert f'href="{target}"' in bar(source), (address, target)


def test_a_page_without_links_still_leads_to_its_thread(ground):
    source = bar(page(Client(), f"/en/needs/{ground.need.public_id}/"))
    assert "<li" not in source
    assert f'href="/en/thread/need/{ground.need.public_id}/"' in source
    assert 'id="thread"' not in page(Client(), "/en/cities/umea/")


def test_a_strip_tells_visitors_of_no_plan(ground):
    plan = planned(ground.lund)
    refresh_touched(at=NOW)
    member = Client()
    member.force_login(ground.lund.user)
    for address in ("/en/solutions/road-pricing/", "/en/cities/lund/"):
        assert plan.public_id not in page(Client(), address)
        assert plan.public_id in bar(page(member, address))


def test_the_page_of_a_pilot_tells_of_no_case_that_hides_its_city(ground):
    CaseStudy.objects.update(is_masked=True, city=None)
    assert "/cases/lund/" not in page(Client(), f"/en/pilots/{ground.pilot.public_id}/")


def test_a_strip_costs_a_query_and_one_for_the_cases_there(ground, django_assert_num_queries):
    with django_assert_num_queries(2):
        groups, _helped = lineage_bar_of(VISITOR, "pilot", ground.pilot.public_id, "en")
    assert len(groups) == 2
    with django_assert_num_queries(1):
        assert lineage_bar_of(VISITOR, "need", ground.need.public_id, "en") == ([], None)


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_what_the_worker_keeps_is_what_is_there(ground, language):
    ends = [("pilot", ground.pilot.public_id), ("case", "lund"), ("solution", "road-pricing"),
            ("indicator", "traffic"), ("agreement", ground.agreement.public_id)]  # fmt: skip
    for key in ends:
        kept = beside(VISITOR, key, language=language)
        Thing.objects.all().delete()
        assert kept and kept == beside(VISITOR, key, language=language)
        refresh_relations(at=NOW)


def test_what_a_team_links_is_on_the_strip_at_once(ground, django_assert_num_queries):
    step = make_step(ground)
    link(ground, ("decision", step.public_id), ("pilot", ground.pilot.public_id))
    pilot = f"/en/pilots/{ground.pilot.public_id}/"
    assert step.title in page(Client(), pilot)
    refresh_touched(at=NOW)
    with django_assert_num_queries(2):
        lineage_bar_of(VISITOR, "pilot", ground.pilot.public_id, "en")
    Step.objects.update(title="Another name")
    audit.record("thread step", step.public_id, "update", actor=audit.WORKER, at=NOW)
    refresh_touched(at=NOW)
    assert "Another name" in page(Client(), pilot)


def test_a_withdrawn_case_leaves_the_strip_at_once(ground):
    pilot = f"/en/pilots/{ground.pilot.public_id}/"
    assert "/cases/lund/" in page(Client(), pilot)
    CaseStudy.objects.update(status=CaseStatus.WITHDRAWN)
    assert "/cases/lund/" not in page(Client(), pilot)
