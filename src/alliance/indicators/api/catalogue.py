"""API routes of the catalogue of indicators."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.indicators.api import schemas
from alliance.indicators.as_of import moment_of
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    Indicator,
    Sibling,
    Target,
)
from alliance.indicators.selectors.access import get_indicator_for
from alliance.indicators.targets import in_order, siblings_of, targets_at
from alliance.network.api.common import api_address, names_of, page_address, page_of

router = Router(tags=["indicators"])


class IndicatorQuery(schemas.AsOfPageQuery):
    measure: str = Field(
        "", max_length=120, description="Only indicators that this measure of effects acts on."
    )


def _summary(indicator: Indicator, language: str) -> dict[str, Any]:
    names = names_of(indicator)
    return {
        "id": indicator.public_id,
        "code": indicator.code,
        "name": names[language],
        "names": names,
        "group": indicator.group.code if indicator.group else None,
        "definitions": [definition.key for definition in indicator.definitions.all()],
        "links": {
            "self": api_address(f"indicators/{indicator.public_id}"),
            "figures": api_address(f"indicators/{indicator.public_id}/figures"),
            "page": page_address("indicators:indicator", language, indicator.public_id),
        },
    }


def _version(version: DefinitionVersion) -> dict[str, Any]:
    label = schemas.texts_of(version, "unit_label")
    return schemas.answer_of(
        schemas.Version,
        version,
        unit_label={code: text or version.unit_label for code, text in label.items()},
    )


def _target(target: Target) -> dict[str, Any]:
    return schemas.answer_of(
        schemas.Target,
        target,
        definition=target.definition.key if target.definition else None,
        city=target.city.public_id if target.city else None,
        unit=target.unit_label or None,
        source=target.source.title if target.source else None,
        source_url=(target.source.url or None) if target.source else None,
    )


def _sibling(sibling: Sibling) -> dict[str, Any]:
    right = sibling.right.key if sibling.right else None
    return schemas.answer_of(schemas.Sibling, sibling, left=sibling.left.key, right=right)


@router.get("/indicators", response=schemas.IndicatorPage, summary="List indicators")
def list_indicators(request: HttpRequest, query: Query[IndicatorQuery]) -> dict[str, Any]:
    """The common set: what cities measure, linked to SDG targets."""
    moment = moment_of(query.as_of, now=clock.now())
    known = Definition.objects.order_by("key")
    if moment is not None:
        known = known.filter(versions__recorded_at__lte=moment).distinct()
    rows = Indicator.objects.select_related("group").prefetch_related(
        Prefetch("definitions", queryset=known)
    )
    if query.measure:
        rows = rows.filter(measures__measure=query.measure)
    ordered = rows.order_by("group__position", "position", "code")
    return page_of(request, query, ordered, lambda row: _summary(row, query.lang))


@router.get("/indicators/{id}", response=schemas.Indicator, summary="One indicator")
def get_indicator(request: HttpRequest, id: str, query: Query[schemas.AsOfQuery]) -> Any:
    """An indicator with each of its definitions, all their versions, targets and related
    measures."""
    moment = moment_of(query.as_of, now=clock.now())
    indicator = get_indicator_for(None, id)
    rows = DefinitionVersion.objects.filter(definition__indicator=indicator)
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    versions: dict[str, list[DefinitionVersion]] = defaultdict(list)
    for row in rows.select_related("definition").order_by("definition__key", "number"):
        versions[row.definition.key].append(row)
    return _summary(indicator, query.lang) | {
        "definitions": [
            {
                "key": key,
                "current": _version(history[-1]),
                "versions": [_version(version) for version in history],
            }
            for key, history in versions.items()
        ],
        "measures": [link.measure for link in indicator.measures.all()],
        "denominator": indicator.denominator.public_id if indicator.denominator else None,
        "targets": [
            _target(target) for target in in_order(targets_at(moment).filter(indicator=indicator))
        ],
        "siblings": [
            _sibling(sibling)
            for sibling in siblings_of(history[-1].definition_id for history in versions.values())
        ],
    }
