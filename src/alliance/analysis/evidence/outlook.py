"""The results expected in a new place from those of one measure over places, and the gaps.

`look_ahead` takes the effects selected for their places (`alliance.analysis.effect_spread`), so
that a place counts once, and combines the pool, the probabilities in a new place, the certainty and
the gaps, which must be read together.
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

#: Study designs with a comparison group.
COMPARED = ("rct", "quasi-experiment")
#: The design for grading a body, by the design of an effect; all others are ``other``.
_GRADED_AS = {"rct": "randomised", "before-after": "before-after"}
#: Variances outside of this range cannot be used in computations, so such an error counts as
#: unknown.
_SMALLEST_VARIANCE, _LARGEST_VARIANCE = 1e-100, 1e100

# Warnings of a summary about its unweighted mean, which a pool gives itself.
_OF_THE_PLAIN_MEAN = frozenset(
    {"unweighted", "standard-errors-not-used", "no-spread", "below-possible"}
)
_OF_THE_POOL = frozenset({"few-studies-for-prediction", "hartung-knapp-truncated"})


@dataclass(frozen=True)
class Gap:
    """A gap in the evidence: ``n`` places out of ``of``, by its ``code``.

    ``standard-error`` (not published and not derivable), ``comparison`` (no comparison group),
    ``sample-size``, ``period`` (not recorded); ``publication-bias`` (not assessed: ``n`` places
    with a standard error, ``of`` are needed); ``follow-up`` (no place was followed for longer than
    ``n`` years, ``of`` is None); ``smallest-useful`` (no smallest useful effect is set, both None).
    """

    code: str
    n: int | None = None
    of: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The pool of one measure over places, with what follows from it; figures in its unit.

    ``pooled`` is weighted if every place has a standard error, otherwise unweighted. ``prospects``
    and ``certainty`` are None for levels and counts, whose sign has no meaning. ``smallest_useful``
    is the size asked about, None if there is none. ``warnings`` apply to the pool and the spread
    together.
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
        """Whether places are weighted by precision."""
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
                # Weights are in percent and add up to 100 except for rounding.
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
    """Squared standard errors; NaN if there is none that can be used."""
    errors = np.array([standard_error(effect) for effect in chosen], dtype=float)
    squared = errors**2
    within = (squared >= _SMALLEST_VARIANCE) & (squared <= _LARGEST_VARIANCE)
    return np.asarray(np.where(within, squared, np.nan))


def pool_places(chosen: Sequence[PlaceEffect], *, level: float = 0.95) -> Pooled:
    """The pool of effects selected for their places, weighted if each has a standard error.

    Args:
        chosen: one effect for each place, with a value, of one measure, unit and direction.

    Raises:
        MethodError: ``no-studies``, ``overflow``, ``bad-level``.
    """
    values, variances = _values(chosen), _variances(chosen)
    if not np.isnan(variances).any():
        try:
            return pool(values, variances, level=level)
        except MethodError as error:
            # The plain mean can be computed for sizes whose cubes overflow.
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
        # Truncated at 1, but not because the places agree: irrelevant for readers.
        codes = [code for code in codes if code != "hartung-knapp-truncated"]
    return tuple(codes)
