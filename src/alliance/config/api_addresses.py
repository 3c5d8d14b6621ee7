"""What applies to every address of the API: methods, parameters, headers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.operation import Operation

from alliance.cases.citations import LICENCE_URL
from alliance.config.api_faults import (
    in_request_language,
    language_of,
    parameter_faults,
    problem,
    too_large,
    unprocessable,
)
from alliance.network.api.common import PREFIX
from alliance.web.uploads import MOST_BYTES

JSON = "application/json"
MULTIPART = "multipart/form-data"
# Short, because corrections must reach readers soon; the ETag makes revalidation cheap.
CACHE_CONTROL = "public, max-age=60"
#: For responses that only the caller may see.
PRIVATE = "private, no-store"
#: The headers that pages of other sites may send with a token.
_SENT_ALONG = "Authorization, Content-Type, If-Match"
_EXPOSED = "Content-Disposition, ETag, Link, Location, Retry-After, WWW-Authenticate"
_BODIES = {"body": JSON, "form": MULTIPART, "file": MULTIPART}


@dataclass(frozen=True)
class Taken:
    """What one method of an address accepts.

    `parameters`: the query parameters, and whether each may be repeated; `media_type`: of the body,
    "" for none; `is_private`: whether it requires authentication.
    """

    parameters: Mapping[str, bool]
    media_type: str
    is_private: bool


Methods = Mapping[str, Taken]


def _taken(operation: Operation) -> Taken:
    parameters: dict[str, bool] = {}
    media_type = ""
    for model in operation.models:
        source = model.__ninja_param_source__
        media_type = _BODIES.get(str(source), media_type)
        if source == "query":
            several = getattr(model, "__ninja_collection_fields__", [])
            parameters |= {name: name in several for name in model.__ninja_flatten_map__}
    return Taken(parameters, media_type, bool(operation.auth_callbacks))


def _allowed(methods: Methods) -> str:
    """The value of the header Allow."""
    names = set(methods) | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    order = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
    return ", ".join(name for name in order if name in names)


@in_request_language
def _no_method(request: HttpRequest, allowed: str) -> HttpResponse:
    refused = problem(405, _("This address accepts %(methods)s.") % {"methods": allowed})
    refused.headers["Allow"] = allowed
    return refused


@in_request_language
def _refused(
    request: HttpRequest, taken: Taken, arguments: Collection[object]
) -> HttpResponse | None:
    """The response that refuses this request, None if it is valid."""
    if any("\x00" in str(value) for value in arguments):
        return problem(404, _("Nothing was found at this address."))
    if faults := parameter_faults(request, taken.parameters):
        return unprocessable(faults)
    return _body_refused(request, taken)


def _body_refused(request: HttpRequest, taken: Taken) -> HttpResponse | None:
    """The response that refuses the body because of its headers, None if it is accepted."""
    if request.method in {"GET", "HEAD"} or not taken.media_type:
        return None
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    most = MOST_BYTES if taken.media_type == MULTIPART else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length > most:
        return too_large(most)
    if length and request.content_type != taken.media_type:
        return problem(415, _("This address accepts %(type)s.") % {"type": taken.media_type})
    return None


@in_request_language
def _not_acceptable(request: HttpRequest, offered: str) -> HttpResponse:
    return problem(406, _("This address returns %(type)s.") % {"type": offered})


def _answer(
    view: Callable[..., HttpResponseBase],
    methods: Methods,
    taken: Taken | None,
    request: HttpRequest,
    kwargs: Any,
) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": _allowed(methods)})
    if taken is None:
        return _no_method(request, _allowed(methods))
    if (refused := _refused(request, taken, kwargs.values())) is not None:
        return refused
    is_safe = request.method in {"GET", "HEAD"}
    # Nothing is written if the response would not be accepted.
    if not is_safe and not request.accepts(JSON):
        return _not_acceptable(request, JSON)
    response = _run(view, taken, request, kwargs)
    offered = response.headers.get("Content-Type", "").partition(";")[0]
    if is_safe and response.status_code == 200 and not request.accepts(offered):
        return _not_acceptable(request, offered)
    return response


def _run(
    view: Callable[..., HttpResponseBase], taken: Taken, request: HttpRequest, kwargs: Any
) -> HttpResponseBase:
    # Operations handle GET; the body is dropped for HEAD at the end.
    method, request.method = request.method, "GET" if request.method == "HEAD" else request.method
    # Public responses depend on the address alone, so that caches may store them.
    language = language_of(request) if taken.is_private else translation.get_language()
    try:
        with translation.override(language):
            return view(request, **kwargs)
    finally:
        request.method = method


def _finish(
    request: HttpRequest,
    response: HttpResponseBase,
    methods: Methods,
    taken: Taken | None = None,
) -> HttpResponseBase:
    """Set headers for caches and cross-origin requests; 304 if the client has it already."""
    if taken is not None and taken.is_private:
        response.headers["Cache-Control"] = PRIVATE
        patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
    elif response.status_code == 200:
        response = _conditional(request, response)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if response.status_code == 204:
        del response.headers["Content-Type"]
    _for_other_sites(request, response, methods)
    response.headers["Link"] = (
        f'<{settings.BASE_URL}{PREFIX}openapi.json>; rel="service-desc", '
        f'<{LICENCE_URL}>; rel="license"'
    )
    return _head_of(response) if request.method == "HEAD" else response


def _for_other_sites(request: HttpRequest, response: HttpResponseBase, methods: Methods) -> None:
    """Let pages of other sites read public data, and write with a token, never with a cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = _allowed(methods)
        response.headers["Access-Control-Max-Age"] = "600"
        if any(taken.is_private for taken in methods.values()):
            response.headers["Access-Control-Allow-Headers"] = _SENT_ALONG


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response with its ETag, or 304 if the request names that state."""
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ("Accept",))
    if isinstance(response, HttpResponse) and "ETag" not in response.headers:
        sum_of_content = hashlib.sha256(response.content).hexdigest()[:32]
        response.headers["ETag"] = quote_etag(sum_of_content)
    # A download that is not sent is not closed: that would end the request twice.
    sent = get_conditional_response(
        request, response.headers["ETag"], None, cast(HttpResponse, response)
    )
    return sent or response


def _head_of(response: HttpResponseBase) -> HttpResponseBase:
    """The response without its body; the length of a download is unknown before it is generated."""
    headers = dict(response.headers)
    if not isinstance(response, HttpResponse):
        return StreamingHttpResponse(status=response.status_code, headers=headers)
    headers["Content-Length"] = str(len(response.content))
    return HttpResponse(status=response.status_code, headers=headers)


def _address(pattern: URLPattern, methods: Methods) -> URLPattern:
    """An address wrapped with what applies to all of them."""
    view = pattern.callback

    @wraps(view, assigned=())
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else str(request.method)
        taken = methods.get(method)
        return _finish(request, _answer(view, methods, taken, request, kwargs), methods, taken)

    return URLPattern(pattern.pattern, answer, pattern.default_args, pattern.name)


def _methods(api: NinjaAPI) -> dict[str, dict[str, Taken]]:
    """For the name of each operation, the methods of its address with what each accepts."""
    methods: dict[str, dict[str, Taken]] = {}
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            own = {
                method: _taken(operation)
                for operation in view.operations
                for method in operation.methods
            }
            for operation in view.operations:
                name = operation.view_func.__name__
                if methods.setdefault(name, own) is not own:
                    raise ValueError(f"two addresses have an operation named {name}")
    return methods


@in_request_language
def _nothing(request: HttpRequest) -> HttpResponse:
    return problem(404, _("Nothing was found at this address. Addresses end without a slash."))


@csrf_exempt  # a request here has no effect
def _nowhere(request: HttpRequest) -> HttpResponseBase:
    return _finish(request, _nothing(request), {})


def addresses(api: NinjaAPI) -> list[URLPattern]:
    """Every distinct address of the API, and last the response to all unknown ones."""
    methods = _methods(api)
    patterns: dict[str, URLPattern] = {}
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name in methods:
            # An address comes once for each of its methods, all with the same view.
            patterns.setdefault(str(pattern.pattern), _address(pattern, methods[pattern.name]))
    return [*patterns.values(), re_path("", _nowhere)]
