"""The choices on a ballot that has not been cast, in a cookie: they are restored after signing in,
confirming an address or finding the code. Nothing is stored on the server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alliance.budgeting.models import Project
from alliance.participation.models import Process
from alliance.participation.services.participants import BALLOT_COOKIE

AGE = dt.timedelta(days=1)
_SALT = "alliance.budgeting.choices"
#: Browsers accept no cookie above 4,096 bytes.
_LONGEST = 3_500


def cookie_of(process: Process) -> str:
    """The name of the cookie."""
    return f"{BALLOT_COOKIE}{process.public_id}"


def chosen(request: HttpRequest, process: Process, projects: Iterable[Project]) -> dict[str, int]:
    """The earlier choices: values by the public id of the project; empty for none."""
    text = request.get_signed_cookie(cookie_of(process), default="", salt=_SALT, max_age=AGE)
    ids = {project.number: project.public_id for project in projects}
    return {ids[number]: value for number, value in json.loads(text or "[]") if number in ids}


def remember(
    request: HttpRequest, response: HttpResponse, process: Process, projects: Iterable[Project]
) -> None:
    """Store the submitted choices in the cookie; without a project, keep the earlier ones."""
    sent = _sent(request.POST.getlist("projects"), request.POST, projects)
    text = json.dumps(sent, separators=(",", ":"))
    if sent and len(text) <= _LONGEST:
        response.set_signed_cookie(
            cookie_of(process),
            text,
            salt=_SALT,
            max_age=AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _sent(
    ticked: Iterable[str], typed: Mapping[str, str], projects: Iterable[Project]
) -> list[tuple[int | None, int]]:
    """The number and value of each project that is named, whether or not the ballot is valid."""
    entries = []
    for project in projects:
        value = typed.get(f"value_{project.public_id}", "").strip()
        if project.public_id in ticked:
            entries.append((project.number, 1))
        elif value.isdecimal() and len(value) < 6:
            entries.append((project.number, int(value)))
    return entries


def forget(response: HttpResponse, process: Process) -> None:
    """Delete the cookie after a ballot was cast."""
    response.delete_cookie(cookie_of(process), samesite="Lax")
