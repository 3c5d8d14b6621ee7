"""The made-up topic group says that it is one, once, and pages with many posts stay small."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.config import demo_group
from alliance.network.access import actor_for
from tests.factories.groups import make_discussed_group
from tests.factories.people import NOW


def test_nine_of_its_eleven_action_items_are_done(net, monkeypatch: pytest.MonkeyPatch):
    lead = net.other
    monkeypatch.setattr(
        demo_group, "demo_team", lambda what, at: (net.lund, actor_for(lead, at=at))
    )
    made = demo_group.make_demo_group(at=NOW)
    assert demo_group.make_demo_group(at=NOW) == made
    page = Client().get(f"/en/minutes/{made.minutes.get().public_id}/").text
    assert "9 of 11 action items are done" in page
    group = Client().get(f"/en/groups/{made.public_id}/").text
    assert "synthetic example" in group
    assert (
        len(re.findall(r"badge overdue", group))
        == made.minutes.get().actions.filter(done_at=None, due_on__lt=NOW.date()).count()
    )


def test_a_page_of_a_thousand_posts_takes_few_queries(net):
    group = make_discussed_group(1_000)
    with CaptureQueriesContext(connection) as asked:
        page = Client().get(f"/en/groups/{group.public_id}/?page=20").text
    assert page.count('id="post-') == 25
    assert len(asked) <= 15
