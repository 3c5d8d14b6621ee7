"""What the results of a measure promise to a new city, as a page tells it.

Figures come from `alliance.analysis.evidence.outlook` by the effects as they are at each request,
so that they follow every change of a case; `rests_on` names the version of each case that they were
computed from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise

from alliance.analysis.effect_spread import SpreadSummary
from alliance.analysis.evidence.outlook import Gap, Outlook, look_ahead
from alliance.analysis.evidence.pooling import MIN_FOR_PREDICTION
from alliance.cases.models import CaseStudy, Effect
from alliance.cases.selectors.localise import country_name, local_place
from alliance.cases.selectors.place_mix import PlaceMix, Unlike, unlike
from alliance.evidence.messages.outlook import (
    BOUNDS_NAMED,
    CAP_WORDS,
    DOMAIN_WORDS,
    EQUIVALENCE_WORDS,
    GRADE_WORDS,
    START_WORDS,
    TOO_DIFFERENT,
    WEAK,
    chance,
    gap_text,
    line_text,
    missing_countries_text,
    missing_zones_text,
    step_text,
)
from alliance.web.formatting import estimate, quantity

# What a page can hold of the versions that a figure rests on; the API names all.
VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class Useful:
    """The smallest change of use to whoever asks: `size` in the unit of the measure `key`."""

    key: str
    size: float


@dataclass(frozen=True)
class CertaintyStep:
    """One step of the certainty. `change` is None where the question was not assessed."""

    code: str
    title: str | Promise
    change: int | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class OutlookView:
    """The outlook of one measure in words, beside the figures it rests on.

    Empty words are not to be shown: there are no chances without a prediction interval, and no
    certainty of a level. `size` is the smallest useful change that was asked about.
    """

    outlook: Outlook
    rests_on: tuple[tuple[CaseStudy, str], ...]
    steps: tuple[CertaintyStep, ...]
    not_known: tuple[str, ...]
    lacks: Unlike
    size: str

    @property
    def rests_on_shown(self) -> tuple[tuple[CaseStudy, str], ...]:
        """The first of the versions, as many as a page holds."""
        return self.rests_on[:VERSIONS_SHOWN]

    @property
    def has_mean(self) -> bool:
        """Whether there are enough places for a mean and its intervals."""
        return self.outlook.pooled.k >= MIN_FOR_PREDICTION

    @property
    def grade(self) -> str | Promise:
        """The certainty in words."""
        graded = self.outlook.certainty
        return "" if graded is None else GRADE_WORDS[graded.grade]

    @property
    def is_weak(self) -> bool:
        """Whether the certainty is so low that the word stands before the number."""
        graded = self.outlook.certainty
        return graded is not None and graded.grade in WEAK

    @property
    def start(self) -> str | Promise:
        """Where the certainty starts from, and why."""
        graded = self.outlook.certainty
        return "" if graded is None else START_WORDS[graded.start]

    @property
    def caps(self) -> tuple[Promise, ...]:
        """What held the certainty down, whatever the steps."""
        graded = self.outlook.certainty
        return () if graded is None else tuple(CAP_WORDS[code] for code in graded.caps)

    @property
    def chance_right(self) -> str:
        """The chance of a change for the better in a new city."""
        prospects = self.outlook.prospects
        return "" if prospects is None or prospects.p_right_direction is None else chance(
            prospects.p_right_direction
        )  # fmt: skip

    @property
    def chance_useful(self) -> str:
        """The chance of at least `size` for the better in a new city."""
        prospects = self.outlook.prospects
        return "" if prospects is None or prospects.p_useful is None else chance(prospects.p_useful)

    @property
    def works_not(self) -> str | Promise:
        """Whether it was shown to do too little; empty where nobody said what is useful."""
        prospects = self.outlook.prospects
        return "" if prospects is None else EQUIVALENCE_WORDS.get(prospects.equivalence or "", "")

    @property
    def i2(self) -> float | None:
        """The share of the spread that is more than chance, in percent; None if unweighted."""
        spread = self.outlook.pooled.heterogeneity
        return None if spread is None else spread.i2


@lru_cache(maxsize=256)
def _look_ahead(summary: SpreadSummary, useful: float | None) -> Outlook | None:
    """Kept by all that it is worked out from: pooling takes most of the time of a page."""
    return look_ahead(summary, smallest_useful=useful)


def outlook_view(
    summary: SpreadSummary,
    chosen: Sequence[tuple[CaseStudy, Effect]],
    *,
    place_mix: PlaceMix,
    useful: float | None,
    digits: int,
    symbol: str,
    language: str,
) -> OutlookView | None:
    """The outlook of one measure, None where no place has a result.

    `chosen`: the effects that speak for their places, each with its case. `useful`: the smallest
    useful change, 0 or more, in the unit whose sign is `symbol`.
    """
    outlook = _look_ahead(summary, useful)
    if outlook is None:
        return None
    lacks = unlike(place_mix, (case for case, _effect in chosen))
    return OutlookView(
        outlook=outlook,
        rests_on=cited((case for case, _effect in chosen), language),
        steps=_steps(outlook, useful, lambda value: estimate(value, symbol, digits, signed=True)),
        not_known=tuple(
            gap_text(gap, lacks.k)
            for gap in all_gaps(outlook, [effect for _, effect in chosen], lacks)
        )
        + _kinds_missing(lacks, language),
        lacks=lacks,
        size="" if useful is None else quantity(useful, symbol),
    )


def beyond_possible(
    summary: SpreadSummary, outlook: Outlook | None, symbol: str, *, is_change: bool
) -> bool:
    """Whether an interval reaches what cannot happen: then nothing is predicted from it.

    A percent change does not fall below -100. A level whose values are all 0 or more is a share or
    a count and stays so; a share, whose unit has the sign `symbol` "%", ends at 100.
    """
    if outlook is None:
        return False
    if is_change:
        return "below-possible" in outlook.warnings
    low, high = outlook.pooled.prediction_low, outlook.pooled.prediction_high
    smallest, largest = summary.minimum, summary.maximum
    if low is None or high is None or smallest is None or largest is None:
        return False
    return (smallest >= 0 and low < 0) or (symbol == "%" and largest <= 100 and high > 100)


def cited(cases: Iterable[CaseStudy], language: str) -> tuple[tuple[CaseStudy, str], ...]:
    """The `cases`, whose present versions figures rest on, each with its place; by place."""
    pairs = ((case, local_place(case, language)) for case in cases)
    return tuple(sorted(pairs, key=lambda pair: (pair[1], pair[0].public_id)))


def _steps(
    outlook: Outlook, useful: float | None, write: Callable[[float], str]
) -> tuple[CertaintyStep, ...]:
    """The steps in words; without the end of an interval that reaches what cannot happen."""
    graded = outlook.certainty
    if graded is None:
        return ()
    line = line_text(useful, write, upwards=outlook.pooled.estimate >= 0)
    return tuple(
        CertaintyStep(
            code=step.domain,
            title=DOMAIN_WORDS[step.domain],
            change=step.change,
            sentence=str(TOO_DIFFERENT)
            if "below-possible" in outlook.warnings and step.reason in BOUNDS_NAMED
            else step_text(step, line, write),
        )
        for step in graded.steps
    )


def all_gaps(outlook: Outlook, effects: Sequence[Effect], lacks: Unlike) -> tuple[Gap, ...]:
    """What is not known of the measure, and of the places it was found in."""
    more = (
        ("baseline", sum(effect.baseline is None for effect in effects)),
        ("climate", lacks.no_zone),
    )
    return outlook.gaps + tuple(Gap(code, n, len(effects)) for code, n in more if n)


def _kinds_missing(lacks: Unlike, language: str) -> tuple[str, ...]:
    sentences = []
    if lacks.countries:
        names = ", ".join(country_name(code, language) for code in lacks.countries)
        sentences.append(missing_countries_text(names))
    if lacks.zones:
        sentences.append(missing_zones_text(", ".join(str(zone.label) for zone in lacks.zones)))
    return tuple(sentences)
