"""Web, worker and database are killed while programs write: no acknowledged write is lost or twice.

`python -m tests.bench.durability` is the same with thousands of writes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories.kills import LOST_ANSWER, write_under_kills

pytestmark = pytest.mark.all
WRITES = 60
#: Each of its processes once.
KILLS = {"sqlite": 2, "postgresql": 3}


@pytest.mark.parametrize("database", KILLS)
def test_no_acknowledged_write_is_lost_or_doubled(
    database: str, process_environment: dict[str, str], tmp_path: Path
) -> None:
    kills = KILLS[database]
    found = write_under_kills(database, tmp_path, process_environment, writes=WRITES, kills=kills)
    assert found.kills.total() == kills
    assert found.sent_again >= WRITES // LOST_ANSWER
    assert (found.acknowledged, found.lost, found.doubled) == (WRITES, 0, 0)
