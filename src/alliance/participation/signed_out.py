"""This app's step at signing out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alliance.participation.services.participants import BALLOT_COOKIE


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Delete unsubmitted choices on ballots."""
    for name in request.COOKIES:
        if name.startswith(BALLOT_COOKIE):
            response.delete_cookie(name, samesite="Lax")
