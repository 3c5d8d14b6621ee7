"""Large files for readers: made by the worker, kept for a state of the data, served as files.

A request never makes one itself. It gets the file of the present state; else, while the worker
makes that, one that is some minutes old; else it waits for a while, two requests of a process at
once.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

#: Rows up to which a download is made while it is sent.
MOST_ROWS_AT_ONCE = 2_000
#: How old a file of an earlier state may be that is given while a new one is made, in seconds.
STILL_GOOD = 600.0
#: How long a request waits for the worker, in seconds, and how many of a process do so at once.
PATIENCE = 20.0
_WAITING = threading.BoundedSemaphore(2)
_LOOK_EVERY = 0.2
#: What a refused request is told to wait, in seconds.
RETRY_AFTER = 30
#: A state holds for a day at most.
RETENTION = 2 * 86_400.0


class NotMade(Exception):
    """The worker has not made the file yet. `retry_after` is in seconds."""

    retry_after = RETRY_AFTER


def folder() -> Path:
    """Where the files lie. Web and worker must share it."""
    return Path(settings.HOME) / "made"


def path_of(what: str, state: str, ending: str) -> Path:
    """The file of what is downloaded in a state of the data, whether it was made or not."""
    return folder() / f"{what}.{state}.{ending}"


def state_of(path: Path) -> str:
    """The state of the data that a file shows."""
    return path.name.rsplit(".", 2)[1]


def made(what: str, state: str, ending: str, *, ask: Callable[[], object]) -> Path:
    """The file of this state, or one that is good enough. `ask` puts a job for it into the queue.

    Raises NotMade where there is none in time.
    """
    path = path_of(what, state, ending)
    if path.exists():
        return path
    ask()
    if recent := _recent(what, ending):
        return recent
    if _WAITING.acquire(blocking=False):
        try:
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                if recent := _recent(what, ending):
                    return recent
                time.sleep(_LOOK_EVERY)
        finally:
            _WAITING.release()
    raise NotMade


def _recent(what: str, ending: str) -> Path | None:
    """The newest file that is still good, of whatever state."""
    by_age = sorted(_ages(what, ending))
    return by_age[0][1] if by_age and by_age[0][0] <= STILL_GOOD else None


def _ages(what: str, ending: str) -> list[tuple[float, Path]]:
    ages = []
    for path in folder().glob(f"{what}.*.{ending}"):
        try:
            ages.append((time.time() - path.stat().st_mtime, path))
        except FileNotFoundError:
            continue
    return ages


def store(what: str, state: str, ending: str, chunks: Iterable[bytes]) -> Path:
    """Write a file, there whole or not at all; earlier ones go, but for the newest of them."""
    path = path_of(what, state, ending)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, unfinished = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    # A request may have been given the one before, and not have opened it yet.
    for _age, earlier in sorted(_ages(what, ending))[2:]:
        earlier.unlink(missing_ok=True)
    return path


def remove_old() -> int:
    """Remove files that nobody asked to be made anew for days; how many."""
    removed = 0
    for path in folder().glob("*"):
        if time.time() - path.stat().st_mtime > RETENTION:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
