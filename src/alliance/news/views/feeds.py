"""The feeds, and the page that lists them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.cases.enums import Topic
from alliance.groups.selectors.groups import group_lines
from alliance.news.feeds import TITLES, atom


@require_safe
def feed(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An Atom feed: `new`, `failures`, `verdicts`, `reports`; of a topic with `?topic=equity`."""
    language, topic = request.LANGUAGE_CODE, request.GET.get("topic", "")
    try:
        return atom(kind, language, topic).answer(request)
    except KeyError as missing:
        raise Http404(str(missing)) from missing


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """The page that lists the feeds and explains them."""
    return render(
        request,
        "news/feeds.html",
        {
            "kinds": list(TITLES.items()),
            "topics": list(Topic.choices),
            "groups": group_lines(),
        },
    )
