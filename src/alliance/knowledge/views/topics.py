"""Pages of the network's topics."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.knowledge.selectors.topics import topic_lines, topic_page
from alliance.knowledge.views import actor_of, missing_is_404


@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """The four topics that the cities work on together."""
    return render(
        request,
        "knowledge/topic_list.html",
        {"topics": topic_lines(actor_of(request)), "today": clock.today()},
    )


@require_safe
@missing_is_404
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """One topic: its solutions, its newest cases, and what did not work."""
    page = topic_page(actor_of(request), code, request.LANGUAGE_CODE)
    return render(request, "knowledge/topic.html", {"page": page, "today": clock.today()})
