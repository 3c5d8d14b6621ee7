"""Authentication of API requests: a team by its token, or a signed-in person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.ids import secret_digest
from alliance.core.throttle import Limit, Throttled, client_address, take
from alliance.network.access import actor_for_token, actor_of
from alliance.network.budgets import charge
from alliance.network.enums import Scope
from alliance.network.rules import has_scope, is_signed_in

#: Wrong tokens from one place. A valid one always works: it cannot be guessed, and nobody may be
#: locked out by a neighbour whose program keeps using a revoked token.
WRONG_TOKEN_LIMIT = Limit("wrong-tokens", most=20, window=dt.timedelta(minutes=5))
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthenticated(HttpError):
    """The request is not authenticated. `headers` belong in the response (RFC 9110, 11.6.1)."""

    def __init__(self, message: str) -> None:
        self.headers = {"WWW-Authenticate": 'Bearer realm="Alliance API"'}
        super().__init__(401, message)


class TooManyWrong(HttpError):
    """Too many wrong tokens from one place. `headers` belong in the response."""

    def __init__(self, retry_after: int) -> None:
        self.headers = {"Retry-After": str(retry_after)}
        super().__init__(
            429, _("Too many wrong tokens. Wait a few minutes, then check your token.")
        )


class TeamOrPerson(HttpBearer):
    """Sets `request.auth` to the `Actor`, or answers 401, 403 or 429.

    `Authorization: Bearer …` is the token of a team; without that header the session identifies a
    person, and then every writing method needs the CSRF token. With `scope` a token without it gets
    403; permissions on records are checked by getters and services.
    """

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        if self.header in request.headers:
            kind, _blank, secret = request.headers[self.header].strip().partition(" ")
            if kind.lower() != self.openapi_scheme or not secret.strip():
                raise Unauthenticated(_("Send a token as Authorization: Bearer TOKEN."))
            actor = self.authenticate(request, secret.strip())
            charge(request, actor, token=secret_digest(secret.strip()))
            return actor
        actor = actor_of(request)
        if not is_signed_in(actor):
            raise Unauthenticated(
                _("Send one of your team’s tokens as Authorization: Bearer TOKEN.")
            )
        if request.method not in _SAFE and check_csrf(request) is not None:
            raise HttpError(403, _("The request has no CSRF token for this session."))
        charge(request, actor)
        return actor

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The team of a token as an actor. Raises HttpError: 401 for a wrong one, 403, 429."""
        at = clock.now()
        actor = actor_for_token(token, at=at)
        if actor is None:
            try:
                take(WRONG_TOKEN_LIMIT, client_address(request), at=at)
            except Throttled as error:
                raise TooManyWrong(error.retry_after) from error
            raise Unauthenticated(_("This token is wrong, has expired or was revoked."))
        if self.scope is not None and not has_scope(actor, self.scope):
            raise HttpError(
                403, _("The token does not have the scope %(scope)s.") % {"scope": self.scope.value}
            )
        return actor


class PersonOnly(TeamOrPerson):
    """Sets `request.auth` to the signed-in person; a token, which is no person, gets 403."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Refuse any token. Raises HttpError: 401 for a wrong token, 403 for a valid one, 429."""
        super().authenticate(request, token)
        raise HttpError(
            403, _("A token represents a team. You need to sign in as a person to do this.")
        )
