"""Effects of cases as `alliance.analysis` takes them, and what counts as one place."""

from __future__ import annotations

from alliance.analysis.effect_spread import PlaceEffect
from alliance.knowledge.models import CaseStudy


def place_key(case: CaseStudy) -> str:
    """What counts as one place when effects are counted: the city, or the place as told."""
    return f"{case.country}:{case.city_id or case.place_name}"


def place_effects(case: CaseStudy) -> list[PlaceEffect]:
    """The effects of a case as `alliance.analysis` takes them, in the order of its effects.

    Needs effects with their measure and unit.
    """
    return [
        PlaceEffect(
            place=place_key(case),
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
            excluded=effect.pool_exclusion or None,
            is_change=effect.unit.is_change,
        )
        for effect in case.effects.all()
    ]
