"""Ways in: an organisation asks to join, a member asks to become an editor, others are told whom
to ask."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import User
from alliance.accounts.tasks import send_letter
from alliance.network.models import Invitation, JoinRequest, Membership, Organisation
from alliance.network.services import joining, waiting_letters
from tests.factories.pages import page_text, words
from tests.factories.people import acting
from tests.factories.waiting import waiting_for
from tests.integration.network.conftest import AT, People, confirm

pytestmark = pytest.mark.sql
Browsers = Callable[..., Client]
DAY = dt.timedelta(days=1)
JOIN = "/en/join/"
FORM = {
    "name": "Volta Bygg AB",
    "kind": "business",
    "reference": "https://www.voltabygg.example/sv/",
    "country": "SE",
    "place": "Umeå",
    "person": "Vera Volt",
    "email": "vera@voltabygg.example",
    "purpose": "Answer the challenge “Warm roofs”",
    "fax": "",
}


class Letter(NamedTuple):
    """An email as it stands in the queue."""

    to: str
    subject: str
    body: str
    headers: dict[str, str] | None = None


@pytest.fixture
def sent(
    people: People, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[..., dict[str, Letter]]:
    """`sent(act, …)` does it; the emails that came of it by address."""

    def do(act: Callable[..., Any], *args: Any, **options: Any) -> dict[str, Letter]:
        with django_capture_on_commit_callbacks(execute=True):
            response = act(*args, **options)
        assert getattr(response, "status_code", 302) == 302, response.content.decode()
        jobs = DBTaskResult.objects.filter(task_path=send_letter.module_path)
        found = [Letter(**job.args_kwargs["kwargs"]) for job in jobs]
        jobs.delete()
        return {one.to: one for one in found}

    return do


def link(letter: Letter) -> str:
    """The path of the one link in an email besides those of the site and of turning it off."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", letter.body.partition("\n--\n")[0])
    assert len(found) == 1, letter.body
    return str(found[0])


def waits_for(user: User, at: dt.datetime = AT) -> list[tuple[str, str, bool]]:
    found = waiting_for(acting(user, at), at=at, language="en")
    return [(one.item.kind, one.title.value, one.is_late) for one in found]


def of_what_waits() -> None:
    waiting_letters.send_letters(at=AT)


def asked(sent: Callable[..., Any], **changes: str) -> tuple[str, JoinRequest]:
    """A confirmed request: the path of its link, and the row."""
    form = FORM | changes
    path = link(sent(Client().post, JOIN, form)[form["email"]])
    sent(Client().post, path, {"act": "confirm"})
    return path, JoinRequest.objects.get(email=form["email"], confirmed_at__isnull=False)


def test_an_organisation_joins(people: People, browser_of: Browsers, sent: Any) -> None:
    """From the form to the team, with a colleague who asks for the same organisation."""
    visitor = Client()
    form = visitor.get(JOIN, {"for": FORM["purpose"]}).content.decode()
    assert FORM["purpose"] in words(form)
    (letter,) = sent(visitor.post, JOIN, FORM).values()
    assert letter.to == FORM["email"]
    # Others may have entered the address: what they typed is not carried to it.
    assert not any(FORM[name] in letter.body for name in ("name", "person", "purpose"))
    assert waits_for(people.secretariat) == []
    path = link(letter)
    assert "Is this your request?" in page_text(visitor, path)
    letters = sent(visitor.post, path, {"act": "confirm"})
    assert set(letters) == {FORM["email"]}
    assert path in letters[FORM["email"]].body
    assert waits_for(people.secretariat) == [("join-request", "Volta Bygg AB", False)]
    assert waits_for(people.secretariat, AT + 11 * DAY) == [("join-request", "Volta Bygg AB", True)]
    assert waits_for(people.editor) == []
    # Again, as by a double click.
    assert sent(visitor.post, path, {"act": "confirm"}) == {}
    assert "is with the secretariat" in page_text(visitor, path)

    other = {"name": "Volta", "reference": "voltabygg.example/sv", "person": "Åke Volt"}
    asked(sent, **other, email="ake@voltabygg.example")
    assert len(waits_for(people.secretariat)) == 1
    first, second = JoinRequest.objects.order_by("id")
    secretary = browser_of(people.secretariat)
    page = link(sent(of_what_waits)[people.secretariat.email])
    assert page == f"/en/join-requests/{first.public_id}/"
    said = page_text(secretary, page)
    assert "Vera Volt" in said and "Åke Volt" in said
    given = {"organisation": "", first.public_id: "editor", second.public_id: "member"}
    letters = sent(secretary.post, page, given)
    made = Organisation.objects.get(name="Volta Bygg AB")
    assert (made.public_id, made.kind, made.city) == ("volta-bygg-ab", "business", people.umea.city)
    assert set(letters) == {FORM["email"], "ake@voltabygg.example"}
    assert "The secretariat accepted your request to join." in letters[FORM["email"]].body
    assert "Your request was accepted" in page_text(visitor, path)
    assert waits_for(people.secretariat) == []
    assert "Siv Secretary" in page_text(secretary, page)
    # Decided once: somebody who has the page open still changes nothing.
    assert secretary.post(page, given).status_code == 403

    vera = User.objects.create_user(FORM["email"], "a long and quiet street", name="Vera Volt")
    confirm(vera)
    assert browser_of(vera).post(link(letters[FORM["email"]])).status_code == 302
    assert acting(vera, AT).teams == {"volta-bygg-ab": "editor"}


def test_two_that_are_confirmed_in_the_same_instant_stay_one_group(
    people: People, browser_of: Browsers, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _path, first = asked(sent)
    alike, looks = joining._is_same, []

    def not_seen_yet(one: JoinRequest, other: JoinRequest) -> bool:
        looks.append(one)
        return len(looks) > 1 and alike(one, other)

    monkeypatch.setattr(joining, "_is_same", not_seen_yet)
    _path, second = asked(sent, person="Åke Volt", email="ake@voltabygg.example")
    assert (second.group, len(looks)) == (first.group, 2)
    monkeypatch.undo()
    asked(sent, email="b@b.example", name="Bo AB", reference="556000-0000")
    listed = page_text(browser_of(people.secretariat), "/en/join-requests/")
    assert listed.index("Volta Bygg AB") < listed.index("2 people") < listed.index("Bo AB")
    assert browser_of(people.editor).get("/en/join-requests/").status_code == 404


def test_no_is_said_with_a_reason(people: People, browser_of: Browsers, sent: Any) -> None:
    path, one = asked(sent)
    secretary = browser_of(people.secretariat)
    page = f"/en/join-requests/{one.group}/"
    refused = secretary.post(page, {one.public_id: "none", "reason": ""})
    assert refused.status_code == 422
    assert "Reason: Fill this in." in words(refused.content.decode())
    # Who was not looked at is not turned away by mistake.
    assert secretary.post(page, {"reason": "No."}).status_code == 422
    letters = sent(secretary.post, page, {one.public_id: "none", "reason": "Not to be found."})
    assert set(letters) == {FORM["email"]}
    assert "Not to be found." in letters[FORM["email"]].body
    assert "Not to be found." in page_text(Client(), path)
    assert not Organisation.objects.filter(name="Volta Bygg AB").exists()
    assert not Invitation.objects.exists()


def test_an_organisation_that_is_there_is_not_made_twice(
    people: People, browser_of: Browsers, sent: Any
) -> None:
    form = {"name": "City of Lund", "kind": "municipality", "place": "Lund"}
    _path, one = asked(sent, **form)
    page = f"/en/join-requests/{one.group}/"
    secretary = browser_of(people.secretariat)
    html = secretary.get(page).content.decode()
    assert '<option value="lund-municipality" selected>' in html
    # The team has an editor already, who decides on further ones.
    assert re.search(r'value="member"[^>]* checked', html)
    given = {"organisation": "lund-municipality", one.public_id: "member"}
    sent(secretary.post, page, given)
    assert Organisation.objects.filter(name="City of Lund").count() == 1
    assert Invitation.objects.get().organisation == people.lund


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "x@mailinator.com"}, "Use your work email address: addresses at"),
        ({"email": "x@a.b.YOPMAIL.com"}, "Use your work email address: addresses at"),
        ({"email": "nobody"}, "Your work email address:"),
        ({"name": "<b>Volta</b>"}, "Organisation:"),
        ({"country": "XX"}, "Country:"),
        ({"kind": "citizens"}, "Type of organisation:"),
        ({"purpose": " "}, "Your aims in the network:"),
    ],
)
def test_what_is_refused_stays_in_the_form(
    people: People, changes: dict[str, str], said: str
) -> None:
    response = Client().post(JOIN, FORM | changes)
    assert response.status_code == 422
    assert said in words(response.content.decode())
    assert 'value="Vera Volt"' in response.content.decode()
    assert not JoinRequest.objects.exists()


def test_programs_and_floods_come_to_nothing(people: People, sent: Any) -> None:
    assert sent(Client().post, JOIN, FORM | {"fax": "1"}) == {}
    assert not JoinRequest.objects.exists()
    for _ in range(joining.EMAIL_LIMIT.most):
        assert len(sent(Client().post, JOIN, FORM)) == 1
    response = Client().post(JOIN, FORM | {"email": FORM["email"].upper()})
    assert response.status_code == 429
    assert "Try again in 24 hours." in words(response.content.decode())
    assert FORM["purpose"] in words(response.content.decode())
    for number in range(joining.CLIENT_LIMIT.most - joining.EMAIL_LIMIT.most - 1):
        assert len(sent(Client().post, JOIN, FORM | {"email": f"{number}@volta.example"})) == 1
    assert Client().post(JOIN, FORM | {"email": "last@volta.example"}).status_code == 429


def test_whoever_enters_the_address_of_others_learns_nothing(
    people: People, browser_of: Browsers, sent: Any
) -> None:
    """The same answer whether the address has a request, an account, both or neither."""
    path, _one = asked(sent)
    stranger = browser_of(people.citizen)
    answers = {
        stranger.post(JOIN, FORM | {"email": email}).url
        for email in (FORM["email"], people.editor.email, "new@voltabygg.example")
    }
    assert answers == {"/en/join/sent/"}
    # The owner of the address got a new link for what waits; nothing is asked twice.
    assert JoinRequest.objects.filter(email=FORM["email"]).count() == 1
    assert Client().get(path).status_code == 404
    assert "Vera" not in page_text(Client(), JOIN)


def test_a_confirmed_address_needs_no_email(
    people: People, browser_of: Browsers, sent: Any
) -> None:
    confirm(people.citizen)
    browser = browser_of(people.citizen)
    assert 'value="cia.citizen@example.org"' in browser.get(JOIN).content.decode()
    letters = sent(browser.post, JOIN, FORM | {"email": people.citizen.email})
    assert set(letters) == {people.citizen.email}
    assert len(waits_for(people.secretariat)) == 1


def test_a_request_is_seen_taken_away_and_forgotten(
    people: People, browser_of: Browsers, sent: Any
) -> None:
    path, _one = asked(sent, email=people.citizen.email)
    own = browser_of(people.citizen).get("/en/my-data/my-data.json").json()
    assert own["requests_to_join"][0]["purpose"] == FORM["purpose"]
    assert Client().post(path, {"act": "withdraw"}).status_code == 302
    assert Client().get(path).status_code == 404
    assert waits_for(people.secretariat) == []

    sent(Client().post, JOIN, FORM)
    _path, waiting = asked(sent, email="b@voltabygg.example", name="B", reference="1")
    _path, decided = asked(sent, email="c@voltabygg.example", name="C", reference="2")
    joining.decide(
        [decided], organisation=None, roles={}, reason="No.",
        actor=acting(people.secretariat), at=AT,
    )  # fmt: skip
    assert joining.forget_old(at=AT + 2 * DAY) == 0
    assert joining.forget_old(at=AT + 3 * DAY) == 1
    assert joining.forget_old(at=AT + 91 * DAY) == 1
    assert list(JoinRequest.objects.all()) == [waiting]


def test_a_link_confirms_for_three_days(
    people: People, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link(sent(Client().post, JOIN, FORM)[FORM["email"]])
    monkeypatch.setattr("alliance.core.clock.now", lambda: AT + 3 * DAY)
    response = Client().get(path)
    assert response.status_code == 410
    assert "Confirm request" not in words(response.content.decode())
    assert sent(Client().post, path, {"act": "confirm"}) == {}
    assert JoinRequest.objects.get().confirmed_at is None


def test_a_member_becomes_an_editor(people: People, browser_of: Browsers, sent: Any) -> None:
    member, editor = browser_of(people.member), browser_of(people.editor)
    organisation = "/en/organisations/lund-municipality/"
    said = page_text(member, organisation)
    assert "You are a member of City of Lund. Its editors: Elin Editor." in said
    sent(member.post, f"{organisation}team/ask")
    letters = sent(of_what_waits)
    assert set(letters) == {people.editor.email}
    sent(member.post, f"{organisation}team/ask")
    assert sent(of_what_waits) == {}
    assert "You asked on" in page_text(member, organisation)
    assert waits_for(people.editor) == [("editor-request", "Mats Member", False)]
    page = link(letters[people.editor.email])
    assert "Mats Member asked on" in page_text(editor, page)
    letters = sent(editor.post, f"{page}decline", {"reason": "Take the course first."})
    assert "Take the course first." in letters[people.member.email].body
    assert waits_for(people.editor) == []

    # Where nobody edits it is the secretariat's turn.
    sent(member.post, f"{organisation}team/ask")
    Membership.objects.filter(user=people.editor).update(ended_at=AT)
    assert ("editor-request", "Mats Member", False) in waits_for(people.secretariat)
    secretary = browser_of(people.secretariat)
    html = secretary.get(page).content.decode()
    assert re.search(r'value="editor"[^>]* checked', html)
    letters = sent(secretary.post, page, {"role": "editor"})
    assert "You are now an editor of City of Lund" in letters[people.member.email].subject
    assert waits_for(people.secretariat) == []
    assert acting(people.member, AT).teams == {"lund-municipality": "editor"}


def test_whoever_may_not_is_told_who_may(people: People, browser_of: Browsers) -> None:
    review = "/en/review/"
    said = page_text(browser_of(people.member), review, status=403)
    assert "You are a member of City of Lund. Its editors: Elin Editor." in said
    assert "Ask to become an editor" in said
    said = page_text(browser_of(people.citizen), review, status=403)
    assert (
        "You are not in a team. To write for an organisation, you need to be an editor of its team."
    ) in said and "Join the network" in said
    assert "Ask to become an editor" not in said
