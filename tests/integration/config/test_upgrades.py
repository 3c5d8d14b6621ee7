"""The tables that migrations make of nothing are those of the models, which the tests copy.

`test_update.py` updates a database of the version before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.plugin import DjangoDbBlocker

from alliance.config.prepare import migrate
from tests.integration.config.tables import tables

NAME = "test_from_nothing"

ASKED = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def laid(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[dict[str, object]]:
    """The tables that the tests use; meanwhile the connection leads to an empty database."""
    with django_db_blocker.unblock():
        plain, found = connection.settings_dict["NAME"], tables(connection)
        name = str(tmp_path / "nothing.sqlite3")
        is_server = connection.vendor == "postgresql"
        if is_server:
            name = f"{NAME}_{plain}"
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        yield found
        connection.close()
        connection.settings_dict["NAME"] = plain
        if is_server:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.database
def test_all_migrations_in_a_row_make_the_tables_that_the_tests_use(
    laid: dict[str, object],
) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    assert tables(connection) == laid


@pytest.mark.slow
@pytest.mark.database
def test_tables_whose_making_breaks_off_are_not_there_at_all(
    laid: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: MigrationRecorder) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(MigrationRecorder, "ensure_schema", fail)
        with pytest.raises(RuntimeError):
            migrate()
    assert connection.introspection.table_names() == []
    migrate()
    assert tables(connection) == laid


def test_the_models_have_no_fault_and_no_change_without_a_migration(db: None) -> None:
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
