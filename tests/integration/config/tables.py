"""What tables a database has, to compare those that migrations made with those of the models."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


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


def tables_of_sqlite(cursor: Any) -> dict[str, object]:
    """Every table, index and trigger of a file, and the migrations that were applied."""
    applied = "SELECT DISTINCT app, name FROM django_migrations ORDER BY app, name"
    found = cursor.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        "applied": cursor.execute(applied).fetchall(),
        **{name: parts(sql) if kind == "table" else sql for kind, name, sql in found},
    }


def tables(database: BaseDatabaseWrapper) -> dict[str, object]:
    """Every table, index and trigger, and the migrations that were applied."""
    look = database.introspection
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            return tables_of_sqlite(cursor)
        cursor.execute("SELECT DISTINCT app, name FROM django_migrations ORDER BY app, name")
        found: dict[str, object] = {"applied": cursor.fetchall()}
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " ORDER BY tgname"
        )
        found["triggers"] = cursor.fetchall()
        for name in look.table_names(cursor):
            # Django's own tables of groups, which nothing here uses, were made otherwise once.
            if not name.startswith("auth_"):
                columns = sorted(look.get_table_description(cursor, name))
                # PostgreSQL keeps the name of "not null" when a column is renamed.
                constraints = {
                    key: value
                    for key, value in look.get_constraints(cursor, name).items()
                    if not key.endswith("_not_null")
                }
                found[name] = (columns, constraints)
    return found
