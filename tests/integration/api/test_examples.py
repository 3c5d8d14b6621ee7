"""The examples of the description still are what the API answers.

With ALLIANCE_TEST_WRITE_EXAMPLES=1 they are written anew from the starter network.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

import alliance.config
from alliance.config.api import document
from alliance.config.openapi import ANYWHERE, EXAMPLES
from alliance.core.files import generated

pytestmark = pytest.mark.usefixtures("network")
Get = Callable[..., Any]
FILE = Path(alliance.config.__file__).parent / "api_examples.json"
LONGEST = 120
MOMENT = "2026-11-24T12:00:00Z"


def _shortened(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        if set(value) <= {"en", "fr", "sv"} and all(isinstance(item, dict) for _, item in items):
            items = items[:1]
        return {key: _shortened(item, key) for key, item in items}
    if isinstance(value, list):
        return [_shortened(item) for item in value[:1]]
    if isinstance(value, str) and name in {"updated_at", "published_at", "at"}:
        return MOMENT
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST].rsplit(" ", 1)[0] + " …"
    return value


def _shape(value: Any) -> Any:
    """The keys of objects; a list and a value that may be null are compared by nothing more."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()} or "object"
    return "list" if isinstance(value, list) else "value"


def _same(here: Any, there: Any) -> bool:
    if isinstance(here, dict) and isinstance(there, dict):
        return set(here) == set(there) and all(_same(here[key], there[key]) for key in here)
    return "value" in (here, there) or type(here) is type(there)


def test_every_public_operation_has_an_example_that_answers_so(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No worker is there to make a large download.
    monkeypatch.setattr(generated, "MOST_ROWS_AT_ONCE", 10**9)
    operations = [
        one["get"]["operationId"]
        for one in document()["paths"].values()
        if "get" in one and "security" not in one["get"]
    ]
    assert set(EXAMPLES) == set(operations)
    fresh = {}
    for key in operations:
        request = EXAMPLES[key]["request"]
        answer = get(request)
        assert answer.status_code == 200, request
        fresh[key] = {"request": request}
        if answer.data is not None:
            fresh[key]["answer"] = _shortened(answer.data)
            shown = EXAMPLES[key].get("answer")
            if "ALLIANCE_TEST_WRITE_EXAMPLES" not in os.environ:
                assert _same(_shape(shown), _shape(fresh[key]["answer"])), key
    if "ALLIANCE_TEST_WRITE_EXAMPLES" in os.environ:
        text = json.dumps(fresh, ensure_ascii=False, indent=1) + "\n"
        FILE.write_text(text.replace(settings.BASE_URL, ANYWHERE), encoding="utf-8")
