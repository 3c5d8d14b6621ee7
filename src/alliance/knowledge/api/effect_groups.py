"""The effects of a solution measure by measure over places, with the codes of the analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from alliance.analysis.effect_spread import SpreadSummary
from alliance.analysis.evidence.outlook import Outlook
from alliance.analysis.evidence.pooling import MIN_FOR_PREDICTION
from alliance.cases.models import CaseStudy, Effect
from alliance.cases.selectors.localise import local_place
from alliance.core.errors import Fault, InvalidData
from alliance.evidence.selectors.outlook import OutlookView, Useful, all_gaps
from alliance.evidence.selectors.spread import Spread, SpreadRow, every_spread
from alliance.knowledge.api.build import recorded_effect
from alliance.network.api.common import api_address, page_address
from alliance.network.localise import localised_field

_FIGURES = ("median", "minimum", "maximum", "level")


def _placed(row: SpreadRow) -> dict[str, Any]:
    return recorded_effect(row.effect) | {
        "case": row.case.public_id,
        "place": row.place,
        "country": row.case.country,
        "left_out": row.reason or None,
    }


def _mean(summary: SpreadSummary, outlook: Outlook | None, *, beyond: bool) -> dict[str, Any]:
    """Mean and intervals as the page of the solution shows them: from three places on.

    Nothing is predicted where an interval would reach `beyond` what can happen.
    """
    pooled = outlook.pooled if outlook and outlook.pooled.k >= MIN_FOR_PREDICTION else None
    return {
        "mean": pooled and pooled.estimate,
        "ci_low": None if beyond else pooled and pooled.ci_low,
        "ci_high": None if beyond else pooled and pooled.ci_high,
        "pi_low": None if beyond else pooled and pooled.prediction_low,
        "pi_high": None if beyond else pooled and pooled.prediction_high,
        "weighting": outlook.pooled.weighting if outlook else summary.weighting,
        "warnings": _warnings(outlook.warnings if outlook else summary.warnings, beyond=beyond),
        "method": f"{pooled.method}, {pooled.interval}"
        if pooled and pooled.weighting == "inverse-variance"
        else summary.method,
    }


def _warnings(codes: Sequence[str], *, beyond: bool) -> list[str]:
    """The codes, with the one of levels where these reach `beyond` what can be."""
    more = beyond and "below-possible" not in codes
    return [*codes, *(["level-beyond-possible"] if more else [])]


def _group(spread: Spread, language: str) -> dict[str, Any]:
    first, summary, view = spread.first, spread.summary, spread.outlook
    beyond = spread.beyond_possible
    return {
        "key": spread.key,
        "outlook": view
        and _outlook(view, [row.effect for row in spread.chosen], language, beyond=beyond),
        "measure": first.measure.slug,
        "measure_name": spread.measure,
        "unit": first.unit.code,
        "unit_name": spread.unit,
        "unit_symbol": spread.symbol,
        "direction": first.direction,
        "is_change": spread.is_change,
        "grade_rests_on_it": spread.grade_rests_on_it,
        "places": summary.k,
        "to_check_again": len(spread.doubtful),
        "favourable": summary.n_favourable,
        "unfavourable": summary.n_unfavourable,
        "zero": summary.n_zero,
        "method_version": summary.version,
        "effects": [_placed(row) for row in sorted(spread.rows, key=lambda row: bool(row.reason))],
        "no_difference": [
            {
                "case": null.case.public_id,
                "place": local_place(null.case, language),
                "sentence": sentence.value,
                "language": sentence.lang_attr or language,
                "design": null.design,
            }
            for null in spread.nulls
            for sentence in (localised_field(null, "sentence", language),)
        ],
        **{name: getattr(summary, name) for name in _FIGURES},
        **_mean(summary, view.outlook if view else None, beyond=beyond),
    }


def _chances(outlook: Outlook) -> dict[str, Any] | None:
    """The figures; the word of effectiveness is the verdict of the solution alone."""
    if outlook.prospects is None:
        return None
    names = ("p_right_direction", "p_useful", "no_useful_effect", "warnings", "equivalence")
    return {name: getattr(outlook.prospects, name) for name in names}


def _outlook(
    view: OutlookView, speaking: Sequence[Effect], language: str, *, beyond: bool
) -> dict[str, Any]:
    """What the results promise to one more place, by the codes of the analysis."""
    outlook, lacks = view.outlook, view.lacks
    pooled, spread = outlook.pooled, outlook.pooled.heterogeneity
    kinds = (("countries", list(lacks.countries)), ("climates", list(lacks.zones)))
    return {
        "k": pooled.k,
        "estimate": pooled.estimate,
        "se": pooled.se,
        "ci_low": None if beyond else pooled.ci_low,
        "ci_high": None if beyond else pooled.ci_high,
        "prediction_low": None if beyond else pooled.prediction_low,
        "prediction_high": None if beyond else pooled.prediction_high,
        "prediction_df": pooled.prediction_df,
        "tau2": spread and spread.tau2,
        "i2": spread and spread.i2,
        "q": spread and spread.q,
        "q_p": spread and spread.p,
        "method": pooled.method,
        "interval": pooled.interval,
        "weighting": pooled.weighting,
        "warnings": pooled.warnings,
        "chances": None if beyond else _chances(outlook),
        "smallest_useful": outlook.smallest_useful,
        "certainty": outlook.certainty and asdict(outlook.certainty),
        "not_known": [asdict(gap) | {"values": []} for gap in all_gaps(outlook, speaking, lacks)]
        + [
            {"code": code, "n": len(values), "of": None, "values": values}
            for code, values in kinds
            if values
        ],
        "rests_on": [
            {
                "case": case.public_id,
                "version": case.revision,
                "place": place,
                "self": api_address(f"cases/{case.public_id}/versions/{case.revision}"),
                "page": page_address(
                    "knowledge:case-version", language, case.public_id, case.revision
                ),
            }
            for case, place in view.rests_on
        ],
    }


def effect_groups(
    cases: Sequence[CaseStudy], language: str, useful: Useful | None = None
) -> list[dict[str, Any]]:
    """All effects of `cases` by measure, unit and direction: the graded first, then most places.

    `useful`: the smallest useful change of the measure of one group. Makes one query where the
    effects were read with their measure and unit. Raises InvalidData for a group that is not there.
    """
    spreads = every_spread(cases, language, useful)
    if useful and useful.key not in {spread.key for spread in spreads}:
        raise InvalidData([Fault("of", "unknown", {"value": useful.key})])
    spreads.sort(
        key=lambda spread: (
            spread.first.measure.slug,
            spread.first.unit.code,
            spread.first.direction,
        )
    )
    spreads.sort(key=lambda spread: (not spread.grade_rests_on_it, -spread.summary.k))
    return [_group(spread, language) for spread in spreads]
