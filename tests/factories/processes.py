"""Tests with further processes: a worker beside the test."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

#: Seconds that a process may take: many, since machines that run tests are busy.
PATIENCE = 300
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition; fail where it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    # Each thread has those that it started itself.
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for one in lists for child in one.read_text().split()]
