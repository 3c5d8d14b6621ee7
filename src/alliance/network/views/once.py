"""Forms that take effect once, and secrets that are shown once.

A form that creates a secret contains it, signed, beforehand. Sent a second time it has the same
secret, so that the service recognises it. After submission the secret travels to the next page in a
cookie of that page alone, so that it is never stored here.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext

from alliance.accounts.models import User
from alliance.network.views.actions import PeopleActionView

COOKIE = "shown_once"
_COOKIE_SECONDS = 300
_TICKET_SECONDS = 24 * 3600


def new_ticket(user: User, purpose: str, secret: str) -> str:
    """A secret as the value of a hidden form field of this person."""
    return signing.dumps(secret, salt=_salt("ticket", user, purpose))


class TicketActionView(PeopleActionView):
    """Base of a page that creates a secret. Its form has a hidden field `ticket`."""

    purpose: ClassVar[str]
    new_secret: ClassVar[Any]

    @property
    def user(self) -> User:
        """The signed-in person."""
        return cast(User, self.actor.user)

    def _ticket(self) -> str:
        return new_ticket(self.user, self._purpose, self.new_secret())

    @property
    def _purpose(self) -> str:
        return f"{self.purpose}:{self.kwargs['public_id']}"

    def get_initial(self) -> dict[str, Any]:
        """A new ticket."""
        return {"ticket": self._ticket()}

    def ticket_secret(self, form: forms.Form) -> str:
        """The secret in the form. ValidationError if it is too old, forged, or another person's."""
        salt = _salt("ticket", self.user, self._purpose)
        try:
            ticket = form.cleaned_data["ticket"]
            return str(signing.loads(ticket, salt=salt, max_age=_TICKET_SECONDS))
        except signing.BadSignature as error:
            data = cast(QueryDict, form.data).copy()
            data["ticket"] = self._ticket()
            form.data = data
            message = gettext("The form was open for too long. Send it again.")
            raise ValidationError(message) from error


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
    """The content for this page; empty for none, and for another person's."""
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
    """Delete the content after it was shown."""
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=request.path, samesite="Strict")


def _salt(use: str, user: User, purpose: str) -> str:
    return f"alliance.network.{use}:{user.public_id}:{purpose}"
