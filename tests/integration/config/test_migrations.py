"""All migrations in a row, from nothing; elsewhere the tests copy a database made of the models."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

NAME = "test_from_nothing"


def parts(sql: str | None) -> list[str]:
    """The columns and constraints of a statement that makes a table, in any order."""
    words = re.sub(r"\s+", " ", sql or "")
    depth, found = 0, [""]
    for sign in words[words.find("(") + 1 : words.rfind(")")]:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return sorted(one.strip() for one in found)


def tables(database: BaseDatabaseWrapper) -> dict[str, object]:
    """Every table, index and trigger, and the migrations that were applied."""
    look = database.introspection
    with database.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        found: dict[str, object] = {"applied": cursor.fetchall()}
        if database.vendor == "sqlite":
            cursor.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%%'"
            )
            return found | {
                name: parts(sql) if kind == "table" else sql
                for kind, name, sql in cursor.fetchall()
            }
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " ORDER BY tgname"
        )
        found["triggers"] = cursor.fetchall()
        for name in look.table_names(cursor):
            # Django's own tables of groups, which nothing here uses, were made otherwise once.
            if not name.startswith("auth_"):
                columns = sorted(look.get_table_description(cursor, name))
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
@pytest.mark.long
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


def test_the_models_have_no_fault_and_no_change_without_a_migration(db: None) -> None:
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
