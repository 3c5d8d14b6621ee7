"""How long the analysis of a dialogue takes, from votes in memory to every list, and how much
memory.

    python -m tests.bench.opinion

Made-up votes of three planted groups. Peers on this kind of machine and data, in seconds of CPU and
megabytes: the newer Python version of Polis 13.6 and 1,088 for the small one, 114 and 9,249 for the
large one; red-dwarf 0.4.0 17.6 and 1,548, 338 and 6,129. Limits are on CPU as theirs were taken.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from alliance.analysis.opinion import analyse, next_statement, votes_from
from alliance.analysis.opinion.clusters import adjusted_rand
from tests.bench.figures import Figure, milliseconds, percentile

SHARES = (0.45, 0.35, 0.2)
ROUNDS = 3
SIZES = {
    # people, statements, votes a person; limits in s and MB; figures of peers
    "20,000 x 500": ((20_000, 500, 25, 1), 0.7, None, "Polis 13.6 s, red-dwarf 17.6 s"),
    "100,000 x 1,000": ((100_000, 1_000, 50, 2), 3.0, 1_000, "Polis 114 s, red-dwarf 338 s"),
}


def made_up(people: int, statements: int, each: int, seed: int) -> tuple[np.ndarray, ...]:
    """Voter, statement, value and time of each vote, and the planted group of each person."""
    random = np.random.default_rng(seed)
    base = random.normal(0.4, 0.8, statements)
    own = random.normal(0, 1.5, (3, statements)) * (random.random(statements) < 0.5)
    agree = 1 / (1 + np.exp(-(base + own)))
    group = random.choice(3, size=people, p=SHARES)
    chosen = random.random((people, statements)) < each / statements
    voter, statement = np.nonzero(chosen)
    value = np.where(random.random(len(voter)) < agree[group[voter], statement], 1, -1)
    value[random.random(len(voter)) < 0.12] = 0
    order = random.permutation(len(voter))
    return voter[order], statement[order], value[order].astype(np.int8), order, group


def measured(*size: int) -> tuple[float, float, float, int, float, float]:
    """Seconds with all threads and of CPU, MB at most, votes, agreement with what was planted, and
    milliseconds of the 99th percentile for the next statement."""
    voter, statement, value, order, group = made_up(*size)
    names = [str(place) for place in range(size[0])]
    columns = [str(place) for place in range(size[1])]
    time_of = np.arange(len(order))
    start, cpu = time.perf_counter(), time.process_time()
    votes = votes_from(voter, statement, value, time_of, voters=names, statements=columns)
    found = analyse(votes)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    planted = group[[int(name) for name in votes.participants]]
    inside = found.labels >= 0
    open_ = np.ones(size[1], bool)
    draws = np.random.default_rng(3).random(2_000)
    nexts = [
        milliseconds(lambda draw=draw: next_statement(found.priority, open_, draw))
        for draw in draws
    ]
    same = adjusted_rand(planted[inside], found.labels[inside])
    return took, cpu, peak, len(voter), same, percentile(nexts, 0.99)


def run() -> Iterator[Figure]:
    for name, (size, limit, memory, peers) in SIZES.items():
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=1, mp_context=context, max_tasks_per_child=1) as pool:
            results = [pool.submit(measured, *size).result() for _ in range(ROUNDS)]
        took, cpu, peak, votes, same, drawn = min(results, key=lambda result: result[1])
        yield Figure(f"opinions of {name}, {votes:,} votes ({peers})", cpu, "s CPU", limit)
        yield Figure("  by the clock", took, "s")
        yield Figure("  most memory, with making the votes", peak, "MB", memory)
        yield Figure("  adjusted Rand index with the planted groups", same, "")
        yield Figure("  next statement, 99th percentile", drawn, "ms", 1.0)


def main() -> int:
    broken = False
    for figure in run():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
