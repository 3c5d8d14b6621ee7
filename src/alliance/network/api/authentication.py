"""Who stands behind a call of the API: a team by its token, or a person who signed in here."""

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

#: Wrong tokens from one place. A right one always gets in: it cannot be found by guessing, and
#: nobody may be kept out by a neighbour whose program goes on with a revoked token.
WRONG_TOKEN_LIMIT = Limit("wrong-tokens", most=20, window=dt.timedelta(minutes=5))
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthenticated(HttpError):
    """Nobody stands behind the call. `headers` belong in the answer (RFC 9110, 11.6.1)."""

    def __init__(self, message: str) -> None:
        self.headers = {"WWW-Authenticate": 'Bearer realm="Alliance API"'}
        super().__init__(401, message)


class TooManyWrong(HttpError):
    """Too many wrong tokens from one place. `headers` belong in the answer."""

    def __init__(self, retry_after: int) -> None:
        self.headers = {"Retry-After": str(retry_after)}
        super().__init__(
            429, _("Too many wrong tokens. Wait a few minutes, then check your token.")
        )


class TeamOrPerson(HttpBearer):
    """Gives an operation its `Actor` as `request.auth`, or answers 401, 403 or 429.

    `Authorization: Bearer …` stands for a team; without that header the session does for the
    person who signed in, and then every method that writes needs the CSRF token. With `scope` a
    token that was not made for it gets 403; what an actor may do with a record is for the doors
    and services to say.
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
        """The team of a token. Raises HttpError: 401 for a wrong one, 403, 429."""
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
    """Gives an operation the person who signed in; a token gets 403: it stands for nobody."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Nobody. Raises HttpError: 401 for a wrong token, 403 for a right one, 429."""
        super().authenticate(request, token)
        raise HttpError(
            403, _("A token represents a team. You need to sign in as a person to do this.")
        )
