"""Behaviour change campaigns: reproducible random assignment, and the estimated effect.

The effect itself is that of a randomised pilot (`pilots.randomised`, with the outcome before as a
covariate) or, without random assignment, of a comparison area (`pilots.did`). This module has what
campaigns need in addition: units that arrive one by one, daily analyses, several outcomes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from scipy import special

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.did import did
from alliance.analysis.pilots.panel import Panel, Times
from alliance.analysis.pilots.randomised import randomised
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NO_INTERVAL,
    Bools,
    Evaluation,
    Floats,
    check_level,
)

#: A split less likely than this did not come from the declared random assignment.
SPLIT_ALARM = 0.001
#: Difference between two groups in standard deviations above which adjustment is recommended.
APART = 0.25


def is_drawn(unit: str, *, salt: str, share: float) -> bool:
    """Whether a household or an area gets the campaign, by the SHA-256 of ``salt:unit``.

    The assignment never changes, does not depend on the order, and is fixed before anybody is
    approached.

    Raises:
        MethodError: ``bad-parameter`` for an empty name or a share outside of 0 to 1.
    """
    if not unit or not 0 < share < 1:
        raise MethodError("bad-parameter", "a name, and a share between 0 and 1", "share")
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def draw(units: Sequence[str], *, salt: str, n: int) -> Bools:
    """Which of these units get the campaign: the ``n`` whose SHA-256 of ``salt:unit`` is smallest.

    For a known list with an exact number of units. The result does not depend on the order of the
    list, and anybody can reproduce it with a hash calculator.

    Returns:
        Shape (len(units),).

    Raises:
        MethodError: ``bad-parameter`` for an empty name, or if one of the arms would be empty.
    """
    if not all(units) or not 0 < n < len(units):
        raise MethodError("bad-parameter", "names, and a number below that of the units", "n")
    digests = [hashlib.sha256(f"{salt}:{unit}".encode()).digest() for unit in units]
    # The first eight bytes order nearly all; ties are decided by the whole digest.
    first = np.frombuffer(b"".join(digests), ">u8")[::4].astype(np.uint64)
    last = np.partition(first, n - 1)[n - 1]
    drawn = first < last
    equal = np.flatnonzero(first == last).tolist()
    equal.sort(key=lambda at: (digests[at], units[at]))
    drawn[equal[: n - int(drawn.sum())]] = True
    return drawn


@dataclass(frozen=True)
class Balance:
    """The balance of two groups before: their means, and the standardised mean difference."""

    mean_treated: float
    mean_control: float
    smd: float
    n_missing: int

    @property
    def differs(self) -> bool:
        """Whether the groups differ so much that it must be reported."""
        return abs(self.smd) > APART


def balance(before: Floats, treated: Bools, *, clusters: np.ndarray | None = None) -> Balance:
    """The balance of the groups before, in standard deviations pooled over both (Hedges' g without
    its correction). If clusters were assigned, the spread is that of their means.

    Args:
        before: shape (n,); NaN if unknown. treated: shape (n,).

    Raises:
        MethodError: ``too-few`` if a group has fewer than two values.

    Source: What Works Clearinghouse, Procedures and Standards Handbook 5.0 (0.25 sd).
    """
    known = ~np.isnan(before)
    y, sides = before[known], treated[known]
    if clusters is not None:
        members = np.unique(clusters[known], return_inverse=True)[1]
        sizes = np.bincount(members)
        y = np.bincount(members, weights=y) / sizes
        sides = np.bincount(members, weights=sides) > 0
    a, b = y[sides], y[~sides]
    if min(len(a), len(b)) < 2:
        raise MethodError("too-few", "each group needs two values", "before")
    pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (len(y) - 2)
    apart = float(a.mean() - b.mean())
    smd = (
        apart / sqrt(pooled) if pooled > 0 else (0.0 if apart == 0 else np.copysign(np.inf, apart))
    )
    return Balance(float(a.mean()), float(b.mean()), float(smd), int((~known).sum()))


def split_p(n_treated: int, n_control: int, share: float) -> float:
    """The p-value of a split this uneven for this share, by an exact two-sided binomial test.

    Raises:
        MethodError: ``bad-parameter``, ``no-data``.
    """
    if not 0 < share < 1 or min(n_treated, n_control) < 0:
        raise MethodError("bad-parameter", "a share between 0 and 1, counts from 0", "share")
    if not n_treated + n_control:
        raise MethodError("no-data", "nobody was drawn", "treated")
    from scipy.stats import binomtest  # Slow to load, for every process of the platform.

    return float(binomtest(n_treated, n_treated + n_control, share).pvalue)


def always_valid(
    estimate: float,
    se: float,
    n: int,
    *,
    planned: int | None = None,
    level: float = DEFAULT_LEVEL,
    df: float = np.inf,
) -> tuple[float, float]:
    """A confidence sequence, valid at all analyses simultaneously, so that stopping when it
    excludes 0 does not inflate the error rate.

    Wider than the interval of a single analysis; narrowest at ``planned`` units (``n`` by default).
    For few units the error is widened by the ratio of Student's t to the normal.

    Args:
        se: standard error of the estimate from ``n`` units.

    Raises:
        MethodError: ``bad-parameter``.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, Annals of Statistics 52 (asymptotic
    confidence sequences).
    """
    check_level(level)
    if n < 1 or (planned is not None and planned < 1):
        raise MethodError("bad-parameter", "a number of units from 1", "n")
    if not np.isfinite(estimate) or not se > 0:
        return NO_INTERVAL
    alpha = 1 - level
    # The tuning that is narrowest at the planned number, by the lower branch of Lambert's W.
    narrow = -float(special.lambertw(-(alpha**2) * exp(-1), -1).real) - 1
    scaled = n * narrow / (planned or n)
    width = se * sqrt(2 * (scaled + 1) / scaled * log(sqrt(scaled + 1) / alpha))
    if np.isfinite(df):
        upper = (1 + level) / 2
        width *= float(special.stdtrit(df, upper) / special.ndtri(upper))
    return estimate - width, estimate + width


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of several outcomes, adjusted for multiple testing; NaN stays NaN.

    Source: Holm 1979, Scandinavian Journal of Statistics 6.
    """
    p = np.asarray(p_values, float)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(value) for value in adjusted]


@dataclass(frozen=True)
class CampaignEffect:
    """The effect of a campaign on its main outcome. ``now`` is valid at every analysis,
    ``evaluation.ci`` on the planned day."""

    evaluation: Evaluation
    now: tuple[float, float]
    split_p: float | None
    warnings: tuple[str, ...]

    @property
    def shows_effect(self) -> bool:
        """Whether the interval that is valid at every analysis excludes zero."""
        low, high = self.now
        return bool(low > 0 or high < 0)


def campaign_effect(
    outcome: Floats,
    treated: Bools,
    *,
    share: float,
    before: Floats | None = None,
    clusters: np.ndarray | None = None,
    planned: int | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> CampaignEffect:
    """The intention-to-treat effect, whether or not units took part.

    Args:
        outcome: shape (n,); NaN if unknown.
        treated: as assigned, shape (n,).
        share: the intended share of treated units.
        before: the same outcome before the campaign, shape (n,), as a covariate.
        clusters: label of the assigned house or area, shape (n,).
        planned: the planned number of units (or clusters) at the last analysis.

    Warnings in addition to those of `pilots.randomised`: ``split-not-as-drawn`` (p below 0.001: the
    assignment was not random; the effect is unreliable), ``before-missing`` (unknown for some
    units, and therefore not used).

    Raises:
        MethodError: as `pilots.randomised` and `split_p`.
    """
    warnings = []
    covariates = None
    if before is not None:
        if np.isnan(before[~np.isnan(outcome)]).any():
            warnings.append("before-missing")
        else:
            covariates = before[:, None]
    if clusters is None:
        counts = int(treated.sum()), int((~treated).sum())
    else:
        first = np.unique(clusters, return_index=True)[1]
        counts = int(treated[first].sum()), int((~treated[first]).sum())
    p = split_p(*counts, share)
    if p < SPLIT_ALARM:
        warnings.append("split-not-as-drawn")
    evaluation = randomised(
        outcome, treated, covariates=covariates, clusters=clusters, level=level, seed=seed
    )
    n = sum(counts) if clusters is not None else evaluation.n
    df = float(evaluation.details["df"])
    now = always_valid(evaluation.estimate, evaluation.se, n, planned=planned, level=level, df=df)
    return CampaignEffect(evaluation, now, p, (*evaluation.warnings, *warnings))


def compared_effect(
    before: Floats,
    after: Floats,
    treated: Bools,
    *,
    clusters: np.ndarray | None = None,
    planned: int | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> CampaignEffect:
    """The effect without random assignment: how both groups changed, by `pilots.did`.

    Other causes than the campaign may have changed one of them. Units with a missing value are
    excluded and counted. There is no split to test.

    Args:
        before, after: the outcome of each unit, shape (n,); NaN if unknown.
        treated: who got the campaign, shape (n,).
        clusters: label of the house or area of each, shape (n,).

    Raises:
        MethodError: as `pilots.did`.
    """
    panel = Panel(
        units=tuple(map(str, range(len(before)))),
        times=Times(np.array([0.0, 1.0]), ("before", "after")),
        outcome=np.column_stack([before, after]),
    )
    evaluation = did(panel, treated, 1, clusters=clusters, level=level, seed=seed)
    # One time before says nothing about trends, and there cannot be another.
    warnings = tuple(warning for warning in evaluation.warnings if warning != "no-pretest")
    n = int(evaluation.details["n_clusters"])
    now = always_valid(
        evaluation.estimate, evaluation.se, n, planned=planned, level=level, df=n - 1
    )
    return CampaignEffect(evaluation, now, None, warnings)
