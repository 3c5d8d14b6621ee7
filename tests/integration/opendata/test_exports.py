"""Downloads and the command that writes them: every column explained, every row whole."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client

from alliance.cases.codebook import TYPES, codebook, columns_of
from alliance.cases.enums import CaseStatus
from alliance.cases.exports import count_of, rows_of
from alliance.cases.models import CaseStudy, Effect, Solution, SolutionCost, Source
from alliance.cases.records import MethodRecord, MethodTextRecord
from alliance.cases.snapshots import snapshot
from alliance.config.import_command import import_
from alliance.core.audit import COMMAND_LINE
from alliance.core.text import csv_cell, digest
from alliance.indicators.models import ObservationSource, Sibling
from alliance.indicators.services.targets import save_sibling
from alliance.network.models import City
from alliance.network.services import save_organisation
from alliance.opendata import commands, package, write
from alliance.opendata.names import FORMATS, TABLES
from alliance.writing.imports import import_cases, read_cases
from alliance.writing.services import save_method
from tests.factories.indicators import (
    make_definition,
    make_release,
    make_score,
    make_target,
    record,
)
from tests.factories.knowledge import (
    NOW,
    cost,
    effect,
    lay_ground,
    make_case,
    no_difference,
    text,
)
from tests.integration.conftest import lay_once

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)
RISKY = "=cmd|' /C calc'!A0"


@pytest.fixture(autouse=True)
def cases(db: None) -> None:
    lay_once("exports", _lay_cases)


def _lay_cases() -> None:
    lay_ground()
    make_case(
        "Lund",
        cost=cost("1200.50", "SEK", 2015),
        texts=(text(title=RISKY, problem="Köer, “bilar” och\nradbrytning; 5 < 6 & 7"), text("sv")),
        effects=(effect(-10.25, low=-12.0, high=-8.5, n=40), effect(3.0, qualifier="@ night")),
        nulls=(no_difference(source="https://city.example/null"),),
        amounts=(cost("4.6", "SEK", None).model_copy(update={"kind": "yearly", "covers": "x"}),),
    )
    make_case("Umeå", outcome="did-not-work", reasons=("no-effect", "stopped"))
    SolutionCost.objects.create(
        solution=Solution.objects.get(public_id="road-pricing"), position=0, kind="running",
        typical=0.5, currency="EUR", per="m of pipe", read="abstract", source_title="Report",
        source_url="https://city.example/report",
    )  # fmt: skip
    pricing = Solution.objects.get(public_id="road-pricing")
    effects = [CaseStudy.objects.get(public_id="lund").effects.first().key]
    pricing.disputes.create(position=0, case="lund", effects=effects, sentence="Not so.")
    pricing.disputes.create(position=1, case="withdrawn", effects=["x"], sentence="Not so.")
    pricing.national_schemes.create(
        country="SE", since=2030, what="a law", source_url="https://state.example/law"
    )
    by: dict[str, Any] = {"actor": COMMAND_LINE, "at": NOW}
    save_organisation("lund-city", name="City of Lund", kind="municipality", country="SE", **by)
    texts = (
        MethodTextRecord("en", "Jury", "Residents decide.", strengths=("fair", "slow, but sure")),
    )
    save_method(
        MethodRecord("jury", "high", "involve", "in-person", texts, evidence_cases=("lund",)), **by
    )


def _bytes(table: str, form: str, language: str = "en") -> bytes:
    return b"".join(write.chunks_of(table, form, language))


def _csv(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_bytes(table, "csv").decode(), newline="")))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_in_the_codebook_and_every_code_in_its_list(table: str) -> None:
    columns = {column.name: column for column in columns_of(table)}
    for row in rows_of(table, DAY):
        assert set(row) == set(columns)
        for name, value in row.items():
            column = columns[name]
            kinds = {
                "string": str, "integer": int, "number": float | int, "boolean": bool,
                "date": dt.date, "datetime": dt.datetime, "list": list,
            }  # fmt: skip
            assert value is None or isinstance(value, kinds[column.type]), (name, value)
            values = value if isinstance(value, list) else [] if value is None else [value]
            if column.codes:
                assert set(map(str, values)) <= set(column.codes), (name, value)


def test_the_codebook_explains_each_column_in_three_languages() -> None:
    for column in codebook():
        assert column.type in TYPES
        for meaning in column.meaning.values():
            assert meaning.endswith(".") and "{" not in meaning
        assert len(set(column.meaning.values())) == 3, column.name
    names = [(column.table, column.name) for column in codebook()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("table", TABLES)
def test_the_three_formats_hold_the_same(table: str) -> None:
    names = [column.name for column in columns_of(table)]
    as_csv = _csv(table)
    as_json = json.loads(_bytes(table, "json"))
    book = openpyxl.load_workbook(io.BytesIO(_bytes(table, "xlsx")))
    assert book.sheetnames == ["About", table, "Columns"]
    header, *rows = book[table].iter_rows(values_only=True)
    assert list(header) == names == list(as_csv[0])
    assert len(rows) == len(as_csv) == len(as_json["rows"]) == count_of(table)
    for plain, loaded, cells in zip(as_csv, as_json["rows"], rows, strict=True):
        for name, cell in zip(names, cells, strict=True):
            value = loaded[name]
            if isinstance(value, list):
                value = "|".join(value) or None
            assert plain[name] == csv_cell(value)
            # A spreadsheet drops nothing, but openpyxl reads 3.0 as 3.
            assert cell == value, name


def test_numbers_stay_numbers_and_unknown_stays_empty() -> None:
    first = next(iter(_csv("effects")))
    assert (first["value"], first["low"], first["n"]) == ("-10.25", "-12.0", "40")
    assert first["standard_error"] == "" and first["baseline"] == ""
    row = json.loads(_bytes("effects", "json"))["rows"][0]
    assert row["value"] == -10.25 and row["standard_error"] is None
    umea = next(row for row in _csv("cities") if row["id"] == "umea")
    assert umea["population"] == "" and umea["is_member"] == "false"


def test_text_that_looks_like_a_formula_is_never_run() -> None:
    lund = next(row for row in _csv("cases") if row["id"] == "lund")
    assert lund["title_en"] == "'" + RISKY
    assert _csv("effects")[1]["qualifier"] == "'@ night"
    book = openpyxl.load_workbook(io.BytesIO(_bytes("cases", "xlsx")))
    cells = [cell for row in book["cases"].iter_rows() for cell in row if cell.value == RISKY]
    assert [cell.data_type for cell in cells] == ["s"]
    loaded = json.loads(_bytes("cases", "json"))["rows"][0]
    assert loaded["title_en"] == RISKY


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_formula_start_gets_an_apostrophe(start: str) -> None:
    assert csv_cell(f"{start}1") == f"'{start}1"
    assert csv_cell(-1.5) == "-1.5"


def test_csv_is_utf8_without_mark_and_keeps_line_breaks_in_cells() -> None:
    raw = _bytes("cases", "csv")
    assert not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
    lund = next(row for row in _csv("cases") if row["id"] == "lund")
    assert lund["problem_en"] == "Köer, “bilar” och\nradbrytning; 5 < 6 & 7"


def test_each_row_tells_licence_and_day() -> None:
    for table in TABLES[:-1]:
        for row in _csv(table):
            assert row["licence"] == "CC-BY-4.0"
            assert dt.date.fromisoformat(row["as_of"])


def test_a_workbook_says_what_it_is_in_the_language_asked_for() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_bytes("cases", "xlsx", "sv")))
    told = " ".join(str(cell) for row in book["About"].iter_rows(values_only=True) for cell in row)
    assert "CC BY 4.0" in told and f"{dt.datetime.now(dt.UTC):%Y-%m-%d}" in told
    meanings = {row[0]: row[4] for row in book["Columns"].iter_rows(values_only=True)}
    assert meanings["outcome"] == "Om det fungerade."


def test_what_is_not_published_is_not_handed_out() -> None:
    CaseStudy.objects.filter(public_id="lund").update(status=CaseStatus.WITHDRAWN)
    for table in ("cases", "effects", "sources"):
        key = "id" if table == "cases" else "case"
        assert {row[key] for row in _csv(table)} == {"umea"}
    assert {row["n_cases"] for row in _csv("solutions")} == {"1"}
    whole = b"".join(
        zipfile.ZipFile(io.BytesIO(_bytes("everything", "zip"))).read(f"{table}.csv")
        for table in TABLES
    )
    assert RISKY.encode() not in whole


def test_the_archive_is_whole_and_describes_itself() -> None:
    lund, green = City.objects.get(public_id="lund"), make_definition(scope="SE")
    survey = ObservationSource.objects.create(title="Survey", licence="ODbL", publisher="Lund")
    record(lund, green, {"2021": 41.0}, source=survey.pk)
    make_target(green, city=lund, kind="plan", value=62.5)
    save_sibling(
        Sibling(left=green, verdict="not-comparable", clause="none", differs="None elsewhere."),
        actor=COMMAND_LINE, at=NOW,
    )  # fmt: skip
    make_score(make_release(), lund, green, rank=1, rank_high=3, n_ranked=3)
    archive = zipfile.ZipFile(io.BytesIO(_bytes("everything", "zip")))
    assert archive.testzip() is None
    description = json.loads(archive.read("datapackage.json"))
    assert description["licenses"][0]["name"] == "CC-BY-4.0"
    tables = {}
    for resource in description["resources"]:
        text_of = archive.read(resource["path"]).decode()
        tables[resource["name"]] = list(csv.DictReader(io.StringIO(text_of, newline="")))
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert fields == list(tables[resource["name"]][0])
    indicators = {"indicators", "figures", "targets", "siblings", "scores"}
    assert set(tables) == {*TABLES, *indicators}
    assert set(archive.namelist()) == {
        *(f"{table}.csv" for table in (*TABLES, *indicators)), "README.txt", "datapackage.json",
    }  # fmt: skip
    (figure,) = tables["figures"]
    assert (figure["value"], figure["publisher"], figure["licence"]) == ("41", "Lund", "ODbL")
    assert [row["scope"] for row in tables["indicators"]] == ["SE"]
    (target,) = tables["targets"]
    assert (target["city"], target["kind"], target["value"]) == ("lund", "plan", "62.5")
    assert target["is_computed"] == "false", "written as in all other tables"
    assert [(row["left"], row["right"]) for row in tables["siblings"]] == [("TEST_GREEN", "")]
    assert [(row["city"], row["rank_high"]) for row in tables["scores"]] == [("lund", "3")]
    for table, keys in package.PRIMARY_KEYS.items():
        seen = [tuple(row[key] for key in keys) for row in tables[table]]
        assert len(seen) == len(set(seen)), table
    for table, column, target, key in package.FOREIGN_KEYS:
        known = {row[key] for row in tables[target]} | {""}
        assert {row[column] for row in tables[table]} <= known, (table, column)


def test_equal_data_give_equal_bytes() -> None:
    for table, form in (("cases", "csv"), ("cases", "xlsx"), ("everything", "zip")):
        assert _bytes(table, form) == _bytes(table, form)


def test_reading_takes_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        make_case(f"Place {number}")
    with django_assert_max_num_queries(12):
        _bytes("cases", "csv")
    with django_assert_max_num_queries(40):
        _bytes("everything", "zip")


@pytest.mark.parametrize("form", FORMATS)
def test_a_download_over_http(client: Client, form: str) -> None:
    answer = client.get(f"/api/v1/export/effects.{form}")
    assert b"".join(answer.streaming_content) == _bytes("effects", form)
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=") and disposition.endswith(f'.{form}"')


# -- the command -----------------------------------------------------------------------------


def _run(*arguments: str) -> Any:
    group = import_ if arguments[0] == "import" else commands.export
    return CliRunner().invoke(group, [str(one) for one in arguments if one != "import"])


def test_the_command_writes_the_same_file(tmp_path: Path) -> None:
    file = tmp_path / "effects.csv"
    result = _run("effects", "--output", str(file))
    assert result.exit_code == 0, result.output
    assert file.read_bytes() == _bytes("effects", "csv")
    assert stat.S_IMODE(file.stat().st_mode) & 0o400
    assert [path.name for path in tmp_path.iterdir()] == ["effects.csv"]


@pytest.mark.parametrize("name", ["out.json", "out.xlsx", "out.csv"])
def test_the_name_of_the_file_tells_the_format(tmp_path: Path, name: str) -> None:
    assert _run("cities", "--output", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_bytes() == _bytes("cities", name.partition(".")[2])


def test_a_broken_export_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("before")

    def break_off(*_arguments: object) -> Any:
        yield b"half of it"
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(write, "chunks_of", break_off)
    result = _run("cases", "--output", str(file))
    assert result.exit_code != 0
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = _run("cases", "--output", str(tmp_path / "none" / "x.csv"))
    assert result.exit_code == 2 and "there is no folder" in result.output


# -- taking over -----------------------------------------------------------------------------


@pytest.fixture
def download(tmp_path: Path) -> Path:
    file = tmp_path / "cases.json"
    file.write_bytes(_bytes("cases", "json"))
    return file


def _states() -> dict[str, str]:
    return {case.public_id: digest(snapshot(case)) for case in CaseStudy.objects.all()}


def _forget() -> None:
    CaseStudy.objects.all().delete()
    assert not Effect.objects.exists() and not Source.objects.exists()


def _change(file: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    content = json.loads(file.read_text())
    change(content["rows"])
    file.write_text(json.dumps(content))


def test_what_is_taken_out_and_in_again_is_the_same(download: Path) -> None:
    before = _states()
    _forget()
    result = _run("import", "cases", str(download))
    assert result.exit_code == 0 and "2 new, 0 changed, 0 the same" in result.output
    assert _states() == before
    grades = CaseStudy.objects.filter(evidence_points__isnull=False)
    assert grades.count() == 2


def test_a_second_time_changes_nothing(download: Path) -> None:
    versions = CaseStudy.objects.values_list("public_id", "revision", "updated_at")
    before = list(versions)
    result = _run("import", "cases", str(download))
    assert "0 new, 0 changed, 2 the same" in result.output
    assert list(versions.all()) == before


def test_one_fault_anywhere_and_nothing_is_written(download: Path) -> None:
    _forget()

    def spoil(rows: list[dict[str, Any]]) -> None:
        rows[1]["outcome"] = "marvellous"
        rows[1]["effects"][0]["unit"] = "bananas"

    _change(download, spoil)
    result = _run("import", "cases", str(download))
    assert result.exit_code != 0
    told = str(result.exception)
    assert "umea" in told and "marvellous" in told and "bananas" in told
    assert not CaseStudy.objects.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"start_year": "soon"}, "rows[0].start_year"),
        ({"effects": [{"measure": "x"}]}, "rows[0].effects[0].unit"),
        ({"id": "umea"}, "appears twice"),
        ({"checked_on": "24/11/2026"}, "rows[0].checked_on"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    download: Path, change: dict[str, Any], told: str
) -> None:
    _change(download, lambda rows: rows[0].update(change))
    result = _run("import", "cases", str(download))
    assert result.exit_code != 0 and told in str(result.exception)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"table": "cases", "rows": 3}', "\x00"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(content)
    result = _run("import", "cases", str(file))
    assert result.exit_code != 0 and "cases.json" in str(result.exception)


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (
            '"outcome": "mixed", "outcome": "worked"',
            "rows[0].outcome: This appears more",
        ),
        ('"title_en": "\\u0000"', "rows[0].title_en: The text contains the character NUL"),
        ('"cost_amount": NaN', "cases.json: The file is not valid JSON"),
    ],
)
def test_what_json_would_lose_or_bend_is_refused(tmp_path: Path, extra: str, told: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(f'{{"table": "cases", "rows": [{{{extra}}}]}}')
    result = _run("import", "cases", str(file))
    assert result.exit_code != 0 and told in str(result.exception)


def test_check_says_what_would_happen(download: Path) -> None:
    _change(download, lambda rows: rows[0].update(title_en="Another title"))
    before = _states()
    result = _run("import", "cases", str(download), "--check")
    assert "0 new, 1 changed, 1 the same (nothing was written)" in result.output
    assert _states() == before
    assert "0 new, 1 changed, 1 the same\n" in _run("import", "cases", str(download)).output
    assert _states() != before


def test_a_withdrawn_case_is_not_brought_back(download: Path) -> None:
    CaseStudy.objects.filter(public_id="lund").update(status=CaseStatus.WITHDRAWN)
    result = _run("import", "cases", str(download))
    assert "withdrawn" in str(result.exception)
    assert CaseStudy.objects.get(public_id="lund").status == CaseStatus.WITHDRAWN


def test_of_cases_written_together_one_that_breaks_a_rule_is_named_and_none_is_written(
    download: Path,
) -> None:
    _change(download, lambda rows: rows[1].update(id="elsewhere", city="nowhere"))
    _forget()
    result = _run("import", "cases", str(download))
    assert "elsewhere: case.place.city" in str(result.exception)
    assert not CaseStudy.objects.exists()


def test_an_adapted_case_comes_after_its_origin(download: Path) -> None:
    make_case("Aneby", adapted_from="umea", adaptation_changes="half the price")
    download.write_bytes(_bytes("cases", "json"))
    before = _states()
    _forget()
    cases = read_cases(download)
    assert [public_id for public_id, *_case in cases].index("umea") < 2
    import_cases(cases, actor=COMMAND_LINE, at=NOW)
    assert _states() == before
