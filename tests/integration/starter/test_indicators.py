"""Indicators of a starter folder: errors, sources, scope, targets, siblings; faults by place."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from alliance.core.audit import STARTER
from alliance.core.errors import InvalidData
from alliance.indicators.enums import CodeScheme
from alliance.indicators.models import (
    CityCode,
    Definition,
    DefinitionVersion,
    Indicator,
    Observation,
    Recipe,
    Sibling,
    Target,
)
from alliance.indicators.selectors.profile import city_profile
from alliance.indicators.services.targets import end_target
from alliance.indicators.targets import by_definition, target_of
from alliance.network.models import City
from alliance.starter.load import load_starter

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)

TABLES = {
    "starter-cities.csv": [
        "city,country,lat,lon,population,population_year,area_km2,koppen,member,admin_code,"
        "name_fr,name_sv,not_seen,urau_code",
        "Umeå,SE,63.8,20.3,,,,,true,2480,,,,SE005C",
        "Grenoble,FR,45.2,5.7,,,,,true,38185,,,,",
    ],
    "starter-indicators.csv": [
        "code,name,name_fr,name_sv,unit,direction,sdg_target,definition,definition_id,pillar,"
        "publisher,licence,scope,method,grade,denominator,dataset,table_id,dataset_url",
        "CO2,Emissions,,,t,lower,13.2,All sectors.,SE_CO2,,SMHI,CC0,SE,inventory,C,,Database,,",
        "SAFE,Safety,,,%,higher,,Survey.,EU_SAFE,,Eurostat,CC0,EU,survey,survey,residents,,,",
    ],
    "starter-observations.csv": [
        "city,country,indicator,definition_id,year,value,flag,boundary,source,standard_error,"
        "quality,error_basis,n,boundary_detail",
        "Umeå,SE,CO2,SE_CO2,2020,7.5,,municipality,smhi,,C,grade,,",
        "Grenoble,FR,SAFE,EU_SAFE,2023,81,,commune,urb,1.75,,\"survey, n assumed\",500,centre",
    ],
    "sources.csv": [
        "source,title,url,seen_in",
        "smhi,SMHI,https://smhi.se/,copy@1",
        "urb,Eurostat,,copy@2 | https://example.org/copy",
    ],
    "targets.csv": [
        "indicator,definition_id,city,country,kind,target,target_year,unit,baseline_year,"
        "baseline_value,computed,rule,basis,basis_fr,basis_sv,binding_on,source_title,source_url,"
        "in_series",
        "CO2,SE_CO2,Umeå,SE,plan,2.5,2030,t,2010,9.1,yes,half,Plan,,,Umeå,Umeå,,yes",
        "CO2,SE_CO2,,SE,law,net zero,2045,t,,,no,,Law,,,,,,yes",
        "CO2,,Grenoble,FR,plan,-50,2030,% against 2005,,,no,,Plan,,,,,,no",
        "NO2,,,,law,20,2030,µg,,,no,,Law,,,,,,no",
    ],
    "siblings.csv": [
        "code,left_definition,right_code,right_definition,verdict,clause,what_differs,advice",
        "CO2,SE_CO2,CO2,,not comparable,none,No French figures.,Leave it empty.",
        "SAFE*,EU survey,SAFE*,EU survey,with care,language,Answers shift.,",
        "NO2,X,NO2,Y,comparable,,Same.,",
    ],
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for name, lines in TABLES.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def load(folder: Path, at: dt.datetime = AT, **options: object) -> dict[str, Counter[str]]:
    return load_starter(folder, at=at, **options).counts  # type: ignore[arg-type]


def test_figures_come_with_their_error_their_kind_of_source_and_one_source(small):
    told: list[int] = []
    counts = load(small, counted=told.append)
    assert counts["figures"]["created"] == sum(told) == 2
    emissions, safety = Observation.objects.select_related("source").order_by("year")
    assert (emissions.standard_error, emissions.quality, emissions.method) == (None, "C", "")
    assert (safety.standard_error, safety.method) == (1.75, "centre; n = 500, assumed")
    assert emissions.source and safety.source
    assert (emissions.source.title, emissions.source.url) == (
        "SMHI (read in copy@1)", "https://smhi.se/",
    )  # fmt: skip
    assert safety.source.url == "https://example.org/copy", "where no other address is known"
    first, second = DefinitionVersion.objects.order_by("definition__key")
    assert (first.definition.key, first.scope, first.method_class, first.grade) == (
        "EU_SAFE", "EU", "survey", "",
    )  # fmt: skip
    assert (second.scope, second.method_class, second.grade) == ("SE", "inventory", "C")


def test_cities_are_known_by_the_codes_that_publishers_have_for_them(small):
    load(small)
    codes = CityCode.objects.exclude(scheme=CodeScheme.ALLIANCE).values_list("scheme", "code")
    assert set(codes) == {("SE_KOMMUN", "2480"), ("URAU2021", "SE005C"), ("INSEE", "38185")}


def test_targets_and_siblings_are_rows_and_what_has_no_indicator_is_counted(small):
    counts = load(small)
    assert counts["targets"] == {"created": 3, "left out": 1}
    assert counts["siblings"] == {"created": 2, "left out": 1}
    own, words, other = Target.objects.order_by("pk")
    assert (own.value, own.year, own.kind, own.baseline, own.is_computed) == (
        2.5, 2030, "plan", "9.1", True,
    )  # fmt: skip
    assert (words.value, words.words, words.country) == (None, "net zero", "SE")
    assert (other.definition, other.unit_label) == (None, "% against 2005")
    assert set(Sibling.objects.values_list("left__key", "right__key", "verdict")) == {
        ("SE_CO2", None, "not-comparable"), ("EU_SAFE", "EU_SAFE", "with-care"),
    }  # fmt: skip


def test_a_second_load_changes_nothing_and_leaves_what_people_ended(small):
    load(small)
    end_target(Target.objects.get(kind="law"), actor=STARTER, at=AT + dt.timedelta(hours=1))
    again = load(small, AT + dt.timedelta(days=1))
    assert not any(counter["created"] + counter["updated"] for counter in again.values())
    assert again["targets"] == {"unchanged": 2, "kept as edited": 1, "left out": 1}
    assert Observation.objects.count() == 2


def test_an_indicator_that_nobody_has_figures_of_is_no_gap_of_a_city(small):
    lines = TABLES["starter-observations.csv"][:2]
    (small / "starter-observations.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    load(small)
    assert Indicator.objects.count() == 2
    page = city_profile(City.objects.get(public_id="grenoble"), "en")
    assert page["n_indicators"] == 1
    (section,) = page["sections"]
    assert [row.indicator.code for row in section.rows] == ["CO2"]


@pytest.mark.parametrize(
    ("file", "row", "old", "new", "where", "rule"),
    [
        ("starter-observations.csv", 2, ",smhi,", ",smhl,", "row 2, column source", "sources.csv"),
        ("starter-observations.csv", 3, "1.75", "-1", "row 3, column standard_error", "0 or more"),
        ("starter-observations.csv", 3, "1.75", "x", "row 3, column standard_error", "x"),
        ("starter-observations.csv", 2, ",C,grade", ",D,grade", "row 2, column quality", "A, B"),
        ("starter-observations.csv", 2, "2020", "2027", "row 2, column period", "not started"),
        ("starter-observations.csv", 2, "7.5", "", "row 2, column value", ""),
        (
            "starter-observations.csv", 2, "Umeå,SE", "Grenoble,FR",
            "row 2, column country", "applies only to cities in SE",
        ),
        ("starter-observations.csv", 2, "Umeå,SE", "Umeå,FR", "row 2, column country", "SE"),
        ("starter-indicators.csv", 2, "inventory,C", "guess,C", "row 2, column method", "guess"),
        ("starter-indicators.csv", 2, "inventory,C", "model,E", "row 2, column grade", "A, B"),
        ("sources.csv", 3, "urb,", "smhi,", "row 3, column source", "smhi"),
        ("targets.csv", 2, "plan,2.5", "wish,2.5", "row 2, column kind", "wish"),
        ("targets.csv", 2, "2030", "soon", "row 2, column target_year", "soon"),
        ("targets.csv", 2, ",yes\n", ",maybe\n", "row 2, column in_series", "maybe"),
        ("targets.csv", 2, "SE_CO2", "SE_CO3", "row 2, column definition_id", "CO2/SE_CO3"),
        ("targets.csv", 2, "Umeå,SE,plan", "Ume,SE,plan", "row 2, column city", "Ume"),
        ("siblings.csv", 2, "not comparable", "never", "row 2, column verdict", "never"),
        ("siblings.csv", 2, "SE_CO2", "SE_CO3", "row 2, column left_definition", "SE_CO3"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_row_and_column_and_nothing_is_written(
    small, file, row, old, new, where, rule
):
    lines = (small / file).read_text(encoding="utf-8").splitlines(keepends=True)
    assert old in lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(old, new, 1)
    (small / file).write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        load(small)
    places = {fault.where: fault.rule for fault in caught.value.faults}
    assert f"{file}, {where}" in places
    assert rule in places[f"{file}, {where}"]
    assert not Definition.objects.exists()
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("file", "content", "where", "rule"),
    [
        ("indicator-groups.json", b"[", "", "JSON"),
        ("indicator-groups.json", b'[{"code": "air"}]', ", row 1", "name"),
        ("indicator-measures.json", b'[{"measure": "noise"}]', ", row 1", "indicator"),
        ("indicator-notes.json", b'{"CO2/SE_CO2": []}', ", CO2/SE_CO2", "object"),
        ("recipes.json", b'[{"indicator": "CO2"}]', ", row 1", "query"),
        (
            "recipes.json",
            b'[{"indicator": "CO2", "definition": "SE_CO2", "publisher": "kolada", "query":'
            b' {"dataset": "N1", "years": 1}}]',
            ", row 1, query.years",
            "",
        ),
        ("targets.csv", b"indicator\n\xff\n", "", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_written(
    small, file, content, where, rule
):
    (small / file).write_bytes(content)
    with pytest.raises(InvalidData) as caught:
        load(small)
    places = {fault.where: fault.rule for fault in caught.value.faults}
    assert rule in places[f"{file}{where}"]
    assert not Definition.objects.exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("targets.csv", "plan,2.5", "plan,3.5", "CO2/SE_CO2/umea/plan/2030"),
        ("siblings.csv", "not comparable", "with care", "CO2/SE_CO2"),
    ],
)
def test_what_two_rows_say_otherwise_is_a_fault_of_the_second(small, file, old, new, rule):
    lines = (small / file).read_text(encoding="utf-8").splitlines(keepends=True)
    (small / file).write_text("".join([*lines, lines[1].replace(old, new)]), encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        load(small)
    (fault,) = caught.value.faults
    assert fault.where == f"{file}, row {len(lines) + 1}"
    assert rule in fault.rule
    assert "2" in fault.rule
    assert not Definition.objects.exists()


def test_a_row_that_ends_early_has_faults_and_no_figure(small):
    with (small / "starter-observations.csv").open("a", encoding="utf-8") as file:
        file.write("Umeå,SE,CO2\n")
    with pytest.raises(InvalidData) as caught:
        load(small)
    places = {fault.where for fault in caught.value.faults}
    assert "starter-observations.csv, row 4, column definition_id" in places


def test_what_a_recipe_says_no_longer_is_taken_back(small):
    told = {"indicator": "CO2", "definition": "SE_CO2", "publisher": "kolada",
            "query": {"dataset": "N1"}}  # fmt: skip
    path = small / "recipes.json"
    for more, count in (({"factor": 0.001}, "created"), ({}, "updated"), ({}, "unchanged")):
        path.write_text(json.dumps([told | more]), encoding="utf-8")
        assert load(small)["recipes"] == {count: 1}
        assert Recipe.objects.get().factor == more.get("factor", 1.0)


@pytest.mark.reference
def test_the_second_set_of_indicators_loads_whole_and_once(shared_indicators, starter):
    with (shared_indicators / "starter-observations.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    counts = load(shared_indicators, AT + dt.timedelta(days=1))
    assert (len(rows), Indicator.objects.count()) == (10_262, 63)
    # The set that ships has other sources for some of these rows.
    assert sum(counts["figures"].values()) == len(rows)
    assert counts["figures"]["updated"] == 522
    assert Observation.objects.filter(superseded_at=None).count() == 10_286
    assert not Observation.objects.filter(standard_error=None, quality="").exists()
    again = load(shared_indicators, AT + dt.timedelta(days=2))
    assert not any(counter["created"] + counter["updated"] for counter in again.values())
    held = {
        name: target_of(
            by_definition(None)[
                Definition.objects.get(key="SE_SMHI_SCB_GHG_TRANSPORT_PC_V2026").pk
            ],
            City.objects.get(public_id=name),
        )
        for name in ("goteborg", "umea")
    }
    assert {name: one and (one.kind, one.value) for name, one in held.items()} == {
        "goteborg": ("plan", 0.137), "umea": ("yardstick", 0.541),
    }  # fmt: skip


def test_what_comes_after_the_common_set_was_chosen_is_not_of_it(small):
    from alliance.core.audit import COMMAND_LINE
    from alliance.indicators.services import choose_common_set

    load(small)
    choose_common_set(["CO2"], actor=COMMAND_LINE, at=AT)
    table = small / "starter-indicators.csv"
    new = "TREES,Trees,,,%,higher,,Trees.,SE_TREES,,Lund,CC0,SE,register,C,,,,\n"
    table.write_text(table.read_text(encoding="utf-8") + new, encoding="utf-8")
    load(small, AT + dt.timedelta(days=1))
    assert dict(Indicator.objects.values_list("code", "is_common")) == {
        "CO2": True, "SAFE": False, "TREES": False,
    }  # fmt: skip


def test_figures_of_groups_that_people_bring_leave_those_of_everybody_to_the_starter(small):
    from tests.factories.indicators import record

    load(small)
    umea = City.objects.get(public_id="umea")
    definition = Definition.objects.get(key="SE_CO2")
    record(umea, definition, {"2020": 3.0}, sex="F", at=AT + dt.timedelta(hours=1))
    table = small / "starter-observations.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("7.5", "7.7"), encoding="utf-8")
    assert load(small, AT + dt.timedelta(days=1))["figures"]["updated"] == 1
    known = Observation.objects.filter(superseded_at=None, series__definition=definition)
    assert dict(known.values_list("series__sex", "value")) == {"_T": 7.7, "F": 3.0}
