"""What every page shows around its content: name, navigation, languages, footer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.web import languages

# Addresses are written out, because this app may not import the apps that serve them. An app gets
# an entry here when it has pages.
_NAVIGATION: tuple[tuple[str, Promise], ...] = (
    ("find", _("Find what works")),
    ("cities/", _("Cities")),
    ("pilots/", pgettext_lazy("navigation", "Try and test")),
    ("take-part/", _("Take part")),
    ("together/", pgettext_lazy("navigation", "Work together")),
)
# Pages below these parts of an address belong to the entry of the same line.
_ALSO_UNDER: dict[str, tuple[str, ...]] = {
    "find": (
        "problems",
        "cases",
        "solutions",
        "compare",
        "topics",
        "methods",
        "thread",
        "evidence",
    ),
    "cities/": ("indicators", "organisations", "equity"),
    "pilots/": ("testbeds", "challenges"),
    "together/": (
        "workshops",
        "businesses",
        "groups",
        "minutes",
        "action-items",
        "deliverables",
        "needs",
        "offers",
        "adoptions",
        "peer-reviews",
        "give-and-take",
        "twins",
        "research",
    ),
}
_FOOT: tuple[tuple[str, Promise], ...] = (
    ("about/", pgettext_lazy("navigation", "About")),
    ("topics/", _("Topics")),
    ("indicators/", pgettext_lazy("navigation", "Indicators")),
    ("methods/", _("Methods")),
    ("evidence-grade/", _("Strength of evidence")),
    ("data/", _("Open data")),
    ("api/", _("API")),
    ("feeds/", _("Feeds")),
    ("moderation/", _("Moderation")),
    ("status/", _("Service status")),
    ("privacy/", _("Privacy")),
    ("accessibility/", _("Accessibility")),
)


@dataclass(frozen=True)
class LanguageLink:
    """The same page in one of the languages, named in that language."""

    code: str
    name: str
    href: str
    path: str
    current: bool


def _current(rest: str, target: str) -> str:
    here, there = rest.strip("/"), target.strip("/")
    if here == there:
        return "page"
    section = here.split("/", 1)[0]
    return "true" if section == there or section in _ALSO_UNDER.get(target, ()) else ""


@lru_cache(1_000)
def _items(language: str, place: str, *, is_foot: bool) -> SafeString:
    """The links of the navigation, or of the footer, where only the page itself is marked."""
    text = SafeString("")
    with translation.override(language):
        for target, label in _FOOT if is_foot else _NAVIGATION:
            current = _current(place, target)
            marked = current == "page" or (current and not is_foot)
            mark = format_html(' aria-current="{}"', current) if marked else ""
            text += format_html(
                '<li><a href="/{}/{}"{}>{}</a></li>\n', language, target, mark, label
            )
    return text


def _place(rest: str) -> str:
    """What the current-page marks depend on: the page, if a link leads to it, else its section."""
    here = rest.strip("/")
    section = here.split("/", 1)[0]
    return here if here == section else f"{section}/below"


def language_links(path: str, query: str, current: str) -> tuple[LanguageLink, ...]:
    """Links to the page at `path` in every language, with the same query."""
    names = dict(settings.LANGUAGES)
    links = []
    for code in (code for code, _name in settings.LANGUAGES):
        target = escape_uri_path(languages.swap(path, code))
        href = f"{target}?{query}" if query and languages.split(path)[0] else target
        links.append(LanguageLink(code, names[code], href, target, code == current))
    return tuple(links)


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the parts of a page that do not depend on its content.

    Reads neither the database nor the host name, so that error pages can use it.
    """
    language = getattr(request, "LANGUAGE_CODE", None) or get_language() or settings.LANGUAGE_CODE
    prefix, rest = languages.split(request.path)
    place = _place(rest) if prefix else ""
    return {
        "NETWORK_NAME": settings.NETWORK_NAME,
        "logo": f"logo{settings.LOGO.suffix.lower()}" if settings.LOGO else "",
        "CONTACT_EMAIL": settings.CONTACT_EMAIL,
        "BASE_URL": settings.BASE_URL,
        "page_language": language,
        "home_href": f"/{language}/",
        "canonical_url": f"{settings.BASE_URL}{escape_uri_path(request.path)}" if prefix else "",
        "language_links": language_links(
            request.path, request.META.get("QUERY_STRING", ""), language
        ),
        "navigation": _items(language, place, is_foot=False),
        "foot_links": _items(language, place, is_foot=True),
    }
