"""The privacy page tells the truth: every cookie, every time limit, and the ways to one's own data."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client

import alliance
from alliance.accounts import tasks
from alliance.accounts.services import idle
from alliance.core import throttle
from alliance.core.tasks import housekeeping
from alliance.network.views import once
from tests.factories.accounts import sign_in, somebody
from tests.factories.pages import page

SOURCE = Path(alliance.__file__).parent
COOKIES = {
    settings.LANGUAGE_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.SESSION_COOKIE_NAME,
    CookieStorage.cookie_name,
    once.COOKIE,
}
#: Where cookies of our own are set; whoever sets one elsewhere tells of it on the page.
SETTERS = {"web/middleware.py", "network/views/once.py"}


def told(client: Client, language: str = "en") -> str:
    text = page(client, f"/{language}/privacy/")
    return " ".join(text.split("<main")[1].split("</main")[0].split())


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_the_page_names_every_cookie_there_is(client: Client, language: str) -> None:
    named = set(re.findall(r"<code>(\w+)</code>", told(client, language)))
    assert named == COOKIES


def test_nothing_else_sets_cookies() -> None:
    setters = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"set_cookie", "set_signed_cookie"}:
                setters.add(path.relative_to(SOURCE).as_posix())
    assert setters == SETTERS
    for path in SOURCE.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        if "vendor" not in path.parts:
            assert not re.search(r"document\.cookie\s*=|localStorage|sessionStorage", text), path


def test_time_limits_are_those_of_the_code(client: Client) -> None:
    text = told(client)
    assert idle.IDLE_AFTER == dt.timedelta(days=3 * 365) and "for three years is deleted" in text
    assert idle.NOTICE == dt.timedelta(days=30) and "a letter comes a month before" in text
    assert tasks.KEEP_UNCONFIRMED == dt.timedelta(days=30) and "is deleted after 30 days" in text
    assert tasks.KEEP_LINKS == dt.timedelta(days=90) and "90 days after they end" in text
    assert housekeeping.KEEP_FINISHED == dt.timedelta(days=30) and "30 days after they" in text
    assert throttle._LONGEST_WINDOW == dt.timedelta(days=7) and "up to eight days" in text
    assert settings.SESSION_COOKIE_AGE == 14 * 24 * 3600 and "two weeks if you choose" in text
    periodic = {job.task.func.__name__ for job in tasks.PERIODIC}
    assert {"forget_ended_sessions", "forget_unconfirmed_accounts"} <= periodic


@pytest.mark.django_db
def test_the_page_leads_to_ones_own_data(client: Client) -> None:
    assert 'href="/fr/my-data/"' in told(client, "fr")
    sign_in(client, somebody())
    assert client.get("/fr/my-data/").status_code == 200
