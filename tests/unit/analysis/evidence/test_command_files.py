"""`alliance evidence pool` on files as spreadsheets write them, and strict JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alliance.config.evidence_command import evidence

ROWS = [
    ["study", "estimate", "variance", "density"],
    ["Lyon", "0.10", "0.02", "10"],
    ["Malmö", "0.50", "0.05", "4"],
    ["Nantes", "0.30", "0.01", "5"],
    ["Lille", "0.90", "0.04", "3"],
    ["Umeå", "0.20", "0.03", "1.5"],
]


def written(lines: list[list[str]], separator: str = ",", end: str = "\n") -> bytes:
    return end.join(separator.join(line) for line in lines).encode()


@pytest.fixture
def call(tmp_path: Path):
    def call(data: bytes, *options: str) -> Result:
        path = tmp_path / "effects.csv"
        path.write_bytes(data)
        return CliRunner().invoke(evidence, ["pool", str(path), "--format", "json", *options])

    return call


@pytest.fixture
def answer(call):
    def answer(data: bytes, *options: str) -> dict[str, Any]:
        result = call(data, *options)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout, parse_constant=lambda text: pytest.fail(text))

    return answer


FILES = {
    "byte order mark": b"\xef\xbb\xbf" + written(ROWS),
    "line ends of windows": written(ROWS, end="\r\n"),
    "semicolons": written(ROWS, ";"),
    "semicolons and decimal commas": written(
        [[cell.replace(".", ",") for cell in line] for line in ROWS], ";", "\r\n"
    ),
    "tabs": written(ROWS, "\t"),
    "quotes": written([[f'"{cell}"' for cell in line] for line in ROWS]),
    "blank lines": written([ROWS[0], [], *ROWS[1:3], ["", "", "", ""], *ROWS[3:], []]),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_are_written_in_many_ways(answer, kind):
    for options in ([], ["--moderators", "density"]):
        assert answer(FILES[kind], *options) == answer(written(ROWS), *options)


def test_choices_may_be_written_in_capitals(answer):
    told = answer(written(ROWS), "--method", "dl", "--interval", "wald")
    assert answer(written(ROWS), "--method", "DL", "--interval", "Wald") == told


def test_spaces_about_the_names_of_moderators_do_not_matter(answer):
    told = answer(written(ROWS), "--moderators", "density")
    assert answer(written(ROWS), "--moderators", " density ,") == told


@pytest.mark.parametrize("wrong", ["0", "-0.2", "inf"])
def test_a_bad_variance_is_refused_with_its_row(call, wrong):
    lines = [list(line) for line in ROWS]
    lines[3][2] = wrong
    result = call(written([lines[0], [], *lines[1:]]), "--method", "reml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "row 5, column variance" in result.stderr


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_studies_are_told_in_strict_json(answer, count):
    found = answer(written(ROWS[: 1 + count]))
    assert found["k"] == count
    assert (found["prediction_interval"] is None) == (count < 3)
    assert (found["tau2"] is None) == (count == 1)
