"""The schemas of the starter files name the codes that the rooms know, and no others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alliance.knowledge.enums import CheckAgain, PoolExclusion, Reason, Running, SourceKind
from alliance.network.enums import OrganisationKind
from alliance.starter.files import SCHEMAS


def _schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "path", "codes"),
    [
        ("organisations", ("items", "properties", "kind"), OrganisationKind),
        ("sources-kinds", ("additionalProperties", "properties", "kind"), SourceKind),
        ("outcome-reasons", ("additionalProperties", "items"), Reason),
        ("check-again", ("additionalProperties", "items"), CheckAgain),
        (
            "effect-check-again",
            ("additionalProperties", "additionalProperties"),
            CheckAgain,
        ),
        ("case-status", ("additionalProperties", "properties", "running"), Running),
        ("effect-overlaps", ("items", "properties", "reason"), PoolExclusion),
    ],
)
def test_codes_are_those_of_the_rooms(name: str, path: tuple[str, ...], codes: Any):
    part = _schema(name)
    for step in path:
        part = part[step]
    assert set(part["enum"]) == set(codes.values)
