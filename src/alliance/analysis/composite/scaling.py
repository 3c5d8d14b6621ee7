"""The scale of a whole index: every indicator of a framework by one normalisation.

Inside, scores are shares: 0 at the bad end of the scale and 1 at the good end (z-scores: standard
deviations). `to_range` stretches them to the scale that is shown.
"""

from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite import normalisation
from alliance.analysis.composite.framework import Bools, Floats, Framework
from alliance.analysis.composite.method import Method
from alliance.analysis.errors import MethodError


@dataclass(frozen=True)
class Bounds:
    """Bounds of the indicators, shape (Q,), turned so that more is better; NaN: not given.

    ``target`` is the best value or, where one single bound is given, that bound.
    """

    worst: Floats
    best: Floats
    target: Floats


def turned_bounds(framework: Framework) -> Bounds:
    """The bounds of a framework, on the logarithmic scale where that is asked for."""
    worst, best = (
        framework.sign * np.where(framework.log_scale, np.log(_positive(end)), end)
        for end in (framework.worst, framework.best)
    )
    return Bounds(worst, best, np.where(np.isnan(best), worst, best))


def turn(values: Floats, framework: Framework) -> Floats:
    """Figures (..., n, Q) with more as better, on the logarithmic scale where asked for."""
    if framework.log_scale.any():
        values = normalisation.log_scale(values, framework.worst, framework.log_scale)
    return values if (framework.sign > 0).all() else values * framework.sign


def by_sample(framework: Framework, kind: str) -> Bools:
    """Which indicators get their scale from the sample alone, shape (Q,)."""
    if kind == "target":
        return np.zeros(len(framework.leaves), dtype=bool)
    if kind == "fixed":
        return np.isnan(framework.worst) & np.isnan(framework.best)
    return np.ones(len(framework.leaves), dtype=bool)


def shares(turned: Floats, bounds: Bounds, kind: str) -> Floats:
    """Scores of turned figures (..., n, Q) as shares, not clipped. NaN where there is no scale.

    Raises:
        MethodError: ``unknown-choice``.
    """
    if kind == "fixed":
        worst, best = bounds.worst, bounds.best
        if np.isnan(worst).any() or np.isnan(best).any():
            low, high = normalisation.sample_bounds(turned)
            # With one bound given, equal values still have a place between it and themselves.
            least, most = normalisation.extremes(turned)
            low, high = np.where(np.isnan(best), low, least), np.where(np.isnan(worst), high, most)
            worst = np.where(np.isnan(worst), low, worst)[..., np.newaxis, :]
            best = np.where(np.isnan(best), high, best)[..., np.newaxis, :]
        return normalisation.between_bounds(turned, worst, best)
    if kind == "min-max":
        return normalisation.min_max(turned)
    if kind == "z-score":
        return normalisation.z_score(turned)
    if kind == "percentile-rank":
        return normalisation.percentile_rank(turned)
    if kind == "target":
        return normalisation.share_of_target(turned, bounds.target)
    raise MethodError("unknown-choice", f"{kind!r} is no normalisation", "kind")


def clipped(share: Floats, kind: str) -> Floats:
    """Shares held within the scale: 0..1 for bounds, at most 1 for a target."""
    if kind == "fixed":
        return np.clip(share, 0.0, 1.0)
    return np.minimum(share, 1.0) if kind == "target" else share


def to_range(share: Floats, method: Method) -> Floats:
    """Shares on the scale of the method; z-scores with its mean and standard deviation."""
    if method.normalise == "z-score":
        centre, spread = method.mean_sd
        return share * spread + centre
    low, high = method.range
    return share * (high - low) + low


def check_bounds(turned: Floats, framework: Framework, kind: str) -> None:
    """Refuse bounds that contradict the sample or are missing where they are needed.

    Raises:
        MethodError: ``missing-target``, ``target-not-beyond``, ``bounds-reversed`` with the
            indicator.
    """
    if kind not in ("fixed", "target"):
        return
    bounds = turned_bounds(framework)
    for place, node in enumerate(framework.leaves):
        known = turned[~np.isnan(turned[:, place]), place]
        where = f"{node.row or f'framework {node.code!r}'}, columns lower and upper"
        if kind == "target":
            target = bounds.target[place]
            if np.isnan(target):
                raise MethodError("missing-target", f"{node.code!r} has no target", where)
            if known.size and target <= known.min():
                raise MethodError(
                    "target-not-beyond",
                    f"the target of {node.code!r} is not better than the worst value",
                    where,
                )
        elif known.size:
            worst, best = bounds.worst[place], bounds.best[place]
            only_worst = np.isnan(best) and worst >= known.max()
            only_best = np.isnan(worst) and best <= known.min()
            if only_worst or only_best:
                raise MethodError(
                    "bounds-reversed",
                    f"the one bound of {node.code!r} leaves no room for the values; give both",
                    where,
                )


def _positive(values: Floats) -> Floats:
    """Values above 0, NaN for the others: bounds on a linear scale may be negative."""
    return np.where(values > 0, values, np.nan)
