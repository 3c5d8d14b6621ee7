"""What residents write is read by public rules: with reasons, objections and an open log."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from alliance.accounts.models import TypedText
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.waiting import Asked, items
from alliance.network.models import ModerationAct
from alliance.network.selectors.discussion import moderation_figures
from alliance.participation import rules
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.selectors.pages import to_moderate
from alliance.participation.services import moderating, spam
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page, page_text, text_of
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def process(now, set_clock) -> Process:
    set_clock(now)
    lay_ground()
    lund = team("lund")
    join(person("Lea Lund"), lund)
    return make_process(lund, is_strict=True)


@pytest.fixture
def lea(process: Process) -> Any:
    from alliance.accounts.models import User

    return User.objects.get(name="Lea Lund")


def send(client: Client, process: Process, text: str) -> Contribution:
    address = f"/en/take-part/{process.public_id}/"
    answer = client.post(address, {"text": text, "language": "en"})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Contribution.objects.get(post__text=text)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("More trees, and 30 km/h from 2027 to 2030.", []),
        ("Call me: 070-123 45 67", ["phone"]),
        ("Ring +33 6 12 34 56 78", ["phone"]),
        ("Her number is 850709-9805", ["personal-number"]),
        ("write to ann@example.org", ["email"]),
        ("https://a.example https://b.example", ["links"]),
        ("Four million: 4 000 000 kronor", []),
        ("أريد شارعًا آمنًا 🚲", []),
    ],
)
def test_a_person_is_warned_of_what_should_not_stand_there(text: str, codes: list[str]) -> None:
    assert rules.text_warnings(text) == codes


def test_nothing_is_shown_before_a_person_has_read_it(client, process, lea, now, set_clock) -> None:
    one = send(client, process, "More trees")
    home = f"/en/take-part/{process.public_id}/"
    assert "More trees" not in page(Client(), home)
    asked = Asked(at=now, teams=[process.organisation.public_id])
    assert [item.kind for item in items(asked)] == ["process-read"]
    set_clock(now + 3 * HOUR)
    client.force_login(lea)
    assert "More trees" in page(client, f"{home}waiting/")
    client.post(f"{home}waiting/{one.public_id}", {"decision": "release"})
    assert "More trees" in page(Client(), home)
    figures = moderation_figures()
    assert (figures.n, figures.n_hidden, figures.median_hours) == (1, 0, 3.0)


def test_in_open_mode_what_looks_doubtful_still_waits(client, process) -> None:
    Process.objects.update(is_strict=False)
    assert send(client, process, "More trees").shown_at is not None
    assert send(client, process, "Mail ann@example.org").shown_at is None


def test_hiding_takes_a_rule_and_a_reason_and_can_be_objected_to(
    client, process, lea, now, set_clock, run_jobs, django_capture_on_commit_callbacks
) -> None:
    one = send(client, process, "My neighbour is loud")
    home = f"/en/take-part/{process.public_id}/"
    by = {"actor": acting(lea), "at": now + HOUR}
    for given in ({"rule": "", "reason": "No."}, {"rule": "hate", "reason": ""}):
        with pytest.raises(InvalidData):
            moderating.moderate(one, decision="hide", **given, **by)
    moderating.moderate(one, decision="hide", rule="personal-data", reason="A neighbour.", **by)
    mine = page_text(client, f"{home}mine/")
    assert "other people’s names or personal data" in mine and "Reason: A neighbour." in mine
    Participant.objects.update(email="a@example.org", email_confirmed_at=now)
    objection = f"{home}texts/{one.public_id}/object"
    # It is hers alone, by cookie or by receipt.
    assert Client().get(objection).status_code == 404
    code = Participant.objects.get().receipt
    moderator_there = Client()
    moderator_there.force_login(person("Mia", "moderator"))
    shown = moderator_there.post("/en/take-part/receipt", {"receipt": code}).content.decode()
    # The receipt goes from page to page in a form, and stands in no address that a browser keeps.
    assert f'action="{objection}"' in shown and f"={code}" not in shown
    form = moderator_there.post(objection, {"code": code})
    assert form.status_code == 200 and f'value="{code}"' in form.content.decode()
    assert Client().post(objection, {"code": "bcdfghjkmnpq"}).status_code == 404
    earlier = Client().get(f"{objection}?code={code}")
    assert earlier["Location"] == "/en/take-part/receipt"
    refused = moderator_there.post(objection, {"code": code, "text": ""})
    assert refused.status_code == 422 and f'value="{code}"' in refused.content.decode()
    assert not TypedText.objects.exists()
    client.post(objection, {"text": "Nobody is named."})
    waits = page_text(client, f"{home}mine/")
    assert "is waiting for an answer" in waits and "Object to this decision" not in waits
    assert client.post(objection, {"text": "Again."}).status_code == 422
    # The team of the city does not decide on it, a moderator of the network does.
    act = ModerationAct.objects.get(decision="hide")
    address = f"/en/moderation/objections/{act.public_id}/"
    lea_there, moderator = Client(), Client()
    lea_there.force_login(lea)
    assert lea_there.get(address).status_code == 404
    moderator.force_login(person("Mo", "moderator"))
    assert [item.kind for item in items(Asked(at=now, roles=["moderator"], teams=[]))] == [
        "post-appeal"
    ]
    with django_capture_on_commit_callbacks(execute=True):
        moderator.post(address, {"reverse": "yes", "reason": "Right, nobody is."})
    run_jobs()
    assert "My neighbour is loud" in page(Client(), home)
    assert "decision reversed. Right, nobody is." in page_text(client, f"{home}mine/")
    (sent,) = mail.outbox
    assert "is visible again" in sent.subject and "Right, nobody is." in sent.body
    assert code in sent.body
    assert moderation_figures().n_reversed == 1
    rows = list(csv.DictReader(io.StringIO(log := _log(Client()))))
    assert [row["decision"] for row in rows] == ["show", "hide"]
    assert rows[-1]["appeal_result"] == "reversed" and rows[-1]["role"] == "team"
    assert "neighbour is loud" not in log and "Lea" not in log
    # By the clock of the cities, where it is the next day already; the table says UTC.
    ModerationAct.objects.update(at=dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC))
    said = page(Client(), "/en/moderation/")
    assert "2 July 2026" in said and "times in UTC" in said
    assert "2026-07-01T22:30:00+00:00" in _log(Client())


def _log(client: Client) -> str:
    answer = client.get("/en/moderation/log.csv")
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_anybody_reports_a_text_and_too_many_are_held_off(client, process, lea, now) -> None:
    one = send(client, process, "Trees")
    report = f"/en/take-part/{process.public_id}/texts/{one.public_id}/report"
    assert Client().get(report).status_code == 404, "nobody sees it yet"
    moderating.moderate(one, decision="release", actor=acting(lea), at=now)
    for number in range(20):
        assert Client().post(report, {"reason": f"Rude {number}"}).status_code == 302
    assert "at most 20" in text_of(Client().post(report, {"reason": "Rude"}))
    kinds = [item.kind for item in items(Asked(at=now, roles=["moderator"], teams=[]))]
    assert kinds == ["post-report"]
    moderating.moderate(one, decision="release", actor=acting(lea), at=now)
    assert not list(items(Asked(at=now, roles=["moderator"], teams=[])))


def test_residents_moderate_nothing(client, process, now) -> None:
    one = send(client, process, "Trees")
    with pytest.raises(NotAllowed):
        moderating.moderate(one, decision="release", actor=acting(person("Ann")), at=now)


def test_what_resembles_hidden_advertising_is_marked_and_neither_hidden_nor_held(
    client, process, lea, now, monkeypatch
) -> None:
    monkeypatch.setattr(spam, "FEWEST", 3)
    by = {"actor": acting(lea), "at": now}
    for n in range(3):
        advert = send(client, process, f"Cheap watches, win money at https://shop{n}.example")
        assert spam.learned() is None
        moderating.moderate(advert, decision="hide", rule="spam", reason="Advertising.", **by)
        moderating.moderate(send(client, process, f"Trees by school {n}"), decision="release", **by)
    assert (spam.learned().n_spam, spam.learned().n_ham) == (3, 3)
    like = send(client, process, "Win cheap watches")
    other = send(client, process, "More trees by the school")
    warned = {one.pk: list(map(str, one.warnings)) for one in to_moderate(process, number=1)}
    assert warned[like.pk] == ["looks like texts that were hidden as advertising or spam"]
    assert warned[other.pk] == [] and like.post.hidden_at is None
    # A decision that an objection took back teaches nothing.
    act = ModerationAct.objects.filter(decision="hide").first()
    ModerationAct.objects.filter(pk=act.pk).update(
        appeal="No advertising.",
        appealed_at=now,
        appeal_result="reversed",
        appeal_reason="It names no shop.",
        appeal_decided_at=now,
    )
    assert spam.learned() is None
