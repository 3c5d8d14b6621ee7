"""Responses to too many attempts."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from alliance.core.throttle import Throttled

#: The longest window of the limits that allauth counts itself.
SECONDS_OF_ALLAUTH = 300


def too_many(
    request: HttpRequest, retry_after: int = SECONDS_OF_ALLAUTH, **kwargs: object
) -> HttpResponse:
    """The page for too many attempts: until when to wait, in words and for programs.

    `kwargs`: the `reason` if it is not about an account, the input `typed`, and whether it
    `is_saved`.
    """
    context = {"minutes": math.ceil(retry_after / 60), **kwargs}
    response = render(request, "accounts/too_many.html", context, status=429)
    response.headers["Retry-After"] = str(retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


class TooManyTries:
    """Turns `Throttled`, raised by a view, into a response 429 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The response for Throttled; nothing for any other error."""
        return too_many(request, error.retry_after) if isinstance(error, Throttled) else None
