"""Files of figures from end to end: understood, refused by cell, taken over whole, repeatable."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators.enums import BatchKind, CodeScheme
from alliance.indicators.importing.checking import Checked, check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import read_file
from alliance.indicators.importing.taking import look, take_over
from alliance.indicators.models import (
    CityCode,
    Observation,
    ObservationBatch,
    ObservationSource,
    Series,
)
from tests.factories.indicators import NOW, make_city, make_definition

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=10)
SAID = {"source_title": "Test office"}


@pytest.fixture(autouse=True)
def ground():
    make_definition()
    for name, code in (("lund", "1281"), ("ystad", "1286"), ("upplands-vasby", "0114")):
        CityCode.objects.create(
            city=make_city(name), scheme=CodeScheme.SE_KOMMUN, code=code, match="exact"
        )


def checked(content: str | bytes, **options: object) -> Checked:
    text = content.encode() if isinstance(content, str) else content
    return check(read_file(text), Options(**SAID | options), today=NOW.date())


def faults(content: str | bytes, **options: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidData) as caught:
        checked(content, **options)
    assert not Observation.objects.exists()
    return [(one.where, one.rule) for one in caught.value.faults]


def take(content: str | bytes, *, at: dt.datetime = NOW, reason: str = "", **options: object):
    return take_over(
        [(checked(content, **options), "figures.csv", "0" * 64)],
        actor=COMMAND_LINE,
        at=at,
        kind=BatchKind.COMMAND,
        reason=reason,
    )[0]


LONG = "city,indicator,year,value\nlund,GREEN,2021,40.5\nystad,GREEN,2021,41\n"


def test_a_long_file_is_taken_over_and_a_second_time_changes_nothing():
    batch = take(LONG, boundary="municipality")
    assert (batch.added, batch.revised, batch.unchanged) == (2, 0, 0)
    row = Observation.objects.get(series__city__public_id="lund")
    assert (row.value, row.year, row.status, row.source.title) == (40.5, 2021, "A", "Test office")
    assert row.series.boundary == "municipality"
    assert batch.details["columns"][0] == ["city", "city"] or batch.details["columns"]
    again = take(LONG, boundary="municipality", at=LATER)
    assert (again.added, again.unchanged) == (0, 2)
    assert ObservationBatch.objects.count() == 1


def test_years_as_columns_with_empty_cells():
    one = checked("city;indicator;2020;2021\nlund;GREEN;40,5;\nystad;GREEN;;41\n")
    report = one.report
    assert (report.layout, report.n_figures, report.left_empty, report.decimal) == (
        "wide", 2, 2, ",",
    )  # fmt: skip
    assert sorted(zip(one.figures.period.values(), one.figures.value, strict=True)) == [
        ("2020", 40.5),
        ("2021", 41.0),
    ]


def test_all_dimensions_and_statuses_of_a_row():
    take(
        "city,indicator,year,value,obs_status,boundary,sex,age,income,area,se,quality,method\n"
        "lund,GREEN,2021,40,P,commune,F,Y15-24,Q1,Norra,1.5,,survey\n"
        "lund,GREEN,2021,,M,commune,T,TOTAL,,,,,\n"
    )
    row = Observation.objects.get(series__sex="F")
    assert (row.status, row.standard_error, row.method) == ("P", 1.5, "survey")
    assert (row.series.age, row.series.income, row.series.area) == ("Y15-24", "Q1", "Norra")
    total = Observation.objects.get(series__sex="_T")
    assert (total.value, total.status, total.series.age) == (None, "M", "_T")


@pytest.mark.parametrize(
    ("rows", "where", "rule"),
    [
        ("lund,GREEN,2021,forty", "row 3, column value", "is not a number"),
        (
            "lund,GREEN,2021,n/a",
            "row 3, column value",
            "” is not a number.",
        ),
        ("lund,GREEN,2021,", "row 3, column value", "The cell is empty"),
        ("lund,GREEN,2021,140", "row 3, column value", "above 100"),
        ("lund,GREEN,2031,40", "row 3, column year", "has not started"),
        ("lund,GREEN,44348,40", "row 3, column year", "is a date in Excel’s format"),
        ("lund,GREEN,2019-05-01,40", "row 3, column year", "1 May 2019"),
        ("lund,GREY,2021,40", "row 3, column indicator", "is not in the list. Did you mean GREEN"),
        ("lnd,GREEN,2021,40", "row 3, column city", "ALLIANCE"),
        (",GREEN,2021,40", "row 3, column city", "Fill this in"),
        ("ystad,GREEN,2021,40", "row 3, column city", "as in row 2"),
    ],
)
def test_a_fault_names_the_cell_and_the_rule(rows, where, rule):
    found = faults(f"city,indicator,year,value\nystad,GREEN,2021,41\n{rows}\n")
    assert [one for one, _rule in found] == [where]
    assert rule in found[0][1]
    assert not Series.objects.exists() and not ObservationSource.objects.exists()


def test_all_faults_are_told_at_once_and_many_alike_are_counted():
    rows = "".join(f"lund,GREEN,{1900 + year},x y\n" for year in range(60))
    found = faults(f"city,indicator,year,value\n{rows}nowhere,GREEN,2021,1\n")
    assert len(found) == 52
    assert ("column value", "“x y” is not a number. Other cells with the same error: 10.") in found
    assert found[-2][0] == "row 62, column city"


@pytest.mark.parametrize(
    ("code", "candidate"),
    [("114", "SE_KOMMUN 0114 (Upplands-Vasby)"), ("01281", "SE_KOMMUN 1281 (Lund)")],
)
def test_a_leading_zero_is_a_fault_with_its_candidate(code, candidate):
    head = "city,indicator,year,value\n"
    found = faults(f"{head}{code},GREEN,2021,1\n", scheme="SE_KOMMUN")
    assert candidate in found[0][1]


def test_a_code_of_another_scheme_and_a_name_have_candidates():
    head = "city,indicator,year,value\n"
    assert "SE_KOMMUN 1281 (Lund)" in faults(f"{head}1281,GREEN,2021,1\n")[0][1]
    assert "1286 (Ystad)" in faults(f"{head}Ystad,GREEN,2021,1\n", scheme="SE_KOMMUN")[0][1]
    assert take(f"{head}1281,GREEN,2021,1\n", scheme="SE_KOMMUN").added == 1


def test_missing_words_count_only_where_they_are_said():
    text = "city,indicator,year,value\nlund,GREEN,2021,n/a\nystad,GREEN,2021,..\n"
    assert take(text, missing=("n/a", "..")).added == 2
    assert set(Observation.objects.values_list("value", "status")) == {(None, "M")}


def test_a_comma_that_could_be_either_asks_for_the_choice():
    make_definition("COUNT", "TEST_COUNT", unit="", unit_label="trees", valid_max=None)
    text = "city;indicator;year;value\nlund;COUNT;2021;1,234\n"
    assert (
        "” could mean two different numbers. Choose the decimal mark: comma or point."
        in faults(text)[0][1]
    )
    assert checked(text, decimal=",").figures.value.tolist() == [1.234]


def test_units_are_converted_and_the_conversion_is_kept():
    make_definition("EMIT", "TEST_EMIT", unit="tonne", unit_label="t", valid_max=None)
    text = "city,indicator,year,value,unit,unit_mult,se\nlund,EMIT,2021,2.5,kilogram,3,0.1\n"
    batch = take(text)
    row = Observation.objects.get()
    assert row.value == pytest.approx(2.5)
    assert row.standard_error == pytest.approx(0.1)
    make_definition("HEAT", "TEST_HEAT", unit="degC", unit_label="°C", valid_min=None)
    batch = take("city,indicator,year,value\nlund,HEAT,2021,300\n", unit="kelvin")
    assert Observation.objects.get(series__definition__key="TEST_HEAT").value == pytest.approx(
        26.85
    )
    assert batch.details["conversions"][0]["given"] == "kelvin"


@pytest.mark.parametrize(
    ("unit", "rule"),
    [
        ("tonne", "cannot be converted"),
        ("florps", "” is not a valid unit. Enter a unit such as t/capita/year."),
    ],
)
def test_a_unit_that_cannot_convert_is_a_fault(unit, rule):
    text = f"city,indicator,year,value,unit\nlund,GREEN,2021,1,{unit}\n"
    found = faults(text)
    assert found[0][0] == "row 2, column unit"
    assert rule in found[0][1]


def test_a_unit_that_nobody_names_is_told_as_taken():
    assert checked(LONG).report.units_taken == (("TEST_GREEN", "percent"),)
    assert checked(LONG, unit="% of residents").report.units_taken == ()


def test_flags_mean_what_is_said_of_them():
    text = "city,indicator,year,value,flag\nlund,GREEN,2021,1,x\nystad,GREEN,2021,2,\n"
    assert faults(text)[0] == (
        "row 2, column flag",
        "Enter what the flag x means, for example x=E.",
    )
    take(text, flags="x=U fails a check, r=A/B rounded")
    row = Observation.objects.get(status="U")
    assert (row.value, row.method) == (1.0, "fails a check")


def test_revisions_are_shown_and_need_a_reason():
    take(LONG)
    later = LONG.replace("40.5", "43.5")
    report = look(checked(later))
    assert (report.added, report.revised, report.unchanged) == (0, 1, 1)
    change = report.revisions[0]
    assert (change.city, change.period, change.old, change.new) == ("Lund", "2021", 40.5, 43.5)
    with pytest.raises(InvalidData, match="reason"):
        take(later, at=LATER)
    assert Observation.objects.filter(superseded_at=None, value=40.5).exists()
    assert take(later, at=LATER, reason="recount").revised == 1
    old = Observation.objects.exclude(superseded_at=None).get()
    assert (old.value, old.superseded_at) == (40.5, LATER)


@pytest.mark.parametrize(
    ("header", "where", "rule"),
    [
        ("city,indicator,year,value,boundry", "column boundry", "mean boundary?"),
        ("city,indicator,year,value,value", "column value", "twice"),
        ("city,indicator,year,value,obs_value", "column obs_value", "This duplicates column"),
        (
            "city,indicator,year,value,2021",
            "table",
            "The file has years as columns and also a column year",
        ),
        ("city,indicator,yeer,value,unit", "column yeer", "mean year?"),
    ],
)
def test_columns_that_are_not_understood(header, where, rule):
    found = faults(f"{header}\nlund,GREEN,2021,1,2\n")
    assert found[0][0] == where
    assert rule in found[0][1]


def test_a_column_may_be_left_out_if_that_is_said():
    text = "city,indicator,year,value,opinion\nlund,GREEN,2021,1,good\n"
    assert faults(text)[0][0] == "column opinion"
    assert checked(text, ignore=("opinion",)).report.left_out == ("opinion",)


def test_a_team_brings_figures_of_its_own_city_only():
    lund = CityCode.objects.get(code="1281").city_id
    with pytest.raises(InvalidData) as caught:
        check(read_file(LONG.encode()), Options(**SAID), today=NOW.date(), only_cities={lund})
    assert [one.where for one in caught.value.faults] == ["row 3, column city"]


def test_a_source_is_asked_for():
    with pytest.raises(InvalidData, match="title of the source"):
        check(read_file(LONG.encode()), Options(), today=NOW.date())


def test_options_that_cannot_be_are_named():
    for name, value in (("scheme", "POST"), ("boundary", "moon"), ("decimal", "x")):
        assert faults(LONG, **{name: value})[0][0] == name
    assert faults(LONG, flags="x=?")[0][0] == "flags"
    assert faults(LONG, flags="x=Z")[0][0] == "flags"


def test_sdmx_csv_of_both_versions():
    one = (
        "DATAFLOW,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,FREQ\n"
        "X:Y(1.0),lund,GREEN,2021,40.5,P,PT,A\n"
    )
    two = (
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
        "dataflow,X:Y(1.0),I,lund,GREEN,2021,40.5,A: Normal value\n"
    )
    assert checked(one).figures.status.values() == ["P"]
    assert checked(two).report.format == "SDMX-CSV"
    deleted = two.replace(",I,", ",D,")
    assert faults(deleted)[0][0] == "row 2, column ACTION"
