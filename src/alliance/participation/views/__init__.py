"""The pages of processes: for residents, and for staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from alliance.network.views import missing_is_404, private
from alliance.participation.models import Participant, Process
from alliance.participation.services.issuing import NotIssued
from alliance.participation.services.participants import COOKIE, guest_in, remember


def for_residents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a page on which somebody participates: it is not cached, it sets the cookie of a new
    participant, and NotFound is a 404."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return remember(request, private(missing_is_404(view)(request, *args, **kwargs)))

    return answer


def acting(
    request: HttpRequest,
    process: Process | None = None,
    participant: Participant | None = None,
    *,
    is_swapped: bool = False,
) -> SafeString:
    """The identity of a participant on a page, her receipt code, and the button that clears the
    device. `is_swapped`: it replaces the one on an open page."""
    person = request.user if request.user.is_authenticated else None
    beside = person and process and COOKIE in request.COOKIES and guest_in(request, process)
    context = {
        "person": person,
        "process": process,
        "participant": participant,
        "is_beside": bool(beside),
        "is_swapped": is_swapped,
        "csrf_token": get_token(request),
    }
    # Without the request, so that the context of the surrounding page is not computed.
    return render_to_string("participation/parts/acting.html", context)


def issued_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate the download of an issue: before the first issue it explains what triggers it."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return missing_is_404(view)(request, *args, **kwargs)
        except Http404 as error:
            if not isinstance(error.__cause__, NotIssued):
                raise
            return HttpResponseNotFound(f"{error}\n", content_type="text/plain; charset=utf-8")

    return answer


def geojson(features: Iterable[Mapping[str, Any]]) -> JsonResponse:
    """Features as a GeoJSON file."""
    made = {"type": "FeatureCollection", "features": list(features)}
    return JsonResponse(made, content_type="application/geo+json")
