"""All migrations in a row, from nothing; elsewhere the tests copy a database that was migrated.

That one is made in the same way, for each server of PostgreSQL and wherever the migrations changed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

NAME = "test_from_nothing"


def tables(database: BaseDatabaseWrapper) -> dict[str, object]:
    """Every table with its columns and constraints, and the migrations that were applied."""
    look = database.introspection
    with database.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        found: dict[str, object] = {"applied": cursor.fetchall()}
        if database.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%%'")
            return found | dict(cursor.fetchall())
        for name in look.table_names(cursor):
            columns = look.get_table_description(cursor, name)
            found[name] = (columns, look.get_constraints(cursor, name))
    return found


@pytest.fixture
def empty(shared_environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that meets an empty database of the kind that is tested."""
    environment = {**shared_environment, "ALLIANCE_HOME": str(tmp_path)}
    if connection.vendor == "sqlite":
        yield environment
        return
    own = f"/{connection.settings_dict['NAME']}"
    name = f"{NAME}_{own[1:]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        url = environment["ALLIANCE_DATABASE_URL"].replace(own, f"/{name}", 1)
        yield {**environment, "ALLIANCE_DATABASE_URL": url}
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.all
def test_migrating_from_nothing_makes_the_tables_that_the_tests_use(
    empty: dict[str, str], tmp_path: Path
) -> None:
    call = [sys.executable, "-m", "alliance.config.cli", "migrate"]
    done = subprocess.run(call, env=empty, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = connection.copy()
    made.settings_dict["NAME"] = (
        str(tmp_path / "alliance.sqlite3")
        if connection.vendor == "sqlite"
        else f"{NAME}_{connection.settings_dict['NAME']}"
    )
    assert tables(made) == tables(connection)
    made.close()


def test_the_models_have_no_change_without_a_migration(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
