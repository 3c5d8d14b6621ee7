"""Addresses of cases in the API."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from alliance.cases import enums
from alliance.cases.models import CaseClassification, CaseStudy, CaseVersion
from alliance.cases.selectors.access import get_case_for, visible_cases
from alliance.cases.selectors.open_data import with_all_parts, with_summary_parts
from alliance.core.errors import NotFound
from alliance.knowledge.api.build import case_detail, case_summary
from alliance.knowledge.api.schemas import cases as schemas
from alliance.network.api.common import (
    CountryCode,
    LanguageQuery,
    PageQuery,
    api_address,
    page_of,
)
from alliance.web.page_cache import cached

router = Router(tags=["cases"])

SdgCode = Annotated[str, Field(pattern=r"^(1[0-7]|[1-9])(\.([1-9][0-9]?|[a-d]))?$")]
_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
_DAY_AND_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}[Tt ]")


def _as_text(value: object) -> object:
    # A bare number would be read as seconds since 1970.
    if isinstance(value, str) and not _DAY_AND_TIME.match(value):
        raise PydanticCustomError("datetime_offset", "is not a date and time with an offset")
    return value


class CaseQuery(PageQuery):
    solution: list[str] = Field([], description="Ids of solutions; any of them.")
    topic: list[enums.Topic] = Field([], description="Topics; any of them.")
    theme: list[enums.Theme] = Field([], description="Themes; any of them.")
    outcome: list[enums.Outcome] = Field([], description="Outcomes; any of them.")
    country: list[CountryCode] = Field([], description="Country codes; any of them.")
    city: list[str] = Field([], description="Ids of cities; any of them.")
    sdg: list[SdgCode] = Field(
        [], description="Goals (11) or targets (11.2) of the SDG; any of them."
    )
    grade_min: int | None = Field(
        None, ge=0, le=5, description="Least points of evidence; leaves out cases not graded."
    )
    updated_since: Annotated[AwareDatetime, BeforeValidator(_as_text)] | None = Field(
        None, description="Only cases changed at this moment or later; with offset from UTC."
    )


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """The moment in UTC; the first or last there is where an offset leads beyond the calendar."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        return _FIRST if moment.year == _FIRST.year else _LAST


def _classified(scheme: str, choice: Q) -> Q:
    rows = CaseClassification.objects.filter(choice, scheme=scheme)
    return Q(pk__in=rows.values("case"))


def _sdg(values: list[str]) -> Q:
    choice = Q()
    for value in values:
        choice |= Q(code=value) if "." in value else Q(code__startswith=f"{value}.")
    return choice


def find_cases(query: CaseQuery) -> QuerySet[CaseStudy]:
    """The published cases that meet every given filter, by id."""
    cases = visible_cases(None).order_by("public_id")
    for field, values in (
        ("solution__public_id__in", query.solution),
        ("city__public_id__in", query.city),
        ("outcome__in", query.outcome),
        ("country__in", query.country),
    ):
        if values:
            cases = cases.filter(**{field: values})
    for scheme, choice in (
        (enums.Scheme.TOPIC, Q(code__in=query.topic) if query.topic else None),
        (enums.Scheme.THEME, Q(code__in=query.theme) if query.theme else None),
        (enums.Scheme.SDG, _sdg(query.sdg) if query.sdg else None),
    ):
        if choice is not None:
            cases = cases.filter(_classified(scheme, choice))
    if query.grade_min is not None:
        cases = cases.filter(evidence_points__gte=query.grade_min)
    if query.updated_since is not None:
        cases = cases.filter(updated_at__gte=_in_utc(query.updated_since))
    return cases


@router.get("/cases", response=schemas.CasePage, summary="List cases")
def list_cases(request: HttpRequest, query: Query[CaseQuery]) -> dict[str, Any]:
    """Published cases that meet every given filter. An unknown id finds nothing."""
    return cached(
        frozenset({"case", "solution", "city"}),
        ("API cases", request.GET.urlencode()),
        lambda: page_of(
            request,
            query,
            with_summary_parts(find_cases(query)),
            lambda case: case_summary(case, query.lang),
        ),
    )


@router.get("/cases/{id}", response=schemas.Case, summary="One case")
def get_case(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A case with its texts in every language, effects, sources, costs and evidence."""
    readable_case = get_case_for(None, id)
    case = with_all_parts(visible_cases(None)).get(pk=readable_case.pk)
    return case_detail(case, query.lang)


def _version(case: CaseStudy, version: CaseVersion) -> dict[str, Any]:
    own = f"cases/{case.public_id}"
    return {
        "number": version.number,
        "at": version.at,
        "digest": version.digest,
        "links": {
            "self": api_address(f"{own}/versions/{version.number}"),
            "case": api_address(own),
        },
    }


@router.get(
    "/cases/{id}/versions", response=schemas.CaseVersionListing, summary="Versions of a case"
)
def list_case_versions(request: HttpRequest, id: str) -> dict[str, Any]:
    """Every published state of a case, newest first, each with the digest a citation names."""
    case = get_case_for(None, id)
    versions = case.versions.order_by("-number").defer("snapshot")
    items = [_version(case, version) for version in versions]
    return {"count": len(items), "items": items}


@router.get(
    "/cases/{id}/versions/{number}",
    response=schemas.CaseVersionDetail,
    summary="One version of a case",
)
def get_case_version(
    request: HttpRequest, id: str, number: Annotated[int, Field(ge=1, le=1_000_000)]
) -> dict[str, Any]:
    """A case exactly as it was published, for checking a citation against its digest."""
    case = get_case_for(None, id)
    version = case.versions.filter(number=number).first()
    if version is None:
        raise NotFound("version", f"{id} {number}")
    return _version(case, version) | {"snapshot": version.snapshot}
