"""The public pages of areas."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.downloads import csv_download
from alliance.equity.selectors import pages as select
from alliance.equity.selectors.access import get_area_set_for
from alliance.network.access import actor_of
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.views import missing_is_404
from alliance.web.page_cache import shows
from alliance.web.paging import page_number


@require_safe
@shows("areas", "city", "organisation")
def cities(request: HttpRequest) -> HttpResponse:
    """The cities with areas."""
    context = {
        "rows": select.cities_with_areas(),
        "teams": city_teams(actor_of(request), request.LANGUAGE_CODE),
    }
    return render(request, "equity/cities.html", context)


@require_safe
@missing_is_404
@shows("areas", "city", "organisation", "post", "question")
def areas(request: HttpRequest, public_id: str) -> HttpResponse:
    """The areas of a city: who bears which burden, with uncertainty."""
    actor = actor_of(request)
    area_set = get_area_set_for(actor, public_id)
    asked, number = request.GET.dict(), page_number(request)
    context = select.areas_page(area_set, actor, asked, number, at=clock.now())
    return render(request, "equity/areas.html", context)


@require_safe
@missing_is_404
def shapes(request: HttpRequest, public_id: str) -> HttpResponse:
    """The full shapes with their newest figures, as GeoJSON."""
    area_set = get_area_set_for(actor_of(request), public_id)
    response = HttpResponse(select.geojson(area_set), content_type="application/geo+json")
    name = quote(f"areas-{public_id}.geojson")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@missing_is_404
def table(request: HttpRequest, public_id: str) -> HttpResponse:
    """The table of areas as CSV; small counts are marked as suppressed."""
    area_set = get_area_set_for(actor_of(request), public_id)
    rows = select.table_rows(area_set)
    return csv_download(quote(f"areas-{public_id}.csv"), next(rows), rows, marked=True)
