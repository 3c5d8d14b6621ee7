"""The part of every page about the signed-in person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import DatabaseError
from django.http import HttpRequest

from alliance.accounts.models import Elevation, User
from alliance.accounts.selectors import elevation_of
from alliance.core import clock


def people(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `person`, `elevation`, `sign_in_next` and `messages`.

    Without a session cookie nothing is read, so that a page for visitors depends on no cookie and
    is the same for all of them.
    """
    person, elevation = _person(request)
    return {
        "messages": get_messages(request),
        "person": person,
        "elevation": elevation,
        "sign_in_next": _return_to(request),
    }


def _person(request: HttpRequest) -> tuple[User | None, Elevation | None]:
    # Reading the user opens the session, after which the response varies with the cookie.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "user"):
        return None, None
    try:
        if not request.user.is_authenticated:
            return None, None
        # Most views have computed the actor before, and few people have extended rights.
        actor = getattr(request, "alliance_actor", None)
        if actor is not None and not actor.elevated:
            return request.user, None
        return request.user, elevation_of(request.user, clock.now())
    except DatabaseError:
        # The page about an error of the database must not fail with it.
        return None, None


def _return_to(request: HttpRequest) -> str:
    """The query that leads back to this page after signing in; empty if this is no page."""
    match = getattr(request, "resolver_match", None)
    if match is None or request.method != "GET" or "accounts/" in match.route:
        return ""
    return "?" + urlencode({"next": request.path})
