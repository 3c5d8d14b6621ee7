"""The pages of processes: for residents, and for those who run them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse

from alliance.network.views import missing_is_404, private
from alliance.participation.services.issuing import NotIssued
from alliance.participation.services.participants import remember


def for_residents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page on which somebody takes part: nothing keeps it, it sets the cookie of whoever became
    a participant, and a closed door is a 404."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return remember(request, private(missing_is_404(view)(request, *args, **kwargs)))

    return answer


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
