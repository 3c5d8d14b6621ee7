"""The page "My work"."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.selectors.waiting import waiting_for
from alliance.network.views import for_people


@require_safe
@for_people
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for the reader to act, the most urgent first."""
    at = clock.now()
    found = waiting_for(actor_of(request), at=at, language=request.LANGUAGE_CODE)
    return render(request, "network/my_work.html", {"found": found, "today": at.date()})
