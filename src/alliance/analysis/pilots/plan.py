"""Planning a pilot: units needed, power and smallest detectable effect, by design."""

from __future__ import annotations

import math
from dataclasses import dataclass

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots import power as sizes

PLANNED = ("randomised", "before-after", "did", "staggered")


@dataclass(frozen=True)
class Plan:
    """``n`` is in each arm (before-after: pairs), rounded up; ``n_exact`` before rounding.

    ``power`` and ``smallest_effect`` (in the unit of sd, or in points of a share) hold for ``n``.
    NaN: not asked or not known. ``sd_factor``: what the design makes of the standard deviation.
    """

    design: str
    n: int
    n_exact: float
    power: float
    smallest_effect: float
    sd_factor: float
    design_effect: float
    clusters_per_arm: int | None
    warnings: tuple[str, ...]


def plan(
    design: str,
    *,
    sd: float,
    delta: float | None = None,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    correlation: float | None = None,
    before: int = 1,
    after: int = 1,
    cluster_size: float | None = None,
    icc: float = 0.0,
    cv: float = 0.0,
) -> Plan:
    """Units for an effect ``delta``, or with ``n`` given, its power; always the smallest effect.

    Args:
        design: one of `PLANNED`. ``staggered`` is planned as difference-in-differences.
        sd: between units at one time, in the unit of the outcome.
        correlation: of a unit with itself at another time; with it a randomised pilot is planned
            with the outcome before as covariate. The other designs need it.
        before, after: times measured before and after the start.
        cluster_size: units in each cluster that is drawn; with icc and cv of the sizes.

    Raises:
        MethodError: ``bad-parameter``, ``missing-option``, ``unknown-design``.
    """
    if design not in PLANNED:
        raise MethodError("unknown-design", f"no formula plans {design!r}", "design")
    if delta is None and n is None:
        raise MethodError("missing-option", "an effect or a number of units", "--delta or --n")
    if design != "randomised" and correlation is None:
        raise MethodError("missing-option", "this design compares times", "--correlation")
    kind = "post" if correlation is None else "ancova" if design == "randomised" else "did"
    factor = sizes.variance_factor(kind, correlation=correlation or 0.0, before=before, after=after)
    paired = design == "before-after"
    warnings = ["approximated-by-did"] if design == "staggered" else []
    if paired:
        warnings.append("no-comparison")
    wide, unit_size, effect = sd * math.sqrt(factor), 1.0, 1.0
    if cluster_size is not None:
        effect = sizes.design_effect(cluster_size, icc, cv)
        unit_size = cluster_size
        # The t test then uses clusters, each with the mean of its units.
        wide *= math.sqrt(effect / cluster_size)
    if n is None:
        assert delta is not None
        exact = sizes.n_of_means(delta, wide, power, alpha=alpha, sides=sides, paired=paired)
        drawn = sizes.round_up(exact)
    else:
        exact = n / unit_size
        drawn = int(exact + 1e-9)
    clusters = drawn if cluster_size is not None else None
    if clusters is not None and clusters < sizes.MIN_CLUSTERS:
        warnings.append(f"too-few-clusters:{clusters}")
    if drawn < 2:
        raise MethodError("bad-parameter", "two units or clusters an arm are the least", "n")
    reached = math.nan
    if delta is not None:
        reached = sizes.power_of_means(drawn, delta, wide, alpha=alpha, sides=sides, paired=paired)
    return Plan(
        design=design,
        n=drawn if clusters is None else math.ceil(drawn * unit_size - 1e-9),
        n_exact=exact * unit_size,
        power=reached,
        smallest_effect=sizes.mde_of_means(
            drawn, wide, power, alpha=alpha, sides=sides, paired=paired
        ),
        sd_factor=math.sqrt(factor),
        design_effect=effect,
        clusters_per_arm=clusters,
        warnings=tuple(warnings),
    )


def plan_shares(
    p1: float,
    p2: float | None,
    *,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    cluster_size: float | None = None,
    icc: float = 0.0,
    cv: float = 0.0,
) -> Plan:
    """The same for two shares ``p1`` and ``p2`` in a randomised pilot.

    Without ``p2`` an ``n`` must be given; the smallest effect is a rise above ``p1`` where there
    is room for it, else a fall, in points of a share. Errors as `plan`.
    """
    effect = 1.0 if cluster_size is None else sizes.design_effect(cluster_size, icc, cv)
    if n is None:
        if p2 is None:
            raise MethodError("missing-option", "a second share or a number", "--p2 or --n")
        exact = sizes.n_of_proportions(p1, p2, power, alpha=alpha, sides=sides) * effect
    else:
        exact = float(n)
    warnings: list[str] = []
    clusters = None
    used = sizes.round_up(exact)
    if cluster_size is not None:
        clusters = math.ceil(exact / cluster_size - 1e-9) if n is None else int(n / cluster_size)
        used = math.ceil(clusters * cluster_size)
        if clusters < sizes.MANY_CLUSTERS / 2:
            warnings.append("few-clusters-not-corrected")
        if clusters < sizes.MIN_CLUSTERS:
            warnings.append(f"too-few-clusters:{clusters}")
    reached = math.nan
    if p2 is not None:
        reached = sizes.power_of_proportions(used / effect, p1, p2, alpha=alpha, sides=sides)
    return Plan(
        design="randomised",
        n=used,
        n_exact=exact,
        power=reached,
        smallest_effect=sizes.mde_of_proportions(
            used / effect, p1, power, alpha=alpha, sides=sides
        ),
        sd_factor=1.0,
        design_effect=effect,
        clusters_per_arm=clusters,
        warnings=tuple(warnings),
    )
