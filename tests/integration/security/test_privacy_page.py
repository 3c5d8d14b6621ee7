"""The privacy page tells the truth: every cookie, every time limit, and the way to one's data."""

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
from alliance.accounts import adapters, tasks
from alliance.accounts.services import own_data
from alliance.network.views import once
from alliance.participation.services import census, participants
from tests.factories.accounts import sign_in, somebody
from tests.factories.pages import page

SOURCE = Path(alliance.__file__).parent
COOKIES = {
    settings.LANGUAGE_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.SESSION_COOKIE_NAME,
    CookieStorage.cookie_name,
    once.COOKIE,
    adapters.KNOWN_BROWSER,
    participants.COOKIE,
}
#: Where cookies of our own are set; whoever sets one elsewhere tells of it on the page.
SETTERS = {
    "budgeting/choices.py",
    "web/middleware.py",
    "network/views/once.py",
    "accounts/adapters.py",
    "participation/services/participants.py",
}


def page_text(client: Client, language: str = "en") -> str:
    text = page(client, f"/{language}/privacy/")
    return " ".join(text.split("<main")[1].split("</main")[0].split())


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_the_page_names_every_cookie_there_is(client: Client, language: str) -> None:
    named = set(re.findall(r"<code>(\w+)</code>", page_text(client, language)))
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


HOUR = dt.timedelta(hours=1) / dt.timedelta(days=1)
EVERY = {job.task.func.__name__: job.every for job in tasks.PERIODIC}
LIMITS = (
    (
        own_data.IDLE_AFTER,
        3 * 365,
        (
            "We delete an account if no one has signed in to it for three "
            "years, and send an email a month before. We delete an account "
            "after 30 days if its email address was never confirmed. We "
            "delete single-use links 90 days after they expire."
        ),
    ),
    (own_data.NOTICE, 30, "send an email a month before"),
    (
        tasks.UNCONFIRMED_RETENTION,
        30,
        "We delete an account after 30 days if its email address was never confirmed.",
    ),
    (tasks.LINK_RETENTION, 90, "We delete single-use links 90 days after they expire."),
    (EVERY["forget_sent_letters"], HOUR, "up to an hour after sending"),
    # Beyond the day, whose key all counts end with.
    (EVERY["forget_old_counts"], HOUR, "until the end of the day, 25 hours at most"),
    (census.ANSWERED_RETENTION, 180, "180 days after the city’s answer"),
    (
        census.UNANSWERED_RETENTION,
        2 * 365,
        "if there is no answer, two years after the process ends",
    ),
    (dt.timedelta(seconds=settings.SESSION_COOKIE_AGE), 14, "two weeks if you choose"),
)


@pytest.mark.parametrize(("limit", "days", "words"), LIMITS, ids=lambda one: str(one))
def test_time_limits_are_those_of_the_code(
    client: Client, limit: dt.timedelta, days: float, words: str
) -> None:
    assert limit == dt.timedelta(days=days)
    assert words in page_text(client)


@pytest.mark.django_db
def test_the_page_leads_to_ones_own_data(client: Client) -> None:
    assert 'href="/fr/my-data/"' in page_text(client, "fr")
    sign_in(client, somebody())
    assert client.get("/fr/my-data/").status_code == 200
