"""A cache in memory of pages for visitors, and of parts of pages.

A page is cached only if it is certain that any visitor would get the same: see `is_cacheable`. A
view opts out as in HTTP: with `Cache-Control` (such as Django's `never_cache`), `Vary` or a cookie.
What pages depend on besides their address is returned by the function that `settings.PAGE_STATE`
names; if that state changed since a page was made, the first request makes it anew, while
simultaneous ones get the old page. A view that declares with `shows` which actions its pages show
is not affected by any others.

`cached` does the same for parts of pages that all readers share, so that people who have signed in
benefit too.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import re_accepts_gzip
from django.urls import ResolverMatch
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from prometheus_client import Counter

from alliance.web import languages

#: How long a state counts as current, which spares the database.
SECONDS_STATE_HOLDS = 0.25
#: A page is made anew after this time even if no change was noticed.
CACHE_SECONDS = 300.0
#: The number of cached parts, for texts of some kilobytes; records weigh as many of these.
MOST_PARTS = 4_000
RECORDS_WEIGH = 20
#: Longer addresses are not cached: nobody links to them.
LONGEST_ADDRESS = 1_000
#: How long a request waits for a page that another request is making, before it makes it itself.
SECONDS_TO_WAIT = 5.0
#: Parameters that newsletters, advertisements and social networks add to links.
_TRACKING = re.compile(
    r"((utm|mtm|pk)_\w+|fbclid|gclid|gbraid|wbraid|gad_source|srsltid|dclid|msclkid|mc_[ce]id|igshid"
    r"|twclid|ttclid|yclid|li_fat_id|_hsenc|_hsmi)="
)
#: The browser caches the page and revalidates it each time; proxies may not cache it, because it
#: comes with a cookie for the language, and otherwise goes to people who have signed in.
CACHE_CONTROL = "private, no-cache"

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_PAGES = Counter(
    "alliance_pages",
    "Pages answered, by whether they came from memory or were made by their view.",
    ("source",),
)
# If one of these is set, the view itself determines who may cache the page and for how long.
_HEADERS_OF_ITS_OWN = ("Cache-Control", "Expires", "ETag", "Last-Modified", "Content-Encoding")

Part = TypeVar("Part")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class State(Protocol):
    """What pages may depend on, at one moment."""

    def of(self, kinds: frozenset[str] | None) -> Hashable:
        """The state of a page that shows these kinds of actions; None: everything that visitors
        see."""


def shows(*kinds: str) -> Callable[[View], View]:
    """Declare the kinds of records (as in the audit trail) whose changes affect the pages of this
    view.

    A view without a declaration may show everything that visitors see.
    """

    def declare(view: View) -> View:
        view.shown_kinds = frozenset(kinds)  # type: ignore[attr-defined]
        return view

    return declare


@dataclass(frozen=True)
class CachedPage:
    """A page, compressed. `headers` are those of the view except those that encoding changes."""

    packed: bytes
    length: int
    etag: str
    headers: tuple[tuple[str, str], ...]
    match: ResolverMatch
    made_at: float
    #: What its view declares with `shows`.
    kinds: frozenset[str] | None = None

    @classmethod
    def of(cls, request: HttpRequest, response: HttpResponse) -> CachedPage:
        """The page of `response`. It contains no secret, so no random bytes are added."""
        content = response.content
        match = cast(ResolverMatch, request.resolver_match)
        return cls(
            packed=gzip.compress(content, 6, mtime=0),
            length=len(content),
            # Weak, because the plain and the compressed page share it.
            etag=f'W/"{hashlib.sha256(content).hexdigest()[:32]}"',
            headers=tuple(
                (name, text)
                for name, text in response.items()
                if name.lower() not in {"content-length", "vary"}
            ),
            match=match,
            made_at=time.monotonic(),
            kinds=getattr(match.func, "shown_kinds", None),
        )

    @property
    def size(self) -> int:
        """The approximate size in bytes."""
        return len(self.packed) + sum(len(name) + len(text) for name, text in self.headers) + 1_000

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The response to this request: compressed, plain, or 304 if the client has the page
        already."""
        packed = bool(re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))
        response = HttpResponse(self.packed if packed else gzip.decompress(self.packed))
        for name, text in self.headers:
            response.headers[name] = text
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(self.packed) if packed else self.length)
        response.headers["ETag"] = self.etag
        response.headers["Vary"] = "Accept-Encoding, Cookie"
        response.headers["Cache-Control"] = CACHE_CONTROL
        conditional = get_conditional_response(request, etag=self.etag, response=response)
        return conditional or response

    def answer_from_before(self, request: HttpRequest) -> HttpResponse:
        """The page with a note at its top that it may be outdated."""
        note = format_html(
            '<div class="page"><p class="notice warning" role="status">{}</p></div>',
            _("The database cannot be reached. You are seeing the last saved copy of this page."),
        )
        before, start, after = gzip.decompress(self.packed).decode().partition("<main")
        response = HttpResponse(f"{before}{note}{start}{after}")
        for name, text in self.headers:
            response.headers[name] = text
        response.headers["Cache-Control"] = "no-store"
        return response


class Memory:
    """Pages, each with its state, up to `limit` bytes; the least recently used is dropped first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._state: State | None = None
        self._pages: OrderedDict[Hashable, tuple[Hashable, CachedPage]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable, state: State) -> CachedPage | None:
        """The page, if nothing that it shows has changed since it was made."""
        with self._lock:
            self._state = state
            made_under, page = self._get(key)
            if page is None or made_under != state.of(page.kinds):
                return None
            return page

    def old(self, key: Hashable) -> CachedPage | None:
        """The page in any state, unless it is older than CACHE_SECONDS."""
        with self._lock:
            return self._get(key)[1]

    def last(self, key: Hashable) -> CachedPage | None:
        """The page in any state and of any age."""
        with self._lock:
            return self._pages.get(key, (None, None))[1]

    def drop(self, key: Hashable) -> None:
        """Remove the page, if it is cached."""
        with self._lock:
            if key in self._pages:
                self._drop(key)

    def _get(self, key: Hashable) -> tuple[Hashable, CachedPage | None]:
        state, page = self._pages.get(key, (None, None))
        if page is None:
            return None, None
        if time.monotonic() - page.made_at > CACHE_SECONDS:
            self._drop(key)
            return None, None
        self._pages.move_to_end(key)
        return state, page

    def store(self, key: Hashable, state: State, page: CachedPage) -> None:
        """Store a page that was made after `state` was read, unless what it shows has changed
        since."""
        made_under = state.of(page.kinds)
        with self._lock:
            is_late = self._state is None or self._state.of(page.kinds) != made_under
            if is_late or page.size > self.limit:
                return
            if key in self._pages:
                self._drop(key)
            self._pages[key] = (made_under, page)
            self.size += page.size
            while self.size > self.limit:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: Hashable) -> None:
        self.size -= self._pages.pop(key)[1].size


class PresentState:
    """The last result of `read`, which is called again after SECONDS_STATE_HOLDS."""

    def __init__(self, read: Callable[[], State]) -> None:
        self._read = read
        self._seen: tuple[float, State | None] = (float("-inf"), None)
        self._forgotten_at = float("-inf")

    def get(self) -> State:
        """A state at most SECONDS_STATE_HOLDS old. Raises what `read` raises."""
        seen_at, state = self._seen
        now = time.monotonic()
        is_fresh = now - seen_at < SECONDS_STATE_HOLDS and seen_at > self._forgotten_at
        if state is not None and is_fresh:
            return state
        state = self._read()
        if now > self._seen[0]:
            self._seen = (now, state)
        return state

    def forget(self) -> None:
        """Ignore whatever was read before now."""
        self._forgotten_at = time.monotonic()


class Parts:
    """Parts of pages, each with its state; the least recently used is dropped first."""

    def __init__(self) -> None:
        self.weight = 0
        self._parts: OrderedDict[Hashable, tuple[Hashable, float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, state: Hashable, make: Callable[[], Part]) -> Part:
        """The part, made if there is none of that state. Two threads may make it at once."""
        with self._lock:
            made_under, made_at, part = self._parts.get(key, (None, 0.0, None))
            if made_under == state and time.monotonic() - made_at <= CACHE_SECONDS:
                self._parts.move_to_end(key)
                return cast(Part, part)
        made_at, made = time.monotonic(), make()
        with self._lock:
            self._drop(key)
            self._parts[key] = (state, made_at, made)
            self.weight += _weight(made)
            while self.weight > MOST_PARTS:
                self._drop(next(iter(self._parts)))
        return made

    def _drop(self, key: Hashable) -> None:
        if key in self._parts:
            self.weight -= _weight(self._parts.pop(key)[2])


def _weight(part: object) -> int:
    return 1 if isinstance(part, str) else RECORDS_WEIGH


class Reading:
    """A reading request, with the state at the time when a part is first requested."""

    def __init__(self, parts: Parts, read: Callable[[], State]) -> None:
        self._parts = parts
        self._read = read

    @cached_property
    def state(self) -> State:
        """The state during the request. Raises DatabaseError."""
        return self._read()

    def cached(self, kinds: frozenset[str] | None, key: Hashable, make: Callable[[], Part]) -> Part:
        """See the function `cached`."""
        return self._parts.get(key, self.state.of(kinds), make)


class _NothingChanges:
    def of(self, kinds: frozenset[str] | None) -> Hashable:
        return None


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def _reads(reading: Reading | None) -> Iterator[None]:
    token = _reading.set(reading)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def keeping() -> Iterator[None]:
    """Cache parts from page to page, for rendering many while nothing is written.

    Only where no pages are cached: see `settings.PAGE_CACHE_BYTES`.
    """
    with _reads(Reading(Parts(), _NothingChanges)):
        yield


def cached(kinds: frozenset[str] | None, key: Hashable, make: Callable[[], Part]) -> Part:
    """The result of `make`, a part of pages that all readers share, cached until an action of
    `kinds`.

    It must depend only on the key and on what visitors may read, and must not be modified: threads
    share it. `kinds` are as in `shows`; None: everything that visitors see. Outside of a reading
    request, and where no pages are cached, it is made each time.
    """
    reading = _reading.get()
    return make() if reading is None else reading.cached(kinds, key, make)


class PageCache:
    """Middleware that answers visitors from memory. Place it inside of whatever differs by visitor.

    A compressing middleware would be outside of it: cached pages are compressed once, here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.memory = Memory(settings.PAGE_CACHE_BYTES)
        self.parts = Parts()
        self._in_the_making: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()
        if self.memory.limit:
            self.read_state: Callable[[], State] = import_string(settings.PAGE_STATE)
            self.state = PresentState(self.read_state)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not self.memory.limit:
            return self._made(request)
        if request.method not in {"GET", "HEAD"}:
            try:
                return self.get_response(request)
            finally:
                # Whoever has changed something in this process sees it on the next page.
                self.state.forget()
        if not is_from_visitor(request):
            # The state is read anew for them: who has changed something in another process sees it
            # here.
            with _reads(None if _is_long(request) else Reading(self.parts, self.read_state)):
                return self._made(request)
        _drop_tracking(request)
        key = (request.scheme, request.META.get("HTTP_HOST"), request.get_full_path())
        try:
            state = self.state.get()
        except DatabaseFault:
            # Without a cached page the view may do without the database, or report the fault.
            page = self.memory.last(key)
            return self._made(request) if page is None else page.answer_from_before(request)
        page = self.memory.get(key, state)
        if page is None:
            with self._lock:
                others = self._in_the_making.get(key)
                if others is None:
                    made = self._in_the_making[key] = threading.Event()
            if others is None:
                try:
                    return self._made_anew(request, key, state)
                finally:
                    with self._lock:
                        del self._in_the_making[key]
                    made.set()
            page = self.memory.old(key)
            if page is None and others.wait(SECONDS_TO_WAIT):
                page = self.memory.get(key, state)
        if page is None:
            return self._made_anew(request, key, state)
        request.resolver_match = page.match
        _PAGES.labels("memory").inc()
        return page.answer(request)

    def _made_anew(self, request: HttpRequest, key: Hashable, state: State) -> HttpResponseBase:
        with _reads(Reading(self.parts, lambda: state)):
            response = self.get_response(request)
        if not is_cacheable(request, response):
            # A withdrawn page is not served to others while its 404 is being made.
            self.memory.drop(key)
            return _completed(request, response)
        page = CachedPage.of(request, cast(HttpResponse, response))
        if request.method == "GET":
            self.memory.store(key, state, page)
        _PAGES.labels("view").inc()
        return page.answer(request)

    def _made(self, request: HttpRequest) -> HttpResponseBase:
        return _completed(request, self.get_response(request))


def _drop_tracking(request: HttpRequest) -> None:
    """Remove tracking parameters from the address, so that all visitors get the same page."""
    asked = request.META.get("QUERY_STRING", "")
    remaining = [part for part in asked.split("&") if not _TRACKING.match(part)]
    request.META["QUERY_STRING"] = "&".join(remaining)


def is_from_visitor(request: HttpRequest) -> bool:
    """Whether a cached page may answer the request: nothing identifies a person or asks for a
    fragment."""
    return (
        languages.split(request.path_info)[0] is not None
        and not {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & request.COOKIES.keys()
        and "HTTP_AUTHORIZATION" not in request.META
        and "HTTP_HX_REQUEST" not in request.META
        and not _is_long(request)
    )


def _is_long(request: HttpRequest) -> bool:
    return len(request.META.get("QUERY_STRING", "")) + len(request.path) > LONGEST_ADDRESS


def is_cacheable(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether every visitor would get this very response at the address. In doubt: no."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and _is_page(response)
        and request.resolver_match is not None
        and not response.cookies
        and not any(name in response.headers for name in _HEADERS_OF_ITS_OWN)
        and response.headers.get("Vary", "Accept-Encoding").lower() == "accept-encoding"
        # A policy of its own is set outside of here, from attributes that a cached page lacks.
        and not any(name.startswith("_csp") for name in vars(response))
        and not hasattr(request, "_csp_nonce")
        # Set when a view uses the token of a form.
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        and not request.session.modified
        and not request.user.is_authenticated
        # A view may have read a cookie that is unknown here.
        and request.COOKIES.keys() <= {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    )


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _completed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response, with the cache headers of a cached page unless the view sets its own."""
    if (
        response.status_code == 200
        and _is_page(response)
        and languages.split(request.path_info)[0] is not None
    ):
        response.headers.setdefault("Cache-Control", CACHE_CONTROL)
        patch_vary_headers(response, ("Cookie",))
        _PAGES.labels("view").inc()
    return response
