"""The page of everything that cities do together."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.needs_offers_rules import MOST_URGENT
from alliance.network.views import private
from alliance.thread.selectors.together import together_page


@require_safe
def together(request: HttpRequest) -> HttpResponse:
    """Needs, offers, adoptions, peer reviews, groups and workshops."""
    actor = actor_of(request)
    page = together_page(actor, language=request.LANGUAGE_CODE, at=clock.now())
    response = render(request, "thread/together.html", page | {"most_urgent": MOST_URGENT})
    return private(response) if actor.is_known else response
