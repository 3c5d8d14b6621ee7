"""Additions to the OpenAPI document beyond the declarations of the operations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from ninja import NinjaAPI

from alliance.network.api.authentication import PersonOnly, TeamOrPerson
from alliance.network.api.common import PREFIX, Problem

#: A placeholder for the address of the installation in the examples.
ANYWHERE = "https://network.example"
#: For each operation a request to the shipped network and its response, long parts shortened.
EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "api_examples.json")
    .read_text(encoding="utf-8")
    .replace(ANYWHERE, settings.BASE_URL)
)
_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')
_PROBLEMS = {
    404: "There is no record with this id.",
    406: "The request accepts none of the media types of this address.",
    422: "A parameter breaks a rule; `errors` names each.",
}
_OF_CALLERS = {
    401: "Nobody stands behind the request: no token and no session, or a wrong token.",
    403: "The token lacks the scope, or a rule forbids this; `detail` tells which.",
    429: "Too many attempts; Retry-After says for how many seconds to wait.",
}
_OF_BODIES = {
    400: "The body cannot be read.",
    413: "The body is too large.",
    415: "The body has another media type.",
}
_OF_STATES = {
    412: "Somebody else has saved; the ETag names the present state.",
    428: "The header If-Match is missing.",
}
_MERGED = "The case was merged into another one; `Location` leads to the same of that one."
_GONE = "The case was withdrawn; `detail` tells why."
_ETAG = {
    "description": "Names this state of the answer; send it back in If-None-Match.",
    "schema": {"type": "string"},
}
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of a team. The scope it needs is named with each operation.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": (
            "The session of a person who has signed in; what writes also needs the CSRF token of "
            "the session, in the header X-CSRFToken."
        ),
    },
}


@dataclass(frozen=True)
class Guard:
    """Who may call an operation: only a person, or also a team's token with `scope`."""

    scope: str
    person_only: bool


def guards(api: NinjaAPI) -> dict[str, Guard]:
    """The guard of each operation that has one, by the id of the operation."""
    by_operation = {}
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                for guard in operation.auth_callbacks:
                    if isinstance(guard, TeamOrPerson):
                        by_operation[api.get_openapi_operation_id(operation)] = Guard(
                            guard.scope.value if guard.scope else "",
                            isinstance(guard, PersonOnly),
                        )
    return by_operation


def complete(document: dict[str, Any], guarded: Mapping[str, Guard]) -> dict[str, Any]:
    """Complete `document` with problems, headers and conditional responses; remove what is unused.

    Changes the document in place and returns it.
    """
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = _plain(parameter["schema"])
            guard = guarded.get(operation["operationId"])
            if guard is not None:
                _secure(operation, guard)
            _responses(path, operation, guard)
            _example(path, operation)
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= own.pop("$defs") | {"Problem": own}
    _refer(document, schemas)
    for schema in schemas.values():
        schema.pop("title", None)
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
    used = _used(document)
    document["components"] = {
        "schemas": {name: schemas[name] for name in sorted(used)},
        "securitySchemes": _SCHEMES,
    }
    return document


def _secure(operation: dict[str, Any], guard: Guard) -> None:
    """Document who may call an operation, both formally and in words."""
    scopes = [guard.scope] if guard.scope else []
    operation["security"] = [{"session": []}]
    if guard.person_only:
        who = "For people who have signed in; a token gets 403."
    else:
        operation["security"].insert(0, {"token": scopes})
        who = (
            f"For people who have signed in, and tokens with the scope `{guard.scope}`."
            if guard.scope
            else "For people who have signed in, and tokens."
        )
    operation["description"] = f"{operation['description']}\n\n{who}"


def _refer(value: Any, schemas: Mapping[str, Any]) -> None:
    """Replace inlined named schemas by references, in the shortest form."""
    if isinstance(value, list):
        for part in value:
            _refer(part, schemas)
    elif isinstance(value, dict):
        if len(value.get("allOf", ())) == 1:
            value |= value.pop("allOf")[0]
        title = value.get("title")
        if (
            isinstance(title, str)
            and title in schemas
            and value is not schemas[title]
            and "properties" in value
        ):
            value.clear()
            value["$ref"] = f"#/components/schemas/{title}"
        for part in list(value.values()):
            _refer(part, schemas)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter without null, which no address can hold, and without titles."""
    schema = {name: value for name, value in schema.items() if name not in {"title", "description"}}
    choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
    for choice in choices:
        schema |= choice
    return schema


def _responses(path: str, operation: dict[str, Any], guard: Guard | None) -> None:
    # Keys in JSON are strings.
    responses = {str(status): response for status, response in operation["responses"].items()}
    operation["responses"] = responses
    parameters = operation["parameters"]
    problems = dict(_PROBLEMS)
    if not any(parameter["in"] == "path" for parameter in parameters):
        del problems[404]
    if guard is None:
        responses["200"]["headers"] = {"ETag": _ETAG}
        responses["304"] = {"description": "Unchanged since the state named in If-None-Match."}
    else:
        problems |= _OF_CALLERS
    if "requestBody" in operation:
        problems |= _OF_BODIES
        problems[422] = "What was sent breaks a rule; `errors` names each field."
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        problems |= _OF_STATES
    for status, text in sorted(problems.items()):
        responses[str(status)] = _problem(text)
    if "/cases/{id}" in path:
        if guard is None:
            responses["301"] = {"description": _MERGED}
        responses["410"] = _problem(_GONE)
    responses["default"] = _problem("Any other fault.")


def _example(path: str, operation: dict[str, Any]) -> None:
    """Add the example to the description: the values in the path, and the response."""
    example = EXAMPLES.get(operation["operationId"])
    if example is None:
        return
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/?]+?)", re.escape(path))
    match = re.search(f"{pattern}($|[?])", PREFIX + example["request"])
    for parameter in operation["parameters"]:
        if match and parameter["in"] == "path":
            value = match[parameter["name"]]
            whole = parameter["schema"].get("type") == "integer"
            parameter["example"] = int(value) if whole else value
    if "answer" in example:
        (content,) = operation["responses"]["200"]["content"].values()
        content["example"] = example["answer"]


def _problem(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def _used(document: dict[str, Any]) -> set[str]:
    """The schemas that responses and parameters use, also indirectly."""
    schemas = document["components"]["schemas"]
    waiting = set(_REFERENCE.findall(json.dumps(document["paths"])))
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(_REFERENCE.findall(json.dumps(schemas[name]))) - used
    return used
