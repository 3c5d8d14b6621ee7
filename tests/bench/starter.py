"""How long the starter network takes into a new database, and again where nothing has changed.

python -m tests.bench.starter
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.bench.figures import Figure, milliseconds
from tests.bench.starter_database import NOW, fresh_database

LIMIT_S = 20.0


def run() -> Iterator[Figure]:
    """Load it twice."""
    from alliance.starter.load import load_starter

    for name in ("starter network loaded", "  again, nothing changed"):
        seconds = milliseconds(lambda: load_starter(at=NOW)) / 1_000
        yield Figure(name, seconds, "s", LIMIT_S)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    broken = False
    with fresh_database(with_starter=False):
        for figure in run():
            print(figure, flush=True)
            broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
