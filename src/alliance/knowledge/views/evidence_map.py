"""The evidence map: what was tested, how it went, and where nobody has looked."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from alliance.analysis.place_agreement import MIN_PLACES
from alliance.cases.enums import MethodMeasure
from alliance.cases.views import actor_of
from alliance.core import clock
from alliance.core.downloads import csv_download
from alliance.evidence.messages.method_results import MEASURE_NAMES
from alliance.evidence.selectors.evidence_map import (
    COLUMNS,
    as_table,
    countries_of_cases,
    drawing_of,
    find_map,
    key_of_marks,
    map_page,
)
from alliance.evidence.selectors.method_results import map_lines
from alliance.knowledge.forms.evidence_map import MapForm
from alliance.web.formatting import day
from alliance.web.page_cache import cached

#: How many times larger than the drawing the picture is, so that it can be printed.
SCALE = 1.5
#: Pictures that stay in memory.
CACHE_SIZE = 8
TYPES = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


def _form(request: HttpRequest) -> MapForm:
    actor = actor_of(request)
    countries = cached(frozenset({"case"}), "countries of cases", lambda: countries_of_cases(actor))
    return MapForm(request.GET, countries)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The map as a table of links. A filter that does not exist is answered with 400, named."""
    form = _form(request)
    filters = form.filters if form.is_valid() else None
    language = request.LANGUAGE_CODE
    # What few places measured is on the page of its theme.
    least = 0 if set(filters or {}) - {"order"} else MIN_PLACES
    context: dict[str, Any] = {
        "form": form,
        "filters": filters,
        "today": clock.today(),
        "key": key_of_marks(),
        "downloads": [(code, code.upper()) for code in ("svg", "png", "csv")],
        "query": urlencode(filters or {}),
        # Asked for where the page is not kept.
        "map": None
        if filters is None
        else cache(lambda: map_page(actor_of(request), filters, language, least=least)),
        "least": least,
    }
    if not filters:
        context["ways"] = cache(lambda: map_lines(language))
        context["measures"] = [
            (MEASURE_NAMES[method_measure], method_measure.label)
            for method_measure in MethodMeasure
        ]
    status = 400 if filters is None else 200
    return render(request, "knowledge/evidence_map.html", context, status=status)


@require_safe
def download(request: HttpRequest, form: str) -> HttpResponse:
    """The map as a table or a picture, under the same filters."""
    asked = _form(request)
    if form not in TYPES or not asked.is_valid():
        raise Http404
    # Filters are of solutions.
    ways = () if asked.filters else map_lines(request.LANGUAGE_CODE)
    if form == "csv":
        cells = as_table(find_map(asked.filters), ways)
        rows = ([row[name] for name in COLUMNS] for row in cells)
        return csv_download("evidence-map.csv", COLUMNS, rows)
    response = HttpResponse(content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="evidence-map.{form}"'
    drawn_map = map_page(actor_of(request), asked.filters, request.LANGUAGE_CODE)
    drawing = {"drawing": drawing_of(drawn_map, ways), "as_of": day(clock.today())}
    svg = render_to_string("knowledge/evidence_map.svg", drawing, request)
    if form == "svg":
        response.write(svg)
        return response
    response.write(_picture(svg))
    return response


@lru_cache(maxsize=CACHE_SIZE)
def _picture(svg: str) -> bytes:
    """The drawing as PNG. That takes a second, so the last ones are kept."""
    import vl_convert

    made: bytes = vl_convert.svg_to_png(svg, scale=SCALE)
    return made
