"""Reading the indicators of a starter folder, with every fault named by file, row and column.

`starter-indicators.csv` and `starter-observations.csv` hold what was read; the further files are
editorial: `indicator-notes.json` (units for machines, bounds with their basis, translations),
`indicator-groups.json` and `indicator-measures.json`. `sources.csv` holds each source once, by a
key; `targets.csv` and `siblings.csv` what is aimed at, and what may be compared with what. A folder
without the first has no indicators.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import slug as make_slug
from alliance.core.text import markup_fault
from alliance.indicators.connectors import PUBLISHERS, Query
from alliance.indicators.enums import (
    Boundary,
    IndicatorDirection,
    MethodClass,
    Quality,
    SiblingVerdict,
    Status,
    TargetKind,
)
from alliance.indicators.importing.options import Options
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.models.catalogue import SAID
from alliance.indicators.periods import year_of
from alliance.indicators.recording.figure_faults import ANYWHERE

INDICATOR_COLUMNS = (
    "code", "name", "name_fr", "name_sv", "unit", "direction", "sdg_target", "definition",
    "definition_id", "pillar", "publisher", "licence",
)  # fmt: skip
OBSERVATION_COLUMNS = (
    "city", "country", "indicator", "definition_id", "year", "value", "flag", "boundary", "source",
    "standard_error", "quality", "error_basis", "n", "boundary_detail",
)  # fmt: skip
SOURCE_COLUMNS = ("source", "title", "url", "seen_in")
TARGET_COLUMNS = (
    "indicator", "definition_id", "city", "country", "kind", "target", "target_year", "unit",
    "baseline_year", "baseline_value", "computed", "rule", "basis", "basis_fr", "basis_sv",
    "binding_on", "source_title", "source_url", "in_series",
)  # fmt: skip
SIBLING_COLUMNS = (
    "code", "left_definition", "right_code", "right_definition", "verdict", "clause",
    "what_differs", "advice",
)  # fmt: skip
#: Fields of a definition that stand in `starter-indicators.csv`, by their column.
OF_TABLE = {
    "scope": "scope", "method": "method_class", "grade": "grade", "denominator": "population",
    "dataset": "dataset", "table_id": "table_id", "dataset_url": "dataset_url",
}  # fmt: skip
FLAGS = {
    "": Status.NORMAL,
    "estimated": Status.ESTIMATED,
    "provisional": Status.PROVISIONAL,
    "break": Status.BREAK,
}
#: Where the error stands beside each figure, none is declared of all of them.
NO_GRADE = frozenset({"survey", "stated"})
VERDICTS = {str(one).replace("-", " "): one for one in SiblingVerdict}
BOUNDARIES = {"urban area": Boundary.URBAN_AREA} | {
    str(code): code for code in Boundary if code != Boundary.URBAN_AREA
}
_NOTES = frozenset(SAID) - {
    "text", "direction", "publisher", "licence", "sdg_targets", *OF_TABLE.values(),
}  # fmt: skip
#: Said in `targets.csv`.
_TARGET_NOTES = frozenset(
    {"target", "target_year", "target_basis", "target_basis_fr", "target_basis_sv"}
)


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
    source: str
    standard_error: float | None
    quality: str
    method: str


@dataclass(frozen=True)
class IndicatorFiles:
    """The checked rows. `definitions` maps (code, key) to what the definition says.

    `sources` are (title, address) by key. `targets` and `siblings` are fields of the records with
    their place in the files; `left_out` are those of indicators that the folder does not have.
    """

    indicators: dict[str, dict[str, Any]]
    definitions: dict[tuple[str, str], DefinitionVersion]
    groups: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    figures: list[StarterFigure]
    sources: dict[str, tuple[str, str]]
    targets: list[tuple[str, dict[str, Any]]]
    siblings: list[tuple[str, dict[str, Any]]]
    recipes: list[dict[str, Any]]
    # Codes of Eurostat's Urban Audit by the id of the city.
    urban_audit: dict[str, str]
    left_out: Counter[str]


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
    values |= {field: row.get(column) or "" for column, field in OF_TABLE.items()}
    if values["grade"] in NO_GRADE:
        values["grade"] = ""
    return DefinitionVersion(
        text=row["definition"],
        direction=row["direction"],
        publisher=row["publisher"],
        licence=row["licence"],
        sdg_targets=row["sdg_target"].split(";") if row["sdg_target"] else [],
        **values,
    )


def _number(cell: str, fault: Callable[..., None], column: str) -> float | None:
    if not cell.strip():
        return None
    try:
        return float(cell)
    except ValueError:
        fault(column, "no-such-number", value=cell)
        return None


def _method(row: dict[str, str]) -> str:
    """What a row says of how its figure was made, beside its error."""
    n = f"n = {row['n']}" + (", assumed" if row["error_basis"].endswith("assumed") else "")
    parts = (row["boundary_detail"], n if row["n"] else "")
    return "; ".join(part for part in parts if part)


def _figures(
    rows: list[dict[str, str]],
    name: str,
    definitions: dict[tuple[str, str], DefinitionVersion],
    cities: dict[str, str],
    sources: Collection[str],
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
        elif cities[city] != row["country"]:
            fault("country", "not-one-of", value=row["country"], allowed=[cities[city]])
        version = definitions.get((row["indicator"], row["definition_id"]))
        if version is None:
            pair = f"{row['indicator']}/{row['definition_id']}"
            fault("definition_id", "not-in-file", value=pair, file="starter-indicators.csv")
        elif version.scope not in (*ANYWHERE, row["country"]):
            fault("country", "out-of-scope", scope=version.scope)
        if year_of(row["year"]) is None:
            fault("year", "not-a-period")
        if row["flag"] not in FLAGS:
            fault("flag", "not-one-of", value=row["flag"], allowed=[*filter(None, FLAGS)])
        if row["boundary"] not in BOUNDARIES:
            fault("boundary", "not-one-of", value=row["boundary"], allowed=[*BOUNDARIES])
        if row["quality"] and row["quality"] not in Quality.values:
            fault("quality", "not-a-grade")
        if row["source"] not in sources:
            fault("source", "not-in-file", value=row["source"], file="sources.csv")
        value = _number(row["value"], fault, "value")
        error = _number(row["standard_error"], fault, "standard_error")
        if not row["value"].strip():
            fault("value", "no-such-number", value="")
        key = (city, row["indicator"], row["definition_id"], row["year"], row["boundary"])
        if (first := seen.setdefault(key, number)) != number:
            faults.append(Fault(where, "in-row", {"value": "/".join(key), "row": first}))
        if len(faults) == before and value is not None:
            yield StarterFigure(
                row=number,
                city=city,
                code=row["indicator"],
                key=row["definition_id"],
                period=row["year"],
                value=value,
                status=FLAGS[row["flag"]],
                boundary=BOUNDARIES[row["boundary"]],
                source=row["source"],
                standard_error=error,
                quality=row["quality"],
                method=_method(row),
            )


def _sources(rows: list[dict[str, str]], faults: list[Fault]) -> dict[str, tuple[str, str]]:
    """Title and address by key. The copy that was read is named behind the title."""
    found: dict[str, tuple[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        where = f"sources.csv, row {number}"
        if not row["title"]:
            faults.append(Fault(f"{where}, column title", "missing"))
        if row["source"] in found:
            faults.append(Fault(f"{where}, column source", "given-twice", {"value": row["source"]}))
        copy, _bar, address = row["seen_in"].partition(" | ")
        title = f"{row['title']} (read in {copy})" if copy else row["title"]
        found[row["source"]] = title, row["url"] or address
    return found


def _targets(
    rows: list[dict[str, str]],
    codes: Collection[str],
    keys: Collection[tuple[str, str]],
    cities: Collection[str],
    faults: list[Fault],
    left_out: Counter[str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, row in enumerate(rows, start=2):
        where = f"targets.csv, row {number}"
        before = len(faults)

        def fault(column: str, code: str, where: str = where, **params: Any) -> None:
            faults.append(Fault(f"{where}, column {column}", code, params))

        in_series = row["in_series"] == "yes"
        if row["in_series"] not in ("yes", "no"):
            fault("in_series", "not-one-of", value=row["in_series"], allowed=["yes", "no"])
        pair = (row["indicator"], row["definition_id"])
        if in_series and pair not in keys:
            told = {"value": "/".join(pair), "file": "starter-indicators.csv"}
            fault("definition_id", "not-in-file", **told)
        if row["kind"] not in TargetKind.values:
            fault("kind", "not-one-of", value=row["kind"], allowed=TargetKind.values)
        if row["city"] and make_slug(row["city"]) not in cities:
            fault("city", "not-in-file", value=row["city"], file="starter-cities.csv")
        if not row["target"]:
            fault("target", "missing")
        years = [_number(row[name], fault, name) for name in ("target_year", "baseline_year")]
        if row["indicator"] not in codes:
            left_out["targets"] += 1
        elif len(faults) == before:
            is_number = _NUMBER.fullmatch(row["target"])
            yield (
                where,
                {
                    "code": row["indicator"],
                    "key": row["definition_id"] if in_series else "",
                    "city_id": make_slug(row["city"]) if row["city"] else "",
                    # The city says which country.
                    "country": "" if row["city"] else row["country"],
                    "kind": row["kind"],
                    "value": float(row["target"]) if is_number else None,
                    "words": "" if is_number else row["target"],
                    "unit_label": "" if in_series else row["unit"],
                    "year": years[0] and int(years[0]),
                    "baseline_year": years[1] and int(years[1]),
                    "baseline": row["baseline_value"],
                    "is_computed": row["computed"] == "yes",
                    "source": (row["source_title"], row["source_url"]),
                    **{name: row[name] for name in _SAME_IN_TARGETS},
                },
            )


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SAME_IN_TARGETS = ("rule", "basis", "basis_fr", "basis_sv", "binding_on")


def _siblings(
    rows: list[dict[str, str]],
    codes: Collection[str],
    keys: Collection[tuple[str, str]],
    faults: list[Fault],
    left_out: Counter[str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, row in enumerate(rows, start=2):
        where = f"siblings.csv, row {number}"
        before = len(faults)

        def fault(column: str, code: str, where: str = where, **params: Any) -> None:
            faults.append(Fault(f"{where}, column {column}", code, params))

        if row["verdict"] not in VERDICTS:
            fault("verdict", "not-one-of", value=row["verdict"], allowed=[*VERDICTS])
        left, right = (row["code"], row["left_definition"]), (
            row["right_code"], row["right_definition"],
        )  # fmt: skip
        pairs: list[tuple[tuple[str, str], tuple[str, str] | None]] = [
            (left, right if right[1] else None)
        ]
        if row["code"].endswith("*"):
            # One verdict for the definitions of several indicators, each in two countries.
            begin = row["code"].removesuffix("*")
            pairs = [(pair, pair) for pair in keys if pair[0].startswith(begin)]
        for one, other in pairs:
            if one[0] not in codes or (other and other[0] not in codes):
                left_out["siblings"] += 1
                continue
            for column, pair in (("left_definition", one), ("right_definition", other)):
                if pair and pair not in keys:
                    told = {"value": "/".join(pair), "file": "starter-indicators.csv"}
                    fault(column, "not-in-file", **told)
            if len(faults) == before:
                yield (
                    where,
                    {
                        "left": one,
                        "right": other,
                        "verdict": VERDICTS[row["verdict"]].value,
                        "clause": row["clause"],
                        **{
                            f"{field}{suffix}": row.get(f"{column}{suffix}") or ""
                            for field, column in _SIBLING_TEXTS.items()
                            for suffix in ("", "_fr", "_sv")
                        },
                    },
                )


_SIBLING_TEXTS = {"differs": "what_differs", "advice": "advice"}


_RECIPE = frozenset(
    {"indicator", "definition", "publisher", "query", "per", "factor", "cities", "options",
     "is_seen"}
)  # fmt: skip
_OF_QUERY = frozenset(field.name for field in dataclasses.fields(Query))
_OF_OPTIONS = frozenset(field.name for field in dataclasses.fields(Options))


def _recipe_faults(
    where: str, row: dict[str, Any], keys: Collection[tuple[str, str]]
) -> Iterator[Fault]:
    told: dict[str, Any]
    pair = (row.get("indicator", ""), row.get("definition", ""))
    if pair not in keys:
        told = {"value": "/".join(pair), "file": "starter-indicators.csv"}
        yield Fault(f"{where}, definition", "not-in-file", told)
    if row.get("publisher") not in PUBLISHERS:
        told = {"value": row.get("publisher"), "allowed": [*PUBLISHERS]}
        yield Fault(f"{where}, publisher", "not-one-of", told)
    for name, known in (("", _RECIPE), ("query", _OF_QUERY), ("per", _OF_QUERY),
                        ("options", _OF_OPTIONS)):  # fmt: skip
        given = row.get(name, {}) if name else row
        for unknown in sorted(set(given) - known):
            yield Fault(f"{where}, {name}{'.' * bool(name)}{unknown}", "unknown-field")
    if not row.get("query", {}).get("dataset"):
        yield Fault(f"{where}, query.dataset", "missing")


def read_indicators(
    folder: Path, cities: dict[str, str], known_measures: dict[str, dict[str, str]]
) -> IndicatorFiles:
    """Read and check the indicators of a folder.

    `cities` are the countries of its cities by id, `known_measures` its measures by slug.

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
        grade = row.get("grade") or ""
        if grade not in {"", *Quality.values, *NO_GRADE}:
            faults.append(Fault(f"{where}, column grade", "not-a-grade"))
        method = row.get("method") or ""
        if method not in {"", *MethodClass.values}:
            told = {"value": method, "allowed": MethodClass.values}
            faults.append(Fault(f"{where}, column method", "not-one-of", told))
        for name in sorted(set(note) - _NOTES - _TARGET_NOTES):
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
    sources = _sources(_table(folder / "sources.csv", SOURCE_COLUMNS, faults), faults)
    figures = list(
        _figures(table, "starter-observations.csv", definitions, cities, sources, faults)
    )
    left_out: Counter[str] = Counter()
    rows_of_targets = _table(folder / "targets.csv", TARGET_COLUMNS, faults)
    targets = list(_targets(rows_of_targets, indicators, definitions, cities, faults, left_out))
    rows_of_siblings = _table(folder / "siblings.csv", SIBLING_COLUMNS, faults)
    siblings = list(_siblings(rows_of_siblings, indicators, definitions, faults, left_out))
    recipes = _json(folder / "recipes.json", [], faults)
    for place, row in enumerate(recipes, start=1):
        faults += _recipe_faults(f"recipes.json, row {place}", row, definitions)
    if faults:
        raise InvalidData(faults)
    return IndicatorFiles(
        indicators=indicators,
        definitions=definitions,
        groups=_json(folder / "indicator-groups.json", [], faults),
        measures=[known_measures[link["measure"]] | link for link in measures],
        figures=figures,
        sources=sources,
        targets=targets,
        siblings=siblings,
        recipes=recipes,
        urban_audit={
            make_slug(row["city"]): row["urau_code"]
            for row in _table(folder / "starter-cities.csv", ("city",), faults)
            if row.get("urau_code")
        },
        left_out=left_out,
    )
