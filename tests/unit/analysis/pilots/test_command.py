import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from alliance.config.pilot_command import pilot
from tests.unit.analysis.pilots.helpers import noise

KEYS = ["design", "estimate", "se", "ci", "p", "n", "details", "warnings", "plain_words"]
COMMON = ["--unit", "city", "--time", "year", "--outcome", "no2"]


def rows(effect: float = 4.0, n: int = 40, n_times: int = 10) -> list[dict[str, str]]:
    y = noise(n, n_times)
    made = []
    for unit in range(n):
        # The first half of the treated starts in 2005, the other in 2007.
        first = 5 if unit < n // 4 else 7 if unit < n // 2 else 0
        for time in range(n_times):
            on = bool(first) and time >= first
            made.append(
                {
                    "city": f"city {unit}",
                    "year": str(2000 + time),
                    "no2": f"{y[unit, time] + effect * on:.6f}",
                    "side": str(int(bool(first))),
                    "status": str(int(on)),
                    "first": str(2000 + first) if first else "",
                    "district": f"d{unit // 2}",
                    "people": "1000",
                }
            )
    return made


def text_of(table: list[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, table[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return file.getvalue()


@pytest.fixture
def run(tmp_path: Path):
    def call(*options: str, data: str | bytes | None = None) -> Result:
        path = tmp_path / "data.csv"
        text = text_of(rows()) if data is None else data
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CliRunner().invoke(pilot, ["analyse", str(path), *options])

    return call


DESIGNS = {
    "did": ["--treated", "side", "--start", "2007"],
    "staggered": ["--first-treated", "first"],
    "its": ["--treated", "city 3", "--start", "2005"],
    "synthetic-control": ["--treated", "city 3", "--start", "2005"],
    "randomised": ["--treated", "side", "--start", "2007"],
    "before-after": ["--start", "2007"],
}


@pytest.mark.parametrize("design", DESIGNS)
def test_json_has_the_same_keys_for_every_design(run, design):
    result = run("--design", design, *COMMON, *DESIGNS[design], "--format", "json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert list(told) == KEYS
    assert told["design"] == design
    assert told["plain_words"]
    assert isinstance(told["estimate"], float)
    again = run("--design", design, *COMMON, *DESIGNS[design], "--format", "json")
    assert again.stdout == result.stdout


@pytest.mark.parametrize("design", DESIGNS)
def test_table_is_for_reading(run, design):
    result = run("--design", design, *COMMON, *DESIGNS[design])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"design       {design}\n")
    assert "nan" not in result.stdout.lower().replace("synthetic", "")


def test_details_of_designs(run):
    def details(design: str) -> dict:
        result = run("--design", design, *COMMON, *DESIGNS[design], "--format", "json")
        return json.loads(result.stdout)["details"]

    control = details("synthetic-control")
    assert set(control["gaps"]) == {str(2000 + time) for time in range(10)}
    assert sum(control["weights"].values()) == pytest.approx(1, abs=1e-4)
    staggered = details("staggered")
    assert set(staggered["att_gt"]) == {"2005", "2007"}
    assert set(staggered["aggregates"]) == {"simple", "dynamic", "group", "calendar"}
    assert {"level", "slope"} <= set(details("its"))


def test_a_status_by_time_gives_starts_by_itself(run):
    by_status = run("--design", "staggered", *COMMON, "--treated", "status", "--format", "json")
    by_first = run("--design", "staggered", *COMMON, "--first-treated", "first", "--format", "json")
    assert by_status.stdout == by_first.stdout
    several = run("--design", "did", *COMMON, "--treated", "status")
    assert several.exit_code == 1
    assert "staggered-start" in several.stderr


def test_options_of_designs(run):
    assert run("--design", "did", *COMMON, *DESIGNS["did"], "--cluster", "district").exit_code == 0
    controlled = run("--design", "its", *COMMON, *DESIGNS["its"], "--control", "city 30",
                     "--format", "json")  # fmt: skip
    assert json.loads(controlled.stdout)["details"]["controlled"]
    covariates = run("--design", "randomised", *COMMON, *DESIGNS["randomised"],
                     "--format", "json")  # fmt: skip
    assert json.loads(covariates.stdout)["details"]["method"] == "lin-ancova-hc2"
    matched = run("--design", "synthetic-control", *COMMON, *DESIGNS["synthetic-control"],
                  "--predictors", "no2,no2:2004,no2:2000:2002,people",
                  "--predictor-weights", "1,2,1,1", "--format", "json")  # fmt: skip
    assert matched.exit_code == 0, matched.output
    assert "constant-predictor:people" in json.loads(matched.stdout)["warnings"]


def test_a_single_series_needs_no_unit(run):
    table = [row for row in rows() if row["city"] == "city 3"]
    result = run("--design", "its", "--time", "year", "--outcome", "no2", "--treated", "status",
                 "--format", "json", data=text_of(table))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["n"] == 10


def test_a_randomised_pilot_without_times(run):
    table = "id,arm,y\n" + "".join(f"{n},{n % 2},{n % 2 + n % 7 / 7}\n" for n in range(40))
    result = run("--design", "randomised", "--unit", "id", "--outcome", "y", "--treated", "arm",
                 "--format", "json", data=table)  # fmt: skip
    assert json.loads(result.stdout)["details"]["method"] == "welch"


def changed(place: int, **cells: str) -> str:
    table = rows()
    table[place].update(cells)
    return text_of(table)


@pytest.mark.parametrize(
    ("options", "data", "code"),
    [
        (["--treated", "nothing", "--start", "2005"], None, "missing-column"),
        (["--treated", "side"], None, "missing-option"),
        (["--start", "2005"], None, "missing-option"),
        (["--treated", "side", "--start", "soon"], None, "bad-time"),
        (["--treated", "side", "--start", "1990"], None, "bad-start"),
        (["--treated", "side", "--start", "2005"], changed(3, no2="n/a"), "bad-number"),
        (["--treated", "side", "--start", "2005"], changed(3, side="2"), "bad-treatment"),
        (["--treated", "side", "--start", "2005"], changed(3, year="2001"), "duplicate-key"),
        (["--treated", "status"], changed(9, status="0"), "treat-not-absorbing"),
        (["--treated", "side", "--start", "2005"], "city,city\n1,2\n", "duplicate-column"),
        (["--treated", "side", "--start", "2005"], "city,year\n1\n", "ragged-row"),
        (["--treated", "side", "--start", "2005"], "", "no-data"),
        (["--treated", "side", "--start", "2005"], "city,year,no2,side\n", "no-data"),
        (["--treated", "side", "--start", "2005"], "é".encode("latin-1"), "not-utf-8"),
        (["--treated", "side", "--start", "2005"], 'city,"a\n', "bad-csv"),
    ],
)
def test_bad_input_is_told_in_one_line(run, options, data, code):
    result = run("--design", "did", *COMMON, *options, data=data)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {code}: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("design", "options", "code"),
    [
        ("staggered", [], "missing-option"),
        ("staggered", ["--first-treated", "status"], "treat-not-absorbing"),
        ("staggered", ["--first-treated", "district"], "bad-time"),
        ("its", ["--start", "2005"], "several-units"),
        ("its", ["--treated", "city 3"], "missing-option"),
        ("its", ["--treated", "city 3", "--start", "2005", "--control", "x"], "unknown-unit"),
        ("before-after", [], "missing-option"),
        ("before-after", ["--start", "2050"], "bad-start"),
        ("randomised", ["--treated", "side"], "missing-option"),
        ("randomised", ["--treated", "side", "--start", "2050"], "bad-start"),
        ("did", ["--treated", "side", "--start", "2005", "--cluster", "year"], "varies-in-unit"),
        (
            "synthetic-control",
            ["--treated", "city 3", "--start", "2005", "--predictors", "no2:2004:2001"],
            "bad-parameter",
        ),
        (
            "synthetic-control",
            ["--treated", "city 3", "--start", "2005", "--predictors", "no2",
             "--predictor-weights", "1,2"],
            "bad-parameter",
        ),
    ],
)  # fmt: skip
def test_what_a_design_cannot_use_is_told(run, design, options, code):
    result = run("--design", design, *COMMON, *options)
    assert result.exit_code == 1
    assert f"Error: {code}: " in result.stderr


def test_a_start_must_agree_with_the_status(run):
    table = [row for row in rows() if row["first"] in ("", "2005")]
    agreed = run("--design", "did", *COMMON, "--treated", "status", data=text_of(table))
    assert agreed.exit_code == 0, agreed.output
    result = run("--design", "did", *COMMON, "--treated", "status", "--start", "2006",
                 data=text_of(table))  # fmt: skip
    assert "start-conflict" in result.stderr


def power(*options: str) -> Result:
    return CliRunner().invoke(pilot, ["power", *options])


def test_power_by_formula():
    told = json.loads(
        power("--delta", "1", "--sd", "1", "--power", "0.9", "--format", "json").stdout
    )
    assert told["n"] == 23
    assert told["n_exact"] == pytest.approx(22.0211, abs=2e-4)
    assert told["plain_words"].startswith("With 23 units in each arm")
    shares = power("--p1", "0.5", "--p2", "0.75", "--n", "50", "--format", "json")
    assert json.loads(shares.stdout)["power"] == pytest.approx(0.7401659, abs=2e-4)
    assert "smallest_effect" in power("--n", "40", "--sd", "2").stdout


def test_power_by_simulation(tmp_path: Path):
    path = tmp_path / "before.csv"
    path.write_text(text_of(rows(0, n=24)), encoding="utf-8")
    options = ["--data", str(path), *COMMON, "--sizes", "0.1,50", "--format", "json"]
    told = json.loads(power("--design", "synthetic-control", "--after", "3", *options).stdout)
    assert told["power"]["50.0"] > told["power"]["0.1"]
    assert "several-units" in power("--design", "its", "--after", "6", *options).stderr
    series = np.random.default_rng(0).normal(size=20)
    path.write_text("year,no2\n" + "".join(f"{2000 + t},{y}\n" for t, y in enumerate(series)))
    single = ["--data", str(path), "--time", "year", "--outcome", "no2", "--sizes", "0.1,50"]
    told = json.loads(power("--design", "its", "--after", "6", *single, "--format", "json").stdout)
    assert told["power"]["50.0"] > 0.9


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--delta", "1"], "missing-option"),
        (["--sd", "1"], "missing-option"),
        (["--sd", "1", "--delta", "0"], "bad-parameter"),
        (["--design", "did", "--p1", "0.5", "--p2", "0.6"], "bad-parameter"),
        (["--design", "its"], "missing-option"),
    ],
)
def test_power_that_cannot_be_told(options, code):
    result = power(*options)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {code}: ")
