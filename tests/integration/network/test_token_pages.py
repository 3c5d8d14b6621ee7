"""Making and revoking tokens in the browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alliance.network.access import actor_for_token
from alliance.network.models import ApiToken
from alliance.network.services import make_token
from tests.factories.pages import page, page_text, words
from tests.factories.people import acting
from tests.integration.network.conftest import AT, People
from tests.integration.network.test_invitation_pages import ticket

TOKENS = "/en/organisations/lund-municipality/team/tokens/"
Browsers = Callable[..., Client]


def form(client: Client, **values: Any) -> dict[str, Any]:
    return {
        "name": "Project register",
        "scopes": ["drafts:write"],
        "expires": "2027-03-31",
        "ticket": ticket(client, f"{TOKENS}new"),
        **values,
    }


def shown_secret(client: Client) -> str:
    found = re.search(r'id="secret"[^>]* value="([^"]+)"', page(client, TOKENS))
    return found[1] if found else ""


def test_a_token_is_made_and_shown_once(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    assert "No tokens" in page_text(client, TOKENS)
    response = client.post(f"{TOKENS}new", form(client))
    assert (response.status_code, response.url) == (302, TOKENS)
    secret = shown_secret(client)
    actor = actor_for_token(secret, at=AT)
    assert actor is not None and actor.scopes == {"drafts:write"}
    assert secret not in page(client, TOKENS)
    said = page_text(client, TOKENS)
    assert f"Project register {secret[:12]}…" in said
    assert "write and submit the team’s drafts Created 25 November 2026 Elin Editor" in said
    assert "31 March 2027" in said
    # The day that was chosen is the last one, and it is whole.
    token = ApiToken.objects.get()
    assert token.expires_at == dt.datetime(2027, 4, 1, tzinfo=dt.UTC)


def test_the_list_tells_when_a_token_was_last_used(people: People, browser_of: Browsers) -> None:
    made = make_token(
        people.lund,
        name="register",
        scopes=["drafts:read"],
        expires_at=AT + dt.timedelta(days=9),
        actor=acting(people.editor),
        at=AT,
    )
    client = browser_of(people.editor)
    assert "never used" in page_text(client, TOKENS)
    actor_for_token(made.secret, at=AT + dt.timedelta(days=2))
    assert "27 November 2026" in page_text(client, TOKENS)


def test_a_form_that_is_sent_twice_makes_one_token(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    sent = form(client)
    assert [client.post(f"{TOKENS}new", sent).status_code for _ in range(2)] == [302, 302]
    assert ApiToken.objects.count() == 1
    assert actor_for_token(shown_secret(client), at=AT) is not None


def test_a_token_is_revoked_after_one_more_question(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    client.post(f"{TOKENS}new", form(client))
    secret = shown_secret(client)
    address = f"{TOKENS}{ApiToken.objects.get().public_id}/revoke"
    assert address in page(client, TOKENS)
    assert "Revoke the token “Project register”?" in page_text(client, address)
    for _ in range(2):
        assert client.post(address).url == TOKENS
    assert actor_for_token(secret, at=AT) is None
    said = page_text(client, TOKENS)
    assert "The token “Project register” has been revoked." in said
    assert "Inactive in the last 90 days" in said
    foreign = browser_of(people.foreign)
    assert foreign.post(address.replace("lund-", "umea-")).status_code == 404


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"name": ""}, "Name: Fill this in."),
        ({"name": "x" * 81}, "80 characters or fewer; it now has 81"),
        ({"scopes": []}, "Permissions: Choose at least one option."),
        (
            {"scopes": ["all"]},
            "Permissions: “all” is not one of the options. Choose one from the list.",
        ),
        ({"expires": "31/03/2027"}, "Enter the date as year-month-day, for example 2026-05-31."),
        ({"expires": "2026-11-25"}, "Choose a date after today and within a year."),
        ({"expires": "2027-11-27"}, "Choose a date after today and within a year."),
    ],
)
def test_faults_stand_beside_their_fields(
    people: People, browser_of: Browsers, values: dict[str, Any], fault: str
) -> None:
    client = browser_of(people.editor)
    response = client.post(f"{TOKENS}new", form(client, **values))
    assert response.status_code == 422
    assert fault in words(response.content.decode())
    assert not ApiToken.objects.exists()


def test_a_year_is_the_longest(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    assert client.post(f"{TOKENS}new", form(client, expires="2027-11-25")).status_code == 302


def test_a_name_that_is_taken_is_told(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    client.post(f"{TOKENS}new", form(client))
    response = client.post(f"{TOKENS}new", form(client))
    assert response.status_code == 422
    assert "Name: The team already has a token with this name." in words(response.content.decode())
