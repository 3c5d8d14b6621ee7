"""Runs the expression on the engine in the settings.

The input tables are Parquet files, and the result is a sorted Arrow table.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from alliance.core.errors import Fault, InvalidData
from alliance.indicators.engine.expression import PANEL, panel

if TYPE_CHECKING:
    from ibis import BaseBackend
    from ibis.expr.types import Table

SCHEMA = pa.schema(
    [
        ("city", pa.string()),
        ("pillar", pa.string()),
        ("year", pa.int32()),
        ("n", pa.int64()),
        ("score", pa.float64()),
        ("place", pa.float64()),
        ("slope", pa.float64()),
    ]
)
assert tuple(SCHEMA.names) == PANEL
Tables = tuple["Table", "Table"]
_SPARK: dict[str, Any] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_SPARK_LOCAL: dict[str, Any] = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # The default of 200 partitions is for clusters; on a single machine they only cost time.
    "spark.sql.shuffle.partitions": "8",
}


class EngineMissing(InvalidData):
    """The engine in the settings cannot be used; the fault says why."""

    def __init__(self, code: str, **params: Any):
        super().__init__([Fault("ALLIANCE_ENGINE_URL", code, params)])


def compute_panel(
    figures: Path, meaning: Path, *, url: str = "", memory_mb: int = 0, first_year: int
) -> pa.Table:
    """The panel of two Parquet files (see `expression.panel`), sorted by city, group and year.

    `url` names the engine: "" for DuckDB in this process with at most `memory_mb` of memory (0: no
    limit), postgresql://…, spark://HOST:PORT, or spark+local://2 for Spark on this machine with two
    cores. Raises EngineMissing.
    """
    with _tables(figures, meaning, url, memory_mb) as tables:
        result = panel(*tables, first_year=first_year).to_pyarrow()
    result = result.select(SCHEMA.names).cast(SCHEMA)
    return result.sort_by([(name, "ascending") for name in ("city", "pillar", "year")])


def kind_of(url: str) -> str:
    """duckdb, postgresql or spark. Raises EngineMissing for anything else."""
    scheme = urlsplit(url).scheme if url else "duckdb"
    kinds = {
        "duckdb": "duckdb",
        "postgresql": "postgresql",
        "postgres": "postgresql",
        "spark": "spark",
        "spark+local": "spark",
    }
    if scheme not in kinds:
        raise EngineMissing("no-such-engine", scheme=scheme)
    return kinds[scheme]


@contextmanager
def _tables(figures: Path, meaning: Path, url: str, memory_mb: int) -> Iterator[Tables]:
    opener: dict[str, Callable[..., Any]] = {
        "duckdb": _on_duckdb,
        "postgresql": _on_postgresql,
        "spark": _on_spark,
    }
    with opener[kind_of(url)](figures, meaning, url, memory_mb) as tables:
        yield tables


@contextmanager
def _on_duckdb(figures: Path, meaning: Path, url: str, memory_mb: int) -> Iterator[Tables]:
    import ibis

    # Data that do not fit into memory spill to the folder of the figures, and are removed with it.
    spill = figures.parent / ".spill"
    connection = ibis.duckdb.connect(temp_directory=str(spill))
    try:
        # The result is sorted at the end; preserving the order until then would cost memory.
        connection.raw_sql("SET preserve_insertion_order = false")
        if memory_mb:
            connection.raw_sql(f"SET memory_limit = '{int(memory_mb)}MB'")
        yield _read(connection, figures, meaning)
    finally:
        connection.disconnect()


@contextmanager
def _on_postgresql(figures: Path, meaning: Path, url: str, memory_mb: int) -> Iterator[Tables]:
    import ibis
    import psycopg
    from adbc_driver_postgresql import dbapi

    # Tables with unique names, written in bulk and dropped at the end.
    names = [f"alliance_engine_{secrets.token_hex(6)}_{part}" for part in ("figures", "meaning")]
    try:
        connection = ibis.postgres.connect(**_parts_of(url))
    except psycopg.OperationalError as error:
        raise EngineMissing("engine-silent", why=str(error).splitlines()[0]) from error
    try:
        with dbapi.connect(url) as link, link.cursor() as cursor:
            for name, path in zip(names, (figures, meaning), strict=True):
                cursor.adbc_ingest(name, pq.read_table(path), mode="create")
            link.commit()
            for name in names:
                cursor.execute(f'ANALYZE "{name}"')
            link.commit()
        yield connection.table(names[0]), connection.table(names[1])
    finally:
        connection.disconnect()
        with dbapi.connect(url) as link, link.cursor() as cursor:
            for name in names:
                cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
            link.commit()


def _parts_of(url: str) -> dict[str, Any]:
    """The address of a PostgreSQL server as parameters of Ibis; a socket is in `?host=`."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    names = {"host": "host", "port": "port", "user": "user", "password": "password"}
    params = {name: parts[key] for name, key in names.items() if parts.get(key) is not None}
    if "port" in params:
        params["port"] = int(cast("str", params["port"]))
    return params | {"database": parts.get("dbname")}


@contextmanager
def _on_spark(figures: Path, meaning: Path, url: str, memory_mb: int) -> Iterator[Tables]:
    try:
        import ibis
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineMissing("no-spark") from error
    parts = urlsplit(url)
    builder = SparkSession.builder.appName("alliance").config(map=_SPARK)
    if parts.scheme == "spark+local":
        builder = builder.master(f"local[{parts.netloc or '*'}]").config(map=_SPARK_LOCAL)
    else:
        builder = builder.master(f"spark://{parts.netloc}")
    for key, values in parse_qs(parts.query).items():
        builder = builder.config(key, values[-1])
    session = builder.getOrCreate()
    try:
        yield _read(ibis.pyspark.connect(session), figures, meaning)
    finally:
        session.stop()


def _read(connection: BaseBackend, figures: Path, meaning: Path) -> Tables:
    return (
        connection.read_parquet(str(figures), table_name="figures"),
        connection.read_parquet(str(meaning), table_name="meaning"),
    )
