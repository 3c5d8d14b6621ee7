"""How long pooling takes, and how often its intervals hold the truth.

    python -m tests.bench.evidence

Made-up effects of places that differ, with standard errors that differ too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import ndtr

from alliance.analysis.evidence import (
    Pooled,
    meta_regression,
    pool,
    pool_unweighted,
)
from tests.bench.figures import Figure, milliseconds

ROUNDS = 5
GROUPS_LIMIT_S = 2.0
LARGE_LIMIT_S = 0.2
TRIALS = 2_000
TRUE_MEAN, TRUE_TAU2 = 0.3, 0.1
# A 95 % interval is to hold the truth in 93 to 97 of 100 trials.
LEAST, MOST = 93.0, 97.0


def made_up(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and variances of n effects about the true mean."""
    random = np.random.default_rng(seed)
    variances = random.uniform(0.01, 0.3, n)
    return random.normal(TRUE_MEAN, np.sqrt(TRUE_TAU2 + variances)), variances


def seconds(work: Callable[[], object]) -> float:
    """The best of some rounds."""
    return min(milliseconds(work) for _ in range(ROUNDS)) / 1000


def coverage(k: int) -> dict[str, float]:
    """Percent of the trials of k places in which each 95 % interval holds what it is about.

    ``mean`` and ``unweighted``: the true mean, with and without the standard errors; ``tau2``: the
    variance between places. ``new place`` and ``new place, unweighted``: the share of new places
    within the prediction interval, on average over the trials.
    """
    y, v = made_up(k * TRIALS, seed=k)
    held = dict.fromkeys(("mean", "unweighted", "tau2", "new place", "new place, unweighted"), 0.0)
    for trial in range(TRIALS):
        own = slice(trial * k, trial * k + k)
        weighted, plain = pool(y[own], v[own]), pool_unweighted(y[own])
        spread = weighted.heterogeneity
        held["mean"] += weighted.ci_low <= TRUE_MEAN <= weighted.ci_high
        held["unweighted"] += plain.ci_low <= TRUE_MEAN <= plain.ci_high
        held["tau2"] += spread.high is not None and spread.low <= TRUE_TAU2 <= spread.high
        held["new place"] += _new_places(weighted)
        held["new place, unweighted"] += _new_places(plain)
    return {name: 100 * number / TRIALS for name, number in held.items()}


def _new_places(pooled: Pooled) -> float:
    """The share of new places whose true effect lies within the prediction interval."""
    bounds = np.array([pooled.prediction_low, pooled.prediction_high])
    below = ndtr((bounds - TRUE_MEAN) / TRUE_TAU2**0.5)
    return float(below[1] - below[0])


def covered(k: int) -> Iterator[Figure]:
    """The coverage figures of k places beside their bounds."""
    found = coverage(k)
    # With few places the factor held at 1 makes the interval wide on purpose: a floor alone.
    ceilings = {"mean": k >= 10, "unweighted": True, "tau2": True}
    names = {
        "mean": "the mean",
        "unweighted": "the mean, unweighted",
        "tau2": "tau²",
    }
    for key, has_ceiling in ceilings.items():
        name = f"95 % interval of {k} studies holds {names[key]}"
        yield Figure(name, found[key], "%", LEAST, at_least=True)
        if has_ceiling:
            yield Figure("  and not more often", found[key], "%", MOST)
    for key in ("new place", "new place, unweighted"):
        yield Figure(f"  95 % prediction interval of {k} holds a {key}", found[key], "%")


def run() -> Iterator[Figure]:
    y, v = made_up(10_000, seed=1)
    groups = [np.arange(first, len(y), 500) for first in range(500)]
    yield Figure(
        "10,000 effects pooled in 500 groups",
        seconds(lambda: [pool(y[rows], v[rows]) for rows in groups]),
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
        yield from covered(k)


def main() -> int:
    broken = False
    for figure in run():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
