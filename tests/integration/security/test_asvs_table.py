"""The table of `docs/reference/asvs.md`: every item says how it stands, and every test is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "docs" / "reference" / "asvs.md"
MARKS = {"operator", "not met", "does not apply"}
CHAPTERS = {str(number) for number in range(2, 15)}
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]


@cache
def names_in(path: str) -> set[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_an_item_names_a_test_that_is_there_or_says_why_not(row: list[str]) -> None:
    assert len(row) == 4 and all(row)
    if row[3] in MARKS:
        return
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[3])
    assert named and row[3] == ", ".join(f"`{path}::{name}`" for path, name in named)
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in names_in(path), f"{path} has no {name}"


def test_the_items_are_in_order_and_cover_every_chapter() -> None:
    items = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert items == sorted(set(items))
    assert {row[0].split(".")[0] for row in ROWS} == CHAPTERS
