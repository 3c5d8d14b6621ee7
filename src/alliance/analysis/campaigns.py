"""Campaigns that change habits: who got it, drawn so that anybody can repeat it, and what it did.

The effect itself is that of a randomised pilot (`pilots.randomised`, what was measured before as a
covariate) or, where nothing was drawn by lot, of a comparison area (`pilots.did`). Here stands what
a campaign needs beside: units that come one by one, looks at every day, several outcomes.
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

#: A split less likely than this did not come from the lots that were declared.
SPLIT_ALARM = 0.001
#: Standard deviations between two groups from which on adjusting is said to be needed.
APART = 0.25


def is_drawn(unit: str, *, salt: str, share: float) -> bool:
    """Whether a household or an area gets the campaign, by the SHA-256 of ``salt:unit``.

    The same for ever, whoever asks and in whatever order; fixed before anybody is approached.

    Raises:
        MethodError: ``bad-parameter`` for an empty name or a share outside of 0 to 1.
    """
    if not unit or not 0 < share < 1:
        raise MethodError("bad-parameter", "a name, and a share between 0 and 1", "share")
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def draw(units: Sequence[str], *, salt: str, n: int) -> Bools:
    """Which of these units get the campaign: the ``n`` whose SHA-256 of ``salt:unit`` is smallest.

    For a list that is known, where the number must come out exactly. The same for the same list
    in any order; anybody can repeat it with a pocket calculator for hashes.

    Returns:
        Shape (len(units),).

    Raises:
        MethodError: ``bad-parameter`` for an empty name, or where not both sides get a unit.
    """
    if not all(units) or not 0 < n < len(units):
        raise MethodError("bad-parameter", "names, and a number below that of the units", "n")
    digests = [hashlib.sha256(f"{salt}:{unit}".encode()).digest() for unit in units]
    # The first eight bytes order nearly all; where they are the same, the whole decides.
    first = np.frombuffer(b"".join(digests), ">u8")[::4].astype(np.uint64)
    last = np.partition(first, n - 1)[n - 1]
    drawn = first < last
    equal = np.flatnonzero(first == last).tolist()
    equal.sort(key=lambda at: (digests[at], units[at]))
    drawn[equal[: n - int(drawn.sum())]] = True
    return drawn


@dataclass(frozen=True)
class Balance:
    """How alike two groups were before: their means, and the difference in standard deviations."""

    mean_treated: float
    mean_control: float
    smd: float
    n_missing: int

    @property
    def differs(self) -> bool:
        """Whether they lie so far apart that it must be said."""
        return abs(self.smd) > APART


def balance(before: Floats, treated: Bools, *, clusters: np.ndarray | None = None) -> Balance:
    """How alike the groups were before, in standard deviations pooled over both (Hedges' g without
    its correction). Where clusters were drawn, the spread is that of their means.

    Args:
        before: shape (n,); NaN where it is not known. treated: shape (n,).

    Raises:
        MethodError: ``too-few`` where a group has fewer than two values.

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
    """p that lots of this share split as unevenly, exact two-sided binomial.

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
    """An interval that holds at every look at once: who stops when it leaves 0 is wrong as rarely.

    Wider than that of a single look; narrowest at ``planned`` units (``n`` by default). With few
    units the error is widened as Student's t is against the normal.

    Args:
        se: standard error of the estimate from ``n`` units.

    Raises:
        MethodError: ``bad-parameter``.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, Annals of Statistics 52
    (asymptotic confidence sequences).
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
    """p of several outcomes, each corrected for that there are several; NaN stays NaN.

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
    """What a campaign did to its main outcome. ``now`` holds at every look, ``evaluation.ci`` at
    the day that was planned.
    """

    evaluation: Evaluation
    now: tuple[float, float]
    split_p: float | None
    warnings: tuple[str, ...]

    @property
    def shows_effect(self) -> bool:
        """Whether zero lies outside of the interval that holds at every look."""
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
    """The effect of being drawn, as assigned, whether or not somebody took part.

    Args:
        outcome: shape (n,); NaN where it is not known.
        treated: as drawn, shape (n,).
        share: that was to be drawn.
        before: the same outcome before the campaign, shape (n,); it takes out what was there.
        clusters: label of the house or area that was drawn, shape (n,).
        planned: how many units (or clusters) the last look is planned for.

    Warnings beside those of `pilots.randomised`: ``split-not-as-drawn`` (p below 0.001: something
    other than the lots chose; the effect is not to be trusted), ``before-missing`` (not known of
    some: it is left out).

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
    """The effect where nothing was drawn by lot: how both groups changed, by `pilots.did`.

    Other reasons than the campaign may have changed one of them. Units with a missing value are
    left out and counted. There is no split to judge.

    Args:
        before, after: the outcome of each unit, shape (n,); NaN where it is not known.
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
    # One time before says nothing of trends, and there is nobody who could have given another.
    warnings = tuple(warning for warning in evaluation.warnings if warning != "no-pretest")
    n = int(evaluation.details["n_clusters"])
    now = always_valid(
        evaluation.estimate, evaluation.se, n, planned=planned, level=level, df=n - 1
    )
    return CampaignEffect(evaluation, now, None, warnings)
