"""The page of broken chains."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.views import missing_is_404
from alliance.thread.broken.find import MOST
from alliance.thread.selectors.broken import broken_chains


@require_safe
@missing_is_404
def broken(request: HttpRequest) -> HttpResponse:
    """What should have come by now and is not linked, by stated rules."""
    today = clock.today()
    found = broken_chains(
        city=request.GET.get("city", ""), language=request.LANGUAGE_CODE, today=today
    )
    return render(request, "thread/broken.html", {"found": found, "most": MOST, "today": today})
