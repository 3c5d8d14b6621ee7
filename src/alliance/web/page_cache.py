"""Pages for visitors, kept in memory for as long as nothing has changed.

A page is kept only where everything about it shows that any visitor would get the same: see
`may_be_kept`. A view that must not be kept says so as HTTP does: `Cache-Control` (such as Django's
`never_cache`), `Vary` or a cookie. What a page may depend on besides its address is told by the
function that `settings.PAGE_STATE` names; another state than the one a page was made under, and the
page is made anew: by the first who asks, while others who ask get the old one. A view that declares
with `shows` which acts its pages tell of is left alone by all others.

`kept` does the same for a part of pages that all readers share, so that people who have signed in
do not wait for what others have waited for.
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

#: For so long a state that was read counts as the present one: what the database is spared.
SECONDS_STATE_HOLDS = 0.25
#: A page is made anew after this time even where nothing tells that it has changed.
CACHE_SECONDS = 300.0
#: Parts of pages that stay in memory, in texts of some kilobytes; records weigh as many of these.
MOST_PARTS = 4_000
RECORDS_WEIGH = 20
#: Longer addresses are not kept: nobody links to them.
LONGEST_ADDRESS = 1_000
#: So long who asks for a page that is being made waits for it; then it is made once more.
SECONDS_TO_WAIT = 5.0
#: Parameters that newsletters, advertisements and social networks add to links.
_TRACKING = re.compile(
    r"((utm|mtm|pk)_\w+|fbclid|gclid|gbraid|wbraid|gad_source|srsltid|dclid|msclkid|mc_[ce]id|igshid"
    r"|twclid|ttclid|yclid|li_fat_id|_hsenc|_hsmi)="
)
#: The browser keeps the page and asks each time whether it still holds; nobody between may keep it,
#: because it comes with a cookie for the language, and otherwise to people who have signed in.
CACHE_CONTROL = "private, no-cache"

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_PAGES = Counter(
    "alliance_pages",
    "Pages answered, by whether they came from memory or were made by their view.",
    ("source",),
)
# Where one of these stands, the view has its own mind about who may keep the page and for how long.
_HEADERS_OF_ITS_OWN = ("Cache-Control", "Expires", "ETag", "Last-Modified", "Content-Encoding")

Part = TypeVar("Part")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class State(Protocol):
    """What pages may depend on, at one moment."""

    def of(self, kinds: frozenset[str] | None) -> Hashable:
        """What a page depends on that shows these kinds of acts; None: all that visitors see."""


def shows(*kinds: str) -> Callable[[View], View]:
    """Declare the kinds of acts after which a page of this view may be another one.

    Kinds are those of the audit trail. A view that declares nothing shows whatever visitors see.
    """

    def declare(view: View) -> View:
        view.shown_kinds = frozenset(kinds)  # type: ignore[attr-defined]
        return view

    return declare


@dataclass(frozen=True)
class CachedPage:
    """One page, packed. `headers` are those of the view, without what the coding changes."""

    packed: bytes
    length: int
    etag: str
    headers: tuple[tuple[str, str], ...]
    match: ResolverMatch
    made_at: float
    #: What its view declares that it shows.
    kinds: frozenset[str] | None = None

    @classmethod
    def of(cls, request: HttpRequest, response: HttpResponse) -> CachedPage:
        """The page that `response` holds. It has no secret, so no random bytes are added."""
        content = response.content
        match = cast(ResolverMatch, request.resolver_match)
        return cls(
            packed=gzip.compress(content, 6, mtime=0),
            length=len(content),
            # Weak, because the plain and the packed page share it.
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
        """Bytes of memory, near enough."""
        return len(self.packed) + sum(len(name) + len(text) for name, text in self.headers) + 1_000

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The page as this request wants it: packed or plain, or 304 where it has it already."""
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
        """The page with a note at its top: it may have changed, and nobody can tell now."""
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
    """Pages, each with its state, up to `limit` bytes; the one unused for longest goes first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._state: State | None = None
        self._pages: OrderedDict[Hashable, tuple[Hashable, CachedPage]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable, state: State) -> CachedPage | None:
        """The page, where nothing that it shows has changed since it was made."""
        with self._lock:
            self._state = state
            made_under, page = self._get(key)
            if page is None or made_under != state.of(page.kinds):
                return None
            return page

    def old(self, key: Hashable) -> CachedPage | None:
        """The page, under whatever state it was made."""
        with self._lock:
            return self._get(key)[1]

    def last(self, key: Hashable) -> CachedPage | None:
        """The page, under whatever state and however long ago it was made."""
        with self._lock:
            return self._pages.get(key, (None, None))[1]

    def drop(self, key: Hashable) -> None:
        """Forget the page, if it is there."""
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
        """Keep a page that was made after `state` was read, unless what it shows changed since."""
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
    """What `read` returns, asked for again when the last answer is older than a moment."""

    def __init__(self, read: Callable[[], State]) -> None:
        self._read = read
        self._seen: tuple[float, State | None] = (float("-inf"), None)
        self._forgotten_at = float("-inf")

    def get(self) -> State:
        """A state that held at most SECONDS_STATE_HOLDS ago. Raises what `read` raises."""
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
        """Let only what is read from now on count."""
        self._forgotten_at = time.monotonic()


class Parts:
    """Parts of pages, each with its state; the one unused for longest goes first."""

    def __init__(self) -> None:
        self.weight = 0
        self._parts: OrderedDict[Hashable, tuple[Hashable, float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, state: Hashable, make: Callable[[], Part]) -> Part:
        """The part, made where there is none of that state. Two threads may make it at once."""
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
    """A request that reads, with the state as it is when a part is first asked for."""

    def __init__(self, parts: Parts, read: Callable[[], State]) -> None:
        self._parts = parts
        self._read = read

    @cached_property
    def state(self) -> State:
        """The state under which the request reads. Raises DatabaseError."""
        return self._read()

    def cached(self, kinds: frozenset[str] | None, key: Hashable, make: Callable[[], Part]) -> Part:
        """As the function of that name."""
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
    """Parts are kept from page to page, for those who ask for many while nothing is written. Only
    where no pages are kept: see `settings.PAGE_CACHE_BYTES`."""
    with _reads(Reading(Parts(), _NothingChanges)):
        yield


def cached(kinds: frozenset[str] | None, key: Hashable, make: Callable[[], Part]) -> Part:
    """What `make` gives: a part of pages that all readers share, until an act of these kinds.

    It must follow from the key and from what visitors may read, and nobody may change it: threads
    share it. Kinds are as in `shows`; None: all that visitors see. Outside of a request that reads
    it is made each time, and so it is where no pages are kept.
    """
    reading = _reading.get()
    return make() if reading is None else reading.cached(kinds, key, make)


class PageCache:
    """Middleware that answers visitors from memory. Stands inside of what is different for each.

    Compression would be outside of it: kept pages are packed once, here.
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
                # Whoever has changed something here sees it on the next page.
                self.state.forget()
        if not is_from_visitor(request):
            # Read anew for them: who has changed something in another process sees it here.
            with _reads(None if _is_long(request) else Reading(self.parts, self.read_state)):
                return self._made(request)
        _drop_tracking(request)
        key = (request.scheme, request.META.get("HTTP_HOST"), request.get_full_path())
        try:
            state = self.state.get()
        except DatabaseFault:
            # Without a page in memory the view may do without the database, or tell of the fault.
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
            # What was withdrawn is not shown to those who ask while it is found to be gone.
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
    """Take what tells of the way of a visitor out of the address, so that all get one page."""
    asked = request.META.get("QUERY_STRING", "")
    remaining = [part for part in asked.split("&") if not _TRACKING.match(part)]
    request.META["QUERY_STRING"] = "&".join(remaining)


def is_from_visitor(request: HttpRequest) -> bool:
    """Whether a page that was kept may answer this: nothing tells of a person or of a part page."""
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
    """Whether every visitor would get this very answer to the address. In doubt: no."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and _is_page(response)
        and request.resolver_match is not None
        and not response.cookies
        and not any(name in response.headers for name in _HEADERS_OF_ITS_OWN)
        and response.headers.get("Vary", "Accept-Encoding").lower() == "accept-encoding"
        # A policy of its own is set outside of here, from marks that a kept page does not bear.
        and not any(name.startswith("_csp") for name in vars(response))
        and not hasattr(request, "_csp_nonce")
        # Set by whoever asks for the token of a form.
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        and not request.session.modified
        and not request.user.is_authenticated
        # A view may have read a cookie that nobody here knows of.
        and request.COOKIES.keys() <= {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    )


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _completed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer, told to browsers as a kept page would be where the view does not say itself."""
    if (
        response.status_code == 200
        and _is_page(response)
        and languages.split(request.path_info)[0] is not None
    ):
        response.headers.setdefault("Cache-Control", CACHE_CONTROL)
        patch_vary_headers(response, ("Cookie",))
        _PAGES.labels("view").inc()
    return response
