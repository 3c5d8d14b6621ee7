"""The pages around the API: open data, description, status; /healthz and /readyz."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.config import status
from alliance.config.api import document
from alliance.core import backups, clock
from alliance.opendata.names import FORMATS, TABLES
from tests.factories.accounts import fail_letter

pytestmark = pytest.mark.usefixtures("few")


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
@pytest.mark.parametrize("page", ["data", "api", "status"])
def test_a_page_is_there_in_each_language(
    client: Client, language: str, page: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        answer = client.get(f"/{language}/{page}/")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.content.decode()


def test_every_download_of_the_page_is_there(client: Client) -> None:
    page = client.get("/en/data/").content.decode()
    links = re.findall(r'href="(/api/v1/export/[^"]+)"', page)
    assert len(links) == len(TABLES) * len(FORMATS) + 1
    for link in links:
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200 and b"".join(answer.streaming_content)


def test_the_page_tells_licence_date_and_how_to_cite(client: Client) -> None:
    page = client.get("/en/data/").content.decode()
    assert 'rel="license"' in page and "CC BY 4.0" in page
    assert f"{clock.today():%Y-%m-%d}" in page


def test_the_description_shows_every_operation(client: Client) -> None:
    page = client.get("/en/api/").content.decode()
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            for parameter in operation["parameters"]:
                assert f"<code>{parameter['name']}</code>" in page
    assert 'id="problem-422"' in page
    assert "<script" not in re.sub(r'<script src="/static/[^"]+" defer></script>', "", page)


def test_healthy(client: Client) -> None:
    answer = client.get("/readyz")
    found = answer.json()
    assert found["checks"]["database"] == "ok" and found["checks"]["migrations"] == "ok"
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    # Neither loaded nor declined: the first start has not ended.
    assert answer.status_code == 503 and found["checks"]["starter"] == "missing"


def test_an_installation_without_starter_network_can_be_healthy(
    client: Client, settings: Any
) -> None:
    settings.LOAD_STARTER = False
    answer = client.get("/readyz")
    assert answer.status_code == 200
    checks = answer.json()["checks"]
    assert checks["starter"] == "not wanted"
    assert checks["mail"] == {"undelivered": 0} and checks["index"]["acts_behind"] >= 0


def test_a_trial_of_a_backup_speaks_of_that_one_alone(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.LOAD_STARTER, settings.HOME = False, tmp_path
    folder, at = tmp_path / backups.FOLDER, clock.now()

    def told() -> tuple[dict[str, Any], str]:
        checks = client.get("/readyz").json()["checks"]["backup"]
        return checks, " ".join(client.get("/en/status/").content.decode().split())

    assert set(told()[0].values()) == {None}
    backups.record_look(tmp_path, folder / "old.tar.gz", at=at, is_whole=True)
    (folder / "new.tar.gz").touch()
    checks, page = told()
    assert checks["seconds_since_made"] is not None and checks["last_trial_failed"] is False
    assert checks["seconds_since_verified"] is checks["newest_is_whole"] is None
    assert "restore not tested yet" in page and "of another backup" in page
    backups.record_look(tmp_path, folder / "new.tar.gz", at=at, is_whole=False)
    checks, page = told()
    assert checks["seconds_since_verified"] is None and checks["newest_is_whole"] is False
    assert checks["last_trial_failed"] is True and checks["seconds_since_last_trial"] is not None
    assert "test restore on" in page and "of another" not in page
    backups.record_look(tmp_path, folder / "new.tar.gz", at=at, is_whole=True)
    checks, page = told()
    assert checks["seconds_since_verified"] is not None and checks["newest_is_whole"] is True
    assert checks["last_trial_failed"] is False
    assert "could not be put back" not in page and "test restore on" in page


def test_emails_that_did_not_arrive_are_told(client: Client) -> None:
    assert "no emails waiting to be resent" in client.get("/en/status/").content.decode()
    fail_letter("rita@example.org", at=clock.now())
    assert "1 email was not delivered" in client.get("/en/status/").content.decode()


def test_missing_migrations_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = status._shipped() | {("knowledge", "9999_later")}
    monkeypatch.setattr(status, "_shipped", lambda: shipped)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 outstanding"


def test_an_absent_database_is_told_without_details(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise OperationalError("could not connect to db.internal as alliance:swordfish")

    monkeypatch.setattr(status, "outstanding_migrations", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks == {"disk": "ok", "home": "ok", "database": "unreachable"}
    # The process itself is well: whoever restarts it by this would gain nothing.
    assert client.get("/healthz").status_code == 200
    assert b"swordfish" not in answer.content


def _job(**values: Any) -> DBTaskResult:
    fields = {
        "task_path": "alliance.core.tasks.housekeeping.forget_finished_jobs",
        "args_kwargs": {"args": [], "kwargs": {}},
        "backend_name": "default",
        "queue_name": "default",
    } | values
    job = DBTaskResult.objects.create(**fields)
    if "enqueued_at" in values:
        DBTaskResult.objects.filter(pk=job.pk).update(enqueued_at=values["enqueued_at"])
    return job


def test_the_worker_is_judged_by_its_queue(db: None) -> None:
    now = clock.now()
    assert status.worker(now).state == "not seen"
    _job(status="SUCCESSFUL", finished_at=now - dt.timedelta(hours=2))
    assert status.worker(now).state == "idle"
    _job(status="READY", enqueued_at=now - dt.timedelta(seconds=5))
    assert (status.worker(now).state, status.worker(now).waiting) == ("idle", 1)
    _job(status="READY", enqueued_at=now - dt.timedelta(hours=1))
    assert status.worker(now).state == "late"


def test_a_late_worker_is_told_and_is_no_reason_to_restart_the_server(
    client: Client, settings: Any
) -> None:
    settings.LOAD_STARTER = False
    _job(status="READY", enqueued_at=clock.now() - dt.timedelta(hours=1))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found = answer.json()["checks"]["worker"]
    assert found["state"] == "late" and 3_599 <= found["oldest_job_seconds"] <= 3_700


def test_speed_is_told_once_it_is_known(client: Client) -> None:
    assert status.within_ms("no such view") is None
    client.get("/en/data/")
    limit, count = status.within_ms("knowledge:data") or (0.0, 0)
    assert limit >= 5 and count >= 1
