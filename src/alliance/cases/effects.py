"""Effects of cases as `alliance.analysis` takes them, and what counts as one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from alliance.analysis.effect_spread import MEASURED_DESIGNS, PlaceEffect, select_per_place
from alliance.analysis.place_agreement import counted_as
from alliance.cases.enums import EffectDirection
from alliance.cases.models import CaseStudy, Effect, NullResult

# The country of a case whose city is hidden from readers.
UNDISCLOSED = "ZZ"
#: So many hidden cities must have measured something before their results are pooled.
MIN_HIDDEN = 3
#: Why a result of a hidden city is not pooled, as a code.
HIDDEN_CITY = "hidden-city"


def is_measured(case: CaseStudy) -> bool:
    """Whether a case has a result that was measured and counts."""
    return any(
        effect.design in MEASURED_DESIGNS and not effect.pool_exclusion
        for effect in case.effects.all()
    )


def ends_of(effect: Effect) -> tuple[float, float] | None:
    """The ends of the published range of a result, None where it has none."""
    if effect.range_low is None or effect.range_high is None:
        return None
    return effect.range_low, effect.range_high


def place_key(case: CaseStudy) -> str:
    """What counts as one place when effects are counted: the city, or the place as told.

    A hidden city is a place of its own: all bear the same name, and counting one with its public
    cases would give it away.
    """
    if case.country == UNDISCLOSED:
        return f"{UNDISCLOSED}:{case.public_id}"
    return f"{case.country}:{case.city_id or case.place_name}"


def _years(effect: Effect) -> int | None:
    """The length of the period of an effect, None where an end of it is not recorded."""
    if effect.period_start is None or effect.period_end is None:
        return None
    return effect.period_end - effect.period_start


def place_effect(case: CaseStudy, effect: Effect, place: str = "") -> PlaceEffect:
    """One effect of a case as `alliance.analysis` takes it. Needs its measure and unit.

    `place`: what its place counts as, where that is not `place_key`.
    """
    return PlaceEffect(
        place=place or place_key(case),
        value=effect.value,
        unit=effect.unit.name,
        direction=effect.direction,
        design=effect.design,
        case=case.public_id,
        measure=effect.measure.name,
        low=effect.low,
        high=effect.high,
        se=effect.standard_error,
        n=effect.n,
        label=effect.qualifier or None,
        years=_years(effect),
        excluded=effect.pool_exclusion or None,
        is_change=effect.unit.is_change,
        has_late_plan=effect.has_late_plan,
        has_failed_check=effect.has_failed_check,
        has_deviation=effect.has_deviation,
        check_again=bool(effect.check_again),
        study=effect.study,
        sample=_sample(case, effect),
    )


def _sample(case: CaseStudy, effect: Effect) -> str:
    return sample_key(effect.study or case.public_id, effect.sample)


def sample_key(study: str, sample: str) -> str:
    """The people or sites that a result was measured on, by a name that holds in all cases; empty
    where none are named. `study`: or the public id of the case, where it is of none."""
    # Other studies may call theirs the same.
    return f"{study}: {sample}" if sample else ""


def null_effect(null: NullResult) -> PlaceEffect:
    """A result without a number, as no difference. Needs its case and measure."""
    return PlaceEffect(
        place=place_key(null.case),
        value=None,
        unit="",
        # It points nowhere, so that neither side is the better one.
        direction=EffectDirection.LOWER,
        design=null.design,
        case=null.case.public_id,
        measure=null.measure.name,
        label=null.qualifier or None,
        no_difference=True,
    )


def null_effects(case: CaseStudy) -> list[PlaceEffect]:
    """The results of a case without a number. Needs their measures."""
    return [null_effect(null) for null in case.null_results]


def place_effects(case: CaseStudy, place: str = "") -> list[PlaceEffect]:
    """The effects of a case as `alliance.analysis` takes them, in the order of its effects.

    Needs effects with their measure and unit; `place` as `place_effect`.
    """
    return [place_effect(case, effect, place) for effect in case.effects.all()]


def counted_places(cases: Iterable[CaseStudy]) -> dict[int, str]:
    """What the place of each case counts as, by the key of the case; a programme counts once.

    Cities whose results are all of people or sites that others count too are one place: trials
    in two cities stay two, though one study reports both. A hidden city is always one of its own.
    """
    records = list(cases)
    return counted_by_sample(
        {case.pk: place_key(case) for case in records},
        (
            (case.pk, sample)
            for case in records
            for sample in (
                *(
                    _sample(case, effect)
                    for effect in case.effects.all()
                    if not effect.pool_exclusion
                ),
                *("" for _ in case.null_results),
            )
        ),
    )


def counted_by_sample(
    places: Mapping[int, str], samples: Iterable[tuple[int, str]]
) -> dict[int, str]:
    """As `counted_places`, of rows: the `place_key` of each case, and the case of each result that
    counts, with the name of its sample in all cases, empty where it is of the whole place."""
    names = counted_as(
        (places[pk], sample)
        for pk, sample in samples
        if not places[pk].startswith(f"{UNDISCLOSED}:")
    )
    return {pk: names.get(place, place) for pk, place in places.items()}


def hide_few(effects: Sequence[PlaceEffect]) -> list[PlaceEffect]:
    """Results of one measure and unit, those of hidden cities excluded where fewer than three are
    among them: a range would say what came out where."""
    hidden = {effect.place for effect in effects if effect.place.startswith(f"{UNDISCLOSED}:")}
    few = hidden if len(hidden) < MIN_HIDDEN else frozenset[str]()
    return [
        replace(effect, excluded=HIDDEN_CITY)
        if effect.place in few and not effect.excluded
        else effect
        for effect in effects
    ]


def speaking(
    results: Sequence[tuple[CaseStudy, Effect]], places: Mapping[int, str]
) -> list[tuple[PlaceEffect, CaseStudy, Effect]]:
    """Of results of one measure, unit and direction those that speak, one for each place.

    `results` in the order of the public ids of their cases, which decides where all else ties.
    `places`: what the place of each case counts as, by `counted_places`.
    """
    disclosed = hide_few([place_effect(case, result, places[case.pk]) for case, result in results])
    # The very objects come back, which tells equal figures apart.
    by_identity = {
        id(place_result): (place_result, case, effect)
        for place_result, (case, effect) in zip(disclosed, results, strict=True)
    }  # fmt: skip
    return [by_identity[id(place_result)] for place_result in select_per_place(disclosed).chosen]
