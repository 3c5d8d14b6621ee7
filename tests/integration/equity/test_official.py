"""DeSO and IRIS areas from files in the forms of SCB, IGN and Insee. All figures are made up."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from alliance.core.audit import Actor
from alliance.core.errors import InvalidData
from alliance.equity.models import AreaSet
from alliance.equity.services.official import load_areas, recipes
from alliance.indicators.connectors.asking import Asker, PublisherSilent
from alliance.indicators.models import CityCode
from alliance.network.outside import Answer, Unreachable
from tests.factories.area_files import geopackage, moved, zipped_shapefile
from tests.factories.equity import feature, square
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, team

pytestmark = pytest.mark.django_db
SECRETARY = Actor("test", roles=frozenset({"secretariat"}), is_system=True)
#: Three areas of the municipality, one of its neighbour.
DESO = ["2480A0010", "2480A0020", "2480C1030", "2401A0010"]
AGES = ["totalt", "65-69", "70-74", "75-79", "80-"]
IRIS = ["380010101", "380010102", "380020000"]


@pytest.fixture
def umea() -> Any:
    lay_ground()
    found = team("umea")
    CityCode.objects.get_or_create(city=found.city, scheme="SE_KOMMUN", code="2480")
    CityCode.objects.get_or_create(city=found.city, scheme="INSEE", code="38001")
    return found


def cells(codes: list[str]) -> list[Any]:
    return [feature(code, square(at, 0)) for at, code in enumerate(codes)]


def lines(*rows: list[Any], by: str = ",") -> str:
    return "".join(by.join(map(str, row)) + "\r\n" for row in rows)


def people_of_scb() -> str:
    """As PxWeb saves a table as CSV: labels, one column for each year."""
    rows = [
        [f'"{code}"', f'"{age if age == "totalt" else age + " år"}"', '"totalt"', 1, n]
        # The areas of 2018 stand beside those of 2025, and have figures of their own.
        for code in (f"{one}{end}" for one in DESO for end in ("", "_DeSO2025"))
        for age, n in zip(AGES, [1_500, 60, 70, 80, 90] if "_" in code else [9] * 5, strict=True)
    ]
    head = ['"region"', '"ålder"', '"kön"', '"Folkmängd 2023"', '"Folkmängd 2024"']
    return lines(head, *rows)


@pytest.fixture
def of_scb(tmp_path: Path) -> Path:
    (tmp_path / "DeSO_2025.gpkg").write_bytes(geopackage(3006, moved(3006, cells(DESO))))
    (tmp_path / "FolkmDesoAldKon.csv").write_text(people_of_scb(), encoding="cp1252")
    income = [[f'"{code}_DeSO2025"', 270, 280 + at] for at, code in enumerate(DESO)]
    income[1][2] = '".."'
    head = [f'"Medianvärde, tkr {year}"' for year in (2023, 2024)]
    table = lines(['"region"', *head], *income)
    (tmp_path / "Tab3InkDesoRegso.csv").write_text(table, encoding="utf-8-sig")
    return tmp_path


def load(kind: str, organisation: Any, folder: Path | None, **more: Any) -> AreaSet:
    given: dict[str, Any] = {"asker": Asker("test"), "actor": SECRETARY, "at": NOW} | more
    return load_areas(kind, organisation, folder=folder, **given)


def figures_of(made: AreaSet) -> dict[str, list[float | None]]:
    return {one.name: one.values for one in (*made.groups.all(), *made.exposures.all())}


def test_deso_areas_of_the_municipality_come_with_people_and_income(umea, of_scb) -> None:
    made = load("deso", umea, of_scb)
    assert list(made.areas.values_list("code", flat=True)) == DESO[:3] and made.crs == 3006
    assert figures_of(made) == {
        "Population": [1_500.0] * 3,
        "65+": [300.0] * 3,
        "Median income": [280.0, None, 282.0],
    }
    assert {one.year for one in made.groups.all()} == {2024} and made.measured_at is not None
    # A second time the same figures are read into the areas that are there.
    again = load("deso", umea, of_scb)
    assert again == made and AreaSet.objects.count() == 1


def test_iris_areas_come_from_a_shapefile_and_the_tables_of_insee(umea, tmp_path) -> None:
    rows = moved(2154, cells(IRIS))
    (tmp_path / "CONTOURS-IRIS.zip").write_bytes(zipped_shapefile(2154, rows))
    table = lines(
        ["IRIS", "COM", "P21_POP", "P21_POP65P"],
        *([code, code[:5], "1200.25", "210.5"] for code in IRIS),
        by=";",
    )
    # As a sheet of Insee is saved: lines about itself first.
    about = lines(["Population"] + [""] * 3, ["Mise en ligne"] + [""] * 3, by=";")
    (tmp_path / "base-ic-evol-struct-pop-2021.csv").write_text(about + table)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        text = lines(["IRIS", "DISP_MED21"], [IRIS[0], "23450"], [IRIS[1], "ns"], by=";")
        archive.writestr("BASE_TD_FILO_IRIS_2021_DISP.csv", text)
        archive.writestr("meta_BASE_TD_FILO_IRIS_2021_DISP.csv", "COD_VAR;LIB_VAR")
    (tmp_path / "BASE_TD_FILO_IRIS_2021_DISP_CSV.zip").write_bytes(packed.getvalue())
    made = load("iris", umea, tmp_path)
    assert list(made.areas.values_list("code", flat=True)) == IRIS[:2]
    assert figures_of(made) == {
        "Population": [1200.25] * 2,
        "65+": [210.5] * 2,
        "Median income": [23450.0, None],
    }


def test_over_the_network_the_publisher_is_asked_for_these_areas(umea) -> None:
    asked: list[Any] = []

    def answer(method: str, url: str, *, content: bytes | None = None, **_more: Any) -> Answer:
        if content is None:
            return Answer(url, 200, {}, geopackage(3006, moved(3006, cells(DESO))))
        query = {one["code"]: one["selection"]["values"] for one in json.loads(content)["query"]}
        asked.append(query)
        ages = query.get("Alder", ["x"])
        dimensions = {
            "Region": query["Region"],
            "Alder": ages,
            "ContentsCode": query["ContentsCode"],
            "Tid": query["Tid"],
        }
        cube = {
            "class": "dataset",
            "version": "2.0",
            "id": list(dimensions),
            "size": [len(values) for values in dimensions.values()],
            "role": {"geo": ["Region"], "time": ["Tid"], "metric": ["ContentsCode"]},
            "dimension": {
                name: {"category": {"index": values}} for name, values in dimensions.items()
            },
            "value": [1_500 if one == "totalt" else 50 for _area in DESO[:3] for one in ages],
        }
        return Answer(url, 200, {}, json.dumps(cube).encode())

    made = load("deso", umea, None, asker=Asker("SCB", ask=answer))
    assert [one["Region"] for one in asked] == [[f"{one}_DeSO2025" for one in DESO[:3]]] * 2
    assert figures_of(made)["65+"] == [200.0] * 3


def test_nothing_is_kept_without_network_file_or_column(umea, of_scb, tmp_path) -> None:
    def silent(*_args: Any, **_more: Any) -> Answer:
        raise Unreachable("no network", is_network=True)

    with pytest.raises(PublisherSilent):
        load("deso", umea, None, asker=Asker("SCB", ask=silent, sleep=lambda seconds: None))
    (of_scb / "FolkmDesoAldKon.csv").write_text(people_of_scb().replace("65-69", "65-66"))
    with pytest.raises(InvalidData) as refused:
        load("deso", umea, of_scb)
    # The sum of ages lacks a part in every area.
    assert {fault.code for fault in refused.value.faults} <= {"figures-empty", "figures-nobody"}
    empty = tmp_path / "none"
    empty.mkdir()
    with pytest.raises(InvalidData) as refused:
        load("deso", umea, empty)
    assert [fault.code for fault in refused.value.faults] == ["official-no-file"]
    assert not AreaSet.objects.exists()


def test_each_recipe_says_whose_files_it_reads() -> None:
    for recipe in recipes().values():
        assert recipe["about"]["licence"] and recipe["areas"]["address"].startswith("https://")
        for table in recipe["tables"]:
            assert table["source"] and table["year"] and ("dataset" in table or table["address"])
