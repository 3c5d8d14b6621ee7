"""Pages on what cities give and take, and on suggested pairs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.adoption.selectors import give_and_take as select
from alliance.core import clock
from alliance.knowledge.selectors.access import get_city_for
from alliance.knowledge.selectors.twins import twin_page
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.web.paging import page_number


@require_safe
@missing_is_404
def give_and_take(request: HttpRequest) -> HttpResponse:
    """What each member city gave, took and has not answered, by name."""
    context = select.give_and_take(
        number=page_number(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    return render(request, "adoption/give_and_take.html", context | {"today": clock.today()})


@require_safe
@missing_is_404
def city_give_and_take(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a city gave, took and has not answered."""
    city = get_city_for(actor_of(request), public_id)
    at = clock.now()
    context = {
        "line": select.city_balance(city, at=at),
        "quiet_since": (at - select.YEAR).date(),
        "today": clock.today(),
    }
    return render(request, "adoption/city_give_and_take.html", context)


@require_safe
def twins(request: HttpRequest) -> HttpResponse:
    """Pairs of cities of different countries that could help each other."""
    context = twin_page(at=clock.now()) | {"today": clock.today()}
    return render(request, "adoption/twins.html", context)
