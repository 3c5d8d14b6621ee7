"""What generated clients rest on: each component has a name of its own, each example is valid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from ninja.constants import NOT_SET
from ninja.schema import NinjaGenerateJsonSchema
from pydantic import BaseModel
from pydantic.json_schema import CoreModeRef, DefsRef, JsonSchemaMode

from alliance.config.api import api, document
from alliance.config.openapi import EXAMPLES


def _models() -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    """What each operation takes and answers, and in which of the two directions."""
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                for taken in operation.models:
                    yield taken, "validation"
                for answered in operation.response_models.values():
                    if answered not in (None, NOT_SET):
                        yield answered, "serialization"


def test_no_two_classes_share_the_name_of_a_component() -> None:
    # The later one would take the place of the earlier one in the document, without a word; so
    # would a class that is told in one way where it is taken and in another where it is answered.
    classes: dict[str, set[str]] = {}
    told: dict[str, set[str]] = {}

    class Named(NinjaGenerateJsonSchema):
        def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
            path = core_mode_ref[0].partition(":")[0]
            classes.setdefault(path.rpartition(".")[2], set()).add(path)
            return super().get_defs_ref(core_mode_ref)

    for model, mode in _models():
        schema = model.model_json_schema(schema_generator=Named, mode=mode)
        for name, found in schema.get("$defs", {}).items():
            told.setdefault(name, set()).add(json.dumps(found, sort_keys=True))
    assert {"DraftReview", "PeerReview"} <= set(classes) & set(told)
    assert {name: found for name, found in classes.items() if len(found) > 1} == {}
    assert {name: found for name, found in told.items() if len(found) > 1} == {}


def _examples(part: Any, where: str = "#") -> Iterator[tuple[str, Any, Any]]:
    """Each example and each default of the document with its place and its schema."""
    if isinstance(part, list):
        for place, one in enumerate(part):
            yield from _examples(one, f"{where}/{place}")
    elif isinstance(part, dict):
        if "example" in part and "schema" in part:
            yield f"{where}/example", part["example"], part["schema"]
        if "default" in part and {"type", "enum", "anyOf", "$ref"} & set(part):
            yield f"{where}/default", part["default"], part
        for name, one in part.items():
            if name not in {"example", "default"}:
                yield from _examples(one, f"{where}/{name}")


def test_each_example_is_as_its_schema_says() -> None:
    told = document()
    examples = list(_examples(told))
    assert sum(where.endswith("/example") for where, _, _ in examples) >= len(EXAMPLES)
    faults = [
        f"{where}: {fault.json_path} {fault.message}"
        for where, example, schema in examples
        for fault in Draft202012Validator(
            # What it refers to is looked for beside it.
            schema | {"components": told["components"]},
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        ).iter_errors(example)
    ]
    assert faults == []
