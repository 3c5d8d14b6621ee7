"""People who can sign in, letters they get, and the links in those, for tests of accounts."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from django.core import mail
from django.test import Client
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import User
from alliance.accounts.services import make_person
from alliance.accounts.tasks import send_letter
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE

PASSWORD = "a long and quiet street"


def somebody(
    name: str = "Kim Lund", *, language: str = "en", password: str | None = PASSWORD
) -> User:
    """A person with a confirmed address made from the name."""
    return make_person(
        actor=COMMAND_LINE,
        email=f"{name.lower().replace(' ', '.')}@example.org",
        name=name,
        password=password,
        language=language,
        at=clock.now(),
    )


def fail_letter(to: str, *, at: dt.datetime) -> DBTaskResult:
    """An email that could not be sent, as often as it was tried."""
    result = send_letter.enqueue(to=to, subject="Hello", body="Hello.")
    jobs = DBTaskResult.objects.filter(id=result.id)
    jobs.update(
        status=TaskResultStatus.FAILED,
        finished_at=at,
        exception_class_path="smtplib.SMTPRecipientsRefused",
    )
    return jobs.get()


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str):
    """Send the form of the sign-in page."""
    data = {"login": user.email, "password": password, **more}
    return client.post("/en/accounts/sign-in/", data)


def prove(client: Client, password: str = PASSWORD) -> None:
    """Prove once more who one is, as the pages about security ask."""
    answer = client.post("/en/accounts/proof/", {"password": password})
    assert answer.status_code == 302, answer.content.decode()


def letter(number: int = -1):
    """A letter that was sent, the last one by default."""
    return mail.outbox[number]


def link_in(text: str) -> str:
    """The path of the only link in a letter, but for the site in its signature."""
    found = re.findall(r"https?://[^\s/]+/\S+", text)
    assert len(found) == 1, text
    return urlsplit(found[0]).path


def is_signed_in(client: Client) -> bool:
    """Whether a person's own page opens."""
    return client.get("/en/accounts/").status_code == 200
