"""Two web machines on one database: what one saves the other shows, and what one counts both count.

Each is a server process with pages and an index of its own. Workers share their jobs in
`core/test_worker.py`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from alliance.accounts import adapters
from alliance.config import prepare
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.enums import Scope
from alliance.network.models import Need
from alliance.network.services import make_token, save_city
from tests.factories.accounts import somebody
from tests.factories.needs_offers import NEED, make_need
from tests.factories.people import NOW, team
from tests.factories.processes import PATIENCE, wait_until

pytestmark = pytest.mark.all


@pytest.fixture
def machines(
    on_postgresql: None, shared_environment: dict[str, str], tmp_path: Path
) -> Iterator[list[httpx.Client]]:
    """Two servers without workers, on the database of the test and one home, as callers."""
    environment = shared_environment | {
        "ALLIANCE_HOME": str(tmp_path),
        "ALLIANCE_LOAD_STARTER": "no",
    }
    call = [sys.executable, "-m", "alliance.config.cli"]
    both = [subprocess.Popen([*call, "prepare"], env=environment) for _machine in range(2)]
    assert [one.wait(PATIENCE) for one in both] == [0, 0]
    servers, callers = [], []
    for _machine in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            at = f"127.0.0.1:{probe.getsockname()[1]}"
        own = environment | {"ALLIANCE_BIND": at}
        servers.append(subprocess.Popen([*call, "serve", "--no-worker"], env=own))
        callers.append(httpx.Client(base_url=f"http://{at}", timeout=60))
    for one in callers:
        wait_until(lambda one=one: is_up(one))  # type: ignore[misc]
    yield callers
    for one in callers:
        one.close()
    for server in servers:
        server.terminate()
        server.wait(60)


@pytest.fixture
def need(transactional_db: None) -> tuple[Need, str]:
    """A need of a city, and the secret of its team's token."""
    save_city("lund", name="Lund", country="SE", is_member=True, actor=COMMAND_LINE, at=NOW)
    lund, now = team("lund"), clock.now()
    editor = Actor("editor of Lund", teams={lund.public_id: "editor"})
    more = {"expires_at": now + dt.timedelta(days=1), "actor": editor, "at": now}
    made = make_token(lund, name="Lund", scopes=[Scope.EXCHANGE], **more)
    return make_need(lund, editor), made.secret


def is_up(machine: httpx.Client) -> bool:
    try:
        return machine.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def sign_in(machine: httpx.Client, **words: str) -> int:
    """Send the form of the sign-in page; its status."""
    machine.get("/en/accounts/sign-in/")
    token = {"csrfmiddlewaretoken": machine.cookies["csrftoken"]}
    return machine.post("/en/accounts/sign-in/", data=words | token).status_code


def test_what_is_saved_on_one_machine_is_shown_by_the_other(
    need: tuple[Need, str], machines: list[httpx.Client]
) -> None:
    first, second = machines
    stated, token = need
    page, search = f"/en/needs/{stated.public_id}/", "/en/find?q=whispering"
    tags = {}
    for machine in machines:
        shown = machine.get(page)
        assert NEED.title in shown.text
        assert "Whispering trams" not in machine.get(search).text
        tags[machine] = {"If-None-Match": shown.headers["ETag"]}
        assert machine.get(page, headers=tags[machine]).status_code == 304, "kept"
    for by, title in ((second, "Whispering trams"), (first, "Whispering trams at night")):
        body = dataclasses.asdict(NEED) | {"title": title}
        headers = {"Authorization": f"Bearer {token}"}
        changed = by.put(f"/api/v1/needs/{stated.public_id}", json=body, headers=headers)
        assert changed.status_code == 200, changed.text
        for machine in machines:
            shown = machine.get(page, headers=tags[machine])
            assert shown.status_code == 200 and title in shown.text
            wait_until(lambda: title in machine.get(search).text)  # noqa: B023


def test_tries_are_counted_together(machines: list[httpx.Client]) -> None:
    user = somebody()
    most = adapters.ACCOUNT_SIGN_IN_LIMIT.most
    found = [
        sign_in(machines[number % 2], login=user.email, password=f"guess {number}")
        for number in range(most + 2)
    ]
    assert found == [200] * most + [429] * 2


def test_of_two_machines_that_prepare_one_empty_database_the_second_waits(
    empty_postgresql: str, process_environment: dict[str, str], tmp_path: Path
) -> None:
    """Until the first has ended; that both end well shows wherever `machines` are prepared."""
    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    there = process_environment | {"ALLIANCE_DATABASE_URL": empty_postgresql}
    both = []
    with psycopg.connect(empty_postgresql, autocommit=True) as database:

        def number(sql: str) -> int:
            return int((database.execute(sql).fetchone() or (0,))[0])

        database.execute("SELECT pg_advisory_lock(%s)", [prepare.PREPARING])
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            own = there | {"ALLIANCE_HOME": str(tmp_path / name)}
            call = [sys.executable, "-m", "alliance.config.cli", "prepare"]
            both.append(subprocess.Popen(call, env=own))
        try:
            wait_until(lambda: number(waiting) == 2)
            assert number(tables) == 0
            database.execute("SELECT pg_advisory_unlock(%s)", [prepare.PREPARING])
            wait_until(lambda: number(tables) > 0)
            assert number(waiting) == 1
            assert [one.poll() for one in both] == [None, None]
        finally:
            for one in both:
                one.kill()
                one.wait()
