"""The effects of a solution measure by measure over places, with the codes of the analysis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alliance.analysis.effect_spread import PlaceEffect, summarise
from alliance.analysis.evidence_grade import solution_grade
from alliance.knowledge.effects import place_effects
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.localise import local_name, local_place, local_symbol

_FIGURES = (
    "median", "minimum", "maximum", "mean", "ci_low", "ci_high", "pi_low", "pi_high", "level",
    "weighting", "warnings", "method",
)  # fmt: skip
_RECORDED = (
    "value", "low", "high", "n", "design", "period_start", "period_end", "qualifier", "note",
)  # fmt: skip


@dataclass(frozen=True)
class _Member:
    place: PlaceEffect
    effect: Effect
    case: CaseStudy


def _placed(member: _Member, language: str, left_out: str | None) -> dict[str, Any]:
    return {name: getattr(member.effect, name) for name in _RECORDED} | {
        "case": member.case.public_id,
        "place": local_place(member.case, language),
        "country": member.case.country,
        "left_out": left_out,
        "pool_exclusion": member.effect.pool_exclusion or None,
    }


def _group(
    members: Sequence[_Member], language: str, graded: tuple[str | None, str | None]
) -> dict[str, Any]:
    first = members[0].effect
    summary = summarise([member.place for member in members])
    # The analysis hands back the very objects it was given.
    reasons = {id(one.effect): one.reason for one in summary.selection.left_out}
    told = [
        _placed(member, language, reasons.get(id(member.place)))
        for member in sorted(members, key=lambda member: id(member.place) in reasons)
    ]
    return {name: getattr(summary, name) for name in _FIGURES} | {
        "measure": first.measure.slug,
        "measure_name": local_name(first.measure, language),
        "unit": first.unit.code,
        "unit_name": local_name(first.unit, language),
        "unit_symbol": local_symbol(first.unit, language),
        "direction": first.direction,
        "is_change": first.unit.is_change,
        "grade_rests_on_it": (first.measure.name, first.unit.name) == graded,
        "places": summary.k,
        "favourable": summary.n_favourable,
        "unfavourable": summary.n_unfavourable,
        "zero": summary.n_zero,
        "method_version": summary.version,
        "effects": told,
    }


def effect_groups(cases: Sequence[CaseStudy], language: str) -> list[dict[str, Any]]:
    """All effects of `cases` by measure, unit and direction: the graded first, then most places.

    Makes no query where the effects were read with their measure and unit.
    """
    groups: dict[tuple[str, str, str], list[_Member]] = defaultdict(list)
    everywhere: list[PlaceEffect] = []
    for case in cases:
        for place, effect in zip(place_effects(case), case.effects.all(), strict=True):
            key = (effect.measure.slug, effect.unit.code, effect.direction)
            groups[key].append(_Member(place, effect, case))
            everywhere.append(place)
    # Sources decide points of the grade, not the measure that it is counted on.
    grade = solution_grade(everywhere, sources=())
    found = [
        _group(members, language, (grade.measure, grade.unit))
        for _key, members in sorted(groups.items())
    ]
    return sorted(found, key=lambda group: (not group["grade_rests_on_it"], -group["places"]))
