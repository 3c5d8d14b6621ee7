"""The public API under /api/v1: its parts, its faults as problem details, and its headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelFault
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.urls import include, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from alliance.config.api_addresses import addresses
from alliance.config.api_faults import (
    gone,
    in_request_language,
    no_record,
    not_allowed,
    problem,
    too_large,
    unprocessable,
    validation_fault,
)
from alliance.config.openapi import complete, guards
from alliance.core import rooms
from alliance.core.budgets import OverBudget
from alliance.core.errors import (
    Conflict,
    Fault,
    Gone,
    InvalidData,
    Moved,
    NotAllowed,
    NotFound,
    model_faults,
)
from alliance.core.files.generated import NotMade
from alliance.core.strict_json import NotJson
from alliance.core.throttle import Throttled
from alliance.indicators.api.comparison import NotComparable
from alliance.network.api.common import PREFIX
from alliance.network.api.writing import StrictJson, set_etag
from alliance.network.budgets import sentence
from alliance.web.views import SECONDS_AWAY

log = structlog.get_logger(__name__)


class _PlainJson(JSONRenderer):
    """Readable JSON: non-ASCII characters unescaped, and never NaN, which is not JSON."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False, "allow_nan": False}


class _Api(NinjaAPI):
    """An operation without an id gets the name of its function in camel case: `listNeeds`."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        first, *rest = operation.view_func.__name__.split("_")
        return operation.operation_id or "".join([first, *map(str.capitalize, rest)])


api = _Api(
    title="Alliance API",
    version="1.0.0",
    description=(
        "What cities did for urban sustainability, what worked and what did not. All that is "
        "published is public and needs no key; teams write their cases with a token, people with "
        "their session. Null means that something is not known; it never means 0 or no. "
        "Starter content is licensed CC BY 4.0."
    ),
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    servers=[{"url": settings.BASE_URL}],
    renderer=_PlainJson(),
    parser=StrictJson(),
    openapi_extra={"info": {"license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"}}},
)
for room in rooms.modules("api"):
    if hasattr(room, "router"):
        api.add_router("", room.router)


@api.exception_handler(Moved)
@in_request_language
def _moved(request: HttpRequest, error: Moved) -> HttpResponse:
    to = error.address(request.get_full_path())
    if not to or request.method not in {"GET", "HEAD"}:
        return no_record(error.kind)
    return HttpResponsePermanentRedirect(to)


@api.exception_handler(Gone)
@in_request_language
def _gone(request: HttpRequest, error: Gone) -> HttpResponse:
    return gone(error)


@api.exception_handler(NotFound)
@in_request_language
def _not_found(request: HttpRequest, error: NotFound) -> HttpResponse:
    return no_record(error.kind)


@api.exception_handler(Http404)
@in_request_language
def _nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("Nothing was found at this address."))


@api.exception_handler(InvalidData)
@in_request_language
def _invalid(request: HttpRequest, error: InvalidData) -> HttpResponse:
    return unprocessable(error.faults)


@api.exception_handler(ValidationError)
@in_request_language
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return unprocessable(validation_fault(request, entry) for entry in error.errors)


@api.exception_handler(HttpError)
@in_request_language
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # The error of a refused body arrives wrapped.
    if isinstance(error.__cause__, InvalidData):
        return unprocessable(error.__cause__.faults)
    if isinstance(error.__cause__, NotJson):
        detail = _("The request body is not valid JSON for this address: %(why)s.")
        return problem(400, detail % {"why": error.__cause__})
    response = problem(error.status_code, error.message)
    for name, value in getattr(error, "headers", {}).items():
        response.headers[name] = value
    return response


@api.exception_handler(NotAllowed)
@in_request_language
def _not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return not_allowed(error)


@api.exception_handler(Conflict)
@in_request_language
def _conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    detail = _("The content has changed since you read it. The ETag gives the current version.")
    response = problem(412, detail)
    set_etag(response, error.current)
    return response


@api.exception_handler(NotComparable)
@in_request_language
def _not_comparable(request: HttpRequest, error: NotComparable) -> HttpResponse:
    comparison = error.comparison
    return problem(
        409,
        _("These figures cannot be compared, so they are not ranked."),
        [
            Fault(code, "said", {"text": str(text)})
            for code, text, _left, _right in comparison.differences
        ],
        indicator=comparison.indicator.public_id,
        figures=error.figures,
        differences=[
            {"clause": difference.clause, "left": difference.left, "right": difference.right}
            for difference in comparison.verdict.differences
        ],
    )


@api.exception_handler(Throttled)
@in_request_language
def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    detail = _("Too many attempts. Retry-After gives the number of seconds to wait.")
    if isinstance(error, OverBudget):
        detail = sentence(error)
    response = problem(429, detail)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(NotMade)
@in_request_language
def _not_made(request: HttpRequest, error: NotMade) -> HttpResponse:
    response = problem(503, _("This file is being prepared. Try again in half a minute."))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(ModelFault)
@in_request_language
def _model_fault(request: HttpRequest, error: ModelFault) -> HttpResponse:
    return unprocessable(model_faults(error))


@api.exception_handler(RequestDataTooBig)
@in_request_language
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


@api.exception_handler(BadRequest)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(UnreadablePostError)
@in_request_language
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(400, _("The request body cannot be read."))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
@in_request_language
def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the database cannot be reached", path=request.path, exc_info=error)
    response = problem(503, _("The database cannot be reached. Try again in a minute."))
    response.headers["Retry-After"] = str(SECONDS_AWAY)
    return response


@api.exception_handler(Exception)
@in_request_language
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the API failed", path=request.path, exc_info=error)
    return problem(500, _("The error has been logged. Try again in a few minutes."))


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 description of this API."""
    return HttpResponse(document_json(), content_type="application/json")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, generated once."""
    return complete(api.get_openapi_schema(path_prefix=PREFIX.lstrip("/")), guards(api))


@cache
def document_json() -> str:
    """The OpenAPI document as text."""
    return json.dumps(document(), ensure_ascii=False, allow_nan=False)


urlpatterns = [path("", include((addresses(api), "api-v1")))]
