"""The effects of a solution measure by measure over places, with the codes of the analysis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from alliance.analysis.effect_spread import PlaceEffect, SpreadSummary, summarise
from alliance.analysis.evidence.outlook import Outlook, look_ahead
from alliance.analysis.evidence.pooling import MIN_FOR_PREDICTION
from alliance.analysis.evidence_grade import solution_grade
from alliance.core.errors import Fault, InvalidData
from alliance.knowledge.effects import place_effects
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.localise import local_name, local_place, local_symbol
from alliance.knowledge.selectors.outlook import Useful, all_gaps, cited
from alliance.knowledge.selectors.place_mix import PlaceMix, place_mix, unlike
from alliance.knowledge.selectors.spread import spread_key
from alliance.network.api.common import api_address, page_address

_FIGURES = ("median", "minimum", "maximum", "level")
_RECORDED = (
    "value", "low", "high", "n", "design", "period_start", "period_end", "qualifier", "note",
)  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    language: str
    graded: tuple[str | None, str | None]
    place_mix: PlaceMix
    useful: Useful | None


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


def _mean(summary: SpreadSummary, outlook: Outlook | None) -> dict[str, Any]:
    """Mean and intervals as the page of the solution shows them: from three places on."""
    pooled = outlook.pooled if outlook and outlook.pooled.k >= MIN_FOR_PREDICTION else None
    return {
        "mean": pooled and pooled.estimate,
        "ci_low": pooled and pooled.ci_low,
        "ci_high": pooled and pooled.ci_high,
        "pi_low": pooled and pooled.prediction_low,
        "pi_high": pooled and pooled.prediction_high,
        "weighting": outlook.pooled.weighting if outlook else summary.weighting,
        "warnings": outlook.warnings if outlook else summary.warnings,
        "method": f"{pooled.method}, {pooled.interval}"
        if pooled and pooled.weighting == "inverse-variance"
        else summary.method,
    }


def _group(members: Sequence[_Member], asked: _Asked) -> dict[str, Any]:
    first, language = members[0].effect, asked.language
    key = spread_key(first)
    summary = summarise([member.place for member in members])
    outlook = look_ahead(
        summary,
        smallest_useful=asked.useful.size if asked.useful and asked.useful.key == key else None,
    )
    by_identity = {id(member.place): member for member in members}
    speaking = [by_identity[id(place)] for place in summary.selection.chosen]
    # The analysis hands back the very objects it was given.
    reasons = {id(one.effect): one.reason for one in summary.selection.left_out}
    told = [
        _placed(member, language, reasons.get(id(member.place)))
        for member in sorted(members, key=lambda member: id(member.place) in reasons)
    ]
    return {
        "key": key,
        "outlook": outlook and _outlook(outlook, speaking, asked),
        "measure": first.measure.slug,
        "measure_name": local_name(first.measure, language),
        "unit": first.unit.code,
        "unit_name": local_name(first.unit, language),
        "unit_symbol": local_symbol(first.unit, language),
        "direction": first.direction,
        "is_change": first.unit.is_change,
        "grade_rests_on_it": (first.measure.name, first.unit.name) == asked.graded,
        "places": summary.k,
        "favourable": summary.n_favourable,
        "unfavourable": summary.n_unfavourable,
        "zero": summary.n_zero,
        "method_version": summary.version,
        "effects": told,
        **{name: getattr(summary, name) for name in _FIGURES},
        **_mean(summary, outlook),
    }


def _outlook(outlook: Outlook, speaking: Sequence[_Member], asked: _Asked) -> dict[str, Any]:
    """What the results promise to one more place, by the codes of the analysis."""
    pooled, spread = outlook.pooled, outlook.pooled.heterogeneity
    lacks = unlike(asked.place_mix, [member.case for member in speaking])
    gaps = all_gaps(outlook, [member.effect for member in speaking], lacks)
    kinds = (("countries", list(lacks.countries)), ("climates", list(lacks.zones)))
    return {
        "k": pooled.k,
        "estimate": pooled.estimate,
        "se": pooled.se,
        "ci_low": pooled.ci_low,
        "ci_high": pooled.ci_high,
        "prediction_low": pooled.prediction_low,
        "prediction_high": pooled.prediction_high,
        "prediction_df": pooled.prediction_df,
        "tau2": spread and spread.tau2,
        "i2": spread and spread.i2,
        "q": spread and spread.q,
        "q_p": spread and spread.p,
        "method": pooled.method,
        "interval": pooled.interval,
        "weighting": pooled.weighting,
        "warnings": pooled.warnings,
        "chances": outlook.prospects and asdict(outlook.prospects),
        "smallest_useful": outlook.smallest_useful,
        "certainty": outlook.certainty and asdict(outlook.certainty),
        "not_known": [asdict(gap) | {"values": []} for gap in gaps]
        + [
            {"code": code, "n": len(found), "of": None, "values": found}
            for code, found in kinds
            if found
        ],
        "rests_on": [
            {
                "case": one.public_id,
                "version": one.revision,
                "place": place,
                "self": api_address(f"cases/{one.public_id}/versions/{one.revision}"),
                "page": page_address(
                    "knowledge:case-version", asked.language, one.public_id, one.revision
                ),
            }
            for one, place in cited((member.case for member in speaking), asked.language)
        ],
    }


def effect_groups(
    cases: Sequence[CaseStudy], language: str, useful: Useful | None = None
) -> list[dict[str, Any]]:
    """All effects of `cases` by measure, unit and direction: the graded first, then most places.

    `useful`: the smallest useful change of the measure of one group. Makes one query where the
    effects were read with their measure and unit. Raises InvalidData for a group that is not there.
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
    asked = _Asked(language, (grade.measure, grade.unit), place_mix(cases), useful)
    found = [_group(members, asked) for _key, members in sorted(groups.items())]
    if useful and useful.key not in {group["key"] for group in found}:
        raise InvalidData([Fault("of", "unknown", {"value": useful.key})])
    return sorted(found, key=lambda group: (not group["grade_rests_on_it"], -group["places"]))
