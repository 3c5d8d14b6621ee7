"""Static pages, error pages, and the metrics for monitoring."""

from __future__ import annotations

import ipaddress
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from alliance.web import languages, measuring
from alliance.web.page_cache import shows

#: The Retry-After of a request that failed because of the database.
SECONDS_AWAY = 30
# Headers that a proxy adds. Behind one, every request seems to come from this machine.
_PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@shows()
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the network and the platform are, and how reliable the starter content is."""
    return render(request, "web/about.html")


@shows()
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "web/privacy.html", {"LEGAL_CHECKED": settings.LEGAL_CHECKED})


@shows()
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Conformity with the law, known barriers, and whom to contact."""
    return render(request, "web/accessibility.html", {"LEGAL_CHECKED": settings.LEGAL_CHECKED})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics in the text format of Prometheus, for this machine only; 404 for all others."""
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        local = False
    if not local or any(header in request.headers for header in _PROXY_HEADERS):
        raise Http404
    return HttpResponse(measuring.exposition(), content_type=CONTENT_TYPE_LATEST)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1_000_000:g}"
        return _error(request, 413, template=400, too_large=True, most=most)
    return _error(request, 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form without a valid CSRF token."""
    return _error(request, 403, form_expired=True, typed=typed_texts(request))


#: Fields that are never shown again, by parts of their names.
_SECRETS = ("pass", "token", "secret", "ticket", "code", "csrf", "key")
_WORTH_KEEPING = 20


def typed_texts(request: HttpRequest) -> list[str]:
    """The longer texts that were typed into the form, to be copied: going back might lose them."""
    return [
        text
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in _SECRETS)
        for text in values
        if isinstance(text, str) and len(text.strip()) >= _WORTH_KEEPING
    ]


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for a missing address; suggests the same address with a language, if that exists."""
    return _error(request, 404, suggestion=_with_language(request))


def handler500(request: HttpRequest) -> HttpResponse:
    """The page for an error of the server or the database. It makes no query."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return _error(request, 500, typed=typed_texts(request))
    response = _error(request, 503, template=500, is_away=True, typed=typed_texts(request))
    response.headers["Retry-After"] = str(SECONDS_AWAY)
    return response


def _error(
    request: HttpRequest, status: int, *, template: int = 0, **context: object
) -> HttpResponse:
    # A request refused before its language was determined has none yet.
    language = getattr(request, "LANGUAGE_CODE", None) or languages.best(request)
    with translation.override(language):
        if request.path.startswith("/api/"):
            return _problem(status)
        try:
            text: str = render_to_string(f"web/{template or status}.html", context, request)
        except Exception:
            # The page about an error must not fail with the same error.
            if status < 500:
                raise
            text = gettext("Something went wrong on the server. Try again in a few minutes.")
        return HttpResponse(text, status=status, headers={"Content-Language": language})


def _problem(status: int) -> JsonResponse:
    """An error of the API as problem details (RFC 9457)."""
    titles = {
        400: gettext("We could not read the request."),
        403: gettext("You do not have permission to do this."),
        404: gettext("Nothing was found at this address."),
        413: gettext("The request is too large."),
        500: gettext("Something went wrong on the server. Try again in a few minutes."),
        503: gettext("The database cannot be reached. Try again in a minute."),
    }
    return JsonResponse(
        {
            "type": "about:blank",
            "title": titles[status],
            "status": status,
            "detail": titles[status],
            "errors": [],
        },
        status=status,
        content_type="application/problem+json",
    )


def _with_language(request: HttpRequest) -> str:
    """The requested address, with a language put before it or in place of an unknown one."""
    if languages.split(request.path)[0]:
        return ""
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    first, _, rest = request.path.lstrip("/").partition("/")
    tails = [request.path.lstrip("/")]
    if len(first) == 2:
        tails.insert(0, rest)
    for tail in tails:
        for ending in dict.fromkeys((tail, tail.rstrip("/"), tail.rstrip("/") + "/")):
            candidate = f"/{language}/{ending.lstrip('/')}"
            try:
                resolve(candidate)
            except Resolver404:
                continue
            return candidate
    return ""
