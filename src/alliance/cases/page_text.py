"""The words of a page, a PDF or a plain text that a case cites.

Runs in a child of `alliance.core.files.contained` and knows no Django: pages of strangers may
unfold without end.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from alliance.core.files.rows import Limits

MOST_CHARACTERS = 200_000
_NO_TEXT = ("script", "style", "noscript", "template", "svg", "nav", "form", "aside", "footer")
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "tr",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "ul",
        "ol",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "main",
        "table",
        "td",
        "th",
        "figcaption",
    }
)
#: A sign that no page has in its source, for the end of a paragraph.
_END = "\u2029"


def read(
    content: bytes, *, limits: Limits, media_type: str, charset: str
) -> Iterator[list[list[Any]]]:
    """One item, pairs: `title`, `text`, `language`, the `licences` that are linked, and `asks`,
    what the page asks of machines: "noarchive", "reserved"."""
    page: dict[str, Any] = {"title": "", "language": "", "licences": [], "asks": []}
    if media_type == "application/pdf":
        page |= _of_pdf(content)
    elif media_type == "text/plain":
        page["text"] = content.decode(charset or "utf-8", "replace")
    else:
        page |= _of_html(content, charset)
    page["text"] = page["text"][: min(MOST_CHARACTERS, limits.text)]
    # An object of JSON would be read as an odd cell.
    yield [[name, value] for name, value in page.items()]


def _of_pdf(content: bytes) -> dict[str, Any]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content), strict=False)
    parts, left = [], MOST_CHARACTERS
    for page in reader.pages:
        parts.append(page.extract_text())
        left -= len(parts[-1])
        if left < 0:
            break
    title = str(reader.metadata.title or "") if reader.metadata else ""
    return {"title": title, "text": "\n\n".join(part.strip() for part in parts if part.strip())}


def _of_html(content: bytes, charset: str) -> dict[str, Any]:
    from lxml import html

    # Where the server names none, the page itself does.
    root = html.document_fromstring(content, parser=html.HTMLParser(encoding=charset or None))
    meta = {
        str(element.get("name") or element.get("property")).lower(): str(
            element.get("content") or ""
        )
        for element in root.iter("meta")
    }
    licences = [str(href) for href in root.xpath("//*[contains(@rel, 'license')]/@href")]
    # Rights are often told in words, beside the address of the licence.
    named = (meta.get(name, "") for name in ("dcterms.license", "dcterms.rights"))
    licences += [address for address in named if "://" in address]
    asks = []
    if {"noarchive", "none"} & {
        directive.strip() for directive in meta.get("robots", "").lower().split(",")
    }:
        asks.append("noarchive")
    if meta.get("tdm-reservation", "").strip() == "1":
        asks.append("reserved")
    title = " ".join((root.findtext(".//title") or "").split())
    language = str(root.get("lang") or "")[:2].lower()
    for element in list(root.iter(*_NO_TEXT)):
        element.drop_tree()
    candidates = root.xpath("//main | //*[@role='main'] | //article") or [root.find("body")]
    body = candidates[0] if candidates[0] is not None else root
    for element in body.iter():
        if element.tag in _BLOCKS:
            element.text = _END + (element.text or "")
            element.tail = _END + (element.tail or "")
    lines = (" ".join(line.split()) for line in body.text_content().split(_END))
    text = "\n\n".join(line for line in lines if line)
    return {
        "title": title, "text": text, "language": language, "licences": licences, "asks": asks,
    }  # fmt: skip
