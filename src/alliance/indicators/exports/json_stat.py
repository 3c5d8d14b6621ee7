"""Figures as JSON-stat 2.0: a cube over the series and periods in the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils import translation

from alliance.indicators.enums import Boundary, Status
from alliance.indicators.exports.rows import FigureRow
from alliance.indicators.exports.table import moment
from alliance.indicators.units import SEVERAL_UNITS

#: Dimensions in the order of the cube, each with its field of the row.
DIMENSIONS: tuple[tuple[str, str], ...] = (
    ("REF_AREA", "city"),
    ("INDICATOR", "indicator"),
    ("DEFINITION", "definition"),
    ("BOUNDARY", "boundary"),
    ("SEX", "sex"),
    ("AGE", "age"),
    ("INCOME", "income"),
    ("AREA", "area"),
    ("TIME_PERIOD", "period"),
)
_LABELS = {
    "REF_AREA": "City",
    "INDICATOR": "Indicator",
    "DEFINITION": "Definition",
    "BOUNDARY": "Kind of area",
    "SEX": "Sex",
    "AGE": "Age",
    "INCOME": "Income",
    "AREA": "Part of the city",
    "TIME_PERIOD": "Period",
}


def dataset(rows: Sequence[FigureRow], *, title: str, language: str = "en") -> dict[str, Any]:
    """A JSON-stat dataset with sparse values and statuses.

    A figure without a value has a status and the value null.
    """
    codes = {name: sorted({str(getattr(row, field)) for row in rows}) for name, field in DIMENSIONS}
    place = {
        name: {code: number for number, code in enumerate(categories)}
        for name, categories in codes.items()
    }
    size = [len(codes[name]) for name, _field in DIMENSIONS]
    value: dict[str, float | None] = {}
    status: dict[str, str] = {}
    for row in rows:
        at = 0
        for (name, field), length in zip(DIMENSIONS, size, strict=True):
            at = at * length + place[name][str(getattr(row, field))]
        value[str(at)] = row.value
        status[str(at)] = row.status
    result: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": title,
        "id": [name for name, _field in DIMENSIONS],
        "size": size,
        "role": {"time": ["TIME_PERIOD"], "geo": ["REF_AREA"], "metric": ["INDICATOR"]},
        "dimension": _dimensions(rows, codes, language),
        "value": value,
        "status": status,
        "source": "; ".join(sorted({row.publisher for row in rows})),
        "note": _notes(rows),
        "extension": _extension(rows),
    }
    if rows:
        result["updated"] = moment(rows[0].as_of)
    return result


def _dimensions(
    rows: Sequence[FigureRow], codes: dict[str, list[str]], language: str
) -> dict[str, Any]:
    labels: dict[str, dict[str, str]] = {name: {} for name, _field in DIMENSIONS}
    units: dict[str, dict[str, Any]] = {}
    for row in rows:
        labels["REF_AREA"][row.city] = row.city_name
        labels["INDICATOR"][row.indicator] = row.indicator_name
        units.setdefault(row.indicator, {"label": row.unit, "decimals": row.decimals})
        if units[row.indicator]["label"] != row.unit:
            # Two definitions in different units: the unit is given with the definition.
            units[row.indicator]["label"] = SEVERAL_UNITS
    with translation.override(language):
        labels["BOUNDARY"] = {
            code: str(Boundary(code).label) for code in codes["BOUNDARY"] if code in Boundary.values
        }
    dimensions = {}
    for name, _field in DIMENSIONS:
        category: dict[str, Any] = {"index": codes[name]}
        if labels[name]:
            category["label"] = labels[name]
        if name == "INDICATOR" and units:
            category["unit"] = units
        dimensions[name] = {"label": _LABELS[name], "category": category}
    return dimensions


def _notes(rows: Sequence[FigureRow]) -> list[str]:
    if not rows:
        return ["no data"]
    return [
        f"As known on {moment(rows[0].as_of)}.",
        "Status: " + ", ".join(f"{status.value} {status.name.lower()}" for status in Status) + ".",
        "Figures of two definitions, or of two kinds of areas, do not compare.",
    ]


def _extension(rows: Sequence[FigureRow]) -> dict[str, Any]:
    """Data outside the format: units, licence and source by definition, accuracy."""
    return {
        "licences": sorted({row.licence for row in rows}),
        "units": {f"{row.indicator}/{row.definition}": row.unit for row in rows},
        "definitions": {
            f"{row.indicator}/{row.definition}": row.definition_version for row in rows
        },
        "sources": sorted({row.source for row in rows if row.source}),
        "standard_errors": {
            f"{row.city}/{row.indicator}/{row.definition}/{row.period}": row.standard_error
            for row in rows
            if row.standard_error is not None
        },
        "as_of": moment(rows[0].as_of) if rows else None,
    }


def as_text(data: dict[str, Any]) -> str:
    """JSON text without escaping non-ASCII letters."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False)
