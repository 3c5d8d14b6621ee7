"""Publishers asked by the worker: the answer waits for a look and a yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.files.uploads import UploadState
from alliance.indicators.connectors import Query
from alliance.indicators.connectors.asking import PAUSES, PublisherSilent
from alliance.indicators.enums import BatchKind, CodeScheme, ReadingState
from alliance.indicators.importing.options import Options
from alliance.indicators.models import CityCode, Observation, ObservationBatch, PublisherReading
from alliance.indicators.services import readings, uploads
from tests.factories.indicators import NOW, make_city, make_definition
from tests.factories.people import acting, person
from tests.factories.publishers import Publisher, publisher

pytestmark = pytest.mark.django_db
PAGE = {
    "count": 1,
    "values": [
        {"kpi": "N1", "municipality": "1480", "period": 2020,
         "values": [{"gender": "T", "value": 5.5, "status": ""}]},
    ],
    "next_url": None,
}  # fmt: skip
OPTIONS = Options(definition="KOLADA_N1")


@pytest.fixture
def served() -> Iterator[Publisher]:
    with publisher() as running:
        running.answers["/data/kpi/N1/municipality/1480"] = PAGE
        yield running


@pytest.fixture(autouse=True)
def ground() -> None:
    city = make_city("goteborg")
    CityCode.objects.create(city=city, scheme=CodeScheme.SE_KOMMUN, code="1480")
    make_definition("WASTE", "KOLADA_N1", unit="", unit_label="kg", valid_max=None)


def asked(served: Publisher, **changes: Any) -> PublisherReading:
    query = replace(Query("N1", address=served.address), **changes)
    return readings.ask_publisher("kolada", query, OPTIONS, actor=COMMAND_LINE, at=NOW)


def test_an_answer_waits_for_a_yes_and_is_then_taken_over(served: Publisher) -> None:
    row = asked(served)
    assert readings.run_reading(row.public_id, at=NOW, asker=served.asker()) == ReadingState.READ
    row.refresh_from_db()
    assert row.figure_file is not None
    assert row.figure_file.state == UploadState.READY
    assert not Observation.objects.exists(), "nothing is written before the yes"
    uploads.confirm(row.figure_file, reason="", actor=COMMAND_LINE, at=NOW)
    assert Observation.objects.get().value == 5.5
    assert ObservationBatch.objects.get().kind == BatchKind.CONNECTOR


def test_a_silent_publisher_is_tried_again_and_given_up_at_last(served: Publisher) -> None:
    row = asked(served)
    for number in range(1, settings.TASK_ATTEMPTS + 1):
        served.failures = [503] * (len(PAUSES) + 1)
        if number < settings.TASK_ATTEMPTS:
            with pytest.raises(PublisherSilent):
                readings.run_reading(row.public_id, at=NOW, asker=served.asker())
            row.refresh_from_db()
            assert row.state == ReadingState.WAITING
        else:
            readings.run_reading(row.public_id, at=NOW, asker=served.asker())
    row.refresh_from_db()
    assert (row.state, row.attempts) == (ReadingState.FAILED, settings.TASK_ATTEMPTS)
    assert "503" in row.told
    assert not Observation.objects.exists()


def test_half_an_answer_is_not_tried_again(served: Publisher) -> None:
    served.answers["/data/kpi/N1/municipality/1480"] = b'{"values": ['
    row = asked(served)
    assert readings.run_reading(row.public_id, at=NOW, asker=served.asker()) == ReadingState.FAILED
    row.refresh_from_db()
    assert "The response cannot be read; nothing was imported." in row.told
    assert row.figure_file is None


def test_only_the_secretariat_asks(served: Publisher) -> None:
    citizen = acting(person("Citizen"))
    with pytest.raises(NotAllowed):
        readings.ask_publisher("kolada", Query("N1"), OPTIONS, actor=citizen, at=NOW)
    assert not PublisherReading.objects.exists()


@pytest.mark.parametrize(
    ("publisher_code", "dataset", "field"),
    [("nobody", "N1", "publisher"), ("kolada", "", "dataset")],
)
def test_a_question_that_cannot_be_put_is_refused(
    publisher_code: str, dataset: str, field: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        readings.ask_publisher(publisher_code, Query(dataset), OPTIONS, actor=COMMAND_LINE, at=NOW)
    assert [fault.where for fault in caught.value.faults] == [field]


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_the_secretariat_asks_on_a_page(client: Client, language: str) -> None:
    client.force_login(person("Sekretariat", "secretariat"))
    page = f"/{language}/figures/read/"
    assert client.get(page).status_code == 200
    told = {"publisher": "kolada", "dataset": "N1", "definition": "KOLADA_N1"}
    wrong = client.post(page, told | {"filters": "sex"})
    assert wrong.status_code == 422
    made = client.post(page, told | {"filters": ""})
    assert made.status_code == 302
    row = PublisherReading.objects.get()
    assert row.query["codes"] == ["1480"], "all cities that have a code are asked for"
    shown = client.get(made.headers["Location"])
    assert shown.status_code == 200
    assert "N1" in shown.content.decode()
