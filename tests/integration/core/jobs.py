"""Background jobs for tests of the worker. They tell what they do by adding lines to a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django_tasks import task

from alliance.core.errors import Fault, InvalidData
from alliance.core.tasks import OUTGOING


def note(path: str, line: str) -> None:
    """Add a line in one write, so that lines of several processes do not mix."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@task
def tell(path: str, line: str) -> str:
    note(path, line)
    return line


@task
def slow(path: str, gate: str) -> str:
    """Tell of the start, wait until the file `gate` is there, tell of the end."""
    note(path, "start")
    while not Path(gate).exists():
        time.sleep(0.02)
    note(path, "end")
    return "done"


@task
def fails(path: str) -> None:
    note(path, "tried")
    raise RuntimeError("the wind was too strong")


@task
def refuses(path: str) -> None:
    note(path, "tried")
    raise InvalidData([Fault("row 3", "empty-cell")])


@task
def leaves(path: str) -> None:
    note(path, "tried")
    raise SystemExit(3)


@task
def returns_what_is_no_json() -> object:
    return object()


@task(queue_name=OUTGOING)
def asks(path: str, gate: str) -> str:
    """Ask another server that does not answer before the file `gate` is there."""
    return slow.call(path, gate)
