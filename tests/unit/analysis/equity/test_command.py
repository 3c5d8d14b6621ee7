"""`alliance equity` on small files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance.analysis.equity import gini, kolm_pollak
from alliance.config.equity_command import equity

AREAS = "area,no2,people,poor,income\na,10,30,20,100\nb,20,50,10,200\nc,40,20,2,300\n"
RULES = """
[[category]]
name = "air"
condition = ["income <= 200"]

[[category.burden]]
name = "no2"
all = ["no2 >= 10"]

[[category.burden]]
name = "noise"
all = ["noise == 1"]
"""


@pytest.fixture
def run(tmp_path: Path):
    def call(command: str, text: str, *options: str, rules: str | None = None) -> Result:
        data = tmp_path / "data.csv"
        data.write_text(text, encoding="utf-8")
        files = [str(data)]
        if rules is not None:
            (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
            files.insert(0, str(tmp_path / "rules.toml"))
        return CliRunner().invoke(equity, [command, *files, *options])

    return call


def answer(result: Result):
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


KEYS = ["measure", "value", "interval", "unit", "n", "n_missing", "by_group", "warnings"]


def test_a_measure_by_group(run):
    options = ("--measure", "gini", "--value", "no2", "--weight", "people", "--group", "poor")
    found = answer(run("measure", AREAS, *options, "--draws", "0", "--format", "json"))
    assert list(found) == KEYS
    assert found["value"] == gini([10, 20, 40], [30, 50, 20]).value
    assert found["by_group"] == {"poor": gini([10, 20, 40], [20, 10, 2]).value}
    assert (found["interval"], found["n"]) == (None, 3)


def test_a_group_is_not_larger_than_its_area(run):
    options = ("--measure", "gini", "--value", "no2", "--weight", "people", "--group", "poor")
    found = run("measure", AREAS.replace("b,20,50,10", "b,20,50,60"), *options)
    assert (
        found.exit_code == 1 and "bad-ratio: 60 members of 50 people (row 3, poor)" in found.output
    )


def test_groups_have_the_kappa_of_all(run):
    options = ("--measure", "kolm-pollak", "--value", "no2", "--weight", "people")
    more = ("--direction", "burden", "--group", "poor", "--unit", "µg/m³", "--format", "json")
    found = answer(run("measure", AREAS, *options, *more))
    kappa = kolm_pollak([10, 20, 40], [30, 50, 20], direction="burden").details["kappa"]
    own = kolm_pollak([10, 20, 40], [20, 10, 2], direction="burden", kappa=kappa)
    assert found["by_group"]["poor"] == pytest.approx(own.value)
    assert (found["unit"], found["warnings"]) == ("µg/m³", ["few-units"])


def test_a_disparity_is_with_those_outside_of_the_group(run):
    options = ("--measure", "disparity", "--value", "no2", "--weight", "people")
    found = answer(run("measure", AREAS, *options, "--group", "poor", "--format", "json"))
    poor, rest = 480 / 32, (100 + 800 + 720) / 68
    assert found["value"] == pytest.approx(poor - rest)
    assert found["by_group"]["poor"]["ratio"] == pytest.approx(poor / rest)
    assert found["interval"][0] <= found["value"] <= found["interval"][1]


@pytest.mark.parametrize("measure", ["mean", "atkinson", "concentration", "kakwani"])
def test_the_other_measures_answer_as_a_table(run, measure):
    options = ("--measure", measure, "--value", "no2", "--rank", "income", "--draws", "0")
    found = run("measure", AREAS, *options)
    assert found.exit_code == 0, found.output
    assert found.output.startswith(f"measure          {measure}\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--measure", "gini", "--value", "so2"), "missing-column"),
        (("--measure", "gini", "--value", "area"), "row 2, area"),
        (("--measure", "kolm-pollak", "--value", "no2"), "--direction"),
        (("--measure", "concentration", "--value", "no2"), "--rank"),
        (("--measure", "disparity", "--value", "no2"), "--group"),
        (("--measure", "gini", "--value", "no2", "--weight", "-1"), "bad-weight"),
    ],
)
def test_a_fault_is_said_in_one_line(run, options, words):
    found = run("measure", AREAS, *options)
    assert found.exit_code == 1
    assert words in found.output
    assert "Traceback" not in found.output


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("b,20,50,10", "b,20,-50,10", "bad-weight: a weight is 0 or more, not -50 (row 3, people)"),
        ("b,20,50,10", "b,20,50,60", "bad-ratio: 60 members of 50 people (row 3, poor)"),
        ("b,20,50,10", "b,20,50,-1", "(row 3, poor)"),
        ("b,20,50,10", "b,20,50,few", "row 3, poor"),
    ],
)
def test_a_wrong_cell_is_named_by_its_row_and_column(run, before, after, words):
    table = AREAS.replace(before, after)
    assert table != AREAS
    gap = ("--measure", "disparity", "--value", "no2", "--weight", "people", "--group", "poor")
    assert words in run("measure", table, *gap).output


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("\ufeffarea;no2;people\na;10,5;30\nb;20;5 000\n", (10.5 * 30 + 20 * 5_000) / 5_030),
        ('area,no2,people\na,"10,5",30\nb,20,"1,234.5"\n', (10.5 * 30 + 20 * 1_234.5) / 1_264.5),
        ("area\tno2\tpeople\na\t10\t30\nb\t−5\t30\nc\t..\t1\n", 2.5),
        ("area,no2,people\na,1.000,30\nb,2.000,30\n", 1.5),
        ("area;no2;people\na;1;5.000\nb;2;1.005.000\n", (5_000 + 2 * 1_005_000) / 1_010_000),
    ],
)
def test_numbers_are_read_as_three_countries_write_them(run, table, value):
    options = ("--measure", "mean", "--value", "no2", "--weight", "people", "--draws", "0")
    assert answer(run("measure", table, *options, "--format", "json"))["value"] == pytest.approx(
        value
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('area,v,people\na,1,"5,000"\n', "bad-number: '5,000'"),
        ("area;v;people\na;1;300\nb;1;5.000\n", "bad-number: '5.000'"),
        ("area;v;people\na;1;5,000\n", "one way, such as 5000 or 5.25 (row 2, people)"),
        ("area,v,people\na,1,\n", "bad-weight: a weight is 0 or more, not missing (row 2, people)"),
        ("area,v,people\na,0.5,3\nb,1.2,4\n", "units-mismatch: a share lies between 0 and 1"),
        ("area,v,people\n", "no-data"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(run, table, words):
    options = ("--measure", "mean", "--value", "v", "--weight", "people", "--unit", "share")
    assert words in run("measure", table, *options).output


def test_one_area_has_no_interval(run):
    table = "area,v,people,poor\na,5,10,3\n"
    for measure in ("mean", "gini", "disparity"):
        options = ("--measure", measure, "--value", "v", "--weight", "people", "--group", "poor")
        found = answer(run("measure", table, *options, "--format", "json"))
        assert (found["interval"], found["warnings"][-1]) == (None, "few-units")


def test_small_counts_are_hidden_with_their_totals(run):
    table = "area,women,men\nyoung,3,40\nold,25,12\n"
    found = answer(run("suppress", table, "--format", "json"))
    assert found["rows"] == [
        {"id": "young", "women": "suppressed", "men": "suppressed", "_T": 43},
        {"id": "old", "women": "suppressed", "men": "suppressed", "_T": 37},
        {"id": "_T", "women": 28, "men": 52, "_T": 80},
    ]
    assert found["primary"] == [["young", "women"]]
    assert len(found["complementary"]) == 3
    assert found["narrowest_range"] >= 3


def test_totals_of_the_file_and_people_of_an_area(run):
    table = "area,all,x,_T\na,40,20,20\nb,90,20,20\n"
    found = answer(run("suppress", table, "--population", "all", "--format", "json"))
    assert found["rows"][0] == {"id": "a", "x": "suppressed", "_T": "suppressed"}
    assert found["rows"][1] == {"id": "b", "x": 20, "_T": 20}


@pytest.mark.parametrize("head", ["area,x,y", "area,y,women"])
def test_what_was_released_before_counts_whatever_its_columns_are_called(run, tmp_path, head):
    before = tmp_path / "before.csv"
    rows = ["30,50", "40,60", "suppressed,90"]
    rows = rows if head == "area,x,y" else [",".join(row.split(",")[::-1]) for row in rows]
    lines = [head, *(f"{area},{row}" for area, row in zip("abc", rows, strict=True))]
    before.write_text("\n".join(lines), encoding="utf-8")
    table = "area,x,y\na,33,50\nb,40,60\n"
    options = ("--released", str(before), "--format", "json")
    found = answer(run("suppress", table, *options))
    assert ["a", "x"] in found["primary"]
    assert found["warnings"][0].startswith("differencing:")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("area,x\na,1.5\n", "bad-count"),
        ("area,x\na,3\n", "all-suppressed"),
        ("area,x\na,30\na,30\n", "duplicate-key"),
        ("area\na\n", "no-data"),
    ],
)
def test_a_table_that_cannot_be_shown_is_refused(run, table, words):
    found = run("suppress", table)
    assert (found.exit_code, words in found.output) == (1, True), found.output


def test_what_is_not_known_is_not_a_no(run):
    data = "id,no2,noise,income\na,10,false,150\nb,9,,150\nc,9,,300\nd,9,false,150\n"
    found = answer(run("rules", data, "--format", "json", rules=RULES))
    assert found["rows"] == [
        {"id": "a", "flag": "yes", "met": 1, "tested": 2},
        {"id": "b", "flag": "unknown", "met": 0, "tested": 1},
        {"id": "c", "flag": "no", "met": 0, "tested": 2},
        {"id": "d", "flag": "no", "met": 0, "tested": 2},
    ]
    assert found["sensitivity"]["+0.05"] == {"yes": 0, "no": 3, "unknown": 1, "changed": 1}


@pytest.mark.parametrize(
    ("rules", "words"),
    [("[[category", "bad-rule"), ("a = 1", "category"), (RULES, "missing-column")],
)
def test_rules_that_do_not_fit_are_refused(run, rules, words):
    found = run("rules", "id,no2\na,10\n", rules=rules)
    assert (found.exit_code, words in found.output) == (1, True), found.output


def test_a_table_shows_the_first_rows(run):
    data = "id,no2,noise,income\n" + "".join(f"a{at},1,0,150\n" for at in range(50))
    found = run("rules", data, rules=RULES)
    assert "a39\t" in found.output and "a40\t" not in found.output
    assert "10 more rows" in found.output
