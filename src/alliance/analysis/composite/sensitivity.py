"""Which choice matters most for the ranks: Sobol' indices.

Source: A. Saltelli et al., Variance based sensitivity analysis of model output, Computer Physics
Communications 181 (2010); M. J. W. Jansen, Analysis of variance designs for model output, Computer
Physics Communications 117 (1999).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.index import Composite
from alliance.analysis.composite.method import VERSION
from alliance.analysis.composite.ranking import rank_codes
from alliance.analysis.composite.replay import check_size, errors_of, replay
from alliance.analysis.composite.scenarios import Factors, draws_from, plan_for
from alliance.analysis.errors import MethodError

METHOD = "sobol-jansen"
LEVEL = 0.9


@dataclass(frozen=True)
class SobolIndex:
    """The share of the variance of the output that is due to a factor.

    ``first``: alone; ``total``: with all its interactions. The intervals are bootstrap intervals at
    the level of the result. Small negative values are sampling errors, and are not clipped.
    """

    factor: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True)
class Sensitivity:
    """Sobol' indices of all factors. ``mean`` and ``variance`` are those of the output.

    ``n`` is the size of each base sample, ``n_runs`` the number of runs of the model. The indices
    are empty if the output does not vary.
    """

    indices: tuple[SobolIndex, ...]
    mean: float
    variance: float
    n: int
    n_runs: int
    seed: int
    warnings: tuple[str, ...]
    level: float = LEVEL
    method: str = METHOD
    version: str = VERSION


def sobol(
    model: Callable[[Floats], Floats],
    factors: Mapping[str, Sequence[int]],
    *,
    n: int = 1024,
    seed: int = 1,
    bootstrap: int = 200,
) -> Sensitivity:
    """First-order and total Sobol' indices of the factors of a model.

    Two base samples A and B of n rows; for each factor, A with the columns of the factor from B.
    With V the variance of the output: first = 1 - mean((f(B) - f(AB))²) / 2V, total =
    mean((f(A) - f(AB))²) / 2V (Jansen). The model runs n (k + 2) times for k factors.

    Args:
        model: takes rows of numbers in [0, 1), shape (R, d), gives (R,).
        factors: name and columns of each factor; together all d columns, each once.
        n: a power of 2.
        bootstrap: resamples of rows for the intervals.

    Warnings: ``no-variance`` (no indices), ``few-runs`` (n under 256).

    Raises:
        MethodError: ``no-factors``, ``bad-columns``, ``bad-sample-size``, ``missing-output``.
    """
    # Importing it takes a second, and few processes need it.
    from scipy.stats import qmc

    if not factors:
        raise MethodError("no-factors", "nothing varies", "factors")
    columns = sorted(column for places in factors.values() for column in places)
    d = len(columns)
    if columns != list(range(d)):
        raise MethodError("bad-columns", "each column must belong to one factor", "factors")
    if n < 2 or n & (n - 1) or bootstrap < 1:
        raise MethodError("bad-sample-size", "n must be a power of 2", "n")
    sample = qmc.Sobol(2 * d, scramble=True, seed=np.random.default_rng(seed)).random(n)
    # Rounding must not give 1, which is outside of [0, 1).
    sample = np.minimum(sample, np.nextafter(1.0, 0.0))
    a, b = sample[:, :d], sample[:, d:]
    mixed = []
    for places in factors.values():
        ab = a.copy()
        ab[:, list(places)] = b[:, list(places)]
        mixed.append(ab)
    output = np.asarray(model(np.vstack([a, b, *mixed])), dtype=float)
    if np.isnan(output).any():
        raise MethodError("missing-output", "the model gave no number for some rows", "model")
    f_a, f_b, *f_mixed = np.split(output, len(factors) + 2)
    both = np.concatenate([f_a, f_b])
    warnings = ["few-runs"] if n < 256 else []
    indices: list[SobolIndex] = []
    if np.ptp(both) == 0:
        warnings.append("no-variance")
    else:
        rows = np.random.default_rng([seed, 1]).integers(0, n, size=(bootstrap, n))
        variance = np.concatenate([f_a[rows], f_b[rows]], axis=1).var(axis=1)
        for name, f_ab in zip(factors, f_mixed, strict=True):
            first, total = (f_b - f_ab) ** 2, (f_a - f_ab) ** 2
            with np.errstate(divide="ignore", invalid="ignore"):
                spread_first = 1 - first[rows].mean(axis=1) / (2 * variance)
                spread_total = total[rows].mean(axis=1) / (2 * variance)
            indices.append(
                SobolIndex(
                    name,
                    float(1 - first.mean() / (2 * both.var())),
                    *_ends(spread_first),
                    float(total.mean() / (2 * both.var())),
                    *_ends(spread_total),
                )
            )
    return Sensitivity(
        indices=tuple(indices),
        mean=float(both.mean()),
        variance=float(both.var()),
        n=n,
        n_runs=output.size,
        seed=seed,
        warnings=tuple(warnings),
    )


def sensitivity(
    composite: Composite,
    *,
    n: int = 256,
    seed: int = 1,
    factors: Factors | None = None,
    relative_error: Floats | None = None,
    absolute_error: Floats | None = None,
    bootstrap: int = 200,
) -> Sensitivity:
    """Which choices shift the ranks: Sobol' indices of the mean rank shift from the nominal ranks.

    The factors are those of `simulate`: ``weights`` (all weights together), ``normalisation``,
    ``treatment``, ``aggregation``, ``left-out`` and ``error``, if they have alternatives.

    Raises:
        MethodError: ``no-ranks``, or as `sobol`, `simulate`.
    """
    if composite.n < 2:
        raise MethodError("no-ranks", "there are no ranks that could shift", "composite")
    errors = errors_of(composite, relative=relative_error, absolute=absolute_error)
    plan = plan_for(composite, factors or Factors(), errors=errors.any)

    check_size(composite, n * (len(plan.columns) + 2))

    def shifts(uniforms: Floats) -> Floats:
        scores = replay(plan, draws_from(plan, uniforms), errors, seed=seed)
        return _rank_shift(rank_codes(scores), composite.rank)

    return sobol(shifts, plan.columns, n=n, seed=seed, bootstrap=bootstrap)


def _ends(values: Floats) -> tuple[float, float]:
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return float(low), float(high)


def _rank_shift(ranks: npt.NDArray[np.int32], nominal: Floats) -> Floats:
    """Mean distance from the nominal ranks over the ranked units, shape (N,); NaN without any."""
    places = np.flatnonzero(~np.isnan(nominal))
    if not places.size:
        return np.full(ranks.shape[0], np.nan)
    own = ranks[:, places]
    present = own > 0
    shift = np.where(present, np.abs(own - nominal[places]), 0.0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(shift / present.sum(axis=1), dtype=float)
