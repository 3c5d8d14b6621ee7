"""Who knocks: what a role sends along, and sessions of people who have signed in."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from alliance.accounts.models import User


@dataclass(frozen=True)
class Caller:
    """What a role sends along: the cookie of a session, or a token, or neither."""

    session: str = ""
    token: str = ""

    def seated_at(self, client: Client) -> Client:
        """The browser or program as this role has it. One client serves all: making it is slow."""
        client.cookies = SimpleCookie()
        client.defaults.pop("HTTP_AUTHORIZATION", None)
        if self.session:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        if self.token:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return client


def session_of(user: User) -> str:
    """The key of a session in which the person has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
