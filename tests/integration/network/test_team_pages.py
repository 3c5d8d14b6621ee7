"""The pages of a team: who is in it, changing roles, leaving."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from alliance.accounts.models import User
from alliance.network.models import Membership
from alliance.network.services import invite, make_token
from tests.factories.pages import page, page_text, words
from tests.factories.people import acting, join, person
from tests.integration.network.conftest import AT, People

TEAM = "/en/organisations/lund-municipality/team/"
Browsers = Callable[..., Client]


def of(user: User) -> str:
    return f"{TEAM}members/{user.public_id}/"


def test_editors_see_who_is_in_the_team(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    invite(people.lund, role="editor", email="ny@example.org", actor=acting(people.editor), at=AT)
    said = page_text(client, TEAM)
    assert "Elin Editor (you) elin.editor@example.org Role editor Member since 24 Nov" in said
    assert "Mats Member mats.member@example.org Role member Member since 24 Nov" in said
    assert said.index("Elin Editor") < said.index("Mats Member")
    assert (
        "ny@example.org Role editor Created 25 November 2026 Elin Editor Valid until 9 December"
        in said
    )
    assert "Fia Foreign" not in said
    assert "0 valid tokens" in said


def test_the_secretariat_sees_it_too_and_what_to_do_first(
    people: People, browser_of: Browsers
) -> None:
    Membership.objects.all().delete()
    client = browser_of(people.secretariat)
    said = page_text(client, TEAM)
    assert "No one is in this team yet" in said
    assert "Leave the team" not in said


@pytest.mark.parametrize("name", ["member", "foreign", "citizen"])
def test_for_others_a_team_looks_like_one_that_is_not_there(
    people: People, browser_of: Browsers, name: str
) -> None:
    client = browser_of(getattr(people, name))
    hidden = page(client, TEAM, status=404)
    missing = page(client, TEAM.replace("lund", "nowhere"), status=404)
    assert hidden.replace("lund-", "nowhere-") == missing


def test_visitors_go_to_sign_in_and_come_back(people: People, client: Client) -> None:
    response = client.get(f"{TEAM}?a=b")
    assert response.status_code == 302
    assert response.url.endswith("?next=/en/organisations/lund-municipality/team/%3Fa%3Db")
    # Nothing tells whether there is such a team.
    assert client.get(TEAM.replace("lund", "nowhere")).status_code == 302


def test_pages_are_kept_nowhere(people: People, browser_of: Browsers) -> None:
    response = browser_of(people.editor).get(TEAM)
    assert response.headers["Cache-Control"] == "private, no-store"


def test_pages_need_few_queries(
    people: People, browser_of: Browsers, django_assert_max_num_queries: Callable[..., object]
) -> None:
    by = acting(people.editor)
    for number in range(6):
        join(person(f"P{number}"), people.lund, "editor")
        invite(people.lund, role="member", actor=by, at=AT)
        make_token(
            people.lund, name=f"t{number}", scopes=["drafts:read"], actor=by, at=AT,
            expires_at=AT + dt.timedelta(days=9),
        )  # fmt: skip
    client = browser_of(people.editor)
    for address in (TEAM, f"{TEAM}tokens/", of(people.member), f"{TEAM}invite"):
        with django_assert_max_num_queries(15):
            page(client, address)


def test_an_editor_makes_a_member_an_editor(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    assert re.search(r'value="member"[^>]* checked', page(client, of(people.member)))
    response = client.post(of(people.member), {"role": "editor"})
    assert (response.status_code, response.url) == (302, TEAM)
    assert "The role of Mats Member has been saved." in page_text(client, TEAM)
    assert acting(people.member, AT).teams == {"lund-municipality": "editor"}
    # Sent twice, it stays as it is.
    assert client.post(of(people.member), {"role": "editor"}).status_code == 302


@pytest.mark.parametrize("sent", [{}, {"role": "king"}])
def test_a_wrong_role_is_told_beside_the_field(
    people: People, browser_of: Browsers, sent: dict[str, str]
) -> None:
    response = browser_of(people.editor).post(of(people.member), sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#id_role">Role:' in html
    assert 'id="id_role_error"' in html
    assert "<title>Not saved: Mats Member" in html
    assert acting(people.member, AT).teams == {"lund-municipality": "member"}


def test_who_gives_up_the_role_of_editor_is_led_to_the_organisation(
    people: People, browser_of: Browsers
) -> None:
    join(people.citizen, people.lund, "editor")
    response = browser_of(people.editor).post(of(people.editor), {"role": "member"})
    assert response.url == "/en/organisations/lund-municipality/"


def test_the_last_editor_is_warned_and_cannot_go(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    for address in (of(people.editor), f"{of(people.editor)}end", f"{TEAM}leave"):
        assert (
            "This is the team’s last editor. Make someone else an editor first, "
            "or ask the secretariat."
        ) in page_text(client, address)
    for address in (f"{of(people.editor)}end", f"{TEAM}leave"):
        response = client.post(address)
        assert response.status_code == 403
        assert (
            "This is the team’s last editor. Make someone else an editor first, "
            "or ask the secretariat."
        ) in words(response.content.decode())
    response = client.post(of(people.editor), {"role": "member"})
    assert response.status_code == 403
    assert acting(people.editor, AT).teams == {"lund-municipality": "editor"}


def test_the_secretariat_ends_the_last_one_after_a_warning(
    people: People, browser_of: Browsers
) -> None:
    client = browser_of(people.secretariat)
    address = f"{of(people.editor)}end"
    assert (
        "This person is the team’s last editor. Without an editor, the team "
        "cannot write for the organisation or invite others."
    ) in page_text(client, address)
    assert client.post(address).url == TEAM
    assert "Elin Editor is no longer a member of the team." in page_text(client, TEAM)
    assert acting(people.editor, AT).teams == {}
    # The member is gone, and so is the page.
    assert client.post(address).status_code == 404


def test_a_member_leaves(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.member)
    assert "Leave the team of City of Lund?" in page_text(client, f"{TEAM}leave")
    response = client.post(f"{TEAM}leave")
    assert response.url == "/en/organisations/lund-municipality/"
    assert acting(people.member, AT).teams == {}
    assert client.post(f"{TEAM}leave").status_code == 404


def test_a_member_of_another_team_is_not_found_here(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor)
    for address in (of(people.foreign), f"{of(people.foreign)}end", f"{TEAM}members/%00/"):
        page(client, address, status=404)


def test_forms_need_their_token(people: People, browser_of: Browsers) -> None:
    client = browser_of(people.editor, enforce_csrf_checks=True)
    for address in (of(people.member), f"{of(people.member)}end", f"{TEAM}leave", f"{TEAM}invite"):
        assert client.post(address, {"role": "editor"}).status_code == 403
    assert acting(people.member, AT).teams == {"lund-municipality": "member"}


@pytest.mark.parametrize("language", ["fr", "sv"])
def test_pages_answer_in_every_language(
    people: People, browser_of: Browsers, language: str
) -> None:
    client = browser_of(people.editor)
    for address in (TEAM, f"{TEAM}invite", f"{TEAM}leave", of(people.member), f"{TEAM}tokens/new"):
        page(client, address.replace("/en/", f"/{language}/"))
