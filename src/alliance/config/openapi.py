"""What the OpenAPI document says beyond what the operations themselves declare."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from alliance.network.api.common import PREFIX, Problem

#: Stands for the address of the installation in the examples.
ANYWHERE = "https://network.example"
#: For each operation a request of the shipped network and its answer, long parts shortened.
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
_GONE = "The case was withdrawn; `detail` tells why."
_ETAG = {
    "description": "Names this state of the answer; send it back in If-None-Match.",
    "schema": {"type": "string"},
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with problems, headers and conditional answers; without what nobody needs.

    Changes the document in place and returns it.
    """
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = _plain(parameter["schema"])
            _responses(path, operation)
            _example(path, operation)
    schemas = document["components"]["schemas"]
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= own.pop("$defs") | {"Problem": own}
    for schema in schemas.values():
        schema.pop("title", None)
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
    used = _used(document)
    document["components"]["schemas"] = {name: schemas[name] for name in sorted(used)}
    return document


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter without null, which no address can hold, and without titles."""
    schema = {name: value for name, value in schema.items() if name not in {"title", "description"}}
    choices = [one for one in schema.pop("anyOf", []) if one != {"type": "null"}]
    for choice in choices:
        schema |= choice
    return schema


def _responses(path: str, operation: dict[str, Any]) -> None:
    # Numbers cannot be keys in JSON.
    responses = {str(status): response for status, response in operation["responses"].items()}
    operation["responses"] = responses
    responses["200"]["headers"] = {"ETag": _ETAG}
    responses["304"] = {"description": "Unchanged since the state named in If-None-Match."}
    in_path = any(parameter["in"] == "path" for parameter in operation["parameters"])
    for status, text in _PROBLEMS.items():
        if status != 404 or in_path:
            responses[str(status)] = _problem(text)
    if "/cases/{id}" in path:
        responses["410"] = _problem(_GONE)
    responses["default"] = _problem("Any other fault.")


def _example(path: str, operation: dict[str, Any]) -> None:
    """Put the example into the description: the values of the path, and the answer."""
    example = EXAMPLES.get(operation["operationId"])
    if example is None:
        return
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/?]+?)", re.escape(path))
    found = re.search(f"{pattern}($|[?])", PREFIX + example["request"])
    for parameter in operation["parameters"]:
        if found and parameter["in"] == "path":
            parameter["example"] = found[parameter["name"]]
    if "answer" in example:
        operation["responses"]["200"]["content"]["application/json"]["example"] = example["answer"]


def _problem(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def _used(document: dict[str, Any]) -> set[str]:
    """The schemas that an answer or a parameter leads to."""
    schemas = document["components"]["schemas"]
    waiting = set(_REFERENCE.findall(json.dumps(document["paths"])))
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(_REFERENCE.findall(json.dumps(schemas[name]))) - used
    return used
