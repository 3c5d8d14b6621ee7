"""`alliance budget` on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance.config.budget_command import budget
from tests.unit.analysis.budgeting.test_files import GOOD


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.pb"
    path.write_text(GOOD.replace("max_length;2", "max_length;1"), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(budget, list(map(str, arguments)))


def test_json_has_all_keys(good: Path) -> None:
    found = json.loads(
        run(
            "count", good, "--rule", "equal-shares", "--completion", "add1u", "--format", "json"
        ).stdout
    )
    assert list(found) == ["rule", "winners", "cost", "budget", "rounds", "losers", "ties",
                           "warnings"]  # fmt: skip
    assert found["winners"] == ["C", "A"] and found["cost"] == 100
    assert set(found["rounds"][0]) == {"project", "rho", "cost"}
    # What is odd in the file is told with its line.
    assert found["warnings"] == ["vote-too-long:23", "vote-too-long:25"]


def test_a_table_for_people_names_reasons(good: Path) -> None:
    told = run("count", good, "--rule", "greedy", "--min-votes", "2", "--exclude", "A").stdout
    assert "40 of 100 spent" in told
    assert "excluded  Trees; and shade" in told and "too-few-votes  Lamps" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rule", "greedy", "--exclude", "Z"], "unknown-project"),
        (["--rule", "greedy", "--utility", "cost"], "go with equal-shares"),
        (["--rule", "borda"], "Invalid value for '--rule'"),
    ],
)
def test_bad_options_are_refused_in_words(good: Path, arguments, words) -> None:
    refused = run("count", good, *arguments)
    assert refused.exit_code and words in refused.output and not refused.stdout.startswith("{")


def test_a_bad_file_is_refused_with_all_its_lines(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pb"
    bad.write_text(GOOD.replace("1;A,C", "1;A,X").replace("B;50", "B;0"), encoding="utf-8")
    refused = run("count", bad, "--rule", "greedy")
    assert refused.exit_code == 1
    assert "line 19, column cost: no-cost" in refused.output
    assert "line 23, column vote: unknown-project" in refused.output
    checked = run("check", bad, "--format", "json")
    assert checked.exit_code == 1
    fatal = {(one["line"], one["column"]) for one in json.loads(checked.stdout) if one["fatal"]}
    assert fatal == {(19, "cost"), (23, "vote")}
