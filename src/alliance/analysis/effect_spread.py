"""The spread of the effects of a solution over places, without weights.

Most published effects of cities have no standard error, so every place counts once.
`select_per_place` selects the effect of each place by a published rule, `summarise` describes the
spread of the selected effects.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from alliance.analysis.errors import MethodError
from alliance.analysis.plain_mean import plain_mean

METHOD = "unweighted-mean-t"
VERSION = "2"

#: Study designs, strongest first.
DESIGNS = ("rct", "quasi-experiment", "before-after", "survey", "modelled")
MEASURED_DESIGNS = frozenset({"rct", "quasi-experiment", "before-after"})
COMPARISON_DESIGNS = frozenset({"rct", "quasi-experiment"})
#: The better direction of a measure.
DIRECTIONS = ("higher-is-better", "lower-is-better")

#: Name and code of the unit that cannot be below -100.
PERCENT_CHANGE = ("percent change", "percent-change")
#: Units of effects in standard deviations.
STANDARDISED = ("Cohen's d",)

MIN_PLACES_FOR_INTERVAL = 3
#: The normal quantile behind a published 95 % interval.
Z_95 = 1.96
#: The asymmetry, as a share of its width, up to which an interval counts as symmetric.
MAX_ASYMMETRY = 0.05


@dataclass(frozen=True, kw_only=True)
class PlaceEffect:
    """A recorded effect of a solution in a place.

    ``value``, ``low``, ``high`` and ``se`` are in ``unit``; None or NaN means not recorded. ``low``
    and ``high`` bound a 95 % interval. ``n`` is the sample size. ``design`` is one of `DESIGNS`,
    ``direction`` one of `DIRECTIONS`. ``case`` identifies the record of the effect. ``label`` names
    the part of the place or period that the value is about; None means the whole. ``years`` is the
    length of its period, from the first year to the last; None means not recorded. ``excluded`` is
    the code of the reason why an editor excluded the effect from every count, None or empty if it
    counts. ``is_change`` is False for a level or a count (turnout, number of voters), whose sign
    does not say whether it is better or worse. ``has_late_plan``: its plan was registered after its
    data were available; ``has_failed_check``: a check of its own method failed; ``has_deviation``:
    it was not carried out as planned. ``study`` and ``sample`` name its study and the people or
    sites on which it was measured; effects with the same names share them. Empty: they share none.
    ``no_difference``: it was measured and reported as no difference, without ``value`` and
    ``unit``; it has no direction and is never pooled. ``check_again``: its figure must be verified
    again.
    """

    place: str
    value: float | None
    unit: str
    direction: str
    design: str
    case: str = ""
    measure: str = ""
    low: float | None = None
    high: float | None = None
    se: float | None = None
    n: int | None = None
    label: str | None = None
    years: int | None = None
    excluded: str | None = None
    is_change: bool = True
    has_late_plan: bool = False
    has_failed_check: bool = False
    has_deviation: bool = False
    study: str = ""
    sample: str = ""
    no_difference: bool = False
    check_again: bool = False


@dataclass(frozen=True)
class LeftOut:
    """An effect that is not selected for its place, and why.

    ``reason`` is ``excluded``, ``value-missing``, or the first step of the rule at which the
    selected effect was better: ``weaker-design``, ``no-uncertainty``, ``smaller-sample``,
    ``part-of-place``, ``shorter-period``, ``listed-later``; or ``same-sample``, if a better effect
    of the same sample is selected for another place.
    """

    effect: PlaceEffect
    reason: str


@dataclass(frozen=True)
class Selection:
    """At most one effect per place and sample, in the given order; the others with the reason."""

    chosen: tuple[PlaceEffect, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class SpreadSummary:
    """The spread of a measure of a solution over ``k`` places, each counted once.

    All figures are in ``unit``; None means that the figure is undefined. ``ci_*`` bounds the mean
    over places, ``pi_*`` the effect to expect in one more place of the same kind, both at ``level``
    with ``df`` degrees of freedom. ``n_favourable``, ``n_unfavourable`` and ``share_favourable``
    (0..1 of ``k``) are None for a level or a count. ``n_missing`` counts effects that are not
    excluded but have no value.
    """

    k: int
    n_missing: int
    unit: str | None
    direction: str | None
    median: float | None
    minimum: float | None
    maximum: float | None
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    pi_low: float | None
    pi_high: float | None
    df: int | None
    level: float
    weighting: str
    n_favourable: int | None
    n_unfavourable: int | None
    n_zero: int
    share_favourable: float | None
    warnings: tuple[str, ...]
    selection: Selection
    method: str = METHOD
    version: str = VERSION

    @property
    def contradicts(self) -> bool:
        """Whether the interval of a change is entirely below zero in one place and above in
        another."""
        ends = [(effect.low, effect.high) for effect in self.selection.chosen if effect.is_change]
        fell = any(high is not None and high < 0 for _, high in ends)
        return fell and any(low is not None and low > 0 for low, _ in ends)


def known(number: float | None) -> bool:
    """Whether a figure is recorded: neither None nor NaN."""
    return number is not None and not math.isnan(number)


def has_interval(effect: PlaceEffect) -> bool:
    """Whether both bounds of the interval are recorded."""
    return known(effect.low) and known(effect.high)


def validate(effects: Sequence[PlaceEffect], where: str = "effects") -> None:
    """Raises MethodError for invalid effects.

    Raises:
        MethodError: ``missing-place``, ``unknown-design``, ``unknown-direction``,
            ``infinite-value``, ``interval-reversed``, ``negative-standard-error``,
            ``bad-sample-size`` or ``bad-period``, with the row and the field.
    """
    for index, effect in enumerate(effects):
        row = f"{where}[{index}]"
        if not effect.place.strip():
            raise MethodError("missing-place", "an effect must name its place", f"{row}.place")
        if effect.design not in DESIGNS:
            raise MethodError(
                "unknown-design",
                f"{effect.design!r} is none of {', '.join(DESIGNS)}",
                f"{row}.design",
            )
        if effect.direction not in DIRECTIONS:
            raise MethodError(
                "unknown-direction",
                f"{effect.direction!r} is none of {', '.join(DIRECTIONS)}",
                f"{row}.direction",
            )
        for field in ("value", "low", "high", "se"):
            number = getattr(effect, field)
            if number is not None and math.isinf(number):
                raise MethodError(
                    "infinite-value", "an effect must be a finite number", f"{row}.{field}"
                )
        if effect.low is not None and effect.high is not None and effect.low > effect.high:
            raise MethodError("interval-reversed", "low is above high", f"{row}.low")
        if effect.se is not None and effect.se < 0:
            raise MethodError(
                "negative-standard-error", "a standard error is 0 or more", f"{row}.se"
            )
        if effect.n is not None and effect.n < 1:
            raise MethodError("bad-sample-size", "a sample has at least 1 unit", f"{row}.n")
        if effect.years is not None and effect.years < 0:
            raise MethodError("bad-period", "a period ends after it began", f"{row}.years")


_STEPS = (
    "weaker-design",
    "no-uncertainty",
    "smaller-sample",
    "part-of-place",
    "shorter-period",
    "listed-later",
)


def _preference(effect: PlaceEffect, index: int) -> tuple[float, ...]:
    """Sort key, best first, with an element for each reason in `_STEPS`."""
    return (
        DESIGNS.index(effect.design),
        0 if has_interval(effect) or known(effect.se) else 1,
        math.inf if effect.n is None else -effect.n,
        1 if effect.label else 0,
        math.inf if effect.years is None else -effect.years,
        index,
    )


def select_per_place(effects: Sequence[PlaceEffect]) -> Selection:
    """Selects the effect of each place.

    The rule, step by step; a step decides only among effects that the steps before it leave tied:

    1. an effect that is excluded or has no value is never selected; 2. the stronger design: rct,
    quasi-experiment, before-after, survey, modelled; 3. a known interval or standard error before
    none; 4. the larger sample; a known size before an unknown one; 5. the whole place before a part
    of it (no label before a label); 6. the longer period; a known length before an unknown one; 7.
    the first listed.

    Effects distinguished only by the last step may be about different hours or parts of a place. A
    sample counts once: its best effect is selected for its place, by the same steps; the places of
    its other effects are represented by other samples, if there are any.

    Raises:
        MethodError: as `validate`.
    """
    validate(effects)
    candidates = sorted(
        (_preference(effect, index), index)
        for index, effect in enumerate(effects)
        if not effect.excluded and known(effect.value)
    )
    best: dict[str, tuple[float, ...]] = {}
    samples: set[str] = set()
    chosen_at: set[int] = set()
    for preference, index in candidates:
        effect = effects[index]
        if effect.place not in best and effect.sample not in samples:
            best[effect.place] = preference
            samples |= {effect.sample} - {""}
            chosen_at.add(index)

    left_out: list[LeftOut] = []
    for index, effect in enumerate(effects):
        if index in chosen_at:
            continue
        if effect.excluded:
            reason = "excluded"
        elif not known(effect.value):
            reason = "value-missing"
        elif best.get(effect.place, (math.inf,)) > _preference(effect, index):
            # A worse effect of the place is not selected, because its sample already is elsewhere.
            reason = "same-sample"
        else:
            pairs = zip(_preference(effect, index), best[effect.place], strict=True)
            reason = next(
                step for step, (own, chosen) in zip(_STEPS, pairs, strict=True) if own != chosen
            )
        left_out.append(LeftOut(effect, reason))
    return Selection(tuple(effects[index] for index in sorted(chosen_at)), tuple(left_out))


def _standard_error_source(effect: PlaceEffect) -> str:
    """The possible source of a standard error.

    ``se``, ``interval`` ((high - low) / (2 x 1.96), if symmetric about the value),
    ``asymmetric-interval`` (not usable) or ``none``.
    """
    if effect.se is not None and effect.se > 0:
        return "se"
    if effect.value is None or effect.low is None or effect.high is None:
        return "none"
    width = effect.high - effect.low
    if not width > 0:
        return "none"
    lean = abs(effect.high + effect.low - 2 * effect.value) / width
    return "interval" if lean <= MAX_ASYMMETRY else "asymmetric-interval"


def standard_error(effect: PlaceEffect) -> float | None:
    """The standard error of an effect in its unit, None if unknown.

    The recorded one if positive, else (high - low) / (2 x 1.96) of a 95 % interval that is
    symmetric about the value.
    """
    source = _standard_error_source(effect)
    if source == "interval" and effect.high is not None and effect.low is not None:
        return (effect.high - effect.low) / (2 * Z_95)
    return effect.se if source == "se" else None


def _check_comparable(effects: Sequence[PlaceEffect]) -> None:
    """Raises MethodError for effects on different scales; excluded effects are ignored."""
    included = [(i, effect) for i, effect in enumerate(effects) if not effect.excluded]
    for field, code in (
        ("measure", "mixed-measures"),
        ("unit", "mixed-units"),
        ("direction", "mixed-directions"),
        ("is_change", "mixed-changes-and-levels"),
    ):
        for index, effect in included:
            first, other = getattr(included[0][1], field), getattr(effect, field)
            if other != first:
                raise MethodError(
                    code, f"{other!r} does not go with {first!r}", f"effects[{index}].{field}"
                )


def _warnings(chosen: Sequence[PlaceEffect], standard_deviation: float | None) -> list[str]:
    """Warning codes that do not depend on the interval."""
    warnings: list[str] = []
    if standard_deviation is None:
        warnings.append("too-few-places")
    else:
        sources = [_standard_error_source(effect) for effect in chosen]
        if all(source in ("se", "interval") for source in sources):
            warnings.append("standard-errors-not-used")
            if "interval" in sources:
                warnings.append("se-from-interval")
        else:
            warnings.append("unweighted")
        if "asymmetric-interval" in sources:
            warnings.append("asymmetric-interval")
        if standard_deviation == 0:
            warnings.append("no-spread")
    if len({effect.design for effect in chosen}) > 1:
        warnings.append("mixed-designs")
    if not chosen[0].is_change:
        warnings.append("not-a-change")
    return warnings


def summarise(effects: Sequence[PlaceEffect], *, level: float = 0.95) -> SpreadSummary:
    """Describes the spread over places of effects of the same measure, unit and direction.

    One effect per place is selected first (`select_per_place`). From 3 places on, with s the
    standard deviation over places (divisor k - 1) and t the quantile of Student's distribution with
    k - 1 degrees of freedom, both intervals give every place the same weight:

    * confidence interval of the mean: mean ± t s / sqrt(k) * prediction interval for one more
    place: mean ± t s sqrt(1 + 1/k)

    They assume that the places are similar with roughly normal effects, which cannot be checked
    with few places. Intervals are never clipped.

    Args:
        effects: any number, in any order; order matters only for ties within a place.
        level: coverage of both intervals, between 0 and 1.

    Warnings: ``no-data`` (no usable effect), ``too-few-places`` (under 3: no mean, no interval),
    ``unweighted``, ``standard-errors-not-used`` (all places have one, but every place still counts
    the same) with ``se-from-interval`` if one was derived, ``asymmetric-interval`` (no standard
    error derived from it), ``no-spread`` (all values equal: intervals of width 0),
    ``mixed-designs``, ``not-a-change``, ``below-possible`` (a percent change below -100).

    Raises:
        MethodError: ``bad-level``, ``mixed-measures``, ``mixed-units``, ``mixed-directions``,
            ``mixed-changes-and-levels``, ``overflow``, or as `validate`.

    Source: as `alliance.analysis.plain_mean`.
    """
    if not 0 < level < 1:
        raise MethodError("bad-level", "the level lies between 0 and 1", "level")
    selection = select_per_place(effects)
    _check_comparable(effects)
    chosen = selection.chosen
    values = [float(effect.value) for effect in chosen if effect.value is not None]
    k = len(values)
    included = [effect for effect in effects if not effect.excluded]

    plain = plain_mean(values, level) if k >= MIN_PLACES_FOR_INTERVAL else None

    warnings = _warnings(chosen, plain.sd if plain else None) if chosen else ["no-data"]
    # The prediction interval is wider than that of the mean.
    lowest = [min(values, default=0.0), plain.pi_low if plain else 0.0]
    if chosen and chosen[0].unit in PERCENT_CHANGE and min(lowest) < -100:
        warnings.append("below-possible")

    above, below = sum(value > 0 for value in values), sum(value < 0 for value in values)
    favourable = unfavourable = None
    if chosen and chosen[0].is_change:
        higher = chosen[0].direction == "higher-is-better"
        favourable, unfavourable = (above, below) if higher else (below, above)

    return SpreadSummary(
        k=k,
        n_missing=sum(not known(effect.value) for effect in included),
        unit=included[0].unit if included else None,
        direction=included[0].direction if included else None,
        median=median(values) if values else None,
        minimum=min(values, default=None),
        maximum=max(values, default=None),
        mean=plain.mean if plain else None,
        ci_low=plain.ci_low if plain else None,
        ci_high=plain.ci_high if plain else None,
        pi_low=plain.pi_low if plain else None,
        pi_high=plain.pi_high if plain else None,
        df=plain.df if plain else None,
        level=level,
        weighting="unweighted",
        n_favourable=favourable,
        n_unfavourable=unfavourable,
        n_zero=sum(value == 0 for value in values),
        share_favourable=None if favourable is None else favourable / k,
        warnings=tuple(warnings),
        selection=selection,
    )
