"""The catalogue of indicators, and cities side by side."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core.errors import Fault, InvalidData
from alliance.indicators.drawings import shown
from alliance.indicators.rules import may_write_catalogue
from alliance.indicators.selectors.access import get_city_for, get_indicator_for
from alliance.indicators.selectors.city_strips import city_strips
from alliance.indicators.selectors.network import network_page
from alliance.indicators.selectors.profile import city_profile, indicators_in_order
from alliance.indicators.selectors.side_by_side import (
    FEWEST,
    MOST,
    cities_with_figures,
    comparisons,
)
from alliance.indicators.views import PARAMETER, actor_of, answers_faults, asked
from alliance.network.choosing import FIND, choose_city
from alliance.network.models import City
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
    page = network_page(request.LANGUAGE_CODE, moment.moment, measure)
    parameters = [("measure", measure)] if measure else []
    may_define = may_write_catalogue(actor)
    context = {**page, "asked": moment, "kept": parameters, "may_define": may_define}
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
        raise InvalidData([Fault("city", "many-cities", {"most": MOST})])
    cities = [get_city_for(actor, public_id) for public_id in ids]
    wanted = request.GET.get("indicator", "")
    indicator = get_indicator_for(actor, wanted) if wanted else None
    enough = len(cities) >= FEWEST
    rows = comparisons(cities, language, moment.moment, indicator) if enough else ()
    page = page_of(Paginator(rows, COMPARED_PER_PAGE), page_number(request))
    more = [("indicator", wanted)] if wanted else []
    if moment.moment:
        more.append((PARAMETER, moment.text))
    parameters = [("city", public_id) for public_id in ids] + more
    chooser = None
    if len(ids) < MOST:
        chooser = choose_city(
            request.GET.get(FIND, ""),
            language,
            params=parameters,
            but=ids,
            among=cities_with_figures(),
        )
    return render(
        request,
        "indicators/compare.html",
        {
            "asked": moment,
            "cities": cities,
            "indicator": indicator,
            "rows": page.object_list,
            "page": page,
            "charts": shown(rows[0].charts) if indicator and rows else (),
            "chooser": chooser,
            "chosen": [(city, f"?{urlencode([*without(ids, city), *more])}") for city in cities],
            "indicators": indicators_in_order(with_figures=True),
            "most": MOST,
            "kept": [("city", public_id) for public_id in ids]
            + ([("indicator", wanted)] if wanted else []),
        },
    )


def without(ids: Sequence[str], city: City) -> list[tuple[str, str]]:
    """The parameters of the other cities."""
    return [("city", public_id) for public_id in ids if public_id != city.public_id]


@require_safe
@answers_faults
def profile(request: HttpRequest, public_id: str) -> HttpResponse:
    """The profile of a city (`?as_of=`)."""
    moment = asked(request)
    city = get_city_for(actor_of(request), public_id)
    page = city_profile(city, request.LANGUAGE_CODE, moment.moment)
    strips = city_strips(city, page, request.LANGUAGE_CODE)
    # The page of the city belongs to another app, so its address is written out.
    city_href = f"/{request.LANGUAGE_CODE}/cities/{public_id}/"
    return render(
        request,
        "indicators/city.html",
        {**page, **strips, "asked": moment, "city_href": city_href},
    )
