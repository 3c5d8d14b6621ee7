import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from alliance.config.index_command import index

FRAMEWORK = """\
code,parent,level,weight,direction,lower,upper,denominator
index,,3,1,,,,
air,index,2,1,,,,
green,index,2,1,,,,
no2,air,1,1,lower,0,50,
noise,air,1,1,lower,30,80,
trees,green,1,1,higher,,,people
parks,green,1,1,higher,0,100,
"""
DATA = """\
unit,group,no2,noise,trees,parks,people,note
Umeå,SE,10,40,900,80,100,north
Lyon,FR,30,60,400,50,200,
Lille,FR,35,62,300,45,100,
Malmö,SE,20,,500,60,100,gap
Nantes,FR,25,55,600,70,150,
"""


@pytest.fixture
def run(tmp_path: Path):
    def call(
        *options: str, data: str | bytes = DATA, framework: str = FRAMEWORK, method: str = ""
    ) -> Result:
        paths = [tmp_path / name for name in ("data.csv", "framework.csv", "method.toml")]
        for path, text in zip(paths, (data, framework, method), strict=True):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        arguments = ["build", str(paths[0]), str(paths[1]), *options]
        if method:
            arguments += ["--method", str(paths[2])]
        return CliRunner().invoke(index, arguments)

    return call


def test_json_holds_every_unit_in_the_order_of_the_data(run):
    result = run("--format", "json", "--uncertainty", "200", "--seed", "4")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert list(document) == ["units", "warnings", "method", "seed"]
    assert document["seed"] == 4
    assert document["method"]["normalise"] == "fixed"
    assert {"unused-column:note", "few-draws"} <= set(document["warnings"])
    assert [unit["unit"] for unit in document["units"]] == [
        "Umeå", "Lyon", "Lille", "Malmö", "Nantes",
    ]  # fmt: skip
    first = document["units"][0]
    assert list(first) == [
        "unit", "score", "rank", "score_interval", "rank_interval", "p_top_quarter", "nodes",
        "normalised", "treated",
    ]  # fmt: skip
    assert first["normalised"] == {"no2": 80, "noise": 80, "trees": 100, "parks": 80}
    assert first["treated"]["trees"] == 9
    assert first["nodes"] == {"index": 85, "air": 80, "green": 90}
    assert (first["score"], first["rank"]) == (85, 1)
    low, high = first["score_interval"]
    assert low <= high
    assert first["rank_interval"] == [1, 1] and first["p_top_quarter"] == 1
    assert document["units"][3]["normalised"]["noise"] is None


def test_without_draws_there_are_no_intervals(run):
    document = json.loads(run("--format", "json").stdout)
    assert document["seed"] is None
    for unit in document["units"]:
        assert unit["score_interval"] is unit["rank_interval"] is unit["p_top_quarter"] is None


def test_csv_reads_back_and_leaves_missing_cells_empty(run):
    result = run("--format", "csv", "--uncertainty", "50", method="coverage = 0.9")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == [
        "unit", "score", "rank", "score_low", "score_high", "rank_low", "rank_high",
        "p_top_quarter", "index", "air", "green",
    ]  # fmt: skip
    assert float(rows[0]["score"]) == 85
    malmo = rows[3]
    assert malmo["unit"] == "Malmö"
    assert (malmo["score"], malmo["rank"], malmo["rank_low"]) == ("", "", "")
    assert malmo["green"] != ""
    assert "warning: unit-coverage:Malmö" in result.stderr


def test_a_spreadsheet_runs_nothing_of_the_csv(run):
    result = run("--format", "csv", data=DATA.replace("Malmö", "=1+1"))
    assert "\n'=1+1," in result.stdout


def test_the_table_is_ordered_by_rank_and_says_no_data(run):
    result = run("--uncertainty", "50", method="coverage = 0.9")
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["rank", "unit", "score"]
    assert lines[1].split()[:3] == ["1", "Umeå", "85.00"]
    assert "no data" in lines[5] and "Malmö" in lines[5]


def test_method_file_and_seed_decide_the_result(run):
    method = """
        normalise = "min-max"
        range = [1, 100]
        aggregate = "geometric"
        impute = "group-mean"
        treat = "winsorise-log"
        winmax = 3
        [coverage]
        unit = 0.5
    """
    options = ("--format", "json", "--uncertainty", "50")
    first, again = run(*options, method=method), run(*options, method=method)
    assert first.exit_code == 0, first.output
    assert first.stdout == again.stdout
    other = run(*options, "--seed", "2", method=method)
    assert other.stdout != first.stdout


def test_marks_of_excel_at_the_start_and_line_ends_do_not_matter(run):
    plain = run("--format", "json").stdout
    data = b"\xef\xbb\xbf" + DATA.replace("\n", "\r\n").encode()
    assert run("--format", "json", data=data).stdout == plain


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"data": DATA.replace("no2", "NO2")}, "missing-column", "data row 1"),
        ({"data": DATA.replace("30,60", "n/a,60")}, "not-a-number", "data row 3, column no2"),
        ({"data": DATA.replace("30,60", '"30,5",60')}, "not-a-number", "data row 3, column no2"),
        ({"data": DATA.replace("Lille", "Lyon")}, "duplicate-unit", "data row 4, column unit"),
        ({"data": DATA.replace("30,60", "inf,60")}, "infinite-value", "data row 3, column no2"),
        ({"data": DATA.encode("latin-1")}, "not-utf-8", "data.csv"),
        ({"data": DATA.replace("Lyon,", '"Lyon,')}, "bad-csv", "data.csv, line"),
        ({"data": ""}, "empty-file", "data"),
        (
            {"framework": FRAMEWORK.replace("air,index,2", "air,no2,2")},
            "cycle",
            "framework row 3, column parent",
        ),
        (
            {"framework": FRAMEWORK.replace("no2,air", "no2,water")},
            "unknown-parent",
            "framework row 5, column parent",
        ),
        (
            {"framework": FRAMEWORK.replace("1,-1", "").replace("no2,air,1,1", "no2,air,1,-1")},
            "bad-weight",
            "framework row 5, column weight",
        ),
        (
            {"framework": FRAMEWORK.replace("higher,0,100", "higher,100,0")},
            "bounds-reversed",
            "framework row 8, column lower",
        ),
        ({"method": "normalise = 'log'"}, "unknown-choice", "method.normalise"),
        ({"method": "colour = 'red'"}, "unknown-key", "method.colour"),
        ({"method": "normalise ="}, "bad-toml", "method.toml"),
        ({"method": "aggregate = 'geometric'"}, "non-positive-score", "unit 'Lyon'"),
        ({"method": "normalise = 'target'"}, "missing-target", "framework row 7"),
    ],
)
def test_a_fault_is_told_in_one_line_with_its_place_and_nothing_is_printed(
    run, changes, code, where
):
    result = run("--format", "json", **changes)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{code}: " in result.stderr
    assert where in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_command_needs_no_django(tmp_path: Path):
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / "framework.csv").write_text(FRAMEWORK, encoding="utf-8")
    code = (
        "import sys; from alliance.config.cli import cli\n"
        "cli(['index', 'build', 'data.csv', 'framework.csv', '--uncertainty', '20'],"
        " standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith('django')]"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[4] / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Umeå" in result.stdout


def test_a_very_large_file_is_refused_before_it_is_read(run, monkeypatch):
    monkeypatch.setattr("alliance.config.index_command.MAX_BYTES", 100)
    result = run()
    assert result.exit_code == 1 and "file-too-large" in result.stderr


def test_numbers_keep_their_full_precision(run):
    document = json.loads(run("--format", "json").stdout)
    found = document["units"][1]["nodes"]["green"]
    assert found == np.float64(found)
    trees = 100 * (2 - 2) / (9 - 2)
    assert found == pytest.approx((trees + 50) / 2, abs=1e-12)
