"""The pages of processes: for residents, and for those who run them."""

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
    """A page on which somebody takes part: nothing keeps it, it sets the cookie of whoever became
    a participant, and a closed door is a 404."""

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
    """Under which name somebody acts on a page of taking part, her receipt code, and the button
    that clears the device. `is_swapped`: to stand in place of that of a page that is open."""
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
    # Without the request: what pages show around their content is not in it.
    return render_to_string("participation/parts/acting.html", context)


def issued_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A file of what was issued: before the first issue it says what brings it."""

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
    """Features as a file."""
    made = {"type": "FeatureCollection", "features": list(features)}
    return JsonResponse(made, content_type="application/geo+json")
