"""Backup and restore: an archive with the database and all files of an installation.

The archive is a tar with a list of its files and their checksums (`manifest.json`). The database is
copied consistently while the server runs: SQLite through its backup interface, PostgreSQL through
pg_dump. What `alliance prepare` regenerates is left out, and what shows who came or wrote when:
counts of attempts, sessions, jobs and emails. An archive is read back and checked before it counts
as complete, and once more before it replaces anything.

A restore may be killed at any step. The new files are complete in a folder of the home, with a
journal, before anything is set aside: as long as that folder exists, nothing else starts on the
home, and `finish_restore` takes all remaining steps.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from alliance import __version__
from alliance.config import env, postgresql
from alliance.core import backups, clock, instance_lock
from alliance.core.errors import DISK_FULL, Fault, InvalidData
from alliance.core.files.leftovers import (
    PARTIAL_PREFIX,
    WORK,
    clear,
    leftovers,
    partials_beside,
    work_file,
    work_folder,
)

MANIFEST = "manifest.json"
FORMAT = "alliance-backup-1"
SQLITE = "alliance.sqlite3"
SQLITE_COPY = "database/alliance.sqlite3"
POSTGRESQL_COPY = "database/alliance.pgdump"
ASIDE = "before-restore-"
# The database is copied separately; the rest is regenerated, or is a backup itself.
LEFT_OUT = {
    SQLITE, f"{SQLITE}-wal", f"{SQLITE}-shm", "static", backups.FOLDER, "prepared",
    instance_lock.FILE, instance_lock.RESTORING,
}  # fmt: skip
#: Emails as files: new archives omit them, those in earlier archives are restored.
MAIL = "mail"
LEFT_OUT_PREFIXES = (WORK, ASIDE, PARTIAL_PREFIX, "prepared.")


def has_data() -> bool:
    """Whether there is a database: a file in the home folder, or tables in PostgreSQL."""
    url = env.get("DATABASE_URL")
    return postgresql.has_tables(url) if url else (env.home() / SQLITE).exists()


def write_backup(target: Path | None = None) -> Path:
    """Write an archive, readable by its owner only, and check it; returns its path.

    Raises InvalidData if there is no database, it is damaged, `target` exists already, or the disk
    is full; earlier archives stay as they are.
    """
    home = env.home()
    at = clock.now()
    if target is None:
        target = home / backups.FOLDER / f"alliance-{at:%Y%m%dT%H%M%S%fZ}.tar.gz"
        target.parent.mkdir(mode=0o700, exist_ok=True)
    if target.exists():
        raise InvalidData([Fault(str(target), "exists-already")])
    if not has_data():
        raise InvalidData([Fault(str(home), "no-database")])

    clear([*leftovers(home), *partials_beside(target)])
    try:
        with work_file(target.parent) as (handle, partial):
            with (
                tarfile.open(fileobj=handle, mode="w:gz", compresslevel=6) as archive,
                work_folder(home) as work,
            ):
                copy, name = _copy_database(work)
                sums = {name: _add(archive, copy, name)}
                for path in _files(home):
                    name = f"home/{path.relative_to(home).as_posix()}"
                    sums[name] = _add(archive, path, name)
                _add_manifest(archive, sums, at)
            handle.flush()
            os.fsync(handle.fileno())
            with work_folder(home) as work:
                _unpack(partial, work, only="database")
                _check_database(partial, work)
            partial.rename(target)
    except (OSError, sqlite3.OperationalError) as error:
        raise InvalidData([Fault(str(target), "not-written", {"why": str(error)})]) from error
    return target


def verify_backup(source: Path) -> tuple[dt.datetime, int]:
    """Restore an archive into a scratch folder; returns when it was made, and its number of files.

    Every checksum is compared and the whole database read, as before a restore; the result is
    recorded for `backups.looks`. Raises InvalidData for an archive that could not be restored here.
    """
    home = env.home()
    clear(leftovers(home))
    try:
        with work_folder(home) as work:
            manifest = _unpack(source, work)
            _check_database(source, work)
    except InvalidData as error:
        # A lack of disk space or of programs does not mean that the archive is bad.
        if not {fault.code for fault in error.faults} & {"not-written", "not-installed"}:
            backups.record_look(home, source, at=clock.now(), is_whole=False)
        raise
    made_at = dt.datetime.fromisoformat(manifest["made_at"])
    backups.record_look(home, source, at=clock.now(), is_whole=True)
    return made_at, len(manifest["files"])


@dataclass(frozen=True)
class Restored:
    """How a restore ended: the paths of the former data, a folder and, for PostgreSQL, a backup.

    `is_undone`: it was interrupted before it had replaced anything, and the former data stay.
    """

    source: str
    earlier_paths: tuple[Path, ...] = ()
    is_undone: bool = False


@dataclass(frozen=True)
class _Journal:
    """What a restore has to do, written before it begins.

    `kept` is the backup of the former PostgreSQL database; empty if there is none. `former` are the
    names of what is set aside, `new` of what replaces it.
    """

    number: str
    source: str
    is_postgresql: bool
    kept: str
    aside: str
    former: list[str]
    new: list[str]


JOURNAL = "restore.json"


def restore_backup(source: Path, *, force: bool = False) -> Restored:
    """Restore an archive.

    Every checksum and the database are verified before anything is changed. Raises InvalidData for
    a damaged or foreign archive, one of the other kind of database, if a process of the platform
    uses what would be replaced, and, without `force`, if there are data.
    """
    home = env.home()
    url = env.get("DATABASE_URL")
    with _alone(home) as lock:
        if (home / instance_lock.RESTORING).exists():
            _take_steps(home, lock, goes_on=True)
        clear(leftovers(home))
        present = has_data()
        if present and not force:
            raise InvalidData([Fault(str(home), "holds-data")])
        with work_folder(home) as work:
            _unpack(source, work)
            _check_database(source, work)
            at = f"{clock.now():%Y%m%dT%H%M%S%fZ}"
            journal = _Journal(
                number=at,
                source=str(source),
                is_postgresql=bool(url),
                kept=str(write_backup()) if url and present else "",
                aside=f"{ASIDE}{at}",
                former=sorted(entry.name for entry in home.iterdir() if _is_replaced(entry.name)),
                new=sorted(entry.name for entry in (work / "home").glob("*")),
            )
            (work / JOURNAL).write_text(json.dumps(asdict(journal)), encoding="utf-8")
            os.sync()
            # From here on the restore will be completed, whatever happens to this process.
            work.rename(home / instance_lock.RESTORING)
            os.sync()
        return _take_steps(home, lock)


def finish_restore() -> Restored | None:
    """Finish an interrupted restore, or undo it; None if there was none.

    Raises InvalidData while a process of the platform uses what would be replaced, such as the
    restore itself.
    """
    home = env.home()
    if not (home / instance_lock.RESTORING).exists():
        return None
    with _alone(home) as lock:
        return _take_steps(home, lock, goes_on=True)


@contextmanager
def _alone(home: Path) -> Iterator[IO[bytes]]:
    """Lock home and database exclusively; yields the locked file."""
    url = env.get("DATABASE_URL")
    with instance_lock.alone(home) as lock:
        if url:
            with postgresql.alone(url):
                yield lock
        else:
            yield lock


def _take_steps(home: Path, lock: IO[bytes], *, goes_on: bool = False) -> Restored:
    """Take the remaining steps of a restore. `goes_on`: it was interrupted before.

    Each step is a renaming or a transaction, so that it either happened or not.
    """
    due = home / instance_lock.RESTORING
    journal = _Journal(**json.loads((due / JOURNAL).read_text(encoding="utf-8")))
    url = env.get("DATABASE_URL")
    if bool(url) != journal.is_postgresql:
        kind = "PostgreSQL" if url else "SQLite"
        raise InvalidData([Fault(str(due), "other-database", {"kind": kind})])
    aside = home / journal.aside
    if url and postgresql.restored(url) != journal.number:
        if goes_on and has_data():
            # Nothing was replaced, and others may have written to the database since.
            _drop(due)
            return Restored(journal.source, is_undone=True)
        try:
            postgresql.restore(url, due / POSTGRESQL_COPY, journal.number, lock)
        except InvalidData:
            # Perhaps only the response was lost.
            if postgresql.restored(url) != journal.number:
                _drop(due)
                raise
    try:
        _move_into_place(home, journal)
    except OSError as error:
        raise InvalidData([Fault(str(due), "not-finished", {"why": str(error)})]) from error
    _drop(due)
    earlier_paths = [Path(journal.kept)] if journal.kept else []
    return Restored(journal.source, tuple(earlier_paths + [aside] * aside.exists()))


def _move_into_place(home: Path, journal: _Journal) -> None:
    """Set aside the former files, and move those of the restore to their place."""
    due, aside = home / instance_lock.RESTORING, home / journal.aside
    sources = {name: due / "home" / name for name in journal.new}
    if not journal.is_postgresql:
        # Comes last: its presence shows that everything is in place.
        sources[SQLITE] = due / SQLITE_COPY
    for name in journal.former:
        is_in_place = name in sources and not sources[name].exists()
        if not is_in_place and (home / name).exists() and not (aside / name).exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            (home / name).rename(aside / name)
    for name, source in sources.items():
        if source.exists():
            _make_room(home / name, aside)
            source.rename(home / name)
    os.sync()


def _make_room(path: Path, aside: Path) -> None:
    """Set aside what, for example, an older version of the platform created there while a restore
    was pending."""
    if not path.exists():
        return
    aside.mkdir(mode=0o700, exist_ok=True)
    number = 1
    while (aside / f"{path.name}.{number}").exists():
        number += 1
    path.rename(aside / f"{path.name}.{number}")


def _drop(due: Path) -> None:
    """Remove the folder of a restore. It is renamed first: half of it must not look like one."""
    with work_folder(due.parent) as work:
        due.rename(work / due.name)
        os.sync()


def _is_replaced(name: str) -> bool:
    return _is_backed_up(name) or name.startswith((SQLITE, "prepared"))


def _check_database(source: Path, folder: Path) -> Path:
    """The copy of the database that was unpacked from `source`, checked completely.

    Raises InvalidData if it is damaged, or of the other kind than the installation's.
    """
    url = env.get("DATABASE_URL")
    name = POSTGRESQL_COPY if url else SQLITE_COPY
    copy = folder / name
    if not copy.exists():
        kind = "PostgreSQL" if url else "SQLite"
        raise InvalidData([Fault(str(source), "other-database", {"kind": kind})])
    if url:
        postgresql.check(copy)
    elif fault := _damage(copy):
        raise InvalidData([Fault(f"{source}: {name}", "damaged-database", {"why": fault})])
    return copy


def _damage(copy: Path) -> str:
    """The errors that SQLite reports in an unused database; empty if there are none."""
    try:
        with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as database:
            if not database.execute("SELECT 1 FROM sqlite_schema").fetchone():
                return "it holds no table"
            problems = [line for (line,) in database.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if problems == ["ok"] else "; ".join(problems)


def _copy_database(work: Path) -> tuple[Path, str]:
    url = env.get("DATABASE_URL")
    if url:
        copy = work / "alliance.pgdump"
        postgresql.dump(url, copy)
        return copy, POSTGRESQL_COPY
    copy = work / SQLITE
    with (
        closing(sqlite3.connect(env.home() / SQLITE, timeout=60)) as here,
        closing(sqlite3.connect(copy)) as there,
    ):
        here.backup(there)
        _leave_out(there)
    return copy, SQLITE_COPY


def _leave_out(copy: sqlite3.Connection) -> None:
    """Delete what no backup contains, and overwrite it. Raises InvalidData."""
    try:
        there = {name for (name,) in copy.execute("SELECT name FROM sqlite_schema")}
        copy.execute("PRAGMA secure_delete=ON")
        with copy:
            for table in there.intersection(backups.LEFT_OUT + backups.JOBS_LEFT_OUT):
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of our own
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        fault = Fault(SQLITE_COPY, "damaged-database", {"why": str(error)})
        raise InvalidData([fault]) from error


def _is_backed_up(name: str) -> bool:
    return name not in LEFT_OUT and not name.startswith(LEFT_OUT_PREFIXES)


def _files(home: Path) -> Iterator[Path]:
    for entry in sorted(home.iterdir()):
        if not _is_backed_up(entry.name) or entry.name == MAIL:
            continue
        paths = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


class _Summed:
    """A file that computes the checksum of what is read from it, so that the manifest matches what
    was written."""

    def __init__(self, handle: IO[bytes]):
        self._handle = handle
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._handle.read(size)
        self._digest.update(block)
        return block

    @property
    def sum(self) -> str:
        return self._digest.hexdigest()


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as handle:
        entry = tarfile.TarInfo(name)
        status = os.fstat(handle.fileno())
        entry.size, entry.mtime, entry.mode = status.st_size, int(status.st_mtime), 0o600
        summed = _Summed(handle)
        archive.addfile(entry, summed)
    return summed.sum


def _add_manifest(archive: tarfile.TarFile, sums: dict[str, str], at: dt.datetime) -> None:
    content = json.dumps(
        {"format": FORMAT, "version": __version__, "made_at": at.isoformat(), "files": sums},
        indent=1,
    ).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mtime, entry.mode = len(content), int(at.timestamp()), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _unpack(source: Path, folder: Path, *, only: str = "") -> dict[str, Any]:
    """Write the files of an archive below `folder`, checking each name and checksum; returns its
    manifest.

    `only`: files whose names begin otherwise are checked but not written.
    """
    sums: dict[str, str] = {}
    manifest: object = None
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            for entry in archive:
                handle = archive.extractfile(entry) if entry.isreg() else None
                if handle is None:
                    raise InvalidData([Fault(f"{source}: {entry.name}", "not-a-plain-file")])
                if entry.name == MANIFEST:
                    manifest = json.load(handle)
                else:
                    target = _target(source, entry.name, folder)
                    sums[entry.name] = _read(
                        handle, target if entry.name.startswith(only) else None
                    )
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if isinstance(error, InvalidData):
            raise
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            # The archive itself is fine.
            raise InvalidData([Fault(str(folder), "not-written", {"why": str(error)})]) from error
        raise InvalidData([Fault(str(source), "not-a-backup", {"why": str(error)})]) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InvalidData([Fault(str(source), "other-backup", {"form": FORMAT})])
    listed = manifest.get("files")
    if listed != sums:
        names = set(listed) if isinstance(listed, dict) else set()
        raise InvalidData(
            [
                Fault(f"{source}: {name}", "wrong-sum")
                for name in sorted(names | set(sums))
                if not isinstance(listed, dict) or listed.get(name) != sums.get(name)
            ]
        )
    return manifest


def _target(source: Path, name: str, folder: Path) -> Path:
    parts = PurePosixPath(name).parts
    is_known = len(parts) > 1 and (
        parts[0] == "database" or (parts[0] == "home" and _is_backed_up(parts[1]))
    )
    if not is_known or {"..", "/"} & set(parts):
        raise InvalidData([Fault(f"{source}: {name}", "no-name-in-backup")])
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _read(handle: IO[bytes], target: Path | None) -> str:
    """The checksum of a file, which is also written to `target`, if any."""
    summed = _Summed(handle)
    if target is None:
        while summed.read(1 << 20):
            pass
        return summed.sum
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        shutil.copyfileobj(summed, output, 1 << 20)
    return summed.sum
