"""Whose turn it is in topic groups, and who is told when an owner leaves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import mail

from alliance.accounts.services import own_data
from alliance.groups.models import ActionItem, Deliverable
from alliance.groups.services import groups
from alliance.network.models import Membership, Post
from alliance.network.services.waiting_letters import send_letters
from tests.factories.groups import action, make_minutes, promised, take_in
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting
from tests.factories.waiting import waiting_for

DAY = dt.timedelta(days=1)


def acts(user: Any, at: dt.datetime = NOW) -> list[str]:
    return [line.item.kind for line in waiting_for(acting(user, at), at=at, language="en")]


def test_an_action_item_waits_for_its_owner_and_is_overdue_after_its_day(net):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.other, net.today + DAY)])
    assert acts(net.other) == ["action-item"]
    assert acts(net.lead) == []
    assert acts(net.other, NOW + 2 * DAY) == ["action-overdue"]
    ActionItem.objects.update(done_at=NOW)
    assert acts(net.other) == []


def test_one_for_a_team_waits_for_its_editors(net):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.lund, net.today + DAY)])
    assert acts(net.other) == ["action-item"]


def test_owners_are_told_before_the_day_and_after_it(net):
    make_minutes(
        net.group, acting(net.lead), actions=[action("Draw", net.other, net.today + 10 * DAY)]
    )
    for after, letters in ((0, 1), (1, 0), (8, 1), (9, 0), (11, 1), (12, 0)):
        mail.outbox.clear()
        assert send_letters(at=NOW + after * DAY) == letters, after


def test_where_the_owner_has_left_her_team_the_lead_hands_it_over(net):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.other, net.today + DAY)])
    Membership.objects.filter(user=net.other).update(ended_at=NOW)
    assert acts(net.other) == []
    assert acts(net.lead) == ["action-left"]


def test_where_the_owner_has_left_altogether_her_name_goes_and_the_lead_is_told(net):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.other, net.today + DAY)])
    assert own_data.erase(net.other, actor=acting(net.other), at=NOW) == ()
    item = ActionItem.objects.get()
    assert (item.owner, item.had_owner) == (None, True)
    assert acts(net.lead) == ["action-left"]
    groups.leave(net.group, actor=acting(net.lead), at=NOW)
    assert "action-left" in acts(net.secretary)


def test_where_the_only_lead_was_the_owner_and_left_the_secretariat_hands_it_over(net):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.lead, net.today + DAY)])
    assert "action-left" not in acts(net.secretary)
    Membership.objects.filter(user=net.lead).update(ended_at=NOW)
    assert "action-left" in acts(net.secretary)


def test_a_lead_who_left_her_team_leads_no_more(net, client):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.other, net.today + DAY)])
    row = Deliverable(group=net.group)
    words = promised("Report", net.today + 20 * DAY)
    groups.write_deliverable(row, **words, actor=acting(net.lead), at=NOW)
    address = f"/en/groups/{net.group.public_id}/"
    client.force_login(net.other)
    assert "Elin Berg, City of Umeå lead" in page_text(client, address)
    Membership.objects.filter(user=net.lead).update(ended_at=NOW)
    said = page_text(client, address)
    assert "Elin Berg, City of Umeå (has left)" in said and "Umeå lead" not in said
    assert "deliverable-due" not in acts(net.lead)
    client.force_login(net.lead)
    assert "Write minutes" not in page_text(client, address)
    assert client.get(f"{address}change").status_code == 404
    # An item whose owner has left waits for the secretariat, and no longer for her.
    Membership.objects.filter(user=net.other).update(ended_at=NOW)
    assert "action-left" not in acts(net.lead)
    assert "action-left" in acts(net.secretary)


def test_leads_see_a_deliverable_a_month_before_its_day(net):
    words = promised("Report", net.today + 40 * DAY)
    row = Deliverable(group=net.group)
    groups.write_deliverable(row, **words, actor=acting(net.lead), at=NOW)
    assert acts(net.lead) == []
    assert acts(net.lead, NOW + 20 * DAY) == ["deliverable-due"]


def test_members_hear_of_minutes_and_posts_of_others(net):
    take_in(net.group, net.other, net.lund)
    make_minutes(net.group, acting(net.lead), text="We met.")
    Post.objects.create(
        kind="topicgroup", record_id=net.group.public_id, text="Hej", language="sv", at=NOW,
        author=net.lead,
    )  # fmt: skip
    found = waiting_for(acting(net.other), at=NOW, language="en")
    assert {line.item.kind: line.title.value for line in found} == {
        "group-minutes": "Meeting",
        "group-post": "Equity and environmental justice",
    }
    assert acts(net.lead) == []
