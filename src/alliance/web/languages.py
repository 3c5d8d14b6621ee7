"""The language of an address, and the best language for a reader."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header


def codes() -> tuple[str, ...]:
    """Codes of the languages of the site, the default first."""
    names = [code for code, _ in settings.LANGUAGES]
    return tuple(sorted(names, key=lambda code: code != settings.LANGUAGE_CODE))


def split(path: str) -> tuple[str | None, str]:
    """The language an address begins with and the rest: "/fr/find" gives ("fr", "/find")."""
    first, slash, rest = path.lstrip("/").partition("/")
    if first in codes():
        return first, slash + rest or "/"
    return None, path


def swap(path: str, language: str) -> str:
    """The same page in another language; the start page for an address without a language."""
    found, rest = split(path)
    return f"/{language}{rest if found else '/'}"


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
    """The language for a reader who did not choose one in the address.

    The cookie of an earlier choice comes first, then what the browser asks for, then the default.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in codes():
        return chosen
    return accepted(request.headers.get("Accept-Language", "")) or codes()[0]
