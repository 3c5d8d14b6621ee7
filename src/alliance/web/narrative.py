"""Texts of several lines as HTML: paragraphs, lists and links, nothing else."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_ADDRESSES = ("https://", "http://", "mailto:")
#: A bracket that opens no link. For each, the parser would search the whole text for its end.
_LOOSE = re.compile(r"\[(?![^\[\]\n]{1,300}\]\([^\s()]{1,500}\))")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(((?:https?://|mailto:)[^\s()]{1,500})\)", re.I)
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\"\\]+", re.I)
_STAND_IN = "\ue000"

# The preset "zero" has paragraphs only, and escapes whatever looks like HTML.
_KNOWS = ["newline", "list", "link"]


def _reader(*knows: str) -> MarkdownIt:
    made = MarkdownIt("zero", {"breaks": True, "maxNesting": 8}).enable([*_KNOWS, *knows])
    made.validateLink = lambda url: url.lower().startswith(_ADDRESSES)  # type: ignore[method-assign]
    return made


_READER, _OF_ARTICLES = _reader(), _reader("heading")


# The text of a record is the same in each language of the site.
@lru_cache(maxsize=64)
def html_of(text: str, *, headings: bool = False) -> SafeString:
    """The text as HTML. Links lead to the web or to an email address; all other markup stays as
    typed.

    `headings`: lines that begin with “#” are headings below that of the page.
    """
    reader = _OF_ARTICLES if headings else _READER
    html: str = reader.render(_LOOSE.sub(_STAND_IN, text))
    return SafeString(
        html.replace(_STAND_IN, "[").replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    )


def plain_of(text: str) -> str:
    """The text for print: a link is its words followed by the address."""
    return _LINK.sub(lambda match: f"{match[1]} ({match[2].removeprefix('mailto:')})", text)


def addresses_in(text: str) -> list[str]:
    """The web addresses in a text, linked or bare, without the punctuation after them."""
    return [address.rstrip(".,;:!?'’»”") for address in _ADDRESS.findall(text)]
