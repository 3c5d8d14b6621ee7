"""Folders and files that a process works in, and the leftovers of killed processes.

Each is locked while its process works in it: what another process can lock is left over. On a file
system without locks, nothing counts as left over.
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

#: Folders in the home in which a backup, a restore or a move unpacks and copies; they contain
#: secrets.
WORK = "work-"
#: The names of archives until they are complete, in the folder of the finished archive.
PARTIAL_PREFIX, PARTIAL_SUFFIX = "alliance-backup.", ".partial"
_PARTIALS = f"{PARTIAL_PREFIX}*{PARTIAL_SUFFIX}"
_IN_HOME = (f"{WORK}*", _PARTIALS, f"backups/*{PARTIAL_SUFFIX}", "releases/.*")


@contextmanager
def work_folder(parent: Path | None, prefix: str = WORK) -> Iterator[Path]:
    """An empty folder in `parent`, locked while it is used, and deleted at the end.

    None: the folder for temporary files. A folder that was renamed meanwhile is not deleted.
    """
    while True:
        path = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        with _opened(path) as handle:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            if not path.exists():
                # Another process took it for a leftover before it was locked.
                continue
            try:
                yield path
            finally:
                shutil.rmtree(path, ignore_errors=True)
            return


@contextmanager
def work_file(parent: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """An empty file in `parent`, readable by its owner only, locked, and deleted at the end.

    A file that was renamed meanwhile is not deleted.
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
    """The leftovers of killed backups, restores, moves and releases in a home folder."""
    return [path for glob in _IN_HOME for path in sorted(home.glob(glob)) if _is_left_over(path)]


def partials_beside(target: Path) -> list[Path]:
    """The leftovers of killed backups in the folder of `target`."""
    return sorted(target.parent.glob(_PARTIALS))


def clear(paths: Iterable[Path]) -> None:
    """Remove those of the folders and files that are left over; those in use stay."""
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
    """Lock a folder or file. Raises OSError if another process holds the lock, or it is gone."""
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
