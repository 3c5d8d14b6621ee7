"""Rows of the database kept for tests that need the same: put back in a fraction of the time."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def filled_tables() -> set[str]:
    """The tables that hold at least one row."""
    with connection.cursor() as cursor:
        cursor.execute(_looking())
        return {name for (name,) in cursor.fetchall()}


@cache
def _looking() -> str:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    parts = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})"
        for name in sorted(names)
    )
    return " UNION ALL ".join(parts)


def take(*, but: set[str]) -> Rows:
    """All rows of all tables `but` those named."""
    kept = {}
    with connection.cursor() as cursor:
        for name in sorted(filled_tables() - but):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            kept[name] = ([column[0] for column in cursor.description], cursor.fetchall())
    return kept


def put_back(kept: Rows) -> None:
    """Write rows that were taken into their tables, which are empty."""
    quote = connection.ops.quote_name
    # Foreign keys are looked at when the transaction ends, so the order of tables does not matter.
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (columns, rows) in kept.items():
            names = ", ".join(map(quote, columns))
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(name)} ({names}) VALUES ({marks})", rows)
        models = [model for model in apps.get_models() if model._meta.db_table in kept]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
