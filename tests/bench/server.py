"""A server of the platform with its worker, for benchmarks of what visitors wait for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ALLIANCE = (sys.executable, "-m", "alliance.config.cli")
#: Seconds until it answers, on a busy machine.
PATIENCE = 120.0


@dataclass(frozen=True)
class Server:
    """Where it listens, and its first process."""

    at: str
    pid: int

    def megabytes(self) -> float:
        """Memory of the server processes, without the worker."""
        pages, found = 0, [self.pid]
        while found:
            pid = found.pop()
            if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                continue
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            found += map(int, children)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Server]:
    """Prepare the home, and serve it until the end. Raises RuntimeError with the server's words."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = os.environ | {"ALLIANCE_BIND": at}
    subprocess.run([*ALLIANCE, "prepare"], check=True, stdout=subprocess.DEVNULL)
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
