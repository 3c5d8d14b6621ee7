"""Emails of what waits: at once, once more when it is due, off by kind with one click."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from alliance.accounts.letters import off_token
from alliance.accounts.models import WaitingLetter
from alliance.core.audit import VISITOR
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.waiting import labels, letters
from alliance.network.services.waiting_letters import choose_letters, send_letters
from alliance.testbeds.models import Pilot
from alliance.writing.services import drafts, questions, reviews
from tests.factories.accounts import fail_letter
from tests.factories.drafts import document
from tests.factories.knowledge import make_case
from tests.factories.pages import page
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import lay_pilots, registered

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
EMAILS = "/en/my-work/emails/"


@pytest.fixture
def lund(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("alliance.core.clock.now", lambda: NOW)
    lay_pilots()
    team("lund").memberships.all().delete()
    editor = person("Lova Lund", language="sv")
    join(editor, team("lund"))
    return editor


@pytest.fixture
def sent(run_jobs: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """`sent(at)`: the emails that are written at a moment."""

    def letters(at: dt.datetime) -> list[Any]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            send_letters(at=at)
        run_jobs()
        return mail.outbox

    return letters


def _due(pilot: Any) -> dt.datetime:
    return dt.datetime.combine(pilot.result_due, dt.time(12), tzinfo=dt.UTC)


def test_what_waits_is_written_of_once_at_once_and_once_when_it_is_due(
    lund: Any, sent: Any
) -> None:
    pilot = registered(acting(lund))
    begins = _due(pilot) - 30 * DAY
    assert sent(begins - 40 * DAY) == []
    [letter] = sent(begins)
    assert letter.to == [lund.email]
    assert f"/sv/pilots/{pilot.public_id}/" in letter.body
    assert sent(begins + dt.timedelta(minutes=10)) == [], "nobody is written to twice"
    assert sent(begins + 5 * DAY) == []
    [letter] = sent(_due(pilot) - 3 * DAY)
    assert pilot.title in letter.body
    [late] = sent(_due(pilot) + DAY)
    assert pilot.title in late.body, "a pilot that is late waits anew"
    assert sent(_due(pilot) + 2 * DAY) == []
    assert WaitingLetter.objects.count() == 3
    Pilot.objects.update(result_due=pilot.result_due + 300 * DAY)
    assert sent(_due(pilot)) == []


def test_a_reviewer_is_reminded_before_the_day(lund: Any, sent: Any) -> None:
    draft = _handed_in(lund)
    rosa = person("Rosa Petit", "reviewer")
    reviews.take_review(draft, actor=acting(rosa), at=NOW)
    assert sent(NOW) == [], "she took it herself"
    [letter] = sent(NOW + 11 * DAY)
    assert letter.to == [rosa.email] and "Finish your review" in letter.subject
    assert sent(NOW + 12 * DAY) == []


def _handed_in(lund: Any) -> Any:
    draft = drafts.start_draft(
        team("lund"), language="sv", actor=acting(lund), at=NOW, content=document()
    )
    return drafts.submit_draft(draft, expected_revision=1, actor=acting(lund), at=NOW)


def test_who_was_asked_to_review_is_reminded_unless_others_took_it(
    lund: Any, sent: Any, run_jobs: Any, django_capture_on_commit_callbacks: Any
) -> None:
    asked = [person(name, "reviewer", language="sv") for name in ("Rosa", "Ravi", "Rut")]
    choose_letters(asked[0], ["reviewer"], actor=acting(asked[0]), at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        draft = _handed_in(lund)
    run_jobs()
    assert sorted(one.to[0] for one in mail.outbox) == sorted(one.email for one in asked[1:])
    assert sent(NOW + 10 * DAY) == []
    assert len(sent(NOW + 11 * DAY)) == 2 and sent(NOW + 12 * DAY) == []
    for one in asked[:2]:
        reviews.take_review(draft, actor=acting(one), at=NOW + 12 * DAY)
    assert sent(NOW + 13 * DAY) == [], "they have two weeks from now"
    assert {one.to[0] for one in sent(NOW + 23 * DAY)} == {one.email for one in asked[:2]}


def test_what_waits_for_a_role_is_written_to_those_who_have_it(lund: Any, sent: Any) -> None:
    secretary = person("Siv Secretary", "secretariat")
    fail_letter("gone@example.org", at=NOW)
    [letter] = sent(NOW)
    assert letter.to == [secretary.email]
    assert "/en/desk/emails/" in letter.body and "gone@example.org" in letter.body
    assert sent(NOW + dt.timedelta(hours=1)) == []


def test_emails_of_a_kind_are_turned_off_with_one_click(lund: Any, sent: Any) -> None:
    pilot = registered(acting(lund))
    other = person("Ola Lund")
    join(other, team("lund"))
    begins = _due(pilot) - 30 * DAY
    letters = {letter.to[0]: letter for letter in sent(begins)}
    assert letters.keys() == {lund.email, other.email}
    letter = letters[other.email]
    link = re.search(r"/en/my-work/emails/off/[^/]+/", letter.body)[0]  # type: ignore[index]
    assert link in letter.extra_headers["List-Unsubscribe"]
    client = Client(enforce_csrf_checks=True)
    assert "Turn these emails off?" in client.get(link).content.decode()
    assert client.post(link).status_code == 403, "the button of the page is guarded"
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "These emails are turned off" in client.get(link).content.decode()
    assert [one.kind for one in other.letters_off.all()] == ["pilot-result"]
    [letter] = sent(_due(pilot) - DAY)
    assert letter.to == [lund.email]


def test_emails_that_a_room_writes_by_itself_are_turned_off_too(
    lund: Any, run_jobs: Any, django_capture_on_commit_callbacks: Any
) -> None:
    case = make_case("Lund", review_by=(NOW + 300 * DAY).date())
    asking = acting(person("Ada Reader"))
    for is_off in (False, True):
        choose_letters(lund, ["question"] if is_off else [], actor=acting(lund), at=NOW)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            questions.ask(
                case, text=f"Why {is_off}?", language="en", show_name=False, actor=asking, at=NOW
            )
        run_jobs()
        assert [one.to for one in mail.outbox] == ([] if is_off else [[lund.email]])
        assert all("List-Unsubscribe" in one.extra_headers for one in mail.outbox)


def test_the_form_turns_kinds_off_and_on(lund: Any, client: Client) -> None:
    client.force_login(lund)
    source = client.get("/en/my-work/emails/").content.decode()
    kinds = re.findall(r'name="on"\s+value="([a-z-]+)" checked', source)
    assert len(kinds) > 12 and {"answered", "published"} < set(kinds)
    client.post("/en/my-work/emails/", {"on": [kind for kind in kinds if kind != "slot"]})
    assert [one.kind for one in lund.letters_off.all()] == ["slot"]
    client.post("/en/my-work/emails/", {"on": kinds})
    assert not lund.letters_off.exists()


def test_the_form_lists_what_the_person_can_get_and_leaves_the_rest_alone(
    lund: Any, client: Client
) -> None:
    def listed(user: Any) -> set[str]:
        client.force_login(user)
        return set(re.findall(r'name="on"\s+value="([a-z-]+)"', page(client, EMAILS)))

    reader, secretary = person("Ada Reader"), person("Siv Secretary", "secretariat")
    of_desk = {"join-request", "post-appeal", "no-editor", "figures-read", "email-failed"}
    of_groups = {"action-item", "action-overdue", "action-left"}
    of_groups |= {"deliverable-due", "group-minutes", "group-post"}
    assert listed(reader) == {"answered", "email-address", "workshop-place"} | of_groups
    assert listed(person("Rosa Reviewer", "reviewer")) == listed(reader) | {"review", "reviewer"}
    assert of_desk.isdisjoint(listed(lund)) and "question" in listed(lund)
    # It stands in for teams without an editor. A researcher is in a team.
    of_researchers = {one for one in listed(lund) if one.startswith("research-")}
    assert of_desk | listed(lund) <= listed(secretary) | of_researchers
    choose_letters(lund, ["join-request", "slot"], actor=acting(lund), at=NOW)
    client.force_login(lund)
    client.post(EMAILS, {"on": list(listed(lund))})
    assert [one.kind for one in lund.letters_off.all()] == ["join-request"]


@pytest.mark.parametrize("token", ["x", "x:y:z"])
def test_a_link_that_is_not_ours_leads_nowhere(lund: Any, client: Client, token: str) -> None:
    for link in (token, off_token(lund, "no-such-kind")):
        address = f"/en/my-work/emails/off/{link}/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 404


def test_only_the_person_chooses_and_only_among_what_there_is(lund: Any) -> None:
    with pytest.raises(NotAllowed):
        choose_letters(lund, ["slot"], actor=VISITOR, at=NOW)
    with pytest.raises(InvalidData):
        choose_letters(lund, ["no-such-kind"], actor=acting(lund), at=NOW)


def test_every_email_between_people_is_of_a_kind_that_can_be_turned_off() -> None:
    names = {
        path.stem
        for config in apps.get_app_configs()
        for path in Path(config.path).glob("templates/letters/*.txt")
    }
    # The account itself, and answers to what one asked of the network; the digest has its own.
    always = {
        *("idle", "invitation", "trial", "join_confirm", "join_waiting", "join_declined"),
        *("editor_answered", "post_moderated", "digest", "digest_sections", "waiting"),
        # To participants of processes, who need no account.
        *("confirm_participant", "confirm_voter", "contribution_answered"),
        *("contribution_built", "contribution_hidden", "objection_decided"),
        # To participants of workshops, with or without an account: what they come for.
        *("workshop_confirm", "workshop_changed", "workshop_cancelled"),
    }
    assert names - always == letters().keys()
    assert set(letters().values()) <= labels().keys()
