"""The whole public state of a case as plain JSON values, for versions, diffs and downloads."""

from __future__ import annotations

from typing import Any

from alliance.core.money import to_major
from alliance.knowledge.enums import Scheme
from alliance.knowledge.models import CaseStudy

TEXT_FIELDS = ("title", "summary", "problem", "what_worked", "what_did_not", "equity_notes")


def _quantity(value: float | None, unit: str) -> dict[str, Any] | None:
    return None if value is None else {"value": value, "unit": unit}


def snapshot(case: CaseStudy) -> dict[str, Any]:
    """Everything a reader can see of a case. A key with null means "not recorded".

    Grades are left out: they are derived, and a change of a sibling case is no new version.
    """
    codes: dict[str, list[str]] = {scheme.value: [] for scheme in Scheme}
    for row in case.classifications.all():
        codes[row.scheme].append(row.code)
    return {
        "id": case.public_id,
        "solution": case.solution.public_id,
        "kind": case.kind,
        "status": case.status,
        "original_language": case.original_language,
        "place": {
            "name": case.place_name,
            "name_fr": case.place_name_fr,
            "name_sv": case.place_name_sv,
            "country": case.country,
            "city": case.city.public_id if case.city else None,
            "latitude": case.latitude,
            "longitude": case.longitude,
        },
        "start_year": case.start_year,
        "end_year": case.end_year,
        "outcome": case.outcome,
        "reasons": list(case.reasons),
        "cost": None
        if case.cost_minor is None
        else {
            "amount": float(to_major(case.cost_minor, case.cost_currency)),
            "currency": case.cost_currency,
            "price_year": case.cost_price_year,
        },
        "staff_time": _quantity(case.staff_time, case.staff_time_unit),
        "lead_time": _quantity(case.lead_time, case.lead_time_unit),
        "lifetime": _quantity(case.lifetime, case.lifetime_unit),
        "adapted_from": case.adapted_from.public_id if case.adapted_from else None,
        "adaptation_changes": case.adaptation_changes,
        "topics": codes[Scheme.TOPIC],
        "themes": codes[Scheme.THEME],
        "sdg_targets": codes[Scheme.SDG],
        "actors": codes[Scheme.ACTOR],
        "texts": {
            text.language: {"status": text.status}
            | {name: getattr(text, name) for name in TEXT_FIELDS}
            for text in sorted(case.texts.all(), key=lambda text: text.language)
        },
        "effects": [
            {
                "measure": effect.measure.name,
                "qualifier": effect.qualifier,
                "unit": effect.unit.name,
                "value": effect.value,
                "baseline": effect.baseline,
                "low": effect.low,
                "high": effect.high,
                "se": effect.standard_error,
                "n": effect.n,
                "period_start": effect.period_start,
                "period_end": effect.period_end,
                "design": effect.design,
                "direction": effect.direction,
                "note": effect.note,
                "pool_exclusion": effect.pool_exclusion or None,
            }
            for effect in case.effects.all()
        ],
        "sources": [
            {
                "title": source.title,
                "url": source.url,
                "seen": source.seen,
                "kind": source.kind,
                "independent": source.independent,
            }
            for source in case.sources.all()
        ],
        "licence": case.licence,
        "checked_on": case.checked_on.isoformat() if case.checked_on else None,
    }
