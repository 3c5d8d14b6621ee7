"""How long evaluations of pilots take, and how often their 95 % intervals hold the truth.

    python -m tests.bench.pilots

Made-up outcomes with levels of units, levels of times and errors that hang together over time.
Coverage is that of a known effect, over seeded simulations.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from alliance.analysis.pilots import (
    Evaluation,
    Panel,
    Times,
    before_after,
    did,
    its,
    randomised,
    staggered,
    synthetic_control,
)
from tests.bench.figures import Figure

STAGGERED_LIMIT_S = 10.0
SYNTHETIC_LIMIT_S = 2.0
#: Bounds of the coverage of 95 % intervals.
LEAST, MOST = 93.0, 97.0
ROUNDS = 1_000
EFFECT = 0.7

Draw = Callable[[np.random.Generator], Evaluation]


def panel(y: np.ndarray) -> Panel:
    labels = tuple(str(place) for place in range(y.shape[1]))
    times = Times(np.arange(y.shape[1], dtype=float), labels)
    return Panel(tuple(f"unit {place}" for place in range(len(y))), times, y)


def outcomes(random: np.random.Generator, n: int, n_times: int) -> np.ndarray:
    """Errors follow an autoregression of 0.5, already settled at the first time."""
    errors = random.normal(size=(n, n_times))
    for place in range(1, n_times):
        errors[:, place] = 0.5 * errors[:, place - 1] + np.sqrt(0.75) * errors[:, place]
    return random.normal(size=(n, 1)) + random.normal(size=n_times) + errors


def draw_randomised(random: np.random.Generator) -> Evaluation:
    before = random.normal(size=80)
    arm = random.permutation(80) < 40
    return randomised(
        before + random.normal(size=80) + EFFECT * arm, arm, covariates=before[:, None]
    )


def draw_clusters(random: np.random.Generator) -> Evaluation:
    clusters = np.repeat(np.arange(24), 10)
    arm = (random.permutation(24) < 12)[clusters]
    level = 0.4 * random.normal(size=24)[clusters]
    return randomised(level + random.normal(size=240) + EFFECT * arm, arm, clusters=clusters)


def draw_before_after(random: np.random.Generator) -> Evaluation:
    before = random.normal(size=30)
    return before_after(before, before + EFFECT + random.normal(size=30))


def draw_did(n: int) -> Draw:
    def draw(random: np.random.Generator) -> Evaluation:
        y, sides = outcomes(random, n, 8), np.arange(n) < n // 2
        y[sides, 4:] += EFFECT
        return did(panel(y), sides, 4)

    return draw


def draw_staggered(random: np.random.Generator) -> Evaluation:
    first = np.repeat([2.0, 4.0, np.inf], [60, 60, 80])
    y = outcomes(random, 200, 7)
    y[np.arange(7) >= first[:, None]] += EFFECT
    return staggered(panel(y), first, draws=0)


def draw_its(n: int, correlation: float) -> Draw:
    def draw(random: np.random.Generator) -> Evaluation:
        return series(random, n, correlation)

    return draw


def series(random: np.random.Generator, n: int, correlation: float) -> Evaluation:
    steps, start = np.arange(n), n // 2
    errors = random.normal(size=n)
    for place in range(1, n):
        errors[place] *= np.sqrt(1 - correlation**2)
        errors[place] += correlation * errors[place - 1]
    return its(1 + 0.02 * steps + EFFECT * (steps >= start) + errors, panel(errors[None]).times,
               start)  # fmt: skip


def draw_counts(random: np.random.Generator) -> Evaluation:
    n, start = 120, 60
    steps = np.arange(n)
    people = np.full(n, 1e5)
    mean = people * 5e-4 * np.exp(0.002 * steps + EFFECT * (steps >= start))
    counts = random.negative_binomial(30, 30 / (30 + mean)).astype(float)
    return its(counts, panel(counts[None]).times, start, counts=True, population=people)


def draw_synthetic(random: np.random.Generator) -> Evaluation:
    movements = random.normal(size=(2, 24)).cumsum(axis=1)
    loads = random.dirichlet([1, 1], size=40)
    y = loads @ movements + random.normal(size=(40, 24)) * 0.3
    y[0, 16:] += EFFECT
    return synthetic_control(panel(y), np.arange(40) == 0, 16)


DRAWS: dict[str, tuple[Draw, int]] = {
    "randomised, covariate": (draw_randomised, ROUNDS),
    "randomised, 24 clusters": (draw_clusters, ROUNDS),
    "before-after": (draw_before_after, ROUNDS),
    "did, 60 units": (draw_did(60), ROUNDS),
    "did, 20 units (wild bootstrap)": (draw_did(20), 400),
    "staggered, 200 units": (draw_staggered, ROUNDS),
    "its, 30 points": (draw_its(30, 0), ROUNDS),
    "its, 120 points": (draw_its(120, 0), ROUNDS),
    "its, 120 counts": (draw_counts, ROUNDS),
    "synthetic-control, 39 donors": (draw_synthetic, 300),
}


def coverage(draw: Draw, rounds: int) -> float:
    """Percent of the intervals that hold the effect; one that cannot be given holds nothing."""
    held = 0
    for seed in range(rounds):
        found = draw(np.random.default_rng([7, seed]))
        held += found.ci[0] <= EFFECT <= found.ci[1]
    return 100 * held / rounds


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
    for name, (draw, rounds) in DRAWS.items():
        share = coverage(draw, rounds)
        yield Figure(f"coverage of 95 % intervals: {name}", share, "%", LEAST, at_least=True)
        yield Figure("  and not above", share, "%", MOST)
    # Known to fall short: told here and in the documentation, with a warning in each such result.
    for correlation in (0.3, 0.6):
        share = coverage(draw_its(120, correlation), ROUNDS)
        yield Figure(f"coverage: its, errors correlated by {correlation}", share, "%")


def main() -> int:
    broken = False
    for figure in run():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
