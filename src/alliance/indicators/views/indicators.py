"""The page of an indicator, and the revisions of figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.indicators.feeds import LONGEST, atom
from alliance.indicators.rules import may_write_catalogue
from alliance.indicators.selectors.access import get_indicator_for
from alliance.indicators.selectors.charts import indicator_charts
from alliance.indicators.selectors.indicator import indicator_page
from alliance.indicators.selectors.revisions import (
    revised,
    revision_page,
    revisions,
    with_names,
)
from alliance.indicators.views import actor_of, answers_faults, asked
from alliance.network.views import private
from alliance.web.paging import page_number

#: More download formats of the figures of an indicator, served by the API.
FORMATS = (
    ("sdmx-csv", "SDMX-CSV 2.0"),
    ("sdmx-ml", "SDMX-ML 3.0"),
    ("json-stat", "JSON-stat 2.0"),
)


@require_safe
@answers_faults
def indicator(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of an indicator: definitions, cities, revisions (`?as_of=`, `?page=`)."""
    moment = asked(request)
    actor = actor_of(request)
    chosen_indicator = get_indicator_for(actor, public_id)
    page = indicator_page(
        chosen_indicator,
        request.LANGUAGE_CODE,
        page_number(request),
        moment.moment,
    )
    charts = indicator_charts(page["table"].shown, request.LANGUAGE_CODE)
    # Only for the present: a past version is no basis for a new one.
    may_define = may_write_catalogue(actor) and moment.moment is None
    response = render(
        request,
        "indicators/indicator.html",
        {
            **page,
            "asked": moment,
            "charts": charts,
            "formats": FORMATS,
            "may_define": may_define,
        },
    )
    return private(response) if may_define else response


@require_safe
@answers_faults
def revision_list(request: HttpRequest) -> HttpResponse:
    """All revisions of figures, newest first (`?as_of=`, `?page=`)."""
    moment = asked(request)
    pages, rows = revision_page(page_number(request), moment.moment)
    return render(
        request, "indicators/revisions.html", {"pages": pages, "rows": rows, "asked": moment}
    )


@require_safe
def revision_feed(request: HttpRequest) -> HttpResponseBase:
    """The latest revisions as an Atom feed."""
    language = request.LANGUAGE_CODE
    rows = revisions(list(with_names(revised(None))[:LONGEST]))
    return atom(rows, language).answer(request)
