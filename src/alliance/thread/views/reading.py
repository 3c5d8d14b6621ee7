"""The page of a thread, from any thing on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.views import missing_is_404, private
from alliance.thread.selectors.page import thread_page
from alliance.thread.selectors.walk import DEEPEST, DEPTH, MOST, thread_of


def _depth(request: HttpRequest) -> int:
    given = request.GET.get("depth", str(DEPTH))
    if given not in {str(n) for n in range(1, DEEPEST + 1)}:
        raise Http404
    return int(given)


@require_safe
@missing_is_404
def thread(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """What hangs together with a thing, by stage, and what is missing between."""
    actor = actor_of(request)
    found = thread_of(actor, kind, public_id, language=request.LANGUAGE_CODE, depth=_depth(request))
    context = {"page": thread_page(found, DEEPEST), "most": MOST, "today": clock.today()}
    response = render(request, "thread/thread.html", context)
    return private(response) if actor.is_known else response
