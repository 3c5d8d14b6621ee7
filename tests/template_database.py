"""A database with all tables, made once and copied for each process of a run.

On SQLite it is kept beside the installed packages for the runs that follow, by what it was made
from; a server of PostgreSQL keeps one as `test_template`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from alliance.config.prepare import migrate
from tests.template_key import ROOT, key

KEPT = 20
#: What the tables are made from; in tests as it was before any model was loaded.
KEY = os.environ.get("ALLIANCE_TEST_TABLES") or key()
TEMPLATE = "test_template"
#: Any number, the same in all processes.
_LOCK = 20_261_124


def _make(name: str) -> None:
    """Make all tables in the database of that name."""
    plain = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    migrate()
    connection.close()
    connection.settings_dict["NAME"] = plain


@contextmanager
def copied(suffix: str) -> Iterator[None]:
    """Use a fresh copy within; `suffix` tells the processes of a run apart."""
    plain = connection.settings_dict["NAME"]
    connection.close()
    copy, drop = (_server if connection.vendor == "postgresql" else _file)(str(plain), suffix)
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = copy
    yield
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = plain
    drop()


def _file(plain: str, suffix: str) -> tuple[str, Callable[[], None]]:
    """A file in the home folder of this process, which goes when the run ends."""
    lay_file(Path(plain))
    return plain, lambda: None


def lay_file(place: Path) -> None:
    """Put a database of SQLite with all tables there."""
    folder = Path(sys.prefix) / "alliance-test-databases"
    if not os.access(sys.prefix, os.W_OK):
        folder = Path(os.environ["ALLIANCE_TEST_FOLDER"])
    folder.mkdir(exist_ok=True)
    template = folder / f"{KEY}.sqlite3"
    # Others that make tables from the same files wait, and no others.
    with template.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            new = template.with_suffix(".new")
            # Of a process that was killed; the files beside it would spoil the next one.
            for name in (new, *(Path(f"{new}{end}") for end in ("-wal", "-shm", "-journal"))):
                name.unlink(missing_ok=True)
            if connection.vendor == "sqlite":
                _make(str(new))
            else:
                _make_file(new)
            with closing(sqlite3.connect(new)) as database:
                database.execute("PRAGMA journal_mode=DELETE")
            new.rename(template)
            with suppress(FileNotFoundError):  # another process cleans up, too
                for old in sorted(folder.glob("*.sqlite3"), key=os.path.getmtime)[:-KEPT]:
                    old.unlink()
                    old.with_suffix(".lock").unlink(missing_ok=True)
        template.touch()
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, place)


def lay_own() -> None:
    """All tables in the database that the settings name, which is empty."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        _make(name)
    else:
        lay_file(Path(name))


def _make_file(new: Path) -> None:
    """Make a file of SQLite in a process of its own: this one is tested on PostgreSQL."""
    code = "import django, sys; django.setup(); from tests.template_database import _make; "
    with tempfile.TemporaryDirectory(dir=new.parent) as home:
        environment = {
            **os.environ,
            "ALLIANCE_HOME": home,
            "ALLIANCE_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "alliance.config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        call = [sys.executable, "-c", f"{code}_make(sys.argv[1])", str(new)]
        subprocess.run(call, env=environment, check=True, capture_output=True)


def _server(plain: str, suffix: str) -> tuple[str, Callable[[], None]]:
    copy = f"test_{plain}{suffix}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [TEMPLATE],
        )
        if cursor.fetchone() != (KEY,):
            cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
            cursor.execute(f"CREATE DATABASE {TEMPLATE}")
            _make(TEMPLATE)
            cursor.execute(f"COMMENT ON DATABASE {TEMPLATE} IS '{KEY}'")
        _drop(cursor, copy)
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE {TEMPLATE}')

    def drop() -> None:
        with connection._nodb_cursor() as cursor:
            _drop(cursor, copy)

    return copy, drop


def lay_server(name: str) -> None:
    """Put a database of that name with all tables there, on the server in use."""
    with connection._nodb_cursor() as cursor:
        _drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')


def _drop(cursor: CursorWrapper, name: str) -> None:
    # A process that a test started may not have let go of it.
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
