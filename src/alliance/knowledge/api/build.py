"""From rows of the knowledge base to what the API gives. Needs rows read with their parts."""

from __future__ import annotations

from typing import Any

from alliance.analysis.evidence_grade import MAX_POINTS
from alliance.analysis.prices import ConvertedCost
from alliance.analysis.prices import NotComparable as Missing
from alliance.cases.case_document import TEXT_FIELDS
from alliance.cases.case_fields import (
    OF_AMOUNTS,
    OF_COST,
    OF_EFFECTS,
    OF_NULLS,
    OF_SOURCES,
    QUANTITIES,
)
from alliance.cases.costs import comparable_cost, comparable_cost_per_inhabitant
from alliance.cases.enums import Scheme
from alliance.cases.models import CaseAmount, CaseStudy, Effect, Method, NullResult, Solution
from alliance.cases.selectors.localise import chosen_text, local_name, local_symbol
from alliance.cases.selectors.open_data import codes, published_origin
from alliance.knowledge.api.schemas.cases import IN_DETAIL, IN_SUMMARY
from alliance.network.api.common import api_address, page_address
from alliance.network.localise import local_field
from alliance.writing.models import Attachment
from alliance.writing.selectors.files import published_files

SOLUTION_TEXT = ("name", "summary", "how_it_works", "prerequisites")
METHOD_TEXT = (
    "name", "description", "strengths", "limits", "best_for", "duration", "group_size_typical",
    "evaluation_criteria",
)  # fmt: skip


def texts(record: Any, fields: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The texts of a record by language, with how each came to be."""
    return {
        row.language: {"status": row.status} | {name: getattr(row, name) for name in fields}
        for row in sorted(record.texts.all(), key=lambda row: row.language)
    }


def evidence(record: CaseStudy | Solution, *, lines: bool = False) -> dict[str, Any]:
    """The evidence grade of a record, with how each line of the rule came out where asked."""
    grade = {
        "points": record.evidence_points,
        "max_points": MAX_POINTS,
        "rule_version": record.evidence_rule_version or None,
    }
    return grade | ({"lines": record.evidence_lines} if lines else {})


def case_summary(case: CaseStudy, language: str) -> dict[str, Any]:
    """A case as it stands in a list."""
    text = chosen_text(case.texts.all(), language, case.original_language)
    public_id, solution_id = case.public_id, case.solution.public_id
    stored = ("licence", "origin", "from_network", "city_checked_on", "published_at", "updated_at")
    return {
        **{row.table: row.of(case) for row in IN_SUMMARY},
        **{name: getattr(case, name) for name in stored},
        "id": public_id,
        "solution_name": chosen_text(case.solution.texts.all(), language).text.name,
        "title": text.text.title,
        "summary": text.text.summary,
        "language": text.language,
        "place": {
            "name": local_field(case, "place_name", language),
            "country": case.country,
            "city": case.city.public_id if case.city else None,
            "latitude": case.latitude,
            "longitude": case.longitude,
        },
        "topics": codes(case, Scheme.TOPIC),
        "themes": codes(case, Scheme.THEME),
        "sdg_targets": codes(case, Scheme.SDG),
        "evidence": evidence(case),
        "version": case.revision,
        "links": {
            "self": api_address(f"cases/{public_id}"),
            "page": page_address("knowledge:case", language, public_id),
            "versions": api_address(f"cases/{public_id}/versions"),
            "solution": api_address(f"solutions/{solution_id}"),
        },
    }


def recorded_effect(row: Effect) -> dict[str, Any]:
    """What is recorded of an effect, by the names of tables, with codes of measure and units."""
    return {field.table: field.of(row) for field in OF_EFFECTS} | {
        "measure": row.measure.slug,
        "unit": row.unit.code,
        "baseline_unit": row.baseline_unit.code if row.baseline_unit else None,
    }


def effect(row: Effect, language: str) -> dict[str, Any]:
    """One effect with the codes and names of its measure and unit."""
    return recorded_effect(row) | {
        "position": row.position,
        "measure_name": local_name(row.measure, language),
        "unit_name": local_name(row.unit, language),
        "unit_symbol": local_symbol(row.unit, language),
    }


def null_result(row: NullResult, language: str) -> dict[str, Any]:
    """One result without a number, with the code and name of its measure."""
    return {field.table: field.of(row) for field in OF_NULLS} | {
        "position": row.position,
        "measure": row.measure.slug,
        "measure_name": local_name(row.measure, language),
    }


def amount(row: CaseAmount) -> dict[str, Any]:
    """A further amount of a case."""
    return {field.name: field.of(row) for field in OF_AMOUNTS} | {"position": row.position}


def _missing(missing: Missing) -> dict[str, Any]:
    return {"field": missing.field, "code": missing.code, "params": dict(missing.params)}


def cost(case: CaseStudy) -> dict[str, Any]:
    """The total cost as recorded and as compared, or what prevents the comparison."""
    payload: dict[str, Any] = dict.fromkeys(
        ("recorded", "converted", "not_comparable", "per_inhabitant",
         "per_inhabitant_not_comparable")
    )  # fmt: skip
    if case.cost_minor is not None:
        payload["recorded"] = {field.name: field.of(case) for field in OF_COST}
    total = comparable_cost(case)
    if isinstance(total, ConvertedCost):
        payload["converted"] = {
            "amount": total.value,
            "currency": total.currency,
            "price_year": total.year,
            "method_version": total.version,
        } | {
            name: getattr(total, name)
            for name in (
                "price_factor", "exchange_factor", "deflator_country", "deflator_sources",
                "rate_sources", "table_version", "method",
            )
        }  # fmt: skip
    else:
        payload["not_comparable"] = _missing(total)
    each = comparable_cost_per_inhabitant(case)
    if isinstance(each, Missing):
        payload["per_inhabitant_not_comparable"] = _missing(each)
    else:
        payload["per_inhabitant"] = {
            "amount": each.value,
            "currency": each.cost.currency,
            "price_year": each.cost.year,
            "population": each.population,
        }
    return payload


def case_file(row: Attachment, language: str) -> dict[str, Any]:
    """A file that was published with a case, and where its content is read."""
    recorded = (
        "title", "file_name", "media_type", "size", "sha256", "alt_text", "credit", "licence",
        "published_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in recorded} | {
        "id": row.public_id,
        "links": {"content": page_address("knowledge:file", language, row.public_id)},
    }


def case_detail(case: CaseStudy, language: str) -> dict[str, Any]:
    """Everything a reader may see of a case read through `with_all_parts`."""
    version = case.versions.order_by("-number").first()
    return case_summary(case, language) | {
        **{row.table: row.of(case) for row in IN_DETAIL},
        "texts": texts(case, TEXT_FIELDS),
        "evidence": evidence(case, lines=True),
        "effects": [effect(row, language) for row in case.effects.all()],
        "nulls": [null_result(row, language) for row in case.nulls.all()],
        "amounts": [amount(row) for row in case.amounts.all()],
        "sources": [
            {"position": row.position} | {field.table: field.of(row) for field in OF_SOURCES}
            for row in case.sources.all()
        ],
        "files": [case_file(row, language) for row in published_files(case)],
        "cost": cost(case),
        **{quantity.name: quantity.of(case) for quantity in QUANTITIES},
        "actors": [
            {
                "kind": row.code,
                "organisation": row.organisation.public_id if row.organisation else None,
            }
            for row in case.classifications.all()
            if row.scheme == Scheme.ACTOR
        ],
        "adapted_from": published_origin(case),
        "running": case.running or None,
        "current_version": version,
    }


def method_summary(method: Method, language: str) -> dict[str, Any]:
    """A method as it stands in a list."""
    text = chosen_text(method.texts.all(), language)
    recorded = (
        "topic", "kind", "group_size_min", "group_size_max", "sources", "origin", "updated_at",
    )  # fmt: skip
    related = method.related_solution
    return {name: getattr(method, name) for name in recorded} | {
        "id": method.public_id,
        "iap2_level": method.iap2_level or None,
        "cost_level": method.cost_level or None,
        "mode": method.mode or None,
        "name": text.text.name,
        "description": text.text.description,
        "language": text.language,
        "related_solution": related.public_id if related else None,
        "evidence_cases": [case.public_id for case in method.evidence_cases.all()],
        "links": {
            "self": api_address(f"methods/{method.public_id}"),
            "page": page_address("knowledge:method", language, method.public_id),
        },
    }
