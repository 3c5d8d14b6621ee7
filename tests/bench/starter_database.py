"""A database of its own with the starter network in it, for benchmarks run by hand."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@contextmanager
def fresh_database(*, with_starter: bool = True) -> Iterator[Path]:
    """Set Django up on a new SQLite home, load the starter network, and delete it all at the end.

    Must come before anything imports Django's settings.
    """
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
        os.environ["ALLIANCE_HOME"] = folder
        os.environ.pop("ALLIANCE_DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.config.settings"
        import django

        django.setup()
        from django.conf import settings
        from django.db import connections

        from alliance.starter.load import load_starter
        from tests.template_database import lay_file

        # All migrations in a row take minutes on a busy machine.
        lay_file(Path(settings.DATABASES["default"]["NAME"]))
        if with_starter:
            load_starter(at=NOW)
        yield Path(folder)
        connections.close_all()
