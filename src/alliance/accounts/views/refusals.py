"""Answers to what is refused."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: The longest window of the limits that allauth counts by itself.
SECONDS_OF_ALLAUTH = 300


def too_many(request: HttpRequest, retry_after: int = SECONDS_OF_ALLAUTH) -> HttpResponse:
    """Somebody tries too often: says until when to wait, in words and for machines."""
    minutes = math.ceil(retry_after / 60)
    response = render(request, "accounts/too_many.html", {"minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response
