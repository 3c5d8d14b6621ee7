"""The strip "Thread" on the pages of other rooms: one click, both ways."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core.audit import VISITOR
from alliance.knowledge.models import CaseStudy
from alliance.thread.services import keep_touched
from alliance.thread.templatetags.lineage_bar import lineage_bar_of
from tests.factories.pages import page
from tests.factories.pilots import planned
from tests.factories.thread import NOW, ThreadGround, lay_thread

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def ground() -> ThreadGround:
    return lay_thread()


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
    assert "No pilot, proposal, decision or workshop of this city" in bar(
        page(Client(), "/en/cities/umea/")
    )


def test_a_strip_tells_visitors_of_no_plan(ground):
    plan = planned(ground.lund)
    keep_touched(at=NOW)
    member = Client()
    member.force_login(ground.lund.user)
    for address in ("/en/solutions/road-pricing/", "/en/cities/lund/"):
        assert plan.public_id not in page(Client(), address)
        assert plan.public_id in bar(page(member, address))


def test_the_page_of_a_pilot_tells_of_no_case_that_hides_its_city(ground):
    CaseStudy.objects.update(is_masked=True, city=None)
    assert "/cases/lund/" not in page(Client(), f"/en/pilots/{ground.pilot.public_id}/")


def test_a_strip_asks_for_ties_and_for_what_is_at_their_ends(ground, django_assert_num_queries):
    with django_assert_num_queries(2):
        groups, _helped = lineage_bar_of(VISITOR, "pilot", ground.pilot.public_id, "en")
    assert len(groups) == 2
    with django_assert_num_queries(1):
        assert lineage_bar_of(VISITOR, "need", ground.need.public_id, "en") == ([], None)
