"""`alliance pilot` on files as spreadsheets and programs write them: every design, strict JSON."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from alliance.config.pilot_command import pilot
from tests.unit.analysis.pilots.helpers import noise

KEYS = ["design", "estimate", "se", "ci", "p", "n", "details", "warnings", "plain_words"]
NAMES = ["--unit", "city", "--time", "year", "--outcome", "y"]
HEADER = ["city", "year", "y", "treated", "first", "arm"]
Y = noise(12, 10, seed=4)


def table(
    *, never: str = "0", on: tuple[str, str] = ("0", "1"), times: list[str] | None = None
) -> list[list[str]]:
    """Twelve cities over ten times; four start at the sixth time, one of them is city 0."""
    labels = times or [str(2010 + place) for place in range(10)]
    lines = [HEADER]
    for unit in range(12):
        for place, label in enumerate(labels):
            later = unit < 4 and place >= 5
            lines.append(
                [
                    f"city {unit}",
                    label,
                    f"{Y[unit, place] + 3 * later:.4f}",
                    on[later],
                    labels[5] if unit < 4 else never,
                    on[unit < 4],
                ]
            )
    return lines


def written(lines: list[list[str]], separator: str = ",", end: str = "\n") -> bytes:
    return end.join(separator.join(line) for line in lines).encode()


@pytest.fixture
def call(tmp_path: Path):
    def call(design: str, data: bytes, *options: str) -> Result:
        path = tmp_path / "data.csv"
        path.write_bytes(data)
        return CliRunner().invoke(
            pilot, ["analyse", str(path), "--design", design, "--format", "json", *options]
        )

    return call


@pytest.fixture
def answer(call):
    def answer(design: str, data: bytes, *options: str) -> dict[str, Any]:
        result = call(design, data, *options)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout, parse_constant=lambda text: pytest.fail(text))

    return answer


def one_city(lines: list[list[str]]) -> list[list[str]]:
    return [line for line in lines if line[0] in ("city", "city 0")]


OPTIONS: dict[str, list[str]] = {
    "did": [*NAMES, "--treated", "treated"],
    "staggered": [*NAMES, "--first-treated", "first"],
    "its": [*NAMES, "--treated", "city 0", "--start", "2015"],
    "synthetic-control": [*NAMES, "--treated", "city 0", "--start", "2015"],
    "randomised": [*NAMES, "--treated", "arm", "--start", "2015"],
    "before-after": [*NAMES, "--start", "2015"],
}


@pytest.mark.parametrize("design", OPTIONS)
def test_every_design_gives_exactly_these_keys(answer, design):
    found = answer(design, written(table()), *OPTIONS[design])
    assert list(found) == KEYS
    assert found["design"] == design
    assert isinstance(found["n"], int)
    assert isinstance(found["warnings"], list)
    assert found["plain_words"].endswith(".")
    assert found["ci"] is None or found["ci"][0] <= found["estimate"] <= found["ci"][1]


def test_details_by_design(answer):
    data = written(table())
    found = answer("synthetic-control", data, *OPTIONS["synthetic-control"])
    assert found["se"] is None
    assert sum(found["details"]["weights"].values()) == pytest.approx(1, abs=1e-4)
    assert list(found["details"]["gaps"]) == [str(2010 + place) for place in range(10)]
    found = answer("staggered", data, *OPTIONS["staggered"])
    assert found["details"]["att_gt"]["2015"].keys() == {str(2011 + place) for place in range(9)}
    assert found["details"]["aggregates"].keys() == {"simple", "dynamic", "group", "calendar"}
    assert found["estimate"] == found["details"]["aggregates"]["simple"]["att"]
    found = answer("its", data, *OPTIONS["its"])
    assert found["estimate"] == found["details"]["level"]
    assert "slope" in found["details"]


@pytest.mark.parametrize("never", ["", "0", "0.0", "None", "never", "NA", "nan", "Inf"])
def test_never_treated_is_written_in_many_ways(answer, never):
    plain = answer("staggered", written(table()), *OPTIONS["staggered"])
    found = answer("staggered", written(table(never=never)), *OPTIONS["staggered"])
    assert found["estimate"] == plain["estimate"]
    assert found["details"]["n_never_treated"] == 8


@pytest.mark.parametrize(
    "on", [("0", "1"), ("0.0", "1.0"), ("false", "true"), ("False", "TRUE"), ("no", "yes")]
)
def test_treated_is_written_in_many_ways(answer, on):
    plain = answer("did", written(table()), *OPTIONS["did"])
    assert answer("did", written(table(on=on)), *OPTIONS["did"]) == plain


@pytest.mark.parametrize("wrong", ["2", "maybe", ""])
def test_other_words_for_treated_are_refused_with_their_row(call, wrong):
    lines = table()
    lines[7][3] = wrong
    result = call("did", written(lines), *OPTIONS["did"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "bad-treatment" in result.stderr and "row 8, treated" in result.stderr


QUARTERS = [f"{2019 + place // 4}Q{place % 4 + 1}" for place in range(10)]
TIMES = {
    "quarters": QUARTERS,
    "quarters with a hyphen": [text.replace("Q", "-Q") for text in QUARTERS],
    "months": [f"2019-{place + 1:02}" for place in range(10)],
    "days": [f"2019-{place + 1:02}-15" for place in range(10)],
    "last days of months": [
        "2019-01-31", "2019-02-28", "2019-03-31", "2019-04-30", "2019-05-31", "2019-06-30",
        "2019-07-31", "2019-08-31", "2019-09-30", "2019-10-31",
    ],
    "weeks": [f"2019-W{place + 1:02}" for place in range(10)],
    "whole numbers as floats": [f"{2010 + place}.0" for place in range(10)],
}  # fmt: skip


@pytest.mark.parametrize("kind", TIMES)
@pytest.mark.parametrize("design", ["did", "staggered", "its"])
def test_times_are_written_in_many_ways(answer, kind, design):
    times = TIMES[kind]
    options = [times[5] if text == "2015" else text for text in OPTIONS[design]]
    plain = answer(design, written(table()), *OPTIONS[design])
    found = answer(design, written(table(times=times)), *options)
    assert (found["estimate"], found["p"]) == (plain["estimate"], plain["p"])


def test_a_time_of_another_kind_is_refused_with_its_row(call):
    lines = table()
    lines[3][1] = "2019Q1"
    result = call("did", written(lines), *OPTIONS["did"])
    assert result.exit_code == 1
    assert "bad-time" in result.stderr and "row 4" in result.stderr
    result = call("its", written(table()), *NAMES, "--treated", "city 0", "--start", "2015-02-01")
    assert result.exit_code == 1
    assert "bad-time" in result.stderr and "--start" in result.stderr


def comma(lines: list[list[str]]) -> list[list[str]]:
    return [[cell.replace(".", ",") for cell in line] for line in lines]


def quoted(lines: list[list[str]]) -> list[list[str]]:
    return [[f'"{cell}"' for cell in line] for line in lines]


def blank(lines: list[list[str]]) -> list[list[str]]:
    return [[], lines[0], [""], *lines[1:5], ["", "", "", "", "", ""], *lines[5:], [], []]


FILES = {
    "byte order mark": b"\xef\xbb\xbf" + written(table()),
    "line ends of windows": written(table(), end="\r\n"),
    "semicolons": written(table(), ";"),
    "semicolons and decimal commas": b"\xef\xbb\xbf" + written(comma(table()), ";", "\r\n"),
    "tabs": written(table(), "\t"),
    "quotes": written(quoted(table())),
    "blank lines": written(blank(table())),
    "another order": written([table()[0], *reversed(table()[1:])]),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_are_written_in_many_ways(answer, kind):
    options = OPTIONS["synthetic-control"]
    plain = answer("synthetic-control", written(table()), *options)
    found = answer("synthetic-control", FILES[kind], *options)
    assert found["estimate"] == pytest.approx(plain["estimate"])
    assert found["p"] == plain["p"]


def test_rows_are_counted_as_a_spreadsheet_does_blank_ones_too(call):
    lines = blank(table())
    lines[9][2] = "many"
    result = call("did", written(lines), *OPTIONS["did"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "bad-number: 'many' is not a number (row 10, y)" in result.stderr


def test_a_decimal_comma_between_commas_is_refused(call):
    lines = table()
    lines[2][2] = '"1,5"'
    result = call("did", written(lines), *OPTIONS["did"])
    assert result.exit_code == 1
    assert "row 3, y" in result.stderr


def test_a_row_there_twice_is_named(call):
    lines = table()
    result = call("did", written([*lines, lines[4]]), *OPTIONS["did"])
    assert result.exit_code == 1
    assert "duplicate-key" in result.stderr
    assert "city 0 at 2013" in result.stderr and "row 122" in result.stderr


def test_choices_may_be_written_in_capitals(answer):
    plain = answer("its", written(table()), *OPTIONS["its"], "--errors", "classic")
    assert answer("ITS", written(table()), *OPTIONS["its"], "--errors", "CLASSIC") == plain


def test_two_times_need_no_start(answer):
    lines = [line for line in table() if line[1] in ("year", "2013", "2018")]
    for design, who in (("did", ["--treated", "arm"]), ("before-after", [])):
        told = answer(design, written(lines), *NAMES, *who, "--start", "2018")
        assert answer(design, written(lines), *NAMES, *who) == told


def test_a_randomised_pilot_needs_neither_unit_nor_time(answer):
    lines = [line for line in table() if line[1] in ("year", "2018")]
    short = ["--outcome", "y", "--treated", "arm"]
    told = answer("randomised", written(lines), "--unit", "city", *short)
    assert answer("randomised", written(lines), *short) == told
    y = np.array([float(line[2]) for line in lines[1:]])
    assert told["estimate"] == pytest.approx(y[:4].mean() - y[4:].mean())


def test_one_series_needs_no_unit(answer):
    lines = one_city(table())
    told = answer("its", written(lines), *NAMES, "--start", "2015")
    found = answer("its", written(lines), "--time", "year", "--outcome", "y", "--start", "2015")
    assert found == told
