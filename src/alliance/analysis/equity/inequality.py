"""Measures of inequality: Gini, Atkinson, Kolm-Pollak, concentration, Kakwani."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import (
    DEFAULT_LEVEL,
    NOT_KNOWN,
    Floats,
    Measure,
    Sample,
    as_array,
    as_weights,
    bootstrap,
    check_counts,
    check_coverage,
    mid_ranks,
    sample_of,
)
from alliance.analysis.errors import MethodError

#: Whether more of something is better or worse.
DIRECTIONS = ("good", "burden")
#: Inequality aversion: the default, and other values shown beside it.
EPSILON = 0.5
SHOWN_EPSILONS = (0.25, 0.5, 1.0, 1.5)
_SAME = 1e-8
_TINY = 1e-250


def gini(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    corrected: bool = False,
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """The Gini coefficient, from 0 (equality) to below 1.

    G = 2 sum p x F / m - 1, sorted by x, with F the cumulative share of weight minus half of the
    unit's own.

    Args:
        values: shape (n,), 0 or more; NaN is missing.
        weights: people, shape (n,).
        corrected: multiply by n / (n - 1), for a sample whose units have equal weights.
        draws: draws of the bootstrap over units; 0 gives no interval.

    Raises:
        MethodError: as `sample_of`; ``negative-values`` (use Kolm-Pollak), ``zero-mean``,
            ``bad-parameter`` for a correction with weights or of a single unit.

    Source: Lerman and Yitzhaki 1989, Journal of Econometrics 42.
    """
    sample = sample_of(values, weights)
    _check_positive(sample, "use the Kolm-Pollak index, which takes any sign")
    factor = 1.0
    if corrected:
        if sample.n < 2 or sample.w.min() != sample.w.max():
            message = "the correction is for two or more units of one weight"
            raise MethodError("bad-parameter", message, "corrected")
        factor = sample.n / (sample.n - 1)
    order = np.argsort(sample.x, kind="stable")
    x = sample.x[order]

    def of(p: Floats) -> Floats:
        return factor * _gini(x, p)

    value = 0.0 if x[0] == x[-1] else float(of(sample.p[order][None])[0])
    interval, warnings = bootstrap(sample.w[order], of, draws=draws, seed=seed, level=level)
    return sample.measure(
        "gini",
        value,
        "",
        interval=interval,
        method="gini-corrected" if corrected else "gini",
        details={"mean": sample.mean},
        warnings=warnings,
    )


def _gini(x: Floats, p: Floats) -> Floats:
    """The Gini coefficient of ascending values, shape (n,), for rows of shares, shape (some, n)."""
    mean = p @ x
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(0.0, 2 * ((p * (np.cumsum(p, axis=1) - p / 2)) @ x) / mean - 1)


def atkinson(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    epsilon: float = EPSILON,
    direction: str = "good",
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """The Atkinson index, 0 to 1: the share of a good that equal shares would make superfluous.

    1 - (sum p x^(1-e))^(1/(1-e)) / m, for e = 1 1 - exp(sum p ln x) / m.

    Args:
        values: amounts of a good, shape (n,), 0 or more; NaN is missing.
        weights: people, shape (n,).
        epsilon: inequality aversion, 0 or more.
        direction: of `DIRECTIONS`; a burden is refused.
        draws: draws of the bootstrap over units; 0 gives no interval.

    Raises:
        MethodError: as `gini`; ``wrong-direction``, ``bad-parameter`` for a negative epsilon.

    Source: Atkinson 1970, Journal of Economic Theory 2.
    """
    _check_direction(direction)
    if direction == "burden":
        message = "the Atkinson index is for goods; use the Kolm-Pollak index for a burden"
        raise MethodError("wrong-direction", message, "direction")
    if not (np.isfinite(epsilon) and epsilon >= 0):
        raise MethodError("bad-parameter", "epsilon is 0 or more", "epsilon")
    sample = sample_of(values, weights)
    _check_positive(sample, "the Atkinson index knows no amounts below 0")

    def of(p: Floats) -> Floats:
        return _atkinson(sample.x, p, epsilon)

    warnings: tuple[str, ...] = ()
    if epsilon >= 1 - _SAME and (sample.x == 0).any():
        warnings = (f"zero-value:{int((sample.x == 0).sum())}",)
    same = sample.x.min() == sample.x.max()
    value = 0.0 if same else float(of(sample.p[None])[0])
    interval, more = bootstrap(sample.w, of, draws=draws, seed=seed, level=level)
    return sample.measure(
        "atkinson",
        value,
        "",
        interval=interval,
        method="atkinson",
        details={"epsilon": epsilon, "mean": sample.mean, "ede": sample.mean * (1 - value)},
        warnings=warnings + more,
    )


def _atkinson(x: Floats, p: Floats, epsilon: float) -> Floats:
    if epsilon == 0:
        return np.zeros(len(p))
    mean = p @ x
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p, log_x = np.log(p), np.log(x)
        if abs(epsilon - 1) < _SAME:
            # A unit that was not sampled does not contribute, even if its value is 0.
            ede = np.exp(np.where(p > 0, p * log_x, 0.0).sum(axis=1))
        else:
            power = 1 - epsilon
            terms = np.where(p > 0, log_p + power * log_x, -np.inf)
            ede = np.exp(_log_sum(terms) / power)
        return np.clip(1 - ede / mean, 0.0, 1.0)


def _log_sum(terms: Floats) -> Floats:
    """ln sum exp of each row without overflow; +inf if a term is."""
    most = terms.max(axis=1, keepdims=True)
    safe = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        return (np.log(np.exp(terms - safe).sum(axis=1, keepdims=True)) + safe)[:, 0]


def pooled_kappa(
    values: ArrayLike, weights: ArrayLike | None = None, *, epsilon: float = EPSILON
) -> float:
    """The kappa for all groups and times to be compared, in 1 / unit of the values.

    epsilon times alpha, alpha = sum w x / sum w x². 0 if all values are 0.

    Raises:
        MethodError: as `sample_of`; ``bad-parameter``, ``need-kappa`` if the mean is not above 0,
            so that alpha is undefined.
    """
    return _kappa(sample_of(values, weights), epsilon)


def _kappa(sample: Sample, epsilon: float) -> float:
    if not (np.isfinite(epsilon) and epsilon > 0):
        raise MethodError("bad-parameter", "epsilon is above 0", "epsilon")
    if not sample.x.any():
        return 0.0
    if sample.mean <= 0:
        raise MethodError("need-kappa", "with a mean of 0 or less, kappa has to be given", "kappa")
    scale = float(np.abs(sample.x).max())
    x = sample.x / scale
    return float(epsilon * (sample.p @ x) / (sample.p @ (x * x)) / scale)


def kolm_pollak(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    direction: str,
    epsilon: float = EPSILON,
    kappa: float | None = None,
    unit: str = "",
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """The equally distributed equivalent (EDE) of Kolm and Pollak, in the unit of the values.

    The amount that, equal for everybody, would be as good or as bad as the actual distribution. For
    a burden ln(sum p exp(kappa x)) / kappa, at least the mean; for a good -ln(sum p exp(-kappa x))
    / kappa, at most the mean. ``details`` has ``index`` (the distance from the mean), ``mean``,
    ``alpha`` (NaN for a given kappa), ``kappa`` and ``epsilon``.

    Args:
        values: shape (n,), any sign; NaN is missing.
        weights: people, shape (n,).
        direction: of `DIRECTIONS`.
        epsilon: inequality aversion, above 0; not used with ``kappa``.
        kappa: in 1 / unit, above 0; use that of `pooled_kappa` if figures are compared.
        draws: draws of the bootstrap over units, with the same kappa; 0 gives no interval.

    Raises:
        MethodError: as `sample_of` and `pooled_kappa`; ``unknown-choice`` for the direction.

    Source: Kolm 1976; Pollak 1971; Sheriff and Maguire 2020, Ecological Economics 172; Logan et al.
    2021.
    """
    _check_direction(direction)
    sample = sample_of(values, weights)
    has_kappa = kappa is not None
    if kappa is None:
        kappa = _kappa(sample, epsilon)
    elif not (np.isfinite(kappa) and kappa > 0):
        raise MethodError("bad-parameter", "kappa is above 0", "kappa")
    sign = 1.0 if direction == "burden" else -1.0
    factor = float(kappa)

    def of(p: Floats) -> Floats:
        return _ede(sample.x, p, sign * factor)

    value = float(of(sample.p[None])[0])
    interval, warnings = bootstrap(sample.w, of, draws=draws, seed=seed, level=level)
    return sample.measure(
        "kolm-pollak",
        value,
        unit,
        interval=interval,
        method=f"kolm-pollak-{direction}",
        details={
            "index": max(0.0, sign * (value - sample.mean)),
            "mean": sample.mean,
            "kappa": factor,
            "alpha": NOT_KNOWN if has_kappa else factor / epsilon,
            "epsilon": NOT_KNOWN if has_kappa else epsilon,
        },
        warnings=warnings,
    )


def _ede(x: Floats, p: Floats, kappa: float) -> Floats:
    """The EDE for rows of shares; kappa is above 0 for a burden, below for a good."""
    if x.min() == x.max():
        return np.full(len(p), x[0])
    mean = p @ x
    if abs(kappa) * (x.max() - x.min()) < _SAME:
        # The logarithm would lose all digits; the next terms of the series are even smaller.
        centre = x.mean()
        variance = p @ (x - centre) ** 2 - (mean - centre) ** 2
        return mean + kappa * np.maximum(variance, 0.0) / 2
    with np.errstate(divide="ignore"):
        return _log_sum(np.log(p) + kappa * x) / kappa


def combine_ede(edes: ArrayLike, shares: ArrayLike, kappas: ArrayLike, *, direction: str) -> float:
    """The EDE of all from those of groups: ln(sum s exp(kappa EDE)) / kappa, signed by direction.

    Args:
        edes: by group, shape (g,); shares: people of each group, shape (g,), any sum above 0.
        kappas: the kappa of each, shape (g,).

    Raises:
        MethodError: ``mixed-kappa`` if they differ, so that they are not comparable; as
            `as_array`, `as_weights`.
    """
    _check_direction(direction)
    x = as_array(edes, "edes")
    k = as_array(kappas, "kappas", shape=(len(x),))
    if np.ptp(k) > _SAME * max(abs(k).max(), 1e-300):
        raise MethodError("mixed-kappa", "groups are compared with one kappa", "kappas")
    sample = sample_of(x, as_weights(shares, len(x), "shares"), where="edes")
    sign = 1.0 if direction == "burden" else -1.0
    return float(_ede(sample.x, sample.p[None], sign * float(k[0]))[0])


def kolm_pollak_groups(
    values: ArrayLike,
    counts: ArrayLike,
    groups: Sequence[str],
    *,
    direction: str,
    epsilon: float = EPSILON,
    kappa: float | None = None,
    unit: str = "",
) -> Measure:
    """The EDE of all, of each group, and the index decomposed between and within groups.

    With the same kappa for all, that of everybody together. ``by_group`` has the EDEs; ``details``
    has ``index``, ``between`` (the index of the group EDEs), ``within`` (the rest) and the index of
    each group under ``index_by_group``.

    Args:
        values: of units, shape (n,).
        counts: people by unit and group, shape (n, g); the groups include everybody.
        groups: names, g of them.

    Raises:
        MethodError: as `kolm_pollak`; ``no-population`` for an empty group.
    """
    x = as_array(values, "values")
    people = as_array(counts, "counts", shape=(len(x), len(groups)))
    check_counts(people, "counts")
    total = kolm_pollak(
        x, people.sum(axis=1), direction=direction, epsilon=epsilon, kappa=kappa, unit=unit
    )
    everybody = people.sum(axis=0)
    known = ~np.isnan(x)
    if not known.all():
        x, people = x[known], people[known]
    inside = people.sum(axis=0)
    warnings = list(total.warnings)
    for at, name in enumerate(groups):
        where = f"groups[{name!r}]"
        if everybody[at] == 0:
            raise MethodError("no-population", "nobody belongs to this group", where)
        if check_coverage(float(1 - inside[at] / everybody[at]), where):
            warnings.append(f"coverage:{name}")
    sign = 1.0 if direction == "burden" else -1.0
    edes = _edes(x, people, inside, sign * total.details["kappa"])
    indices = np.maximum(0.0, sign * (edes - x @ people / inside)) + 0.0
    # The EDE of the group EDEs is that of all: the index is decomposed, not the EDE.
    between = max(0.0, sign * (total.value - float(edes @ inside) / float(inside.sum())))
    index = total.details["index"]
    return replace(
        total,
        measure="kolm-pollak-groups",
        by_group=dict(zip(groups, edes.tolist(), strict=True)),
        details={
            **total.details,
            "between": between,
            "within": index - between,
            "index_by_group": dict(zip(groups, indices.tolist(), strict=True)),
        },
        warnings=tuple(warnings),
    )


def _edes(x: Floats, people: Floats, inside: Floats, kappa: float) -> Floats:
    """The EDE of every group, for people of shape (n, g) and their sums; kappa as in `_ede`."""
    if abs(kappa) * np.ptp(x) < _SAME:
        return _ede(x, (people / inside).T, kappa)
    # One exponential for all groups.
    terms = kappa * x
    most = terms.max()
    sums = np.exp(terms - most) @ people / inside
    with np.errstate(divide="ignore"):
        edes = (np.log(sums) + most) / kappa
    for at in np.flatnonzero(sums < _TINY):
        # A group far below the others would lose its digits.
        edes[at] = _ede(x, people[None, :, at] / inside[at], kappa)[0]
    return np.asarray(edes)


def concentration(
    values: ArrayLike,
    rank: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    bounds: tuple[float, float] | None = None,
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """The concentration index, -1 to 1; below 0, values are concentrated among the poor.

    C = 2 / m sum p (x - m)(R - 1/2), R the weighted mid-rank of ``rank``, with the mean for ties.
    ``details`` has ``mean``, ``se`` (of the regression of 2 var(R) x / m on R) and, with bounds,
    ``erreygers`` = 4 m C / (b - a) and ``wagstaff`` = C (b - a) m / ((b - m)(m - a)).

    Args:
        values: shape (n,), 0 or more; NaN is missing.
        rank: income or another standing, the poorest lowest, shape (n,); NaN is missing.
        weights: people, shape (n,).
        bounds: the minimum and maximum possible value, not those of this sample.
        draws: draws of the bootstrap over units; 0 gives no interval.

    Raises:
        MethodError: as `gini`; ``out-of-bounds`` for a value outside of the bounds,
            ``bad-parameter`` for reversed bounds.

    Source: Kakwani, Wagstaff and van Doorslaer 1997; Wagstaff 2005; Erreygers 2009, Journal of
    Health Economics 28.
    """
    standing = as_array(rank, "rank", shape=(len(as_array(values, "values")),))
    sample = sample_of(values, weights, also=~np.isnan(standing))
    _check_positive(sample, "split gains from losses first")
    places = standing[sample.used]
    order = np.argsort(places, kind="stable")
    x, w, places = sample.x[order], sample.w[order], places[order]
    starts = np.flatnonzero(np.r_[True, places[1:] != places[:-1]])
    sizes = np.diff(np.r_[starts, len(places)])

    def of(p: Floats) -> Floats:
        return _concentration(x, p, starts, sizes)

    p = w / w.sum()
    warnings: tuple[str, ...] = ()
    if len(starts) == 1:
        warnings, value = ("no-rank-variation",), 0.0
    else:
        value = float(of(p[None])[0])
    interval, more = bootstrap(w, of, draws=draws, seed=seed, level=level)
    details: dict[str, float] = {"mean": sample.mean, "se": _regression_se(x, p, places)}
    if bounds is not None:
        details |= _bounded(sample, value, bounds)
    return sample.measure(
        "concentration",
        value,
        "",
        interval=interval,
        method="concentration-mid-rank",
        details=details,
        warnings=warnings + more,
    )


def _concentration(x: Floats, p: Floats, starts: np.ndarray, sizes: np.ndarray) -> Floats:
    """The index of units by rank, for rows of shares; ``starts`` and ``sizes`` of the ties."""
    shares = np.add.reduceat(p, starts, axis=1)
    ranks = np.repeat(np.cumsum(shares, axis=1) - shares / 2, sizes, axis=1)
    mean = p @ x
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 / mean * (p * (x - mean[:, None]) * (ranks - 0.5)).sum(axis=1)


def _regression_se(x: Floats, p: Floats, places: Floats) -> float:
    """Standard error of the slope of 2 var(R) x / m on R, weighted; NaN under three units."""
    n, mean = len(x), float(p @ x)
    ranks = mid_ranks(places, p) - 0.5
    variance = float(p @ ranks**2)
    if n < 3 or variance == 0:
        return NOT_KNOWN
    y = 2 * variance * x / mean
    off = y - p @ y
    slope = float(p @ (off * ranks)) / variance
    left = float(p @ (off - slope * ranks) ** 2)
    return float(np.sqrt(left / variance / (n - 2)))


def _bounded(sample: Sample, value: float, bounds: tuple[float, float]) -> Mapping[str, float]:
    low, high = bounds
    if not (np.isfinite([low, high]).all() and low < high):
        raise MethodError("bad-parameter", "the lower bound is below the upper one", "bounds")
    if sample.x.min() < low or sample.x.max() > high:
        raise MethodError("out-of-bounds", f"a value lies outside of {low:g} to {high:g}", "values")
    mean = sample.mean
    spread = (high - mean) * (mean - low)
    return {
        "erreygers": 4 * mean * value / (high - low),
        "wagstaff": value * (high - low) * mean / spread if spread > 0 else NOT_KNOWN,
    }


def kakwani(payments: ArrayLike, income: ArrayLike, weights: ArrayLike | None = None) -> Measure:
    """Kakwani's index of payments: concentration by income minus the Gini coefficient of income.

    Below 0 the poor pay a larger share than their share of income: the payment is regressive.
    ``details`` has ``concentration`` and ``gini``, both over units with payment and income.

    Args:
        payments: shape (n,), 0 or more; income: shape (n,), 0 or more; NaN is missing.
        weights: people, shape (n,).

    Raises:
        MethodError: as `concentration` and `gini`.

    Source: Kakwani 1977, Economic Journal 87.
    """
    standing = as_array(income, "income")
    paid = as_array(payments, "payments", shape=(len(standing),))
    share = concentration(paid, standing, weights)
    spread = gini(np.where(np.isnan(paid), np.nan, standing), weights)
    sample = sample_of(paid, weights, where="payments", also=~np.isnan(standing))
    return sample.measure(
        "kakwani",
        share.value - spread.value,
        "",
        method="kakwani",
        details={"concentration": share.value, "gini": spread.value},
        warnings=tuple(each for each in share.warnings if each not in sample.warnings),
    )


def _check_positive(sample: Sample, advice: str) -> None:
    """Raises ``negative-values`` for negative values and ``zero-mean`` for all zeros."""
    if sample.x.min() < 0:
        raise MethodError("negative-values", f"values below 0: {advice}", "values")
    if sample.x.max() == 0:
        raise MethodError("zero-mean", "all values are 0", "values")


def _check_direction(direction: str) -> None:
    if direction not in DIRECTIONS:
        raise MethodError("unknown-choice", f"{direction!r} is not of {DIRECTIONS}", "direction")
