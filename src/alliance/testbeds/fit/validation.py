"""Leave-one-city-out errors of likeness against the plain mean, over the published effects."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance.analysis.effect_spread import PlaceEffect
from alliance.analysis.evidence.context_check import LeaveOneOut, leave_one_out
from alliance.analysis.evidence_grade import best_covered
from alliance.knowledge.effects import counted_places, null_effects, place_effects, speaking
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.models import City
from alliance.testbeds.fit.likeness import CATEGORICAL, NAMES, UNKNOWN, PlaceFacts, matrix
from alliance.testbeds.fit.reading import facts_of

#: With four places, three are left to predict the fourth.
MIN_PLACES = 4


@dataclass(frozen=True)
class Outcome:
    """A measure in one unit and direction, with one effect for each place as on the solution's
    page.

    A city is None if the place is not a city or must stay hidden.
    """

    measure: str
    unit: str
    direction: str
    cities: tuple[City | None, ...]
    values: tuple[float, ...]
    effects: tuple[PlaceEffect, ...]

    @property
    def facts(self) -> tuple[PlaceFacts, ...]:
        """The facts of the places, in their order."""
        return tuple(UNKNOWN if city is None else facts_of(city) for city in self.cities)


@dataclass(frozen=True)
class GroupCheck:
    """The errors for a measure of a solution; `spread` is the standard deviation of its values."""

    solution: str
    outcome: Outcome
    spread: float
    check: LeaveOneOut


@dataclass(frozen=True)
class Validation:
    """All groups, and both errors over all their places in standard deviations of a group."""

    groups: tuple[GroupCheck, ...]
    n_compared: int
    n_refused: int
    plain_error: float
    weighted_error: float


def outcomes(cases: Sequence[CaseStudy]) -> tuple[Outcome, ...]:
    """The outcomes of cases, first that of the solution's grade, then the best covered; the
    published rule selects one value for each place.

    Expects effects with measure and unit, and cases ordered by public id.
    """
    groups: dict[tuple[str, str, str], list[tuple[CaseStudy, Effect]]] = defaultdict(list)
    places = counted_places(cases)
    for case in cases:
        for effect in case.effects.all():
            key = (effect.measure.slug, effect.unit.code, effect.direction)
            groups[key].append((case, effect))
    candidates = (_outcome(key, speaking(members, places)) for key, members in groups.items())
    with_values = [outcome for outcome in candidates if outcome.values]
    effects = (
        place_effect for case in cases
        for place_effect in (*place_effects(case, places[case.pk]), *null_effects(case))
    )  # fmt: skip
    graded = best_covered(effects)

    def rank(outcome: Outcome) -> tuple[bool, int, str, str]:
        named = (outcome.effects[0].measure, outcome.effects[0].unit)
        return (named != graded, -len(outcome.values), outcome.measure, outcome.unit)

    return tuple(sorted(with_values, key=rank))


def _outcome(
    key: tuple[str, str, str], chosen: Sequence[tuple[PlaceEffect, CaseStudy, Effect]]
) -> Outcome:
    return Outcome(
        *key,
        cities=tuple(None if case.is_masked else case.city for _key, case, _effect in chosen),
        values=tuple(effect.value for _key, _case, effect in chosen),
        effects=tuple(place_effect for place_effect, _case, _effect in chosen),
    )


def validate_context() -> Validation:
    """Validates likeness on every measure of every solution with four or more cities."""
    by_solution: dict[str, list[CaseStudy]] = defaultdict(list)
    rows = visible_cases(None).filter(is_masked=False, city__isnull=False)
    for case in (
        rows.select_related("city", "solution")
        .prefetch_related("effects__measure", "effects__unit")
        .order_by("public_id")
    ):
        by_solution[case.solution.public_id].append(case)
    groups = tuple(
        GroupCheck(solution, outcome, float(np.std(outcome.values, ddof=1)), check_of(outcome))
        for solution, cases in sorted(by_solution.items())
        for outcome in outcomes(cases)
        if len(outcome.values) >= MIN_PLACES
    )
    used = [group for group in groups if group.check.n_compared and group.spread > 0]
    n = sum(group.check.n_compared for group in used)
    return Validation(
        groups=groups,
        n_compared=n,
        n_refused=sum(group.check.n_refused for group in groups),
        plain_error=_overall([(group.check.plain_error, group) for group in used], n),
        weighted_error=_overall([(group.check.weighted_error, group) for group in used], n),
    )


def check_of(outcome: Outcome) -> LeaveOneOut:
    return leave_one_out(outcome.values, matrix(outcome.facts), NAMES, categorical=CATEGORICAL)


def _overall(errors: list[tuple[float, GroupCheck]], n: int) -> float:
    if not n:
        return math.nan
    total = sum((error / group.spread) ** 2 * group.check.n_compared for error, group in errors)
    return math.sqrt(total / n)


def as_tree(validation: Validation) -> dict[str, Any]:
    """The result for JSON, with null if nothing could be compared."""
    return {
        "groups": [
            {
                "solution": group.solution,
                "measure": group.outcome.measure,
                "unit": group.outcome.unit,
                "k": group.check.k,
                "n_compared": group.check.n_compared,
                "n_refused": group.check.n_refused,
                "plain_error": _known(group.check.plain_error),
                "context_error": _known(group.check.weighted_error),
                "used": "context" if group.check.prefers_context else "plain-mean",
            }
            for group in validation.groups
        ],
        "n_compared": validation.n_compared,
        "n_refused": validation.n_refused,
        "plain_error": _known(validation.plain_error),
        "context_error": _known(validation.weighted_error),
    }


def as_table(validation: Validation) -> str:
    """The result as a text table."""
    head = (
        f"{'solution':<32} {'measure':<28} {'k':>3} {'told':>4} {'plain':>8} {'context':>8}  used"
    )
    lines = [head]
    for group in validation.groups:
        check = group.check
        used = "context" if check.prefers_context else "plain mean"
        lines.append(
            f"{group.solution[:32]:<32} {group.outcome.measure[:28]:<28} {check.k:>3} "
            f"{check.n_compared:>4} {_shown(check.plain_error):>8} "
            f"{_shown(check.weighted_error):>8}  {used}"
        )
    lines.append(
        f"All, in standard deviations: plain mean {_shown(validation.plain_error)}, context "
        f"{_shown(validation.weighted_error)}, over {validation.n_compared} "
        f"cities left out in turn; {validation.n_refused} were too unlike to be predicted by "
        "likeness."
    )
    return "\n".join(lines) + "\n"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _shown(value: float) -> str:
    return "no data" if math.isnan(value) else f"{value:.2f}"
