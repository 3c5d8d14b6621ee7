"""The language of an address, and the best language for a reader."""

from __future__ import annotations

import re
from collections import Counter

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header


def codes() -> tuple[str, ...]:
    """Codes of the languages of the site, the default first."""
    names = [code for code, _ in settings.LANGUAGES]
    return tuple(sorted(names, key=lambda code: code != settings.LANGUAGE_CODE))


def split(path: str) -> tuple[str | None, str]:
    """The language of an address and the rest: "/fr/find" gives ("fr", "/find")."""
    first, slash, rest = path.lstrip("/").partition("/")
    if first in codes():
        return first, slash + rest or "/"
    return None, path


def swap(path: str, language: str) -> str:
    """The same page in another language; the start page for an address without a language."""
    prefix, rest = split(path)
    return f"/{language}{rest if prefix else '/'}"


def accepted(header: str) -> str | None:
    """The first language of an Accept-Language header that the site has, else None."""
    known = codes()
    for tag, _ in parse_accept_lang_header(header[:500].lower()):
        code = tag.split("-", 1)[0]
        if tag == "*":
            return known[0]
        if code in known:
            return code
    return None


def best(request: HttpRequest) -> str:
    """The language for a reader whose address has none.

    The cookie of an earlier choice comes first, then what the browser asks for, then the default.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in codes():
        return chosen
    return accepted(request.headers.get("Accept-Language", "")) or codes()[0]


#: Short words that only one of the languages has.
_SMALL_WORDS = {
    "the": "en", "of": "en", "and": "en", "for": "en", "with": "en", "from": "en", "by": "en",
    "is": "en", "are": "en", "its": "en", "how": "en", "what": "en", "to": "en",
    "le": "fr", "la": "fr", "les": "fr", "des": "fr", "du": "fr", "et": "fr", "pour": "fr",
    "sur": "fr", "dans": "fr", "une": "fr", "aux": "fr", "au": "fr", "est": "fr", "par": "fr",
    "och": "sv", "för": "sv", "av": "sv", "till": "sv", "från": "sv", "på": "sv", "med": "sv",
    "som": "sv", "att": "sv", "den": "sv", "ett": "sv", "om": "sv", "vid": "sv", "mot": "sv",
}  # fmt: skip


def tongue_of(text: str) -> str:
    """The language of a title without a recorded one, by its short words; empty if they do not
    determine it, so that a name is never read aloud in the wrong language."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = Counter(_SMALL_WORDS[word] for word in words if word in _SMALL_WORDS).most_common(2)
    is_clear = len(counts) == 1 or (len(counts) == 2 and counts[0][1] > counts[1][1])
    return counts[0][0] if is_clear else ""
