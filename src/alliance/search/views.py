"""The home page, pages of problems, the finder, and the points of its map."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.evidence.selectors.decisions import ORDERS
from alliance.network.access import actor_of
from alliance.search import selectors
from alliance.search.query import FinderQuery
from alliance.search.selectors.page import example_searches, find_page, related_page
from alliance.web.page_cache import cached


def _query(request: HttpRequest) -> FinderQuery:
    query = FinderQuery.from_params(request.GET, request.LANGUAGE_CODE)
    return replace(query, is_main=True)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where to start: your city, a search, problems, what failed and what is new."""
    page = selectors.home_context(request.LANGUAGE_CODE, clock.today(), actor_of(request))
    return render(
        request,
        "search/home.html",
        {"home": page, "examples": example_searches(), "today": page["as_of"]},
    )


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """The solutions to a problem side by side, what failed, and who asks for one."""
    order, language = request.GET.get("sort", ""), request.LANGUAGE_CODE
    try:
        page = cached(
            None,
            ("problem", code, language, order if order in ORDERS else ""),
            lambda: selectors.problem_page(code, language, clock.today(), order),
        )
    except NotFound as error:
        raise Http404(str(error)) from error
    return render(request, "search/problem.html", {"page": page, "today": clock.today()})


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search with filters. A filter that cannot be used is answered with 400, each fault named."""
    page = find_page(
        _query(request),
        today=clock.today(),
        view=request.GET.get("map", ""),
        names=request.GET.keys(),
    )
    return render(
        request,
        "search/find.html",
        page,
        status=400 if page["result"].faults else 200,
    )


@require_safe
def related(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """Records that speak of the same things as one record."""
    try:
        page = related_page(kind, public_id, request.LANGUAGE_CODE, today=clock.today())
    except NotFound as error:
        raise Http404(str(error)) from error
    return render(request, "search/related.html", page)


@require_safe
def points(request: HttpRequest) -> JsonResponse:
    """All hits that have a place, as GeoJSON (RFC 7946), for the map beside the list."""
    hits = selectors.find_points(_query(request), today=clock.today())
    features = [
        {
            "type": "Feature",
            "id": point.id.replace("-", "/", 1),
            "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
            "properties": {
                "kind": point.id.partition("-")[0],
                "label": point.label,
                "outcome": point.outcome or None,
                "url": point.href,
            },
        }
        for point in hits
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )
