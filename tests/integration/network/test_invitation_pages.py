"""Inviting, withdrawing and accepting, in the browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from alliance.core import clock
from alliance.network.models import Invitation, Membership
from alliance.network.services import Invited, invite, withdraw_invitation
from alliance.network.views import once
from tests.factories.pages import page, page_text, words
from tests.factories.people import acting
from tests.integration.network.conftest import AT, People, confirm

TEAM = "/en/organisations/lund-municipality/team/"
Browsers = Callable[..., Client]


def ticket(client: Client, address: str = f"{TEAM}invite") -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page(client, address))
    assert found
    return found[1]


def form(client: Client, **values: str) -> dict[str, str]:
    return {"role": "member", "email": "", "language": "en", "ticket": ticket(client), **values}


def shown_link(client: Client) -> str:
    found = re.search(r'id="link"[^>]* value="([^"]+)"', page(client, TEAM))
    return found[1] if found else ""


def made(people: People, role: str = "member", email: str = "") -> Invited:
    by = acting(people.editor)
    return invite(people.lund, role=role, email=email, actor=by, at=AT)


def path(invited: Invited, language: str = "en") -> str:
    return f"/{language}/invitations/{invited.secret}/"


def test_the_link_is_shown_once_and_lets_somebody_in(people: People, browser_of: Browsers) -> None:
    editor = browser_of(people.editor)
    response = editor.post(f"{TEAM}invite", form(editor, role="editor"))
    assert (response.status_code, response.url) == (302, TEAM)
    link = shown_link(editor)
    assert "/en/invitations/" in link
    assert shown_link(editor) == ""
    citizen = browser_of(people.citizen)
    address = link[link.index("/en/invitations/") :]
    said = page_text(citizen, address)
    assert "You are invited to join this organisation’s team. Your role: editor." in said
    assert "from Elin Editor" in said
    response = citizen.post(address)
    assert (response.status_code, response.url) == (302, TEAM)
    assert acting(people.citizen, AT).teams == {"lund-municipality": "editor"}
    # Again, as by a double click: the same answer.
    assert citizen.post(address).url == TEAM
    assert "You have accepted this invitation. You do not need to do anything else." in page_text(
        citizen, address
    )


def test_a_mailed_link_is_told_of(
    people: People, browser_of: Browsers, django_capture_on_commit_callbacks
) -> None:
    editor = browser_of(people.editor)
    with django_capture_on_commit_callbacks() as letters:
        editor.post(f"{TEAM}invite", form(editor, email="ny@example.org", language="fr"))
    assert len(letters) == 1
    said = page_text(editor, TEAM)
    assert "Invitation sent to ny@example.org." in said
    assert "An email with this link is being sent to ny@example.org." in said


def test_a_form_that_is_sent_twice_counts_once(people: People, browser_of: Browsers) -> None:
    editor = browser_of(people.editor)
    sent = form(editor)
    assert [editor.post(f"{TEAM}invite", sent).status_code for _ in range(2)] == [302, 302]
    assert Invitation.objects.count() == 1
    response = editor.post(f"{TEAM}invite", {**sent, "role": "editor"})
    assert response.status_code == 422
    assert (
        "This form has already been sent. Check the invitation below, then send it again."
        in words(response.content.decode())
    )


def test_a_ticket_is_good_for_its_own_form_and_person_only(
    people: People, browser_of: Browsers
) -> None:
    editor = browser_of(people.editor)
    others = [
        "",
        "made-up",
        ticket(editor, f"{TEAM}tokens/new"),
        ticket(browser_of(people.secretariat)),
        once.new_ticket(people.editor, "invite:umea-municipality", "x"),
    ]
    for one in others:
        response = editor.post(f"{TEAM}invite", form(editor, ticket=one))
        assert response.status_code == 422
        assert "open for too long" in words(response.content.decode())
    assert not Invitation.objects.exists()


def test_faults_stand_beside_their_fields(people: People, browser_of: Browsers) -> None:
    editor = browser_of(people.editor)
    response = editor.post(f"{TEAM}invite", form(editor, role="", email="nobody"))
    html = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#id_role">' in html
    assert '<a href="#id_email">' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    # What was typed is still there.
    assert 'value="nobody"' in html
    response = editor.post(f"{TEAM}invite", form(editor, email="mats.member@example.org"))
    assert "Email address: This person is already in the team." in words(response.content.decode())


def test_an_invitation_is_withdrawn_after_one_more_question(
    people: People, browser_of: Browsers
) -> None:
    invited = made(people)
    editor = browser_of(people.editor)
    address = f"{TEAM}invitations/{invited.invitation.public_id}/withdraw"
    assert address in page(editor, TEAM)
    assert "anyone with the link" in page_text(editor, address)
    for _ in range(2):
        assert editor.post(address).url == TEAM
    assert "No open invitations." in page_text(editor, TEAM)
    assert "This invitation was withdrawn by the team that sent it." in page_text(
        browser_of(people.citizen), path(invited), status=410
    )


def test_an_invitation_of_another_team_is_not_found(people: People, browser_of: Browsers) -> None:
    invited = made(people)
    foreign = browser_of(people.foreign)
    address = f"{TEAM}invitations/{invited.invitation.public_id}/withdraw"
    assert foreign.post(address).status_code == 404
    assert foreign.post(address.replace("lund-", "umea-")).status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


def test_visitors_sign_in_and_come_back(people: People, client: Client) -> None:
    invited = made(people, email="ny@example.org")
    html = page(client, path(invited))
    assert f"?next={path(invited)}" in html
    assert "ny@example.org" not in html
    assert "City of Lund" in html
    response = client.post(path(invited))
    assert response.status_code == 302
    assert response.url.endswith(f"?next={path(invited)}")
    assert Invitation.objects.get().accepted_at is None


def test_a_used_invitation_is_refused(people: People, browser_of: Browsers) -> None:
    invited = made(people)
    browser_of(people.citizen).post(path(invited))
    foreign = browser_of(people.foreign)
    assert (
        "This invitation has already been used. An invitation can be used only once."
        in page_text(foreign, path(invited), status=410)
    )
    assert foreign.post(path(invited)).status_code == 410
    assert (
        "This invitation has already been used. An invitation can be used only once."
        in page_text(Client(), path(invited), status=410)
    )
    assert acting(people.foreign, AT).teams == {"umea-municipality": "editor"}


def test_an_invitation_that_ran_out_is_refused(
    people: People, browser_of: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = made(people)
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(days=14))
    citizen = browser_of(people.citizen)
    assert "This invitation has expired." in page_text(citizen, path(invited), status=410)
    assert citizen.post(path(invited)).status_code == 410
    assert not Membership.objects.filter(user=people.citizen).exists()


def test_an_invitation_for_another_address_is_refused_without_telling_it(
    people: People, browser_of: Browsers
) -> None:
    invited = made(people, email="ny@example.org")
    confirm(people.citizen)
    citizen = browser_of(people.citizen)
    html = page(citizen, path(invited), status=403)
    assert (
        "This invitation was sent to a different email address from those you have confirmed here."
    ) in words(html)
    assert "You are signed in as cia.citizen@example.org." in words(html)
    assert "ny@example.org" not in html
    assert citizen.post(path(invited)).status_code == 403
    confirm(people.citizen, "NY@example.org")
    assert citizen.post(path(invited)).status_code == 302
    assert acting(people.citizen, AT).teams == {"lund-municipality": "member"}


def test_a_new_member_is_led_to_the_organisation(people: People, browser_of: Browsers) -> None:
    response = browser_of(people.citizen).post(path(made(people), "sv"))
    assert response.url == "/sv/organisations/lund-municipality/"


@pytest.mark.parametrize("secret", ["nonsense", "a" * 43, "%00", "å"])
def test_a_made_up_link_leads_nowhere(people: People, client: Client, secret: str) -> None:
    page(client, f"/en/invitations/{secret}/", status=404)
    assert client.post(f"/en/invitations/{secret}/").status_code == 404


def test_a_withdrawn_invitation_stays_so_when_it_is_answered(
    people: People, browser_of: Browsers
) -> None:
    invited = made(people)
    withdraw_invitation(invited.invitation, actor=acting(people.editor), at=AT)
    assert browser_of(people.citizen).post(path(invited)).status_code == 410
    assert acting(people.citizen, AT).teams == {}


def test_the_shown_link_is_of_one_person_and_page(people: People, browser_of: Browsers) -> None:
    editor, secretariat = browser_of(people.editor), browser_of(people.secretariat)
    editor.post(f"{TEAM}invite", form(editor))
    morsel = editor.cookies[once.COOKIE]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"]) == (TEAM, True, "Strict")
    secretariat.cookies[once.COOKIE] = morsel.value
    assert shown_link(secretariat) == ""
    editor.cookies[once.COOKIE] = morsel.value + "x"
    assert shown_link(editor) == ""
