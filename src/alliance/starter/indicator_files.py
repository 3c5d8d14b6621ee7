"""Reading the indicators of a starter folder, with every fault named by file, row and column.

`starter-indicators.csv` and `starter-observations.csv` hold what was read; the further files are
editorial: `indicator-notes.json` (units for machines, bounds with their basis, translations),
`indicator-groups.json` and `indicator-measures.json`. `sources.csv` holds each source once, by a
key; `targets.csv` and `siblings.csv` what is aimed at, and what may be compared with what. A folder
without the first has no indicators.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance.core.errors import Fault, refuse
from alliance.core.ids import slug as make_slug
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
from alliance.indicators.models.catalogue import CONTENT_FIELDS
from alliance.indicators.models.observations import READ_IN
from alliance.indicators.models.uploads import BY_HAND
from alliance.indicators.periods import year_of
from alliance.indicators.recording.figure_faults import ANYWHERE
from alliance.starter.files import json_data, row_name, table

#: The code of an indicator and the key of one of its definitions.
Pair = tuple[str, str]
INDICATOR_COLUMNS = (
    "code", "name", "name_fr", "name_sv", "unit", "direction", "sdg_target", "definition",
    "definition_id", "pillar", "publisher", "licence",
)  # fmt: skip
OBSERVATION_COLUMNS = (
    "city", "country", "indicator", "definition_id", "year", "value", "flag", "boundary", "source",
    "standard_error", "quality", "error_basis", "n", "boundary_detail",
)  # fmt: skip
SOURCE_COLUMNS = ("source", "title", "url", "seen_in")
#: Said of how a figure was made where its source quotes the publisher.
SECOND_HAND = "second-hand, to be checked again"
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
VERDICTS = {
    str(sibling_verdict).replace("-", " "): sibling_verdict for sibling_verdict in SiblingVerdict
}
BOUNDARIES = {"urban area": Boundary.URBAN_AREA} | {
    str(code): code for code in Boundary if code != Boundary.URBAN_AREA
}
_NOTES = frozenset(CONTENT_FIELDS) - {
    "text", "direction", "publisher", "licence", "sdg_targets", *OF_TABLE.values(),
}  # fmt: skip
#: Said in `targets.csv`.
_TARGET_NOTES = frozenset(
    {"target", "target_year", "target_basis", "target_basis_fr", "target_basis_sv"}
)


@dataclass(frozen=True)
class StarterFigure:
    """One row of the observations, by names."""

    where: str
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

    `sources` are (title, address, whether to check it again) by key. `targets` and `siblings` are
    fields of the records with their place in the files; `left_out` are those of indicators that
    the folder does not have.
    """

    indicators: dict[str, dict[str, Any]]
    definitions: dict[Pair, DefinitionVersion]
    groups: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    figures: list[StarterFigure]
    sources: dict[str, tuple[str, str, bool]]
    targets: list[tuple[str, dict[str, Any]]]
    siblings: list[tuple[str, dict[str, Any]]]
    recipes: list[dict[str, Any]]
    # Codes of Eurostat's Urban Audit by the id of the city.
    urban_audit: dict[str, str]
    left_out: Counter[str]


@dataclass(frozen=True)
class _Row:
    """A row of a table, from 2; what is wrong with it goes into its `faults`."""

    number: int
    where: str
    cells: dict[str, str | None]
    faults: list[Fault]

    def __getitem__(self, column: str) -> str:
        # A short row has None for its last cells, a column that may be missing is none of it.
        return self.cells.get(column) or ""

    def fault(self, column: str, code: str, **params: Any) -> None:
        self.faults.append(Fault(f"{self.where}, column {column}", code, params))

    def check_choice(self, column: str, allowed: Iterable[str]) -> None:
        known = [*allowed]
        if self[column] not in known:
            self.fault(column, "not-one-of", value=self[column], allowed=[*filter(None, known)])

    def in_file(self, column: str, known: Container[Any], file: str) -> None:
        if self[column] not in known:
            self.fault(column, "not-in-file", value=self[column], file=file)

    def city(self, cities: Container[str]) -> str:
        """The id of the city that the row names."""
        city = make_slug(self["city"])
        if city not in cities:
            self.fault("city", "not-in-file", value=self["city"], file="starter-cities.csv")
        return city

    def pair(self, column: str, pair: Pair, known: Container[Pair]) -> None:
        """An indicator and one of its definitions, which `column` names."""
        if pair not in known:
            value = "/".join(pair)
            self.fault(column, "not-in-file", value=value, file="starter-indicators.csv")

    def once(self, key: tuple[str, ...], seen: dict[tuple[str, ...], int]) -> None:
        """No row before says anything of `key`."""
        if (first := seen.setdefault(key, self.number)) != self.number:
            params = {"value": "/".join(filter(None, key)), "row": first}
            self.faults.append(Fault(self.where, "in-row", params))

    def number_in(self, column: str) -> float | None:
        try:
            return float(self[column]) if self[column].strip() else None
        except ValueError:
            self.fault(column, "no-such-number", value=self[column])
            return None


def _rows(path: Path, columns: tuple[str, ...], faults: list[Fault]) -> Iterator[_Row]:
    """The rows of a table; their faults are added to `faults` as the next one is asked for."""
    for number, (where, cells) in enumerate(table(path, columns, faults), start=2):
        row = _Row(number, where, dict(cells), [])
        yield row
        faults += row.faults


def _definition(row: _Row, notes: dict[str, Any]) -> DefinitionVersion:
    values = {"unit_label": row["unit"], **notes}
    values |= {field: row[column] for column, field in OF_TABLE.items()}
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


def _method(row: _Row, *, check_again: bool) -> str:
    """What a row says of how its figure was made, beside its error."""
    n = f"n = {row['n']}" + (", assumed" if row["error_basis"].endswith("assumed") else "")
    parts = (row["boundary_detail"], n if row["n"] else "", SECOND_HAND if check_again else "")
    return "; ".join(part for part in parts if part)


def _figures(
    rows: Iterable[_Row],
    definitions: dict[Pair, DefinitionVersion],
    cities: dict[str, str],
    sources: Mapping[str, tuple[str, str, bool]],
) -> Iterator[StarterFigure]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        city = row.city(cities)
        if city in cities:
            row.check_choice("country", [cities[city]])
        pair = (row["indicator"], row["definition_id"])
        row.pair("definition_id", pair, definitions)
        version = definitions.get(pair)
        if version is not None and version.scope not in (*ANYWHERE, row["country"]):
            row.fault("country", "out-of-scope", scope=version.scope)
        if year_of(row["year"]) is None:
            row.fault("year", "not-a-period")
        row.check_choice("flag", FLAGS)
        row.check_choice("boundary", BOUNDARIES)
        if row["quality"] and row["quality"] not in Quality.values:
            row.fault("quality", "not-a-grade")
        row.in_file("source", sources, "sources.csv")
        value = row.number_in("value")
        error = row.number_in("standard_error")
        if not row["value"].strip():
            row.fault("value", "no-such-number", value="")
        key = (city, *pair, row["year"], row["boundary"])
        row.once(key, seen)
        if not row.faults and value is not None:
            yield StarterFigure(
                where=row.where,
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
                method=_method(row, check_again=sources[row["source"]][2]),
            )


def _sources(rows: Iterable[_Row]) -> dict[str, tuple[str, str, bool]]:
    """Title, address and whether to check it again, by key. The copy that was read is named behind
    the title."""
    sources: dict[str, tuple[str, str, bool]] = {}
    for row in rows:
        if not row["title"]:
            row.fault("title", "missing")
        if row["source"] in sources:
            row.fault("source", "given-twice", value=row["source"])
        copy, _bar, address = row["seen_in"].partition(" | ")
        title = f"{row['title']}{READ_IN}{copy})" if copy else row["title"]
        row.check_choice("check_again", ("", "yes"))
        sources[row["source"]] = title, row["url"] or address, row["check_again"] == "yes"
    return sources


def _targets(
    rows: Iterable[_Row],
    codes: Collection[str],
    keys: Collection[Pair],
    cities: Collection[str],
    left_out: Counter[str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        in_series = row["in_series"] == "yes"
        row.check_choice("in_series", ["yes", "no"])
        if in_series:
            row.pair("definition_id", (row["indicator"], row["definition_id"]), keys)
        row.check_choice("kind", TargetKind.values)
        city = row.city(cities) if row["city"] else ""
        if not row["target"]:
            row.fault("target", "missing")
        years = [row.number_in(name) for name in ("target_year", "baseline_year")]
        key = row["definition_id"] if in_series else ""
        # The city says which country.
        country = "" if city else row["country"]
        row.once((row["indicator"], key, city, country, row["kind"], row["target_year"]), seen)
        if row["indicator"] not in codes:
            left_out["targets"] += 1
        elif not row.faults:
            is_number = _NUMBER.fullmatch(row["target"])
            yield (
                row.where,
                {
                    "code": row["indicator"],
                    "key": key,
                    "city_id": city,
                    "country": country,
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
    rows: Iterable[_Row], codes: Collection[str], keys: Collection[Pair], left_out: Counter[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        row.check_choice("verdict", VERDICTS)
        left, right = (row["code"], row["left_definition"]), (
            row["right_code"], row["right_definition"],
        )  # fmt: skip
        pairs: list[tuple[Pair, Pair | None]] = [(left, right if right[1] else None)]
        if row["code"].endswith("*"):
            # One verdict for the definitions of several indicators, each in two countries.
            begin = row["code"].removesuffix("*")
            pairs = [(pair, pair) for pair in keys if pair[0].startswith(begin)]
        for first, other in pairs:
            if first[0] not in codes or (other and other[0] not in codes):
                left_out["siblings"] += 1
                continue
            for column, pair in (("left_definition", first), ("right_definition", other)):
                if pair:
                    row.pair(column, pair, keys)
            row.once((*first, *(other or ())), seen)
            if not row.faults:
                yield (
                    row.where,
                    {
                        "left": first,
                        "right": other,
                        "verdict": VERDICTS[row["verdict"]].value,
                        "clause": row["clause"],
                        **{
                            f"{field}{suffix}": row[f"{column}{suffix}"]
                            for field, column in _SIBLING_TEXTS.items()
                            for suffix in ("", "_fr", "_sv")
                        },
                    },
                )


_SIBLING_TEXTS = {"differs": "what_differs", "advice": "advice"}


_OF_QUERY = frozenset(field.name for field in dataclasses.fields(Query))
_OF_OPTIONS = frozenset(field.name for field in dataclasses.fields(Options))


def _recipe_faults(where: str, row: dict[str, Any], keys: Collection[Pair]) -> Iterator[Fault]:
    pair = (row["indicator"], row["definition"])
    if pair not in keys:
        params = {"value": "/".join(pair), "file": "starter-indicators.csv"}
        yield Fault(f"{where}, definition", "not-in-file", params)
    if row["publisher"] not in (*PUBLISHERS, BY_HAND):
        allowed = {"value": row["publisher"], "allowed": [*PUBLISHERS, BY_HAND]}
        yield Fault(f"{where}, publisher", "not-one-of", allowed)
    for name, known in (("query", _OF_QUERY), ("per", _OF_QUERY), ("options", _OF_OPTIONS)):
        for unknown in sorted(set(row.get(name, {})) - known):
            yield Fault(f"{where}, {name}.{unknown}", "unknown-field")


def read_indicators(
    folder: Path, cities: dict[str, str], known_measures: dict[str, dict[str, str]]
) -> IndicatorFiles:
    """Read and check the indicators of a folder.

    `cities` are the countries of its cities by id, `known_measures` its measures by slug.

    Raises InvalidData naming every fault by file, row and column.
    """
    faults: list[Fault] = []

    def rows(name: str, *columns: str) -> Iterator[_Row]:
        return _rows(folder / name, columns, faults)

    notes = json_data(folder / "indicator-notes.json", faults, default={})
    indicators: dict[str, dict[str, Any]] = {}
    definitions: dict[Pair, DefinitionVersion] = {}
    for row in rows("starter-indicators.csv", *INDICATOR_COLUMNS):
        key = (row["code"], row["definition_id"])
        row.check_choice("direction", IndicatorDirection.values)
        if key in definitions:
            row.faults.append(Fault(row.where, "given-twice", {"value": "/".join(key)}))
        note = notes.get("/".join(key), {})
        if row["grade"] not in {"", *Quality.values, *NO_GRADE}:
            row.fault("grade", "not-a-grade")
        row.check_choice("method", ["", *MethodClass.values])
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
        params = {"value": name, "file": "starter-indicators.csv"}
        faults.append(Fault(f"indicator-notes.json, {name}", "not-in-file", params))
    groups = json_data(folder / "indicator-groups.json", faults, default=[])
    measures = json_data(folder / "indicator-measures.json", faults, default=[])
    for place, link in enumerate(measures):
        for name, there, file in (
            ("indicator", indicators, "starter-indicators.csv"),
            ("measure", known_measures, "measures.json"),
        ):
            if link[name] not in there:
                where = row_name("indicator-measures.json", measures, [place, name])
                faults.append(Fault(where, "not-in-file", {"value": link[name], "file": file}))
    sources = _sources(rows("sources.csv", *SOURCE_COLUMNS))
    left_out: Counter[str] = Counter()
    recipes = json_data(folder / "recipes.json", faults, default=[])
    for place, recipe in enumerate(recipes, start=1):
        faults += _recipe_faults(f"recipes.json, row {place}", recipe, definitions)
    result = IndicatorFiles(
        indicators=indicators,
        definitions=definitions,
        groups=groups,
        measures=[known_measures.get(link["measure"], {}) | link for link in measures],
        figures=list(
            _figures(
                rows("starter-observations.csv", *OBSERVATION_COLUMNS),
                definitions,
                cities,
                sources,
            )
        ),
        sources=sources,
        targets=list(
            _targets(
                rows("targets.csv", *TARGET_COLUMNS), indicators, definitions, cities, left_out
            )
        ),
        siblings=list(
            _siblings(rows("siblings.csv", *SIBLING_COLUMNS), indicators, definitions, left_out)
        ),
        recipes=recipes,
        urban_audit={
            make_slug(row["city"]): row["urau_code"]
            for row in rows("starter-cities.csv", "city")
            if row["urau_code"]
        },
        left_out=left_out,
    )
    refuse(faults)
    return result
