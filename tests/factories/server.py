"""A server of the platform with its worker, for what visitors wait for and for kills."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.factories.processes import children, wait_until

ALLIANCE = (sys.executable, "-m", "alliance.config.cli")
#: Seconds until it answers, on a busy machine.
PATIENCE = 120.0


@dataclass(frozen=True)
class Server:
    """Where it listens, and its first process."""

    at: str
    pid: int

    def processes(self, *, worker: bool) -> list[int]:
        """Its worker, or the processes that it started to answer requests."""
        return [pid for pid in children(self.pid) if _is_worker(pid) == worker]

    def kill(self, *, worker: bool) -> None:
        """Kill its worker, or those that answer requests, as soon as there are any."""
        wait_until(lambda: bool(self.processes(worker=worker)))
        for pid in self.processes(worker=worker):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def megabytes(self) -> float:
        """Memory of the server processes, without the worker."""
        pages, found = 0, [self.pid]
        while found:
            pid = found.pop()
            if not _is_worker(pid):
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                found += children(pid)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _is_worker(pid: int) -> bool:
    return b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


@contextmanager
def serving(*options: str, environment: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """Prepare the home, and serve it until the end. Raises RuntimeError with the server's words."""
    environment, home = dict(environment), Path(environment["ALLIANCE_HOME"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{probe.getsockname()[1]}"
    environment["ALLIANCE_BIND"] = at
    prepare = [*ALLIANCE, "prepare"]
    subprocess.run(prepare, env=environment, check=True, stdout=subprocess.DEVNULL)
    path = home / "server.log"
    with path.open("wb") as log:
        process = subprocess.Popen(
            [*ALLIANCE, "serve", *options], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        if not _answers(f"http://{at}/healthz", process):
            raise RuntimeError(f"the server did not start: {path.read_text()}")
        yield Server(at, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return True
        except urllib.error.URLError:
            time.sleep(0.1)
    return False
