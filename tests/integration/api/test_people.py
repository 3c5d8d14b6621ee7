"""Teams, invitations and roles by the API: for people who may on the pages, never for programs."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from alliance.accounts.models import Grant
from alliance.core import clock
from alliance.network.models import Membership
from tests.integration.api.callers import Caller, Network, faults_of

pytestmark = pytest.mark.usefixtures("few")
TEAM = "teams/lund-municipality"


def press(writers: Network, name: str, link: str) -> int:
    """Accept the invitation of a link as somebody; the status of the answer."""
    browser = Client()
    browser.force_login(writers.people[name])
    return browser.post(urlsplit(link).path).status_code


def test_an_editor_invites_by_link_and_the_link_works_once(writers: Network) -> None:
    editor = writers.session("editor")
    made = editor.post(f"{TEAM}/invitations", {"role": "member"})
    assert made.status_code == 201
    listed = editor.get(f"{TEAM}/invitations").data["items"]
    assert [one["id"] for one in listed] == [made.data["id"]] and "link" not in listed[0]
    assert press(writers, "citizen", made.data["link"]) == 302
    assert Membership.objects.filter(user=writers.people["citizen"], role="member").count() == 1
    assert press(writers, "foreign", made.data["link"]) in {403, 410}
    assert Membership.objects.filter(organisation=writers.lund).count() == 3
    assert editor.get(f"{TEAM}/invitations").data["count"] == 0


def test_a_withdrawn_invitation_lets_nobody_in(writers: Network) -> None:
    editor = writers.session("editor")
    made = editor.post(f"{TEAM}/invitations", {"role": "editor"}).data
    assert editor.delete(f"{TEAM}/invitations/{made['id']}").status_code == 204
    assert press(writers, "citizen", made["link"]) in {403, 410}
    assert not Membership.objects.filter(user=writers.people["citizen"]).exists()


def test_faults_are_named_by_field(writers: Network) -> None:
    editor = writers.session("editor")
    assert set(faults_of(editor.post(f"{TEAM}/invitations", {"role": "king"}))) == {"role"}
    assert set(
        faults_of(editor.post(f"{TEAM}/invitations", {"role": "member", "email": "no address"}))
    ) == {"email"}
    member = writers.people["member"].public_id
    assert set(faults_of(editor.put(f"{TEAM}/members/{member}", {"role": "king"}))) == {"role"}


def test_roles_in_a_team_change_and_the_last_editor_stays(writers: Network) -> None:
    editor = writers.session("editor")
    listed = editor.get(f"{TEAM}/members").data["items"]
    assert [(one["name"], one["role"]) for one in listed] == [
        ("editor", "editor"),
        ("member", "member"),
    ]
    own, member = (one["id"] for one in listed)
    assert editor.delete(f"{TEAM}/members/{own}").status_code == 403
    assert editor.put(f"{TEAM}/members/{member}", {"role": "editor"}).data["role"] == "editor"
    assert editor.delete(f"{TEAM}/members/{own}").status_code == 204
    assert editor.get(f"{TEAM}/members").status_code == 404


def test_members_leave_by_themselves_and_end_nobody_else(writers: Network) -> None:
    member = writers.session("member")
    own, editor = (writers.people[name].public_id for name in ("member", "editor"))
    assert member.delete(f"{TEAM}/members/{editor}").status_code == 404
    assert member.delete(f"{TEAM}/members/{own}").status_code == 204


def test_programs_let_nobody_in(writers: Network, token: Caller) -> None:
    for path in ("members", "invitations"):
        assert token.get(f"{TEAM}/{path}").status_code == 403
    assert token.post(f"{TEAM}/invitations", {"role": "editor"}).status_code == 403
    assert token.get("me/data").status_code == 403


def test_the_secretariat_gives_a_role_until_a_day_and_ends_it(writers: Network) -> None:
    secretary, person = writers.session("secretariat"), writers.people["citizen"]
    path = f"people/{person.public_id}/roles"
    day = (clock.today().replace(day=1)).replace(year=clock.today().year + 1).isoformat()
    given = secretary.post(path, {"role": "reviewer", "last_day": day, "reason": "board"})
    assert (given.status_code, given.data["last_day"]) == (201, day)
    assert [one["role"] for one in secretary.get(path).data["items"]] == ["reviewer"]
    assert secretary.post(path, {"role": "reviewer"}).status_code == 422
    assert set(
        faults_of(secretary.post(path, {"role": "moderator", "last_day": "2027-02-30"}))
    ) == {"last_day"}
    assert secretary.delete(f"{path}/reviewer").status_code == 204
    assert secretary.delete(f"{path}/reviewer").status_code == 404
    assert Grant.objects.get(user=person).ended_at is not None
    for name in ("editor", "moderator", "citizen"):
        assert writers.session(name).post(path, {"role": "secretariat"}).status_code == 404


def test_own_data_by_the_api_is_that_of_the_page(writers: Network) -> None:
    told = writers.session("editor").get("me/data")
    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "private, no-store"
    assert told.data["data"]["account"]["email"] == writers.people["editor"].email
