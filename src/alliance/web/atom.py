"""Writing an Atom feed (RFC 4287) of the network."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed

#: The update time of a feed without entries.
EMPTY_SINCE = dt.datetime(2026, 1, 1)  # noqa: DTZ001
# The year in a tag URI is one in which its author held the host name (RFC 4151); it never changes,
# so that an entry keeps its id for ever.
_TAG_YEAR = "2026"


def tag(*parts: str) -> str:
    """The tag URI of a feed or an entry; empty parts are left out."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"tag:{host},{_TAG_YEAR}:{'/'.join(part for part in parts if part)}"


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    """A time in UTC in whole seconds and naive, for which Django writes Z."""
    return moment and moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


class Feed(Atom1Feed):
    """A feed in one language, whose address is `own`; `page` is the address of a page about it.

    `licence` is the address of the licence, `feed_copyright` its name.
    """

    def __init__(
        self, language: str, parts: Iterable[str], title: str, *, own: str, page: str, **more: Any
    ) -> None:
        name = settings.NETWORK_NAME
        super().__init__(
            f"{title} – {name}", page, None, language=language, feed_url=own, author_name=name,
            author_link=settings.BASE_URL, feed_guid=tag(language, "feeds", *parts), **more,
        )  # fmt: skip

    def add(
        self,
        *parts: str,
        title: str,
        page: str,
        summary: str,
        updated: dt.datetime,
        published: dt.datetime | None = None,
        language: str = "",
        categories: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Add an entry; `categories` are scheme, code and label, `language` that of its text."""
        self.add_item(
            title, page, summary, unique_id=tag(self.feed["language"], *parts),
            pubdate=_utc(published), updateddate=_utc(updated), language=language,
            labels=list(categories),
        )  # fmt: skip

    def latest_post_date(self) -> dt.datetime:
        """When the newest entry changed."""
        return super().latest_post_date() if self.items else EMPTY_SINCE

    def add_root_elements(self, handler: Any) -> None:
        """The elements before the entries."""
        super().add_root_elements(handler)
        handler.addQuickElement("generator", "Alliance platform")
        if "licence" in self.feed:
            link = {"rel": "license", "href": self.feed["licence"]}
            handler.addQuickElement("link", "", link)

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """The attribute for the language of an entry, if it is not that of the feed."""
        language = item["language"] or self.feed["language"]
        return {} if language == self.feed["language"] else {"xml:lang": language}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """The elements of an entry. Its summary is plain text, which Django would label HTML."""
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        for scheme, code, label in item["labels"]:
            of = {"term": code, "scheme": tag(scheme), "label": label}
            handler.addQuickElement("category", "", of)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The document as a response, or 304 if it has not changed since the client fetched it."""
        content = self.writeString("utf-8").encode()
        response = HttpResponse(content, content_type=self.content_type)
        response.headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
        response.headers["Cache-Control"] = "public, max-age=300"
        etag = response.headers["ETag"]
        changed = int(self.latest_post_date().replace(tzinfo=dt.UTC).timestamp())
        return get_conditional_response(request, etag, changed, response) or response
