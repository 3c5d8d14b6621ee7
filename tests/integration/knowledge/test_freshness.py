"""Cases are asked after, confirmed by one click, and their sources looked for at night."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.core import mail

from alliance.cases.models import Source, SourceCheck
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.knowledge.documents import documents
from alliance.network.outside import Answer, Refused, Unreachable
from alliance.writing.services import freshness, source_checks
from tests.factories.knowledge import a_source, lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def due():
    """A case of Lund that was due for review a week ago."""
    lay_ground()
    return make_case(
        public_id="due",
        checked_on=NOW.date() - dt.timedelta(days=372),
        review_by=NOW.date() - dt.timedelta(days=7),
    )


@pytest.fixture
def editor(due):
    user = person("Lena Alm", language="sv")
    join(user, team("lund"))
    return user


def letters(run_jobs) -> list[mail.EmailMessage]:
    run_jobs()
    return mail.outbox


def test_a_team_gets_one_letter_and_no_second_one_soon(
    due, editor, run_jobs, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert freshness.remind_teams(at=NOW) == 1
    (letter,) = letters(run_jobs)
    assert letter.to == [editor.email]
    assert "/sv/confirm/" in letter.body
    assert freshness.remind_teams(at=NOW + dt.timedelta(days=1)) == 0
    assert freshness.remind_teams(at=NOW + dt.timedelta(days=61)) == 1


def test_a_case_that_is_not_due_or_has_no_team_is_not_asked_after(due, editor):
    editor.memberships.update(ended_at=NOW)
    assert freshness.remind_teams(at=NOW) == 0


def link_in(letter) -> str:
    return urlsplit(re.search(r"http\S+/confirm/\S+", letter.body)[0]).path


def test_one_click_without_signing_in_confirms_once(
    due, editor, run_jobs, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        freshness.remind_teams(at=NOW)
    path = link_in(letters(run_jobs)[0])
    looked_at = client.get(path)
    assert looked_at.status_code == 200
    due.refresh_from_db()
    assert due.review_by < NOW.date(), "looking at the page confirms nothing"
    assert client.post(path).status_code == 200
    due.refresh_from_db()
    assert due.review_by > NOW.date()
    assert AuditEvent.objects.get(verb="confirm").actor == editor
    for replay in (client.get(path), client.post(path), client.get(path[:-4] + "xxx/")):
        assert replay.status_code == 410


def test_the_link_of_an_editor_who_left_confirms_nothing(
    due, editor, run_jobs, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        freshness.remind_teams(at=NOW)
    editor.memberships.update(ended_at=NOW)
    assert client.post(link_in(letters(run_jobs)[0])).status_code == 410
    due.refresh_from_db()
    assert due.review_by < NOW.date()


def test_only_the_team_says_that_its_case_holds(due, editor):
    with pytest.raises(NotAllowed):
        freshness.confirm_case(due, actor=acting(person("Olle Ek")), at=NOW)
    confirmed = freshness.confirm_case(due, actor=acting(editor), at=NOW)
    assert confirmed.checked_on == NOW.date()
    assert confirmed.versions.count() == 2


def ask_by(answers: dict[str, object], asked: list[str]):
    """A stand-in for the network: what each address answers."""

    def ask(method: str, url: str, **_options: object) -> Answer:
        asked.append(f"{method} {url}")
        answer = answers.get(url, 200)
        if isinstance(answer, Exception):
            raise answer
        return Answer(url, answer, {}, b"")

    return ask


def night(at: dt.datetime, answers: dict[str, object], asked: list[str] | None = None):
    return source_checks.check_sources(
        at=at, ask=ask_by(answers, asked if asked is not None else []), pause=lambda _: None
    )


def test_a_link_is_dead_after_three_nights_and_the_day_it_lived_is_kept(due):
    url = due.sources.get().url
    days = [NOW + dt.timedelta(days=n) for n in (0, 31, 32, 33)]
    assert night(days[0], {}).alive == 1
    for day in days[1:3]:
        night(day, {url: 404})
        assert SourceCheck.objects.get().is_alive is True, "one bad night makes no dead link"
    assert night(days[3], {url: 404}).turned == [url]
    check = SourceCheck.objects.get()
    assert check.is_alive is False
    assert check.last_alive_at == days[0]
    assert AuditEvent.objects.filter(verb="source died", public_id=due.public_id).exists()
    night(days[3] + dt.timedelta(days=30), {url: 200})
    assert SourceCheck.objects.get().is_alive is True
    assert AuditEvent.objects.filter(verb="source came back").exists()


def test_a_case_whose_sources_are_all_dead_sinks_as_an_old_one_does(due):
    due.review_by = NOW.date() + dt.timedelta(days=300)
    due.save()
    (before,) = documents("case", ["due"])
    assert before.review_by == due.review_by
    SourceCheck.objects.create(
        url=due.sources.get().url, is_alive=False, checked_at=NOW, failures=3
    )
    (after,) = documents("case", ["due"])
    assert after.review_by == NOW.date()


def test_readers_see_when_a_dead_link_was_last_alive(due, client):
    SourceCheck.objects.create(
        url=due.sources.get().url,
        is_alive=False,
        checked_at=NOW,
        last_alive_at=NOW - dt.timedelta(days=40),
        failures=3,
    )
    page = client.get("/en/cases/due/").content.decode()
    assert "The link no longer works. It last worked on" in page and "15 October 2026" in page


@pytest.mark.parametrize("answer", [401, 403, 429, Refused("it is not a public address")])
def test_a_server_that_refuses_machines_tells_nothing(due, answer):
    url = due.sources.get().url
    for day in range(4):
        night(NOW + dt.timedelta(days=31 * day), {url: answer})
    assert SourceCheck.objects.get().is_alive is None


def test_a_machine_without_a_network_marks_nothing(due):
    for n in range(6):
        make_case(
            public_id=f"other-{n}",
            sources=(a_source("x", f"https://host{n}.example/"),),
        )
    fault = Unreachable("the name cannot be resolved", is_network=True)
    urls = list(Source.objects.values_list("url", flat=True))
    asked: list[str] = []
    found = night(NOW, dict.fromkeys(urls, fault), asked)
    assert found.no_network and found.asked == 0
    assert len(asked) == source_checks.NO_NETWORK_AFTER
    assert not SourceCheck.objects.exclude(checked_at=None).exists()


def test_one_host_is_asked_slowly_and_others_meanwhile(due):
    for n in range(3):
        make_case(public_id=f"same-{n}", sources=(a_source("x", f"https://one.example/{n}"),))
    now = [0.0]
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    source_checks.check_sources(at=NOW, ask=ask_by({}, []), pause=pause, clock=lambda: now[0])
    assert pauses == [source_checks.PAUSE] * 2


def test_nothing_is_asked_unless_the_operator_allows_it(due, settings):
    from alliance.writing.tasks import check_sources

    settings.CHECK_SOURCES = False
    assert check_sources.call() == {"asked": 0, "off": True}
    assert not SourceCheck.objects.exists()
