"""What the results of one measure over places promise to one more place, and what they leave open.

`look_ahead` takes the effects that speak for their places (`alliance.analysis.effect_spread`), so
that a place counts once, and puts the pool, the chances in a new place, the certainty and the gaps
side by side: none of them is to be read without the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.effect_spread import (
    DESIGNS,
    PERCENT_CHANGE,
    PlaceEffect,
    SpreadSummary,
    known,
    standard_error,
)
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.bias import MIN_STUDIES, PublicationBias, publication_bias
from alliance.analysis.evidence.certainty import Body, Certainty, certainty
from alliance.analysis.evidence.linear import Floats
from alliance.analysis.evidence.pooling import MIN_FOR_PREDICTION, Pooled, pool
from alliance.analysis.evidence.prospects import Prospects, prospects
from alliance.analysis.evidence.regression import Prediction
from alliance.analysis.evidence.unweighted import pool_unweighted

VERSION = "2"

#: Study designs that compare with people or places without the measure.
COMPARED = ("rct", "quasi-experiment")
#: The design a body is graded by, for each design of an effect; all others are ``other``.
_GRADED_AS = {"rct": "randomised", "before-after": "before-after"}
#: Variances beyond these cannot be computed with: such an error counts as not known.
_SMALLEST_VARIANCE, _LARGEST_VARIANCE = 1e-100, 1e100

# What a summary says of its unweighted mean, and a pool says for itself.
_OF_THE_PLAIN_MEAN = frozenset(
    {"unweighted", "standard-errors-not-used", "no-spread", "below-possible"}
)
_OF_THE_POOL = frozenset({"few-studies-for-prediction", "hartung-knapp-truncated"})


@dataclass(frozen=True)
class Gap:
    """Something that is not known: of ``n`` places out of ``of``, by its ``code``.

    ``standard-error`` (not published, or not to be derived), ``comparison`` (nobody was compared
    with), ``sample-size``, ``period`` (not recorded); ``publication-bias`` (not assessed: ``n``
    places with a standard error where ``of`` are needed); ``follow-up`` (no place was followed for
    longer than ``n`` years, ``of`` is None); ``smallest-useful`` (nobody said what would be
    useful, both None).
    """

    code: str
    n: int | None = None
    of: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The pool of one measure over places, and what follows from it; figures in its unit.

    ``pooled`` is weighted where every place has a standard error, else unweighted, which it says.
    ``prospects`` and ``certainty`` are None for levels and counts, whose sign says nothing.
    ``smallest_useful`` is the size asked about, None if nobody named one. ``warnings`` hold for
    the pool and the spread together.
    """

    pooled: Pooled
    prospects: Prospects | None
    certainty: Certainty | None
    publication: PublicationBias | None
    gaps: tuple[Gap, ...]
    smallest_useful: float | None
    warnings: tuple[str, ...]
    version: str = VERSION

    @property
    def is_weighted(self) -> bool:
        """Whether precise places count more."""
        return self.pooled.weighting == "inverse-variance"


def look_ahead(
    summary: SpreadSummary,
    *,
    smallest_useful: float | None = None,
    indirectness: int | None = None,
    indirectness_reason: str = "",
    context: Prediction | None = None,
) -> Outlook | None:
    """Pool the effects that speak for their places and say what to expect of one more.

    The pool is by restricted likelihood with the interval of Hartung and Knapp where every place
    has a standard error, recorded or from a symmetric interval; else the plain mean, whatever
    errors some of them have. The body is graded by the weakest design in it. Places that compared
    with nobody count as at high risk of bias. Indirectness depends on the city that asks, and is
    not assessed without one. None where no place has an effect.

    Args:
        summary: of one measure, unit and direction.
        smallest_useful: size of the smallest change that matters, 0 or more, in the unit.
        indirectness, indirectness_reason: steps down, 0 to 2, for how unlike the places are to
            the one that asks, and why as a code.
        context: prediction for the place that asks; the chances are then its own, where it is
            supported.

    Warnings: those of `summarise` that hold for this pool, ``few-studies-for-prediction``,
    ``hartung-knapp-truncated`` (only where the places agree more than chance allows).

    Raises:
        MethodError: ``bad-parameter`` for a size that is negative or not finite.
    """
    chosen = summary.selection.chosen
    if not chosen:
        return None
    variances = _variances(chosen)
    pooled = pool_places(chosen, level=summary.level)
    publication = None
    graded = promised = None
    if not np.isnan(variances).any() and len(chosen) >= MIN_STUDIES:
        publication = publication_bias(_values(chosen), variances)
    if chosen[0].is_change:
        weakest = max((effect.design for effect in chosen), key=DESIGNS.index)
        compared = np.array([effect.design in COMPARED for effect in chosen])
        graded = certainty(
            Body(
                design=_GRADED_AS.get(weakest, "other"),
                pooled=pooled,
                smallest_useful=smallest_useful,
                # Weights are in percent and add up to 100 but for rounding.
                high_risk_share=min(1.0, float(pooled.weights[~compared].sum()) / 100),
                publication=publication,
                indirectness=indirectness,
                indirectness_reason=indirectness_reason,
            )
        )
        promised = prospects(
            pooled,
            direction=chosen[0].direction,
            smallest_useful=smallest_useful,
            certainty=graded.grade,
            context=context,
        )
    return Outlook(
        pooled=pooled,
        prospects=promised,
        certainty=graded,
        publication=publication,
        gaps=_gaps(chosen, variances, publication, smallest_useful),
        smallest_useful=smallest_useful,
        warnings=_warnings(summary, pooled),
    )


def _values(chosen: Sequence[PlaceEffect]) -> Floats:
    return np.array([effect.value for effect in chosen], dtype=float)


def _variances(chosen: Sequence[PlaceEffect]) -> Floats:
    """Squared standard errors; NaN where there is none to compute with."""
    errors = np.array([standard_error(effect) for effect in chosen], dtype=float)
    squared = errors**2
    within = (squared >= _SMALLEST_VARIANCE) & (squared <= _LARGEST_VARIANCE)
    return np.asarray(np.where(within, squared, np.nan))


def pool_places(chosen: Sequence[PlaceEffect], *, level: float = 0.95) -> Pooled:
    """The pool of effects that speak for their places, weighted where each has an error.

    Args:
        chosen: one effect a place, each with a value, of one measure, unit and direction.

    Raises:
        MethodError: ``no-studies``, ``overflow``, ``bad-level``.
    """
    values, variances = _values(chosen), _variances(chosen)
    if not np.isnan(variances).any():
        try:
            return pool(values, variances, level=level)
        except MethodError as error:
            # The plain mean has figures for sizes whose cubes have none.
            if error.code != "overflow":
                raise
    return pool_unweighted(values, level=level)


def _gaps(
    chosen: Sequence[PlaceEffect],
    variances: Floats,
    publication: PublicationBias | None,
    smallest_useful: float | None,
) -> tuple[Gap, ...]:
    k = len(chosen)
    lacking = int(np.isnan(variances).sum())
    counted = (
        ("standard-error", lacking),
        ("comparison", sum(effect.design not in COMPARED for effect in chosen)),
        ("sample-size", sum(not known(effect.n) for effect in chosen)),
        ("period", sum(effect.years is None for effect in chosen)),
    )
    gaps = [Gap(code, n, k) for code, n in counted if n]
    if publication is None or not publication.assessed:
        gaps.insert(1, Gap("publication-bias", k - lacking, MIN_STUDIES))
    years = [effect.years for effect in chosen if effect.years is not None]
    if years:
        gaps.append(Gap("follow-up", max(years)))
    if chosen[0].is_change and smallest_useful is None:
        gaps.append(Gap("smallest-useful"))
    return tuple(gaps)


def _warnings(summary: SpreadSummary, pooled: Pooled) -> tuple[str, ...]:
    if pooled.weighting == "unweighted":
        codes = list(summary.warnings)
    else:
        codes = [code for code in summary.warnings if code not in _OF_THE_PLAIN_MEAN]
    lowest = [
        summary.minimum,
        pooled.ci_low,
        pooled.prediction_low if pooled.k >= MIN_FOR_PREDICTION else None,
    ]
    if summary.unit in PERCENT_CHANGE and any(end is not None and end < -100 for end in lowest):
        codes = [*(code for code in codes if code != "below-possible"), "below-possible"]
    codes += [code for code in pooled.warnings if code in _OF_THE_POOL]
    if pooled.tau2:
        # Held at 1, but not for places that agree: nothing that a reader need know of.
        codes = [code for code in codes if code != "hartung-knapp-truncated"]
    return tuple(codes)
