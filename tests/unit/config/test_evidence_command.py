"""`alliance evidence spread` on files, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.config.evidence_command import evidence
from alliance.core.errors import InvalidData

GOOD = """place,value,unit,direction,design,label
Milan,-30,percent change,lower-is-better,before-after,
Stockholm,-22,percent change,lower-is-better,before-after,
London,-18,percent change,lower-is-better,before-after,
London,-5,percent change,lower-is-better,modelled,
"""


def run(path: Path, *options: str):
    return CliRunner().invoke(evidence, ["spread", str(path), *options])


@pytest.fixture
def effects(tmp_path: Path) -> Path:
    path = tmp_path / "effects.csv"
    path.write_text(GOOD)
    return path


def test_json_holds_the_summary_and_what_was_left_out(effects):
    answer = json.loads(run(effects, "--format", "json").output)
    assert answer["k"] == 3
    assert answer["median"] == -22
    assert answer["mean"] == pytest.approx(-70 / 3)
    # t with 2 degrees of freedom at 97.5 % is 4.302653; the spread of the three is 6.110101.
    assert answer["ci_low"] == pytest.approx(-70 / 3 - 4.302653 * 6.110101 / 3**0.5, abs=1e-4)
    assert [row["reason"] for row in answer["left_out"]] == ["weaker-design"]
    assert "unweighted" in answer["warnings"]


def test_the_table_names_places(effects):
    answer = run(effects)
    assert answer.exit_code == 0
    assert "Milan" in answer.output
    assert "London                                   left out: weaker-design" in answer.output


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (GOOD.replace("-22", "much"), "row 3, column value: 'much' is not a number"),
        (GOOD.replace(",design,", ",x,"), "columns missing: design"),
        (GOOD.replace("-22,percent change", "-22,people"), "mixed-units"),
        (GOOD.replace("before-after", "hearsay"), "unknown-design"),
        (GOOD.replace("Milan,-30", ",-30"), "missing-place"),
    ],
)
def test_a_fault_names_row_and_rule(tmp_path, spoilt, told):
    path = tmp_path / "effects.csv"
    path.write_text(spoilt)
    answer = run(path)
    assert answer.exit_code == 1
    assert told in answer.output


def test_two_places_have_no_mean(tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text("\n".join(GOOD.splitlines()[:3]))
    answer = json.loads(run(path, "--format", "json").output)
    assert answer["mean"] is None
    assert "too-few-places" in answer["warnings"]


def test_an_impossible_range_is_not_printed(tmp_path):
    path = tmp_path / "wide.csv"
    rows = "".join(
        f"{place},{value},percent change,lower-is-better,before-after\n"
        for place, value in (("Ash", 80), ("Birk", -95), ("Cor", 900), ("Dal", 12))
    )
    path.write_text(f"place,value,unit,direction,design\n{rows}")
    told = json.loads(run(path, "--format", "json").output)
    assert [told[name] for name in ("ci_low", "ci_high", "pi_low", "pi_high")] == [None] * 4
    assert "The results differ too much to predict a new one." in run(path).output


@pytest.mark.parametrize(
    ("told", "places"),
    [
        ("[]", ["CASES.json"]),
        (
            '{"measure": 3, "direction": "lower-is-better", "cases": [{"effects": [{"n": 1.5}]}]}',
            [
                "CASES.json: measure",
                "CASES.json: cases[0].id",
                "CASES.json: cases[0].effects[0].n",
            ],
        ),
    ],
)
def test_faults_of_a_file_of_cases_are_named_all_at_once(tmp_path, told, places):
    path = tmp_path / "CASES.json"
    path.write_text(told)
    answer = CliRunner().invoke(evidence, ["verdict", str(path)])
    assert isinstance(answer.exception, InvalidData)
    assert [fault.where for fault in answer.exception.faults] == places


@pytest.mark.parametrize("told", ["{", '{"measure": NaN}'])
def test_a_file_of_cases_that_is_no_json_is_refused(tmp_path, told):
    path = tmp_path / "CASES.json"
    path.write_text(told)
    answer = CliRunner().invoke(evidence, ["verdict", str(path)])
    assert answer.exit_code == 1
    assert "CASES.json: no JSON" in answer.output


def test_a_fault_of_a_case_gives_its_code_once_and_its_place(tmp_path):
    path = tmp_path / "CASES.json"
    case = {"id": "a", "place": "Ash", "outcome": "fine"}
    path.write_text(json.dumps({"measure": "m", "direction": "lower-is-better", "cases": [case]}))
    answer = CliRunner().invoke(evidence, ["verdict", str(path)])
    assert answer.exit_code == 1
    assert answer.output.count("unknown-outcome") == 1
    assert "(cases[0].outcome)" in answer.output
