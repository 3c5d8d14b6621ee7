"""Reads all figures known at a time from the database into Arrow.

Figures are read with the keys of their series and sources only; the names are joined here, which
spares the database from sending each name once for every figure.

SQLite is read through Django's connection. If a second library opened the same file in this
process, closing it would drop the locks of the first: other processes would then delete the
write-ahead log that is still in use. PostgreSQL is read by ADBC over a separate connection, which
only sees committed data; inside a transaction Django's connection reads row by row instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import structlog
from django.db import connection
from django.db.models import Model

from alliance.indicators.models import (
    Definition,
    Indicator,
    Observation,
    ObservationSource,
    Series,
)
from alliance.network.models import City

log = structlog.get_logger(__name__)
Types = Mapping[str, pa.DataType]
#: Runs a query and returns its result with the given column names and types.
Ask = Callable[[str, Types], pa.Table]
#: Rows fetched at once: with many more objects, garbage collection doubles the time.
FETCH = 1_000

#: The columns of the queries with their types.
_FIGURES = {
    "series": pa.int64(),
    "source": pa.int64(),
    "period": pa.string(),
    "year": pa.int32(),
    "value": pa.float64(),
    "status": pa.string(),
    "standard_error": pa.float64(),
    "quality": pa.string(),
    "definition_number": pa.int32(),
    "method": pa.string(),
    "recorded_at": pa.timestamp("us", tz="UTC"),
}
_SERIES = {
    "id": pa.int64(),
    **dict.fromkeys(
        ("indicator", "definition", "city", "boundary", "sex", "age", "income", "area"), pa.string()
    ),
}
_SOURCES = {"id": pa.int64(), **dict.fromkeys(("title", "url", "licence"), pa.string())}
SCHEMA = pa.schema(
    [
        ("indicator", pa.string()),
        ("definition", pa.string()),
        ("city", pa.string()),
        ("boundary", pa.string()),
        ("sex", pa.string()),
        ("age", pa.string()),
        ("income", pa.string()),
        ("area", pa.string()),
        ("period", pa.string()),
        ("year", pa.int32()),
        ("value", pa.float64()),
        ("status", pa.string()),
        ("standard_error", pa.float64()),
        ("quality", pa.string()),
        ("definition_number", pa.int32()),
        ("method", pa.string()),
        ("source", pa.string()),
        ("source_url", pa.string()),
        ("licence", pa.string()),
        ("recorded_at", pa.timestamp("us", tz="UTC")),
    ]
)


def read_figures(as_of: dt.datetime) -> tuple[pa.Table, str]:
    """The figures in force at `as_of` in the columns of `SCHEMA`, unordered; and how they were
    read: "adbc" or "rows".
    """
    is_sqlite = connection.vendor == "sqlite"
    if connection.in_atomic_block and not is_sqlite:
        log.warning("figures_read_row_by_row", because="a transaction is open")
    by_rows = is_sqlite or connection.in_atomic_block
    with _own_connection() if by_rows else _adbc() as ask:
        figures = ask(_figures_query(as_of), _FIGURES)
        series = ask(_series_query(), _SERIES)
        sources = ask(_sources_query(), _SOURCES)
    return _named(figures, series, sources), "rows" if by_rows else "adbc"


@contextmanager
def _own_connection() -> Iterator[Ask]:
    """Queries through Django's connection. Outside a transaction, SQLite gives all queries the same
    snapshot without blocking writers, as `atomic` would.
    """
    begins = not connection.in_atomic_block
    with connection.cursor() as cursor:
        if begins:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield partial(_by_rows, cursor)
        finally:
            if begins:
                cursor.execute("ROLLBACK")


@contextmanager
def _adbc() -> Iterator[Ask]:
    from adbc_driver_postgresql import dbapi
    from psycopg.conninfo import make_conninfo

    known = {"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "service"}
    params = connection.get_connection_params()
    address = make_conninfo(**{k: v for k, v in params.items() if k in known})
    with dbapi.connect(address) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

        def ask(query: str, types: Types) -> pa.Table:
            cursor.execute(query)
            table = cursor.fetch_arrow_table().rename_columns(list(types))
            return table.cast(pa.schema(list(types.items())))

        yield ask


def _by_rows(cursor: Any, query: str, types: Types) -> pa.Table:
    cursor.execute(query)
    # SQLite stores times as text in UTC.
    is_text = connection.vendor == "sqlite"
    read = [pa.string() if is_text and pa.types.is_timestamp(t) else t for t in types.values()]
    batches = []
    while rows := cursor.fetchmany(FETCH):
        columns = zip(zip(*rows, strict=True), read, strict=True)
        arrays = [pa.array(column, type_) for column, type_ in columns]
        batches.append(pa.record_batch(arrays, names=list(types)))
    schema = pa.schema(list(zip(types, read, strict=True)))
    table = pa.Table.from_batches(batches, schema=schema).combine_chunks()
    for place, (name, wanted) in enumerate(types.items()):
        if read[place] != wanted:
            moments = pc.assume_timezone(table[name].cast(pa.timestamp("us")), "UTC")
            table = table.set_column(place, name, moments)
    return table


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _figures_query(as_of: dt.datetime) -> str:
    if connection.vendor == "sqlite":
        moment = f"'{as_of.astimezone(dt.UTC).replace(tzinfo=None)}'"
        # An expression instead of a datetime column, for which Django would create an object each.
        recorded_at = "recorded_at || ''"
    else:
        moment = f"timestamptz '{as_of.astimezone(dt.UTC).isoformat()}'"
        recorded_at = "recorded_at"
    return f"""
        SELECT series_id, source_id, period, year, value, status, standard_error, quality,
            definition_number, method, {recorded_at}
        FROM {_table(Observation)}
        WHERE recorded_at <= {moment} AND (superseded_at IS NULL OR superseded_at > {moment})
    """  # noqa: S608 - names of our own tables and a moment that was parsed


def _series_query() -> str:
    return f"""
        SELECT s.id, i.code, d.key, c.public_id, s.boundary, s.sex, s.age, s.income, s.area
        FROM {_table(Series)} s
        JOIN {_table(Definition)} d ON d.id = s.definition_id
        JOIN {_table(Indicator)} i ON i.id = d.indicator_id
        JOIN {_table(City)} c ON c.id = s.city_id
    """  # noqa: S608 - names of our own tables


def _sources_query() -> str:
    return f"SELECT id, title, url, licence FROM {_table(ObservationSource)}"  # noqa: S608 - as above


def _named(figures: pa.Table, series: pa.Table, sources: pa.Table) -> pa.Table:
    """The columns of `SCHEMA`: each figure with the names of its series and source."""
    place = pc.index_in(figures["series"], value_set=series["id"].combine_chunks())
    source = pc.index_in(figures["source"], value_set=sources["id"].combine_chunks())
    columns = {name: series[name].take(place) for name in series.column_names}
    columns |= {name: figures[name] for name in figures.column_names}
    for name, column in (("source", "title"), ("source_url", "url"), ("licence", "licence")):
        columns[name] = pc.fill_null(sources[column].take(source), "")
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)
