"""Answers whoever tries too often."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from alliance.core.throttle import Throttled

#: The longest window of the limits that allauth counts by itself.
SECONDS_OF_ALLAUTH = 300


def too_many(
    request: HttpRequest, retry_after: int = SECONDS_OF_ALLAUTH, **kwargs: object
) -> HttpResponse:
    """Somebody tries too often: says until when to wait, in words and for machines.

    `kwargs`: the `reason` where it is not about an account, what was `typed`, and if it `is_saved`.
    """
    context = {"minutes": math.ceil(retry_after / 60), **kwargs}
    response = render(request, "accounts/too_many.html", context, status=429)
    response.headers["Retry-After"] = str(retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


class TooManyTries:
    """Turns `Throttled`, raised anywhere below a page, into the answer 429 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a try that was refused; nothing for any other error."""
        return too_many(request, error.retry_after) if isinstance(error, Throttled) else None
