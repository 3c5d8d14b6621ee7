"""Bodies of evidence: the effects of randomised, compared and all measured places, each pooled.

A study that measured many places counts once for the spread and the error of the mean: the errors
are cluster-robust by study (Hedges, Tipton and Johnson 2010), with t of one degree of freedom less
than there are studies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alliance.analysis.effect_spread import (
    COMPARISON_DESIGNS,
    MEASURED_DESIGNS,
    PlaceEffect,
    standard_error,
)
from alliance.analysis.evidence.certainty import BIAS_SHARES, GRADES, I2_LIMITS
from alliance.analysis.evidence.linear import Floats
from alliance.analysis.evidence.outlook import pool_places
from alliance.analysis.evidence.pooling import Pooled, pool, quantile
from alliance.analysis.evidence.unweighted import pool_unweighted
from alliance.analysis.place_agreement import MIN_PLACES

#: Each body of evidence with the designs in it, the strongest first.
BODIES = {
    "randomised": frozenset({"rct"}),
    "compared": COMPARISON_DESIGNS,
    "measured": MEASURED_DESIGNS,
}
#: Signal of a pool that rules out any change that would matter.
TOO_LITTLE = "null"


@dataclass(frozen=True)
class EvidenceBody:
    """A pool of ``k`` places of ``studies`` studies, in the unit and with the sign of the effects.

    ``signal``: 2 and 1 where the prediction interval, or that of the mean, lies wholly on the
    useful side, -2 and -1 on the harmful one, `TOO_LITTLE`, else 0. ``steps`` take the certainty
    down; ``caps`` say what held it down.
    """

    body: str
    k: int
    studies: int
    estimate: float
    ci: tuple[float, float]
    prediction_interval: tuple[float, float]
    certainty: str
    steps: Mapping[str, int]
    caps: tuple[str, ...]
    weighting: str
    signal: int | str

    @property
    def strength(self) -> int:
        """The signal as a number; what rules out any change that matters is no sign of one."""
        return self.signal if isinstance(self.signal, int) else 0

    def at_least(self, grade: str) -> bool:
        """Whether it is as certain as ``grade``."""
        return GRADES.index(self.certainty) >= GRADES.index(grade)


def is_useful(u: float, useful: float) -> bool:
    """Whether a change, better upwards, is as large as the smallest useful one."""
    return u >= useful if useful else u > 0


def strongest_body(
    effects: Sequence[PlaceEffect], *, sign: int, useful: float
) -> EvidenceBody | None:
    """The body of the highest certainty, of equals the larger; None with fewer than three studies.

    A weak study never lowers a strong body, as it is only in the larger ones.

    Args:
        effects: one a place, of one measure; their ``study`` is empty where it is their own.
        sign: 1 where more is better, else -1.
        useful: the smallest useful change, 0 where it is not known.

    Raises:
        MethodError: ``overflow``.
    """
    bodies: list[EvidenceBody] = []
    for name, designs in BODIES.items():
        chosen = [effect for effect in effects if effect.design in designs]
        if len(_studies(chosen)) >= MIN_PLACES and (not bodies or len(chosen) > bodies[-1].k):
            bodies.append(_body(name, chosen, sign, useful))
    return max(bodies, key=lambda body: (GRADES.index(body.certainty), body.k), default=None)


def signal_of(effects: Sequence[PlaceEffect], *, sign: int, useful: float) -> int | str | None:
    """The signal of the pool of effects; None with fewer than three studies."""
    if len(_studies(effects)) < MIN_PLACES:
        return None
    return _signal(*_turned(pool_by_study(effects), sign), useful)


def _studies(effects: Sequence[PlaceEffect]) -> list[list[int]]:
    """The positions of the effects of each study; a place without one is its own."""
    studies: dict[tuple[str, str], list[int]] = {}
    for position, effect in enumerate(effects):
        key = ("study", effect.study) if effect.study else ("place", effect.place)
        studies.setdefault(key, []).append(position)
    return list(studies.values())


def pool_by_study(effects: Sequence[PlaceEffect]) -> Pooled:
    """The pool of the places, its intervals widened for places that one study measured.

    The mean weighs the places as without studies. The error is the larger of that of the places
    and the cluster-robust one, the spread the larger of that of the places and of the studies.
    """
    pooled = pool_places(effects)
    studies = _studies(effects)
    k, count = len(effects), len(studies)
    if count == k or count < MIN_PLACES or pooled.se is None:
        return pooled
    y = np.array([effect.value for effect in effects], dtype=float)
    weights = pooled.weights / 100
    robust = sum(
        float(weights[own] @ (y[own] - pooled.estimate)) ** 2
        / max(1 - float(weights[own].sum()), np.finfo(float).tiny)
        for own in studies
    )
    variance = max(pooled.se**2, robust)
    se = math.sqrt(variance)
    if pooled.heterogeneity is None:
        spread = max(pooled.se**2 * k, _spread_of_means([float(y[own].mean()) for own in studies]))
        lost = 1
    else:
        spread = max(pooled.heterogeneity.tau2, _spread_of_pools(effects, y, studies))
        lost = 2
    half = quantile(pooled.level, count - 1) * se
    further = math.sqrt(
        quantile(pooled.level, k - lost) ** 2 * spread
        + quantile(pooled.level, count - lost) ** 2 * variance
    )
    return replace(
        pooled,
        se=se,
        df=float(count - 1),
        ci_low=pooled.estimate - half,
        ci_high=pooled.estimate + half,
        prediction_low=pooled.estimate - further,
        prediction_high=pooled.estimate + further,
    )


def _spread_of_means(means: Sequence[float]) -> float:
    return (pool_unweighted(means).se or 0.0) ** 2 * len(means)


def _spread_of_pools(
    effects: Sequence[PlaceEffect], y: Floats, studies: Sequence[Sequence[int]]
) -> float:
    """The variance between studies, each first combined by the precision of its places."""
    errors = np.array([standard_error(effect) for effect in effects], dtype=float)
    precision = errors**-2
    totals = [float(precision[own].sum()) for own in studies]
    means = [
        float(precision[own] @ y[own]) / total for own, total in zip(studies, totals, strict=True)
    ]
    return pool(means, [1 / total for total in totals]).tau2 or 0.0


_Ends = tuple[float, float]


def _turned(pooled: Pooled, sign: int) -> tuple[_Ends, _Ends]:
    """The interval of the mean and the prediction interval, better upwards."""
    return (
        _turn(pooled.ci_low, pooled.ci_high, sign),
        _turn(pooled.prediction_low, pooled.prediction_high, sign),
    )


def _turn(low: float | None, high: float | None, sign: int) -> _Ends:
    if low is None or high is None:
        return -math.inf, math.inf
    return (low, high) if sign > 0 else (-high, -low)


def _signal(mean: _Ends, further: _Ends, useful: float) -> int | str:
    if is_useful(further[0], useful):
        return 2
    if is_useful(mean[0], useful):
        return 1
    if useful and -useful <= further[0] and further[1] <= useful:
        return TOO_LITTLE
    if is_useful(-further[1], useful):
        return -2
    return -1 if is_useful(-mean[1], useful) else 0


def _body(name: str, chosen: Sequence[PlaceEffect], sign: int, useful: float) -> EvidenceBody:
    pooled = pool_by_study(chosen)
    mean, further = _turned(pooled, sign)
    uncontrolled = [effect.design == "before-after" for effect in chosen]
    share = float(pooled.weights[uncontrolled].sum()) / 100
    # Equal weights add up to a quarter or a half but for rounding.
    bias = sum(share > limit + 1e-9 for limit in BIAS_SHARES)
    by_i2 = (
        sum(pooled.heterogeneity.i2 > limit for limit in I2_LIMITS) if pooled.heterogeneity else 0
    )
    imprecise = mean[0] <= useful <= mean[1]
    inconsistency = 0
    if further[0] <= useful <= further[1]:
        inconsistency = by_i2 if imprecise else max(1, by_i2)
    start = GRADES.index("high" if name == "randomised" else "low")
    grade = max(0, start - bias - inconsistency - imprecise)
    caps = []
    for code, applies, most in (
        ("uncontrolled", any(uncontrolled), "low"),
        ("no-standard-errors", pooled.weighting == "unweighted", "moderate"),
    ):
        if applies and grade > GRADES.index(most):
            grade = GRADES.index(most)
            caps.append(code)
    return EvidenceBody(
        body=name,
        k=pooled.k,
        studies=len(_studies(chosen)),
        estimate=pooled.estimate,
        ci=_turn(*mean, sign),
        prediction_interval=_turn(*further, sign),
        certainty=GRADES[grade],
        steps={"bias": -bias, "inconsistency": -inconsistency, "imprecision": -int(imprecise)},
        caps=tuple(caps),
        weighting=pooled.weighting,
        signal=_signal(mean, further, useful),
    )
