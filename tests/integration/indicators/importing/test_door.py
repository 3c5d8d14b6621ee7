"""What comes in at the door: own downloads, faults in one round, figures of tomorrow."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from alliance.core.errors import InvalidData
from alliance.indicators.enums import Boundary
from alliance.indicators.exports import json_stat, sdmx, table
from alliance.indicators.exports.rows import FigureQuery, FigureRow, figure_rows
from alliance.indicators.importing.checking import check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import read_file
from alliance.indicators.importing.report import Report
from alliance.indicators.importing.taking import look
from alliance.indicators.models import Observation, ObservationSource
from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=10)
SOURCE = Options(source_title="City office", boundary=Boundary.MUNICIPALITY.value)


def seen(content: str, options: Options = SOURCE) -> Report:
    return look(check(read_file(content.encode()), options, today=LATER.date()))


def faults(content: str, options: Options = SOURCE) -> list[tuple[str, str]]:
    with pytest.raises(InvalidData) as caught:
        seen(content, options)
    return [(fault.where, fault.code) for fault in caught.value.faults]


@pytest.fixture
def downloaded() -> list[FigureRow]:
    """Figures with all that a format may have no place for."""
    lund, umea = make_city("lund"), make_city("umea", name="Umeå")
    green = make_definition()
    income = make_definition(
        "INCOME", "SE_TAX", unit="", unit_label="SEK/inhabitant", valid_max=None, licence="CC BY"
    )
    other = make_definition("INCOME", "FR_MEDIAN", unit="", unit_label="EUR", valid_max=None)
    source = ObservationSource.objects.create(title="=Källa <d’été>", licence="")
    own = ObservationSource.objects.create(title="Survey", licence="ODbL", publisher="Umeå")
    record(lund, green, {"2020": 40.0, "2021": 41.5}, standard_error=0.5, method="-by hand")
    record(umea, green, {"2021": None}, status="M")
    record(umea, green, {"2021": 3.25}, sex="F", quality="B")
    record(umea, income, {"2021": 250_000.0}, source=source.pk)
    record(lund, other, {"2021": 21_000.0}, source=own.pk)
    return list(figure_rows(FigureQuery(read_at=LATER)))


def written(rows: list[FigureRow], form: str, language: str = "en") -> str:
    if form == "csv":
        return b"".join(table.csv_chunks(rows)).decode()
    if form == "sdmx-csv":
        return sdmx.data_csv(rows)
    if form == "sdmx-ml":
        return sdmx.data_xml(rows, prepared=LATER)
    return json_stat.as_text(json_stat.dataset(rows, title="Figures", language=language))


@pytest.mark.parametrize("form", ["csv", "sdmx-csv", "sdmx-ml", "json-stat"])
def test_a_download_from_here_comes_back_unchanged(downloaded: list[FigureRow], form: str) -> None:
    report = seen(written(downloaded, form), Options())
    assert (report.added, report.revised, report.unchanged) == (0, 0, len(downloaded))


def test_what_was_changed_in_a_download_keeps_the_rest(downloaded: list[FigureRow]) -> None:
    from alliance.core.audit import COMMAND_LINE
    from alliance.indicators.enums import BatchKind
    from alliance.indicators.importing.taking import take_over

    data = json.loads(written(downloaded, "json-stat"))
    place = next(place for place, value in data["value"].items() if value == 41.5)
    data["value"][place] = 42.5
    checked = check(read_file(json.dumps(data).encode()), Options(), today=LATER.date())
    (batch,) = take_over(
        [(checked, "figures.json", "")], actor=COMMAND_LINE, at=LATER, kind=BatchKind.FILE,
        reason="recount",
    )  # fmt: skip
    assert (batch.added, batch.revised) == (0, 1)
    row = Observation.objects.get(superseded_at=None, value=42.5)
    assert (row.standard_error, row.method) == (0.5, "-by hand")


def test_faults_of_cells_and_of_rules_are_named_in_one_round() -> None:
    make_city("lund")
    make_definition()
    found = faults(
        "city,indicator,period,value\nlund,GREEN,2019,forty\nnowhere,GREEN,2020,41\n"
        "lund,GREEN,2021,140\nlund,GREEN,2022,50\nlund,GREEN,2022,51\n"
    )
    assert found == [
        ("row 2, column value", "no-such-number"),
        ("row 3, column city", "no-city-code"),
        ("row 4, column value", "above-most"),
        ("row 6, column city", "same-figure"),
    ]


@pytest.mark.parametrize(
    ("period", "is_refused"),
    [("2026", False), ("2026-12", False), ("2027", True), ("2027-Q1", True), ("2026-S2", False)],
)
def test_a_figure_of_tomorrow_is_refused(period: str, is_refused: bool) -> None:
    make_city("lund")
    make_definition()
    content = f"city,indicator,period,value\nlund,GREEN,{period},41\n"
    if is_refused:
        assert faults(content) == [("row 2, column period", "period-ahead")]
    else:
        assert seen(content).added == 1


NAMED = Options(
    publisher="City office", method_class="register", population="residents", named=True
)


def test_a_file_with_the_columns_of_a_download_is_no_way_round_the_names() -> None:
    make_city("lund")
    make_definition(method_class="register", population="residents")
    content = (
        "city,indicator,definition,period,value,recorded_at,as_of\n"
        "lund,GREEN,TEST_GREEN,2021,41,2026-01-01,2026-01-01\n"
    )
    assert faults(content, Options(named=True)) == [
        ("publisher", "missing"),
        ("method_class", "missing"),
        ("population", "missing"),
        ("source_title", "no-source-title"),
    ]
    assert faults(content, NAMED) == [("source_title", "no-source-title")]
    with_source = replace(NAMED, source_title="City office")
    assert seen(content, with_source).added == 1
    survey = replace(with_source, method_class="survey")
    assert faults(content, survey) == [("row 2, column indicator", "other-method")]


@pytest.mark.parametrize("form", ["csv", "sdmx-csv", "sdmx-ml", "json-stat"])
def test_a_download_with_nothing_new_needs_no_names(downloaded: list[FigureRow], form: str) -> None:
    report = seen(written(downloaded, form), Options(named=True))
    assert (report.added, report.revised, report.unchanged) == (0, 0, len(downloaded))
