"""How long pooling takes, and how often its intervals hold the truth.

    python -m tests.bench.evidence

Made-up effects of places that differ, with standard errors that differ too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import ndtr

from alliance.analysis.evidence import meta_regression, pool, pool_groups
from tests.bench.figures import Figure, milliseconds

ROUNDS = 5
GROUPS_LIMIT_S = 2.0
LARGE_LIMIT_S = 0.2
TRIALS = 2_000
TRUE_MEAN, TRUE_TAU2 = 0.3, 0.1
COVERAGE_FLOOR = 93.0


def made_up(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and variances of n effects about the true mean."""
    random = np.random.default_rng(seed)
    variances = random.uniform(0.01, 0.3, n)
    return random.normal(TRUE_MEAN, np.sqrt(TRUE_TAU2 + variances)), variances


def seconds(work: Callable[[], object]) -> float:
    """The best of some rounds."""
    return min(milliseconds(work) for _ in range(ROUNDS)) / 1000


def coverage(k: int) -> tuple[float, float]:
    """Percent of pools of k studies whose interval holds the mean, and the share of new places
    that a prediction interval holds, on average over the pools."""
    y, v = made_up(k * TRIALS, seed=k)
    held, share = 0, 0.0
    for trial in range(TRIALS):
        own = slice(trial * k, trial * k + k)
        pooled = pool(y[own], v[own])
        held += pooled.ci_low <= TRUE_MEAN <= pooled.ci_high
        bounds = np.array([pooled.prediction_low, pooled.prediction_high])
        below = ndtr((bounds - TRUE_MEAN) / TRUE_TAU2**0.5)
        share += float(below[1] - below[0])
    return 100 * held / TRIALS, 100 * share / TRIALS


def run() -> Iterator[Figure]:
    y, v = made_up(10_000, seed=1)
    groups = [row % 500 for row in range(len(y))]
    yield Figure(
        "10,000 effects pooled in 500 groups",
        seconds(lambda: pool_groups(y, v, groups)),
        "s",
        GROUPS_LIMIT_S,
    )
    yield Figure(
        "REML on 1,000 studies", seconds(lambda: pool(y[:1000], v[:1000])), "s", LARGE_LIMIT_S
    )
    moderators = np.random.default_rng(2).normal(size=(1000, 3))
    names = ["a", "b", "c"]
    yield Figure(
        "  with 3 moderators",
        seconds(lambda: meta_regression(y[:1000], v[:1000], moderators, names)),
        "s",
        LARGE_LIMIT_S,
    )
    for k in (5, 10, 40):
        held, share = coverage(k)
        # A floor alone: with few studies the factor held at 1 makes the interval wide on purpose.
        name = f"95 % interval of {k} studies holds the mean"
        yield Figure(name, held, "%", COVERAGE_FLOOR, at_least=True)
        yield Figure(f"  95 % prediction interval of {k} holds a new place", share, "%")


def main() -> int:
    broken = False
    for figure in run():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
