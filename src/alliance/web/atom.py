"""Writing an Atom feed (RFC 4287) of the network."""

from __future__ import annotations

import datetime as dt
import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
#: What a feed without entries was updated at.
EMPTY_SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
# The year in a tag address says when its maker held the host name (RFC 4151); it never changes,
# so that an entry keeps its id for ever.
_TAG_YEAR = "2026"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def tag(*parts: str) -> str:
    """The id of a feed or an entry; empty parts are left out."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"tag:{host},{_TAG_YEAR}:{'/'.join(part for part in parts if part)}"


def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """An element below `parent`."""
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def add_moment(parent: ET.Element, name: str, moment: dt.datetime) -> None:
    """A moment below `parent`, in UTC."""
    add(parent, name, f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}")


def add_page(parent: ET.Element, address: str, **attributes: str) -> None:
    """A link to the page for readers."""
    add(parent, "link", rel="alternate", type="text/html", href=address, **attributes)


def tell_language(element: ET.Element, language: str) -> None:
    """Say in which language an element is."""
    element.set(_LANGUAGE, language)


def begun(
    language: str, parts: Sequence[str], title: str, updated: dt.datetime, *, own: str, page: str
) -> ET.Element:
    """A feed with all but its entries. `own` is its address, `page` that of a page about it."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    tell_language(root, language)
    add(root, "id", tag(language, "feeds", *parts))
    add(root, "title", f"{title} – {settings.NETWORK_NAME}")
    add_moment(root, "updated", updated)
    author = add(root, "author")
    add(author, "name", settings.NETWORK_NAME)
    add(author, "uri", settings.BASE_URL)
    add(root, "link", rel="self", type="application/atom+xml", href=own)
    add_page(root, page, hreflang=language)
    return root


def written(root: ET.Element) -> bytes:
    """The feed as a document."""
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def answer(request: HttpRequest, content: bytes, updated: dt.datetime) -> HttpResponseBase:
    """The document, or that nothing has changed since the reader had it."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response.headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
    response.headers["Cache-Control"] = "public, max-age=300"
    etag, changed = response.headers["ETag"], int(updated.timestamp())
    return get_conditional_response(request, etag, changed, response) or response
