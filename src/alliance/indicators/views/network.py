"""All indicators, and cities side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.core.errors import Fault, InvalidData
from alliance.indicators.drawings import shown
from alliance.indicators.rules import may_write_catalogue
from alliance.indicators.selectors.doors import get_city_for, get_indicator_for
from alliance.indicators.selectors.network import network_page
from alliance.indicators.selectors.profile import indicators_in_order
from alliance.indicators.selectors.side_by_side import (
    FEWEST,
    MOST,
    comparisons,
    offered_cities,
)
from alliance.indicators.selectors.words import told
from alliance.indicators.views import actor_of, answers_faults, asked
from alliance.network.views import private
from alliance.web.paging import page_number, page_of

#: Indicators on a page of cities side by side.
COMPARED_PER_PAGE = 30


@require_safe
@answers_faults
def network(request: HttpRequest) -> HttpResponse:
    """Where the members lead and lag, and the catalogue (`?measure=`, `?as_of=`)."""
    moment = asked(request)
    measure = request.GET.get("measure", "")[:120]
    actor = actor_of(request)
    page = network_page(actor, request.LANGUAGE_CODE, moment.moment, measure)
    kept = [("measure", measure)] if measure else []
    may_define = may_write_catalogue(actor)
    context = {"page": page, "asked": moment, "kept": kept, "may_define": may_define}
    response = render(request, "indicators/network.html", context)
    return private(response) if may_define else response


@require_safe
@answers_faults
def compare(request: HttpRequest) -> HttpResponse:
    """Two to five cities side by side (`?city=`, `?indicator=`, `?as_of=`)."""
    moment = asked(request)
    actor, language = actor_of(request), request.LANGUAGE_CODE
    ids = list(dict.fromkeys(code for code in request.GET.getlist("city") if code))
    if len(ids) > MOST:
        rule = _("Choose at most %(most)d cities.") % {"most": MOST}
        raise InvalidData([Fault("city", rule)])
    cities = [get_city_for(actor, public_id) for public_id in ids]
    wanted = request.GET.get("indicator", "")
    indicator = get_indicator_for(actor, wanted) if wanted else None
    enough = len(cities) >= FEWEST
    rows = comparisons(cities, language, moment.moment, indicator) if enough else ()
    page = page_of(rows, COMPARED_PER_PAGE, page_number(request))
    return render(
        request,
        "indicators/compare.html",
        {
            "asked": moment,
            "cities": [(city.public_id, told(city, "name", language)) for city in cities],
            "indicator": indicator,
            "indicator_name": told(indicator, "name", language) if indicator else "",
            "rows": page.object_list,
            "page": page,
            "charts": shown(rows[0].charts) if indicator and rows else (),
            "offered": offered_cities(language),
            "indicators": [
                (one.public_id, told(one, "name", language)) for one in indicators_in_order()
            ],
            "slots": [*ids, *[""] * (MOST - len(ids))],
            "kept": [("city", one) for one in ids] + ([("indicator", wanted)] if wanted else []),
        },
    )
