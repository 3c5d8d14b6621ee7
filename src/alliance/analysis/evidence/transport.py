"""Generalisation of a trial to other people, from individual data.

`weighted` (inverse probability of being in the trial) and `standardised` (g-formula) estimate the
effect in the target population, provided that the given columns include everything that makes the
two groups respond differently. The data cannot prove that.

Sources: Stuart et al. 2011; Westreich et al. 2017; Dahabreh et al. 2020.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import as_vector, check_level
from alliance.analysis.evidence.linear import Floats

#: ``transport``: to the people outside of the trial; ``generalise``: to both together.
TARGETS = ("transport", "generalise")
MIN_PROBABILITY = 0.01
MIN_EFFECTIVE = 30.0
TRUNCATION = 0.99
_MOST_STEPS = 100


@dataclass(frozen=True)
class Transported:
    """Risks (or means) with and without treatment in the target, and how they compare.

    ``ratio`` is None where the risk without treatment is not above 0. ``ci_*`` bound the
    difference, from ``draws`` bootstrap samples of trial and target rows (percentiles; None
    without draws). ``difference_truncated`` is the difference with weights cut at their 99th
    percentile, ``effective_n`` the number of equally weighted persons that the weighted trial is
    worth, ``smallest_probability`` the smallest of being in the trial; all None for the g-formula.
    """

    treated: float
    untreated: float
    difference: float
    ratio: float | None
    ci_low: float | None
    ci_high: float | None
    level: float
    draws: int
    n_trial: int
    n_target: int
    n_missing: int
    target: str
    method: str
    difference_truncated: float | None
    effective_n: float | None
    smallest_probability: float | None
    warnings: tuple[str, ...]


def logistic(x: Floats, y: Floats, weights: Floats | None = None) -> Floats:
    """Coefficients of a logistic regression by Newton's method.

    Args:
        x: shape (n, p), with its column of 1.
        y: 0 or 1, shape (n,).
        weights: of the rows, shape (n,), 0 or more; None for 1.

    Raises:
        MethodError: ``separation`` where a column tells the outcome apart without fault, or
            columns follow from each other: there is no finite answer.
    """
    beta, w = np.zeros(x.shape[1]), np.ones(len(y)) if weights is None else weights
    for _ in range(_MOST_STEPS):
        p = expit(x @ beta)
        information = x.T @ (x * (w * p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, x.T @ (w * (y - p)))
        except np.linalg.LinAlgError:
            break
        beta = beta + step
        if not np.isfinite(beta).all() or np.abs(x @ beta).max() > 500:
            break
        if np.abs(step).max() <= 1e-10 * max(1.0, float(np.abs(beta).max())):
            return np.asarray(beta)
    raise MethodError("separation", "the regression has no finite answer", "columns")


def expit(values: Floats) -> Floats:
    """1 / (1 + exp(-values)) without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0, -values)))


@dataclass(frozen=True, eq=False)
class _Rows:
    outcome: Floats
    treated: Floats
    in_trial: np.ndarray
    n_missing: int


def _rows(outcome: ArrayLike, treated: ArrayLike, in_trial: ArrayLike, *more: Floats) -> _Rows:
    y, a = as_vector(outcome, "outcome"), as_vector(treated, "treated")
    s = as_vector(in_trial, "in_trial", len(y))
    if len(a) != len(y):
        raise MethodError("wrong-shape", f"{len(a)} values instead of {len(y)}", "treated")
    if not np.isin(s, (0, 1)).all():
        raise MethodError("bad-parameter", "in_trial is 0 or 1 in each row", "in_trial")
    for columns in more:
        if columns.ndim != 2 or len(columns) != len(y):
            raise MethodError("wrong-shape", f"columns are {columns.shape}", "columns")
        if np.isinf(columns).any():
            raise MethodError("infinite-value", "a column must be finite", "columns")
    trial = s == 1
    known = ~np.any([np.isnan(columns).any(axis=1) for columns in more], axis=0)
    known &= ~trial | ~(np.isnan(y) | np.isnan(a))
    if not np.isin(a[known & trial], (0, 1)).all():
        raise MethodError("bad-parameter", "treated is 0 or 1 in the trial", "treated")
    for group, what in (
        (known & trial & (a == 1), "treated person in the trial"),
        (known & trial & (a == 0), "untreated person in the trial"),
        (known & ~trial, "person in the target"),
    ):
        if not group.any():
            raise MethodError("no-studies", f"there is no {what} with all facts", "in_trial")
    return _Rows(y, a, np.where(known, s, np.nan), int((~known).sum()))


def _check(target: str, draws: int, level: float) -> None:
    check_level(level)
    if target not in TARGETS:
        raise MethodError("unknown-choice", f"{target!r} is none of {', '.join(TARGETS)}", "target")
    if draws < 0:
        raise MethodError("bad-draws", "the number of draws is 0 or more", "draws")


def weighted(
    outcome: ArrayLike,
    treated: ArrayLike,
    in_trial: ArrayLike,
    columns: ArrayLike,
    *,
    target: str = "transport",
    draws: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> Transported:
    """Weight the people of a randomised trial so that they resemble the target.

    The chance pi of being in the trial comes from a logistic regression on ``columns``. Weights
    are (1 - pi) / pi to transport and 1 / pi to generalise.

    Args:
        outcome: shape (n,); may be NaN outside of the trial.
        treated: 0 or 1, shape (n,); may be NaN outside of the trial.
        in_trial: 1 in the trial, 0 in the target, shape (n,).
        columns: facts that make people respond differently, shape (n, m), without a constant.
        draws: bootstrap samples; 0 gives no interval.

    Warnings: ``positivity`` (some pi under 0.01, or the weighted trial is worth under 30 people),
    ``missing-rows``, ``failed-draws`` (bootstrap samples without an answer, left out).

    Raises:
        MethodError: ``separation``, ``no-studies`` (an arm or the target is empty),
            ``bad-parameter``, ``unknown-choice``, ``bad-draws``, ``bad-level``, ``wrong-shape``,
            ``not-a-number``, ``infinite-value``.
    """
    _check(target, draws, level)
    facts = _matrix(columns)
    rows = _rows(outcome, treated, in_trial, facts)
    x = np.column_stack([np.ones(len(facts)), _scaled(facts, ~np.isnan(rows.in_trial))])

    def chances(counts: Floats, cut: bool) -> tuple[Floats, Floats, Floats]:
        used = ~np.isnan(rows.in_trial) & (counts > 0)
        pi = expit(x[used] @ logistic(x[used], rows.in_trial[used], counts[used]))
        here = rows.in_trial[used] == 1
        weight = ((1 - pi) / pi if target == "transport" else 1 / pi)[here]
        if cut:
            weight = np.minimum(weight, np.quantile(weight, TRUNCATION))
        weight = weight * counts[used][here]
        a, y = rows.treated[used][here], rows.outcome[used][here]
        means = [float(weight[a == arm] @ y[a == arm] / weight[a == arm].sum()) for arm in (1, 0)]
        return np.array(means), weight, pi

    ones = np.ones(len(facts))
    means, weight, pi = chances(ones, cut=False)
    cut_means = chances(ones, cut=True)[0]
    effective = float(weight.sum() ** 2 / (weight @ weight))
    smallest = float(pi.min())
    weak = smallest < MIN_PROBABILITY or effective < MIN_EFFECTIVE
    return _result(
        means, rows, target, "inverse-probability", draws, seed, level,
        lambda counts: chances(counts, cut=False)[0],
        truncated=float(cut_means[0] - cut_means[1]), effective=effective, smallest=smallest,
        warnings=["positivity"] if weak else [],
    )  # fmt: skip


def standardised(
    outcome: ArrayLike,
    treated: ArrayLike,
    in_trial: ArrayLike,
    design_treated: ArrayLike,
    design_untreated: ArrayLike,
    *,
    target: str = "transport",
    draws: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> Transported:
    """Learn the outcome in the trial and predict it for everybody in the target, twice.

    Args:
        outcome, treated, in_trial: as `weighted`; the outcome is 0 or 1 (logistic regression) or
            any number (linear regression).
        design_treated, design_untreated: the columns of the regression as they would be with and
            without treatment, interactions included and the constant first, shape (n, p).

    Warnings and errors as `weighted`; ``singular`` where columns follow from each other.
    """
    _check(target, draws, level)
    with_it, without = _matrix(design_treated), _matrix(design_untreated)
    if with_it.shape != without.shape:
        raise MethodError("wrong-shape", f"{with_it.shape} and {without.shape}", "design_untreated")
    rows = _rows(outcome, treated, in_trial, with_it, without)
    observed = np.where((rows.treated == 1)[:, None], with_it, without)
    trial = rows.in_trial == 1
    binary = bool(np.isin(rows.outcome[trial], (0, 1)).all())
    if np.linalg.matrix_rank(observed[trial]) < observed.shape[1]:
        raise MethodError("singular", "a column follows from the others", "design_treated")

    def means(counts: Floats) -> Floats:
        used = trial & (counts > 0)
        x, y, w = observed[used], rows.outcome[used], counts[used]
        if binary:
            beta = logistic(x, y, w)
        else:
            root = np.sqrt(w)
            beta = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
        to = rows.in_trial == 0 if target == "transport" else ~np.isnan(rows.in_trial)
        share = counts[to] / counts[to].sum()
        return np.array(
            [
                float(share @ (expit(side[to] @ beta) if binary else side[to] @ beta))
                for side in (with_it, without)
            ]
        )

    return _result(
        means(np.ones(len(with_it))), rows, target, "g-formula", draws, seed, level, means
    )


def _matrix(columns: ArrayLike) -> Floats:
    try:
        matrix = np.asarray(columns, dtype=float)
    except (TypeError, ValueError):
        raise MethodError("not-a-number", "all columns must be numbers", "columns") from None
    return matrix[:, None] if matrix.ndim == 1 else matrix


def _scaled(facts: Floats, used: np.ndarray) -> Floats:
    """Columns with mean 0 and deviation 1, which changes no probability and steadies Newton."""
    deviation = facts[used].std(axis=0)
    if (deviation == 0).any():
        raise MethodError("singular", "a column is the same in all rows", "columns")
    return np.asarray((facts - facts[used].mean(axis=0)) / deviation)


def _result(
    means: Floats,
    rows: _Rows,
    target: str,
    method: str,
    draws: int,
    seed: int,
    level: float,
    again: Callable[[Floats], Floats],
    *,
    truncated: float | None = None,
    effective: float | None = None,
    smallest: float | None = None,
    warnings: list[str] | None = None,
) -> Transported:
    random = np.random.default_rng(seed)
    groups = [np.flatnonzero(rows.in_trial == group) for group in (1, 0)]
    differences: list[float] = []
    for _ in range(draws):
        counts = np.zeros(len(rows.in_trial))
        for group in groups:
            chosen = random.choice(group, size=len(group))
            counts += np.bincount(chosen, minlength=len(counts))
        if any(not counts[(rows.in_trial == 1) & (rows.treated == arm)].any() for arm in (0, 1)):
            continue
        try:
            drawn = again(counts)
        except MethodError:
            continue
        differences.append(float(drawn[0] - drawn[1]))
    all_warnings = list(warnings or [])
    if rows.n_missing:
        all_warnings.append("missing-rows")
    if len(differences) < draws:
        all_warnings.append("failed-draws")
    low = high = None
    if differences:
        low, high = (float(b) for b in np.quantile(differences, [(1 - level) / 2, (1 + level) / 2]))
    first, second = float(means[0]), float(means[1])
    return Transported(
        treated=first,
        untreated=second,
        difference=first - second,
        ratio=first / second if second > 0 else None,
        ci_low=low,
        ci_high=high,
        level=level,
        draws=len(differences),
        n_trial=len(groups[0]),
        n_target=len(groups[1]),
        n_missing=rows.n_missing,
        target=target,
        method=method,
        difference_truncated=truncated,
        effective_n=effective,
        smallest_probability=smallest,
        warnings=tuple(all_warnings),
    )
