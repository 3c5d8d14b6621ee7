"""What people write in several lines, as HTML: paragraphs, lists and links, nothing else."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_ADDRESSES = ("https://", "http://", "mailto:")
#: A bracket that opens no link. The reader would look for its end through the whole text, for each.
_LOOSE = re.compile(r"\[(?![^\[\]\n]{1,300}\]\([^\s()]{1,500}\))")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(((?:https?://|mailto:)[^\s()]{1,500})\)", re.I)
_STAND_IN = "\ue000"

# The preset "zero" knows paragraphs only, and escapes whatever looks like HTML.
_READER = MarkdownIt("zero", {"breaks": True, "maxNesting": 8}).enable(["newline", "list", "link"])
_READER.validateLink = lambda url: url.lower().startswith(_ADDRESSES)  # type: ignore[method-assign]


def html_of(text: str) -> SafeString:
    """The text as HTML. Links lead to the web or to a mailbox; every other mark stays as typed."""
    html: str = _READER.render(_LOOSE.sub(_STAND_IN, text))
    return SafeString(html.replace(_STAND_IN, "["))


def plain_of(text: str) -> str:
    """The text for paper: a link is its words with the address behind them."""
    return _LINK.sub(lambda found: f"{found[1]} ({found[2].removeprefix('mailto:')})", text)
