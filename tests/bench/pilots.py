"""How long evaluations of pilots take, and how often their 95 % intervals hold the truth.

python -m tests.bench.pilots
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from alliance.analysis.campaigns import campaign_effect, draw
from alliance.analysis.pilots import staggered, synthetic_control
from tests.bench.figures import Figure
from tests.bench.pilot_coverage import covered, false_alarms, outcomes, panel

STAGGERED_LIMIT_S = 10.0
SYNTHETIC_LIMIT_S = 2.0
CAMPAIGN_LIMIT_S = 2.0


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def campaign_of_households() -> None:
    """Draw half of 4,000 blocks and work out the effect on their 200,000 households."""
    random = np.random.default_rng(2)
    block = np.arange(200_000) // 50
    drawn = draw([str(one) for one in range(4_000)], salt="bench", n=2_000)[block]
    before = random.normal(7, 1, 4_000)[block] + random.normal(0, 2, 200_000)
    after = before - 0.3 * drawn + random.normal(0, 1, 200_000)
    campaign_effect(after, drawn, share=0.5, before=before, clusters=block, planned=4_000)


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
    took = seconds(campaign_of_households)
    yield Figure("campaign, 200,000 households in 4,000 blocks", took, "s", CAMPAIGN_LIMIT_S)
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
