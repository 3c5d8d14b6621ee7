"""Addresses of methods and of the lists that codes come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Count, Prefetch, TextChoices, prefetch_related_objects
from django.http import HttpRequest
from django.utils import translation
from ninja import Query, Router, Schema

from alliance.cases import enums
from alliance.cases.models import CaseClassification, Measure, Method, Unit
from alliance.cases.selectors.access import get_method_for, visible_cases
from alliance.cases.selectors.localise import by_language, local_name, local_symbol
from alliance.evidence.selectors.method_results import over_cities_of, unit_name
from alliance.knowledge.api.build import METHOD_TEXT, method_summary, texts
from alliance.knowledge.api.schemas import solutions as schemas
from alliance.network.api.common import LanguageQuery, PageQuery, page_of

router = Router()


@router.get("/methods", response=schemas.MethodPage, summary="List methods", tags=["methods"])
def list_methods(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """Ways to inform, consult or involve residents."""
    methods = Method.objects.order_by("public_id").select_related("related_solution")
    methods = methods.prefetch_related(
        "texts", Prefetch("evidence_cases", queryset=visible_cases(None))
    )
    return page_of(request, query, methods, lambda row: method_summary(row, query.lang))


@router.get("/methods/{id}", response=schemas.Method, summary="One method", tags=["methods"])
def get_method(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A method with its texts in every language."""
    method = get_method_for(None, id)
    prefetch_related_objects(
        [method], "texts", Prefetch("evidence_cases", queryset=visible_cases(None))
    )
    return method_summary(method, query.lang) | {"texts": texts(method, METHOD_TEXT)}


@router.get(
    "/methods/{id}/results",
    response=schemas.MethodResults,
    summary="What a method came to",
    tags=["methods"],
)
def get_method_results(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Each use that has ended, with its measures; and each measure over cities, pooled from three
    on. What was made up is marked and in no pooled figure."""
    method = get_method_for(None, id)
    results = list(method.results.select_related("city"))
    return {
        "uses": [
            {
                "id": result.public_id,
                "city": result.city.public_id,
                "title": result.shown_title.value,
                "language": result.shown_title.lang_attr or query.lang,
                "ended_on": result.ended_on,
                "synthetic": result.is_synthetic,
                "process": result.source_id if result.source == "process" else None,
                "measures": [
                    {"group": each.get("group") or None, "unit": unit_name(each) or None}
                    | {name: each[name] for name in ("measure", "value", "low", "high", "n")}
                    for each in result.measures
                ],
            }
            for result in results
        ],
        "over_cities": over_cities_of(results),
    }


def _measures(language: str) -> list[dict[str, Any]]:
    return [
        {"code": row.slug, "name": local_name(row, language), "names": by_language(row)}
        for row in Measure.objects.order_by("slug")
    ]


def _units(language: str) -> list[dict[str, Any]]:
    return [
        {
            "code": row.code,
            "name": local_name(row, language),
            "symbol": local_symbol(row, language),
            "names": by_language(row),
            "is_relative": row.is_relative,
            "is_change": row.is_change,
        }
        for row in Unit.objects.order_by("code")
    ]


def _terms(scheme: str, choices: type[TextChoices], language: str) -> list[dict[str, Any]]:
    rows = CaseClassification.objects.filter(scheme=scheme, case__in=visible_cases(None))
    counts = dict(rows.order_by().values_list("code").annotate(Count("case")))
    with translation.override(language):
        return [
            {"code": choice.value, "name": str(choice.label), "cases": counts.get(choice.value, 0)}
            for choice in choices
        ]


def _add_list(
    name: str,
    description: str,
    response: type[Schema],
    items: Callable[[str], list[dict[str, Any]]],
) -> None:
    """Give a list of codes its address; `items` makes it in a language."""

    def list_codes(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
        codes = items(query.lang)
        return {"count": len(codes), "items": codes}

    # Addresses are told apart by the names of their functions.
    list_codes.__name__ = f"list_{name}"
    router.get(
        f"/{name}",
        response=response,
        operation_id=f"list{name.capitalize()}",
        summary=f"List {name}",
        description=description,
        tags=["lists"],
    )(list_codes)


_add_list(
    "measures",
    "What effects are measured on, such as traffic volume.",
    schemas.MeasureListing,
    _measures,
)
_add_list(
    "units", "The units that effects are told in; a closed list.", schemas.UnitListing, _units
)
_add_list(
    "topics",
    "The four topics the network's cities work on together.",
    schemas.TermListing,
    partial(_terms, enums.Scheme.TOPIC, enums.Topic),
)
_add_list(
    "themes",
    "The fields of action.",
    schemas.TermListing,
    partial(_terms, enums.Scheme.THEME, enums.Theme),
)
