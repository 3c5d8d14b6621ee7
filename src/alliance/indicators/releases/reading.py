"""All figures known at a moment, out of the database into Arrow.

ADBC reads ten times as fast as rows, but from a connection of its own: it sees what is committed.
Inside a transaction the connection of the transaction reads row by row instead, and says so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pyarrow as pa
import structlog
from django.db import connection

from alliance.indicators.models import (
    Definition,
    Indicator,
    Observation,
    ObservationSource,
    Series,
)
from alliance.network.models import City

log = structlog.get_logger(__name__)
FETCH = 50_000
#: Stands for "none stated" on the way: a standard error is 0 or more.
_NO_ERROR = -1.0

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
    """The figures in force at `as_of` in the columns of `SCHEMA`, in no order; and how they were
    read: "adbc" or "rows".
    """
    query = _query(as_of)
    if connection.in_atomic_block:
        log.warning("figures_read_row_by_row", because="a transaction is open")
        return _typed(_by_rows(query)), "rows"
    with _adbc() as link, link.cursor() as cursor:
        cursor.execute(query)
        return _typed(cursor.fetch_arrow_table()), "adbc"


def _adbc() -> Any:
    if connection.vendor == "sqlite":
        from adbc_driver_sqlite import dbapi as sqlite

        return sqlite.connect(str(connection.settings_dict["NAME"]))
    from adbc_driver_postgresql import dbapi as postgresql
    from psycopg.conninfo import make_conninfo

    known = {"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "service"}
    given = connection.get_connection_params()
    return postgresql.connect(make_conninfo(**{k: v for k, v in given.items() if k in known}))


def _query(as_of: dt.datetime) -> str:
    """The one query, for either database. What could be null has a value that says so, because the
    driver for SQLite takes the type of a column from its first rows.
    """
    table = {
        name: connection.ops.quote_name(model._meta.db_table)
        for name, model in (
            ("observation", Observation),
            ("series", Series),
            ("definition", Definition),
            ("indicator", Indicator),
            ("source", ObservationSource),
            ("city", City),
        )
    }
    if connection.vendor == "sqlite":
        moment = f"'{as_of.astimezone(dt.UTC).replace(tzinfo=None)}'"
    else:
        moment = f"timestamptz '{as_of.astimezone(dt.UTC).isoformat()}'"
    return f"""
        SELECT i.code AS indicator, d.key AS definition, c.public_id AS city, s.boundary,
            s.sex, s.age, s.income, s.area, o.period, o.year,
            COALESCE(o.value, 0.0) AS value, o.status,
            COALESCE(o.standard_error, {_NO_ERROR}) AS standard_error, o.quality,
            o.definition_number, o.method, COALESCE(f.title, '') AS source,
            COALESCE(f.url, '') AS source_url, COALESCE(f.licence, '') AS licence,
            o.recorded_at, CASE WHEN o.value IS NULL THEN 1 ELSE 0 END AS is_missing
        FROM {table["observation"]} o
        JOIN {table["series"]} s ON s.id = o.series_id
        JOIN {table["definition"]} d ON d.id = s.definition_id
        JOIN {table["indicator"]} i ON i.id = d.indicator_id
        JOIN {table["city"]} c ON c.id = s.city_id
        LEFT JOIN {table["source"]} f ON f.id = o.source_id
        WHERE o.recorded_at <= {moment}
            AND (o.superseded_at IS NULL OR o.superseded_at > {moment})
    """  # noqa: S608 - names of our own tables and a moment that was parsed


def _by_rows(query: str) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column[0] for column in cursor.description or ()]
        batches = []
        while rows := cursor.fetchmany(FETCH):
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            batches.append(pa.table(columns, names=names))
    return pa.concat_tables(batches) if batches else pa.table({name: [] for name in names})


def _typed(table: pa.Table) -> pa.Table:
    """The columns of `SCHEMA` in their types, with what is not known as null."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return SCHEMA.empty_table()
    missing = pc.equal(table["is_missing"], 1)
    columns = []
    for field in SCHEMA:
        column = table[field.name]
        if field.name == "recorded_at" and pa.types.is_string(column.type):
            # SQLite keeps moments as text in UTC.
            column = pc.assume_timezone(column.cast(pa.timestamp("us")), "UTC")
        column = column.cast(field.type)
        if field.name == "value":
            column = pc.if_else(missing, None, column)
        elif field.name == "standard_error":
            column = pc.if_else(pc.less(column, 0.0), None, column)
        columns.append(column)
    return cast("pa.Table", pa.table(columns, schema=SCHEMA))
