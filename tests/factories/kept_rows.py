"""Rows of the database kept for tests that need the same: put back in a fraction of the time."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
Given = ParamSpec("Given")
Made = TypeVar("Made")

#: What the migrations fill.
PLAIN = {"auth_permission", "django_content_type", "django_migrations"}


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
    """Write rows that were taken into their tables, which do not hold them."""
    quote = connection.ops.quote_name
    # Foreign keys are looked at when the transaction ends, so the order of tables does not matter.
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (columns, rows) in kept.items():
            names = ", ".join(map(quote, columns))
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(name)} ({names}) VALUES ({marks})", rows)
        if connection.vendor != "sqlite":
            filled = [model for model in apps.get_models() if model._meta.db_table in kept]
            for statement in connection.ops.sequence_reset_sql(no_style(), filled):
                cursor.execute(statement)


class _Trail(NamedTuple):
    """How the database was filled: which factories wrote, one after the other, and nothing else.

    `there` asks for a row of the last of them, for it goes where anything is taken back; `changes`
    is how many rows the session had changed by then.
    """

    steps: bytes
    there: tuple[str, list[Any]]
    session: Any
    changes: int


class _Step(NamedTuple):
    """What a factory wrote, a statement with the parameters of each row, and what it gave."""

    writes: list[tuple[str, list[tuple[Any, ...]]]]
    there: tuple[str, list[Any]]
    made: bytes


_trail: _Trail | None = None
_steps: dict[bytes, _Step] = {}


def laid(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A factory whose rows are written once, and put back where the same is asked for again.

    It may depend on what it is given and on the database, but on no clock, setting or file. What
    the database holds is known, on SQLite, where such factories filled it, in this order, and
    nothing else.
    """

    @wraps(make)
    def lay(*given: Given.args, **named: Given.kwargs) -> Made:
        global _trail
        trail, _trail = _trail, None
        steps = _steps_so_far(trail)
        word = (
            None
            if steps is None
            else _word((steps, make.__module__, make.__qualname__, given, named))
        )
        if word is None:
            return make(*given, **named)
        if word in _steps:
            step = _steps[word]
            with connection.cursor() as cursor:
                for statement, rows in step.writes:
                    cursor.executemany(statement, rows)
            made: Made = pickle.loads(step.made)
        else:
            before = take(but=PLAIN)
            made = make(*given, **named)
            writes, there = _compare(before, take(but=PLAIN))
            if there is None:
                return made
            step = _steps[word] = _Step(writes, there, pickle.dumps(made))
        _trail = _Trail(
            word, step.there, connection.connection, connection.connection.total_changes
        )
        return made

    return lay


def _steps_so_far(trail: _Trail | None) -> bytes | None:
    """How the database was filled, in a word; nothing where that is not known."""
    # To ask PostgreSQL takes as long as most factories do.
    if connection.vendor != "sqlite" or not connection.in_atomic_block:
        return None
    session = connection.connection
    if (
        trail
        and (trail.session, trail.changes) == (session, session.total_changes)
        and session.execute(*trail.there).fetchone()
    ):
        return trail.steps
    return b"" if filled_tables() <= PLAIN else None


class _Names(pickle.Pickler):
    """A row of the database goes by its name: what it holds is known."""

    def persistent_id(self, obj: object) -> Any:
        return (obj._meta.label, obj.pk) if isinstance(obj, models.Model) else None


def _word(given: object) -> bytes | None:
    written = io.BytesIO()
    try:
        _Names(written).dump(given)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None
    return hashlib.sha256(written.getvalue()).digest()


def _compare(before: Rows, after: Rows) -> tuple[list[Any], tuple[str, list[Any]] | None]:
    """What makes one of the other, the key being the first of each row, and how to ask for a row
    that is new."""
    there, gone, changed, new = None, [], [], []
    for table in sorted(before.keys() | after.keys()):
        columns = (after if table in after else before)[table][0]
        name, key, *others = map(connection.ops.quote_name, (table, *columns))
        old = {row[0]: row for row in before.get(table, ([], []))[1]}
        now = {row[0]: row for row in after.get(table, ([], []))[1]}
        if some := [(one,) for one in old if one not in now]:
            gone.append((f"DELETE FROM {name} WHERE {key} = %s", some))
        if some := [(*row[1:], row[0]) for row in now.values() if old.get(row[0], row) != row]:
            marks = ", ".join(f"{other} = %s" for other in others)
            changed.append((f"UPDATE {name} SET {marks} WHERE {key} = %s", some))
        if some := [row for row in now.values() if row[0] not in old]:
            names, marks = ", ".join([key, *others]), ", ".join(["%s"] * len(columns))
            new.append((f"INSERT INTO {name} ({names}) VALUES ({marks})", some))
            there = (f"SELECT 1 FROM {name} WHERE {key} = ?", [some[0][0]])
    return [*gone, *changed, *new], there
