"""Addresses of engagement methods and of the lists that codes come from."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, TextChoices, prefetch_related_objects
from django.http import HttpRequest
from ninja import Query, Router

from alliance.knowledge import enums
from alliance.knowledge.api.build import METHOD_TEXT, method_summary, texts
from alliance.knowledge.api.schemas import solutions as schemas
from alliance.knowledge.models import CaseClassification, EngagementMethod, Measure, Unit
from alliance.knowledge.selectors.doors import get_method_for, visible_cases
from alliance.knowledge.selectors.localise import local_name, local_symbol
from alliance.network.api.common import LanguageQuery, PageQuery, names_of, page_of

router = Router()


@router.get(
    "/methods",
    response=schemas.MethodPage,
    operation_id="listMethods",
    summary="List engagement methods",
    tags=["methods"],
)
def list_methods(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """Ways to inform, consult or involve residents."""
    methods = EngagementMethod.objects.order_by("public_id").select_related("related_solution")
    methods = methods.prefetch_related(
        "texts", Prefetch("evidence_cases", queryset=visible_cases(None))
    )
    return page_of(request, query, methods, lambda row: method_summary(row, query.lang))


@router.get(
    "/methods/{id}",
    response=schemas.Method,
    operation_id="getMethod",
    summary="One engagement method",
    tags=["methods"],
)
def get_method(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """An engagement method with its texts in every language."""
    method = get_method_for(None, id)
    prefetch_related_objects(
        [method], "texts", Prefetch("evidence_cases", queryset=visible_cases(None))
    )
    return method_summary(method, query.lang) | {"texts": texts(method, METHOD_TEXT)}


@router.get(
    "/measures",
    response=schemas.MeasureListing,
    operation_id="listMeasures",
    summary="List measures",
    tags=["lists"],
)
def list_measures(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What effects are measured on, such as traffic volume."""
    items = [
        {"code": row.slug, "name": local_name(row, query.lang), "names": names_of(row)}
        for row in Measure.objects.order_by("slug")
    ]
    return {"count": len(items), "items": items}


@router.get(
    "/units",
    response=schemas.UnitListing,
    operation_id="listUnits",
    summary="List units",
    tags=["lists"],
)
def list_units(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
    """The units that effects are told in; a closed list."""
    items = [
        {
            "code": row.code,
            "name": local_name(row, query.lang),
            "symbol": local_symbol(row, query.lang),
            "names": names_of(row),
            "is_relative": row.is_relative,
            "is_change": row.is_change,
        }
        for row in Unit.objects.order_by("code")
    ]
    return {"count": len(items), "items": items}


def _terms(scheme: str, choices: type[TextChoices]) -> dict[str, Any]:
    rows = CaseClassification.objects.filter(scheme=scheme, case__in=visible_cases(None))
    counts = dict(rows.order_by().values_list("code").annotate(Count("case")))
    items = [
        {"code": choice.value, "name": str(choice.label), "cases": counts.get(choice.value, 0)}
        for choice in choices
    ]
    return {"count": len(items), "items": items}


@router.get(
    "/topics",
    response=schemas.TermListing,
    operation_id="listTopics",
    summary="List topics",
    tags=["lists"],
)
def list_topics(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
    """The four topics the network's cities work on together."""
    return _terms(enums.Scheme.TOPIC, enums.Topic)


@router.get(
    "/themes",
    response=schemas.TermListing,
    operation_id="listThemes",
    summary="List themes",
    tags=["lists"],
)
def list_themes(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
    """The fields of action."""
    return _terms(enums.Scheme.THEME, enums.Theme)
