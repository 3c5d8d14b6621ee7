"""Large downloads are made by the worker, once for a state of the data, and served as files."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.core.files import generated
from alliance.indicators import tasks as figure_tasks
from alliance.opendata import tasks
from tests.factories.indicators import make_city, make_definition, record
from tests.factories.knowledge import lay_ground, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
CASES = "/api/v1/export/cases.csv"


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(generated, "MOST_ROWS_AT_ONCE", -1)
    monkeypatch.setattr(generated, "PATIENCE", 0.0)


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_large_table_is_made_once_by_the_worker(client: Client, monkeypatch: Any) -> None:
    lay_ground()
    make_case("Lund")
    for _time in range(2):
        answer = client.get(CASES)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "This file is being prepared. Try again in half a minute." in answer.json()["detail"]
    assert DBTaskResult.objects.filter(task_path=tasks.make_download.module_path).count() == 1
    tasks.make_download.call("cases", "csv", "en")
    monkeypatch.setattr(generated, "MOST_ROWS_AT_ONCE", 1_000)
    at_once = body(client.get(CASES))
    monkeypatch.setattr(generated, "MOST_ROWS_AT_ONCE", -1)
    first = client.get(CASES)
    assert body(first) == at_once
    # After a change: the file of before, while the new one is made; then the new one.
    make_case("Umeå")
    again = client.get(CASES)
    assert body(again) == at_once
    assert again.headers["ETag"] == first.headers["ETag"]
    tasks.make_download.call("cases", "csv", "en")
    new = client.get(CASES)
    assert "Umeå" in body(new).decode()
    assert new.headers["ETag"] != first.headers["ETag"]


def test_an_old_file_is_not_given(client: Client, monkeypatch: Any) -> None:
    lay_ground()
    tasks.make_download.call("cases", "csv", "en")
    make_case("Lund")
    monkeypatch.setattr(generated, "STILL_GOOD", -1.0)
    assert client.get(CASES).status_code == 503


def test_few_requests_wait(client: Client, monkeypatch: Any) -> None:
    lay_ground()
    monkeypatch.setattr(generated, "PATIENCE", 600.0)
    with generated._WAITING, generated._WAITING:
        assert client.get(CASES).status_code == 503


def test_many_figures_are_made_by_the_worker(client: Client, monkeypatch: Any) -> None:
    definition = make_definition()
    record(make_city("lund"), definition, {"2024": 54.25})
    for form in ("csv", "json-stat"):
        address = f"/api/v1/figures.{form}?first_year=2000"
        assert client.get(address).status_code == 503
        job = DBTaskResult.objects.get(
            task_path=figure_tasks.make_download.module_path,
            args_kwargs__kwargs__form=form,
        )
        figure_tasks.make_download.call(**job.args_kwargs["kwargs"])
        assert b"54.25" in body(client.get(address))


def test_files_of_days_ago_go(monkeypatch: Any) -> None:
    generated.store("cases-en", "a" * 32, "csv", [b"x"])
    assert generated.remove_old() == 0
    monkeypatch.setattr(generated, "RETENTION", -1.0)
    assert generated.remove_old() == 1
