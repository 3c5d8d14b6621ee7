"""A joint pre-trend test that keeps its level with few units.

A chi-squared test of all steps treats the spread of few units as known, and rejects far too often.
Here the quadratic form is compared with an F distribution whose degrees of freedom follow from the
units of each side, and the number of figures tested is limited by the smaller side: all steps if
they are few, otherwise the drift along smooth curves. With fewer than three units (or clusters) on
a side no test is possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from alliance.analysis.pilots.aggregates import Strata
from alliance.analysis.pilots.result import Floats, Ints, wald_test

#: Directions of the covariance below this share of the trace are empty.
_NOTHING = 1e-12


@dataclass(frozen=True)
class _Parts:
    """Covariances of the figures by independent part, and the degrees of freedom of each.

    ``covariance`` (parts, k, k) estimates add up; ``df`` (parts,).
    """

    covariance: Floats
    df: Floats

    @property
    def most(self) -> int:
        """The maximum number of figures to test together: half of the degrees of freedom of the
        smallest part."""
        return int(self.df.min() // 2) if self.df.size else 0

    def onto(self, figures: Floats) -> _Parts:
        """The same for linear combinations of the figures, (k, combinations)."""
        return _Parts(figures.T @ self.covariance @ figures, self.df)

    def by(self, side: Ints) -> _Parts:
        """Combined parts of one side, with the degrees of freedom of all."""
        rows = [side == label for label in np.unique(side)]
        return _Parts(
            np.array([self.covariance[row].sum(axis=0) for row in rows]),
            np.array([self.df[row].sum() for row in rows]),
        )


def _parts(scores: Floats, strata: Strata) -> tuple[_Parts, Ints]:
    """The parts of strata with several units, and the index of the stratum of each."""
    covariance, places = [], []
    for place, size in enumerate(strata.sizes.tolist()):
        own = scores[strata.of == place]
        if size > 1 and np.any(own):
            covariance.append(own.T @ own / strata.n**2 * size / (size - 1))
            places.append(place)
    shape = (len(places), scores.shape[1], scores.shape[1])
    where = np.array(places, dtype=np.int64)
    return _Parts(np.array(covariance).reshape(shape), strata.sizes[where] - 1), where


def _joint_test(values: Floats, parts: _Parts) -> dict[str, Any] | None:
    """Whether all ``values`` (k,) are zero together; None where the data cannot tell.

    With V = Σ Vᵢ of parts with dᵢ degrees of freedom, T² = a' V⁻¹ a and k the rank of V,
    ν = (k + k²) / Σ (tr (VᵢV⁻¹)² + (tr VᵢV⁻¹)²) / dᵢ, but at most what two parts as small as the
    smallest would have: T² (ν - k + 1) / (ν k) is read against F(k, ν - k + 1).
    """
    total = parts.covariance.sum(axis=0)
    # Redundant figures are tested along their common directions.
    power, along = np.linalg.eigh(total)
    nonzero = power > _NOTHING * abs(power).sum()
    k = int(nonzero.sum())
    if not k:
        return None
    root = along[:, nonzero] / np.sqrt(power[nonzero])
    statistic = float(np.square(root.T @ values).sum())
    shares = root.T @ parts.covariance @ root
    spread = np.square(shares).sum(axis=(1, 2)) + np.square(np.trace(shares, axis1=1, axis2=2))
    most = 2 * float(parts.df.min())
    # One or two figures keep their level on two sides of one size, whatever the spread of each.
    alike = k <= 2 and len(parts.df) == 2 and np.ptp(parts.df) == 0
    df = most if alike else min((k + k * k) / float((spread / parts.df).sum()), most)
    df2 = df - k + 1
    if df2 <= 0:
        return None
    f = statistic * df2 / (df * k)
    return {"f": f, "df": k, "df2": df2, "p": float(special.fdtrc(k, df2, f))}


def before_start(
    steps: Floats,
    scores: Floats,
    first: Floats,
    members: Ints | None,
    *,
    events: Ints,
    weights: Floats,
    of: str,
) -> dict[str, Any] | None:
    """The joint test of steps before the start, of as many figures as the units can carry.

    All of them where that goes; else their means by event; else how far these drift along
    polynomials in time, of as high a degree as goes. None where the data cannot tell.

    Args:
        steps: effects from each time to the next, shape (k,); scores: their influence by unit or
            cluster, shape (G, k), on the scale of `Strata.errors`.
        first, members: as `Strata`; infinite for units without the treatment.
        events: time to the start of each, shape (k,); weights: of each in the mean of its event.
        of: what the steps are called in the answer.

    Returns:
        ``f``, ``df``, ``df2``, ``p``, ``of``; under ``classic`` the chi-squared test of all steps.

    Source: Krishnamoorthy and Yu 2004, Statistics and Probability Letters 66.
    """
    strata = Strata(first, members)
    parts, places = _parts(scores, strata)
    never = np.isinf(np.unique(first))
    # A single unit on a side has no spread.
    if len(strata.sizes) > 1 and set(never.tolist()) != set(never[places].tolist()):
        return None
    w, df, p = wald_test(steps, scores.T @ scores / strata.n**2)
    if len(steps) > parts.most and places.size:
        # Means by event mix the starts, so that all their units contribute to the spread.
        parts = parts.by(never[places].astype(int))
        # Not all starts have all events: where several are mixed, fewer figures can be tested.
        most = parts.most if len(parts.df) == len(places) else -(-parts.most // 2)
        labels = np.unique(events)
        onto = (events[:, None] == labels) * weights[:, None]
        onto, of = onto / onto.sum(axis=0), "events"
        if len(labels) > most:
            onto, of = onto @ _drifts(len(labels), most), "drift"
        steps, parts = steps @ onto, parts.onto(onto)
    if not parts.most or not steps.size:
        return None
    joint_test = _joint_test(steps, parts)
    return joint_test and {**joint_test, "of": of, "classic": {"w": w, "df": df, "p": p}}


def _drifts(count: int, degree: int) -> Floats:
    """The sums of ``count`` steps along orthogonal polynomials in time, (count, degree)."""
    times = np.linspace(-1.0, 1.0, count + 1)
    levels = np.linalg.qr(np.vander(times, degree + 1, increasing=True))[0][:, 1:]
    # A step shifts all levels after it.
    return np.asarray(levels[::-1].cumsum(axis=0)[::-1][1:])
