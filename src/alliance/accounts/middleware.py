"""Answers whoever tries too often."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from alliance.accounts.views.refusals import too_many
from alliance.core.throttle import Throttled


class TooManyTries:
    """Turns `Throttled`, raised anywhere below a page, into the answer 429 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a try that was refused; nothing for any other error."""
        return too_many(request, error.retry_after) if isinstance(error, Throttled) else None
