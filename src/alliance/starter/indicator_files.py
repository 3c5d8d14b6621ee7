"""Reading the indicators of a starter folder, with every fault named by file, row and column.

`starter-indicators.csv` and `starter-observations.csv` hold what was read; the further files are
editorial: `indicator-notes.json` (units for machines, bounds with their basis, translations),
`indicator-groups.json` and `indicator-measures.json`. A folder without the first has no indicators.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import slug as make_slug
from alliance.core.text import markup_fault
from alliance.indicators.enums import Boundary, IndicatorDirection, Status
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.models.catalogue import SAID
from alliance.indicators.periods import year_of

INDICATOR_COLUMNS = (
    "code", "name", "name_fr", "name_sv", "unit", "direction", "sdg_target", "definition",
    "definition_id", "pillar", "publisher", "licence",
)  # fmt: skip
OBSERVATION_COLUMNS = (
    "city", "country", "indicator", "definition_id", "year", "value", "flag", "boundary",
    "source_title", "source_url",
)  # fmt: skip
FLAGS = {
    "": Status.NORMAL,
    "estimated": Status.ESTIMATED,
    "provisional": Status.PROVISIONAL,
    "break": Status.BREAK,
}
BOUNDARIES = {"urban area": Boundary.URBAN_AREA} | {
    str(code): code for code in Boundary if code != Boundary.URBAN_AREA
}
_NOTES = frozenset(SAID) - {
    "text", "direction", "publisher", "licence", "sdg_targets",
}  # fmt: skip


@dataclass(frozen=True)
class StarterFigure:
    """One row of the observations, by names."""

    row: int
    city: str
    code: str
    key: str
    period: str
    value: float
    status: str
    boundary: str
    source_title: str
    source_url: str


@dataclass(frozen=True)
class IndicatorFiles:
    """The checked rows. `definitions` maps (code, key) to what the definition says."""

    indicators: dict[str, dict[str, Any]]
    definitions: dict[tuple[str, str], DefinitionVersion]
    groups: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    figures: list[StarterFigure]


def _table(path: Path, columns: tuple[str, ...], faults: list[Fault]) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            faults.append(Fault(path.name, "columns-missing", {"names": missing}))
            return []
        rows = list(reader)
    for number, row in enumerate(rows, start=2):
        for column, cell in row.items():
            where = f"{path.name}, row {number}, column {column}"
            if isinstance(cell, str) and (fault := markup_fault(where, cell)):
                faults.append(fault)
    return rows


def _json(path: Path, default: Any, faults: list[Fault]) -> Any:
    if not path.exists():
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        faults.append(Fault(path.name, "not-json", {"why": str(error)}))
        return default


def _definition(row: dict[str, str], notes: dict[str, Any]) -> DefinitionVersion:
    values = {"unit_label": row["unit"], **notes}
    return DefinitionVersion(
        text=row["definition"],
        direction=row["direction"],
        publisher=row["publisher"],
        licence=row["licence"],
        sdg_targets=row["sdg_target"].split(";") if row["sdg_target"] else [],
        **values,
    )


def _figures(
    rows: list[dict[str, str]],
    name: str,
    known: frozenset[tuple[str, str]],
    cities: frozenset[str],
    faults: list[Fault],
) -> Iterator[StarterFigure]:
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        where = f"{name}, row {number}"
        before = len(faults)

        def fault(column: str, code: str, where: str = where, **params: Any) -> None:
            faults.append(Fault(f"{where}, column {column}", code, params))

        city = make_slug(row["city"])
        if city not in cities:
            fault("city", "not-in-file", value=row["city"], file="starter-cities.csv")
        if (row["indicator"], row["definition_id"]) not in known:
            pair = f"{row['indicator']}/{row['definition_id']}"
            fault("definition_id", "not-in-file", value=pair, file="starter-indicators.csv")
        if year_of(row["year"]) is None:
            fault("year", "not-a-period")
        if row["flag"] not in FLAGS:
            fault("flag", "not-one-of", value=row["flag"], allowed=[*filter(None, FLAGS)])
        if row["boundary"] not in BOUNDARIES:
            fault("boundary", "not-one-of", value=row["boundary"], allowed=[*BOUNDARIES])
        try:
            value = float(row["value"])
        except ValueError:
            fault("value", "no-such-number", value=row["value"])
            value = float("nan")
        key = (city, row["indicator"], row["definition_id"], row["year"], row["boundary"])
        if (first := seen.setdefault(key, number)) != number:
            faults.append(Fault(where, "in-row", {"value": "/".join(key), "row": first}))
        if len(faults) == before:
            yield StarterFigure(
                row=number,
                city=city,
                code=row["indicator"],
                key=row["definition_id"],
                period=row["year"],
                value=value,
                status=FLAGS[row["flag"]],
                boundary=BOUNDARIES[row["boundary"]],
                source_title=row["source_title"],
                source_url=row["source_url"],
            )


def read_indicators(
    folder: Path, cities: frozenset[str], known_measures: dict[str, dict[str, str]]
) -> IndicatorFiles:
    """Read and check the indicators of a folder.

    `cities` are the ids it has, `known_measures` the names of its measures by slug.

    Raises InvalidData naming every fault by file, row and column.
    """
    faults: list[Fault] = []
    rows = _table(folder / "starter-indicators.csv", INDICATOR_COLUMNS, faults)
    notes = _json(folder / "indicator-notes.json", {}, faults)
    indicators: dict[str, dict[str, Any]] = {}
    definitions: dict[tuple[str, str], DefinitionVersion] = {}
    for number, row in enumerate(rows, start=2):
        where = f"starter-indicators.csv, row {number}"
        key = (row["code"], row["definition_id"])
        if row["direction"] not in IndicatorDirection.values:
            told = {"value": row["direction"], "allowed": IndicatorDirection.values}
            faults.append(Fault(f"{where}, column direction", "not-one-of", told))
        if key in definitions:
            faults.append(Fault(where, "given-twice", {"value": "/".join(key)}))
        note = notes.get("/".join(key), {})
        for name in sorted(set(note) - _NOTES):
            faults.append(Fault(f"indicator-notes.json, {'/'.join(key)}.{name}", "unknown-field"))
        known = {name: value for name, value in note.items() if name in _NOTES}
        definitions[key] = _definition(row, known)
        indicators.setdefault(
            row["code"],
            {
                "name": row["name"],
                "name_fr": row["name_fr"],
                "name_sv": row["name_sv"],
                "group": row["pillar"],
                "position": len(indicators),
            },
        )
    spoken_of = {"/".join(key) for key in definitions}
    for name in sorted(set(notes) - spoken_of):
        told = {"value": name, "file": "starter-indicators.csv"}
        faults.append(Fault(f"indicator-notes.json, {name}", "not-in-file", told))
    measures = _json(folder / "indicator-measures.json", [], faults)
    for place, link in enumerate(measures):
        if link.get("indicator") not in indicators:
            where = f"indicator-measures.json, row {place + 1}, indicator"
            told = {"value": link.get("indicator"), "file": "starter-indicators.csv"}
            faults.append(Fault(where, "not-in-file", told))
        if link.get("measure") not in known_measures:
            where = f"indicator-measures.json, row {place + 1}, measure"
            told = {"value": link.get("measure"), "file": "measures.json"}
            faults.append(Fault(where, "not-in-file", told))
    table = _table(folder / "starter-observations.csv", OBSERVATION_COLUMNS, faults)
    figures = list(
        _figures(table, "starter-observations.csv", frozenset(definitions), cities, faults)
    )
    if faults:
        raise InvalidData(faults)
    return IndicatorFiles(
        indicators=indicators,
        definitions=definitions,
        groups=_json(folder / "indicator-groups.json", [], faults),
        measures=[known_measures[link["measure"]] | link for link in measures],
        figures=figures,
    )
