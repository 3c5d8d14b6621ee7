"""The variance between studies: six estimators, its error, its interval, and I².

Sources: DerSimonian and Laird 1986; Hedges and Olkin 1985; Paule and Mandel 1982; Viechtbauer
2005 and 2007 (restricted likelihood, Q-profile); Higgins and Thompson 2002 (I², H²).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chdtri

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.linear import Design, fit, log_likelihood, traces

#: Equal effects, DerSimonian-Laird, Hedges, maximum likelihood, Paule-Mandel, restricted ML.
METHODS = ("ee", "dl", "he", "ml", "pm", "reml")

_GRID_POINTS = 100
_PRECISION = 4 * np.finfo(float).eps


@dataclass(frozen=True)
class Heterogeneity:
    """Spread between studies.

    ``tau2`` in squared units of the effect, with its standard error ``se`` and the bounds ``low``
    and ``high`` of its Q-profile interval (None where no value of tau2 fits the data). ``q`` with
    ``df`` and ``p`` tests for any heterogeneity. ``i2`` is in percent, ``h2`` a ratio. ``se`` and
    the bounds are None under equal effects.
    """

    tau2: float
    se: float | None
    low: float | None
    high: float | None
    q: float
    df: int
    p: float
    i2: float
    h2: float


def heterogeneity(design: Design, *, method: str, level: float) -> Heterogeneity:
    """Estimate tau2 by a method of `METHODS` and describe it.

    I² compares tau2 with a typical variance within studies, (k - p) / tr P at equal effects. With
    DerSimonian-Laird this is (Q - df) / Q, which is used under equal effects too.

    Raises:
        MethodError: ``unknown-method``.
    """
    if method not in METHODS:
        raise MethodError("unknown-method", f"{method!r} is none of {', '.join(METHODS)}", "method")
    plain = fit(design, 0.0)
    trace, trace2 = traces(design, plain)
    df = design.k - design.p
    p = float(chdtrc(df, plain.q))
    if method == "ee":
        i2 = 100 * max(0.0, 1 - df / plain.q) if plain.q > 0 else 0.0
        return Heterogeneity(0.0, None, None, None, plain.q, df, p, i2, plain.q / df)
    tau2 = _ESTIMATORS[method](design)
    at = fit(design, tau2)
    if method == "dl":
        se = math.sqrt(2 * (df + 2 * tau2 * trace + tau2**2 * trace2)) / trace
    elif method == "he":
        se = _se_he(design, tau2)
    elif method == "ml":
        se = math.sqrt(2 / float(at.w @ at.w))
    else:
        trace_at, trace2_at = traces(design, at)
        se = math.sqrt(2 / trace2_at) if method == "reml" else math.sqrt(2 * df) / trace_at
    low, high = _q_profile(design, level)
    typical = df / trace
    share = tau2 / (tau2 + typical)
    return Heterogeneity(
        tau2, se, low, high, plain.q, df, p, 100 * share, 1 + tau2 / typical
    )  # fmt: skip


def _dersimonian_laird(design: Design) -> float:
    plain = fit(design, 0.0)
    return max(0.0, (plain.q - (design.k - design.p)) / traces(design, plain)[0])


def _leverage(design: Design) -> np.ndarray:
    orthogonal = np.linalg.qr(design.x)[0]
    return np.asarray((orthogonal**2).sum(axis=1))


def _hedges(design: Design) -> float:
    within = float(design.v @ (1 - _leverage(design)))
    return max(0.0, (design.residual_sum - within) / (design.k - design.p))


def _se_he(design: Design, tau2: float) -> float:
    """From var(y'My) = 2 tr(M S M S), S = diag(v + tau2)."""
    total = design.v + tau2
    orthogonal = np.linalg.qr(design.x)[0]
    inner = orthogonal.T @ (orthogonal * total[:, None])
    trace = float(total @ total - 2 * (_leverage(design) @ total**2) + np.trace(inner @ inner))
    return math.sqrt(2 * trace) / (design.k - design.p)


def _where_q_is(design: Design, wanted: float) -> float | None:
    """The tau2 at which y'Py equals ``wanted``; None if it is already smaller at 0.

    y'Py decreases with tau2 and never exceeds the unweighted residual sum over tau2.
    """
    if fit(design, 0.0).q <= wanted:
        return None
    high = design.residual_sum / wanted * (1 + 1e-9)
    if fit(design, high).q > wanted:
        # The limit of precision if an estimate is much larger than its error.
        return high
    return _root(lambda tau2: fit(design, tau2).q - wanted, 0.0, high)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    # Slow to load, and few pages have effects that can be weighted.
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=_PRECISION * high, rtol=_PRECISION))


def _paule_mandel(design: Design) -> float:
    return _where_q_is(design, design.k - design.p) or 0.0


def _q_profile(design: Design, level: float) -> tuple[float | None, float | None]:
    df = design.k - design.p
    high = _where_q_is(design, float(chdtri(df, (1 + level) / 2)))
    if high is None:
        return None, None
    return _where_q_is(design, float(chdtri(df, (1 - level) / 2))) or 0.0, high


def _likelihood(design: Design, *, restricted: bool) -> float:
    """The tau2 of greatest likelihood, 0 included.

    Scoring steps may stop early or diverge, and the likelihood can have two peaks, so a grid is
    searched first. Where the slope is positive, tau2 ** 2 < s2 * (max v + tau2) with s2 the
    unweighted residual variance, which bounds the grid.
    """
    spread = design.residual_sum / (design.k - design.p)
    if spread == 0:
        return 0.0
    high = spread + math.sqrt(spread * float(design.v.max()))
    # Far below the smallest variance, tau2 has no influence.
    low = min(1e-4 * float(design.v.min()), 1e-2 * high)
    grid = np.concatenate([[0.0], np.geomspace(low, high, _GRID_POINTS)])
    best = int(np.argmax(log_likelihood(design, grid, restricted=restricted)))

    def slope(tau2: float) -> float:
        at = fit(design, tau2)
        loss = traces(design, at)[0] if restricted else float(at.w.sum())
        return at.influence - loss

    left, right = float(grid[max(0, best - 1)]), float(grid[min(len(grid) - 1, best + 1)])
    if best == 0:
        if slope(0.0) <= 0:
            return 0.0
    elif not slope(left) > 0:
        return _bounded(design, left, right, restricted=restricted)
    if not slope(right) < 0:
        return _bounded(design, left, right, restricted=restricted)
    return _root(slope, left, right)


def _bounded(design: Design, left: float, right: float, *, restricted: bool) -> float:
    """The maximum between two points between which the slope changes its sign at most once."""
    from scipy.optimize import minimize_scalar

    optimum = minimize_scalar(
        lambda tau2: -float(log_likelihood(design, np.array([tau2]), restricted=restricted)[0]),
        bounds=(left, right),
        method="bounded",
        options={"xatol": 1e-10 * right},
    )
    ends = np.array([left, float(optimum.x), right])
    return float(ends[int(np.argmax(log_likelihood(design, ends, restricted=restricted)))])


_ESTIMATORS: dict[str, Callable[[Design], float]] = {
    "dl": _dersimonian_laird,
    "he": _hedges,
    "ml": lambda design: _likelihood(design, restricted=False),
    "pm": _paule_mandel,
    "reml": lambda design: _likelihood(design, restricted=True),
}
