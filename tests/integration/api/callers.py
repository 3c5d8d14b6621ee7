"""Who calls the API in tests: programs with a token, people with a session, and visitors."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.enums import Scope
from alliance.network.models import Organisation
from alliance.network.services import make_token
from alliance.writing.models import Draft
from alliance.writing.services.drafts import start_draft, submit_draft
from tests.factories.drafts import document
from tests.factories.people import acting, join, person, team

CSRF = "c" * 32
#: A row of a table of cases that can be taken over.
TABLE = {
    "id": "a", "solution": "road-pricing", "kind": "approach", "place": "Umeå", "country": "SE",
    "city": "umea", "outcome": "did-not-work", "original_language": "sv",
    "title_sv": "Avgift på prov", "summary_sv": "Trafiken minskade inte.",
    "sources.1.title": "Rapport", "sources.1.url": "https://example.org/r",
}  # fmt: skip


class Caller:
    """Asks the API and gives the answer with its JSON as `.data`.

    A session sends its CSRF token along, as the pages of the platform would.
    """

    def __init__(self, *, token: str = "", user: User | None = None, csrf: str = CSRF) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers: dict[str, str] = {}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if user is not None:
            self.client.force_login(user)
            self.client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
            self.headers["X-CSRFToken"] = csrf

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """`ask("put", "drafts/x", {...}, if_match='"1"')`; a body of bytes is sent as it is."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = given.pop("content-type", "application/json")
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        return self._progress_path(
            self.client.generic(
                method.upper(),
                f"/api/v1/{path}",
                raw,
                content_type=kind if raw else "",
                headers=self.headers | given,
            )
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("post", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("put", path, body, **headers)

    def delete(self, path: str) -> Any:
        return self.ask("delete", path)

    def upload(self, path: str, content: bytes, name: str, **fields: str) -> Any:
        """Send a file in a form."""
        data: Mapping[str, Any] = {"file": SimpleUploadedFile(name, content), **fields}
        return self._progress_path(self.client.post(f"/api/v1/{path}", data, headers=self.headers))

    def _progress_path(self, response: Any) -> Any:
        is_json = "json" in response.headers.get("Content-Type", "")
        response.data = response.json() if is_json else None
        return response


class Network:
    """Teams of Lund and Umeå with people; call it after `few`, which lays their cities."""

    def __init__(self) -> None:
        self.lund, self.umea = team("lund"), team("umea")
        self.people = {name: person(name) for name in ("editor", "member", "foreign", "citizen")}
        for name in ("secretariat", "moderator"):
            self.people[name] = person(name, name)
        self.people["reviewer"] = person("reviewer", "reviewer")
        self.people["second"] = person("second", "reviewer")
        join(self.people["editor"], self.lund)
        join(self.people["member"], self.lund, "member")
        join(self.people["foreign"], self.umea)

    def token(self, *scopes: Scope, of: Organisation | None = None, name: str = "") -> Caller:
        """A program of a team, Lund's unless another is named, with all scopes if none is."""
        at = clock.now()
        made = make_token(
            of or self.lund,
            name=name or " ".join(scopes) or "register",
            scopes=scopes or Scope.values,
            expires_at=at + dt.timedelta(days=1),
            actor=COMMAND_LINE,
            at=at,
        )
        return Caller(token=made.secret)

    def session(self, name: str, **options: str) -> Caller:
        """A person who has signed in."""
        return Caller(user=self.people[name], **options)

    def draft(self, **changes: Any) -> Draft:
        """A whole draft of Lund's team."""
        by = acting(self.people["editor"])
        at = clock.now() - dt.timedelta(minutes=5)
        return start_draft(self.lund, language="sv", content=document(**changes), actor=by, at=at)

    def handed_in(self, **changes: Any) -> Draft:
        """A draft of Lund's team that waits for review."""
        draft = self.draft(**changes)
        by = acting(self.people["editor"])
        return submit_draft(draft, expected_revision=draft.revision, actor=by, at=clock.now())


def faults_of(answer: Any, status: int = 422) -> dict[str, str]:
    """The faults of a problem by field."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.data["status"] == status
    return {error["field"]: error["rule"] for error in answer.data["errors"]}


def table_of(*rows: dict[str, str]) -> bytes:
    """A table of cases as a spreadsheet saves it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(TABLE), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
