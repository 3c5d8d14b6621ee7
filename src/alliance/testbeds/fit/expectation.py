"""The change that a city can expect from places that measured the same outcome, and its support."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.utils.functional import Promise

from alliance.analysis.effect_spread import PERCENT_CHANGE, standard_error, summarise
from alliance.analysis.evidence.local import (
    Fact,
    LocalPrediction,
    grouped,
    measured,
    predict_locally,
)
from alliance.analysis.evidence.outlook import Outlook, look_ahead
from alliance.knowledge.messages.outlook import WEAK
from alliance.knowledge.messages.spread import to_check_again
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.localise import local_name, local_symbol
from alliance.knowledge.selectors.outlook import beyond_possible
from alliance.network.models import City
from alliance.testbeds.fit.likeness import (
    CLIMATE,
    DENSITY,
    INHABITANTS,
    MIN_PLACES,
    Expected,
    Likeness,
    PlaceFacts,
    expect,
    likeness,
)
from alliance.testbeds.fit.reading import facts_of
from alliance.testbeds.fit.validation import Outcome, outcomes
from alliance.testbeds.messages.fit import FACTS, WHY_NOT_LOCAL


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """The outcome that the page predicts, over `k` places that measured from `lowest` to `highest`,
    in the unit `symbol`.

    `outlook` has the pool, the chances and the certainty for this city; `local` the prediction from
    its own facts, or why there is none; `support` how alike the `k` places are. If the interval
    would be `beyond_possible`, it includes values that cannot happen and nothing is predicted.
    `contradicts`: intervals of places lie on both sides of zero. `n_to_check` counts the results
    that must be checked again.
    """

    measure: str
    symbol: str
    unit: str
    is_change: bool
    k: int
    lowest: float
    highest: float
    outlook: Outlook
    local: LocalPrediction
    expected: Expected
    support: Likeness
    useful: float | None
    beyond_possible: bool
    contradicts: bool
    n_to_check: int

    @property
    def to_check_again(self) -> str:
        """A sentence on how many of the results must be checked again; empty if none."""
        return to_check_again(self.n_to_check, self.k)

    @property
    def is_weak(self) -> bool:
        """Whether the certainty is so low that the number is shown in the size of the text."""
        graded = self.outlook.certainty
        return graded is not None and graded.grade in WEAK

    @property
    def is_local(self) -> bool:
        """Whether the figures are predicted from the facts of this city."""
        here = self.local.prediction
        return here is not None and here.supported and here.prediction_low is not None

    @property
    def by(self) -> str:
        """The code of the method that gave the figure."""
        if self.is_local:
            return "regression"
        if self.expected.by_context:
            return "context"
        return "weighted-mean" if self.outlook.is_weighted else "plain-mean"

    @property
    def value(self) -> float:
        if self.is_local and self.local.prediction is not None:
            return self.local.prediction.estimate
        return self.expected.value if self.expected.by_context else self.outlook.pooled.estimate

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval of this city from its own facts if there is one, else that of any new
        place."""
        here, pooled = self.local.prediction, self.outlook.pooled
        low, high = pooled.prediction_low, pooled.prediction_high
        if self.is_local and here is not None:
            low, high = here.prediction_low, here.prediction_high
        return None if low is None or high is None or self.beyond_possible else (low, high)

    @property
    def new_combination(self) -> bool:
        """Whether each fact lies within the range of the places, but not their combination."""
        here = self.local.prediction
        return here is not None and not here.supported and not self.support.outside

    @property
    def indirectness(self) -> tuple[int, str]:
        """Steps by which the certainty is lowered for this city, 0 to 2, and the code of the
        reason."""
        return _indirectness(self.support, self.local)

    @property
    def leverage(self) -> float | None:
        """The leverage of the city over the greatest among the places; None without a
        regression."""
        here = self.local.prediction
        return None if here is None else here.leverage

    @property
    def why_not_local(self) -> str:
        """Why there is no prediction from the city's own facts; empty if there is one."""
        local = self.local
        if not local.why_not:
            return ""
        return str(WHY_NOT_LOCAL[local.why_not]) % {"n": local.n, "of": local.of}

    @property
    def facts_used(self) -> tuple[str | Promise, ...]:
        """The facts that the prediction uses, as running text."""
        return tuple(FACTS[name] for name in self.local.used)


def expectation(
    cases: Sequence[CaseStudy],
    city: City,
    measures: Container[str],
    language: str,
    *,
    useful: float | None,
) -> Expectation | None:
    """The best covered outcome, one of `measures` first, without the results of the city itself.

    None if fewer than three places measured the same thing.
    """
    others = [case for case in cases if case.city_id != city.pk]
    enough = [candidate for candidate in outcomes(others) if len(candidate.values) >= MIN_PLACES]
    outcome = min(enough, key=lambda candidate: candidate.measure not in measures, default=None)
    if outcome is None:
        return None
    own = facts_of(city)
    support = likeness(own, outcome.facts)
    local = _local(outcome, own)
    if support.outside and local.prediction is not None:
        # Outside the range of the places in a fact that the regression does not use.
        local = replace(local, prediction=replace(local.prediction, supported=False))
    steps, reason = _indirectness(support, local)
    summary = summarise(list(outcome.effects))
    outlook = look_ahead(
        summary,
        smallest_useful=useful,
        indirectness=steps,
        indirectness_reason=reason,
        context=local.prediction,
    )
    if outlook is None:
        return None
    effect = _example(others, outcome)
    return Expectation(
        measure=local_name(effect.measure, language),
        symbol=local_symbol(effect.unit, language),
        unit=local_name(effect.unit, language),
        is_change=effect.unit.is_change,
        k=len(outcome.values),
        lowest=min(outcome.values),
        highest=max(outcome.values),
        outlook=outlook,
        local=local,
        expected=expect(own, outcome.facts, outcome.values),
        support=support,
        useful=useful,
        contradicts=summary.contradicts,
        n_to_check=sum(place_effect.check_again for place_effect in outcome.effects),
        beyond_possible=beyond_possible(
            summary, outlook, effect.unit.symbol, is_change=effect.unit.is_change
        )
        or _local_beyond(local, effect.unit.name),
    )


def _local_beyond(local: LocalPrediction, unit: str) -> bool:
    """Whether the interval from the city's own facts includes a percent change below -100."""
    low = local.prediction.prediction_low if local.prediction else None
    return unit in PERCENT_CHANGE and low is not None and low < -100


def _indirectness(support: Likeness, local: LocalPrediction) -> tuple[int, str]:
    outside = bool(support.outside)
    if local.prediction is not None and not local.prediction.supported:
        outside = True
    steps = int(support.too_few_alike) + int(outside)
    if steps == 2:
        return steps, "unlike-and-out-of-support"
    if outside:
        return steps, "out-of-support"
    return steps, "too-few-alike" if steps else "supported"


def _local(outcome: Outcome, own: PlaceFacts) -> LocalPrediction:
    """Predicts from size, density and climate, always in this order to avoid selecting on
    results."""
    errors = [standard_error(effect) for effect in outcome.effects]
    variances = np.array([math.nan if error is None else error**2 for error in errors])
    return predict_locally(outcome.values, variances, _facts(outcome.facts, own))


def _facts(places: Sequence[PlaceFacts], own: PlaceFacts) -> list[Fact]:
    return [
        measured(INHABITANTS, [_log(place.inhabitants) for place in places], _log(own.inhabitants)),
        measured(DENSITY, [_log(place.density) for place in places], _log(own.density)),
        grouped(CLIMATE, [place.climate for place in places], own.climate),
    ]


def _log(figure: float | None) -> float | None:
    return math.log10(figure) if figure else None


def _example(cases: Sequence[CaseStudy], outcome: Outcome) -> Effect:
    """An effect of the outcome, for the names of its measure and unit."""
    return next(
        effect
        for case in cases
        for effect in case.effects.all()
        if (effect.measure.slug, effect.unit.code, effect.direction)
        == (outcome.measure, outcome.unit, outcome.direction)
    )
