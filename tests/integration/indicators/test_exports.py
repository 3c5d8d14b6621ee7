"""Downloads of figures, read back by other code than ours."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sdmx as sdmx1
from frictionless import Resource, Schema
from frictionless import system as frictionless_system
from jsonstat_validator import validate_jsonstat
from pysdmx.io import get_datasets
from rdflib import DCAT, RDF, Graph

from alliance.indicators.exports import dcat, json_stat, sdmx, table
from alliance.indicators.exports.rows import FigureQuery, FigureRow, figure_rows
from alliance.indicators.models import ObservationSource
from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=10)
#: What breaks writers: quotation marks, signs of markup, letters of three languages, a formula.
LICENCE = 'CC BY 4.0; the report says "Reproduction & use is authorised"'


@pytest.fixture
def rows() -> list[FigureRow]:
    lund, umea = make_city("lund"), make_city("umea", name="Umeå")
    green = make_definition(grade="A", method_class="census")
    income = make_definition(
        "INCOME", "SE_TAX", unit="", unit_label="SEK/inhabitant", valid_max=None, licence=LICENCE
    )
    source = ObservationSource.objects.create(title="=Källa <d’été>", licence=LICENCE)
    record(lund, green, {"2020": 40.0, "2021": 41.5}, standard_error=0.5)
    record(umea, green, {"2021": None}, status="M")
    record(umea, green, {"2021": 3.25}, sex="F", quality="B")
    record(umea, income, {"2021": 250_000.0}, source=source.pk)
    record(lund, green, {"2021": 42.0}, at=LATER, reason="recount", standard_error=0.5)
    return list(figure_rows(FigureQuery(read_at=LATER + dt.timedelta(days=1))))


def test_a_download_tells_what_was_known_at_a_moment(rows: list[FigureRow]) -> None:
    then = list(figure_rows(FigureQuery(read_at=LATER, moment=NOW + dt.timedelta(days=1))))
    value = {(row.city, row.indicator, row.period, row.sex): row.value for row in then}
    assert value["lund", "GREEN", "2021", "_T"] == 41.5
    now = {(row.city, row.indicator, row.period, row.sex): row.value for row in rows}
    assert now["lund", "GREEN", "2021", "_T"] == 42.0
    assert {row.as_of for row in then} == {NOW + dt.timedelta(days=1)}


def test_csv_keeps_its_schema(rows: list[FigureRow], tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(b"".join(table.csv_chunks(rows)))
    with frictionless_system.use_context(trusted=True):
        report = Resource(
            path=str(path), schema=Schema.from_descriptor(table.table_schema())
        ).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
    read = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert len(read) == len(rows) == 5
    kinds = {(row["declared_grade"], row["method_class"]) for row in read}
    assert kinds == {("A", "census"), ("", "")}
    missing = next(row for row in read if row["status"] == "M")
    assert missing["value"] == "", "no data is an empty cell, never 0"
    assert {row["source"] for row in read} == {"", "'=Källa <d’été>"}, "no cell is a formula"


def test_a_table_that_breaks_the_schema_is_found(rows: list[FigureRow], tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(b"".join(table.csv_chunks([replace(rows[0], status="?")])))
    with frictionless_system.use_context(trusted=True):
        report = Resource(
            path=str(path), schema=Schema.from_descriptor(table.table_schema())
        ).validate()
    assert not report.valid


def _cells(rows: list[FigureRow]) -> dict[tuple[str, ...], float | None]:
    return {(row.city, row.indicator, row.sex, row.period): row.value for row in rows}


def test_sdmx_csv_is_read_back(rows: list[FigureRow], tmp_path: Path) -> None:
    structure = tmp_path / "structure.xml"
    structure.write_text(sdmx.structure_xml(sdmx.codes_of(rows), prepared=NOW), encoding="utf-8")
    path = tmp_path / "figures.csv"
    path.write_text(sdmx.data_csv(rows), encoding="utf-8")
    assert path.read_text().startswith("STRUCTURE,STRUCTURE_ID,ACTION,")
    frame = get_datasets(str(path), str(structure))[0].data
    assert len(frame) == len(rows)
    assert set(frame["LICENCE"]) == {"CC0", LICENCE}


def test_sdmx_keeps_a_text_that_begins_with_an_apostrophe(rows: list[FigureRow]) -> None:
    first = dataclasses.replace(rows[0], source="'s-Hertogenbosch")
    read = list(csv.DictReader(io.StringIO(sdmx.data_csv([first, *rows[1:]]))))
    assert read[0]["SOURCE"] == "'s-Hertogenbosch"


@pytest.mark.parametrize("reader", ["pysdmx", "sdmx1"])
def test_sdmx_ml_is_read_back(rows: list[FigureRow], tmp_path: Path, reader: str) -> None:
    structure, path = tmp_path / "structure.xml", tmp_path / "figures.xml"
    structure.write_text(sdmx.structure_xml(sdmx.codes_of(rows), prepared=NOW), encoding="utf-8")
    path.write_text(sdmx.data_xml(rows, prepared=NOW), encoding="utf-8")
    if reader == "pysdmx":
        frame = get_datasets(str(path), str(structure))[0].data
        found: dict[tuple[str, ...], Any] = {
            (row.REF_AREA, row.INDICATOR, row.SEX, row.TIME_PERIOD): row.OBS_VALUE
            for row in frame.itertuples()
        }
        licences = set(frame["LICENCE"])
    else:
        definition = next(iter(sdmx1.read_sdmx(structure).structure.values()))
        observations = sdmx1.read_sdmx(path, structure=definition).data[0].obs
        names = ("REF_AREA", "INDICATOR", "SEX", "TIME_PERIOD")
        found = {
            tuple(str(one.key[name].value) for name in names): one.value for one in observations
        }
        licences = {str(one.attached_attribute["LICENCE"].value) for one in observations}
    wanted = _cells(rows)
    assert set(found) == set(wanted)
    for key, value in wanted.items():
        if value is not None:
            assert float(found[key]) == value
    assert licences == {"CC0", LICENCE}


def test_json_stat_is_valid_and_sparse(rows: list[FigureRow]) -> None:
    made = json_stat.dataset(rows, title="Figures")
    assert validate_jsonstat(made)
    assert len(made["value"]) == len(rows)
    assert sorted(made["status"].values()) == ["A", "A", "A", "A", "M"]
    assert None in made["value"].values(), "no data is null, never 0"
    place = 0
    for name, length in zip(made["id"], made["size"], strict=True):
        code = {"REF_AREA": "lund", "INDICATOR": "GREEN", "DEFINITION": "TEST_GREEN",
                "BOUNDARY": "municipality", "TIME_PERIOD": "2021"}.get(name, "_T")  # fmt: skip
        place = place * length + made["dimension"][name]["category"]["index"].index(code)
    assert made["value"][str(place)] == 42.0


def test_json_stat_of_nothing_is_valid() -> None:
    assert validate_jsonstat(json_stat.dataset([], title="Figures"))


@pytest.mark.parametrize("form", ["turtle", "json-ld"])
def test_the_catalogue_names_every_indicator_and_its_files(
    rows: list[FigureRow], form: Any
) -> None:
    text = dcat.catalogue(form=form)
    graph = Graph().parse(data=text, format=form)
    assert len(list(graph.subjects(RDF.type, DCAT.Dataset))) == 2
    assert len(list(graph.subjects(RDF.type, DCAT.Distribution))) == 2 * len(dcat.DISTRIBUTIONS)
    again = Graph().parse(data=dcat.catalogue(form=form), format=form)
    assert len(again) == len(graph)
    if form == "json-ld":
        assert json.loads(text)
