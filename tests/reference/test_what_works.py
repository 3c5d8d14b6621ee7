"""Verdicts of worked examples, whose answers other code computed, by the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alliance.config.evidence_command import evidence

pytestmark = pytest.mark.reference


def _same(found: Any, expected: Any, tolerance: float, where: str = "") -> None:
    """Numbers within the tolerance, words equal; every key expected is there, more may be."""
    if isinstance(expected, dict):
        assert set(expected) <= set(found), where
        for name, value in expected.items():
            _same(found[name], value, tolerance, f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for at, value in enumerate(expected):
            _same(found[at], value, tolerance, f"{where}[{at}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=tolerance), where
    else:
        assert found == expected, where


@pytest.mark.parametrize(
    "name",
    [
        "v1-five-trials-agree",
        "v2-before-after-only",
        "v3-held-by-previous",
        "v4-one-programme-many-places",
        "v5-could-not-tell",
        "v6-uncontrolled-counts",
        "v7-too-little-to-matter",
        "v8-no-use-in-most-units",
        "v9-trials-outrank-labels",
    ],
)
def test_the_command_gives_the_published_answer(reference: Path, tmp_path: Path, name: str) -> None:
    told = json.loads((reference / "what-works" / "expected.json").read_text("utf-8"))
    example = next(one for one in told["examples"] if one["name"] == name)
    path = tmp_path / "CASES.json"
    path.write_text(json.dumps(example["input"]), encoding="utf-8")
    answer = CliRunner().invoke(evidence, ["verdict", str(path), "--format", "json"])
    assert answer.exit_code == 0, answer.output
    _same(json.loads(answer.output), example["expected"], example["tolerance"])
