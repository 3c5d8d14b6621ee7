"""`alliance import …` from cities to figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.config.import_command import import_
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators import services
from alliance.indicators.models import CityCode, Definition, Observation, ObservationBatch
from alliance.indicators.services import restated
from alliance.network.models import City
from tests.factories.indicators import make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path):
    def call(command: str, text: str, *said: str, name: str = "file.csv") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(import_, [command, str(path), *said])
        if result.exception is not None:
            raise result.exception
        return result.output

    return call


CITIES = (
    "city_id,name,country,country_iso2,lat,lon,population_municipality_2023,koppen,se_kommun_code\n"
    "gn1,Lund,Sweden,SE,55.7,13.2,130288,Cfb,1281\n"
    "gn2,Umeå,Sweden,SE,63.8,20.3,132235,Dfc,2480\n"
)
NAMED = (
    "--publisher", "Test office", "--method-class", "register", "--population", "residents",
)  # fmt: skip
INDICATORS = (
    "indicator_code,name,unit,direction,sdg_target,source,note\n"
    "BIKE,Bicycle paths,m per inhabitant,higher,11.2,Test office,metres\n"
    "FOREST,Forest,% of land,higher,15.1,Test office,\n"
)


def test_cities_codes_indicators_and_figures(run):
    known = make_city("lund", name="Lund", population=1)
    CityCode.objects.create(city=known, scheme="SE_KOMMUN", code="1281")
    assert "1 new cities, 1 known cities" in run("cities", CITIES)
    known.refresh_from_db()
    assert known.population == 1, "what is recorded of a city stays"
    umea = City.objects.get(public_id="gn2")
    assert (umea.population, umea.population_year, umea.admin_code) == (132_235, 2023, "2480")
    assert "0 new cities, 2 known" in run("cities", CITIES)
    codes = "scheme,code,city_id,match\nURAU2021,SE008C,gn2,name\nLOCODE,SE UME,gn2,name\n"
    assert "2 new codes" in run("city-codes", codes)
    assert "0 new codes, 2 known codes" in run("city-codes", codes)
    assert "2 new indicators" in run("indicators", INDICATORS)
    forest = Definition.objects.get(key="FOREST").versions.get()
    assert (forest.unit, forest.unit_label, forest.sdg_targets) == (
        "percent", "% of land", ["15.1"],
    )  # fmt: skip
    figures = "city,indicator,2020,2021\nSE008C,BIKE,3.5,\nSE008C,FOREST,40,41\n"
    said = ("--scheme", "URAU2021", "--source-title", "Test office", *NAMED)
    told = run("observations", figures, *said, "--dry-run")
    assert "3 new, 0 revised, 0 the same" in told and "nothing was written" in told
    assert not Observation.objects.exists()
    assert "file.csv: 3 new, 0 revised" in run("observations", figures, *said)
    batch = ObservationBatch.objects.get()
    assert (batch.kind, batch.made_by_label, len(batch.file_digest)) == (
        "command", "command line", 64,
    )  # fmt: skip
    assert "0 new, 0 revised, 3 the same" in run("observations", figures, *said)


@pytest.mark.parametrize(
    ("command", "text", "where"),
    [
        ("cities", "city_id,name\ngn1,Lund\n", "column country"),
        ("cities", "city_id,name,country\ngn1,Lund,SE\ngn1,Ystad,SE\n", "row 3, column city_id"),
        ("cities", "city_id,name,country,lat\ngn1,Lund,SE,abc\n", "row 2, column latitude"),
        ("cities", "city_id,name,country,lat\ngn1,Lund,SE,95\n", "latitude"),
        ("city-codes", "scheme,code,city_id\nPOST,1,gn1\n", "row 2, column scheme"),
        ("city-codes", "scheme,code,city_id\nWHO,1,gn1\n", "row 2, column city_id"),
        ("indicators", INDICATORS.replace("higher", "up"), "row 2, column direction"),
        ("indicators", INDICATORS.replace("Test office", ""), "row 2, column source"),
    ],
)
def test_faults_of_the_small_tables_name_their_cells(run, command, text, where):
    with pytest.raises(InvalidData) as caught:
        run(command, text)
    assert where in str(caught.value)
    assert not City.objects.exists() and not Definition.objects.exists()


def test_a_percentage_without_ends_is_taken_in_with_a_warning(run):
    told = run("indicators", INDICATORS)
    assert "warning: row 3: FOREST is a percentage without valid_min and valid_max" in told
    assert told.count("warning") == 1
    with_ends = "indicator_code,name,unit,direction,source,valid_min,valid_max\n"
    assert "warning" not in run(
        "indicators", with_ends + "SOIL,Soil,% of land,lower,Office,0,100\n"
    )


def test_codes_that_stand_for_another_city_are_a_fault(run):
    run("cities", CITIES)
    with pytest.raises(InvalidData, match="another city"):
        run("city-codes", "scheme,code,city_id\nSE_KOMMUN,1281,gn2\n")
    with pytest.raises(InvalidData, match="different cities"):
        run("cities", "city_id,name,country,se_kommun_code\ngn1,Lund,SE,2480\n")


def test_a_definition_that_says_something_else_is_a_fault(run):
    run("indicators", INDICATORS)
    assert "2 known indicators" in run("indicators", INDICATORS)
    with pytest.raises(InvalidData, match=r"Enter a reason for changing the definition."):
        run("indicators", INDICATORS.replace("metres", "kilometres"))


def test_of_several_files_all_are_taken_in_or_none(run, tmp_path):
    run("cities", CITIES)
    run("indicators", INDICATORS)
    good = tmp_path / "good.csv"
    good.write_text("city,indicator,year,value\ngn1,BIKE,2020,1\n")
    with pytest.raises(InvalidData) as caught:
        run(
            "observations", "city,indicator,year,value\ngn1,BIKE,2020,x\n", str(good),
            "--source-title", "T", *NAMED, name="bad.csv",
        )  # fmt: skip
    assert str(caught.value).startswith("bad.csv: row 2, column value")
    assert not Observation.objects.exists()


def test_with_a_reason_a_definition_that_says_something_else_is_a_new_version(run):
    run("indicators", INDICATORS)
    bike = Definition.objects.get(key="BIKE")
    told = restated(bike.versions.get(), text_fr="Pistes", decimals=3)
    services.save_version(
        bike.indicator, "BIKE", told,
        actor=COMMAND_LINE, at=clock.now(), reason="French",
    )  # fmt: skip
    changed = INDICATORS.replace("metres", "kilometres")
    with pytest.raises(InvalidData, match="row 2, column reason"):
        run("indicators", changed)
    said = ("--reason", "The publisher counts anew")
    assert "1 new versions (nothing was written)" in run("indicators", changed, *said, "--dry-run")
    assert bike.versions.count() == 2
    assert "1 new versions" in run("indicators", changed, *said)
    latest = bike.versions.get(number=3)
    assert (latest.notes, latest.reason) == ("kilometres", "The publisher counts anew")
    assert (latest.text_fr, latest.decimals) == ("Pistes", 3), "no column, so it stays"
    assert not latest.breaks_comparison
    assert Definition.objects.get(key="FOREST").versions.count() == 1
    assert "new versions" not in run("indicators", changed, *said), "a second time changes nothing"


def test_a_reason_that_is_too_long_is_told_and_nothing_is_written(run):
    run("indicators", INDICATORS)
    with pytest.raises(InvalidData, match="column reason"):
        run("indicators", INDICATORS.replace("metres", "km"), "--reason", "x" * 401)
    assert Definition.objects.get(key="BIKE").versions.count() == 1


def test_figures_without_publisher_kind_and_population_are_refused(run):
    run("cities", CITIES)
    run("indicators", INDICATORS)
    with pytest.raises(InvalidData) as caught:
        run("observations", "city,indicator,year,value\ngn1,BIKE,2020,1\n", "--source-title", "T")
    assert [fault.code for fault in caught.value.faults] == ["missing"] * 3
    assert not Observation.objects.exists()
