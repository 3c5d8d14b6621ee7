"""Is each starter file shaped as its schema says? Every fault is named by file, row and field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from alliance.core.errors import Fault
from alliance.core.strict_json import keys_repeated, walk
from alliance.core.text import markup_fault

SCHEMAS = Path(__file__).parent / "schema"
# What makes a row of a list the only one of its kind.
KEYS = {"measures": "slug", "organisations": "id", "units": "code"}
SHAPES = {"array": "a list", "object": "an object"}


def value_faults(name: str, data: Any) -> Iterator[Fault]:
    """Keys given twice, and texts that are not plain, anywhere in the data of a file.

    JSON takes the last of two values without a word: the first would be lost unseen.
    """
    for path, value in walk(data):
        for key in keys_repeated(value):
            yield Fault(row_name(name, data, [*path, key]), "key-repeated")
        if isinstance(value, str):
            fault = markup_fault(row_name(name, data, [*path]), value)
            if fault is not None:
                yield fault


def row_name(name: str, data: Any, path: list[Any]) -> str:
    """`cases.json, row 4 (malmo-green-roofs), effects[0].unit` from a path into the data."""
    if not path:
        return name
    where = f"{name}, row {path[0] + 1}" if isinstance(path[0], int) else f"{name}, {path[0]}"
    row = data[path[0]] if isinstance(path[0], int) and path[0] < len(data) else None
    if isinstance(row, dict) and isinstance(row.get("slug"), str):
        where += f" ({row['slug'][:80]})"
    rest = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[1:])
    return where + (", " + rest.lstrip(".") if rest else "")


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of several shapes the one that got furthest says what is wrong; "not null" says nothing."""
    while error.validator in {"oneOf", "anyOf"} and error.context:
        error = max(
            error.context,
            key=lambda inner: (len(inner.absolute_path), inner.validator != "type"),
        )
    return error


def _rule(error: jsonschema.ValidationError) -> str:
    """The broken rule in words, without repeating whole rows of data."""
    if error.validator == "type" and isinstance(error.instance, dict | list):
        wanted = error.validator_value
        wanted = [wanted] if isinstance(wanted, str) else wanted
        found = "an object" if isinstance(error.instance, dict) else "a list"
        return f"must be {' or '.join(SHAPES.get(one, one) for one in wanted)}, not {found}"
    message = error.message
    return message if len(message) < 300 else message[:297] + "…"


def _twice(name: str, file: str, data: list[Any]) -> Iterator[Fault]:
    key = KEYS.get(name, "slug")
    seen: dict[str, int] = {}
    for position, row in enumerate(data):
        value = row.get(key) if isinstance(row, dict) else None
        if not isinstance(value, str):
            continue
        if value in seen:
            where = row_name(file, data, [position, key])
            yield Fault(where, f"stands already in row {seen[value] + 1}")
        seen.setdefault(value, position)


def schema_faults(name: str, data: Any, *, file: str = "") -> Iterator[Fault]:
    """What in `data` breaks the schema `name`; `file` where the file is called otherwise."""
    file = file or f"{name}.json"
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker(["date"])
    )
    found = sorted(validator.iter_errors(data), key=lambda error: list(map(str, error.path)))
    for error in map(_deepest, found):
        yield Fault(row_name(file, data, list(error.absolute_path)), _rule(error))
    if isinstance(data, list):
        yield from _twice(name, file, data)
