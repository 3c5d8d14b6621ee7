"""A device that people share: who acts is shown, it can be ended, and nobody inherits anything."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from alliance.budgeting.models import Ballot
from alliance.dialogues.models import Vote
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Contribution, Participant, Process
from alliance.plans.services.texts import latest_version, set_text
from tests.factories.accounts import PASSWORD, somebody
from tests.factories.budgets import make_budget, make_code
from tests.factories.campaigns import make_campaign
from tests.factories.dialogues import make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team
from tests.factories.surveys import OFTEN, SAFE, make_survey

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DEVICE = "/en/take-part/this-device"
RECEIPT = "/en/take-part/receipt"
GUEST = "You are taking part <strong>without an account</strong>."
FINISHED = "I’m finished: remove my details from this device"


class Browser(Client):
    """A browser that sends the token of forms, as real ones do."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)

    def look(self, address: str, status: int = 200) -> str:
        """The page."""
        answer = self.get(address)
        assert answer.status_code == status
        return " ".join(answer.content.decode().split())

    def send(self, address: str, **fields: Any) -> HttpResponse:
        """Send a form of a page that was open."""
        token = self.cookies[settings.CSRF_COOKIE_NAME].value
        return self.post(address, {"csrfmiddlewaretoken": token} | fields)

    def finish(self, process: Process) -> str:
        """Press the button on the page of a process; the page that follows."""
        assert FINISHED in self.look(home(process))
        answer = self.send(f"{DEVICE}/clear", process=process.public_id)
        assert answer.url == home(process)
        return self.look(answer.url)


@pytest.fixture
def process(set_clock, now) -> Process:
    set_clock(now)
    lay_ground()
    return make_process(team("lund"))


@pytest.fixture
def statements(process: Process) -> list[Contribution]:
    return make_statements(process, ["Slow down.", "Plant trees."])


def home(process: Process) -> str:
    return f"/en/take-part/{process.public_id}/"


def vote(browser: Browser, statement: Contribution, value: str = "agree") -> HttpResponse:
    browser.look(home(statement.process))
    sent = {"statement": statement.public_id, "value": value}
    return browser.send(f"{home(statement.process)}vote", **sent)


def receipt(page: str) -> str:
    """The receipt code that a page shows."""
    return re.search(r'class="receipt">(\w{12})<', page)[1]


def test_two_people_on_one_device_in_one_minute(process, statements) -> None:
    phone, (one, two) = Browser(), statements
    assert GUEST in phone.look(home(process))
    vote(phone, one)
    first = receipt(phone.look(home(process)))
    stale = phone.cookies[settings.CSRF_COOKIE_NAME].value
    vote(phone, two)
    # After the last statement the button stands where the answers were.
    page = phone.look(home(process))
    assert "answered all 2 statements" in page and page.count(FINISHED) == 2
    cleared = phone.finish(process)
    assert (
        "This device has been cleared. What you sent is saved." in cleared and first not in cleared
    )
    assert "take_part" not in {key for key, one in phone.cookies.items() if one.value}
    assert "Statement 1 of 2" in cleared and "Your 2 answers" not in cleared
    assert phone.get(f"{home(process)}mine/").url == RECEIPT
    # A page that the first left open is refused, and does not act for her.
    left = {"csrfmiddlewaretoken": stale, "statement": one.public_id, "value": "disagree"}
    assert phone.post(f"{home(process)}vote", left).status_code == 403
    vote(phone, one, "disagree")
    assert receipt(phone.look(home(process))) != first
    values = Vote.objects.order_by("participant", "pk").values_list("participant", "value")
    assert [value for _, value in values] == [1, 1, -1] and Participant.objects.count() == 2


def test_who_votes_with_scripts_gets_the_receipt_with_the_first_vote(process, statements) -> None:
    phone = Browser()
    phone.look(home(process))
    sent = {"statement": statements[0].public_id, "value": "agree"}
    token = phone.cookies[settings.CSRF_COOKIE_NAME].value
    how = {"headers": {"HX-Request": "true"}}
    first = phone.post(f"{home(process)}vote", {"csrfmiddlewaretoken": token} | sent, **how)
    code = Participant.objects.get().receipt
    assert 'hx-swap-oob="true"' in first.text and receipt(first.text) == code
    sent["statement"] = statements[1].public_id
    last = phone.post(f"{home(process)}vote", {"csrfmiddlewaretoken": token} | sent, **how)
    assert "hx-swap-oob" not in last.text and receipt(last.text) == code
    assert FINISHED in last.text


def test_every_page_of_taking_part_says_who_acts(process, statements, now) -> None:
    lund, lea = process.organisation, person("Lea Lund")
    join(lea, lund)
    budget = make_process(lund, kind=ProcessKind.BUDGET)
    make_budget(budget)
    plan = make_process(lund, kind=ProcessKind.TEXT)
    set_text(plan, "The park is open.", note="New.", actor=acting(lea), at=now)
    thread = latest_version(plan).paragraphs.get().thread.public_id
    campaign, survey = make_campaign(lund, acting(lea)), make_survey(lund)
    idea = make_process(lund, kind=ProcessKind.PROPOSALS)
    pages = [home(one) for one in (process, budget, plan, campaign, survey, idea)]
    pages += [f"{home(budget)}ballot", f"{home(survey)}survey/", RECEIPT]
    pages += [f"{home(plan)}text/paragraphs/{thread}/"]
    pages += [f"{home(process)}texts/{statements[0].public_id}/report"]
    visitor, editor = Browser(), Browser()
    editor.force_login(lea)
    for address in pages:
        page = visitor.look(address)
        assert GUEST in page and FINISHED in page, address
        page = editor.look(address)
        assert "You are taking part as <strong>Lea Lund</strong>" in page and FINISHED in page, (
            address
        )


def test_after_ballot_survey_and_pledge_the_receipt_and_the_button_are_there(process, now) -> None:
    lund, lea = process.organisation, person("Lea Lund")
    join(lea, lund)
    budget = make_budget(make_process(lund, kind=ProcessKind.BUDGET), voters="code")
    survey = make_survey(lund, [OFTEN, SAFE])
    campaign = make_campaign(lund, acting(lea), at=now - dt.timedelta(days=5))
    acts = [
        (budget.process, "ballot", {"code": make_code(budget.process)}),
        (survey, "survey/?page=1", {OFTEN.field: 1, SAFE.field: 2}),
        (survey, "survey/?page=2", {}),
        (campaign, "", {}),
    ]
    acts[0][2]["projects"] = [budget.projects.get(title="Trees").public_id]
    phone = Browser()
    for one, rest, sent in acts:
        address = f"{home(one)}pledge" if one == campaign else home(one) + rest
        phone.look(home(one))
        answer = phone.send(address, **sent)
        assert answer.status_code == 302, answer.text
        page = phone.look(answer.url)
        assert receipt(page) == one.participants.get().receipt and FINISHED in page, address


def test_what_a_guest_did_is_not_an_editors_who_signs_in_on_the_same_browser(
    process, statements, mailoutbox
) -> None:
    phone, editor = Browser(), somebody("Edda Editor")
    vote(phone, statements[0])
    phone.send(home(process), text="More lamps.", language="en")
    guest = Participant.objects.get()
    phone.look("/en/accounts/sign-in/")
    signed_in = {"login": editor.email, "password": PASSWORD, "next": home(process)}
    asked = phone.send("/en/accounts/sign-in/", **signed_in)
    # She is asked first, on a page that shows what it is; not the code of somebody else.
    assert asked.url.startswith(f"{DEVICE}?next=")
    page = phone.look(asked.url)
    for words in ("Is it yours?", process.title, "1 text", "1 vote", "More lamps.", "Edda Editor"):
        assert words in page, words
    assert guest.receipt not in page
    # Whatever she does instead is hers alone.
    page = phone.look(home(process))
    assert "View and choose" in page and guest.receipt not in page
    assert phone.get(f"{home(process)}mine/").url == RECEIPT
    vote(phone, statements[0], "disagree")
    guest.refresh_from_db()
    assert guest.user is None and guest.votes.get().value == 1
    assert editor.pk == Participant.objects.exclude(pk=guest.pk).get().user_id
    # She leaves it and clears the device, and stays signed in.
    left = phone.send(f"{DEVICE}/clear", stay="1", next=home(process))
    assert left.url == home(process)
    page = phone.look(left.url)
    assert "as <strong>Edda Editor</strong>" in page and "View and choose" not in page


def test_who_asks_for_it_adds_what_she_did_to_her_account(process, statements) -> None:
    phone, ann = Browser(), somebody("Ann Andersson")
    vote(phone, statements[0])
    guest = Participant.objects.get()
    phone.look("/en/accounts/sign-in/")
    phone.send("/en/accounts/sign-in/", login=ann.email, password=PASSWORD)
    added = phone.send(f"{DEVICE}/add", participant=guest.public_id, next=home(process))
    assert added.url == home(process)
    assert "Your 1 answer" in phone.look(home(process)) or "Your answer" in phone.look(
        home(process)
    )
    guest.refresh_from_db()
    assert (guest.user, guest.token_digest) == (ann, None)
    # The button signs her out, and what is the account's is nobody's on this device.
    out = phone.finish(process)
    assert GUEST in out and guest.receipt not in out
    vote(phone, statements[0], "pass")
    assert Participant.objects.count() == 2
    # Another's cannot be added by its id.
    other = Browser()
    other.force_login(somebody("Otto Other"))
    other.look(home(process))
    assert other.send(f"{DEVICE}/add", participant=guest.public_id).status_code == 404


def test_signing_out_ends_what_belongs_to_the_account(process, statements) -> None:
    phone, ann = Browser(), somebody("Ann Andersson")
    phone.force_login(ann)
    vote(phone, statements[0])
    code = receipt(phone.look(home(process)))
    phone.send("/en/accounts/sign-out/")
    page = phone.look(home(process))
    assert GUEST in page and code not in page and "Statement 1 of 2" in page


@pytest.mark.parametrize(
    "typed", [str, lambda code: f" {code[:4].upper()} {code[4:8]} {code[8:]} "]
)
def test_the_receipt_changes_votes_on_another_device(process, statements, typed) -> None:
    phone, laptop = Browser(), Browser()
    vote(phone, statements[0])
    code = receipt(phone.look(home(process)))
    laptop.look(RECEIPT)
    opened = laptop.send(RECEIPT, receipt=typed(code))
    assert opened.url == f"{home(process)}mine/"
    assert "Change your answers" in laptop.look(opened.url)
    vote(laptop, statements[0], "disagree")
    vote(laptop, statements[1])
    # Both devices act for one person, whose changes show on both.
    assert Participant.objects.count() == 1
    assert list(Vote.objects.order_by("statement").values_list("value", flat=True)) == [-1, 1]
    assert "answered all 2" in phone.look(home(process))
    # One device is cleared; the other goes on.
    laptop.finish(process)
    assert "Statement 1 of 2" in laptop.look(home(process))
    assert "answered all 2" in phone.look(home(process))


def test_a_receipt_changes_a_ballot_and_answers_on_another_device(process) -> None:
    lund = process.organisation
    budget = make_budget(make_process(lund, kind=ProcessKind.BUDGET), voters="code")
    survey = make_survey(lund, [OFTEN, SAFE])
    trees, lamps = (budget.projects.get(title=one).public_id for one in ("Trees", "Lamps"))
    phone, laptop = Browser(), Browser()
    phone.look(home(budget.process))
    code = make_code(budget.process)
    phone.send(f"{home(budget.process)}ballot", projects=[trees], code=code)
    for page in (1, 2):
        fields = {OFTEN.field: 1, SAFE.field: 2} if page == 1 else {}
        phone.send(f"{home(survey)}survey/?page={page}", **fields)
    laptop.look(RECEIPT)
    for one in Participant.objects.all():
        assert laptop.send(RECEIPT, receipt=one.receipt).url == f"{home(one.process)}mine/"
    laptop.send(f"{home(budget.process)}ballot", projects=[lamps])
    laptop.send(f"{home(survey)}survey/?page=1", **{OFTEN.field: 2, SAFE.field: 2})
    laptop.send(f"{home(survey)}survey/?page=2")
    assert Ballot.objects.get().entries.get().project.title == "Lamps"
    assert survey.participants.get().survey_response.answers[OFTEN.key] == 2
    assert Participant.objects.count() == 2


def test_a_code_beside_somebody_else_reads_and_does_not_change(process, statements) -> None:
    phone, other = Browser(), Browser()
    vote(phone, statements[0])
    code = receipt(phone.look(home(process)))
    vote(other, statements[1])
    page = other.send(RECEIPT, receipt=code).text
    assert "Someone else is taking part on this device" in page and "Slow down." in page
    assert "Change your answers" not in page
    wrong = other.send(RECEIPT, receipt="bcdfghjkmnpq")
    assert (
        wrong.status_code == 422 and "This code does not exist. Check each character." in wrong.text
    )


def test_a_receipt_after_closing_reads_and_says_so(process, statements, now, set_clock) -> None:
    phone, laptop = Browser(), Browser()
    vote(phone, statements[0])
    code = receipt(phone.look(home(process)))
    set_clock(now + dt.timedelta(days=15))
    laptop.look(RECEIPT)
    page = laptop.send(RECEIPT, receipt=code).text
    assert "You can still read what you sent, but you can no longer change it." in page
    assert "Slow down." in page and "Change your answers" not in page
    laptop.send(f"{home(process)}vote", statement=statements[1].public_id, value="agree")
    assert Vote.objects.count() == 1 and Participant.objects.count() == 1


def test_deleting_by_the_receipt_asks_once(process, statements) -> None:
    phone, laptop = Browser(), Browser()
    vote(phone, statements[0])
    code = receipt(phone.look(home(process)))
    laptop.look(RECEIPT)
    asked = laptop.send(RECEIPT, receipt=code, delete="1")
    assert "Delete permanently" in asked.text and Vote.objects.exists()
    laptop.send(RECEIPT, receipt=code, delete="1", sure="1")
    assert not Participant.objects.exists()


def test_a_cookie_that_was_copied_opens_nothing_once_the_device_is_cleared(
    process, statements
) -> None:
    phone, copy = Browser(), Browser()
    vote(phone, statements[0])
    copy.cookies["take_part"] = phone.cookies["take_part"].value
    assert "Statement 2 of 2" in copy.look(home(process))
    phone.finish(process)
    assert "Statement 1 of 2" in copy.look(home(process))


def test_a_first_vote_whose_answer_was_lost_is_kept_once(process, statements) -> None:
    phone = Browser()
    vote(phone, statements[0])
    # Neither the page nor the cookie arrived: the browser sends the same again.
    del phone.cookies["take_part"]
    again = {"statement": statements[0].public_id, "value": "agree"}
    phone.send(f"{home(process)}vote", **again)
    del phone.cookies["take_part"]
    text = {"text": "More lamps.", "language": "en"}
    for _ in range(2):
        phone.send(home(process), **text)
        phone.cookies.pop("take_part", None)
    assert (Participant.objects.count(), Vote.objects.count()) == (1, 1)
    assert Contribution.objects.filter(participant__isnull=False).count() == 1


def test_a_clock_that_is_set_back_an_hour_forgets_nobody(
    process, statements, now, set_clock, monkeypatch
) -> None:
    phone = Browser()
    vote(phone, statements[0])
    set_clock(now - dt.timedelta(hours=1))
    earlier = dt.datetime.now(dt.UTC).timestamp() - 3600
    monkeypatch.setattr("django.core.signing.time.time", lambda: earlier)
    vote(phone, statements[1])
    assert Participant.objects.get().votes.count() == 2
    assert "answered all 2" in phone.look(home(process))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "evil", "/\\x"])
def test_nobody_is_led_elsewhere_by_clearing_the_device(process, elsewhere: str) -> None:
    phone = Browser()
    phone.look(home(process))
    answer = phone.send(f"{DEVICE}/clear", next=elsewhere, process=process.public_id)
    assert answer.url == home(process)
    assert f'href="{elsewhere}"' not in phone.look(f"{DEVICE}?next={elsewhere}")
