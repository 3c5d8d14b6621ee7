"""The pages of challenges: from an empty form to a public decision, in three languages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core import clock
from alliance.network.models import Organisation
from alliance.testbeds import models
from tests.factories.challenges import CONFLICT, decide, hand_in, make_challenge
from tests.factories.needs_offers import make_need
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person
from tests.factories.pilots import lay_pilots
from tests.factories.testbeds import business, make_testbed

pytestmark = pytest.mark.django_db
CLOSED = NOW + dt.timedelta(days=31)
FORM = {
    "title": "Quiet nights", "text": "Who sweeps without noise?", "language": "en",
    "opens_on": "2026-11-24", "closes_on": "2026-12-24", "criteria-0-text": "Noise",
    "criteria-3-text": "Cost",
}  # fmt: skip
ANSWER = {
    "title": "Whispering sweepers", "text": "Twelve of them.", "language": "en",
    "claims-0-text": "Half as loud", "claims-0-url": "https://evidence.example.org/",
    "declared_name": "Frida Firm",
}  # fmt: skip


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return lay_pilots()


@pytest.fixture
def firm(editor):
    one = person("Frida Firm")
    join(one, business())
    return acting(one)


@pytest.fixture
def lund(editor) -> Organisation:
    return Organisation.objects.get(public_id="lund-municipality")


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def test_from_an_empty_form_to_a_public_decision(editor, firm, lund, monkeypatch):
    city, other, reader = browser(editor), browser(firm), Client()
    need = make_need(lund, editor)
    new = f"/en/challenges/new?team=lund-municipality&need={need.public_id}"
    assert f'value="{need.public_id}" selected' in page(city, new)
    assert city.post(new, FORM | {"closes_on": ""}).status_code == 422
    assert city.post(new, FORM | {"need": need.public_id}).status_code == 302
    challenge = models.Challenge.objects.get()
    assert [one.text for one in challenge.criteria.all()] == ["Noise", "Cost"]
    where = f"/en/challenges/{challenge.public_id}/"
    assert "Quiet nights" in page_text(reader, f"/en/challenges/?need={need.public_id}")
    assert f"?need={need.public_id}" in page(reader, f"/en/needs/{need.public_id}/")
    hand = f"{where}answers/new?team=umea-business"
    refused = other.post(hand, ANSWER)
    assert refused.status_code == 422
    assert "Answer yes or no before you submit." in refused.content.decode()
    assert other.post(hand, ANSWER | {"has_conflict": "no"}).status_code == 302
    answer = models.Answer.objects.get()
    own = f"{where}answers/{answer.public_id}/"
    assert "Sealed: only your team" in page_text(other, own)
    for client in (city, reader):
        assert client.get(own).status_code == 404
        assert "Whispering" not in page_text(client, where)
    assert city.get(f"{where}decide").status_code == 404
    monkeypatch.setattr(clock, "now", lambda: CLOSED)
    assert "Twelve of them." in page_text(city, own)
    assert "Whispering" not in page_text(reader, where)
    verdict = {
        f"is_chosen-{answer.public_id}": "yes", f"reason-{answer.public_id}": "Quietest.",
        "outcome": "We try it.", "has_conflict": "yes", "declared_name": "Eva Editor",
    }  # fmt: skip
    half = city.post(f"{where}decide", verdict)
    assert half.status_code == 422 and 'href="#id_conflict"' in half.content.decode()
    whole = verdict | {"conflict": "I know the owner."}
    assert city.post(f"{where}decide", whole).status_code == 302
    seen = page_text(reader, where)
    for words in (
        "1 of 1 answer chosen. Decided on 25 December 2026 by Eva Editor.",
        "I know the owner.",
        "Sweepers AB chosen",
        "Declared: no conflict of interest. Frida Firm",
        "Reason: Quietest.",
        "No pilot linked yet.",
    ):
        assert words in seen, words
    assert city.get(f"{where}change").status_code == 404


def test_a_person_of_an_answering_team_is_told_why_not(editor, firm, lund, monkeypatch):
    challenge = make_challenge(lund, editor)
    answer = hand_in(challenge, business(), firm)
    join(editor.user, business(), "member")
    monkeypatch.setattr(clock, "now", lambda: CLOSED)
    sent = {
        f"is_chosen-{answer.public_id}": "no", f"reason-{answer.public_id}": "Costly.",
        "outcome": "None.", "has_conflict": "no", "declared_name": "Eva Editor",
    }  # fmt: skip
    refused = browser(editor).post(f"/en/challenges/{challenge.public_id}/decide", sent)
    assert refused.status_code == 403
    assert (
        "You are, or have been, on the team of an organisation that answered, so "
        "someone else must decide."
    ) in refused.content.decode()


def test_the_parts_of_the_list(editor, lund, monkeypatch):
    make_challenge(lund, editor)
    client = Client()
    assert "Quiet streets" in page_text(client, "/en/challenges/")
    assert client.get("/en/challenges/?show=other").status_code == 404
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=91))
    assert "Quiet streets" not in page_text(client, "/en/challenges/")
    assert "waiting for a decision for 61 days" in page_text(client, "/en/challenges/?show=waiting")
    assert "Quiet streets" in page_text(client, "/en/challenges/?city=lund")


def test_a_challenge_that_is_open_names_what_stands_fast(editor, lund):
    challenge = make_challenge(lund, editor)
    client = browser(editor)
    where = f"/en/challenges/{challenge.public_id}/change"
    assert 'value="Noise at the window"' in page(client, where)
    refused = client.post(where, FORM)
    assert refused.status_code == 422
    assert "you can only move the last day to a later date" in refused.content.decode()


def test_an_interest_declared_elsewhere_and_left_out_is_shown_to_those_who_decide(
    editor, firm, lund, monkeypatch
):
    earlier = make_challenge(lund, editor, title="Clean snow")
    said = hand_in(earlier, business(), firm, conflict=CONFLICT)
    challenge = make_challenge(lund, editor)
    answer = hand_in(challenge, business(), firm)
    monkeypatch.setattr(clock, "now", lambda: CLOSED)
    where = f"/en/challenges/{challenge.public_id}/"
    decider = browser(editor)
    # Sealed until it is decided; then everybody can read it.
    assert "left out here" not in page_text(decider, f"{where}decide")
    decide(earlier, editor, said, at=CLOSED)
    for address in (where, f"{where}decide"):
        shown = page_text(decider, address)
        assert "Declared in another challenge but left out here. Ask before you decide." in shown
        assert "Clean snow : My brother works for the city." in shown
    assert "left out here" not in page_text(browser(firm), where)
    rows = models.Answer.objects.filter(pk=answer.pk)
    rows.update(has_conflict=True, conflict="A share in a supplier.")
    assert (
        "Declared in another challenge, but not in the same words here. Compare before you decide."
    ) in page_text(decider, f"{where}decide")
    rows.update(conflict="A share in a supplier.  my brother works for the city, too.")
    assert "same words" not in page_text(decider, f"{where}decide")


def test_businesses_have_a_page_with_what_is_open_and_what_came_of_theirs(
    editor, firm, lund, django_assert_max_num_queries
):
    nothing = page_text(Client(), "/en/businesses/")
    assert "No open challenges at the moment." in nothing and "See open challenges" not in nothing
    make_testbed(lund, editor, title="Street with sensors")
    hand_in(make_challenge(lund, editor), business(), firm, conflict=CONFLICT)
    with django_assert_max_num_queries(15):
        visitor = page_text(Client(), "/en/businesses/")
    assert "1 challenge is open." in visitor and "Quiet streets at night" in visitor
    assert "Street with sensors" in visitor and "Sweepers that whisper" not in visitor
    assert "Your answers and pilots" not in page_text(browser(editor), "/en/businesses/")
    signed_in = browser(firm)
    with django_assert_max_num_queries(15):
        own = page_text(signed_in, "/en/businesses/")
    assert "Sweepers that whisper" in own and "My brother works for the city." in own
    for other in ("/en/join/", "/en/together/"):
        assert 'href="/en/businesses/"' in page(Client(), other)


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_pages_ask_little_of_the_database(editor, firm, lund, language, monkeypatch):
    challenge = make_challenge(lund, editor)
    answers = []
    for n in range(5):
        one = Organisation.objects.get(pk=business().pk)
        one.pk, one.public_id, one.name = None, f"firm-{n}", f"Firm {n}"
        one.save(force_insert=True)
        join(firm.user, one)
        answers.append(hand_in(challenge, one, acting(firm.user), conflict=CONFLICT))
    decide(challenge, editor, *answers[:2], at=CLOSED)
    monkeypatch.setattr(clock, "now", lambda: CLOSED)
    client = browser(editor)
    where = f"/{language}/challenges/{challenge.public_id}/"
    for address in (
        f"/{language}/challenges/?show=decided",
        where,
        f"{where}answers/{answers[0].public_id}/",
    ):
        with CaptureQueriesContext(connection) as asked:
            page(client, address)
        assert len(asked) <= 15, [one["sql"][:90] for one in asked]
