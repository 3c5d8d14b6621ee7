"""How well a method of participation worked: measures for a process, and over cities.

A measure has the scale on which results of several cities are pooled, with its standard error
there; `shown` transforms figures back for readers.

- Reach of a group: its share of the participants divided by its share of the census. Pooled as
  logarithm, variance 1/k - 1/n for k of n people; the census is taken as known.
- First-timers: the share of those who answered. Pooled as logit, variance 1/k + 1/(n - k).
- Cost per participant: hours times rate and other costs divided by people. The number of
  participants is modelled as Poisson. Pooled as logarithm, variance 1/n.
- Acted on: contributions that led to something within 12 months. Like first-timers.
- Months from need to result: geometric mean, pooled as logarithm.
- Attitude before and after: difference of means in standard deviations (Hedges' g).

If k is 0 or n, half a person is added on either side, for the standard error only.

Sources: Wilson 1927; Garwood 1936 (exact Poisson limits); Hedges 1981; Borenstein and others 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from scipy.special import expit, gammaincinv

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.effect_sizes import combine_dependent
from alliance.analysis.evidence.pooling import Pooled, pool
from alliance.analysis.pilots.result import interval
from alliance.analysis.taking_part import wilson

#: The scales on which results are pooled.
LOG, LOGIT, PLAIN = "log", "logit", "plain"


@dataclass(frozen=True)
class Measured:
    """A measure of a process: ``value`` with its 95 % interval for readers, ``estimate`` and ``se``
    on its ``scale``. ``n``: the number of people or contributions behind it."""

    value: float
    low: float
    high: float
    estimate: float
    se: float
    scale: str
    n: int


def shown(value: float, scale: str) -> float:
    """Transforms a figure from its scale to that of readers."""
    if scale == LOG:
        return exp(value)
    return float(expit(value)) if scale == LOGIT else value


def reach(k: int, n: int, census: float) -> Measured:
    """The share of a group here divided by its share of the census.

    Raises:
        MethodError: ``no-data``, ``bad-count``, ``bad-parameter`` for a share of the census that
            is not above 0 and at most 1.
    """
    if not 0 < census <= 1:
        raise MethodError("bad-parameter", f"{census} is no share of the census", "census")
    share = wilson(k, n)
    hits, of = (k, n) if k else (0.5, n + 1)
    # If everybody belongs to the group, half a person outside of it is added.
    spread = 1 / hits - 1 / (of if hits < of else of + 1)
    return Measured(
        share.value / census,
        share.low / census,
        share.high / census,
        log(hits / of / census),
        sqrt(spread),
        LOG,
        n,
    )


def share_of(k: int, n: int) -> Measured:
    """A share: of first-timers, or of contributions acted on. Raises MethodError as `wilson`."""
    share = wilson(k, n)
    hits, of = (k, n) if 0 < k < n else (k + 0.5, n + 1)
    return Measured(
        share.value,
        share.low,
        share.high,
        log(hits / (of - hits)),
        sqrt(1 / hits + 1 / (of - hits)),
        LOGIT,
        n,
    )


def cost_per_participant(cost: float, people: int) -> Measured:
    """The cost per person, in the currency of ``cost``.

    Raises:
        MethodError: ``no-data`` without people, ``bad-parameter`` for a cost that is not above 0.
    """
    if people < 1:
        raise MethodError("no-data", "nobody took part", "people")
    if not cost > 0:
        raise MethodError("bad-parameter", "a cost above 0", "cost")
    fewest = float(gammaincinv(people, 0.025))
    most = float(gammaincinv(people + 1, 0.975))
    each = cost / people
    return Measured(each, cost / most, cost / fewest, log(each), 1 / sqrt(people), LOG, people)


def geometric_mean(values: Sequence[float]) -> Measured:
    """The geometric mean of times or amounts above 0, with Student's interval of the logarithms.

    Raises:
        MethodError: ``bad-parameter`` for a value that is not above 0, ``too-few`` below two
            values, ``zero-variance``.
    """
    if any(not value > 0 for value in values):
        raise MethodError("bad-parameter", "values above 0", "values")
    n = len(values)
    if n < 2:
        raise MethodError("too-few", "two values are needed", "values")
    logs = np.log(np.asarray(values, float))
    mean, se = float(logs.mean()), float(logs.std(ddof=1)) / sqrt(n)
    if not se:
        raise MethodError("zero-variance", "all values are the same", "values")
    low, high = interval(mean, se, 0.95, n - 1)
    return Measured(exp(mean), exp(low), exp(high), mean, se, LOG, n)


def _mean_sd(counts: Sequence[int]) -> tuple[float, float, int]:
    """Mean and standard deviation of answers 1, 2, 3 …, from the number of each."""
    if any(count < 0 for count in counts):
        raise MethodError("bad-count", "counts are 0 or more", "counts")
    n = sum(counts)
    if n < 2:
        raise MethodError("too-few", "two answers are needed", "counts")
    answers = np.arange(1, len(counts) + 1)
    weights = np.asarray(counts, float)
    mean = float(weights @ answers / n)
    return mean, sqrt(float(weights @ np.square(answers - mean)) / (n - 1)), n


def learned(before: Sequence[int], after: Sequence[int]) -> Measured:
    """How much answers to a question changed: ``value`` in steps of its scale, Welch's interval.

    Args:
        before, after: how many answered 1, 2, 3 …, both of the same length.

    ``estimate`` is Hedges' g, so that questions with different scales can be pooled.

    Raises:
        MethodError: ``wrong-shape``, ``too-few``, ``bad-count``, ``zero-variance``.
    """
    if len(before) != len(after) or len(before) < 2:
        raise MethodError("wrong-shape", "the same answers before and after", "counts")
    (mean0, sd0, n0), (mean1, sd1, n1) = _mean_sd(before), _mean_sd(after)
    moved, parts = mean1 - mean0, (sd0**2 / n0, sd1**2 / n1)
    if not sum(parts):
        raise MethodError("zero-variance", "everybody answered the same", "counts")
    df = sum(parts) ** 2 / (parts[0] ** 2 / (n0 - 1) + parts[1] ** 2 / (n1 - 1))
    low, high = interval(moved, sqrt(sum(parts)), 0.95, df)
    m = n0 + n1 - 2
    sd = sqrt(((n0 - 1) * sd0**2 + (n1 - 1) * sd1**2) / m)
    g = (1 - 3 / (4 * m - 1)) * moved / sd
    spread = (n0 + n1) / (n0 * n1) + g**2 / (2 * (n0 + n1))
    return Measured(moved, low, high, g, sqrt(spread), PLAIN, n0 + n1)


@dataclass(frozen=True)
class OverCities:
    """A measure over cities: ``value`` with its interval for readers; None with two cities or
    fewer, which are not enough. ``pooled`` is the underlying synthesis."""

    k: int
    value: float | None
    low: float | None
    high: float | None
    pooled: Pooled

    @property
    def is_pooled(self) -> bool:
        """Whether it is based on three cities or more."""
        return self.value is not None


#: With fewer cities, results are only shown side by side.
ENOUGH_CITIES = 3


def over_cities(
    cities: Sequence[str], estimates: Sequence[float], errors: Sequence[float], scale: str
) -> OverCities:
    """Pools the results of a measure over cities: random effects (REML), Hartung-Knapp intervals.

    Several results of the same city are combined first, with a correlation of 0.5.

    Raises:
        MethodError: as `pool`.
    """
    names, y, v = combine_dependent(cities, estimates, np.square(np.asarray(errors, float)))
    pooled = pool(y, v, studies=names)
    if pooled.k < ENOUGH_CITIES or pooled.ci_low is None or pooled.ci_high is None:
        return OverCities(pooled.k, None, None, None, pooled)
    ends = (pooled.estimate, pooled.ci_low, pooled.ci_high)
    value, low, high = (shown(end, scale) for end in ends)
    return OverCities(pooled.k, value, low, high, pooled)


def times_as_many(
    first: Sequence[tuple[str, float, float]], other: Sequence[tuple[str, float, float]]
) -> OverCities | None:
    """The ratio of how well a method reached a group to another method, in cities that used both.

    Args:
        first, other: city, estimate and standard error of `reach` on its scale.

    None if no city used both. Raises MethodError as `pool`.
    """
    both = [name for name, _, _ in first if name in {city for city, _, _ in other}]
    cities = list(dict.fromkeys(both))
    if not cities:
        return None
    sides = []
    for rows in (first, other):
        shared_rows = [row for row in rows if row[0] in cities]
        names, y, v = combine_dependent(
            [row[0] for row in shared_rows],
            [row[1] for row in shared_rows],
            [row[2] ** 2 for row in shared_rows],
        )
        sides.append({name: (y[at], v[at]) for at, name in enumerate(names)})
    estimates = [sides[0][city][0] - sides[1][city][0] for city in cities]
    errors = [sqrt(sides[0][city][1] + sides[1][city][1]) for city in cities]
    return over_cities(cities, estimates, errors, LOG)
