"""Interrupted time series: the change of level and slope of a series at the start."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.autoregression import Mixture
from alliance.analysis.pilots.panel import Times
from alliance.analysis.pilots.regression import Fit, least_squares
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NOT_KNOWN,
    Evaluation,
    Floats,
    check_level,
    interval,
    p_value,
)


@dataclass(frozen=True)
class SeriesErrors:
    """The uncertainty of sums of coefficients of a fit.

    ``covariance`` (k, k) gives the published standard errors. Intervals and p allow for
    autocorrelated errors (`autoregression`), or with ``classic`` follow from the standard errors
    and a t with n - k degrees of freedom.
    """

    fit: Fit
    covariance: Floats
    level: float
    classic: bool = False

    @cached_property
    def mixture(self) -> Mixture:
        """All correlations of neighbouring errors with their weights."""
        return Mixture(self.fit)

    def of(self, terms: Floats) -> list[dict[str, Any]]:
        """Each row of ``terms`` (m, k) · coefficients, with se, interval and p."""
        published = self.as_published(terms)
        if self.classic or not len(terms):
            return published
        values = terms @ self.fit.coefficients
        halves = self.mixture.halves(terms, self.level)
        p_values = self.mixture.p_values(values, terms)
        return [
            {**row, "ci": (value - half, value + half), "p": p}
            for row, value, half, p in zip(
                published, values.tolist(), halves.tolist(), p_values.tolist(), strict=True
            )
        ]

    def as_published(self, terms: Floats) -> list[dict[str, Any]]:
        """The same by the standard error alone, with n - k degrees of freedom."""
        df = self.fit.df
        values = (terms @ self.fit.coefficients).tolist()
        squares = np.einsum("mi,ij,mj->m", terms, self.covariance, terms)
        errors = np.sqrt(np.maximum(squares, 0.0)).tolist()
        return [
            {
                "estimate": value,
                "se": se,
                "ci": interval(value, se, self.level, df),
                "p": p_value(value, se, df),
            }
            for value, se in zip(values, errors, strict=True)
        ]


def checks(fit: Fit, period: float | None, lag: int) -> dict[str, Any]:
    """Durbin-Watson, Breusch-Godfrey up to a season (or the lag), and Cook's distances.

    ``cook`` has the shape (n,). A series without errors has nothing to check.
    """
    e, n = fit.residuals, len(fit.residuals)
    power = float(e @ e)
    size = float(np.square(fit.design @ fit.coefficients).sum())
    if power <= 1e-20 * max(1.0, size):
        return {
            "durbin_watson": NOT_KNOWN,
            "breusch_godfrey_p": NOT_KNOWN,
            "breusch_godfrey_lags": 0,
            "cook": np.zeros(n),
        }
    wanted = max(1, lag if period is None else int(period))
    lags = max(1, min(wanted, (n - fit.design.shape[1]) // 2))
    lagged = np.column_stack(
        [np.concatenate([np.zeros(step), e[:-step]]) for step in range(1, lags + 1)]
    )
    wide = np.column_stack([fit.design, lagged])
    left = e - wide @ np.linalg.lstsq(wide, e, rcond=None)[0]
    score = n * (1 - float(left @ left) / power)
    leverage = np.minimum(fit.leverage, 1 - 1e-12)
    k = fit.design.shape[1]
    return {
        "durbin_watson": float(np.square(np.diff(e)).sum() / power),
        "breusch_godfrey_p": float(special.chdtrc(lags, score)),
        "breusch_godfrey_lags": lags,
        "cook": np.square(e) * leverage / (np.square(1 - leverage) * k * power / fit.df),
    }


ROUNDS = 100


@dataclass(frozen=True)
class CountModel:
    """A fitted quasi-Poisson model: ``mean`` (n,), ``dispersion`` = Pearson X² / df.

    ``working`` is the weighted least squares fit of the last round: its residuals are Pearson's.
    """

    design: Floats
    mean: Floats
    offset: Floats
    working: Fit
    dispersion: float

    def classic(self) -> Floats:
        """The covariance of the coefficients, widened by the dispersion, shape (k, k)."""
        return self.working.bread * self.dispersion

    def newey_west(self, lag: int) -> Floats:
        """The covariance for counts autocorrelated over ``lag`` steps, shape (k, k)."""
        return self.working.newey_west(lag)

    def mean_without(self, *terms: int) -> Floats:
        """The expected counts if these coefficients were zero, shape (n,)."""
        coefficients = self.working.coefficients.copy()
        coefficients[list(terms)] = 0
        return np.exp(self.design @ coefficients + self.offset)


def quasi_poisson(design: Floats, counts: Floats, population: Floats | None = None) -> CountModel:
    """Fit log E(count) = X b + log(population) by iteratively weighted least squares.

    Args:
        design: shape (n, k); counts: shape (n,); population: shape (n,), above zero.

    Raises:
        MethodError: ``no-fit`` where the rounds do not settle, such as with all counts zero on
            one side, ``singular``.

    Source: McCullagh and Nelder 1989, chapter 6.
    """
    n, k = design.shape
    if n <= k or np.linalg.matrix_rank(design) < k:
        raise MethodError("singular", "the data cannot tell the terms of the model apart", "data")
    offset = np.zeros(n) if population is None else np.log(population)
    mean = np.maximum(counts, 0.5)
    coefficients: Floats = np.full(k, np.nan)
    for _ in range(ROUNDS):
        root = np.sqrt(mean)
        response = np.log(mean) - offset + (counts - mean) / mean
        solved = np.linalg.lstsq(design * root[:, None], response * root, rcond=None)[0]
        updated = np.asarray(solved, dtype=float)
        with np.errstate(over="ignore"):
            mean = np.exp(design @ updated + offset)
        if not np.isfinite(mean).all() or (mean < 1e-12).any():
            break
        if np.allclose(updated, coefficients, rtol=1e-10, atol=1e-12):
            return _model(design, counts, mean, offset, updated)
        coefficients = updated
    raise MethodError("no-fit", "the counts do not settle on a rate, such as all zero", "outcome")


def _model(
    design: Floats, counts: Floats, mean: Floats, offset: Floats, coefficients: Floats
) -> CountModel:
    weighted = design * np.sqrt(mean)[:, None]
    bread = np.asarray(np.linalg.inv(weighted.T @ weighted), dtype=float)
    residuals = (counts - mean) / np.sqrt(mean)
    working = Fit(weighted, coefficients, residuals, bread)
    dispersion = float(np.square(residuals).sum() / working.df)
    return CountModel(design, mean, offset, working, dispersion)


#: Fewer points on a side are an error, and fewer than the second number give a warning.
MIN_SIDE = 4
SHORT_SIDE = 8
#: The kinds of intervals.
ERRORS = ("averaged", "classic")
#: A point with a greater Cook's distance is influential.
INFLUENTIAL = 1.0


def its(
    outcome: Floats,
    times: Times,
    start: int,
    *,
    counts: bool = False,
    population: Floats | None = None,
    control: Floats | None = None,
    period: float | None = None,
    harmonics: int = 2,
    lag: int | None = None,
    errors: str = "averaged",
    level: float = DEFAULT_LEVEL,
) -> Evaluation:
    """Y = b0 + b1 t + b2 after + b3 (t - t0) after; the estimate is b2, the jump at the start.

    Least squares with Newey-West standard errors; with ``counts`` a Poisson regression with
    logarithmic link, whose errors are always widened by the dispersion (Pearson's X² / df) and
    whose coefficients are logarithms of rate ratios. With a control series every term is fitted for
    both and the estimate is the difference of the jumps.

    These standard errors are too small where neighbouring errors hang together. Intervals and p are
    therefore averaged over all correlations of neighbouring errors (`autoregression`); what would
    follow from the standard error alone stands in details under ``classic``.

    Args:
        outcome: shape (T,), no gaps.
        times: T times, evenly spaced.
        start: place of the first time after the start.
        counts: outcomes are counts.
        population: people at risk, shape (T,), an offset for counts.
        control: outcome of a series that had no pilot, shape (T,).
        period: steps of one season, such as 12 for months; None for no season.
        harmonics: pairs of sine and cosine for the season.
        lag: steps over which errors hang together, by default floor(4 (T/100)^(2/9)).
        errors: ``averaged``, or ``classic`` for intervals from the standard errors alone, by a t
            with n - k degrees of freedom.
        level: level of the intervals.

    Raises:
        MethodError: ``wrong-shape``, ``irregular-time``, ``missing-outcome``, ``too-short``,
            ``bad-parameter``, ``bad-count``, ``bad-offset``, ``singular``, ``no-fit``.

    Source: Linden 2015, Stata Journal 15; Bernal, Cummins and Gasparrini 2017; Newey and West 1987.
    """
    check_level(level)
    n = len(outcome)
    _check(outcome, times, start, counts, population, control)
    if (lag is not None and lag < 0) or harmonics < 1 or (period is not None and period <= 1):
        raise MethodError("bad-parameter", "lag, harmonics or period out of range", "options")
    if errors not in ERRORS:
        raise MethodError("bad-parameter", f"{errors!r} is none of {', '.join(ERRORS)}", "errors")
    if counts and control is not None:
        raise MethodError("bad-parameter", "a control series goes with least squares", "control")
    steps = _steps(times)
    names, design = _design(steps, start, period, harmonics)
    if control is not None:
        # Errors of the two series at one time are correlated, so their difference is analysed as
        # one series.
        outcome = outcome - control
    used_lag = int(np.floor(4 * (n / 100) ** (2 / 9))) if lag is None else lag
    dispersion: float | None = None
    if counts:
        model = quasi_poisson(design, outcome, population)
        fit, fitted, without = model.working, model.mean, model.mean_without(2, 3)
        covariance, other = model.classic(), model.newey_west(used_lag)
        dispersion = model.dispersion
    else:
        fit = least_squares(design, outcome)
        fitted = design @ fit.coefficients
        without = fitted - design[:, 2:4] @ fit.coefficients[2:4]
        covariance, other = fit.newey_west(used_lag), fit.classic()
    other_se = np.sqrt(np.diag(other)).tolist()
    made = SeriesErrors(fit, covariance, level, classic=errors == "classic")
    terms = made.of(np.eye(design.shape[1]))
    jump, slope = terms[2], terms[3]
    # The effect at a time is the sum of the two terms of the pilot.
    added = np.zeros_like(design[start:])
    added[:, 2:4] = design[start:, 2:4]
    warnings = [
        f"short-{side}:{count}"
        for side, count in (("before", start), ("after", n - start))
        if count < SHORT_SIDE
    ]
    diagnostics = checks(fit, period, used_lag)
    if diagnostics["breusch_godfrey_p"] < 1 - level:
        warnings.append("autocorrelation")
    influential = [times.labels[i] for i in np.flatnonzero(diagnostics.pop("cook") > INFLUENTIAL)]
    warnings += [f"influential:{label}" for label in influential]
    if dispersion is not None and dispersion > 2:
        warnings.append("overdispersed")
    details: dict[str, Any] = {
        "level": jump["estimate"],
        "slope": slope["estimate"],
        "level_se": jump["se"],
        "slope_se": slope["se"],
        "coefficients": [
            {"name": name, **term, "newey_west_se" if counts else "ols_se": error}
            for name, term, error in zip(names, terms, other_se, strict=True)
        ],
        "effects": [
            {"time": label, **effect}
            for label, effect in zip(times.labels[start:], made.of(added), strict=True)
        ],
        "mean_effect": made.of(added.mean(axis=0)[None, :])[0],
        "fitted": dict(zip(times.labels, fitted.tolist(), strict=True)),
        "counterfactual": dict(zip(times.labels[start:], without[start:].tolist(), strict=True)),
        "lag": used_lag,
        "df": fit.df,
        "error_correlation": made.mixture.correlation,
        "classic": made.as_published(np.eye(design.shape[1])[[2]])[0],
        "dispersion": dispersion,
        "scale": "log-rate" if counts else "outcome",
        "rate_ratio": float(np.exp(jump["estimate"])) if counts else None,
        "controlled": control is not None,
        **diagnostics,
    }
    return Evaluation(
        design="its",
        estimate=jump["estimate"],
        se=jump["se"],
        ci=jump["ci"],
        p=jump["p"],
        n=n,
        details=details,
        warnings=tuple(warnings),
        level=level,
    )


def _check(
    outcome: Floats,
    times: Times,
    start: int,
    counts: bool,
    population: Floats | None,
    control: Floats | None,
) -> None:
    n = len(outcome)
    others = [column for column in (population, control) if column is not None]
    if any(len(column) != n for column in others) or len(times.values) != n:
        raise MethodError("wrong-shape", "series differ in length", "data")
    for name, column in (("outcome", outcome), ("control", control)):
        if column is not None and np.isnan(column).any():
            label = times.labels[int(np.flatnonzero(np.isnan(column))[0])]
            raise MethodError("missing-outcome", f"nothing is recorded at {label}", name)
    if min(start, n - start) < MIN_SIDE:
        raise MethodError(
            "too-short",
            f"{start} points before and {n - start} after; {MIN_SIDE} are the least",
            "start",
        )
    if counts and (outcome < 0).any():
        raise MethodError("bad-count", "a count is negative", "outcome")
    if population is not None:
        if not counts:
            raise MethodError("bad-parameter", "a population goes with counts", "population")
        if np.isnan(population).any() or (population <= 0).any():
            raise MethodError("bad-offset", "the population must be above zero", "population")


def _steps(times: Times) -> Floats:
    """Times as whole steps from 0; months given as days are evenly spaced."""
    gaps = np.diff(times.values)
    step = float(np.median(gaps))
    whole = np.round(gaps / step)
    uneven = np.abs(gaps / step - whole) > 1e-6
    if _is_monthly(times.labels):
        months = np.array([int(text[:4]) * 12 + int(text[5:7]) for text in times.labels])
        gaps = np.diff(months).astype(float)
        whole, uneven = gaps / np.median(gaps), np.zeros(len(gaps), dtype=bool)
    wrong = np.flatnonzero(uneven | (whole != 1))
    if wrong.size:
        place = int(wrong[0])
        raise MethodError(
            "irregular-time",
            f"the step from {times.labels[place]} to {times.labels[place + 1]} is not like others",
            "time",
        )
    return np.arange(len(times.values), dtype=float)


def _is_monthly(labels: tuple[str, ...]) -> bool:
    """Whether the times are monthly dates: all on the same day or the last day."""
    if any(len(text) != 10 or text[4] != "-" for text in labels):
        return False
    days = [date.fromisoformat(text) for text in labels]
    last = all(day.day == monthrange(day.year, day.month)[1] for day in days)
    return last or len({day.day for day in days}) == 1


def _design(
    steps: Floats, start: int, period: float | None, harmonics: int
) -> tuple[list[str], Floats]:
    after = (steps >= start).astype(float)
    columns = [np.ones(len(steps)), steps, after, (steps - start) * after]
    names = ["const", "t", "level", "slope"]
    if period is not None:
        for number in range(1, harmonics + 1):
            angle = 2 * np.pi * number * steps / period
            columns.append(np.cos(angle))
            names.append(f"cos{number}")
            # At half the season the sine is zero at every step.
            if not np.isclose(2 * number, period):
                columns.append(np.sin(angle))
                names.append(f"sin{number}")
    return names, np.column_stack(columns)
