"""The page of everything that cities do together, and the way to it from empty lists."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.accounts.models import User
from alliance.network.models import City
from tests.factories.knowledge import lay_ground
from tests.factories.needs_offers import make_need, make_offer, make_peer_review
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db
LISTS = ("needs", "offers", "adoptions", "peer-reviews", "groups", "workshops")


def main_links(source: str) -> set[str]:
    return set(re.findall(r'href="(/en/[^"?#]*)', source.split("<main")[1].split("</main")[0]))


def test_an_empty_network_has_no_page_that_only_says_nothing(client: Client) -> None:
    source = page(client, "/en/together/")
    assert "No city has described a need yet." in source and "How it works" in source
    assert not main_links(source) & {f"/en/{name}/" for name in LISTS}
    for name in LISTS:
        answer = client.get(f"/en/{name}/")
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/en/together/")
    for address in main_links(source) - {"/en/find", "/en/evidence/map"}:
        walked = client.get(address, follow=True).content.decode().split("<main")[1]
        assert 'class="empty"' not in walked or "<section" in walked, address


@pytest.fixture
def editors(db: None) -> tuple[User, User]:
    """An editor of Lund and an editor of Umeå."""
    lay_ground()
    City.objects.update(is_member=True)
    lea, uma = person("Lea Lund"), person("Uma Umea")
    join(lea, team("lund"))
    join(uma, team("umea"))
    return lea, uma


def test_each_part_shows_its_first_lines_and_how_many_there_are(editors: tuple[User, User]) -> None:
    lea, uma = editors
    lund = team("lund")
    for n in range(4):
        make_need(lund, acting(lea), title=f"Need {n}")
    make_offer(lund, acting(lea))
    make_peer_review(lund, acting(lea), reviewer=(team("umea"), acting(uma)))
    with CaptureQueriesContext(connection) as seen:
        source = page(Client(), "/en/together/")
    assert len(seen) <= 20
    text = page_text(Client(), "/en/together/")
    assert "4 needs are open. 1 offer is waiting for a city." in text
    assert "All 4 needs" in text and "Need 3" not in text and "All 1" not in text
    assert 'href="#adoptions"' not in source and 'href="#reviews"' in source
    assert "1 reviewing city" in text
    client = Client()
    client.force_login(lea)
    own = page_text(client, "/en/together/")
    assert "Describe a need in Lund" in own and "Make an offer from Lund" in own


def test_filters_offer_only_what_some_need_has(editors: tuple[User, User]) -> None:
    make_need(team("lund"), acting(editors[0]), themes=("mobility", "health"))
    source = page(Client(), "/en/needs/")
    assert 'value="mobility"' in source and 'value="water"' not in source
    assert 'name="state"' not in source, "all needs are open"
