"""Pages of topic groups: joining, writing minutes, what is open, what visitors see, the feed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.utils import translation

from alliance.adoption.models import Link
from alliance.core.audit import VISITOR
from alliance.core.errors import InvalidData
from alliance.groups.documents import documents
from alliance.groups.enums import DeliverableKind
from alliance.groups.models import (
    ActionItem,
    Deliverable,
    DeliverableText,
    GroupMember,
    Minutes,
    TopicGroup,
)
from alliance.groups.services import groups
from alliance.network.models import Post
from alliance.thread.selectors.walk import thread_of
from alliance.thread.services import state_link
from tests.factories.groups import action, line, make_minutes, promised
from tests.factories.needs_offers import make_need
from tests.factories.people import NOW, acting

DAY = dt.timedelta(days=1)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.text


def test_members_of_the_network_join_with_one_click_and_leave(net):
    page, client = f"/en/groups/{net.group.public_id}/", signed_in(net.other)
    assert "Join the group" in text(client, page)
    client.post(page + "join")
    client.post(page + "join")
    member = GroupMember.objects.get(user=net.other)
    assert (member.organisation, member.role) == (net.lund, "member")
    assert "Lova Lund" in text(client, page) and "Lova Lund" not in text(Client(), page)
    assert "City of Lund" in text(Client(), page)
    client.post(page + "leave")
    assert not GroupMember.objects.filter(user=net.other).exists()
    assert signed_in(net.citizen).post(page + "join").status_code == 404


def test_the_secretariat_starts_a_group_and_a_topic_has_one(net):
    client = signed_in(net.secretary)
    words = {"topic": "", "title": "Snow", "mandate": "Clear it for all.", "language": "en"}
    for _twice in range(2):
        assert client.post("/en/groups/new", words).status_code == 302
    assert TopicGroup.objects.filter(title="Snow").count() == 1
    again = client.post("/en/groups/new", words | {"topic": "equity", "title": "Justice"})
    assert (
        again.status_code == 422
        and "This topic already has a group. Use that group instead." in again.text
    )
    nameless = client.post("/en/groups/new", words | {"title": " "})
    assert "Choose a topic or give the group a name." in nameless.text
    long = client.post("/en/groups/new", words | {"title": "å" * 121})
    assert "Shorten the text to 120 characters or fewer; it now has 121." in long.text
    assert signed_in(net.other).get("/en/groups/new").status_code == 404


def test_a_topic_leads_to_its_group_and_back(net):
    there = f"/en/groups/{net.group.public_id}/"
    assert f'href="{there}"' in text(Client(), "/en/topics/equity/")
    assert 'href="/en/topics/equity/"' in text(Client(), there)
    assert "No topic group works on this topic yet." in text(Client(), "/en/topics/indicators/")
    with translation.override("sv"):
        assert net.group.name != "Equity and environmental justice"


def test_minutes_are_typed_in_one_form_and_nothing_typed_is_lost(net):
    client, address = signed_in(net.lead), f"/en/groups/{net.group.public_id}/minutes"
    sent = {
        "title": "Spring meeting",
        "held_on": "2026-11-20",
        "language": "en",
        "decisions-0-text": "One map for all.",
        "decisions-6-text": "No map for none.",
        "actions-0-text": "Draw the map",
        "actions-0-who": f"person {net.lead.public_id}",
        "actions-0-due_on": "2026-11-01",
        "lessons-1-text": "Ask tenants first.",
    }
    refused = client.post(address, sent)
    assert refused.status_code == 422 and "Choose a date after the meeting." in refused.text
    assert all(sent[key] in refused.text for key in sent if key.endswith("-text"))
    assert not Minutes.objects.exists()
    made = client.post(address, sent | {"actions-0-due_on": "2026-12-24"})
    found = Minutes.objects.get()
    assert made.url == f"/en/minutes/{found.public_id}/"
    assert [one.text for one in found.decisions.all()] == ["One map for all.", "No map for none."]
    page = text(client, made.url)
    assert "0 of 1 action items are done" in page and "Elin Berg" in page
    assert "Draw the map" in text(client, f"/en/minutes/{found.public_id}/change")


def test_minutes_are_for_the_network_until_everybody_may_read_them(net):
    made = make_minutes(
        net.group, acting(net.lead), decisions=[line("One map.")],
        actions=[action("Draw", net.lead, net.today)],
    )  # fmt: skip
    address, thread = f"/en/minutes/{made.public_id}/", made.decisions.get().public_id
    for client, status in ((Client(), 404), (signed_in(net.citizen), 404),
                           (signed_in(net.other), 200)):  # fmt: skip
        text(client, address, status)
        text(client, f"/en/thread/decision/{thread}/", status)
    assert Client().get("/api/v1/minutes").json()["count"] == 0
    Minutes.objects.update(is_public=True)
    assert "Draw" in text(Client(), address) and "Elin Berg" not in text(Client(), address)
    assert "One map." in text(Client(), f"/en/thread/decision/{thread}/")
    assert Client().get("/api/v1/minutes").json()["items"][0]["decisions"][0]["text"] == "One map."
    assert Client().get(f"/api/v1/decisions/{thread}").json()["text"] == "One map."
    assert "Meeting" in Client().get(f"/en/groups/{net.group.public_id}/feed.atom").text


def test_of_eleven_action_items_nine_are_done_and_two_stand_on_the_list(net):
    make_minutes(
        net.group, acting(net.lead),
        actions=[action(f"Item {n}", net.lead, net.today + n * DAY) for n in range(11)],
    )  # fmt: skip
    client = signed_in(net.lead)
    for item in list(ActionItem.objects.order_by("number"))[:9]:
        address = f"/en/action-items/{item.public_id}/done"
        assert client.post(address, {"result": " "}).status_code == 422
        assert client.post(address, {"result": "It is there."}).status_code == 302
    reader = signed_in(net.other)
    page = text(reader, "/en/action-items/")
    assert "2 action items are open" in page and "Item 9" in page and "Item 8" not in page
    assert "9 action items are done" in text(reader, "/en/action-items/?state=done")
    assert reader.get(f"/en/action-items/{item.public_id}/done").status_code == 404
    assert signed_in(net.citizen).get("/en/action-items/").status_code == 404


def test_an_action_item_is_handed_over(net):
    make_minutes(net.group, acting(net.lead), actions=[action("Draw", net.lead, net.today)])
    item = ActionItem.objects.get()
    client = signed_in(net.lead)
    address = f"/en/action-items/{item.public_id}/hand-over"
    past = client.post(address, {"who": f"team {net.umea.public_id}", "due_on": "2026-01-01"})
    assert past.status_code == 422 and "This date has passed." in past.text
    client.post(address, {"who": f"team {net.umea.public_id}", "due_on": "2027-01-01"})
    item.refresh_from_db()
    assert (item.owner, item.organisation, item.had_owner) == (None, net.umea, False)


def test_a_group_without_members_can_write_minutes_for_teams_alone(net):
    GroupMember.objects.all().delete()
    page = text(Client(), f"/en/groups/{net.group.public_id}/")
    assert "No participants yet. Members of the network can join with one click." in page
    made = make_minutes(
        net.group, acting(net.secretary), actions=[action("Draw", net.umea, net.today)]
    )
    assert made.actions.get().organisation == net.umea


def test_a_proposal_for_funding_has_a_call_and_partners(net):
    words = promised("Warm homes", net.today + 30 * DAY, "funding")
    with pytest.raises(InvalidData) as refused:
        groups.write_deliverable(
            Deliverable(group=net.group), **words, actor=acting(net.lead), at=NOW
        )
    assert [(one.where, one.code) for one in refused.value.faults] == [("call", "no-call")]
    sent = {"kind": "funding", "title": "Warm homes", "language": "en", "due_on": "2026-12-24",
            "call": "Horizon 2027",
            "partners": [net.umea.public_id, net.lund.public_id]}  # fmt: skip
    client, page = signed_in(net.lead), f"/en/groups/{net.group.public_id}/"
    assert client.post(page + "deliver", sent).status_code == 302
    row = Deliverable.objects.get()
    assert (row.kind, row.partners.count()) == (DeliverableKind.FUNDING, 2)
    assert "Horizon 2027" in text(Client(), page)
    change = f"/en/deliverables/{row.public_id}/"
    client.post(change, sent | {"delivered_on": "2026-11-20", "funded": "granted"})
    (told,) = Client().get(f"/api/v1/groups/{net.group.public_id}").json()["deliverables"]
    assert (told["funded"], told["delivered_on"]) == ("granted", "2026-11-20")
    assert signed_in(net.other).get(change).status_code == 404
    assert "Warm homes" in Client().get(page + "feed.atom").text


def test_a_deliverable_is_a_text_with_versions_in_languages_that_everybody_discusses(net):
    row, words = Deliverable(group=net.group), promised("Concept", NOW.date() + DAY, "guide")
    groups.write_deliverable(row, **words, actor=acting(net.lead), at=NOW)
    page, lead = f"/en/deliverables/{row.public_id}", signed_in(net.lead)
    text(Client(), f"{page}/text", status=404)
    sent = {"seen": 0, "language": "sv", "title": "Begrepp", "body": "Fyra frågor."}
    refused = lead.post(f"{page}/write", sent)
    assert refused.status_code == 422 and "Fyra frågor." in refused.text
    first = sent | {"language": "en", "title": "Concept", "body": "# Why\n\nFour questions."}
    assert lead.post(f"{page}/write", first).status_code == 302
    assert lead.post(f"{page}/write", sent | {"seen": 1}).status_code == 302
    unsaid = lead.post(f"{page}/write", first | {"seen": 1, "body": "Five questions."})
    assert unsaid.status_code == 422 and "Describe the changes in this version." in unsaid.text
    second = first | {"seen": 1, "body": "Five questions.", "changed": "One more."}
    assert lead.post(f"{page}/write", second).status_code == 302
    late = lead.post(f"{page}/write", second | {"body": "Six questions."})
    assert late.status_code == 422 and "version 2" in late.text
    now, before = text(Client(), f"{page}/text"), text(Client(), f"{page}/text?version=1")
    assert "Five questions." in now and "One more." in now and "newer version" not in now
    assert "<h2>Why</h2>" in before and "newer version" in before
    old = text(Client(), f"{page}/text?version=1".replace("/en/", "/sv/"))
    assert "Fyra frågor." in old and "Four" not in old
    for wrong in ("3", "x", "²"):
        text(Client(), f"{page}/text?version={wrong}", status=404)
    assert "Read and discuss the text" in text(Client(), f"/en/groups/{net.group.public_id}/")
    said = {"text": "Who was asked?", "language": "en"}
    assert signed_in(net.citizen).post(f"{page}/post", said).status_code == 302
    assert "Who was asked?" in text(Client(), f"{page}/text")
    assert {one.language: "questions" in one.body for one in documents("topic-group")}["en"]
    # Who wrote a version leaves, and it stays the group’s.
    net.lead.delete()
    assert "compiled by the editors" not in text(Client(), f"{page}/text")


def test_a_deliverable_that_is_late_keeps_its_day_and_no_new_one_begins_late(net):
    row, words = Deliverable(group=net.group), promised("Report", net.today - DAY)
    with pytest.raises(InvalidData):
        groups.write_deliverable(row, **words, actor=acting(net.lead), at=NOW)
    groups.write_deliverable(row, **words, actor=acting(net.lead), at=NOW - 9 * DAY)
    words["title"] = "The report"
    groups.write_deliverable(row, **words, actor=acting(net.lead), at=NOW)
    assert "overdue" in text(Client(), f"/en/groups/{net.group.public_id}/")


def test_documents_are_added_by_members_and_discussed_in_pages(net):
    page = f"/en/groups/{net.group.public_id}/"
    client = signed_in(net.lead)
    sent = {"title": "Map", "url": "http://example.org/map", "language": "en"}
    assert client.post(page + "document", sent).status_code == 422
    client.post(page + "document", sent | {"url": "https://example.org/map"})
    assert "https://example.org/map" in text(Client(), page)
    refused = signed_in(net.other).post(page + "document", sent | {"url": "https://example.org/"})
    assert refused.status_code == 403
    Post.objects.bulk_create(
        Post(kind="topicgroup", record_id=net.group.public_id, text=f"Post {n}", language="en",
             at=NOW)
        for n in range(60)
    )  # fmt: skip
    first = text(Client(), page)
    assert "Post 59" in first and "Post 3<" not in first
    assert "Post 3<" in text(Client(), page + "?page=3")
    mail.outbox.clear()
    signed_in(net.other).post(page + "post", {"text": "We can help.", "language": "en"})
    assert "We can help." in text(Client(), page)


def test_a_document_can_be_a_file_which_everybody_reads_and_goes_with_its_row(net):
    page, client = f"/en/groups/{net.group.public_id}/", signed_in(net.lead)
    sent = {"title": "Map", "language": "en", "url": ""}

    def upload(content: bytes, **more: str):
        file = SimpleUploadedFile("../map of Umeå.csv", content)
        return client.post(page + "document", sent | {"file": file} | more)

    assert "Enter a web address or choose a file." in client.post(page + "document", sent).text
    assert upload(b"a,b", url="https://example.org/map").status_code == 422
    assert upload(b"<script>").status_code == 422
    assert not net.group.documents.exists()
    for _twice in range(2):
        assert upload(b"a,b\n1,2\n").status_code == 302
    row = net.group.documents.get()
    assert f"/en/group-documents/{row.public_id}/file" in text(Client(), page)
    answer = Client().get(f"/en/group-documents/{row.public_id}/file")
    assert (answer.getvalue(), answer["Content-Type"]) == (b"a,b\n1,2\n", "text/csv; charset=utf-8")
    assert 'filename="map-of-Ume-.csv"' in answer["Content-Disposition"]
    assert "Map" in Client().get(page + "feed.atom").text
    (told,) = Client().get(f"/api/v1/groups/{net.group.public_id}").json()["documents"]
    assert told["url"].endswith(f"/group-documents/{row.public_id}/file")
    path = groups.FILES.path_of(row.sha256)
    assert path.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(f"/en/group-documents/{row.public_id}/remove", {"sure": "1"})
    assert not path.exists() and not net.group.documents.exists()


def test_a_decision_of_minutes_is_linked_to_what_a_city_does(net):
    make_minutes(net.group, acting(net.lead), is_public=True, decisions=[line("One map.")])
    decision = net.group.minutes.get().decisions.get()
    need = make_need(net.lund, acting(net.other))
    here = ("decision", decision.public_id)
    state_link(
        net.lund, here, ("need", need.public_id), reason="It follows.", language="en",
        actor=acting(net.other), at=NOW,
    )  # fmt: skip
    assert Link.objects.get().first_id == decision.public_id
    found = thread_of(VISITOR, "need", need.public_id, language="en")
    assert here in found.by_key


def test_the_search_finds_a_group_in_every_language(net):
    found = {one.language: one.title for one in documents("topic-group")}
    assert found.keys() == {"en", "fr", "sv"} and len(set(found.values())) == 3


def test_what_the_editors_compiled_is_not_called_delivered_by_the_group(net):
    """Nothing was discussed, so nothing was agreed; each reader gets it in her language."""
    day = NOW.date()
    group = TopicGroup.objects.create(
        title="Warm homes", mandate="Warm homes.", mandate_in={"sv": "Varma hem."},
        language="en", started_at=NOW, changed_at=NOW,
    )  # fmt: skip
    made = Deliverable.objects.create(
        group=group, title="A concept", language="en", due_on=day, delivered_on=day,
        result="First version.", stated_at=NOW, changed_at=NOW,
    )  # fmt: skip
    texts = [
        DeliverableText.objects.create(
            deliverable=made, number=1, language=language, title=title, body="Text.",
            is_starter=True, written_at=NOW,
        )
        for language, title in (("en", "A concept"), ("sv", "Ett synsätt"))
    ]  # fmt: skip
    said = text(Client(), f"/sv/groups/{group.public_id}/")
    assert "Varma hem." in said and "Ett synsätt" in said and "First version." not in said
    said = text(Client(), f"/en/groups/{group.public_id}/")
    assert "not yet discussed by the topic group" in said
    assert "All agreed deliverables have been delivered." not in said
    DeliverableText.objects.filter(pk=texts[0].pk).update(is_starter=False)
    assert "All agreed deliverables have been delivered." in text(
        Client(), f"/en/groups/{group.public_id}/"
    )
