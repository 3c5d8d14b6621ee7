"""Needs and offers that editors wrote down: the team of the city alone makes them its word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.core.models import AuditEvent
from alliance.network.models import Need, Offer, StatementDraft
from tests.factories.knowledge import lay_ground
from tests.factories.needs_offers import make_statement_draft
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.waiting import waiting_for

pytestmark = pytest.mark.django_db
HERE = "/en/statement-drafts/lund-municipality-need/"


@pytest.fixture
def net() -> Any:
    """Lund with an editor and a draft of a need; Umeå with another; the secretariat."""
    lay_ground()

    class Net:
        lund, umea = team("lund"), team("umea")
        editor, other = person("Lova Lund"), person("Ulf Ume")
        secretary = person("Siv Secretary", "secretariat")

    join(Net.editor, Net.lund)
    join(Net.other, Net.umea)
    make_statement_draft(Net.lund)
    return Net


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def waits_for(user: Any) -> list[tuple[str, str]]:
    found = waiting_for(acting(user, NOW), at=NOW, language="en")
    return [(line.item.kind, line.item.url) for line in found]


def test_only_the_team_and_the_secretariat_see_a_draft(net, client):
    assert waits_for(net.editor) == [("need-draft", HERE)]
    assert waits_for(net.other) == []
    words = page_text(signed_in(net.editor), HERE)
    assert "have this need?" in words and "Färre bilar vid skolan" in words
    assert "Confirm as our need" in words
    read = page_text(signed_in(net.secretary), HERE)
    assert "Moins de voitures" in read and "Confirm as our need" not in read
    assert signed_in(net.other).get(HERE).status_code == 404
    for address in ("/en/needs/?state=", "/api/v1/needs", "/en/find?q=Fewer+cars+at+school"):
        assert "how others did it" not in client.get(address).text


def test_one_click_makes_it_the_word_of_the_city_in_its_own_language(net):
    answer = signed_in(net.editor).post(f"{HERE}confirm")
    need = Need.objects.get()
    assert answer.headers["Location"] == f"/en/needs/{need.public_id}/"
    assert (need.title, need.language, need.stated_by) == (
        "Färre bilar vid skolan", "sv", net.editor,
    )  # fmt: skip
    assert [tag.code for tag in need.tags.all()] == ["mobility"]
    assert waits_for(net.editor) == []
    assert signed_in(net.editor).post(f"{HERE}confirm").status_code == 404
    assert Need.objects.count() == 1


def test_an_offer_is_made_of_the_draft_of_an_offer(net):
    make_statement_draft(net.umea, kind="offer")
    signed_in(net.other).post("/en/statement-drafts/umea-municipality-offer/confirm")
    assert Offer.objects.get().kinds == ["knowledge"]


def test_the_secretariat_may_reject_and_not_confirm(net):
    client = signed_in(net.secretary)
    assert client.post(f"{HERE}confirm").status_code == 403
    assert Need.objects.count() == 0
    assert client.post(f"{HERE}reject", {"sure": "1"}).status_code == 302
    assert StatementDraft.objects.get().state == "rejected"
    assert waits_for(net.editor) == []
    assert AuditEvent.objects.filter(kind="statement draft", verb="reject").count() == 1
