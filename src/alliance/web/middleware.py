"""Middleware: the language in the address, addresses with NUL, metrics of requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.utils import translation
from django.utils.cache import patch_vary_headers

from alliance.web import languages, measuring

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_LANGUAGE_COOKIE_AGE = 365 * 24 * 3600


class LanguageFromAddress:
    """The first part of an address names the language: /en/, /fr/, /sv/.

    `/` redirects to the reader's best language. Addresses of the API take the parameter `lang`,
    English by default. Every other address is answered in the reader's best language, so that a 404
    page is in words the reader knows.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        named, _ = languages.split(request.path_info)
        if request.path_info == "/" and request.method in {"GET", "HEAD"}:
            return self._lead_on(request)
        if request.path_info.startswith("/api/"):
            asked = request.GET.get("lang", "")
            language = asked if asked in languages.codes() else settings.LANGUAGE_CODE
        else:
            language = named or languages.best(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if named is None and not request.path_info.startswith(("/api/", settings.STATIC_URL)):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        # 304 is the page too: the browser had cached it.
        if named is not None and response.status_code in {200, 304}:
            self._remember(request, response, named)
        return response

    def _lead_on(self, request: HttpRequest) -> HttpResponse:
        language = languages.best(request)
        query = request.META.get("QUERY_STRING", "")
        response = HttpResponseRedirect(f"/{language}/" + (f"?{query}" if query else ""))
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def _remember(self, request: HttpRequest, response: HttpResponseBase, language: str) -> None:
        # Only a choice that the browser would not make by itself is worth a cookie.
        if language == languages.best(request):
            return
        # A picture that another site shows, such as a button, chooses nothing for its reader.
        if not response.get("Content-Type", "text/html").startswith("text/html"):
            return
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=_LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class NoNulInAddresses:
    """Addresses with the character NUL do not exist: 404.

    SQLite finds no row with such an id, PostgreSQL raises an error; views that take an id of any
    form need not check. The API answers for its own addresses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], named: dict[str, object]
    ) -> None:
        if request.path.startswith("/api/"):
            return
        if any("\x00" in str(value) for value in (*args, *named.values())):
            raise Http404(request.path)


class RequestMetrics:
    """Counts and times every request, adds the times to the response, and logs slow requests.

    The log line contains the route and not the address: some addresses are secrets, such as those
    of invitations, and queries contain search words. No network address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.log = structlog.get_logger("alliance.web")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        queries = _Queries()
        start = time.perf_counter()
        with connection.execute_wrapper(queries):
            response = self.get_response(request)
        seconds = time.perf_counter() - start
        match = getattr(request, "resolver_match", None)
        view = (match.view_name if match else "") or measuring.UNMATCHED
        measuring.record(request.method or "", view, response.status_code, seconds)
        # The duration of a query would reveal to strangers what is in the database.
        if not settings.PRODUCTION:
            response.headers["Server-Timing"] = (
                f"app;dur={seconds * 1000:.1f}, "
                f'db;dur={queries.seconds * 1000:.1f};desc="{queries.count} queries"'
            )
        if seconds >= measuring.SLOW_SECONDS:
            self.log.warning(
                "slow request",
                route=measuring.route_of(request),
                view=view,
                method=request.method,
                status=response.status_code,
                milliseconds=round(seconds * 1000),
                queries=queries.count,
            )
        return response


class _Queries:
    """Counts and times the database queries of a request."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - start
