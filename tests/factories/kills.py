"""Web, worker and database are killed while programs write; then what is there is counted.

A program sends again what was not answered. Of each tenth write the first answer is lost on its
way, so that a server that writes twice what comes twice is found out whenever the kills come.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path

import psycopg

from tests.factories.processes import PATIENCE, wait_until
from tests.factories.server import ALLIANCE, Server, serving

DATABASES = ("sqlite", "postgresql")
WRITERS = 4
#: One answer in how many does not arrive.
LOST_ANSWER = 10
#: Seconds between two kills of the same: a server that falls twice within a few gives up, on
#: purpose.
APART = 12.0
TABLES = """
import django
django.setup()
from tests.template_database import lay_own
lay_own()
"""
#: Makes a city with a team, and prints the secret of a token of it and the words of a need.
TOKEN = """
import dataclasses, json
import datetime as dt
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.enums import Scope
from alliance.network.services import make_token, save_city
from tests.factories.needs_offers import NEED
from tests.factories.people import team
now = clock.now()
save_city("lund", name="Lund", country="SE", is_member=True, actor=COMMAND_LINE, at=now)
lund = team("lund")
more = {"actor": Actor("editor", teams={lund.public_id: "editor"}), "at": now}
end = now + dt.timedelta(days=1)
made = make_token(lund, name="Lund", scopes=[Scope.EXCHANGE], expires_at=end, **more)
print(json.dumps([made.secret, dataclasses.asdict(NEED) | {"team": lund.public_id}]))
"""


@dataclass(frozen=True)
class Counted:
    """What came of the writes. `seconds` goes from the first request to the last answer."""

    kills: Counter[str]
    sent_again: int
    acknowledged: int
    lost: int
    doubled: int
    seconds: float


class Writers:
    """Programs that state needs of a city, each until it is acknowledged."""

    def __init__(self, server: Server, secret: str, words: dict[str, object], writes: int) -> None:
        self.acknowledged: list[str] = []
        self.sent_again = 0
        self._at, self._words = server.at, words
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._numbers, self._turn = iter(range(writes)), threading.Lock()
        self._threads = [
            threading.Thread(target=self._write, daemon=True) for _writer in range(WRITERS)
        ]
        for thread in self._threads:
            thread.start()

    def wait(self, n: int) -> None:
        """Until so many writes are acknowledged, or no more are to come."""
        wait_until(lambda: len(self.acknowledged) >= n or not self.are_writing(), seconds=7200)

    def are_writing(self) -> bool:
        """Whether there is a write that is not acknowledged."""
        return any(thread.is_alive() for thread in self._threads)

    def _write(self) -> None:
        while (number := self._next()) is not None:
            title, end = f"Need {number}", time.monotonic() + PATIENCE
            is_lost = number % LOST_ANSWER == 0
            while time.monotonic() < end:
                if self._post(title) == 201 and not is_lost:
                    self.acknowledged.append(title)
                    break
                with self._turn:
                    self.sent_again += 1
                if not is_lost:
                    time.sleep(0.2)
                is_lost = False

    def _next(self) -> int | None:
        with self._turn:
            return next(self._numbers, None)

    def _post(self, title: str) -> int:
        """The status of the answer; 0 where there is none."""
        connection = HTTPConnection(self._at, timeout=60)
        try:
            body = json.dumps(self._words | {"title": title})
            connection.request("POST", "/api/v1/needs", body, self._headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()


def write_under_kills(
    database: str, folder: Path, environment: dict[str, str], *, writes: int, kills: int
) -> Counted:
    """Let programs write to a new installation, kill its processes by turns, and count.

    Nothing is killed once all is written: there may be fewer kills than `kills`.
    `folder` is empty and stays so but for the installation; `database` is one of DATABASES.
    """
    (folder / "home").mkdir()
    environment = environment | {
        "ALLIANCE_HOME": str(folder / "home"),
        "ALLIANCE_DATABASE_URL": "",
        "ALLIANCE_LOAD_STARTER": "no",
        "ALLIANCE_LOG_LEVEL": "ERROR",
        "ALLIANCE_SAVES_PER_HOUR": str(10 * writes),
        "ALLIANCE_SENT_MB_PER_HOUR": str(10 * writes),
        "DJANGO_SETTINGS_MODULE": "alliance.config.settings",
    }
    if database == "sqlite":
        return _write(environment, {}, writes=writes, kills=kills)
    from tests.factories.postgresql import kill_postgresql, start_postgresql

    server = start_postgresql(folder / "postgresql")
    try:
        environment["ALLIANCE_DATABASE_URL"] = server.get_uri()
        ways = {"database": partial(kill_postgresql, server)}
        return _write(environment, ways, writes=writes, kills=kills)
    finally:
        server.cleanup()


def _write(
    environment: dict[str, str], more: dict[str, Callable[[], None]], *, writes: int, kills: int
) -> Counted:
    subprocess.run([sys.executable, "-c", TABLES], env=environment, check=True)
    killed: Counter[str] = Counter()
    with serving(environment=environment) as server:
        shell = [*ALLIANCE, "django", "shell", "-v", "0", "-c", TOKEN]
        made = subprocess.run(shell, env=environment, check=True, capture_output=True).stdout
        ways = {
            "web": partial(server.kill, worker=False),
            "worker": partial(server.kill, worker=True),
        } | more
        start, last = time.monotonic(), dict[str, float]()
        writers = Writers(server, *json.loads(made.splitlines()[-1]), writes)
        for number, name in zip(range(1, kills + 1), cycle(ways), strict=False):
            writers.wait(writes * number // (kills + 1))
            earliest = last.get(name, start - APART) + APART
            wait_until(lambda end=earliest: time.monotonic() >= end)  # type: ignore[misc]
            if not writers.are_writing():
                break
            ways[name]()
            last[name] = time.monotonic()
            killed[name] += 1
        writers.wait(writes)
        seconds = time.monotonic() - start
    there = Counter(_titles(environment))
    return Counted(
        kills=killed,
        sent_again=writers.sent_again,
        acknowledged=len(writers.acknowledged),
        lost=sum(title not in there for title in writers.acknowledged),
        doubled=there.total() - len(there),
        seconds=seconds,
    )


def _titles(environment: dict[str, str]) -> list[str]:
    """The titles of all needs, straight from the database."""
    sql = "SELECT title FROM network_need"
    if url := environment["ALLIANCE_DATABASE_URL"]:
        with psycopg.connect(url) as database:
            return [title for (title,) in database.execute(sql)]
    with sqlite3.connect(f"{environment['ALLIANCE_HOME']}/alliance.sqlite3") as file:
        return [title for (title,) in file.execute(sql)]
