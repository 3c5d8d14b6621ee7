"""The page that describes the API, made from its OpenAPI document: no script, no other server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.config.api import document
from alliance.config.openapi import EXAMPLES
from alliance.network.api.common import PREFIX

# Limits above this only protect the database from overflow.
_NO_LIMIT_TO_SPEAK_OF = 100_000


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, its rule in words and its possible codes."""

    name: str
    place: str
    required: bool
    rule: str
    codes: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Example:
    """A request to the shipped network and its response, long texts and lists shortened."""

    address: str
    answer: str


@dataclass(frozen=True)
class Operation:
    """A method of an address. `summary` and `description` are in English.

    `takes`: the media type of its body, "" for none; `fields` of that body.
    """

    key: str
    method: str
    path: str
    summary: str
    description: tuple[str, ...]
    takes: str
    fields: tuple[Parameter, ...]
    parameters: tuple[Parameter, ...]
    media_types: tuple[str, ...]
    example: Example | None


@dataclass(frozen=True)
class Section:
    """Operations under one tag of the document."""

    key: str
    title: str
    operations: tuple[Operation, ...]


def _words(schema: Mapping[str, Any]) -> Iterator[str]:
    """The rule of a parameter in the active language."""
    if schema.get("type") == "array":
        yield _("can be given several times")
        schema = schema["items"]
    if "enum" in schema:
        yield _("a code from the list")
    elif schema.get("format") == "date-time":
        yield _("date and time with UTC offset, such as 2026-01-31T12:00:00Z")
    else:
        yield {
            "integer": _("whole number"),
            "number": _("number"),
            "boolean": _("true or false"),
            "object": _("object"),
        }.get(str(schema.get("type")), _("text"))
    if "exclusiveMinimum" in schema:
        yield _("more than %(low)s") % {"low": schema["exclusiveMinimum"]}
    elif schema.get("maximum", 0) > _NO_LIMIT_TO_SPEAK_OF:
        yield _("at least %(low)s") % {"low": schema["minimum"]}
    elif "minimum" in schema and "maximum" in schema:
        yield _("from %(low)s to %(high)s") % {"low": schema["minimum"], "high": schema["maximum"]}
    if schema.get("default") not in (None, []):
        yield _("%(value)s by default") % {"value": schema["default"]}


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    schema = raw["schema"]
    choices = schema.get("items", schema)
    return Parameter(
        name=raw["name"],
        place=raw["in"],
        required=raw["required"],
        rule=", ".join(_words(schema)),
        codes=tuple(choices.get("enum", ())),
        description=raw.get("description", ""),
    )


def _example(key: str) -> Example | None:
    example = EXAMPLES.get(key)
    if example is None:
        return None
    answer = example.get("answer")
    text = "" if answer is None else json.dumps(answer, ensure_ascii=False, indent=2)
    return Example(f"{settings.BASE_URL}{PREFIX}{example['request']}", text)


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its references resolved, and without null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    merged: dict[str, Any] = {**schema, **(choices[0] if len(choices) == 1 else {})}
    merged.pop("anyOf", None)
    if "$ref" in merged:
        name = merged.pop("$ref").rpartition("/")[2]
        merged = {**document()["components"]["schemas"][name], **merged}
    return merged


def _fields(raw: Mapping[str, Any]) -> Iterator[Parameter]:
    """The fields of the body of an operation."""
    for content in raw.get("requestBody", {}).get("content", {}).values():
        schema = _resolved(content["schema"])
        for name, field in schema["properties"].items():
            field_schema = _resolved(field)
            yield _parameter(
                {
                    "name": name,
                    "in": "body",
                    "required": name in schema.get("required", ()),
                    "schema": field_schema,
                    # The description of a referenced schema does not describe this field.
                    "description": field.get("description", ""),
                }
            )


def _operation(path: str, method: str, raw: Mapping[str, Any]) -> Operation:
    done = next(response for status, response in raw["responses"].items() if status[0] == "2")
    return Operation(
        key=raw["operationId"],
        method=method.upper(),
        path=path,
        summary=raw["summary"],
        description=tuple(raw["description"].replace("`", "").split("\n\n")),
        takes="".join(raw.get("requestBody", {}).get("content", ())),
        fields=tuple(_fields(raw)),
        parameters=tuple(_parameter(parameter) for parameter in raw["parameters"]),
        media_types=tuple(done.get("content", {})),
        example=_example(raw["operationId"]),
    )


def sections() -> tuple[Section, ...]:
    """All operations by tag, in the order of the document, titles in the active language."""
    titles = {
        "cases": _("Cases"),
        "solutions": _("Solutions"),
        "methods": _("Methods"),
        "cities and organisations": _("Cities and organisations"),
        "indicators": _("Indicators"),
        "lists": _("Code lists"),
        "search": _("Search"),
        "downloads": _("Downloads"),
        "drafts": _("Drafts"),
        "reviews": _("Reviews"),
        "questions": _("Questions"),
        "translations": _("Translations"),
        "needs and offers": _("Needs and offers"),
        "agreements": _("Adoptions"),
        "peer reviews": _("Peer reviews"),
        "pilots": _("Pilots"),
        "testbeds": _("Testbeds"),
        "thread": _("From need to result"),
        "challenges": _("Challenges"),
        "dialogues": _("Dialogues"),
        "workshops": _("Workshops"),
        "topic groups": _("Topic groups"),
        "research": _("Questions for universities"),
        "reports": _("Reports"),
        "teams": _("Teams"),
        "people": _("People"),
    }
    by_tag: dict[str, list[Operation]] = {}
    for path, operations in document()["paths"].items():
        for method, raw in operations.items():
            by_tag.setdefault(raw["tags"][0], []).append(_operation(path, method, raw))
    return tuple(
        Section(tag.replace(" ", "-"), titles[tag], tuple(operations))
        for tag, operations in by_tag.items()
    )


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, an example request and its response."""
    problems = [
        (400, _("The request body cannot be read.")),
        (401, _("The request has no token and you are not signed in, or the token is not valid.")),
        (
            403,
            _(
                "The token lacks the required scope, or a rule forbids this operation. "
                "The response states which."
            ),
        ),
        (404, _("Nothing was found at this URL, or no item has this id.")),
        (
            405,
            _(
                "This URL does not accept this method. The Allow header lists the methods "
                "it accepts."
            ),
        ),
        (406, _("This URL offers none of the media types that the request accepts.")),
        (410, _("The case has been withdrawn. The response gives the reason.")),
        (
            412,
            _("Someone else has saved a newer version. The ETag header gives the current version."),
        ),
        (413, _("The request body is too large.")),
        (415, _("This URL does not accept the media type of the request body.")),
        (422, _("The data sent breaks a rule. The response lists each field and rule.")),
        (
            428,
            _("The If-Match header is missing. It must contain the ETag of the version you read."),
        ),
        (429, _("Too many attempts. The Retry-After header gives the number of seconds to wait.")),
        (500, _("Server error.")),
        (503, _("Temporarily unavailable. The Retry-After header says when to try again.")),
    ]
    return render(
        request,
        "knowledge/api.html",
        {
            "sections": sections(),
            "problems": problems,
            "version": document()["info"]["version"],
            "root": f"{settings.BASE_URL}{PREFIX}",
        },
    )
