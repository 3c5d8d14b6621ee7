"""How long evaluations of pilots take, and how often their 95 % intervals hold the truth.

python -m tests.bench.pilots
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from alliance.analysis.pilots import staggered, synthetic_control
from tests.bench.figures import Figure
from tests.bench.pilot_coverage import covered, false_alarms, outcomes, panel

STAGGERED_LIMIT_S = 10.0
SYNTHETIC_LIMIT_S = 2.0


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run() -> Iterator[Figure]:
    random = np.random.default_rng(1)
    tall = panel(outcomes(random, 10_000, 10))
    first = random.choice([np.inf, *range(2, 10)], size=10_000)
    took = seconds(lambda: staggered(tall, first, draws=999))
    yield Figure("staggered, 10,000 units x 10 times, 999 draws", took, "s", STAGGERED_LIMIT_S)
    wide = panel(outcomes(random, 2_000, 50))
    first = random.choice([np.inf, *range(2, 50)], size=2_000)
    took = seconds(lambda: staggered(wide, first, control="not-yet", draws=999))
    yield Figure("staggered, 2,000 units x 50 times, 999 draws", took, "s", STAGGERED_LIMIT_S)
    states = panel(outcomes(random, 39, 31))
    took = seconds(lambda: synthetic_control(states, np.arange(39) == 0, 19))
    yield Figure("synthetic control, 39 x 31, all placebos", took, "s", SYNTHETIC_LIMIT_S)
    yield from false_alarms()
    yield from covered()


def main() -> int:
    broken = False
    for figure in run():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
