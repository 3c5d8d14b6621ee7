"""What this room asks somebody who has just signed in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from alliance.participation.services import participants


def ask_first(request: HttpRequest, address: str) -> str:
    """The page that shows what was sent from this device without an account, which leads on to
    `address`; empty where nothing was."""
    if not participants.guests_here(request):
        return ""
    return reverse("participation:this-device") + "?" + urlencode({"next": address})
