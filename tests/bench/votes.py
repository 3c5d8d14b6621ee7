"""Votes and ballots: server time of one, and how many votes a second 200 browsers get in.

    python -m tests.bench.votes

On SQLite, the server with two processes beside the clients on the same machine. Every vote that was
answered is looked for in the database afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import fresh_database

CLIENTS, EACH, STATEMENTS = 200, 20, 200
SERVER_LIMIT_MS = 5.0
RATE_LIMIT = 400.0
BALLOT_MS = 10.0
TOKEN = "a" * 32
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


def _lay() -> tuple[Any, list[str], list[str]]:
    """An open dialogue, the public ids of its statements, and the cookie of each client."""
    from django.core.signing import get_cookie_signer

    from alliance.core import clock
    from alliance.core.ids import new_secret
    from alliance.participation.models import Participant
    from alliance.participation.services.participants import _SALT, COOKIE, _digest
    from tests.factories.dialogues import make_statements
    from tests.factories.participation import make_process
    from tests.factories.people import team

    at = clock.now()
    process = make_process(team("lund"), at=at)
    statements = make_statements(process, [f"Statement {n}" for n in range(STATEMENTS)], at=at)
    secrets = [new_secret() for _ in range(CLIENTS + 2)]
    Participant.objects.bulk_create(
        Participant(
            process=process,
            token_digest=_digest(secret, process.public_id),
            language="en",
            made_at=at,
        )
        for secret in secrets
    )
    signer = get_cookie_signer(salt=COOKIE + _SALT)
    cookies = [f"{COOKIE}={signer.sign(secret)}" for secret in secrets]
    return process, [one.public_id for one in statements], cookies


def _request(process: Any, statement: str, cookie: str, port: int) -> bytes:
    body = f"csrfmiddlewaretoken={TOKEN}&statement={statement}&value=agree".encode()
    head = (
        f"POST /en/take-part/{process.public_id}/vote HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Cookie: csrftoken={TOKEN}; {cookie}\r\nHX-Request: true\r\nConnection: keep-alive\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Client(asyncio.Protocol):
    """Sends one request after the other, and counts what was not answered 200 without a fault.

    Made of bytes alone: a client that reads and writes as libraries do takes as much of the
    machine as the server.
    """

    def __init__(self, requests: list[bytes], times: list[float]) -> None:
        self.requests, self.times = iter(requests), times
        self.done = asyncio.get_running_loop().create_future()
        self.failed = 0
        self.got = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
        else:
            self.start = time.perf_counter()
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found or len(body) < int(_LENGTH.search(head)[1]):  # type: ignore[index]
            return
        self.times.append((time.perf_counter() - self.start) * 1_000)
        self.failed += b" 200 " not in head[:16] or b'role="alert"' in body
        self.got = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        # What was not sent any more failed too.
        self.done.set_result(self.failed + sum(1 for _ in self.requests))


async def _all(port: int, work: list[list[bytes]]) -> tuple[int, float, list[float]]:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    start = time.perf_counter()
    made = [
        await loop.create_connection(lambda one=one: _Client(one, times), "127.0.0.1", port)
        for one in work
    ]
    failed = sum([await client.done for _, client in made])
    return failed, time.perf_counter() - start, times


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_rest(pid: int) -> None:
    """A server that has just started makes its search index; that is no part of a vote."""
    for _ in range(300):
        before = _seconds(pid)
        time.sleep(1.0)
        if _seconds(pid) - before < 0.05:
            return


def _serve(home: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "ALLIANCE_HOME": str(home),
        "ALLIANCE_BIND": f"127.0.0.1:{port}",
        "ALLIANCE_WEB_PROCESSES": "2",
    }
    command = [sys.executable, "-m", "alliance.config.cli"]
    subprocess.run([*command, "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*command, "serve", "--no-worker"], env=environment)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                _wait_for_rest(server.pid)
                return server
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _seconds(pid: int) -> float:
    """CPU seconds of a process and of those that it started."""
    ticks = 0
    for one in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = one.read_text().rpartition(")")[2].split()
            if pid in {int(one.parent.name), int(fields[1])}:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def run(home: Path) -> Iterator[Figure]:
    """The service alone, the view in this process, then all clients against a server."""
    from django.test import Client

    from alliance.core import clock
    from alliance.dialogues.models import Vote
    from alliance.dialogues.services.votes import vote

    process, statements, cookies = _lay()
    port = _free_port()
    person = process.participants.last()
    times = [
        milliseconds(lambda one=one: vote(person, one, value="agree", at=clock.now()))
        for one in statements
    ]
    yield Figure("a vote taken by the service, median", percentile(times, 0.5), "ms")
    yield Figure("  95th percentile", percentile(times, 0.95), "ms")

    client = Client(headers={"HX-Request": "true"})
    name, _, value = cookies[-2].partition("=")
    client.cookies[name] = value
    address = f"/en/take-part/{process.public_id}/vote"
    views, cpu = [], []
    for one in statements:
        start = time.process_time()
        views.append(
            milliseconds(lambda one=one: client.post(address, {"statement": one, "value": "agree"}))
        )
        cpu.append((time.process_time() - start) * 1_000)
    yield Figure("a vote answered with the next statement, median", percentile(views, 0.5), "ms",
                 SERVER_LIMIT_MS)  # fmt: skip
    yield Figure("  95th percentile", percentile(views, 0.95), "ms")
    yield Figure("  of CPU, median", percentile(cpu, 0.5), "ms")

    before_them = Vote.objects.count()
    server = _serve(home, port)
    try:
        crowd = cookies[:CLIENTS]
        work = [
            [_request(process, one, cookie, port) for one in statements[:EACH]] for cookie in crowd
        ]
        asyncio.run(_all(port, [one[:1] for one in work]))
        before, own = _seconds(server.pid), time.process_time()
        failed, took, times = asyncio.run(_all(port, [one[1:] for one in work]))
        cpu_ms = (_seconds(server.pid) - before) * 1_000 / len(times)
        own_ms = (time.process_time() - own) * 1_000 / len(times)
    finally:
        server.terminate()
        server.wait()
    sent = sum(map(len, work))
    kept = Vote.objects.count() - before_them
    yield Figure(f"votes over HTTP of {len(work)} clients", len(times) / took, "1/s",
                 RATE_LIMIT, at_least=True)  # fmt: skip
    yield Figure("  answered within, 95th percentile", percentile(times, 0.95), "ms")
    yield Figure("  CPU of the server for each", cpu_ms, "ms")
    yield Figure("  CPU of all clients for each", own_ms, "ms")
    # A limit of nought has no ratio: half a vote too many breaks it.
    yield Figure("  failed", failed, "", 0.5)
    yield Figure("  lost or doubled", abs(sent - kept), "", 0.5)


def ballots() -> Iterator[Figure]:
    """A ballot of eight projects among 150, the first of each voter."""
    from alliance.budgeting.services.voting import cast
    from alliance.core import clock
    from alliance.participation.models import Participant
    from tests.factories.budgets import make_budget
    from tests.factories.participation import make_process
    from tests.factories.people import person, team

    at = clock.now()
    process = make_process(team("lund"), kind="budget", at=at)
    costs = [(f"Project {n}", 100 + n) for n in range(150)]
    budget = make_budget(process, costs=costs, voters="account", at=at)
    said = dict.fromkeys([one.public_id for one in budget.projects.all()[:8]], 1)
    people = [
        Participant.objects.create(
            process=process, user=person(f"Voter {n}"), language="en", made_at=at
        )
        for n in range(50)
    ]
    times = [
        milliseconds(lambda one=one: cast(process, one, said, at=clock.now())) for one in people
    ]
    yield Figure("a ballot saved by the service, median", percentile(times, 0.5), "ms", BALLOT_MS)
    yield Figure("  95th percentile", percentile(times, 0.95), "ms")


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    broken = False
    with fresh_database() as home:
        for figure in chain(ballots(), run(home)):
            print(figure, flush=True)
            broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
