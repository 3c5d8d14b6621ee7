"""The profile of a city by the common indicators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.indicators.selectors.doors import get_city_for
from alliance.indicators.selectors.profile import city_profile
from alliance.indicators.views import actor_of, answers_faults, asked


@require_safe
@answers_faults
def profile(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a city leads, where it must do more, and how sure that is (`?as_of=`)."""
    moment = asked(request)
    actor = actor_of(request)
    city = get_city_for(actor, public_id)
    page = city_profile(actor, city, request.LANGUAGE_CODE, moment.moment)
    # The page of the city is another room's: its address is written out.
    city_href = f"/{request.LANGUAGE_CODE}/cities/{public_id}/"
    return render(
        request,
        "indicators/city.html",
        {"page": page, "asked": moment, "city_href": city_href},
    )
