"""Verdicts of solutions: from rows to the published rule of `alliance.analysis`, and back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from alliance.analysis.effect_spread import MEASURED_DESIGNS
from alliance.analysis.evidence import evidence_map
from alliance.analysis.evidence.solution_verdict import (
    VERSION,
    Previous,
    VerdictCase,
    as_values,
    ordinary_change,
    solution_verdict,
)
from alliance.analysis.evidence.solution_verdict import SolutionVerdict as Found
from alliance.analysis.place_agreement import MIN_PLACES
from alliance.cases.effects import (
    MIN_HIDDEN,
    UNDISCLOSED,
    counted_places,
    null_effects,
    place_effects,
    place_key,
)
from alliance.cases.enums import EffectDirection
from alliance.cases.models import CaseStudy, Effect, Measure, Solution, Unit
from alliance.core import clock
from alliance.core.text import digest, jsonable
from alliance.evidence.headline import main_result, tried
from alliance.evidence.line_facts import middling
from alliance.evidence.models import SolutionVerdict, VerdictChange
from alliance.evidence.services.panels import panel_payload, panel_that_holds

#: A measure and its unit; None where nothing was measured.
Key = tuple[int, int] | None


class Judged(NamedTuple):
    """What the rule says of a solution: its verdicts, the main one first, not saved, and its row of
    the evidence map."""

    verdicts: list[SolutionVerdict]
    outcomes: dict[str, Any]


def judge(
    solution: Solution,
    cases: Sequence[CaseStudy],
    main: tuple[str | None, str | None],
    at: dt.datetime,
) -> None:
    """Make the verdicts of a solution again, and its row of the evidence map, from its published
    cases with effects and units.

    One for its `main` measure and unit, those that its grade rests on, and one for each other that
    three places or more measured a change of. A word that changes is kept with the one before.
    Call it in the transaction of the change.
    """
    known: dict[Key, SolutionVerdict] = {
        (verdict.measure_id, verdict.unit_id)
        if verdict.measure_id and verdict.unit_id
        else None: verdict
        for verdict in solution.verdicts.all()
    }
    wanted = _wanted(solution, cases, main)
    gone = [verdict.pk for key, verdict in known.items() if key not in wanted]
    SolutionVerdict.objects.filter(pk__in=gone).delete()
    # The main one changes hands before another takes it.
    solution.verdicts.filter(is_main=True).update(is_main=False)
    made = [
        _store(verdict, before, result, at)
        for verdict, before, result in _ruled(solution, cases, wanted, known, at)
    ]
    solution.outcomes = _outcomes(cases, made)
    solution.outcomes_version = evidence_map.VERSION
    solution.save(update_fields=["outcomes", "outcomes_version"])


def judged(
    solution: Solution, cases: Sequence[CaseStudy], main: tuple[str | None, str | None]
) -> Judged:
    """The same without keeping it, as if nothing had been judged before."""
    at = clock.now()
    wanted = _wanted(solution, cases, main)
    made = [verdict for verdict, *_ in _ruled(solution, cases, wanted, {}, at)]
    return Judged(made, _outcomes(cases, made))


def _wanted(
    solution: Solution, cases: Sequence[CaseStudy], main: tuple[str | None, str | None]
) -> dict[Key, bool]:
    """The measures and units that have a verdict, and whether it is the main one.

    The main one is that which an editor chose, which may be none or have no effect yet.
    """
    if not cases:
        return {}
    effects = {case.pk: list(case.effects.all()) for case in cases}
    first: Key = next(
        (
            (effect.measure_id, effect.unit_id)
            for own in effects.values()
            for effect in own
            if (effect.measure.name, effect.unit.name) == main
        ),
        None,
    )
    if solution.main_measure_chosen:
        measure_id, unit_id = solution.main_measure_id, solution.main_unit_id
        first = (measure_id, unit_id) if measure_id and unit_id else None
    often = _measured_often(cases, effects, counted_places(cases))
    return {first: True} | {key: False for key in often if key != first}


def _measured_often(
    cases: Sequence[CaseStudy], effects: dict[int, list[Effect]], places: dict[int, str]
) -> list[tuple[int, int]]:
    where: dict[tuple[int, int], set[str]] = {}
    for case in cases:
        for effect in effects[case.pk]:
            if (
                effect.unit.is_change
                and effect.design in MEASURED_DESIGNS
                and not effect.pool_exclusion
            ):
                where.setdefault((effect.measure_id, effect.unit_id), set()).add(places[case.pk])
    return sorted(
        key for key, measured_places in where.items() if len(measured_places) >= MIN_PLACES
    )


def _case(
    case: CaseStudy, effects: Sequence[Effect], key: Key, sisters: Mapping[int, str], *, shown: bool
) -> VerdictCase:
    """A case as the rule takes it.

    Results that are not of the main measure and unit, that are no change, or of a place that is to
    stay hidden, count as measured alone. One without a number is of the main measure in any unit.
    `sisters`: the direction of each measure of the same theme, in whose unit results may speak.
    """
    rows = [
        replace(
            place_effect,
            measure="main" if is_main else "other",
            is_sister=shown
            and key is not None
            and row.unit_id == key[1]
            and sisters.get(row.measure_id) == row.direction,
        )
        for row, place_effect in zip(effects, place_effects(case), strict=True)
        for is_main in (shown and (row.measure_id, row.unit_id) == key and place_effect.is_change,)
    ]
    rows += [
        replace(
            null_effect,
            measure="main" if shown and key is not None and null.measure_id == key[0] else "other",
        )
        for null, null_effect in zip(case.null_results, null_effects(case), strict=True)
    ]
    if case.country == UNDISCLOSED:
        # A study that it shared would say which place it is.
        rows = [replace(row, study="") for row in rows]
    return VerdictCase(
        id=case.public_id,
        place=place_key(case),
        country="" if case.country == UNDISCLOSED else case.country,
        outcome=case.outcome,
        reasons=tuple(case.reasons),
        effects=tuple(rows),
    )


def _ruled(
    solution: Solution,
    cases: Sequence[CaseStudy],
    wanted: Mapping[Key, bool],
    known: Mapping[Key, SolutionVerdict],
    at: dt.datetime,
) -> Iterator[tuple[SolutionVerdict, str, Found]]:
    """Each verdict by the rule, not saved, the word that it had, and what the rule found."""
    effects = {case.pk: list(case.effects.all()) for case in cases}
    places = counted_places(cases)
    for key, is_main in wanted.items():
        yield _apply_rule(solution, cases, effects, places, key, is_main, known.get(key), at)


def _apply_rule(
    solution: Solution,
    cases: Sequence[CaseStudy],
    effects: dict[int, list[Effect]],
    places: dict[int, str],
    key: Key,
    is_main: bool,
    known: SolutionVerdict | None,
    at: dt.datetime,
) -> tuple[SolutionVerdict, str, Found]:
    directions = Counter(
        effect.direction
        for own in effects.values()
        for effect in own
        if (effect.measure_id, effect.unit_id) == key
    )
    direction = max(sorted(directions), key=directions.__getitem__, default="")
    # Results of hidden places are pooled where there are so many that none can be told.
    masked = {
        places[case.pk]
        for case in cases
        if case.country == UNDISCLOSED
        and any((effect.measure_id, effect.unit_id) == key for effect in effects[case.pk])
    }
    is_change = any(
        effect.unit.is_change
        for own in effects.values()
        for effect in own
        if (effect.measure_id, effect.unit_id) == key
    )
    measure, unit = _measure_and_unit(solution, effects, key)
    sisters = {
        effect.measure_id: direction
        for own in effects.values()
        for effect in own
        if measure is not None
        and effect.measure_id != measure.pk
        and measure.outcome_theme
        and effect.measure.outcome_theme == measure.outcome_theme
    }
    verdict_cases = [
        _case(case, effects[case.pk], key if is_change else None, sisters,
              shown=case.country != UNDISCLOSED or len(masked) >= MIN_HIDDEN)
        for case in cases
    ]  # fmt: skip
    digests = {
        verdict_case.id: digest(jsonable(as_values(verdict_case)))[:16]
        for verdict_case in verdict_cases
    }
    previous = None
    if known is not None and known.rule_version == VERSION:
        edited = any(
            known.cases.get(public_id, digests[public_id]) != digests[public_id]
            for public_id in digests
        )
        previous = Previous(known.details["verdict"], frozenset(known.cases), edited)
    result = solution_verdict(
        verdict_cases,
        measure="main",
        direction=direction or EffectDirection.LOWER.value,
        ordinary_change=(
            ordinary_change(measure.outcome_theme, unit.code) if measure and unit else None
        ),
        main_by_default=not (is_main and solution.main_measure_chosen),
        previous=previous,
    )
    details: dict[str, Any] = as_values(result) | {
        **tried(cases, places),
        **middling(cases),
    }
    panel = panel_that_holds(known, digests, result.verdict, at)
    word = panel.word if panel else result.verdict
    details["panel"] = panel_payload(panel)
    row = known or SolutionVerdict(solution=solution, since=at)
    row.measure, row.unit = measure, unit
    if measure is not None and unit is not None:
        details["result"] = asdict(main_result(cases, places, measure.pk, unit, details))
    before = row.verdict
    row.direction, row.is_main, row.verdict = direction, is_main, word
    row.details, row.cases, row.rule_version = details, digests, VERSION
    return row, before, result


def _measure_and_unit(
    solution: Solution, effects: Mapping[int, list[Effect]], key: Key
) -> tuple[Measure, Unit] | tuple[None, None]:
    if key is None:
        return None, None
    if solution.main_measure and solution.main_unit and key == (
        solution.main_measure_id, solution.main_unit_id
    ):  # fmt: skip
        return solution.main_measure, solution.main_unit
    return next(
        (effect.measure, effect.unit)
        for own in effects.values()
        for effect in own
        if (effect.measure_id, effect.unit_id) == key
    )


def _store(row: SolutionVerdict, before: str, result: Found, at: dt.datetime) -> SolutionVerdict:
    """Save a verdict, and the word it had where that gave way to another."""
    changed = row.pk is not None and before != row.verdict
    row.since = at if changed else row.since
    row.save()
    if changed:
        VerdictChange.objects.create(
            verdict=row, at=at, before=before, after=row.verdict, line=result.line,
            rule_version=VERSION,
        )  # fmt: skip
    return row


def _outcomes(cases: Sequence[CaseStudy], verdicts: Sequence[SolutionVerdict]) -> dict[str, Any]:
    """The row of the evidence map: places by theme, and how sure its best measure is."""
    effects = {case.pk: list(case.effects.all()) for case in cases}
    places = counted_places(cases)
    measures = {effect.measure_id: effect.measure for own in effects.values() for effect in own} | {
        null.measure_id: null.measure for case in cases for null in case.null_results
    }
    places_by_theme = evidence_map.outcome_places(
        [
            VerdictCase(
                id=case.public_id,
                place=places[case.pk],
                outcome=case.outcome,
                reasons=tuple(case.reasons),
                effects=tuple(
                    replace(place_effect, place=places[case.pk])
                    for place_effect in (*place_effects(case), *null_effects(case))
                ),
            )
            for case in cases
        ],
        {measure.name: measure.outcome_theme for measure in measures.values()},
        hidden=[places[case.pk] for case in cases if case.country == UNDISCLOSED],
    )
    bodies: dict[str, list[Any]] = {}
    for verdict in verdicts:
        body = verdict.details["body"]
        if body is not None and verdict.measure_id is not None:
            theme = measures[verdict.measure_id].outcome_theme or evidence_map.OTHER
            candidate = (
                verdict.details["measured_units"],
                body["certainty"],
                body["prediction_interval"],
            )
            bodies.setdefault(theme, []).append(candidate)
    return {
        theme: {
            "places": [list(place) for place in places],
            "body": asdict(body)
            if (body := evidence_map.best_body(bodies.get(theme, ())))
            else None,
        }
        for theme, places in places_by_theme.items()
    }
