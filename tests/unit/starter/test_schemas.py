"""The schemas of the starter files name the codes that the rooms know, and no others."""

from __future__ import annotations

import csv
import json
from typing import Any

import jsonschema
import pytest

from alliance.cases.enums import Affected, CheckAgain, PoolExclusion, Reason, Running, SourceKind
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
        ("who-gained", ("$defs", "groups", "items"), Affected),
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
    # A measure asked for by a pilot or form waits for a name; content that ships has one.
    assert set(part["enum"]) == set(codes.values) - {"new-measure"}


def _shipped() -> tuple[list[dict[str, str]], list[dict[str, Any]], dict[str, Any]]:
    """The definitions that ship, their recipes, and what is said of them beside the table."""
    folder = SCHEMAS.parent
    with (folder / "starter-indicators.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    recipes = json.loads((folder / "recipes.json").read_text(encoding="utf-8"))
    return rows, recipes, json.loads((folder / "indicator-notes.json").read_text(encoding="utf-8"))


def test_each_definition_that_ships_says_from_where_its_figures_are_read():
    rows, recipes, _notes = _shipped()
    jsonschema.validate(recipes, _schema("recipes"))
    told = [(row["indicator"], row["definition"]) for row in recipes]
    assert sorted(told) == sorted((row["code"], row["definition_id"]) for row in rows)
    table = {(row["code"], row["definition_id"]): row for row in rows}
    for row in recipes:
        if row["publisher"] == "by-hand":
            definition = table[row["indicator"], row["definition"]]
            assert definition["dataset"] and definition["dataset_url"], row


def test_what_is_context_only_is_not_ranked():
    _rows, _recipes, notes = _shipped()
    with (SCHEMAS.parent / "siblings.csv").open(encoding="utf-8", newline="") as table:
        context = [row for row in csv.DictReader(table) if "context only" in row["advice"]]
    assert len(context) == 4
    for row in context:
        note = notes[f"{row['code']}/{row['left_definition']}"]
        assert all(note[f"not_ranked_because{end}"] for end in ("", "_fr", "_sv"))
