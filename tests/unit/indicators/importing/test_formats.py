"""Workbooks, JSON-stat and SDMX-ML: the same table whatever it came in."""

from __future__ import annotations

import datetime as dt
import io
import json
import tracemalloc
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook

from alliance.core import archives
from alliance.core.errors import InvalidData
from alliance.core.files.rows import Limits, TooMuch
from alliance.indicators.importing import csv_columns, sdmx_ml
from alliance.indicators.importing.reading import read_file
from tests.factories.workbooks import wide_workbook


def workbook(*rows: list[object], title: str = "Sheet") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def dataset(**changes: object) -> dict[str, object]:
    return {
        "version": "2.0",
        "class": "dataset",
        "id": ["geo", "time", "contents", "unit2"],
        "size": [2, 2, 1, 1],
        "role": {"geo": ["geo"], "time": ["time"], "metric": ["contents"]},
        "dimension": {
            "geo": {"category": {"index": {"ystad": 1, "lund": 0}}},
            "time": {"category": {"index": ["2020", "2021"]}},
            "contents": {"category": {"index": ["GREEN"], "unit": {"GREEN": {"symbol": "%"}}}},
            "unit2": {"category": {"label": {"x": "whatever"}}},
        },
        "value": [1, 2.5, None, 4],
        "status": {"3": "P"},
        **changes,
    }


def rows_of(table) -> list[tuple[object, ...]]:
    return list(zip(*(column.values() for column in table.columns), strict=True))


def test_a_workbook_keeps_numbers_and_dates():
    table = read_file(
        workbook(["city", "year", "value"], ["lund", 2021, 1.5], [None, None, None],
                 ["0114", dt.datetime(2021, 6, 1), "n/a"], title="Kommuner")
    )  # fmt: skip
    assert (table.sheet, table.rows.tolist()) == ("Kommuner", [2, 4])
    assert rows_of(table) == [
        ("lund", 2021, 1.5),
        ("0114", dt.datetime(2021, 6, 1), "n/a"),
    ]


def test_a_formula_without_a_result_is_named_by_its_cell():
    with pytest.raises(InvalidData) as caught:
        read_file(workbook(["city", "value"], ["lund", "=1+1"]))
    assert caught.value.faults[0].where == "Sheet, row 2, column value"


def test_a_workbook_that_unpacks_to_far_more_is_refused(monkeypatch):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    assert len(file.getvalue()) < 100_000
    with pytest.raises(InvalidData, match="far too large when unpacked"):
        read_file(file.getvalue())
    assert archives.MOST_RATIO == 200


def test_a_workbook_that_unfolds_while_it_is_read_is_refused():
    with pytest.raises(InvalidData, match="more than 2000 columns"):
        read_file(wide_workbook())


def test_rows_beyond_the_header_are_named_and_reading_ends():
    rows = [["lund", 1, None, n] for n in range(200)]
    with pytest.raises(InvalidData) as caught:
        read_file(workbook(["city", "value"], *rows))
    assert str(caught.value.faults[0]) == "Sheet, row 2: The row has more cells than the header."
    assert len(caught.value.faults) < 60


def test_another_archive_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("figures.csv", "a,b")
    with pytest.raises(InvalidData, match="not an Excel workbook"):
        read_file(file.getvalue())
    with pytest.raises(InvalidData, match="damaged"):
        read_file(file.getvalue()[:-30])


def test_json_stat():
    table = read_file(json.dumps(dataset()).encode())
    assert table.names == ("city", "period", "indicator", "unit", "value", "status")
    assert rows_of(table) == [
        ("lund", "2020", "GREEN", "%", 1, ""),
        ("lund", "2021", "GREEN", "%", 2.5, ""),
        ("ystad", "2020", "GREEN", "%", None, "M"),
        ("ystad", "2021", "GREEN", "%", 4, "P"),
    ]


def test_json_stat_with_few_values():
    table = read_file(json.dumps(dataset(value={"3": 4}, status=None)).encode())
    assert rows_of(table) == [("ystad", "2021", "GREEN", "%", 4, "")]


def test_json_stat_keeps_the_cells_that_it_says_something_of():
    table = read_file(json.dumps(dataset(value={"3": 4, "0": None}, status="E")).encode())
    assert rows_of(table) == [("ystad", "2021", "GREEN", "%", 4, "E")]
    table = read_file(json.dumps(dataset(value={"3": 4}, status={"1": "M"})).encode())
    assert [row[-2:] for row in rows_of(table)] == [(None, "M"), (4, "")]


def test_a_small_json_stat_of_millions_of_empty_cells_takes_little():
    ten = {"category": {"index": [str(n) for n in range(10)]}}
    ids = [f"d{n}" for n in range(6)]
    cube = dataset(
        id=ids, size=[10] * 6, role={}, value={}, status="M", dimension=dict.fromkeys(ids, ten)
    )
    tracemalloc.start()
    with pytest.raises(InvalidData, match="has no rows"):
        read_file(json.dumps(cube).encode())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


def test_a_few_cells_of_a_cube_of_millions_are_read():
    hundred = {"category": {"index": [str(n) for n in range(100)]}}
    ids = [f"d{n}" for n in range(9)]
    cube = dataset(
        id=ids, size=[100] * 9, role={}, value={str(10**18 - 1): 4}, status=None,
        dimension=dict.fromkeys(ids, hundred),
    )  # fmt: skip
    assert rows_of(read_file(json.dumps(cube).encode())) == [(*["99"] * 9, 4, "")]
    cube |= {
        "id": [*ids, "d9"],
        "size": [100] * 10,
        "dimension": dict.fromkeys([*ids, "d9"], hundred),
    }
    with pytest.raises(InvalidData) as caught:
        read_file(json.dumps(cube).encode())
    assert [fault.where for fault in caught.value.faults] == ["size"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"size": [2, 2]}, "size"),
        ({"size": [2, 3, 1, 1]}, "dimension.time"),
        ({"value": [1, 2]}, "value"),
        ({"value": {"9": 1}}, "value.9"),
        ({"value": 3}, "value"),
        ({"dimension": {}}, "dimension.geo"),
        ({"class": "collection"}, "file"),
        ({"role": ["geo"]}, "file"),
        ({"value": [[1], 2, 3, 4]}, "file"),
        ({"status": 3}, "status"),
    ],
)
def test_json_stat_that_does_not_fit_is_told_by_its_path(changes, where):
    with pytest.raises(InvalidData) as caught:
        read_file(json.dumps(dataset(**changes)).encode())
    assert caught.value.faults[0].where == where


HEAD = {
    "2.1": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1",
    "3.0": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0",
}


def message(version: str, action: str = "Information") -> bytes:
    base = HEAD[version]
    structure = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=ALL:X(1.0)"
    ref = (
        f"<com:Structure>{structure}</com:Structure>"
        if version == "3.0"
        else '<com:Structure><Ref agencyID="ALL" id="X" version="1.0" class="DataStructure"/>'
        "</com:Structure>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<mes:StructureSpecificData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:mes="{base}/message" xmlns:ss="{base}/data/structurespecific" xmlns:com="{base}/common"
 xmlns:ns1="{structure}:ObsLevelDim:TIME_PERIOD">
<mes:Header><mes:ID>x</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2026-11-25T16:01:52Z</mes:Prepared>
<mes:Sender id="ZZZ"/><mes:Structure structureID="X" namespace="{structure}"
 dimensionAtObservation="TIME_PERIOD">{ref}</mes:Structure></mes:Header>
<mes:DataSet ss:structureRef="X" xsi:type="ns1:DataSetType" ss:dataScope="X" action="{action}">
<Series REF_AREA="lund" INDICATOR="GREEN"><Obs TIME_PERIOD="2020" OBS_VALUE="1.5"/>
<Obs TIME_PERIOD="2021"/></Series></mes:DataSet></mes:StructureSpecificData>""".encode()


def test_sdmx_ml_that_takes_more_than_its_size_allows_is_refused(monkeypatch):
    monkeypatch.setattr(sdmx_ml, "LIMITS", replace(sdmx_ml.LIMITS, memory=30_000_000))
    many = b"".join(b'<Obs TIME_PERIOD="%d" OBS_VALUE="1"/>' % n for n in range(60_000))
    with pytest.raises(InvalidData, match="more than 30 MB of memory"):
        read_file(message("2.1").replace(b"</Series>", many + b"</Series>"))


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_sdmx_ml(version):
    table = read_file(message(version))
    assert table.column("REF_AREA").values() == ["lund", "lund"]
    assert table.column("OBS_VALUE").values() == ["1.5", ""]
    assert table.column("OBS_STATUS").values() == ["", "M"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b"<html><body>Not found</body></html>", "This is not an SDMX-ML data message:"),
        (message("2.1", "Delete"), "delete"),
        (message("2.1")[:-60], "This is not an SDMX-ML data message:"),
    ],
)
def test_what_is_no_sdmx_ml_is_refused(content, rule):
    with pytest.raises(InvalidData, match=rule):
        read_file(content)


def test_a_cell_of_a_table_in_csv_that_is_a_book_is_refused():
    def read(n: int) -> list[object]:
        content = b"city;period;value\nSE001;2024;" + b"9" * n
        return list(csv_columns.read(content, limits=Limits(rows=9, text=2_000)))

    assert len(read(1_000)) == 4
    with pytest.raises(TooMuch) as refused:
        read(2_000)
    assert (refused.value.limit, refused.value.most) == ("text", 2_000)
