"""The public API under /api/v1: its parts, its faults as problem details, and its headers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from functools import cache, wraps
from typing import Any, cast

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, include, path, re_path
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from alliance.config.api_faults import (
    gone,
    no_record,
    parameter_faults,
    problem,
    told,
    unprocessable,
    validation_fault,
)
from alliance.config.openapi import complete
from alliance.core.errors import Fault, Gone, InvalidData, NotFound
from alliance.knowledge.api import router as knowledge_router
from alliance.knowledge.exports.about import LICENCE_URL
from alliance.network.api import router as network_router
from alliance.network.api.common import PREFIX
from alliance.search.api import router as search_router
from alliance.search.query import InvalidFilter

METHODS = "GET, HEAD, OPTIONS"
# Short, because a correction must reach readers soon; the ETag makes asking again cheap.
CACHE_CONTROL = "public, max-age=60"

log = structlog.get_logger(__name__)


class _PlainJson(JSONRenderer):
    """JSON as readers like it: letters as they are, and never NaN, which is no JSON."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False, "allow_nan": False}


api = NinjaAPI(
    title="Alliance API",
    version="1.0.0",
    description=(
        "What cities did for urban sustainability, what worked and what did not. Everything here "
        "is public and needs no key. Null means that something is not recorded; it never means 0 "
        "or no. Starter content is licensed CC BY 4.0."
    ),
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    servers=[{"url": settings.BASE_URL}],
    renderer=_PlainJson(),
    openapi_extra={"info": {"license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"}}},
)
for part in (knowledge_router, network_router, search_router):
    api.add_router("", part)


@api.exception_handler(Gone)
@told
def _gone(request: HttpRequest, error: Gone) -> HttpResponse:
    return gone(error)


@api.exception_handler(NotFound)
@told
def _not_found(request: HttpRequest, error: NotFound) -> HttpResponse:
    return no_record(error.kind)


@api.exception_handler(Http404)
@told
def _nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is nothing at this address."))


@api.exception_handler(InvalidData)
@told
def _invalid(request: HttpRequest, error: InvalidData) -> HttpResponse:
    return unprocessable(error.faults)


@api.exception_handler(InvalidFilter)
@told
def _invalid_filter(request: HttpRequest, error: InvalidFilter) -> HttpResponse:
    return unprocessable(Fault(fault.key, fault.rule) for fault in error.filter_faults)


@api.exception_handler(ValidationError)
@told
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return unprocessable(validation_fault(request, entry) for entry in error.errors)


@api.exception_handler(HttpError)
@told
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, error.message)


@api.exception_handler(Exception)
@told
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the API failed", path=request.path, exc_info=error)
    return problem(500, _("The fault has been noted. Try again in a few minutes."))


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of this API, OpenAPI 3.1."""
    return HttpResponse(document_json(), content_type="application/json")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, made once."""
    return complete(api.get_openapi_schema(path_prefix=PREFIX.lstrip("/")))


@cache
def document_json() -> str:
    """The OpenAPI document as text."""
    return json.dumps(document(), ensure_ascii=False, allow_nan=False)


@told
def _refused(
    request: HttpRequest, known: Mapping[str, bool], arguments: Collection[object]
) -> HttpResponse | None:
    """Why this request is not passed on to its view, None where it is sound."""
    if request.method not in {"GET", "HEAD"}:
        detail = _("Use one of %(methods)s: this API is for reading.") % {"methods": METHODS}
        refused = problem(405, detail)
        refused.headers["Allow"] = METHODS
        return refused
    if any("\x00" in str(value) for value in arguments):
        return problem(404, _("There is nothing at this address."))
    if faults := parameter_faults(request, known):
        return unprocessable(faults)
    return None


@told
def _not_acceptable(request: HttpRequest, offered: str) -> HttpResponse:
    return problem(406, _("This address answers with %(type)s.") % {"type": offered})


def _answer(
    view: Callable[..., HttpResponseBase],
    known: Mapping[str, bool],
    request: HttpRequest,
    kwargs: Any,
) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": METHODS})
    if (refused := _refused(request, known, kwargs.values())) is not None:
        return refused
    # Operations know GET; what HEAD leaves out is left out at the end.
    method, request.method = request.method, "GET"
    try:
        response = view(request, **kwargs)
    finally:
        request.method = method
    offered = response.headers["Content-Type"].partition(";")[0]
    if response.status_code == 200 and not request.accepts(offered):
        return _not_acceptable(request, offered)
    return response


def _finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Headers for caches and for pages of other sites; 304 where the reader has it already."""
    if response.status_code == 200:
        response = _conditional(request, response)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Content-Disposition"
    response.headers["Link"] = (
        f'<{settings.BASE_URL}{PREFIX}openapi.json>; rel="service-desc", '
        f'<{LICENCE_URL}>; rel="license"'
    )
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = METHODS
    return _head_of(response) if request.method == "HEAD" else response


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with its ETag, or 304 where the request names that very state."""
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ("Accept",))
    if isinstance(response, HttpResponse) and "ETag" not in response.headers:
        sum_of_content = hashlib.sha256(response.content).hexdigest()[:32]
        response.headers["ETag"] = quote_etag(sum_of_content)
    # A download that is not sent after all is not closed: that would end the request twice.
    sent = get_conditional_response(
        request, response.headers["ETag"], None, cast(HttpResponse, response)
    )
    return sent or response


def _head_of(response: HttpResponseBase) -> HttpResponseBase:
    """The answer without its body; how long a download will be is not known before it is made."""
    headers = dict(response.headers)
    if not isinstance(response, HttpResponse):
        return StreamingHttpResponse(status=response.status_code, headers=headers)
    headers["Content-Length"] = str(len(response.content))
    return HttpResponse(status=response.status_code, headers=headers)


def _address(pattern: URLPattern, known: Mapping[str, bool]) -> URLPattern:
    """The address of an operation with what holds for all of them put around it."""
    view = pattern.callback

    @wraps(view, assigned=())
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return _finish(request, _answer(view, known, request, kwargs))

    return URLPattern(pattern.pattern, answer, pattern.default_args, pattern.name)


def _parameters() -> dict[str, dict[str, bool]]:
    """For each operation the parameters of its query, and whether one may come several times."""
    found: dict[str, dict[str, bool]] = {}
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                names = found.setdefault(operation.view_func.__name__, {})
                for model in operation.models:
                    if model.__ninja_param_source__ == "query":
                        several = getattr(model, "__ninja_collection_fields__", [])
                        names |= {name: name in several for name in model.__ninja_flatten_map__}
    return found


@told
def _nothing(request: HttpRequest) -> HttpResponse:
    return problem(404, _("There is nothing at this address. Addresses end without a slash."))


def _addresses() -> list[URLPattern]:
    parameters = _parameters()
    patterns = [
        _address(pattern, parameters.get(pattern.name or "", {}))
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    return [*patterns, re_path("", lambda request: _finish(request, _nothing(request)))]


urlpatterns = [path("", include((_addresses(), "api-v1")))]
