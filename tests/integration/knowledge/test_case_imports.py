"""A table of cases becomes drafts: looked at first, faults by cell, all of it or nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult
from openpyxl import Workbook

from alliance.cases.case_tables import read_table
from alliance.cases.models import Solution
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.tasks.worker import Worker
from alliance.writing.models import CaseFile, Draft
from alliance.writing.services import case_imports, drafts
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.workbooks import wide_workbook

pytestmark = pytest.mark.django_db

PAGE = "/en/write/import/"
HEADER = [
    "id", "solution", "kind", "place", "country", "city", "outcome", "reasons", "start_year",
    "original_language", "title_sv", "summary_sv", "cost_amount", "cost_currency",
    "effects.1.measure", "effects.1.unit", "effects.1.value", "effects.1.design",
    "effects.1.direction", "sources.1.title", "sources.1.url",
]  # fmt: skip
ROW = [
    "a", "Vägavgifter", "approach", "Umeå", "SE", "umea", "did-not-work", "no-effect|stopped",
    "2021", "sv", "Avgift på prov", "Trafiken minskade inte.", "12,5", "SEK", "trafikvolym",
    "procentuell förändring", "-0,25", "before-after", "lower-is-better", "Rapport", "https://example.org/r",
]  # fmt: skip


@pytest.fixture(autouse=True)
def ground(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    lay_ground()


@pytest.fixture
def umea():
    return team("umea")


@pytest.fixture
def editor(umea):
    user = person("Elin Berg")
    join(user, umea)
    return user


def table(*rows: list[object], header: list[str] | None = None, delimiter: str = ";") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([header or HEADER, *rows])
    return out.getvalue().encode()


def changed(**cells: object) -> list[object]:
    """The row with other cells; `effects_1_value` stands for `effects.1.value`."""
    row: list[object] = list(ROW)
    for name, value in cells.items():
        column = name.replace("_1_", ".1.")
        row[HEADER.index(column)] = value
    return row


def faults(content: bytes, name: str = "t.csv") -> list[str]:
    with pytest.raises(InvalidData) as caught:
        read_table(content, name)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_becomes_a_document(delimiter):
    header = [*HEADER, "amounts.1.amount", "amounts.1.currency", "amounts.1.kind"]
    content = table([*ROW, "4,6", "SEK", "yearly"], header=header, delimiter=delimiter)
    (case,) = read_table(b"\xef\xbb\xbf" + content, "t.csv")
    document = case.document
    (amount,) = document["amounts"]
    assert (amount["amount"], amount["currency"], amount["kind"]) == (4.6, "SEK", "yearly")
    assert document["solution"] == "road-pricing", "named in Swedish"
    assert document["reasons"] == ["no-effect", "stopped"]
    assert {name: value for name, value in document["cost"].items() if value} == {
        "amount": 12.5,
        "currency": "SEK",
    }
    effect = document["effects"][0]
    assert (effect["measure"], effect["unit"], effect["value"]) == (
        "traffic volume",
        "percent change",
        -0.25,
    )
    assert document["lifetime"] is None and document["end_year"] is None


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"start_year": "in spring"}, "row 2, column start_year: “in spring” is not a number"),
        ({"start_year": "2021,5"}, "row 2, column start_year: “2021,5” is not a whole number"),
        (
            {"cost_amount": "1,500"},
            "row 2, column cost_amount: “1,500” could be two numbers",
        ),
        ({"cost_amount": "1.500.000"}, "could be two numbers"),
        ({"effects_1_value": "inf"}, "row 2, column effects.1.value: “inf” is not a number"),
        (
            {"effects_1_measure": "noise"},
            "row 2, column effects.1.measure: “noise” is not in",
        ),
        ({"solution": "teleport"}, "row 2, column solution: “teleport” is not in the list"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cells, fault):
    assert any(fault in told for told in faults(table(changed(**cells)))), faults(
        table(changed(**cells))
    )


def test_every_fault_is_told_at_once():
    found = faults(table(changed(start_year="x"), changed(id="b", cost_amount="y")))
    assert len(found) == 2
    assert found[0].startswith("row 2") and found[1].startswith("row 3")


def checked(content: bytes, team_of, user, name: str = "t.csv") -> list[str]:
    with pytest.raises(InvalidData) as caught:
        case_imports.stage(content, name, organisation=team_of, actor=acting(user), at=NOW)
    return [str(fault) for fault in caught.value.faults]


def taken_over(content: bytes, team_of, user) -> int:
    """How many drafts come of a table."""
    by = {"actor": acting(user), "at": NOW}
    row = case_imports.stage(content, "t.csv", organisation=team_of, **by)
    assert row.state == "ready"
    return case_imports.take_over(row, **by).report["drafts"]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            {"outcome": "failed"},
            "row 2, column outcome: “failed” cannot be used. Choose from: worked, reported, mixed",
        ),
        (
            {"reasons": "no-effect|why"},
            "row 2, column reasons: “why” cannot be used. Choose from: ",
        ),
        (
            {"country": "Sweden"},
            (
                "row 2, column country: “Sweden” is not in "
                "the list of countries. Choose a country from the list."
            ),
        ),
        ({"city": "Atlantis"}, "row 2, column city: “Atlantis” is not in the list."),
        (
            {"original_language": "de"},
            "row 2, column original_language: “de” cannot be used. Choose from: en,",
        ),
        ({"start_year": "20"}, "row 2, column start_year: Enter a year from 1900 to"),
        ({"title_sv": "<b>Avgift</b>"}, "row 2, column title_sv: The text contains HTML"),
        ({"cost_currency": "KR"}, "row 2, column cost_currency: “KR” is not a currency"),
        (
            {"effects_1_design": "guess"},
            "row 2, column effects.1.design: “guess” cannot be used. Choose from: ",
        ),
        (
            {"effects_1_direction": "up"},
            "row 2, column effects.1.direction: “up” cannot be used. Choose from: ",
        ),
        ({"sources_1_url": "ftp://x"}, "row 2, column sources.1.url: “ftp://x” does not begin"),
        ({"sources_1_url": "javascript:x"}, "row 2, column sources.1.url: “javascript:x” does"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named_with_the_rule(umea, editor, cells, fault):
    found = checked(table(changed(**cells)), umea, editor)
    assert len(found) == 1 and found[0].startswith(fault), found


def test_cells_that_cannot_be_read_and_cells_that_break_a_rule_are_told_at_once(umea, editor):
    found = checked(
        table(changed(start_year="x", outcome="failed"), changed(id="b", country="XX")),
        umea,
        editor,
    )
    assert [told.split(":")[0] for told in found] == [
        "row 2, column start_year",
        "row 2, column outcome",
        "row 3, column country",
    ]


def test_faults_of_a_sheet_of_effects_name_the_sheet(umea, editor):
    header = ["case", "measure", "unit", "value", "design", "direction"]
    content = workbook(
        cases=[["id", "outcome"], ["a", "mixed"]],
        effects=[header, ["a", "trafikvolym", "percent change", 1, "guess", "lower-is-better"]],
    )
    (found,) = checked(content, umea, editor, "t.xlsx")
    assert found.startswith("effects, row 2, column design: “guess” cannot be used. Choose from")


def test_a_half_written_row_and_a_city_by_its_name_are_taken(umea, editor):
    content = table(
        changed(country="", outcome="", effects_1_value="", sources_1_url="", city="Umeå")
    )
    assert taken_over(content, umea, editor) == 1
    assert Draft.objects.get().content["place"]["city"] == "umea"


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_the_empty_table_has_only_columns_that_are_taken(language, umea, editor, client):
    client.force_login(editor)
    answer = client.get(f"/{language}/write/import/table.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="cases.csv"'
    filled = answer.content + "a;;Umeå".replace(";", ";" if language != "en" else ",").encode()
    (case,) = read_table(filled, "cases.csv")
    assert (case.key, case.document["place"]["name"]) == ("a", "Umeå")
    client.force_login(person("Olle Ek"))
    assert client.get(f"/{language}/write/import/table.csv").status_code == 404


def test_n_a_is_not_recorded_and_not_zero():
    (case,) = read_table(table(changed(cost_amount="n/a", effects_1_value="–")), "t.csv")
    assert case.document["cost"] is None
    assert case.document["effects"][0]["value"] is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "table: The table has no rows"),
        (table(), "table: The table has no rows"),
        (table(ROW, header=[*HEADER[:-1], "adress"]), "column adress: This column does not exist."),
        (
            table(ROW, header=[*HEADER[:-1], "title_sv"]),
            "column title_sv: This column appears twice",
        ),
        (table([*ROW, "more"]), "row 2: "),
        (table(ROW, ROW), "row 3, column id: “a” is also in row 2."),
        ("title_sv\nå".encode("latin-1"), "file: The file is not in UTF-8 (line 2)"),
        (b"a,b\n\x00,1", "is not a CSV file"),
        (b'{"table": "effects", "rows": []}', "is not a download of this table"),
        (b"{", "is not valid JSON"),
        (
            b'{"table": "cases", "rows": [{"id": "a", "id": "b"}]}',
            "rows[0].id: This appears more than once.",
        ),
        (b'{"table": "cases", "rows": [{"id": "\\ud800"}]}', "rows[0].id: The text contains half"),
        (b"PK\x03\x04" + b"x" * 100, "office file or archive is damaged"),
        (wide_workbook(), "has more than 2000 columns"),
        (b"id;" * 2_000 + b"id\n" + b"a;" * 400_000, "has more than 2000 columns"),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_table_is_refused(content, fault):
    assert any(fault in told for told in faults(content)), faults(content)


def workbook(**sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_may_hold_effects_and_sources_on_their_own_sheets():
    content = workbook(
        cases=[["id", "title_sv", "start_year", "checked_on"],
               ["a", "Avgift", 2021, dt.date(2026, 3, 1)]],
        effects=[["case", "measure", "unit", "value"], ["a", "turnout", "percent of voters", 3.5]],
        sources=[["case", "title", "url", "independent"], ["a", "R", "https://e.org/", "nej"]],
    )  # fmt: skip
    (case,) = read_table(content, "t.xlsx")
    assert case.document["checked_on"] == "2026-03-01"
    assert case.document["effects"][0]["value"] == 3.5
    assert case.document["sources"][0]["independent"] is False


def test_a_date_that_a_spreadsheet_made_of_a_number_is_found():
    content = workbook(cases=[["title_sv", "cost_amount"], ["x", dt.datetime(2021, 3, 1)]])
    assert "This is a date, not a number" in faults(content, "t.xlsx")[0]


def test_after_very_many_faults_no_further_row_is_read():
    rows = [changed(id=str(n), start_year="x", cost_amount="y") for n in range(1_500)]
    assert 2_000 < len(faults(table(*rows))) < 2_010


def test_an_effect_of_no_row_is_a_fault():
    content = workbook(cases=[["id"], ["a"]], effects=[["case", "value"], ["b", 1]])
    assert faults(content, "t.xlsx") == ["effects, row 2, column case: No row has the id “b”."]


def test_a_formula_that_was_never_worked_out_is_no_empty_cell():
    content = workbook(cases=[["id", "cost_amount"], ["a", "=1+1"]])
    (fault,) = faults(content, "t.xlsx")
    assert fault.startswith("row 2, column cost_amount: This is a formula without a saved result")


def test_what_was_downloaded_can_be_taken_over(client, umea, editor):
    make_case("Lund")
    download = client.get("/api/v1/export/cases.json")
    content = b"".join(download) if download.streaming else download.content
    row = case_imports.stage(content, "cases.json", organisation=umea, actor=acting(editor), at=NOW)
    assert [line["title"] for line in row.report["lines"]] == ["Pricing the roads"]
    case_imports.take_over(row, actor=acting(editor), at=NOW)
    draft = Draft.objects.get()
    assert draft.content["effects"][0]["value"] == -10
    submitted = drafts.submit_draft(draft, expected_revision=1, actor=acting(editor), at=NOW)
    assert submitted.state == "in-review"


def test_the_page_shows_first_and_writes_after(client, umea, editor):
    client.force_login(editor)
    file = SimpleUploadedFile("cases.csv", table(ROW, changed(id="b", title_sv="Another")))
    address = client.post(PAGE, {"team": umea.public_id, "file": file}).headers["Location"]
    text = client.get(address).content.decode()
    assert "2 new drafts" in text and "Avgift på prov" in text and not Draft.objects.exists()
    for _ in range(2):
        assert client.post(address).headers["Location"] == address
        assert "2 drafts were created." in client.get(address).content.decode()
    assert Draft.objects.count() == 2
    assert not CaseFile.objects.get().path.exists(), "the file is gone once it was taken over"


def test_the_same_table_again_makes_nothing(umea, editor):
    assert [taken_over(table(ROW), umea, editor) for _ in range(2)] == [1, 0]
    assert Draft.objects.count() == 1


def test_what_was_sound_when_it_was_looked_at_is_checked_again(client, umea, editor):
    by = {"organisation": umea, "actor": acting(editor), "at": NOW}
    row = case_imports.stage(table(ROW), "t.csv", **by)
    Solution.objects.all().delete()
    client.force_login(editor)
    answer = client.post(f"{PAGE}{row.public_id}/")
    assert answer.status_code == 422
    assert "column solution" in answer.content.decode() and not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_large_table_is_checked_and_taken_over_by_the_worker(client, umea, editor, monkeypatch):
    monkeypatch.setattr(case_imports, "SMALL_BYTES", 100)
    client.force_login(editor)

    def worked(text: bytes) -> tuple[str, str]:
        file = SimpleUploadedFile("cases.csv", text)
        address = client.post(PAGE, {"team": umea.public_id, "file": file}).headers["Location"]
        page = client.get(address).content.decode()
        assert "Being checked" in page and "Avgift" not in page
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "row by row" in part and "<html" not in part
        Worker(until_empty=True).run()
        return address, client.get(address).content.decode()

    _address, page = worked(table(ROW, changed(id="b", start_year="soon")))
    assert "row 3, column start_year" in page
    address, page = worked(table(ROW))
    assert "1 new draft" in page and not Draft.objects.exists()
    client.post(address)
    assert "The drafts are being created." in client.get(address).content.decode()
    Worker(until_empty=True).run()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "1 draft was created." in client.get(address).content.decode()
    assert Draft.objects.get().started_by == editor
    assert not DBTaskResult.objects.filter(status="FAILED").exists()


def test_the_worker_tells_how_far_it_has_come(umea, editor, monkeypatch):
    monkeypatch.setattr(case_imports, "SMALL_BYTES", 100)
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr(CaseFile, "save_progress", lambda self, *step: told.append(step))
    rows = [changed(id=str(n)) for n in range(3)]
    by = {"actor": acting(editor), "at": NOW}
    row = case_imports.stage(table(*rows), "t.csv", organisation=umea, **by)
    assert row.progress == {"step": "waiting", "done": 0, "of": 0}
    assert case_imports.check_staged(row.public_id, at=NOW) == "ready"
    assert told[0] == ("checking", 1, 3) and told[-1] == ("checking", 3, 3)
    row.refresh_from_db()
    assert case_imports.take_over(row, **by).state == "recording"
    assert case_imports.record_staged(row.public_id, at=NOW) == "done"
    assert told[-1] == ("writing", 3, 3)


def test_a_table_that_is_not_wanted_is_forgotten(client, umea, editor):
    client.force_login(editor)
    file = SimpleUploadedFile("cases.csv", table(ROW))
    address = client.post(PAGE, {"team": umea.public_id, "file": file}).headers["Location"]
    path = CaseFile.objects.get().path
    assert path.exists()
    assert client.post(f"{address}drop").headers["Location"] == PAGE
    assert not CaseFile.objects.exists() and not path.exists()


def test_one_bad_cell_keeps_all_rows_out(client, umea, editor):
    client.force_login(editor)
    bad = SimpleUploadedFile("t.csv", table(ROW, changed(id="b", start_year="soon")))
    answer = client.post("/sv/write/import/", {"team": umea.public_id, "file": bad})
    assert answer.status_code == 422
    assert "rad 3, kolumn start_year" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_table_of_another_team_is_not_there(client, umea, editor):
    row = case_imports.stage(table(ROW), "t.csv", organisation=umea, actor=acting(editor), at=NOW)
    other = person("Anna Ros")
    join(other, team("lund"))
    with pytest.raises(NotAllowed):
        case_imports.take_over(row, actor=acting(other), at=NOW)
    client.force_login(other)
    for address in (f"{PAGE}{row.public_id}/", f"{PAGE}none/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
        assert client.post(f"{address}drop").status_code == 404
    assert not Draft.objects.exists()


def test_who_writes_for_no_team_finds_no_page(client):
    assert client.get("/en/write/import/").status_code == 302
    client.force_login(person("Olle Ek"))
    assert client.get("/en/write/import/").status_code == 404


def test_markup_in_a_cell_is_refused(umea, editor):
    content = table(changed(title_sv="<script>alert(1)</script>"))
    with pytest.raises(InvalidData) as caught:
        case_imports.stage(content, "t.csv", organisation=umea, actor=acting(editor), at=NOW)
    assert "row 2" in str(caught.value)


def test_what_was_only_looked_at_is_forgotten(umea, editor):
    row = case_imports.stage(table(ROW), "t.csv", organisation=umea, actor=acting(editor), at=NOW)
    assert CaseFile.drop_old(at=NOW) == 0
    assert CaseFile.drop_old(at=NOW + dt.timedelta(hours=7)) == 1
    assert not row.path.exists() and not CaseFile.objects.exists()


def test_a_json_row_of_the_wrong_kind_is_named():
    content = json.dumps({"table": "cases", "rows": [{"id": "a", "start_year": {"x": 1}}]})
    assert "row 1, column start_year" in faults(content.encode(), "c.json")[0]
