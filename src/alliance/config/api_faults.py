"""Problem details of the API, in the reader's language.

Every fault names the field, the rule by its code, and says in a sentence what to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http.client import responses
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core.errors import Fault, Gone, NotAllowed, shape_fault
from alliance.web import languages
from alliance.web.formatting import colon, quoted

PROBLEM = "application/problem+json"

Params = ParamSpec("Params")
Problem = TypeVar("Problem", bound=HttpResponse | None)


def language_of(request: HttpRequest) -> str:
    """The language of a problem: `lang`, else what the client accepts, else English."""
    asked = request.GET.get("lang", "")
    if asked in languages.codes():
        return asked
    return languages.accepted(request.headers.get("Accept-Language", "")) or settings.LANGUAGE_CODE


def in_request_language(
    handler: Callable[Concatenate[HttpRequest, Params], Problem],
) -> Callable[Concatenate[HttpRequest, Params], Problem]:
    """Decorate `handler`, which returns a problem or None, to use the language of the request."""

    @wraps(handler)
    def problem_of(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> Problem:
        language = language_of(request)
        with translation.override(language):
            response = handler(request, *args, **kwargs)
        if response is not None:
            response.headers["Content-Language"] = language
        return response

    return problem_of


def _title(status: int) -> str:
    titles = {
        400: _("The request cannot be read"),
        401: _("Sign-in or token required"),
        403: _("A rule does not allow this"),
        404: _("Nothing found here"),
        405: _("This method is not allowed"),
        406: _("Format not available"),
        409: _("The figures cannot be compared"),
        410: _("This item has been withdrawn"),
        412: _("Someone else has saved"),
        413: _("The request body is too large"),
        415: _("The request body has the wrong format"),
        422: _("The data sent breaks a rule"),
        428: _("The version you read is not stated"),
        429: _("Too many attempts"),
        500: _("Server error"),
        503: _("Temporarily unavailable"),
    }
    return titles.get(status, responses[status])


def problem(
    status: int, detail: str, faults: Iterable[Fault] = (), **further: object
) -> HttpResponse:
    """A problem (RFC 9457) in the active language, with a fault for each parameter.

    `type` identifies the kind of problem and is the same in every language, for comparison.
    `further` are additional members.
    """
    body = {
        "type": f"{settings.BASE_URL}/en/api/#problem-{status}",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "errors": [{"field": fault.where, **fault.as_data()} for fault in faults],
        **further,
    }
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM)


def unprocessable(faults: Iterable[Fault]) -> HttpResponse:
    """The problem of invalid parameters; its detail has a sentence for each."""
    named = list(faults)
    return problem(
        422, " ".join(f"{quoted(fault.where)}{colon()} {fault.rule}" for fault in named), named
    )


def no_record(kind: str) -> HttpResponse:
    """The problem of an id without a published record of this kind."""
    details = {
        "case": _("No case has this id."),
        "solution": _("No solution has this id."),
        "method": _("No engagement method has this id."),
        "city": _("No city has this id."),
        "organisation": _("No organisation has this id."),
        "version": _("The case has no version with this number."),
        "draft": _("No draft has this id."),
        "revision": _("The draft has no saved version with this number."),
        "remark": _("The draft has no comment with this number."),
        "review": _("This review does not exist."),
        "question": _("No question has this id."),
        "file": _("No file has this id."),
        "webhook": _("No webhook has this id."),
        "indicator": _("No indicator has this id."),
        "release": _("No release has this id."),
        "translation": _("The text is already in this language."),
    }
    return problem(404, details.get(kind) or _("No item has this id."))


def gone(error: Gone) -> HttpResponse:
    """The problem of a withdrawn record, with the reason; for a case in the words of its team."""
    if error.kind != "case":
        return problem(
            410, _("The item has been withdrawn. %(reason)s") % {"reason": error.because}
        )
    if not error.because:
        return problem(410, _("The case has been withdrawn. No reason was given."))
    return problem(
        410, _("The case has been withdrawn. Reason: %(reason)s") % {"reason": error.because}
    )


def not_allowed(error: NotAllowed) -> HttpResponse:
    """The problem of a missing permission, with the rule as a sentence."""
    rule = error.rule
    return problem(403, rule[:1].upper() + rule[1:] + ("" if rule.endswith(".") else "."))


def too_large(most: int) -> HttpResponse:
    """The problem of a body of more than `most` bytes."""
    return problem(413, _("The request body is larger than %(most)s bytes.") % {"most": most})


def validation_fault(request: HttpRequest, entry: Mapping[str, Any]) -> Fault:
    """A validation error as a fault: the name of the parameter, and the rule in words."""
    source, *rest = entry["loc"]
    # A model of several parameters is between the source and the parameter; so is the name that an
    # operation has for its body.
    names = [part for part in rest if part != source] or [source]
    where = str(names[0]) + "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in names[1:]
    )
    if entry["type"] == "string_pattern_mismatch" and names[0] in _PATTERNS:
        return Fault(where, _PATTERNS[names[0]])
    fault = shape_fault(where, entry)
    values = request.GET.getlist(str(names[0])) if source == "query" else []
    position = names[1] if len(names) > 1 and isinstance(names[1], int) else -1
    if fault.code == "not-allowed" and values and position < len(values):
        return Fault(where, "not-one-of", {"value": values[position], **fault.params})
    return fault


#: Parameters with a pattern, and the fault of a value that does not match.
_PATTERNS = {"country": "not-a-country-code", "sdg": "not-a-goal"}


def parameter_faults(request: HttpRequest, known: Mapping[str, bool]) -> list[Fault]:
    """Faults that validation does not detect: unknown names, duplicate parameters, NUL.

    `known`: for each parameter whether it may be repeated.
    """
    faults = []
    for name, values in request.GET.lists():
        if name not in known:
            if known:
                faults.append(Fault(name, "unknown-parameter", {"names": sorted(known)}))
            else:
                faults.append(Fault(name, "no-parameters"))
        elif len(values) > 1 and not known[name]:
            faults.append(Fault(name, "key-repeated"))
        elif any("\x00" in value for value in values):
            faults.append(Fault(name, "nul"))
    return faults
