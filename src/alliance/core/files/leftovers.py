"""Folders and files that a process works in, and what a killed process left of them.

Each is locked for as long as its process works in it: what can be locked by another is left over.
Where a file system knows no locks, nothing counts as left over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

#: Folders in the home in which a backup, a restore or a move unpacks and copies; they hold secrets.
WORK = "work-"
#: What archives are called until they are whole, beside the place that they will take.
PARTIAL_PREFIX, PARTIAL_SUFFIX = "alliance-backup.", ".partial"
_PARTIALS = f"{PARTIAL_PREFIX}*{PARTIAL_SUFFIX}"
_IN_HOME = (f"{WORK}*", _PARTIALS, f"backups/*{PARTIAL_SUFFIX}", "releases/.*")


@contextmanager
def work_folder(parent: Path | None, prefix: str = WORK) -> Iterator[Path]:
    """An empty folder in `parent`, locked while it is worked in, and gone at the end.

    None: where temporary files go. It may be renamed meanwhile; then it stays.
    """
    while True:
        path = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        with _opened(path) as handle:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            if not path.exists():
                # Another process took it for left over before it was locked.
                continue
            try:
                yield path
            finally:
                shutil.rmtree(path, ignore_errors=True)
            return


@contextmanager
def work_file(parent: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """An empty file in `parent`, readable by its owner only, locked, and gone at the end.

    It may be renamed meanwhile; then it stays.
    """
    while True:
        descriptor, name = tempfile.mkstemp(PARTIAL_SUFFIX, PARTIAL_PREFIX, parent)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                with suppress(OSError):
                    fcntl.flock(handle, fcntl.LOCK_EX)
                if not path.exists():
                    continue
                yield handle, path
                return
        finally:
            path.unlink(missing_ok=True)


def leftovers(home: Path) -> list[Path]:
    """What killed backups, restores, moves and releases left in a home folder."""
    return [path for glob in _IN_HOME for path in sorted(home.glob(glob)) if _is_left_over(path)]


def partials_beside(target: Path) -> list[Path]:
    """What killed backups may have left where `target` is to lie."""
    return sorted(target.parent.glob(_PARTIALS))


def clear(paths: Iterable[Path]) -> None:
    """Remove those of the folders and files that are left over; others are in use, and stay."""
    for path in paths:
        with suppress(OSError), _locked(path):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _is_left_over(path: Path) -> bool:
    try:
        with _locked(path):
            return True
    except OSError:
        return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a folder or file. Raises OSError where another has it, or it is gone."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        yield handle
    finally:
        os.close(handle)
