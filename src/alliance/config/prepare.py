"""Bringing an installation up to date: translations, tables, static files, starter network."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import metadata
from pathlib import Path

import click

from alliance import __version__
from alliance.config import env
from alliance.config.backup import SQLITE
from alliance.config.translations import compile_all
from alliance.core.files.leftovers import clear, leftovers

PACKAGE = Path(__file__).resolve().parent.parent
STAMP = "prepared"
#: The number of the PostgreSQL lock during preparation.
PREPARING = 7_202_611
# Packages with tables or static files, or that create such.
PACKAGES = (
    "django",
    "django-allauth",
    "django-tasks-db",
    "django-htmx",
    "django-js-lib-leaflet",
    "django-ninja",
    "vl-convert-python",
)


def prepare(*, report: Callable[[str], object]) -> None:
    """Do what is outstanding since the last time, and report each step."""
    home = env.home()
    with _exclusive_lock(home):
        clear(leftovers(home))
        stamp = home / STAMP
        wanted = _state_of_sources(home)
        is_same = stamp.exists() and stamp.read_text() == wanted
        is_done = is_same and _can_trust_stamp(home)
        # Others who can read the folder could read people's addresses and the signing key.
        with suppress(PermissionError):
            home.chmod(0o700)
        if not env.get("DATABASE_URL"):
            (home / SQLITE).touch(mode=0o600)
            with suppress(PermissionError):
                (home / SQLITE).chmod(0o600)
        if is_done:
            return
        report("Compiling translations")
        compile_all()
        report("Bringing the database up to date")
        migrate()
        if not (is_same and (home / "static").is_dir()):
            # Machines that share a home would delete each other's files.
            report("Gathering style sheets and scripts")
            collect_static()
        if regraded := regrade():
            report(f"{regraded} solutions graded by the present rule")
        if load_first_starter():
            report("Starter network loaded, and its search index made")
        if make_first_release():
            report("First release of the indicators made")
        stamp.write_text(wanted)


def migrate() -> None:
    """Apply all outstanding migrations; in an empty database, create the tables at once."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from alliance.config.status import unknown_migrations
    from alliance.config.tables import make_tables

    if not connection.introspection.table_names():
        make_tables()
    call_command("migrate", interactive=False, verbosity=0)
    if names := unknown_migrations():
        # While nodes are updated one by one, the old ones keep running: migrations only add.
        click.echo(
            f"Warning: the database was changed by a newer version: {', '.join(names)}. This "
            "version goes on serving it; install the newer one.",
            err=True,
        )


def regrade() -> int:
    """Grade what was graded by an older version of the rule; returns the number of solutions."""
    import django

    django.setup()
    from alliance.core import clock
    from alliance.evidence.services.grading import regrade_outdated

    return regrade_outdated(at=clock.now())


def collect_static() -> int:
    """Collect static files in HOME/static under hashed names; returns their number."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from alliance.config.assets import build_bundle, copy_logo

    build_bundle()
    copy_logo()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    return sum(1 for path in Path(settings.STATIC_ROOT).rglob("*") if path.is_file())


def load_first_starter() -> bool:
    """Load and index the starter network in an empty database; returns whether it was."""
    import django

    django.setup()
    from django.conf import settings

    from alliance.core import audit, clock
    from alliance.core.models import AuditEvent
    from alliance.search.services import refresh
    from alliance.starter.load import load_starter

    if not settings.LOAD_STARTER or AuditEvent.objects.exists():
        return False
    load_starter(at=clock.now(), actor=audit.STARTER)
    refresh(at=clock.now())
    return True


def make_first_release() -> bool:
    """Release the starter network's figures if there is no release yet; returns whether it did."""
    import django

    django.setup()
    from django.conf import settings

    from alliance.core import audit, clock
    from alliance.indicators import services
    from alliance.indicators.enums import BatchKind
    from alliance.indicators.models import ObservationBatch, Release

    shipped = ObservationBatch.objects.filter(kind=BatchKind.STARTER)
    if not settings.LOAD_STARTER or Release.objects.exists() or not shipped.exists():
        return False
    started = services.start_release(actor=audit.STARTER, at=clock.now(), by_worker=False)
    services.make_release(started.public_id, at=clock.now())
    return True


def _can_trust_stamp(home: Path) -> bool:
    """Whether what the stamp describes still exists; a remote database may have changed."""
    here = not env.get("DATABASE_URL") and (home / "alliance.sqlite3").exists()
    return here and (home / "static").is_dir()


def _state_of_sources(home: Path) -> str:
    """A checksum of all that a step of `prepare` reads."""
    lines = [__version__, str(home), str(env.get("LOAD_STARTER"))]
    if logo := env.get("LOGO"):
        lines.append(f"{logo} {logo.stat().st_mtime_ns}")
    lines += [f"{name} {metadata.version(name)}" for name in PACKAGES]
    for pattern in ("*/migrations/*.py", "*/static/**/*", "locale/**/*.po"):
        for path in sorted(PACKAGE.glob(pattern)):
            if path.is_file():
                status = path.stat()
                lines.append(f"{path} {status.st_mtime_ns} {status.st_size}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def _exclusive_lock(home: Path) -> Iterator[None]:
    """Let a second preparation wait for the first: that of a worker and its server, or of another
    machine on the same PostgreSQL."""
    with (home / f"{STAMP}.lock").open("w") as handle, ExitStack() as held:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if url := env.get("DATABASE_URL"):
            import psycopg

            # Released when the connection ends, however the process does.
            database = held.enter_context(psycopg.connect(url, autocommit=True))
            database.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        yield
