"""Forms that count once, and secrets that are shown once.

A form that makes a secret carries it, signed, before anything is made. Sent a second time it brings
the same secret, so that the service sees that it has made this already. After the form is sent the
secret travels to the next page in a cookie of that page alone, so that it is never kept here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from alliance.accounts.models import User

COOKIE = "shown_once"
_COOKIE_SECONDS = 300
_TICKET_SECONDS = 24 * 3600


def new_ticket(user: User, purpose: str, secret: str) -> str:
    """A secret as a hidden field of a form of this person."""
    return signing.dumps(secret, salt=_salt("ticket", user, purpose))


def ticket_secret(form: forms.Form, user: User, purpose: str) -> str:
    """The secret in the field `ticket`; empty, which the form says, where it is too old, or not
    ours, or not this person's."""
    ticket = form.cleaned_data["ticket"]
    try:
        secret = signing.loads(ticket, salt=_salt("ticket", user, purpose), max_age=_TICKET_SECONDS)
    except signing.BadSignature:
        form.add_error(None, gettext("The form was open for too long. Send it once more."))
        return ""
    return str(secret)


def show_on_next_page(response: HttpResponse, user: User, address: str, **content: str) -> None:
    """Let the page at `address` show `content`, once."""
    response.set_cookie(
        COOKIE,
        signing.dumps(content, salt=_salt("show", user, address)),
        max_age=_COOKIE_SECONDS,
        path=address,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def to_show(request: HttpRequest, user: User) -> dict[str, Any]:
    """What this page was given to show; empty for nothing, and for what is not this person's."""
    try:
        content: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""),
            salt=_salt("show", user, request.path),
            max_age=_COOKIE_SECONDS,
        )
    except signing.BadSignature:
        return {}
    return content


def forget_shown(response: HttpResponse, request: HttpRequest) -> None:
    """Take the content away after it was shown."""
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=request.path, samesite="Strict")


def _salt(use: str, user: User, purpose: str) -> str:
    return f"alliance.network.{use}:{user.public_id}:{purpose}"
