"""Votes on paper: typed in by number, marked, in one count with all, found again by the receipt."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from alliance.core import clock
from alliance.core.audit import VISITOR
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.dialogues import selectors
from alliance.dialogues.models import Vote
from alliance.dialogues.services.papers import enter_form
from alliance.participation.enums import PhaseKind, ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services.contributions import ContributionData, add_lines
from alliance.participation.services.issuing import issue
from alliance.participation.services.papers import words_of
from tests.factories.dialogues import make_statements, make_two_sides
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def lea(process: Process):
    lea = person("Lea Lund")
    join(lea, process.organisation)
    return lea


@pytest.fixture
def statements(process: Process, lea, now) -> list[Contribution]:
    lines = "Slow down the traffic.\n\n  Plant trees.\nMore parking."
    return add_lines(
        process, lines, language="en", author="machine", actor=acting(lea), at=now
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _now(monkeypatch, now) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_form_is_typed_in_and_found_again_by_its_receipt(
    process, statements, lea, run_jobs, django_capture_on_commit_callbacks
) -> None:
    first, second, third = statements
    client = Client()
    client.force_login(lea)
    home = f"/en/take-part/{process.public_id}/"
    # The page for all kinds leads to the one with marks.
    assert client.get(f"{home}enter").url == f"{home}paper"
    page = page_text(client, f"{home}paper")
    assert "1. Slow down the traffic." in page and "3. More parking." in page
    form = {
        "channel": "paper",
        "language": "sv",
        "age_band": "65+",
        f"vote_{first.public_id}": "agree",
        f"vote_{third.public_id}": "disagree",
        "texts-0-text": "Fler bänkar.",
        "email": "granne@example.org",
    }
    with django_capture_on_commit_callbacks(execute=True):
        said = client.post(f"{home}paper", form, follow=True).content.decode()
    run_jobs()
    one = Participant.objects.get()
    assert one.receipt in said and (one.channel, one.age_band) == ("paper", "65+")
    assert set(one.votes.values_list("statement", "value")) == {(first.pk, 1), (third.pk, -1)}
    assert one.contributions.get().channel == "paper"

    # She is told of the answer once she has confirmed the address.
    (sent,) = mail.outbox
    assert sent.to == ["granne@example.org"] and one.email == ""
    resident = Client()
    found = resident.post(
        "/en/take-part/receipt", {"receipt": one.receipt}, follow=True
    ).content.decode()
    assert "Slow down the traffic." in found and "Fler bänkar." in found
    assert "Plant trees." not in found
    assert "on paper or by phone" not in page_text(Client(), home)
    assert second.votes.count() == 0


def test_votes_on_paper_are_in_the_count_of_all(process, lea, now) -> None:
    statements, _ = make_two_sides(process)
    votes = {one.public_id: "agree" for one in statements}
    enter_form(process, votes, [], channel="phone", actor=acting(lea), at=now)
    issue(process, at=now)
    assert selectors.standing(process).n == 41
    # One act of the person who typed it in says how many, and not what.
    act = AuditEvent.objects.filter(kind="process", verb="enter").get()
    assert act.details["votes"] == len(statements) and "agree" not in repr(act.details)


def test_a_form_is_taken_whole_or_not_at_all(process, statements, lea, now) -> None:
    first, second, _ = statements
    second.post.hidden_at, second.post.hidden_because = now, "A name."
    second.post.save()
    votes = {first.public_id: "agree", second.public_id: "agree"}
    by = {"channel": "paper", "actor": acting(lea), "at": now}
    with pytest.raises(InvalidData) as refused:
        enter_form(process, votes, [ContributionData("More trees.", "en")], **by)
    assert [one.where for one in refused.value.faults] == [f"vote_{second.public_id}"]
    for wrong, code in (({first.public_id: "perhaps"}, "not-one-of"), ({}, "form-empty")):
        with pytest.raises(InvalidData) as refused:
            enter_form(process, wrong, [], **by)
        assert [one.code for one in refused.value.faults] == [code]
    with pytest.raises(NotAllowed):
        enter_form(process, {first.public_id: "agree"}, [], **by | {"actor": VISITOR})
    assert not Vote.objects.exists() and not Participant.objects.exists()


def test_forms_are_typed_in_for_some_days_after_the_end(process, statements, lea, now) -> None:
    end = process.phases.get().closes_at
    Process.objects.update(state=ProcessState.CLOSED, closed_at=end)
    votes = {statements[0].public_id: "pass"}
    by = {"channel": "desk", "actor": acting(lea)}
    enter_form(process, votes, [], at=end + 3 * DAY, **by)
    with pytest.raises(InvalidData):
        enter_form(process, votes, [], at=end + 15 * DAY, **by)
    writing = make_process(process.organisation, phases=((PhaseKind.WRITE, -1, 14),))
    (other,) = make_statements(writing, ["Only written about."])
    with pytest.raises(InvalidData):
        enter_form(writing, {other.public_id: "agree"}, [], at=now, **by)


def test_a_statement_keeps_its_number_on_paper(process, statements, lea, now) -> None:
    form = words_of(process, is_form=True)["statements"]
    assert [(one["number"], one["text"]) for one in form][1] == (2, "Plant trees.")
    assert {one["author"] for one in form} == {"a computer"}
    statements[1].post.delete()
    (new,) = add_lines(process, "Bicycles.", language="en", author="official", actor=acting(lea),
                       at=now)  # fmt: skip
    form = words_of(process, is_form=True)["statements"]
    assert [one["number"] for one in form] == [1, 3, 4]
    assert (new.number, new.author) == (4, "official")


def test_lines_that_are_too_long_are_named_and_none_is_added(process, lea, now) -> None:
    Process.objects.update(statement_length=60)
    process.refresh_from_db()
    by = {"language": "en", "author": "official", "actor": acting(lea), "at": now}
    with pytest.raises(InvalidData) as refused:
        add_lines(process, f"Short.\n{'x' * 61}", **by)
    assert "Line 2" in refused.value.faults[0].rule
    assert not Contribution.objects.exists()
    assert len(add_lines(process, f"{'x' * 60}\n{'x' * 60}", **by)) == 2
    assert Contribution.objects.count() == 1


def test_who_wrote_a_statement_stands_beside_it_everywhere(process, statements, client) -> None:
    make_two_sides(process)
    issue(process, at=clock.now())
    home = f"/en/take-part/{process.public_id}/"
    sent = {"statement": statements[0].public_id, "value": "agree"}
    client.post(f"{home}vote", sent)
    for rest in ("votes/", "mine/", "results/"):
        assert "a computer" in page_text(client, f"{home}{rest}")
