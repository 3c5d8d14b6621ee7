"""Which effects count when those of a solution are combined, and why the others do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from django.db.models import Prefetch, QuerySet

from alliance.analysis.effect_spread import PlaceEffect, select_per_place
from alliance.cases.effects import counted_places, hide_few, place_effects
from alliance.cases.models import CaseStudy, Effect, NullResult

CHUNK = 500


def reasons_left_out(cases: QuerySet[CaseStudy]) -> dict[int, str]:
    """Why effects of all these cases do not speak for their places, by the keys of the effects; one
    that is missing counts. A reason is a `PoolExclusion` or one of `codebook.WHY_NOT`."""
    rows = (
        cases.order_by("solution", "public_id")
        .select_related("city")
        .prefetch_related(
            Prefetch("effects", Effect.objects.select_related("measure", "unit")),
            Prefetch("nulls", NullResult.objects.select_related("measure")),
        )
        .iterator(chunk_size=CHUNK)
    )
    reasons: dict[int, str] = {}
    for _solution, own in groupby(rows, key=lambda case: case.solution_id):
        reasons |= _reasons(list(own))
    return reasons


def _reasons(cases: Iterable[CaseStudy]) -> dict[int, str]:
    """The same of the cases of one solution, by measure, unit and direction."""
    cases = list(cases)
    places = counted_places(cases)
    groups: dict[tuple[int, int, str], list[tuple[PlaceEffect, Effect]]] = defaultdict(list)
    for case in cases:
        effects = zip(place_effects(case, places[case.pk]), case.effects.all(), strict=True)
        for place_effect, effect in effects:
            groups[effect.measure_id, effect.unit_id, effect.direction].append(
                (place_effect, effect)
            )
    reasons: dict[int, str] = {}
    for group in groups.values():
        disclosed = hide_few([place_effect for place_effect, _effect in group])
        keys = {
            id(place_effect): effect.pk
            for place_effect, (_own, effect) in zip(disclosed, group, strict=True)
        }
        for exclusion in select_per_place(disclosed).left_out:
            reasons[keys[id(exclusion.effect)]] = exclusion.effect.excluded or exclusion.reason
    return reasons
