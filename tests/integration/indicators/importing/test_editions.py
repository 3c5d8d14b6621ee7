"""An edition replaces whole series, says by how much it moves the past, and keeps what was."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators.enums import BatchKind
from alliance.indicators.importing.checking import Checked, check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import read_file
from alliance.indicators.importing.taking import look, take_over
from alliance.indicators.models import ObservationBatch
from alliance.indicators.values import observations_at
from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
FILE = "city,indicator,year,value,boundary\n" + "".join(
    f"lund,GREEN,{year},{value},municipality\n"
    for year, value in ((2019, 40), (2020, 36), (2021, 44), (2023, 50))
)


@pytest.fixture(autouse=True)
def known() -> None:
    lund, umea, definition = make_city("lund"), make_city("umea"), make_definition()
    record(lund, definition, {str(year): 40.0 for year in (2018, 2019, 2020, 2021)})
    record(lund, definition, {"2018": 10.0}, sex="F")
    record(umea, definition, {"2018": 70.0})


def checked(text: str = FILE, **options: str) -> Checked:
    said = Options(source_title="Office", edition="2026", **options)  # type: ignore[arg-type]
    return check(read_file(text.encode()), said, today=NOW.date())


def taken(one: Checked) -> ObservationBatch:
    return take_over(
        [(one, "f.csv", "")], actor=COMMAND_LINE, at=LATER, kind=BatchKind.COMMAND
    )[0]  # fmt: skip


def figures(moment: dt.datetime | None = None) -> dict[tuple[str, str, str], float | None]:
    rows = observations_at(moment).select_related("series__city")
    return {
        (row.series.city.public_id, row.series.sex, row.period): row.value
        for row in rows
        if row.status != "M"
    }


def test_what_the_edition_no_longer_has_is_missing_and_other_series_are_not_touched():
    before = figures()
    batch = taken(checked())
    assert figures() == {
        ("lund", "_T", "2019"): 40.0, ("lund", "_T", "2020"): 36.0, ("lund", "_T", "2021"): 44.0,
        ("lund", "_T", "2023"): 50.0, ("lund", "F", "2018"): 10.0, ("umea", "_T", "2018"): 70.0,
    }  # fmt: skip
    assert figures(NOW) == before, "what was known is kept"
    gone = observations_at(None).get(status="M")
    assert (gone.period, gone.method) == ("2018", "not in edition 2026")
    assert batch.details["edition"] == "2026"
    assert batch.details["moved"] == {
        "shared": 3, "moved": 2, "gone": 1, "least": -10.0, "most": 10.0, "middle": 10.0,
    }  # fmt: skip


def test_the_look_says_it_before_and_the_page_of_revisions_after():
    report = look(checked())
    assert report.moved["gone"] == 1
    assert "not in the file" in {one.place for one in report.revisions}
    taken(checked())
    page = " ".join(Client().get("/en/indicators/revisions/").content.decode().split())
    assert "Edition 2026" in page
    assert (
        "2 of 3 existing figures changed; change: −10.0 to +10.0 %, median 10.0 %; "
        "1 figure is no longer published"
    ) in page


def test_a_second_time_changes_nothing():
    taken(checked())
    again = taken(checked())
    assert (again.added, again.revised) == (0, 0)
    assert ObservationBatch.objects.filter(details__edition="2026").count() == 1


def test_without_an_edition_earlier_years_stay_and_a_reason_is_asked_for():
    one = check(read_file(FILE.encode()), Options(source_title="Office"), today=NOW.date())
    assert look(one).moved == {}
    with pytest.raises(
        InvalidData, match=r"Enter a reason for revising existing figures \(number of figures:"
    ):
        taken(one)
    assert figures()["lund", "_T", "2018"] == 40.0
