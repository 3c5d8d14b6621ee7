"""What leaves a device with whoever signs out there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alliance.participation.services.participants import BALLOT_COOKIE


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Delete what was chosen on ballots and not cast."""
    for name in request.COOKIES:
        if name.startswith(BALLOT_COOKIE):
            response.delete_cookie(name, samesite="Lax")
