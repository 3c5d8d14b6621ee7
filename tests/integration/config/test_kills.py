"""Web and worker are killed while programs write: no acknowledged write is lost or twice.

A program whose request got no answer sends it again, as it should. ALLIANCE_TEST_WRITES=5000 makes
it a soak.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.factories.needs_offers import NEED
from tests.factories.processes import PATIENCE, wait_until

pytestmark = pytest.mark.all
WRITES = int(os.environ.get("ALLIANCE_TEST_WRITES", "60"))
KILLS = 6
WRITERS = 4
#: Seconds between two kills of the same: a server that falls twice within a few ends, on purpose.
APART = 12.0
ALLIANCE = (sys.executable, "-m", "alliance.config.cli")
#: Makes a city with a team, and prints its id and the secret of a token of it.
TOKEN = """
import datetime as dt
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.enums import Scope
from alliance.network.services import make_token, save_city
from tests.factories.people import team
now = clock.now()
save_city("lund", name="Lund", country="SE", is_member=True, actor=COMMAND_LINE, at=now)
lund = team("lund")
more = {"actor": Actor("editor", teams={lund.public_id: "editor"}), "at": now}
end = now + dt.timedelta(days=1)
made = make_token(lund, name="Lund", scopes=[Scope.EXCHANGE], expires_at=end, **more)
print(lund.public_id, made.secret)
"""


def children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def kill(pid: int, *, worker: bool) -> None:
    """Kill the worker of a server, or the processes that answer requests."""
    for one in children(pid):
        words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        if (b"worker" in words) == worker:
            os.kill(one, signal.SIGKILL)


@pytest.fixture
def environment(
    process_environment: dict[str, str], lay_tables: Callable[[], None]
) -> dict[str, str]:
    """An installation of its own, with tables and without content."""
    Path(process_environment["ALLIANCE_HOME"]).mkdir()
    lay_tables()
    own = {"ALLIANCE_LOAD_STARTER": "no", "ALLIANCE_SAVES_PER_HOUR": str(10 * WRITES)}
    return process_environment | own


@pytest.fixture
def site(environment: dict[str, str]) -> Iterator[tuple[str, int, list[str]]]:
    """A server with its worker: where it listens, its first process, and a team with its token."""
    subprocess.run([*ALLIANCE, "prepare"], env=environment, check=True)
    shell = [*ALLIANCE, "django", "shell", "-v", "0", "-c", TOKEN]
    made = subprocess.run(shell, env=environment, check=True, capture_output=True).stdout
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{probe.getsockname()[1]}"
    server = subprocess.Popen([*ALLIANCE, "serve"], env=environment | {"ALLIANCE_BIND": at})
    wait_until(lambda: status(f"http://{at}/healthz") == 200)
    yield at, server.pid, made.decode().split()[-2:]
    server.terminate()
    server.wait(60)


def status(address: str, **request: Any) -> int:
    """What a request is answered with; 0 where it is not answered."""
    try:
        method = "POST" if request else "GET"
        return httpx.request(method, address, timeout=60, **request).status_code
    except httpx.TransportError:
        return 0


def titles(environment: dict[str, str]) -> list[str]:
    """The titles of all needs, straight from the database."""
    with sqlite3.connect(f"{environment['ALLIANCE_HOME']}/alliance.sqlite3") as database:
        return [title for (title,) in database.execute("SELECT title FROM network_need")]


def test_no_acknowledged_write_is_lost_or_doubled(
    environment: dict[str, str], site: tuple[str, int, list[str]]
) -> None:
    at, pid, (team, secret) = site
    numbers, turn = iter(range(WRITES)), threading.Lock()
    acknowledged: list[str] = []

    def write() -> None:
        while True:
            with turn:
                number = next(numbers, None)
            if number is None:
                return
            title = f"Need {number}"
            words = asdict(NEED) | {"team": team, "title": title}
            sent = {"json": words, "headers": {"Authorization": f"Bearer {secret}"}}
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                if status(f"http://{at}/api/v1/needs", **sent) == 201:
                    acknowledged.append(title)
                    break
                time.sleep(0.2)

    writers = [threading.Thread(target=write) for _writer in range(WRITERS)]
    for one in writers:
        one.start()
    earliest = {True: 0.0, False: 0.0}
    for number in range(1, KILLS + 1):
        enough = WRITES * number // (KILLS + 1)
        wait_until(lambda enough=enough: len(acknowledged) >= enough)  # type: ignore[misc]
        worker = number % 2 == 0
        wait_until(lambda end=earliest[worker]: time.monotonic() >= end)  # type: ignore[misc]
        kill(pid, worker=worker)
        earliest[worker] = time.monotonic() + APART
    for one in writers:
        one.join()
    assert len(acknowledged) == WRITES
    assert Counter(titles(environment)) == Counter(acknowledged), "each once, and nothing else"
