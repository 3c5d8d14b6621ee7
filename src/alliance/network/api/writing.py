"""What writing operations share: strict parsing of bodies, and preconditions."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict

from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.strict_json import NotJson, read, storage_faults, walk

#: Deeper than any body that an operation accepts.
DEEPEST = 20
#: No present or former state has this revision.
NO_REVISION = -1

IF_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "required": True,
            "description": "The ETag of the state that was read; another one gives 412.",
            "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
            "example": '"3"',
        }
    ]
}
IF_MATCH_OPTIONAL: dict[str, Any] = {
    "parameters": [IF_MATCH["parameters"][0] | {"required": False}]
}


class Body(BaseModel):
    """A JSON body without unknown fields or values of other types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class StrictJson(Parser):
    """Parses a body as JSON in UTF-8 without duplicate keys, NaN, or characters that cannot be
    stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The data of a body. Raises NotJson, InvalidData."""
        data = read(request.body)
        if any(len(path) > DEEPEST for path, _value in walk(data)):
            raise NotJson(f"it is nested more than {DEEPEST} deep")
        refuse(storage_faults(data))
        return data


class NoPrecondition(HttpError):
    """The request lacks a precondition."""

    def __init__(self) -> None:
        super().__init__(
            428, _("Identify the version you have read: send its ETag in the If-Match header.")
        )


def actor_in(request: HttpRequest) -> Actor:
    """The actor of an authenticated request."""
    return cast(Actor, request.auth)  # type: ignore[attr-defined]


def etag(revision: int) -> str:
    """The ETag of a revision."""
    return quote_etag(str(revision))


def set_etag(response: HttpResponse, revision: int) -> None:
    response.headers["ETag"] = etag(revision)


def expected_revision(request: HttpRequest, current: int) -> int:
    """The revision in If-Match; `current` if it is among several.

    A server that compresses its response marks the ETag as weak (W/), which is accepted too. Raises
    HttpError 428 if the header is missing or names no state (`*`).
    """
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        raise NoPrecondition
    tags = {tag.removeprefix("W/").strip('"') for tag in parse_etags(header)}
    if str(current) in tags:
        return current
    return NO_REVISION


def day_of(where: str, text: str | None) -> dt.date | None:
    """A date from a body. Raises InvalidData."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidData([Fault(where, "not-a-day")]) from None


def created(response: HttpResponse, address: str) -> None:
    """Set the header Location of a created object."""
    response.headers["Location"] = address
