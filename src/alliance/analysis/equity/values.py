"""Input checks, results and the bootstrap of all measures of equity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance.analysis.errors import MethodError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Interval = tuple[float, float]

VERSION = "1"
NOT_KNOWN = float("nan")
NO_INTERVAL = (NOT_KNOWN, NOT_KNOWN)
DEFAULT_LEVEL = 0.95
DRAWS = 1000
#: With fewer areas a bootstrap interval is unreliable.
FEW_UNITS = 20
#: The share of weight without a value that causes a warning, and that causes an error.
COVERAGE = 0.05
TOO_MUCH = 0.5
#: Units of values between 0 and 1, and of values up to 100.
SHARES = frozenset({"share", "andel", "part"})
PERCENT = frozenset({"%", "percent", "procent", "pour cent", "pct"})
#: Maximum number of values in a block of the bootstrap, to bound the memory.
_BLOCK = 4_000_000


@dataclass(frozen=True)
class Measure:
    """A figure with its context.

    ``value`` and ``interval`` are in ``unit`` ("" if dimensionless); NaN if undefined. ``n`` counts
    units with a value and weight, ``n_missing`` those without a value, ``n_empty`` those with a
    value and no weight; ``share_weight_missing`` is from 0 to 1. ``by_group`` has the same figure
    by group, ``details`` the additional results of this measure. ``warnings`` are codes, with their
    subject after a colon.
    """

    measure: str
    value: float
    unit: str
    n: int
    n_missing: int
    n_empty: int = 0
    share_weight_missing: float = 0.0
    interval: Interval = NO_INTERVAL
    method: str = ""
    version: str = VERSION
    by_group: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def has(self, code: str) -> bool:
        """Whether there is a warning with this code."""
        return any(warning.partition(":")[0] == code for warning in self.warnings)


@dataclass(frozen=True)
class Sample:
    """Units with a value and weight: values ``x``, weights ``w`` and their shares ``p``.

    All of shape (n,); ``used`` marks them among the input. The rest as in `Measure`.
    """

    x: Floats
    w: Floats
    p: Floats
    used: Bools
    n_missing: int
    n_empty: int
    share_weight_missing: float
    warnings: tuple[str, ...]

    @property
    def n(self) -> int:
        """The number of units used."""
        return len(self.x)

    @property
    def mean(self) -> float:
        """The weighted mean, exactly the value if all are equal."""
        low, high = float(self.x.min()), float(self.x.max())
        return low if low == high else float(self.p @ self.x)

    def measure(self, name: str, value: float, unit: str, **more: Any) -> Measure:
        """A `Measure` of this sample; the warnings of the sample come first."""
        warnings = self.warnings + tuple(more.pop("warnings", ()))
        return Measure(
            measure=name,
            value=float(value),
            unit=unit,
            n=self.n,
            n_missing=self.n_missing,
            n_empty=self.n_empty,
            share_weight_missing=self.share_weight_missing,
            warnings=warnings,
            **more,
        )


def as_array(values: ArrayLike, where: str, *, shape: tuple[int | None, ...] = (None,)) -> Floats:
    """A float array of this shape, None for any length; NaN is missing.

    Raises:
        MethodError: ``not-a-number``, ``wrong-shape``, ``infinite-value`` with the location.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise MethodError("not-a-number", "all values must be numbers", where) from None
    fits = array.ndim == len(shape) and all(
        wanted in (None, length) for wanted, length in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise MethodError("wrong-shape", f"{array.shape} instead of {shape}", where)
    infinite = np.isinf(array)
    if infinite.any():
        place = ", ".join(str(at) for at in np.argwhere(infinite)[0])
        raise MethodError("infinite-value", "a value must be a finite number", f"{where}[{place}]")
    return array


def as_weights(weights: ArrayLike | None, length: int, where: str = "weights") -> Floats:
    """Weights of shape (length,), all 1 by default.

    Raises:
        MethodError: ``bad-weight`` for negative or missing weights, with the location.
    """
    if weights is None:
        return np.ones(length)
    array = as_array(weights, where, shape=(length,))
    bad = np.flatnonzero(~(array >= 0))
    if bad.size:
        place = f"{where}[{bad[0]}]"
        text = "missing" if np.isnan(array[bad[0]]) else f"{array[bad[0]]:g}"
        raise MethodError("bad-weight", f"a weight is 0 or more, not {text}", place)
    return array


def check_counts(counts: Floats, where: str) -> None:
    """Raises ``bad-weight`` for numbers of people below 0, shape (n, g); NaN is valid."""
    bad = counts < 0
    if bad.any():
        row, column = np.argwhere(bad)[0]
        message = f"a number of people is 0 or more, not {counts[row, column]:g}"
        raise MethodError("bad-weight", message, f"{where}[{row}, {column}]")


def sample_of(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    where: str = "values",
    also: Bools | None = None,
) -> Sample:
    """The usable units, with counts of excluded ones.

    Args:
        values: shape (n,), NaN is missing.
        weights: people or other weights, shape (n,), 0 or more; None for equal weights.
        also: shape (n,), False if other required data are missing.

    Raises:
        MethodError: as `as_array` and `as_weights`; ``no-population`` if nobody has weight,
            ``too-much-missing`` if more than half of the weight has no value.
    """
    x = as_array(values, where)
    w = as_weights(weights, len(x))
    known = ~np.isnan(x) if also is None else ~np.isnan(x) & also
    total = float(w.sum())
    if total == 0:
        raise MethodError("no-population", "no unit has any weight", "weights")
    missing = float(w[~known].sum() / total)
    used = known & (w > 0)
    return Sample(
        x=x[used],
        w=w[used],
        p=w[used] / w[used].sum(),
        used=used,
        n_missing=int((~known).sum()),
        n_empty=int((known & (w == 0)).sum()),
        share_weight_missing=missing,
        warnings=check_coverage(missing, where),
    )


def is_of(units: frozenset[str], unit: str) -> bool:
    """Whether a unit begins with one of these words, such as “share of homes”."""
    return unit.casefold() in units or unit.casefold().partition(" ")[0] in units


def check_unit(values: ArrayLike, unit: str, where: str = "values") -> None:
    """Raises MethodError for shares above 1, and for shares in a unit of percent.

    Raises:
        MethodError: ``units-mismatch`` with the location.
    """
    x = as_array(values, where)
    known = x[~np.isnan(x)]
    if is_of(SHARES, unit) and not ((known >= 0) & (known <= 1)).all():
        at = int(np.argmax((x < 0) | (x > 1)))
        message = f"a share lies between 0 and 1, not {x[at]:g}; of percent the unit is %"
        raise MethodError("units-mismatch", message, f"{where}[{at}]")
    is_share = known.size and known.max() <= 1 and ((known > 0) & (known < 1)).any()
    if is_of(PERCENT, unit) and is_share:
        raise MethodError("units-mismatch", "percent go to 100: multiply, or say share", where)


def check_coverage(missing: float, where: str) -> tuple[str, ...]:
    """The warning about the share of weight without a value, if needed.

    Raises:
        MethodError: ``too-much-missing`` above a half.
    """
    if missing > TOO_MUCH or missing == 1:
        raise MethodError("too-much-missing", f"{missing:.0%} of the weight has no value", where)
    return (f"coverage:{missing:.3f}",) if missing > COVERAGE else ()


def check_level(level: float) -> None:
    """Raises ``bad-parameter`` unless the level of intervals is between 0 and 1."""
    if not 0 < level < 1:
        raise MethodError("bad-parameter", "the level must lie between 0 and 1", "level")


def check_draws(draws: int) -> None:
    """Raises ``bad-parameter`` for a negative number of draws."""
    if draws < 0:
        raise MethodError("bad-parameter", "0 draws or more", "draws")


def redrawn(n: int, draws: int, seed: int) -> Iterator[Floats]:
    """How often each of n units is sampled, in blocks of shape (some, n) with ``draws`` rows in
    all."""
    random = np.random.default_rng(seed)
    size = max(1, _BLOCK // max(n, 1))
    for start in range(0, draws, size):
        rows = min(size, draws - start)
        block = np.empty((rows, n))
        for row in range(rows):
            block[row] = np.bincount(random.integers(0, n, n), minlength=n)
        yield block


def bootstrap(
    w: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    draws: int,
    seed: int,
    level: float,
) -> tuple[Interval, tuple[str, ...]]:
    """The bootstrap percentile interval of a statistic of weights.

    Args:
        w: weights, shape (n,), above 0.
        statistic: from shares of weight, shape (some, n), to figures, shape (some,).
        draws: 0 gives no interval.

    Returns:
        The interval, none for a single unit, and ``few-units`` with fewer than `FEW_UNITS`.
    """
    check_level(level)
    check_draws(draws)
    if draws == 0:
        return NO_INTERVAL, ()
    if len(w) == 1:
        return NO_INTERVAL, ("few-units",)
    estimates = []
    for block in redrawn(len(w), draws, seed):
        weights = block * w
        estimates.append(statistic(weights / weights.sum(axis=1, keepdims=True)))
    warnings = ("few-units",) if len(w) < FEW_UNITS else ()
    return percentile_interval(np.concatenate(estimates), level), warnings


def percentile_interval(figures: Floats, level: float) -> Interval:
    """The central ``level`` of the defined figures; NaN if there are none."""
    figures = figures[np.isfinite(figures)]
    if not figures.size:
        return NO_INTERVAL
    low, high = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def mid_ranks(values: Floats, p: Floats) -> Floats:
    """Weighted mid-rank from 0 to 1 of each value, shape (n,): ties share the mean rank.

    Args:
        values: shape (n,), none missing; p: shares of weight that sum to 1, shape (n,).
    """
    _, group = np.unique(values, return_inverse=True)
    shares = np.bincount(group, weights=p)
    return (np.cumsum(shares) - shares / 2)[group]


def average_ranks(values: Floats) -> Floats:
    """Ranks from 1 to n, with the mean for ties, shape (n,)."""
    n = len(values)
    return mid_ranks(values, np.full(n, 1 / n)) * n + 0.5 if n else np.empty(0)
