"""Figures as SDMX-CSV 2.0 and SDMX-ML 3.0, with the data structure definition."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import quoteattr

from alliance.core.text import plain
from alliance.indicators.enums import Boundary, Quality, Status
from alliance.indicators.exports.rows import FigureRow
from alliance.indicators.exports.table import moment, short

if TYPE_CHECKING:
    from pysdmx.model import Concept, DataStructureDefinition

AGENCY = "ALLIANCE"
STRUCTURE_ID = "CITY_INDICATORS"
STRUCTURE_VERSION = "1.0.0"

#: Component, its field of a row, its role (D dimension, M measure, A attribute), its label.
COMPONENTS: tuple[tuple[str, str, str, str], ...] = (
    ("REF_AREA", "city", "D", "City"),
    ("INDICATOR", "indicator", "D", "Indicator"),
    ("DEFINITION", "definition", "D", "Definition of the indicator"),
    ("BOUNDARY", "boundary", "D", "Kind of area"),
    ("SEX", "sex", "D", "Sex"),
    ("AGE", "age", "D", "Age group"),
    ("INCOME", "income", "D", "Income group"),
    ("AREA", "area", "D", "Part of the city"),
    ("TIME_PERIOD", "period", "D", "Period"),
    ("OBS_VALUE", "value", "M", "Value"),
    ("OBS_STATUS", "status", "A", "Status of the observation"),
    ("UNIT_MEASURE", "unit", "A", "Unit"),
    ("STANDARD_ERROR", "standard_error", "A", "Standard error"),
    ("QUALITY", "quality", "A", "Grade of quality"),
    ("DECLARED_GRADE", "declared_grade", "A", "Grade declared of that kind of source"),
    ("METHOD_CLASS", "method_class", "A", "Kind of source"),
    ("DEFINITION_VERSION", "definition_version", "A", "Version of the definition"),
    ("METHOD", "method", "A", "Method"),
    ("SOURCE", "source", "A", "Source"),
    ("SOURCE_URL", "source_url", "A", "Address of the source"),
    ("PUBLISHER", "publisher", "A", "Publisher"),
    ("LICENCE", "licence", "A", "Licence"),
    ("RECORDED_AT", "recorded_at", "A", "Recorded at"),
    ("AS_OF", "as_of", "A", "As known on"),
)


@dataclass(frozen=True)
class Codes:
    """Codes and names of the cities, indicators and definitions."""

    cities: dict[str, str]
    indicators: dict[str, str]
    definitions: dict[str, str]


def codes_of(rows: Iterable[FigureRow]) -> Codes:
    """The codes that occur in rows."""
    codes = Codes({}, {}, {})
    for row in rows:
        codes.cities[row.city] = row.city_name
        codes.indicators[row.indicator] = row.indicator_name
        codes.definitions[row.definition] = row.definition
    return codes


def structure(codes: Codes) -> DataStructureDefinition:
    """The data structure definition with its code lists."""
    from pysdmx.model import Component, Components, Concept, DataStructureDefinition, DataType, Role

    lists = _code_lists(codes)
    roles = {"D": Role.DIMENSION, "M": Role.MEASURE, "A": Role.ATTRIBUTE}
    types = {
        "TIME_PERIOD": DataType.PERIOD,
        "OBS_VALUE": DataType.DOUBLE,
        "STANDARD_ERROR": DataType.DOUBLE,
        "DEFINITION_VERSION": DataType.INTEGER,
    }
    parts = [
        Component(
            id=name,
            required=kind == "D" or name in {"OBS_STATUS", "UNIT_MEASURE", "LICENCE", "AS_OF"},
            role=roles[kind],
            concept=Concept(
                id=name,
                name=label,
                dtype=types.get(name, DataType.STRING),
                urn=f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={AGENCY}:CONCEPTS"
                f"({STRUCTURE_VERSION}).{name}",
            ),
            local_dtype=None if name in lists else types.get(name, DataType.STRING),
            local_codes=lists.get(name),
            attachment_level="O" if kind == "A" else None,
        )
        for name, _field, kind, label in COMPONENTS
    ]
    return DataStructureDefinition(
        id=STRUCTURE_ID,
        agency=AGENCY,
        version=STRUCTURE_VERSION,
        name="Indicators of cities",
        components=Components(parts),
    )


def _code_lists(codes: Codes) -> dict[str, Any]:
    from pysdmx.model import Code, Codelist

    def listed(name: str, label: str, pairs: Iterable[tuple[str, str]]) -> Codelist:
        return Codelist(
            id=f"CL_{name}",
            agency=AGENCY,
            version=STRUCTURE_VERSION,
            name=label,
            items=[Code(id=code, name=text or code) for code, text in pairs],
        )

    return {
        "REF_AREA": listed("REF_AREA", "Cities", sorted(codes.cities.items())),
        "INDICATOR": listed("INDICATOR", "Indicators", sorted(codes.indicators.items())),
        "DEFINITION": listed("DEFINITION", "Definitions", sorted(codes.definitions.items())),
        "BOUNDARY": listed(
            "BOUNDARY",
            "Kinds of areas",
            ((boundary.value, str(boundary.label)) for boundary in Boundary),
        ),
        "OBS_STATUS": listed(
            "OBS_STATUS",
            "Observation status",
            ((status.value, str(status.label)) for status in Status),
        ),
        "QUALITY": listed(
            "QUALITY",
            "Grades of quality",
            ((quality.value, str(quality.label)) for quality in Quality),
        ),
    }


def structure_xml(codes: Codes, *, prepared: dt.datetime) -> str:
    """The structure message, SDMX-ML 3.0, with concepts, code lists, structure and dataflow."""
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.model import ConceptScheme, Dataflow

    definition = structure(codes)
    concepts = ConceptScheme(
        id="CONCEPTS",
        agency=AGENCY,
        version=STRUCTURE_VERSION,
        name="Concepts",
        items=[cast("Concept", component.concept) for component in definition.components],
    )
    flow = Dataflow(
        id=STRUCTURE_ID,
        agency=AGENCY,
        version=STRUCTURE_VERSION,
        name="Indicators of cities",
        structure=definition,
    )
    parts = [*_code_lists(codes).values(), concepts, definition, flow]
    text = write_sdmx(parts, Format.STRUCTURE_SDMX_ML_3_0, header=_header(prepared))
    assert text is not None, "written to no file, it is given back"
    # It is redundant with a single measure, and not every reader supports it.
    return _MEASURE_RELATIONSHIP.sub("", text)


_MEASURE_RELATIONSHIP = re.compile(
    r"\s*<str:MeasureRelationship>.*?</str:MeasureRelationship>", re.DOTALL
)


def _header(prepared: dt.datetime) -> Any:
    from pysdmx.model import Organisation
    from pysdmx.model.message import Header

    return Header(
        id=f"{AGENCY}-{prepared:%Y%m%d%H%M%S}",
        prepared=prepared,
        sender=Organisation(id=AGENCY),
    )


def _dataset(rows: Sequence[FigureRow]) -> Any:
    import pandas as pd
    from pysdmx.io.pd import PandasDataset

    table = pd.DataFrame(
        {
            name: pd.Series([_value(getattr(row, field)) for row in rows], dtype="object")
            for name, field, _kind, _label in COMPONENTS
        }
    )
    return PandasDataset(structure=structure(codes_of(rows)).to_schema(), data=table)


def _value(value: object) -> str | None:
    """A value in SDMX spelling; None if not recorded."""
    plain_value = plain(short(value))
    return None if plain_value in (None, "") else str(plain_value)


def data_csv(rows: Sequence[FigureRow]) -> str:
    """The rows as SDMX-CSV 2.0."""
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format

    text = write_sdmx(_dataset(rows), Format.DATA_SDMX_CSV_2_0_0)
    assert text is not None, "written to no file, it is given back"
    return text


def data_xml(rows: Sequence[FigureRow], *, prepared: dt.datetime) -> str:
    """Structure-specific data, SDMX-ML 3.0.

    Not written by pysdmx: version 1.21 writes attributes as Python string literals, and a licence
    with quotation marks makes its message invalid.
    """
    observations = "\n".join(_observation(row) for row in rows)
    return _MESSAGE % {
        "urn": f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
        f"{AGENCY}:{STRUCTURE_ID}({STRUCTURE_VERSION})",
        "id": f"{AGENCY}-{prepared:%Y%m%d%H%M%S}",
        "prepared": moment(prepared),
        "sender": AGENCY,
        "structure": STRUCTURE_ID,
        "observations": observations,
    }


def _observation(row: FigureRow) -> str:
    values = ((name, _value(getattr(row, field))) for name, field, _kind, _label in COMPONENTS)
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in values if value is not None)
    return f"<Obs {written}/>"


_SDMX = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_MESSAGE = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<mes:StructureSpecificData xmlns:mes="{_SDMX}/message" xmlns:com="{_SDMX}/common"
 xmlns:ss="{_SDMX}/data/structurespecific" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:ns1="%(urn)s:ObsLevelDim:AllDimensions">
<mes:Header><mes:ID>%(id)s</mes:ID><mes:Test>false</mes:Test>
<mes:Prepared>%(prepared)s</mes:Prepared><mes:Sender id="%(sender)s"/>
<mes:Structure structureID="%(structure)s" namespace="%(urn)s"
 dimensionAtObservation="AllDimensions">
<com:Structure>%(urn)s</com:Structure></mes:Structure></mes:Header>
<mes:DataSet ss:structureRef="%(structure)s" xsi:type="ns1:DataSetType" action="Information">
%(observations)s
</mes:DataSet>
</mes:StructureSpecificData>
"""
