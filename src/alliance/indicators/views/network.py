"""The catalogue of indicators, and cities side by side."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.indicators.rules import may_write_catalogue
from alliance.indicators.selectors.access import get_city_for
from alliance.indicators.selectors.city_strips import city_strips
from alliance.indicators.selectors.compare import MOST, compare_page
from alliance.indicators.selectors.network import network_page
from alliance.indicators.selectors.profile import city_profile
from alliance.indicators.selectors.side_by_side import cities_with_figures
from alliance.indicators.views import PARAMETER, actor_of, answers_faults, asked
from alliance.network.choosing import FIND, choose_city
from alliance.network.models import City
from alliance.network.views import private


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
    """Two to four cities side by side (`?city=`, `?as_of=`); more are left out."""
    moment = asked(request)
    actor, language = actor_of(request), request.LANGUAGE_CODE
    wanted = list(dict.fromkeys(code for code in request.GET.getlist("city") if code))
    ids = wanted[:MOST]
    cities = [get_city_for(actor, public_id) for public_id in ids]
    page = compare_page(cities, language, moment.moment)
    more = [(PARAMETER, moment.text)] if moment.moment else []
    parameters = [("city", public_id) for public_id in ids]
    chooser = None
    if len(ids) < MOST:
        chooser = choose_city(
            request.GET.get(FIND, ""),
            language,
            params=parameters + more,
            but=ids,
            among=cities_with_figures(),
        )
    chosen = [
        (city, shape, f"?{urlencode([*without(ids, city), *more])}")
        for city, shape in page["shapes"]
    ]
    context = {
        **page,
        "asked": moment,
        "cities": cities,
        "n_dropped": len(wanted) - len(ids),
        "chooser": chooser,
        "chosen": chosen,
        "most": MOST,
        "kept": parameters,
    }
    return render(request, "indicators/compare.html", context)


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
