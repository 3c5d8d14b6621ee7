"""What the page of an organisation, and that of its city, offers to those who act for it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.knowledge import lay_ground
from tests.factories.pages import page
from tests.factories.people import join, person, team

pytestmark = pytest.mark.django_db

ADDRESSES = ("/en/organisations/umea-municipality/", "/en/cities/umea/")
TEAM = 'href="/en/organisations/umea-municipality/team/"'
WRITE = 'href="/en/write/new?team=umea-municipality"'


@pytest.fixture(autouse=True)
def umea():
    lay_ground()
    team("lund")
    return team("umea")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("address", ADDRESSES)
def test_editors_write_and_manage_their_team_from_there(umea, address):
    editor = person("Elin Berg")
    join(editor, umea)
    source = page(signed_in(editor), address)
    assert TEAM in source and WRITE in source
    label = "Add a case for City of Umeå" if "/cities/" in address else "Add a case"
    assert f"{label}</a>" in source
    elsewhere = page(signed_in(editor), address.replace("umea", "lund"))
    assert "/team/" not in elsewhere and "/write/new" not in elsewhere


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_secretariat_manages_and_does_not_write(address):
    source = page(signed_in(person("Sara Ny", "secretariat")), address)
    assert TEAM in source and WRITE not in source


@pytest.mark.parametrize("address", ADDRESSES)
def test_members_and_others_see_what_visitors_see(umea, address):
    member = person("Max Li")
    join(member, umea, "member")
    for user in (member, person("Rosa Petit", "reviewer"), person("Cia Borg")):
        source = page(signed_in(user), address)
        assert TEAM not in source and WRITE not in source


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_page_of_visitors_has_no_cookie_and_may_be_kept(umea, address, settings):
    settings.PAGE_CACHE_BYTES = 1_000_000
    client = Client()
    response = client.get(address)
    assert not response.cookies and "ETag" in response.headers
    content = response.content.decode()
    assert TEAM not in content and WRITE not in content and "csrf" not in content
    editor = person("Elin Berg")
    join(editor, umea)
    # Neither is given the page of the other.
    assert TEAM in page(signed_in(editor), address)
    assert client.get(address).content == response.content


def test_the_link_chooses_the_team_to_write_for(umea):
    editor = person("Elin Berg")
    join(editor, umea)
    join(editor, team("lund"))
    client = signed_in(editor)
    for public_id in ("umea-municipality", "lund-municipality"):
        source = page(client, f"/en/write/new?team={public_id}")
        assert f'<option value="{public_id}" selected>' in source
    # One that is not the reader's is none to choose.
    assert "selected" in page(client, "/en/write/new?team=paris-municipality")
