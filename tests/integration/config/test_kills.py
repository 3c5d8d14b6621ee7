"""Web, worker and database are killed while programs write: no acknowledged write is lost or twice.

`python -m tests.bench.durability` is the same with thousands of writes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories.kills import DATABASES, LOST_ANSWER, write_under_kills

pytestmark = pytest.mark.all
WRITES = 60
KILLS = 6


@pytest.mark.parametrize("database", DATABASES)
def test_no_acknowledged_write_is_lost_or_doubled(
    database: str, process_environment: dict[str, str], tmp_path: Path
) -> None:
    found = write_under_kills(database, tmp_path, process_environment, writes=WRITES, kills=KILLS)
    assert found.kills.total() == KILLS
    assert found.sent_again >= WRITES // LOST_ANSWER
    assert (found.acknowledged, found.lost, found.doubled) == (WRITES, 0, 0)
