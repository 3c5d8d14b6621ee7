"""The pages of needs and offers, and the same through the API."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from django.test import Client

from alliance.core.audit import COMMAND_LINE
from alliance.network.enums import Scope
from alliance.network.models import City, Need, Offer
from alliance.network.services import make_token
from alliance.network.services.needs_offers import state_need
from alliance.search.store import store
from tests.factories.needs_offers import NEED, make_need, make_offer
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting

pytestmark = pytest.mark.django_db
TYPED = {"title": "Quieter nights", "text": "Which limits hold?", "language": "en",
         "themes": ["mobility"], "sdg_targets": "11.2, 11.6"}  # fmt: skip


@pytest.fixture
def members(people):
    City.objects.update(is_member=True)
    return people


def test_an_editor_states_a_need_and_another_city_says_that_it_has_it(members, browser_of):
    editor = browser_of(members.editor)
    assert "Describe a need in Lund" in page_text(editor, "/en/needs/")
    address = f"/en/needs/new?team={members.lund.public_id}"
    refused = editor.post(address, {**TYPED, "title": ""})
    assert refused.status_code == 422 and "Which limits hold?" in refused.content.decode()
    response = editor.post(address, TYPED)
    need = Need.objects.get()
    assert response.status_code == 302 and need.public_id in response.headers["Location"]
    foreign = browser_of(members.foreign)
    at = f"/en/needs/{need.public_id}/"
    assert "Importance to Umeå" in page_text(foreign, at)
    assert "Importance to" not in page_text(editor, at)
    asks = f"/en/take-part/new?team={members.lund.public_id}&amp;need={need.public_id}"
    assert asks in page(editor, at) and asks not in page(foreign, at)
    given = {"team": members.umea.public_id, "priority": "3"}
    assert foreign.post(f"{at}priority", given).status_code == 302
    seen = page_text(Client(), at)
    assert "Umeå : urgent to us" in seen or "urgent to us" in seen
    assert "1 other city has the same need (weight 3)" in page_text(Client(), "/en/needs/")
    # A wrong choice is told, and nothing is changed.
    assert foreign.post(f"{at}priority", {**given, "priority": "9"}).status_code == 302
    assert need.priorities.get().priority == 3
    foreign.post(f"{at}priority", {**given, "priority": ""})
    assert not need.priorities.exists()


def test_a_need_is_closed_with_its_outcome(members, browser_of):
    need = make_need(members.lund, acting(members.editor))
    editor = browser_of(members.editor)
    address = f"/en/needs/{need.public_id}/state"
    assert editor.post(address, {"state": "answered", "outcome": ""}).status_code == 422
    assert editor.post(address, {"state": "answered", "outcome": "Umeå knew."}).status_code == 302
    assert "Umeå knew." in page_text(Client(), f"/sv/needs/{need.public_id}/")
    assert need.title not in page_text(Client(), "/en/needs/")
    assert need.title in page_text(Client(), "/en/needs/?state=answered")
    assert editor.get(f"/en/needs/{need.public_id}/change").status_code == 200
    refused = editor.post(f"/en/needs/{need.public_id}/change", TYPED)
    assert refused.status_code == 403 and "no longer open" in refused.content.decode()


def test_what_was_changed_meanwhile_is_not_overwritten_and_what_was_typed_stays(
    members, browser_of
):
    editor, actor = browser_of(members.editor), acting(members.editor)
    made = [("needs", make_need(members.lund, actor)), ("offers", make_offer(members.lund, actor))]
    for board, record in made:
        address = f"/en/{board}/{record.public_id}/change"
        typed = {**TYPED, "kinds": ["data"], "languages": [], "revision": "1"}
        assert 'name="revision" value="1"' in page(editor, address)
        assert editor.post(address, {**typed, "title": "First"}).status_code == 302
        late = editor.post(address, {**typed, "title": "Late words"})
        assert late.status_code == 422
        html = late.content.decode()
        assert (
            "Someone else has changed this since you opened it. Nothing was "
            "overwritten. Open it again in another window and copy your text "
            "there."
        ) in html and "Late words" in html
        # Sent again as it is shown, it still does not overwrite.
        assert 'name="revision" value="1"' in html
        record.refresh_from_db()
        assert (record.title, record.revision) == ("First", 2)
        assert editor.post(address, {**typed, "title": "Now", "revision": "2"}).status_code == 302
        record.refresh_from_db()
        assert (record.title, record.revision) == ("Now", 3)


def test_texts_say_their_language_on_boards_pages_and_in_the_api(members, client):
    words = dataclasses.replace(NEED, title="Mindre buller", text="Gatan.", language="sv")
    need = state_need(members.lund, words, actor=acting(members.editor), at=NOW)
    for address in ("/en/needs/", f"/en/needs/{need.public_id}/"):
        html = page(client, address)
        assert '<span lang="sv">Mindre buller</span>' in html
        assert "in Swedish" in html
    assert '<div lang="sv"><p>Gatan.</p>' in html
    assert '<span lang="sv">' not in page(client, f"/sv/needs/{need.public_id}/")
    assert client.get(f"/api/v1/needs/{need.public_id}").json()["language"] == "sv"


def test_matches_tell_reasons_and_what_is_unknown(members, browser_of):
    need = make_need(members.lund, acting(members.editor))
    offer = make_offer(members.umea, acting(members.foreign))
    seen = page_text(Client(), f"/en/needs/{need.public_id}/")
    assert "Same theme Mobility" in seen
    assert "Population size not known for both cities, so not compared" in seen
    assert "There is no score." in seen
    assert "Cases on Mobility" in seen
    seen = page_text(Client(), f"/en/offers/{offer.public_id}/")
    assert "Quieter nights by the ring road" in seen and "Staff days 4" in seen


def test_an_offer_is_made_changed_and_ended(members, browser_of):
    editor = browser_of(members.editor)
    typed = {**TYPED, "title": "A visit", "kinds": ["visit"], "staff_days": "3", "until": ""}
    assert editor.post(f"/en/offers/new?team={members.lund.public_id}", typed).status_code == 302
    offer = Offer.objects.get()
    assert offer.staff_days == 3
    source = page(editor, f"/en/offers/{offer.public_id}/change")
    assert 'value="A visit"' in source and 'value="11.2, 11.6"' in source
    editor.post(f"/en/offers/{offer.public_id}/change", {**typed, "title": "Two visits"})
    assert "Two visits" in page_text(Client(), "/en/offers/?kind=visit&theme=mobility")
    assert editor.post(f"/en/offers/{offer.public_id}/end").status_code == 302
    assert Client().get("/en/offers/").status_code == 302
    assert "no longer valid" in page_text(Client(), f"/en/offers/{offer.public_id}/")


def test_a_text_in_another_language_says_so(members):
    need = make_need(members.lund, acting(members.editor), language="sv", title="Tysta nätter")
    source = page(Client(), f"/fr/needs/{need.public_id}/")
    assert '<span lang="sv">Tysta nätter</span>' in source


def test_boards_ask_the_database_no_more_for_more_needs(members, at, django_assert_max_num_queries):
    for n in range(30):
        need = make_need(members.lund, acting(members.editor), title=f"Need {n}")
    for n in range(20):
        make_offer(members.umea, acting(members.foreign), title=f"Offer {n}")
    client = Client()
    # What the search reads of the index once is no part of a page.
    store.current(at=at)
    for address in ("/en/needs/?page=2", "/en/offers/", f"/en/needs/{need.public_id}/"):
        with django_assert_max_num_queries(15):
            page(client, address)
    page(client, "/en/needs/?page=3", status=404)
    page(client, "/en/needs/?city=nowhere", status=404)


@pytest.fixture
def token(members, at):
    made = make_token(
        members.umea,
        name="register",
        scopes=[Scope.EXCHANGE],
        expires_at=at + dt.timedelta(days=9),
        actor=COMMAND_LINE,
        at=at,
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {made.secret}"}


def test_a_program_speaks_for_the_city_of_its_team(members, token, client):
    def send(method, path, body):
        call = getattr(client, method)
        return call(f"/api/v1/{path}", json.dumps(body), content_type="application/json", **token)

    words = {"title": "Waste", "text": "Sorted at the door?", "language": "fr", "themes": ["waste"]}
    made = send("post", "needs", {**words, "team": members.umea.public_id})
    assert made.status_code == 201, made.content
    need = made.json()
    assert made.headers["Location"].endswith(f"/api/v1/needs/{need['id']}")
    assert (need["city"], need["state"], need["weight"]) == ("umea", "open", 0)
    assert send("post", "needs", {**words, "team": members.lund.public_id}).status_code == 404
    own = {"team": members.umea.public_id, "can": True}
    assert send("put", f"needs/{need['id']}/help", own).status_code == 403, "its own need"
    asked = make_need(members.lund, acting(members.editor), title="Asked")
    told = send("put", f"needs/{asked.public_id}/help", own)
    assert (told.status_code, told.json()["helpers"]) == (200, ["umea"])
    fault = send("put", f"needs/{need['id']}", {**words, "deadline": "soon"})
    assert fault.status_code == 422 and fault.json()["errors"][0]["field"] == "deadline"
    other = make_need(members.lund, acting(members.editor))
    body = {"team": members.umea.public_id, "priority": 2}
    ranked = send("put", f"needs/{other.public_id}/priority", body).json()
    assert ranked["priorities"] == [{"city": "umea", "priority": 2, "counts": True}]
    assert ranked["weight"] == 2
    offer = send(
        "post", "offers", {**words, "kinds": ["data"], "themes": ["mobility"],
                           "team": members.umea.public_id}
    ).json()  # fmt: skip
    found = client.get(f"/api/v1/needs/{other.public_id}/matches").json()
    assert found["items"][0]["id"] == offer["id"]
    assert found["items"][0]["matter"] == [{"kind": "theme", "codes": ["mobility"]}]
    assert "score" not in found["items"][0]
    listed = client.get("/api/v1/needs?theme=waste&state=open").json()
    assert [one["id"] for one in listed["items"]] == [need["id"]]
    assert client.get("/api/v1/needs?theme=cars").status_code == 422


def test_a_program_changes_the_state_that_it_read(members, token, client):
    need = make_need(members.umea, acting(members.foreign))
    offer = make_offer(members.umea, acting(members.foreign))
    words = {"title": "Waste", "text": "Sorted?", "language": "fr", "themes": ["waste"]}
    for address, body in (
        (f"/api/v1/needs/{need.public_id}", words),
        (f"/api/v1/offers/{offer.public_id}", {**words, "kinds": ["data"]}),
    ):

        def put(title, address=address, body=body, **headers):
            sent = json.dumps({**body, "title": title})
            return client.put(
                address, sent, content_type="application/json", headers=headers, **token
            )

        read = client.get(address)
        assert read.headers["ETag"] == '"1"'
        saved = put("First", **{"If-Match": '"1"'})
        assert (saved.status_code, saved.headers["ETag"]) == (200, '"2"')
        assert put("Late", **{"If-Match": '"1"'}).status_code == 412
        assert put("Any", **{"If-Match": "*"}).status_code == 428
        assert client.get(address).json()["title"] == "First"
        # Without the header whatever stands is replaced, as before.
        assert put("Last").status_code == 200
