"""The feeds, and the page that lists them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from alliance.core.text import digest
from alliance.knowledge.enums import Topic
from alliance.news.feeds import TITLES, atom, read_feed
from alliance.web.atom import MEDIA_TYPE


@require_safe
def feed(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An Atom feed: `new` or `failures`, of all cases or of one topic (`?topic=equity`)."""
    try:
        found = read_feed(kind, request.LANGUAGE_CODE, request.GET.get("topic", ""))
    except KeyError as missing:
        raise Http404(str(missing)) from missing
    content = atom(found)
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response.headers["ETag"] = quote_etag(digest(content.decode()))
    response.headers["Cache-Control"] = "public, max-age=300"
    known = get_conditional_response(
        request, response.headers["ETag"], int(found.updated.timestamp()), response
    )
    return known or response


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """The page that lists the feeds and says what they are for."""
    return render(
        request,
        "news/feeds.html",
        {"kinds": list(TITLES.items()), "topics": list(Topic.choices)},
    )
