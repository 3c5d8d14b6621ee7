"""The starter network once for all tests of a module, clients that read JSON, and writers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from alliance.core import clock
from alliance.core.files import generated
from alliance.core.tasks.housekeeping import count_rows_for_planner
from alliance.network.api import authentication
from alliance.thread.services import refresh_relations as keep_ties
from tests.factories.budgets import make_example_budget
from tests.factories.campaigns import make_example_campaign
from tests.factories.challenges import make_example_challenge
from tests.factories.dialogues import make_example_dialogue
from tests.factories.groups import make_example_group
from tests.factories.indicators import publish_release
from tests.factories.knowledge import cost, effect, lay_ground, make_case
from tests.factories.needs_offers import make_examples
from tests.factories.pilots import make_example_pilot
from tests.factories.reports import make_example_report
from tests.factories.research import make_example_question
from tests.factories.surveys import make_example_survey
from tests.factories.testbeds import make_example_testbed
from tests.factories.thread import make_example_thread
from tests.factories.workshops import make_example_workshop
from tests.integration.api.callers import Caller, Network
from tests.integration.conftest import NOW, lay_once, lay_starter


@pytest.fixture(scope="module")
def network(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole starter network; what a test changes in it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        lay_once("network", _lay_network)
        count_rows_for_planner.call()
        yield
        transaction.set_rollback(True)


def _lay_network() -> None:
    lay_starter(NOW)
    make_examples()
    make_example_pilot()
    make_example_testbed()
    make_example_thread()
    make_example_challenge()
    make_example_dialogue()
    make_example_budget()
    make_example_workshop()
    make_example_survey()
    make_example_campaign()
    make_example_group()
    make_example_question()
    make_example_report()
    publish_release(at=NOW)
    keep_ties(at=NOW)


@pytest.fixture(scope="module")
def few_for_all(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What `few` lays, once for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        lay_once("few", _lay_few)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def few(db: None) -> None:
    """A solution with one case in Lund that worked and one in Umeå that did not."""
    lay_once("few", _lay_few)


def _lay_few() -> None:
    lay_ground()
    make_case("Lund", cost=cost("1200.50", "SEK", 2015))
    make_case("Umeå", outcome="did-not-work", reasons=("no-effect",), effects=(effect(2.5),))


@pytest.fixture
def get(db: None, client: Client) -> Callable[..., Any]:
    """`get("cases?limit=1")` asks the API and gives the answer with its JSON as `.data`."""

    def ask(path: str, **headers: str) -> Any:
        response = client.get(f"/api/v1/{path}", headers=headers)
        is_json = "json" in response.headers.get("Content-Type", "")
        response.data = response.json() if is_json and not response.streaming else None
        return response

    return ask


@pytest.fixture
def writers(few: None) -> Network:
    """Teams of Lund and Umeå with people and tokens, and a case of Lund's."""
    return Network()


@pytest.fixture
def token(writers: Network) -> Caller:
    """A program of Lund's team that may do all that a token can."""
    return writers.token()


@pytest.fixture
def in_process(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> Iterator[None]:
    """Requests at one moment that leave the connection open, as Django's own test client does.

    Tokens that are made up are wrong, however many they are; files go to a folder of the test; no
    worker is there to make a large one.
    """
    many = authentication.Limit("wrong-tokens", most=10**9, window=dt.timedelta(minutes=5))
    monkeypatch.setattr(authentication, "WRONG_TOKEN_LIMIT", many)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(generated, "MOST_ROWS_AT_ONCE", 10**9)
    settings.MEDIA_ROOT = tmp_path
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
