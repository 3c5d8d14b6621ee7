"""Fetching and checking a page of the feed of another network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.strict_json import NotJson, storage_faults
from alliance.core.strict_json import read as read_json
from alliance.core.text import canonical_json, digest
from alliance.network import outside
from alliance.network.text_checks import LONGEST, text_faults
from alliance.opendata.archive.signing import signer_of
from alliance.opendata.feed import FORMAT, MOST_NAME
from alliance.opendata.models import Subscription, in_fours

Ask = Callable[..., outside.Answer]

#: The maximum size of a page of a feed, which may contain one large record.
MOST_BYTES = 32_000_000
SECONDS = 20.0
#: An older response may be replayed. Clocks differ by minutes; a response far in the future would
#: make all later ones look old.
FRESH = dt.timedelta(hours=6)

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,80}$")]
_Sum = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
_Code = Annotated[str, StringConstraints(max_length=40)]
_Text = Annotated[str, StringConstraints(max_length=LONGEST)]
# The range of integer columns in both databases.
_Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


def _name(text: str) -> str:
    """The name of a network, as shown in reasons and pages. Raises InvalidData."""
    refuse(text_faults("name", text, required=True, longest=MOST_NAME))
    return text


def _moment(text: str) -> str:
    """A valid time. Raises ValueError."""
    dt.datetime.fromisoformat(text)
    return text


class _Shape(BaseModel):
    # Fields that are unknown here are kept, because the digest covers them.
    model_config = ConfigDict(strict=True, extra="allow")


class Entry(_Shape):
    """An entry of another network: a record that was published, corrected or withdrawn."""

    number: int
    kind: Annotated[str, StringConstraints(max_length=10)]
    id: _Id
    version: _Version
    licence: _Code
    withdrawn: bool
    because: _Text
    sha256: _Sum
    previous: _Sum
    digest: _Sum
    content: dict[str, Any] | None

    @property
    def is_whole(self) -> bool:
        """Whether its content matches its digests."""
        body = self.model_dump(exclude={"digest", "content"})
        is_content = self.content is None or digest(self.content) == self.sha256
        return digest(body) == self.digest and is_content


class _Head(_Shape):
    number: int
    digest: _Sum


class Page(_Shape):
    """Entries in the order of the feed."""

    format: str
    network: Annotated[str, AfterValidator(_name)]
    address: str
    key: str
    at: Annotated[
        str,
        StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
        AfterValidator(_moment),
    ]
    after: int
    head: _Head
    entries: list[Entry]

    @property
    def moment(self) -> dt.datetime:
        """The time of the page."""
        return dt.datetime.fromisoformat(self.at)


class Silent(Exception):
    """The other network returned no page of a feed; the next attempt may succeed."""


def _broken(code: str, **params: Any) -> InvalidData:
    return InvalidData([Fault("feed", code, params)])


def page_of(address: str, after: int, ask: Ask) -> tuple[Page, str]:
    """A page of the feed at an address, and the key that signed it. Raises Silent, InvalidData."""
    url = f"{address}/api/v1/feed?after={after}"
    try:
        answer = ask("GET", url, most_bytes=MOST_BYTES, seconds=SECONDS, follow=False)
    except (outside.Unreachable, outside.Refused) as error:
        raise Silent(str(error)) from error
    if answer.status != 200:
        raise Silent(str(answer.status))
    try:
        payload = read_json(answer.body)
        refuse(storage_faults(payload))
        page = Page.model_validate(payload["page"])
        signature = f"{payload['signature']}\n".encode()
    except (NotJson, InvalidData, ValidationError, TypeError, KeyError, ValueError) as error:
        raise _broken("feed-unreadable") from error
    if page.format != FORMAT:
        raise _broken("feed-newer", format=page.format[:40])
    try:
        key = signer_of(canonical_json(payload["page"]).encode(), signature)
    except InvalidData as error:
        raise _broken("feed-changed") from error
    return page, key


def checked(page: Page, key: str, subscription: Subscription, at: dt.datetime) -> Page:
    """The page, if it continues the entries read before. Raises InvalidData."""
    if key != subscription.key or page.key != key:
        raise _broken("feed-signed-by-another", key=in_fours(key))
    if page.address != subscription.address:
        raise _broken("feed-elsewhere", address=page.address)
    known = subscription.last_at or page.moment
    is_fresh = max(known, at - FRESH) <= page.moment <= at + FRESH
    if page.after != subscription.last_number or not is_fresh:
        raise _broken("feed-sent-again")
    number, previous = subscription.last_number, subscription.last_digest
    for entry in page.entries:
        if entry.number != number + 1 or entry.previous != previous:
            raise _broken("feed-gap", number=number + 1)
        if not entry.is_whole:
            raise _broken("feed-changed")
        number, previous = entry.number, entry.digest
    is_end = number == page.head.number
    if page.head.number < number or (is_end and page.head.digest != previous):
        raise _broken("feed-another-past")
    if not page.entries and not is_end:
        raise _broken("feed-gap", number=number + 1)
    return page
