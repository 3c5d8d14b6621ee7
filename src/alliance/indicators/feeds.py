"""An Atom feed (RFC 4287) of revisions of figures."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.indicators.enums import BatchKind, Status
from alliance.indicators.selectors.revisions import Revision
from alliance.network.api.common import page_address
from alliance.web.formatting import colon, number

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
LONGEST = 100
TITLE = gettext_lazy("Revisions of figures")
# As in the feeds of cases: the year says when the maker of the address held the host name.
_TAG_YEAR = "2026"
_EMPTY_SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def _tag(*parts: str) -> str:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"tag:{host},{_TAG_YEAR}:{'/'.join(parts)}"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _value(value: float | None, status: str, decimals: int) -> str:
    return str(Status(status).label) if value is None else number(value, decimals)


def updated(rows: Sequence[Revision]) -> dt.datetime:
    """When the newest of the revisions was made."""
    return max((row.at for row in rows), default=_EMPTY_SINCE)


def atom(rows: Sequence[Revision], language: str) -> bytes:
    """The revisions as an Atom document in the language in use."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    _add(root, "id", _tag(language, "feeds", "revisions"))
    _add(root, "title", f"{TITLE} – {settings.NETWORK_NAME}")
    _add(root, "updated", _moment(updated(rows)))
    author = _add(root, "author")
    _add(author, "name", settings.NETWORK_NAME)
    _add(author, "uri", settings.BASE_URL)
    own = page_address("indicators:revision-feed", language)
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    page = page_address("indicators:revisions", language)
    _add(root, "link", rel="alternate", type="text/html", href=page, hreflang=language)
    for row in rows:
        entry = _add(root, "entry")
        _add(entry, "id", _tag(language, "revisions", str(row.id)))
        _add(entry, "title", f"{row.city}{colon()} {row.indicator}, {row.period}")
        href = page_address("indicators:indicator", language, row.indicator_id)
        _add(entry, "link", rel="alternate", type="text/html", href=f"{href}#revised")
        _add(entry, "updated", _moment(row.at))
        _add(entry, "summary", _summary(row), type="text")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _summary(row: Revision) -> str:
    text = _("%(before)s became %(after)s (%(unit)s).") % {
        "before": _value(row.before, row.before_status, row.decimals),
        "after": _value(row.after, row.after_status, row.decimals),
        "unit": row.unit,
    }
    kind = BatchKind(row.kind).label if row.kind in BatchKind.values else row.kind
    who = ", ".join(str(part) for part in (row.who, kind) if part)
    return f"{text} {who}{colon()} {row.reason}" if row.reason else f"{text} {who}"
