"""Figures entered in the browser: typed in, and from a file after a look at it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.core.files.uploads import UploadState
from alliance.core.tasks import Worker
from alliance.indicators import rules
from alliance.indicators.importing.options import Options
from alliance.indicators.models import FigureFile, Observation, ObservationBatch
from alliance.indicators.services import uploads
from tests.factories.indicators import NOW, make_city, make_definition, record
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def lund():
    make_city("umea")
    return make_city("lund", is_member=True)


@pytest.fixture
def definition(lund):
    return make_definition()


@pytest.fixture
def editor(lund):
    user = person("Elin Berg")
    join(user, team("lund"))
    return user


def file(text: str, name: str = "figures.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def uploaded(client, text: str, **said: str):
    return client.post(
        "/en/figures/upload/",
        {
            "team": "lund-municipality",
            "source_title": "Lund",
            "publisher": "Test office",
            "method_class": "register",
            "population": "residents",
            "scheme": "ALLIANCE",
            "file": file(text),
        }
        | said,
    )


TEXT = "city,indicator,2020,2021\nlund,GREEN,40.5,41\n"


def test_who_may_enter_figures_of_a_city(lund, editor):
    umea = lund.__class__.objects.get(public_id="umea")
    assert rules.may_enter_figures(acting(editor), lund)
    assert not rules.may_enter_figures(acting(editor), umea)
    member = person("Maja Lind")
    join(member, team("lund"), "member")
    assert not rules.may_enter_figures(acting(member), lund)
    assert rules.may_enter_figures(acting(person("Sara Ek", "secretariat")), umea)
    assert not rules.may_enter_figures(acting(person("Olle By", "operator")), lund)


def test_a_file_is_looked_at_and_then_taken_over(client, editor, definition):
    client.force_login(editor)
    answer = uploaded(client, TEXT, boundary="municipality")
    page = client.get(answer.headers["Location"])
    assert b"2 new figures" in page.content and b"so we use percent" in page.content
    assert not Observation.objects.exists()
    client.post(answer.headers["Location"], {})
    batch = ObservationBatch.objects.get()
    assert (batch.kind, batch.made_by, batch.added) == ("file", editor, 2)
    assert batch.organisation.public_id == "lund-municipality"
    assert batch.file_name == "figures.csv" and len(batch.file_digest) == 64
    row = FigureFile.objects.get()
    assert row.state == UploadState.DONE and not row.path.exists()
    # A second yes, and the same file once more, change nothing.
    client.post(answer.headers["Location"], {})
    again = uploaded(client, TEXT, boundary="municipality")
    client.post(again.headers["Location"], {})
    assert ObservationBatch.objects.count() == 1


def test_faults_are_shown_by_cell_and_nothing_is_kept(client, editor, definition):
    client.force_login(editor)
    answer = uploaded(client, TEXT.replace("41", "n/a") + "umea,GREEN,1,2\n")
    text = client.get(answer.headers["Location"]).content.decode()
    assert "row 2, column 2021" in text and "row 3, column city" in text
    assert "Your team can enter figures only for these cities: Lund" in text
    row = FigureFile.objects.get()
    assert row.state == UploadState.FAULTY and not row.path.exists()
    assert client.post(answer.headers["Location"], {}).status_code == 422
    assert not Observation.objects.exists()


def test_a_revision_shows_old_and_new_and_asks_why(client, editor, lund, definition):
    record(lund, definition, {"2020": 39.0})
    client.force_login(editor)
    answer = uploaded(client, TEXT, boundary="municipality")
    text = client.get(answer.headers["Location"]).content.decode()
    assert "1 revised" in text and "39" in text and "40.5" in text
    assert client.post(answer.headers["Location"], {}).status_code == 422
    assert client.post(answer.headers["Location"], {"reason": "Recount"}).status_code == 302
    assert ObservationBatch.objects.order_by("-id")[0].reason == "Recount"


def test_the_faults_of_the_form_itself(client, editor, definition):
    client.force_login(editor)
    assert uploaded(client, "").status_code == 422
    answer = uploaded(client, TEXT, flags="x=?")
    assert answer.status_code == 422 and b"cannot be read" in answer.content
    assert uploaded(client, TEXT, team="umea-municipality").status_code == 422
    assert not FigureFile.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_the_rule(client, editor, definition):
    client.force_login(editor)
    answer = uploaded(client, "x" * 26_000_000)
    assert answer.status_code == 422
    assert b"is larger than 25 MB" in answer.content
    assert not FigureFile.objects.exists()


def test_a_file_is_forgotten_on_wish_and_by_time(client, editor, definition, settings):
    client.force_login(editor)
    first = uploaded(client, TEXT).headers["Location"]
    client.post(f"{first}drop")
    assert not FigureFile.objects.exists()
    uploaded(client, TEXT)
    assert FigureFile.drop_old(at=clock.now()) == 0
    assert FigureFile.drop_old(at=clock.now() + dt.timedelta(hours=25)) == 1
    assert list((settings.MEDIA_ROOT / "figures").iterdir()) == []


def test_only_the_uploader_and_the_secretariat_see_a_file(client, editor, definition):
    client.force_login(editor)
    address = uploaded(client, TEXT).headers["Location"]
    other = person("Anna Ros")
    join(other, team("lund"))
    client.force_login(other)
    assert client.get(address).status_code == 404
    client.force_login(person("Sara Ek", "secretariat"))
    assert client.get(address).status_code == 200


def test_the_secretariat_brings_figures_of_any_city(definition):
    actor = acting(person("Sara Ek", "secretariat"))
    row = uploads.upload(
        b"city,indicator,year,value\numea,GREEN,2021,4\nlund,GREEN,2021,5\n",
        "all.csv", Options(source_title="Office"), organisation=None, actor=actor, at=NOW,
    )  # fmt: skip
    assert uploads.confirm(row, reason="", actor=actor, at=NOW).state == UploadState.DONE
    with pytest.raises(NotAllowed):
        uploads.confirm(row, reason="", actor=acting(person("Nils Ek")), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_large_file_is_checked_and_written_by_the_worker(client, editor, definition, monkeypatch):
    monkeypatch.setattr(uploads, "SMALL_BYTES", 10)
    monkeypatch.setattr(uploads, "SMALL_FIGURES", 1)
    client.force_login(editor)
    address = uploaded(client, TEXT).headers["Location"]
    page = client.get(address)
    assert b"We are checking the file, cell by cell." in page.content
    part = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    Worker(until_empty=True).run()
    assert b"2 new figures" in client.get(address).content
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    client.post(address, {})
    assert FigureFile.objects.get().state == UploadState.RECORDING
    Worker(until_empty=True).run()
    assert FigureFile.objects.get().state == UploadState.DONE
    assert Observation.objects.count() == 2
    assert not DBTaskResult.objects.filter(status="FAILED").exists()


FORM = "/en/figures/cities/lund/green/"


def typed(**changes: str) -> dict[str, str]:
    return {
        "definition": "TEST_GREEN", "boundary": "municipality", "source_title": "Lund",
        "unit": "percent", "publisher": "Test office", "method_class": "register",
        "population": "residents",
        **{name.replace("_", "-", 1): text for name, text in changes.items()},
    }  # fmt: skip


def test_figures_are_typed_in_beside_what_is_known(client, editor, lund, definition):
    record(lund, definition, {"2020": 39.0})
    client.force_login(editor)
    page = client.get(FORM)
    assert page.status_code == 200 and b'value="39"' in page.content
    known = {"period_0": "2020", "value_0": "39", "status_0": "A"}
    answer = client.post(FORM, typed(**known, period_1="2021", value_1="40,5", status_1="P"))
    assert answer.status_code == 302
    batch = ObservationBatch.objects.order_by("-id")[0]
    assert (batch.kind, batch.added, batch.revised) == ("form", 1, 0)
    row = Observation.objects.get(period="2021")
    assert (row.value, row.status, row.series.boundary) == (40.5, "P", "municipality")
    assert row.source.title == "Lund"
    # What was not changed was not sent on: its source stays as it was.
    assert Observation.objects.get(period="2020").source is None


def test_a_typed_revision_asks_why(client, editor, lund, definition):
    record(lund, definition, {"2020": 39.0})
    client.force_login(editor)
    changed = typed(period_0="2020", value_0="38", status_0="A")
    answer = client.post(FORM, changed)
    assert (
        answer.status_code == 422
        and b"Enter a reason for revising existing figures (number of figures: 1" in answer.content
    )
    assert client.post(FORM, changed | {"reason": "Recount"}).status_code == 302
    assert Observation.objects.get(superseded_at=None).value == 38.0


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"period_0": "2021", "value_0": "many"}, b"is not a number"),
        ({"period_0": "2021", "value_0": "1,234"}, b"could mean two different numbers"),
        ({"period_0": "2021", "value_0": "140"}, b"above 100"),
        ({"period_0": "2031", "value_0": "14"}, b"has not started"),
        ({"period_0": "May 21", "value_0": "14"}, b"Enter a period"),
        ({"value_0": "14"}, b"Enter a period"),
        ({"period_0": "2021"}, b"The cell is empty"),
        ({"period_0": "2021", "value_0": "1", "period_1": "2021", "value_1": "2"}, b"another row"),
        ({"period_0": "2021", "value_0": "1", "unit": "tonne"}, b"cannot be converted"),
    ],
)
def test_what_cannot_be_stands_beside_its_cell(client, editor, definition, cells, rule):
    client.force_login(editor)
    answer = client.post(FORM, typed() | {k.replace("_", "-", 1): v for k, v in cells.items()})
    assert answer.status_code == 422
    assert rule in answer.content
    assert not Observation.objects.exists()


def test_a_wrong_cell_does_not_keep_the_other_rows_from_being_saved(client, editor, definition):
    client.force_login(editor)
    # One that is no number, and one that the rules of the indicator refuse.
    rows = {"period_0": "2019", "value_0": "many", "period_1": "2020", "value_1": "39"}
    sent = typed(**rows, period_2="2021", value_2="140")
    answer = client.post(FORM, sent)
    assert answer.status_code == 422 and b"Saved, except for these fields" in answer.content
    assert b'value="many"' in answer.content and b'value="140"' in answer.content
    assert [(row.period, row.value) for row in Observation.objects.all()] == [("2020", 39.0)]
    assert client.post(FORM, sent | {"value-0": "38", "value-2": "40"}).status_code == 302
    assert sorted(Observation.objects.values_list("period", "value")) == [
        ("2019", 38.0), ("2020", 39.0), ("2021", 40.0),
    ]  # fmt: skip


def test_a_missing_figure_is_typed_in_as_such(client, editor, definition):
    client.force_login(editor)
    assert client.post(FORM, typed(period_0="2021", status_0="M")).status_code == 302
    assert Observation.objects.get().value is None


def test_values_in_another_unit_are_converted(client, editor, lund):
    make_definition("EMIT", "TEST_EMIT", unit="tonne", unit_label="t", valid_max=None)
    client.force_login(editor)
    form = typed(period_0="2021", value_0="2.5") | {"definition": "TEST_EMIT", "unit": "kilotonne"}
    assert client.post("/en/figures/cities/lund/emit/", form).status_code == 302
    assert Observation.objects.get().value == pytest.approx(2500)


def test_the_pages_lead_to_each_other(client, editor, lund, definition):
    record(lund, definition, {"2020": 39.0})
    client.force_login(editor)
    assert b"/en/figures/cities/lund/" in client.get("/en/figures/").content
    page = client.get("/en/figures/cities/lund/").content
    assert FORM.encode() in page and b"2020" in page
    client.force_login(person("Nils Ek"))
    assert b"You cannot enter figures yet" in client.get("/en/figures/").content


SURVEY = {"publisher": "Lund", "method_class": "survey", "population": "residents aged 18 and over"}


@pytest.fixture
def census():
    """A French census, as the one that a Swedish survey was once filed under."""
    return make_definition(
        "HH_CAR", "FR_CENSUS", scope="FR", method_class="census", publisher="INSEE"
    )


def test_a_survey_is_never_filed_under_a_census_of_another_country(client, editor, census):
    text = "city,indicator,definition,2021\nlund,HH_CAR,FR_CENSUS,41\n"
    client.force_login(editor)
    refused = client.get(uploaded(client, text, **SURVEY).headers["Location"]).content.decode()
    assert (
        ". Figures for other countries need their own definition." in refused
        and not Observation.objects.exists()
    )
    answer = uploaded(client, text, **SURVEY, own_definition="on", licence="CC BY 4.0")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Some figures do not fit FR_CENSUS" in page
    client.post(answer.headers["Location"], {})
    row = Observation.objects.get()
    version = row.series.definition.versions.get()
    assert row.series.definition.key == "SE_LUND_SURVEY"
    said = (version.scope, version.method_class, version.publisher, version.licence)
    assert said == ("SE", "survey", "Lund", "CC BY 4.0")
    assert version.population == SURVEY["population"] and "FR_CENSUS" in version.text_sv
    assert version.unit == census.versions.get().unit


def test_another_kind_of_source_of_the_same_country_is_no_silent_match(client, editor, lund):
    make_definition("HH_CAR", "SE_REGISTER", scope="SE", method_class="register")
    client.force_login(editor)
    form = typed(period_0="2021", value_0="41") | SURVEY | {"definition": "SE_REGISTER"}
    address = "/en/figures/cities/lund/hh-car/"
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "These figures come from: sample survey" in answer.content.decode()
    answer = client.post(address, form | {"own_definition": "on"})
    assert answer.headers["Location"].endswith("?definition=SE_LUND_SURVEY&boundary=municipality")
    assert Observation.objects.get().series.definition.key == "SE_LUND_SURVEY"


def test_who_uploads_says_by_whom_how_and_of_whom(client, editor, definition):
    client.force_login(editor)
    answer = uploaded(client, TEXT, publisher="", method_class="", population="")
    text = client.get(answer.headers["Location"]).content.decode()
    assert all(f">{name}<" in text for name in ("publisher", "method_class", "population"))


def test_kt_for_t_is_asked_about(client, editor, lund):
    emitted = make_definition("EMIT", "TEST_EMIT", unit="t", unit_label="t", valid_max=None)
    record(lund, emitted, {"2019": 250_000.0, "2020": 240_000.0})
    client.force_login(editor)
    form = typed(period_0="2021", value_0="243") | {"definition": "TEST_EMIT", "unit": "t"}
    address = "/en/figures/cities/lund/emit/"
    answer = client.post(address, form)
    assert answer.status_code == 422 and b"Is the unit correct?" in answer.content
    assert client.post(address, form | {"sure": "on"}).status_code == 302
    answer = uploaded(client, "city,indicator,2022\nlund,EMIT,244\n", boundary="municipality")
    assert b"1 value is far from the usual value" in client.get(answer.headers["Location"]).content
    in_kt = uploaded(
        client, "city,indicator,2022\nlund,EMIT,244\n", boundary="municipality", unit="kt"
    )
    page = client.get(in_kt.headers["Location"]).content.decode()
    assert "far from what is usual" not in page and "kt → t, × 1000" in page


def test_figures_that_were_typed_and_not_saved_come_back(client, editor, definition):
    client.force_login(editor)
    here = f"/en/figures/cities/lund/{definition.indicator.public_id}/"
    (mark,) = re.findall(r'name="typing" value="([^"]+)"', client.get(here).text)
    sent = {"definition": definition.key, "period-0": "2020", "value-0": "40,5", "typing": mark}
    assert client.post(here, {**sent, "typing_only": "1"}).status_code == 204
    assert 'value="40,5"' in client.get(here).text
    assert client.post(here, sent).status_code == 422, "no source"
    assert 'value="40,5"' in client.get(here).text
    assert not Observation.objects.exists()
    assert client.post(here, {**sent, "typing_drop": "1"}).status_code == 302
    assert 'value="40,5"' not in client.get(here).text
