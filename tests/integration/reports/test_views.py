"""The address of a brief: the file, or a page that waits for the worker and says so."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.core import clock
from alliance.core.tasks import Worker, schedule
from alliance.reports import jobs
from alliance.reports.services import briefs
from alliance.reports.tasks import make_brief
from tests.factories.knowledge import lay_ground, make_case, text
from tests.integration.reports.conftest import printed

pytestmark = pytest.mark.django_db

ADDRESS = "/sv/cases/lund/brief.pdf"


@pytest.fixture(autouse=True)
def ground(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
    monkeypatch.setattr(schedule, "declared_periodic", list)
    lay_ground()
    make_case()


def work() -> None:
    Worker(until_empty=True).run()


def waiting_jobs() -> int:
    return DBTaskResult.objects.filter(task_path=make_brief.module_path).count()


def test_without_a_file_it_asks_the_worker_once_and_says_what_is_going_on(client):
    for _ in range(3):
        answer = client.get(ADDRESS)
        assert answer.status_code == 202
    assert waiting_jobs() == 1
    html = answer.content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html
    assert 'href="/sv/cases/lund/"' in html
    assert answer["Cache-Control"] == "no-store"


def test_the_file_comes_as_soon_as_it_was_made(client):
    client.get(ADDRESS)
    work()
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="lund-sv.pdf"'
    assert answer["Content-Language"] == "sv"
    assert answer["Cache-Control"] == "no-cache"
    assert "Trafikvolym" in printed(answer.content)
    same = client.get(ADDRESS, headers={"If-None-Match": answer["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    head = client.head(ADDRESS)
    assert (head.status_code, head["ETag"]) == (200, answer["ETag"])


def test_a_change_of_the_case_gives_another_file(client):
    briefs.make("case", "lund", "sv")
    before = client.get(ADDRESS)["ETag"]
    make_case(texts=(text(summary="Drivers pay by the day."),))
    assert client.get(ADDRESS).status_code == 202
    work()
    after = client.get(ADDRESS, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert "Drivers pay by the day." in printed(after.content)


def test_a_solution_has_a_brief_in_every_language(client):
    for language in ("en", "fr", "sv"):
        address = f"/{language}/solutions/road-pricing/brief.pdf"
        assert client.get(address).status_code == 202
    work()
    for language in ("en", "fr", "sv"):
        answer = client.get(f"/{language}/solutions/road-pricing/brief.pdf")
        assert (answer.status_code, answer["Content-Language"]) == (200, language)


@pytest.mark.parametrize(
    "address",
    [
        "/sv/cases/nowhere/brief.pdf",
        "/sv/cases/..%2Flund/brief.pdf",
        "/sv/solutions/lund/brief.pdf",
        "/sv/cases/road-pricing/brief.pdf",
    ],
)
def test_what_is_not_there_has_no_brief(client, address):
    assert client.get(address).status_code == 404
    assert waiting_jobs() == 0


@pytest.mark.parametrize(
    ("status", "said"),
    [(CaseStatus.DRAFT, 404), (CaseStatus.IN_REVIEW, 404), (CaseStatus.WITHDRAWN, 410)],
)
def test_a_case_that_is_not_public_has_no_brief_even_if_one_was_made(client, status, said):
    briefs.make("case", "lund", "sv")
    CaseStudy.objects.update(status=status)
    assert client.get(ADDRESS).status_code == said


def test_other_methods_are_refused(client):
    assert client.post(ADDRESS).status_code == 405


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.TASK_ATTEMPTS = 1

    def broken(*_arguments: object) -> None:
        raise RuntimeError("the typesetter fell over")

    monkeypatch.setattr(briefs, "compose", broken)


def test_a_failure_is_told_and_can_be_tried_again(client, failing, monkeypatch):
    client.get(ADDRESS)
    work()
    for _ in range(2):
        answer = client.get(ADDRESS)
        assert answer.status_code == 503
    html = answer.content.decode()
    assert 'href="?again"' in html
    assert 'http-equiv="refresh"' not in html
    assert waiting_jobs() == 1
    monkeypatch.undo()
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
    monkeypatch.setattr(schedule, "declared_periodic", list)
    assert client.get(f"{ADDRESS}?again").status_code == 202
    assert waiting_jobs() == 2
    assert client.get(ADDRESS).status_code == 202
    work()
    assert client.get(ADDRESS).status_code == 200


def test_a_long_wait_says_that_probably_no_worker_runs(client, monkeypatch):
    client.get(ADDRESS)
    DBTaskResult.objects.update(enqueued_at=clock.now() - dt.timedelta(minutes=3, seconds=5))
    english = ADDRESS.replace("/sv/", "/en/")
    client.get(english)
    DBTaskResult.objects.update(enqueued_at=clock.now() - dt.timedelta(minutes=3, seconds=5))
    html = client.get(english).content.decode()
    assert (
        "The brief has been waiting for 3 minutes. The background service is probably not running."
    ) in html
    assert 'content="20"' in html


def test_the_page_asks_in_part_and_is_led_on(client):
    part = {"HX-Request": "true"}
    answer = client.get(ADDRESS, headers=part)
    assert answer.status_code == 202
    assert "<html" not in answer.content.decode()
    work()
    answer = client.get(ADDRESS, headers=part)
    assert answer["HX-Redirect"] == ADDRESS


def test_the_page_asks_no_more_after_a_failure(client, failing):
    client.get(ADDRESS)
    work()
    answer = client.get(ADDRESS, headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert "?again" in answer.content.decode()


def test_a_reader_waits_a_moment_for_the_worker(client, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 20.0)
    edition, content = briefs.compose(None, "case", "lund", "sv")

    def finish() -> None:
        time.sleep(0.3)
        briefs.folder().mkdir(exist_ok=True)
        part = briefs.folder() / "part"
        part.write_bytes(content)
        part.replace(briefs.path_of(edition))

    helper = threading.Thread(target=finish)
    helper.start()
    answer = client.get(ADDRESS)
    helper.join()
    assert (answer.status_code, answer.content) == (200, content)


def test_nobody_waits_for_a_job_that_has_waited_long(client, monkeypatch):
    client.get(ADDRESS)
    DBTaskResult.objects.update(enqueued_at=clock.now() - dt.timedelta(seconds=30))
    monkeypatch.setattr(jobs, "PATIENCE", 60.0)
    monkeypatch.setattr(jobs, "_LOOK_EVERY", None)  # to wait is an error
    assert client.get(ADDRESS).status_code == 202


def test_a_job_that_ended_without_this_file_is_put_in_anew(client):
    client.get(ADDRESS)
    DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL)
    connection.cursor().execute("UPDATE core_taskstate SET key = NULL")
    assert client.get(ADDRESS).status_code == 202
    assert waiting_jobs() == 2


def test_few_queries(client, django_assert_max_num_queries):
    briefs.make("case", "lund", "sv")
    with django_assert_max_num_queries(8):
        client.get(ADDRESS)
