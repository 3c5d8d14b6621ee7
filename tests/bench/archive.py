"""An archive of 10,000 cases: how long it takes to build and to import, and how large it is.

A limit is of the clock, on a machine that does nothing else; beside it stands the time that the
processors worked, which others do not change.

python -m tests.bench.archive [cases]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.starter_database import fresh_database

CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
MAX_SECONDS = 300


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    with fresh_database() as home:
        from alliance.cases.models import CaseStudy
        from alliance.core import clock
        from alliance.opendata.archive.signing import public_key
        from alliance.search.services import rebuild
        from tests.bench.generate import multiply_cases

        present = set(CaseStudy.objects.values_list("pk", flat=True))
        # With new cities for them most pages would be of cities without figures.
        multiply_cases(CASES, in_new_cities=False)
        rebuild(at=clock.now())
        folder = home / "archive"
        # In a process of its own, as people run it.
        command = [sys.executable, "-m", "alliance.config.cli", "archive"]
        broken = 0
        for name, limit, *more in (
            ("build", MAX_SECONDS),
            ("verify", None),
            ("import", MAX_SECONDS, "--key", public_key()),
        ):
            if name == "import":
                # What the network that reads it has not got.
                CaseStudy.objects.exclude(pk__in=present).delete()
            start, worked = time.perf_counter(), _worked()
            subprocess.run([*command, name, str(folder), *more], check=True)
            figure = Figure(
                f"archive {name}, {CASES:,} cases", time.perf_counter() - start, "s", limit
            )
            print(figure, flush=True)
            print(Figure(f"archive {name}, processors", _worked() - worked, "s"), flush=True)
            broken += figure.is_broken
        print(Figure("archive files", len(_all(folder)), ""))
        print(Figure("archive size", sum(path.stat().st_size for path in _all(folder)) / 1e6, "MB"))
    return int(broken > 0)


def _worked() -> float:
    """Seconds of the processors that commands took which have ended, with their processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


if __name__ == "__main__":
    sys.exit(main())
