"""The pages of an archive: the pages that an anonymous visitor sees, with links that work without a
server.

Because each page is rendered for an anonymous visitor, everything that hides a name or a text from
visitors also hides it from the archive.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from alliance.cases.models import CaseVersion
from alliance.cases.selectors.access import visible_cases
from alliance.core import clock
from alliance.knowledge.selectors import cases
from alliance.opendata.names import TABLES
from alliance.web import languages
from alliance.web.formatting import day as formatted_day

#: Copies of sources whose licence permits publication.
COPIES = frozenset(
    {"knowledge:kept-copy", "knowledge:cost-copy", "testbeds:pilot-copy", "reports:copy"}
)
#: Routes whose pages and files are in the archive; docs/howto/keep-an-archive.md lists what is not.
ARCHIVED_ROUTES = frozenset(
    {
        *("web:about", "web:accessibility", "search:home", "search:problem"),
        *("knowledge:case", "knowledge:case-versions", "knowledge:case-version"),
        *("knowledge:solutions", "knowledge:solution", "knowledge:topics", "knowledge:topic"),
        *("knowledge:city-list", "knowledge:city", "knowledge:organisations"),
        *("knowledge:organisation", "knowledge:methods", "knowledge:method", "knowledge:data"),
        *("knowledge:evidence-grade", "indicators:network", "indicators:releases"),
        *("indicators:release", "indicators:revisions"),
        *("indicators:indicator", "indicators:city", "network:needs", "network:need"),
        *("network:offers", "network:offer", "network:peer-reviews", "network:peer-review"),
        *("network:moderation", "adoption:adoptions", "adoption:agreement"),
        *("adoption:agreement-plan", "groups:groups", "groups:group", "groups:minutes"),
        *("thread:broken", "thread:together", "equity:cities", "equity:areas"),
        *("equity:checks", "equity:check"),
        *("equity:table", "participation:processes", "participation:take-part"),
        *("participation:results", "participation:evaluation", "participation:proposal"),
        *(
            "plans:paragraph",
            "plans:changes",
            "budgeting:projects",
            "workshops:workshops",
            "workshops:workshop",
        ),
        *("testbeds:pilots", "testbeds:pilot", "testbeds:pilot-protocol", "testbeds:result"),
        *("testbeds:testbeds", "testbeds:testbed", "testbeds:challenges", "testbeds:challenge"),
        *("testbeds:businesses", "research:research", "research:question", "knowledge:cite"),
        *("reports:reports", "reports:report", "reports:edition", "reports:pdf", "reports:annex"),
        *COPIES,
    }
)
#: Lists that have a page for each value of their filter.
BY_STATE = frozenset(
    {"testbeds:pilots", "testbeds:challenges", "participation:processes", "research:research"}
)
#: Formats of the tables in `data/`.
FORMATS = ("csv", "json")
FIND = "find"

_TAG = re.compile(
    r"<(?P<name>a|form|use|link|script|img|source|image|meta|main|body)\b"
    r"(?P<inside>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""\s([a-zA-Z_:][-\w:.]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?"""
)
_FORM = re.compile(r"<form\b(?P<inside>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>.*?</form>", re.S | re.I)
_CONTROLS = re.compile(
    r"<(button|select|textarea|label|legend)\b.*?</\1>|</?(?:form|fieldset|input)\b[^>]*>",
    re.S | re.I,
)
_SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>', re.S)
_VERSIONS = re.compile(r"(?P<case>/\w\w/cases/(?P<id>[\w-]+))/versions/(?:(?P<number>\d{1,9})/)?")
_STATE = re.compile(r"(?:show|state)=([a-z-]{1,20})")
_FINDER = re.compile(r"/(\w\w)/find/?$")
_TABLE = re.compile(r"/api/v1/export/(\w+)\.(\w+)$")
_OWN_QUERY = re.compile(r"=\s*[\"']?\?")
_LEADS_NOWHERE = r"<a(?=[ >])(?![^>]*\bhref=)"
_DEAD = rf"{_LEADS_NOWHERE}[^>]*>(?:(?!</a>).)*</a>"
#: Elements that are removed with a dead link: buttons, lines and rows without other content, then
#: lists and sections that become empty.
_DEAD_PARTS = tuple(
    re.compile(pattern, re.S)
    for pattern in (
        rf'(?:<br>\s*)?{_LEADS_NOWHERE}[^>]*\bclass="(?:button|[^"]*\bno-print)\b[^>]*>.*?</a>\s?',
        rf"<li[^>]*>\s*(?!<a[^>]*\baria-current=){_DEAD}\s*</li>\s?",
        rf"<p(?: [^>]*)?>\s*(?:{_DEAD}[\s·]*)+</p>\s?",
        rf"\s*·\s*{_DEAD}(?=\s*(?:·|</p>|</li>))",
        rf"(?<=>){_DEAD}\s*·\s*",
        r"<(ul|ol)(?![^>]*\bid=)[^>]*>\s*</\1>\s?",
        r'<(p|div) class="actions\b[^>]*>\s*</\1>\s?',
        r"<(section|nav)\b[^>]*>\s*(?:<h([2-4])\b[^>]*>[^<]*</h\2>\s*)?</\1>\s?",
    )
)
_PLAIN = re.compile(r"[^A-Za-z0-9._~-]")


#: Middleware for browsers, the network and monitoring, which an archive does not need.
_OF_SERVERS = frozenset(
    {
        "alliance.web.middleware.RequestMetrics",
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.gzip.GZipMiddleware",
        "csp.middleware.CSPMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "alliance.web.page_cache.PageCache",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "alliance.accounts.middleware.TooManyTries",
        "alliance.network.budgets.WritesWithinBudget",
    }
)


class _Handler(WSGIHandler):
    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The view of an address, by the only pattern that matches it."""
        number = _number_of(request.path_info)
        resolver = get_resolver() if number is None else _addresses()[2][number]
        request.resolver_match = resolver.resolve(request.path_info)
        return request.resolver_match


class Visitor:
    """An anonymous visitor who requests addresses without a server."""

    def __init__(self) -> None:
        everything = settings.MIDDLEWARE
        settings.MIDDLEWARE = [
            middleware for middleware in everything if middleware not in _OF_SERVERS
        ]
        try:
            self._handler = _Handler()
        finally:
            settings.MIDDLEWARE = everything
        address = urlsplit(settings.BASE_URL)
        self._environ = {
            "wsgi.url_scheme": address.scheme,
            "HTTP_HOST": address.netloc,
            "SERVER_NAME": address.hostname or "",
            "SERVER_PORT": str(address.port or 80),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": "GET",
            "wsgi.errors": io.StringIO(),
            "wsgi.input": io.BytesIO(),
            "HTTP_X_FORWARDED_PROTO": address.scheme,
        }

    def get(self, address: str) -> tuple[int, str, bytes, str]:
        """Status, content type, content and, for a redirect, its target."""
        path, _sign, query = address.partition("?")
        path_info = unquote(path).encode().decode("latin-1")
        asked = {**self._environ, "PATH_INFO": path_info, "QUERY_STRING": query}
        # Reset the language that a request activated.
        with translation.override(translation.get_language()):
            response: HttpResponseBase = self._handler.get_response(WSGIRequest(asked))
            if isinstance(response, StreamingHttpResponse):
                content = b"".join(cast(Iterable[bytes], response.streaming_content))
            else:
                content = cast(HttpResponse, response).content
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        return response.status_code, kind, content, response.headers.get("Location", "")


def read_ahead(addresses: Iterable[str]) -> None:
    """Prefetch the records of the next pages in few queries."""
    of_cases = [address for address in addresses if route_of(unquote(address)) == "knowledge:case"]
    cases.read_ahead({address.strip("/").rpartition("/")[2] for address in of_cases})


@cache
def route_of(path: str) -> str:
    """The name of the route of an address; empty if there is none."""
    number = _number_of(path)
    return "" if number is None else _addresses()[1][number]


def _number_of(path: str) -> int | None:
    match = _addresses()[0].match(path)
    return int(cast(str, match.lastgroup)[1:]) if match else None


@cache
def _addresses() -> tuple[re.Pattern[str], list[str], list[URLResolver]]:
    """All URL patterns of the site as one regular expression, the names of their routes in its
    order, and resolvers for each.

    Django tries its hundreds of patterns one by one for each link.
    """
    names: list[str] = []
    resolvers: list[URLResolver] = []
    codes = "|".join(code for code, _name in settings.LANGUAGES)

    def written(
        patterns: Iterable[URLPattern | URLResolver], space: str, above: list[URLResolver]
    ) -> str:
        parts = []
        for pattern in patterns:
            plain = f"(?:{codes})/"
            if not isinstance(pattern.pattern, LocalePrefixPattern):
                plain = re.sub(r"\(\?P<\w+>", "(?:", pattern.pattern.regex.pattern).removeprefix(
                    "^"
                )
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                parts.append(
                    f"{plain}(?:{written(pattern.url_patterns, inner, [pattern, *above])})"
                )
            else:
                # Groups are at the end of a pattern, so that the first letter rules out most of
                # them.
                parts.append(f"{plain}(?P<r{len(names)}>)")
                names.append(f"{space}{pattern.name}")
                for each in above:
                    pattern = _with_single_pattern(each, pattern)
                resolvers.append(cast(URLResolver, pattern))
        return "|".join(parts)

    root = get_resolver()
    expression = written(root.url_patterns, "", [root])
    return re.compile(f"/(?:{expression})"), names, resolvers


def _with_single_pattern(above: URLResolver, pattern: URLPattern | URLResolver) -> URLResolver:
    """A resolver with only one of its patterns."""
    return URLResolver(
        above.pattern, [pattern], above.default_kwargs, above.app_name, above.namespace
    )


def belongs_in_archive(address: str) -> bool:
    """Whether the page or file at this address belongs in an archive.

    A list of versions with one row does not, because the page of the case shows it.
    """
    path, _sign, query = address.partition("?")
    if (match := _VERSIONS.fullmatch(path)) and not match["number"]:
        return newest_versions().get(match["id"]) != 1
    route = route_of(unquote(path))
    of_state = route in BY_STATE and _STATE.fullmatch(query)
    return route in ARCHIVED_ROUTES and bool(not query or of_state or _page_of(query) is not None)


@cache
def newest_versions() -> dict[str, int]:
    """The number of the newest version of each public case, by id; cached."""
    rows = CaseVersion.objects.filter(case__in=visible_cases(None), case__is_masked=False)
    return dict(rows.order_by().values_list("case__public_id").annotate(n=Max("number")))


def forget() -> None:
    """Clear the caches between two archives of one process."""
    newest_versions.cache_clear()
    _rewritten.cache_clear()


def same_page(address: str) -> str:
    """The page of the case for the address of its newest version, which has the same content;
    otherwise empty."""
    match = _VERSIONS.fullmatch(address)
    if match is None or newest_versions().get(match["id"], 0) != int(match["number"] or -1):
        return ""
    return f"{match['case']}/"


def _page_of(query: str) -> int | None:
    """The page number of a list, if the query has nothing else."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if (
        len(pairs) == 1
        and pairs[0][0] == "page"
        and pairs[0][1].isascii()
        and pairs[0][1].isdigit()
    ):
        return int(pairs[0][1])
    return None


@lru_cache(10_000)
def file_of(address: str) -> str:
    """The file of an address in the folder: `/en/cases/x/?page=2` is `en/cases/x.page-2.html`."""
    path, _sign, query = address.partition("?")
    parts = [_PLAIN.sub("_", part) for part in unquote(path).strip("/").split("/")]
    name = "/".join(parts)
    if len(parts) == 1:
        name += "/index"
    page = _page_of(query) if query else None
    if page and page > 1:
        name += f".page-{page}"
    if state := _STATE.fullmatch(query):
        name += f".{state[1]}"
    is_file = "." in parts[-1] and not path.endswith("/")
    return name if is_file else f"{name}.html"


@dataclass
class Rewritten:
    """A page for the archive, with the addresses of the pages and static files that it links to."""

    text: str
    links: set[str] = field(default_factory=set)
    statics: set[str] = field(default_factory=set)


@cache
def static_file(name: str) -> Path | None:
    """The path of a static file, with or without a hash in its name."""
    collected = Path(settings.STATIC_ROOT) / name
    if collected.is_file():
        return collected
    path = finders.find(name)
    return Path(path) if path else None


@cache
def _symbols() -> dict[str, str]:
    source = cast(Path, static_file("icons.svg")).read_text(encoding="utf-8")
    return {
        match[1]: match[0].replace('id="', 'id="icon-', 1) for match in _SYMBOL.finditer(source)
    }


def rewrite(source: str, address: str) -> Rewritten:
    """The page at `address` with links that work in a folder.

    Forms except the search are removed. A link to an address outside of the archive becomes plain
    text within a sentence, and is removed if it is a button, a line or part of a row. SVG sprites
    are copied into the page, because browsers do not load them from other files without a server.
    """
    return _Page(address).rewritten(source)


def leading_on(address: str, target: str) -> Rewritten:
    """A page that redirects as its address does."""
    there = "../" * file_of(address).count("/") + file_of(target)
    return Rewritten(
        f'<!doctype html><meta charset="utf-8"><title>{there}</title>'
        f'<meta http-equiv="refresh" content="0;url={there}"><a href="{there}">{there}</a>\n',
        {target},
    )


def own_page(template: str, language: str, path: str, context: dict[str, Any]) -> Rewritten:
    """A page that only archives have, at `path` below the language, in the layout of the site."""
    address = f"/{language}/{path}"
    with translation.override(language):
        request = WSGIRequest(
            {"PATH_INFO": address, "REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO()}
        )
        request.LANGUAGE_CODE = language
        return rewrite(render_to_string(template, context, request), address)


class _Page:
    def __init__(self, address: str) -> None:
        self.path = address.partition("?")[0]
        self.root = "../" * file_of(address).count("/")
        self.language = languages.split(self.path)[0] or settings.LANGUAGE_CODE
        self.result = Rewritten("")
        self.icons: set[str] = set()

    def rewritten(self, source: str) -> Rewritten:
        source = _TAG.sub(self._tag, _FORM.sub(self._form, source))
        for part in _DEAD_PARTS:
            source = part.sub("", source)
        symbols = "".join(_symbols()[name] for name in sorted(self.icons) if name in _symbols())
        drawings = f'<svg hidden xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'
        self.result.text = source.replace("<!--drawings-->", drawings if symbols else "", 1)
        return self.result

    def _form(self, match: re.Match[str]) -> str:
        attributes = _attributes(match["inside"])
        if attributes.get("method", "get").lower() == "get":
            if (
                urlsplit(attributes.get("action", "")).path.endswith(f"/{FIND}")
                and "hx-get" not in attributes
            ):
                return match[0]
            if re.search("<(table|ul|ol)", match[0]):
                return _CONTROLS.sub("", match[0])
        return ""

    def _tag(self, match: re.Match[str]) -> str:
        text = match[0]
        # Only links without a path depend on the page.
        path = self.path if "?" in text and _OWN_QUERY.search(text) else ""
        changed, links, statics, icon = _rewritten(text, self.root, self.language, path)
        if links:
            self.result.links |= links
        if statics:
            self.result.statics |= statics
        if icon:
            self.icons.add(icon)
        return changed


@lru_cache(10_000)
def _rewritten(
    text: str, root: str, language: str, path: str
) -> tuple[str, frozenset[str], frozenset[str], str]:
    """A rewritten tag, with the pages, static files and sprite that it refers to; cached, because
    most tags are on many pages."""
    tag = _Tag(root, language, path)
    match = cast(re.Match[str], _TAG.match(text))
    change: Callable[[dict[str, str]], str | None] = getattr(tag, f"tag_{match['name'].lower()}")
    changed = change(_attributes(match["inside"]))
    return (
        text if changed is None else changed,
        frozenset(tag.result.links),
        frozenset(tag.result.statics),
        tag.icon,
    )


class _Tag:
    def __init__(self, root: str, language: str, path: str) -> None:
        self.root, self.language, self.path = root, language, path
        self.result = Rewritten("")
        self.icon = ""

    def tag_a(self, attributes: dict[str, str]) -> str:
        if (href := attributes.pop("href", None)) is not None:
            target = self.target(href)
            if target is not None:
                attributes = {"href": target} | attributes
        return _tag("a", {key: attributes[key] for key in attributes if not key.startswith("hx-")})

    def tag_form(self, attributes: dict[str, str]) -> str:
        return _tag("form", attributes | {"action": self.target(attributes["action"]) or ""})

    def tag_use(self, attributes: dict[str, str]) -> str | None:
        _file, sign, icon = attributes.get("href", "").partition("#")
        if not sign or not _file:
            return None
        self.icon = icon
        return _tag("use", attributes | {"href": f"#icon-{icon}"}) + "</use>"

    def tag_link(self, attributes: dict[str, str]) -> str | None:
        kind = attributes.get("rel", "")
        if kind == "canonical":
            return None
        if kind not in {"stylesheet", "icon"}:
            return ""
        own = self.target(attributes["href"])
        if own is None:
            return ""
        more = _tag("link", {"rel": "stylesheet", "href": f"{self.root}archive.css"})
        return _tag("link", attributes | {"href": own}) + (more if kind == "stylesheet" else "")

    def tag_script(self, attributes: dict[str, str]) -> str | None:
        if "src" not in attributes:
            return None
        if attributes["src"].startswith("../"):
            return None
        name = _static_name(attributes["src"])
        if not re.match(r"(alliance|charts|vega)\b", name):
            return _tag("script", {})
        # The script of charts loads Vega when a reader opens one.
        own = {
            key: self.target(attributes[key]) or ""
            for key in ("src", "data-vega")
            if key in attributes
        }
        return _tag("script", attributes | own)

    def tag_img(self, attributes: dict[str, str]) -> str | None:
        return self._drawn("img", "src", attributes)

    def tag_source(self, attributes: dict[str, str]) -> str | None:
        return self._drawn("source", "srcset", attributes)

    def tag_image(self, attributes: dict[str, str]) -> str | None:
        return self._drawn("image", "href", attributes)

    def _drawn(self, name: str, key: str, attributes: dict[str, str]) -> str | None:
        if key not in attributes or attributes[key].startswith("data:"):
            return None
        own = self.target(attributes[key])
        return "" if own is None else _tag(name, attributes | {key: own})

    def tag_meta(self, attributes: dict[str, str]) -> str | None:
        return "" if attributes.get("name") == "htmx-config" else None

    def tag_body(self, attributes: dict[str, str]) -> str:
        return _tag("body", attributes) + "<!--drawings-->"

    def tag_main(self, attributes: dict[str, str]) -> str:
        return _tag("main", attributes) + self._note()

    def _note(self) -> str:
        """The notice that this is a copy, with its date."""
        return _note_in(self.language, clock.today())

    def target(self, href: str) -> str | None:
        """The target of a link in the folder; the address itself outside of the network; None if
        there is none."""
        if "&" in href:
            href = html.unescape(href)
        if href.startswith(settings.BASE_URL + "/"):
            href = href.removeprefix(settings.BASE_URL)
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return html.escape(href)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        if not parts.path and not parts.query:
            return fragment or None
        path = parts.path or self.path
        if not path.startswith("/"):
            return None
        if name := _static_name(path):
            self.result.statics.add(name)
            return f"{self.root}static/{name}"
        if match := _FINDER.match(path):
            query = html.escape(f"?{parts.query}") if parts.query else ""
            return f"{self.root}{match[1]}/{FIND}.html{query}{fragment}"
        if match := _TABLE.match(path):
            is_archived = match[1] in TABLES and match[2] in FORMATS
            return f"{self.root}data/{match[1]}.{match[2]}" if is_archived else None
        # An archive contains the figures of one day.
        query = "" if parts.query.startswith("as_of=") else parts.query
        address = f"{path}?{query}" if query else path
        if not belongs_in_archive(address):
            return None
        self.result.links.add(address)
        return f"{self.root}{file_of(address)}{fragment}"


def _attributes(inside: str) -> dict[str, str]:
    """The attributes of a tag as written; one without a value is the empty string."""
    return {
        match[1]: match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(inside)
    }


def _tag(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}" + "".join(f' {key}="{value}"' for key, value in attributes.items()) + ">"


def _static_name(address: str) -> str:
    """The name of a static file at this address, without its hash; empty if it is not one."""
    path = address.partition("?")[0]
    if not path.startswith(settings.STATIC_URL):
        return ""
    return re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", path.removeprefix(settings.STATIC_URL))


@cache
def _note_in(language: str, day: dt.date) -> str:
    with translation.override(language):
        note = _("Copy from %(day)s.") % {"day": formatted_day(day)}
        return format_html('<p class="copy note">{}</p>', note)
