"""What comes first of a solution: verdict, size, range and places of its main measure.

Pages, lists, briefs, the search index, feeds and the API all take it from `headline`;
`messages.headline` has the sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from alliance.analysis.effect_spread import MEASURED_DESIGNS, PERCENT_CHANGE, STANDARDISED
from alliance.analysis.evidence.nested_bodies import BODIES
from alliance.cases.effects import UNDISCLOSED, ends_of, is_measured, speaking
from alliance.cases.enums import Design
from alliance.cases.models import CaseStudy, Effect, Solution, Unit
from alliance.evidence.models import SolutionVerdict
from alliance.network.localise import by_language

#: Units that only analysts read: their sizes are in no headline.
FOR_ANALYSTS = frozenset({*STANDARDISED, "points", "index (2003 = 100)"})
#: Reasons of a verdict that rests on how many places improved, so that no mean stands beside it.
COUNTED = frozenset({"counts", "directions"})
#: Reasons of a verdict that rests on the pool, which is then shown however uncertain it is.
POOLED = frozenset({"mean", "prediction-interval", "pool-wrong-way", "too-little-to-matter"})
#: From so many places on, a middle one says more than the ends.
MIN_FOR_MEDIAN = 3


@dataclass(frozen=True, kw_only=True)
class MainResult:
    """The results for one measure and unit, one a place; figures in the unit, None: not shown.

    `statistic`: "mean" of the places with `low` and `high` as the range to expect in a new one;
    "median" with the ends of what was found; "single", where a published range has ends and no
    `value`; empty where no place has a number. `fell`, `rose` and `unchanged` places by their sign,
    those that found no difference without a number among the last; `other` places measured it with
    weaker methods than the mean rests on. `left_out` results do not count.
    """

    statistic: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    fell: int = 0
    rose: int = 0
    unchanged: int = 0
    other: int = 0
    is_modelled: bool = False
    left_out: int = 0
    check_again: int = 0

    @property
    def n_numbers(self) -> int:
        """The places that the figures are of, those that are exactly 0 apart."""
        return self.fell + self.rose

    @property
    def places(self) -> int:
        """The places that measured it."""
        return self.fell + self.rose + self.unchanged


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What pages say first of a solution and of one of its outcomes.

    `solution`: its id; `code`: the verdict. `direction`: which way is better; empty where more of
    the number may be less of it. `names` are words by language. `places` have a case; of those that
    `measured` a change of any kind it `worked` in some, as `own_figures` say in so many of these,
    and `partly` in others, and further places only `reported` that it worked; `counted` is how many
    count and measured this outcome. `missing`: how many more units, cities and countries would
    settle a result that agrees but is of few; None where that is not all it lacks. `ways`: in how
    many of those that count it worked, worked in part and did not. `one_off`: why no more places
    will try it, with its `year`. `disputes`: by language, why results are disputed.
    """

    solution: str
    code: str
    direction: str = ""
    measure: str = ""
    measure_names: Mapping[str, str] = field(default_factory=dict)
    unit_names: Mapping[str, str] = field(default_factory=dict)
    unit_symbols: Mapping[str, str] = field(default_factory=dict)
    is_change: bool = True
    is_for_analysts: bool = False
    result: MainResult | None = None
    places: int = 0
    measured: int = 0
    worked: int = 0
    own_figures: int = 0
    partly: int = 0
    reported: int = 0
    counted: int = 0
    missing: Mapping[str, int] | None = None
    ways: tuple[int, ...] = ()
    one_off: str = ""
    year: int | None = None
    disputes: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Headline:
        """The headline that `dataclasses.asdict` gave, as the search index keeps it."""
        result = values["result"]
        return cls(**{**values, "result": result and MainResult(**result)})


def headline(verdict: SolutionVerdict, solution: Solution) -> Headline:
    """What comes first of a solution for the outcome of `verdict`; reads measure and unit."""
    details, measure, unit = verdict.details, verdict.measure, verdict.unit
    result = details.get("result")
    return Headline(
        solution=solution.public_id,
        code=verdict.verdict,
        direction=verdict.display_direction,
        measure=measure.slug if measure else "",
        measure_names=by_language(measure) if measure else {},
        unit_names=by_language(unit) if unit else {},
        unit_symbols=by_language(unit, "symbol") if unit else {},
        is_change=unit is None or unit.is_change,
        is_for_analysts=unit is not None and unit.name in FOR_ANALYSTS,
        result=MainResult(**result) if result else None,
        places=details["told"],
        counted=min(details["conclusive"], details["measured_units"] + details["sister_units"]),
        **{
            name: details.get(name, 0)
            for name in ("measured", "worked", "own_figures", "partly", "reported")
        },
        missing=details.get("missing"),
        ways=tuple(details.get("by_outcome", ())),
        one_off=solution.one_off,
        year=solution.one_off_year,
        disputes=tuple(by_language(row, "sentence") for row in solution.disputes.all()),
    )


def main_result(
    cases: Sequence[CaseStudy],
    places: Mapping[int, str],
    measure: int,
    unit: Unit,
    details: Mapping[str, Any],
) -> MainResult:
    """The results of published cases for one measure and unit, as the verdict `details` allow.

    What was measured goes before what was modelled. `places`: by `counted_places`. A mean is given
    with the range to expect where the verdict has a pool that can say so and does not rest on
    counts; else the median with the range of the results.
    """
    own = [
        (case, effect)
        for case in cases
        for effect in case.effects.all()
        if (effect.measure_id, effect.unit_id) == (measure, unit.pk)
    ]
    seen = [row for row in own if row[1].design in MEASURED_DESIGNS]
    with_number = {places[case.pk] for _place, case, _effect in speaking(seen or own, places)}
    body = _body(details, unit)
    if body is not None:
        seen = [row for row in seen if row[1].design in BODIES[body["body"]]]
    rows = [effect for _place, _case, effect in speaking(seen or own, places)]
    without = {
        places[case.pk]
        for case in cases
        if case.country != UNDISCLOSED
        for null in case.null_results
        if null.measure_id == measure and unit.is_change
    }
    values = sorted(effect.value for effect in rows)
    left_out = sum(bool(effect.pool_exclusion) for _case, effect in own)
    if not values:
        return MainResult(unchanged=len(without), left_out=left_out)
    return MainResult(
        **_figures(rows, body),
        fell=sum(value < 0 for value in values),
        rose=sum(value > 0 for value in values),
        unchanged=sum(value == 0 for value in values) + len(without - with_number),
        other=len(with_number) - len(rows),
        is_modelled=all(effect.design == Design.MODELLED for effect in rows),
        left_out=left_out,
        check_again=sum(bool(effect.check_again) for effect in rows),
    )


def _body(details: Mapping[str, Any], unit: Unit) -> Mapping[str, Any] | None:
    """The pool that gives a mean with its range to expect; None where none may be shown."""
    body, because = details["body"], {*details["because"], details.get("rests_on")}
    if body is None or not unit.is_change or COUNTED & because:
        return None
    if body["certainty"] == "very-low" and not POOLED & because:
        return None
    ends = (*body["ci"], *body["prediction_interval"])
    if any(end is None for end in ends):
        return None
    return None if unit.name in PERCENT_CHANGE and min(ends) < -100 else body


def _figures(rows: Sequence[Effect], body: Mapping[str, Any] | None) -> dict[str, Any]:
    if body is not None:
        low, high = body["prediction_interval"]
        return {"statistic": "mean", "value": body["estimate"], "low": low, "high": high}
    ordered = sorted(rows, key=lambda effect: effect.value)
    ends = [ends_of(effect) or (effect.value, effect.value) for effect in ordered]
    low, high = min(low for low, _high in ends), max(high for _low, high in ends)
    if len(ordered) == 1:
        is_range = low != high
        return {
            "statistic": "single",
            "value": None if is_range else low,
            "low": low if is_range else None,
            "high": high if is_range else None,
        }
    # The middle of a published range is no figure of its source.
    middle = ordered[len(ordered) // 2]
    has_median = len(ordered) >= MIN_FOR_MEDIAN and middle.range_low is None
    value = median(effect.value for effect in ordered) if has_median else None
    return {"statistic": "median", "value": value, "low": low, "high": high}


def tried(cases: Sequence[CaseStudy], places: Mapping[int, str]) -> dict[str, int]:
    """How many places have a case (`told`); measured a change, among them those where it `worked`,
    some only by their `own_figures`, or worked `partly`; and how many only say that it worked
    (`reported`).

    A result in words that found no difference is measured.
    """
    measured: set[str] = set()
    ended: dict[str, set[str]] = {}
    for case in cases:
        place = places[case.pk]
        ended.setdefault(place, set()).add(case.outcome)
        if case.null_results or is_measured(case):
            measured.add(place)
    return {
        "told": len(ended),
        "measured": len(measured),
        "worked": sum(bool(ended[place] & {"worked", "reported"}) for place in measured),
        "own_figures": sum(
            "reported" in ended[place] and "worked" not in ended[place] for place in measured
        ),
        "partly": sum(
            not ended[place] & {"worked", "reported"} and "mixed" in ended[place]
            for place in measured
        ),
        "reported": sum(
            place not in measured and bool(outcomes & {"worked", "reported"})
            for place, outcomes in ended.items()
        ),
    }
