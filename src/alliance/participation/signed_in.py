"""This app's step after signing in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from alliance.participation.services import participants


def ask_first(request: HttpRequest, address: str) -> str:
    """The page with what was submitted on this device without an account, which leads to `address`;
    empty if there was nothing."""
    if not participants.guests_here(request):
        return ""
    return reverse("participation:this-device") + "?" + urlencode({"next": address})
