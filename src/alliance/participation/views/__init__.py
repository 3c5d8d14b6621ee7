"""The pages of processes: for residents, and for those who run them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from alliance.network.views import missing_is_404, private
from alliance.participation.services.participants import remember


def for_residents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page on which somebody takes part: nothing keeps it, it sets the cookie of whoever became
    a participant, and a closed door is a 404."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return remember(request, private(missing_is_404(view)(request, *args, **kwargs)))

    return answer


def geojson(features: Iterable[Mapping[str, Any]]) -> JsonResponse:
    """Features as a file."""
    made = {"type": "FeatureCollection", "features": list(features)}
    return JsonResponse(made, content_type="application/geo+json")
