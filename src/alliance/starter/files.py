"""Reading the files of a starter folder, with every fault named by file, row and field.

A folder holds cases.json, solutions.json, engagement-methods.json and starter-cities.csv; the
further files (places, source kinds, reasons, translations …) are editorial additions and optional.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from alliance.core.errors import Fault, refuse
from alliance.core.ids import slug as make_slug
from alliance.core.strict_json import NotJson, keys_repeated, read, walk
from alliance.core.text import markup_fault
from alliance.starter.case_schema import cases_schema, solution_costs_schema

SCHEMAS = Path(__file__).parent / "schema"
#: Those that are made from what the platform knows of the fields.
_MADE = {"cases": cases_schema, "solution-costs": solution_costs_schema}
# What makes a row of a list the only one of its kind.
KEYS = {
    "indicator-groups": "code", "measures": "slug", "needs": "id", "organisations": "id",
    "units": "code",
}  # fmt: skip
SHAPES = {"array": "a list", "object": "an object"}


def value_faults(name: str, data: Any) -> Iterator[Fault]:
    """Keys given twice, and texts that are not plain, anywhere in the data of a file.

    JSON takes the last of two values without a word: the first would be lost unseen.
    """
    for path, value in walk(data):
        for key in keys_repeated(value):
            yield Fault(row_name(name, data, [*path, key]), "key-repeated")
        if isinstance(value, str):
            fault = markup_fault(row_name(name, data, [*path]), value)
            if fault is not None:
                yield fault


def row_name(name: str, data: Any, path: list[Any]) -> str:
    """`cases.json, row 4 (malmo-green-roofs), effects[0].unit` from a path into the data."""
    if not path:
        return name
    where = f"{name}, row {path[0] + 1}" if isinstance(path[0], int) else f"{name}, {path[0]}"
    row = data[path[0]] if isinstance(path[0], int) and path[0] < len(data) else None
    if isinstance(row, dict) and isinstance(row.get("slug"), str):
        where += f" ({row['slug'][:80]})"
    rest = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[1:])
    return where + (", " + rest.lstrip(".") if rest else "")


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of several shapes the one that got furthest says what is wrong; "not null" says nothing."""
    while error.validator in {"oneOf", "anyOf"} and error.context:
        error = max(
            error.context,
            key=lambda inner: (len(inner.absolute_path), inner.validator != "type"),
        )
    return error


def _rule(error: jsonschema.ValidationError) -> str:
    """The broken rule in words, without repeating whole rows of data."""
    if error.validator == "type" and isinstance(error.instance, dict | list):
        wanted = error.validator_value
        wanted = [wanted] if isinstance(wanted, str) else wanted
        shape = "an object" if isinstance(error.instance, dict) else "a list"
        return f"must be {' or '.join(SHAPES.get(name, name) for name in wanted)}, not {shape}"
    message = error.message
    return message if len(message) < 300 else message[:297] + "…"


def _twice(name: str, file: str, data: list[Any]) -> Iterator[Fault]:
    key = KEYS.get(name, "slug")
    seen: dict[str, int] = {}
    for position, row in enumerate(data):
        value = row.get(key) if isinstance(row, dict) else None
        if not isinstance(value, str):
            continue
        if value in seen:
            where = row_name(file, data, [position, key])
            yield Fault(where, "in-row", {"value": value, "row": seen[value] + 1})
        seen.setdefault(value, position)


def schema_faults(name: str, data: Any, *, file: str = "") -> Iterator[Fault]:
    """What in `data` breaks the schema `name`; `file` where the file is called otherwise."""
    file = file or f"{name}.json"
    path = SCHEMAS / f"{name}.schema.json"
    made = _MADE.get(name)
    schema = made() if made else json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker(["date"])
    )
    errors = sorted(validator.iter_errors(data), key=lambda error: list(map(str, error.path)))
    for error in map(_deepest, errors):
        yield Fault(row_name(file, data, list(error.absolute_path)), "said", {"text": _rule(error)})
    if isinstance(data, list):
        yield from _twice(name, file, data)


HERE = Path(__file__).parent
LANGUAGES_BESIDE_ENGLISH = ("fr", "sv")
CITY_COLUMNS = (
    "city", "country", "lat", "lon", "population", "population_year", "area_km2", "koppen",
    "member", "admin_code", "name_fr", "name_sv", "not_seen",
)  # fmt: skip


@dataclass(frozen=True)
class StarterFiles:
    """The parsed files of a folder, still in the words of the files."""

    folder: Path
    cases: list[dict[str, Any]]
    solutions: list[dict[str, Any]]
    methods: list[dict[str, Any]]
    cities: list[dict[str, Any]]
    organisations: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    units: list[dict[str, Any]]
    compiled_on: dt.date | None
    places: dict[tuple[str, str], dict[str, Any]]
    source_kinds: dict[str, dict[str, Any]]
    reasons: dict[str, list[str]]
    who: dict[str, dict[str, Any]]
    overlaps: dict[tuple[str, int | str], str]
    merged: dict[str, str]
    reported: dict[str, str]
    solution_costs: dict[str, list[dict[str, Any]]]
    editorial: dict[str, dict[str, Any]]
    facts: dict[str, list[dict[str, Any]]]
    needs: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    check_again: dict[str, list[str]]
    effect_check_again: dict[str, dict[str, str]]
    status: dict[str, dict[str, Any]]
    koppen: dict[str, tuple[str, str]]
    sizes: dict[str, int]
    districts: dict[str, list[str]]
    translations: dict[tuple[str, str], dict[str, Any]]


def json_data(
    path: Path, faults: list[Fault], *, default: Any = None, schema: str = "", file: str = ""
) -> Any:
    """The data of a JSON file; `default` where an optional one is missing, or a fault is found."""
    file, empty = file or path.name, [] if default is None else default
    if not path.exists():
        if default is None:
            faults.append(Fault(file, "no-file"))
        return empty
    try:
        data = read(path.read_bytes())
    except (OSError, NotJson) as error:
        faults.append(Fault(file, "not-json", {"why": str(error)}))
        return empty
    new_faults = [*value_faults(file, data), *schema_faults(schema or path.stem, data, file=file)]
    faults += new_faults
    return empty if new_faults else data


def _number(row: dict[str, str], column: str, kind: type, where: str, faults: list[Fault]) -> Any:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        faults.append(Fault(f"{where}, column {column}", "no-such-number", {"value": text}))
        return None


def _cell_faults(where: str, row: dict[str, str]) -> Iterator[Fault]:
    for column, cell in row.items():
        # Cells beyond the last column stand in a list.
        if isinstance(cell, str) and (fault := markup_fault(f"{where}, column {column}", cell)):
            yield fault


def table(
    path: Path, columns: tuple[str, ...], faults: list[Fault]
) -> list[tuple[str, dict[str, str]]]:
    """The rows of a CSV file, each behind its place in words; none where columns are missing, or
    there is no file.
    """
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = [name for name in columns if name not in (reader.fieldnames or [])]
            if missing:
                faults.append(Fault(path.name, "columns-missing", {"names": missing}))
                return []
            rows = [(f"{path.name}, row {number}", row) for number, row in enumerate(reader, 2)]
    except UnicodeDecodeError as error:
        faults.append(Fault(path.name, "byte-not-utf-8", {"n": error.start + 1}))
        return []
    except csv.Error as error:
        faults.append(Fault(path.name, "not-csv", {"why": str(error)}))
        return []
    for where, row in rows:
        faults += _cell_faults(where, row)
    return rows


def _cities(path: Path, faults: list[Fault]) -> list[dict[str, Any]]:
    if not path.exists():
        faults.append(Fault(path.name, "no-file"))
        return []
    cities = []
    for where, row in table(path, CITY_COLUMNS[:4], faults):
        name = (row.get("city") or "").strip()
        if not name:
            faults.append(Fault(f"{where}, column city", "missing"))
            continue
        member = (row.get("member") or "").strip().lower()
        if member not in {"true", "false", ""}:
            params = {"value": member, "allowed": ["true", "false"]}
            faults.append(Fault(f"{where}, column member", "not-one-of", params))
        cities.append(
            {
                "id": make_slug(name),
                "name": name,
                "country": (row.get("country") or "").strip(),
                "latitude": _number(row, "lat", float, where, faults),
                "longitude": _number(row, "lon", float, where, faults),
                "population": _number(row, "population", int, where, faults),
                "population_year": _number(row, "population_year", int, where, faults),
                "area_km2": _number(row, "area_km2", float, where, faults),
                "is_member": member == "true",
                "admin_code": (row.get("admin_code") or "").strip(),
                "name_fr": (row.get("name_fr") or "").strip(),
                "name_sv": (row.get("name_sv") or "").strip(),
                "unverified_fields": [f for f in (row.get("not_seen") or "").split(";") if f],
            }
        )
    return cities


def _facts(
    path: Path, columns: tuple[str, ...], faults: list[Fault]
) -> list[tuple[str, dict[str, str]]]:
    """The rows of an optional CSV file of facts about cities, each cell filled, one row a city."""
    rows = table(path, columns, faults)
    seen: set[str] = set()
    for where, row in rows:
        faults += [Fault(f"{where}, column {name}", "missing") for name in columns if not row[name]]
        if row["city_id"] in seen:
            faults.append(
                Fault(f"{where}, column city_id", "given-twice", {"value": row["city_id"]})
            )
        seen.add(row["city_id"])
    return rows


def _sizes(path: Path, faults: list[Fault]) -> dict[str, int]:
    sizes = {}
    for where, row in _facts(path, ("city_id", "inhabitants"), faults):
        number = _number(row, "inhabitants", int, where, faults)
        if number is not None and number <= 0:
            faults.append(Fault(f"{where}, column inhabitants", "not-above-0"))
        sizes[row["city_id"]] = number
    return sizes


def _holds(folder: Path, name: str) -> bool:
    return folder == HERE or (folder / name).exists()


def read_folder(folder: Path | None = None) -> StarterFiles:
    """Read and check the files of a folder (default: the network that ships).

    Raises InvalidData naming every fault that the shape of the files has.
    """
    folder = folder or HERE
    faults: list[Fault] = []
    names = ("cases", "solutions", "engagement-methods")
    # A folder may bring indicators alone.
    is_whole = not (folder / "starter-indicators.csv").exists() or any(
        (folder / f"{name}.json").exists() for name in names
    )
    data = {
        name: json_data(folder / f"{name}.json", faults, default=None if is_whole else [])
        for name in names
    }
    # A folder without vocabularies of its own speaks in the shipped ones.
    measures, units = (
        json_data(next(place for place in (folder, HERE) if _holds(place, name)) / name, faults)
        for name in ("measures.json", "units.json")
    )
    mapped = {
        slug: theme
        for place in dict.fromkeys((HERE, folder))
        if (place / "outcome-themes.json").exists()
        for slug, theme in json_data(place / "outcome-themes.json", faults, default={}).items()
    }
    for number, row in enumerate(measures):
        row["outcome_theme"] = mapped.get(row["slug"], "")
        if not row["outcome_theme"]:
            faults.append(
                Fault(row_name("measures.json", measures, [number, "slug"]), "unmapped-measure")
            )
    manifest = json_data(folder / "manifest.json", faults, default={})
    translations = {}
    for name in ("cases", "solutions", "engagement-methods"):
        for language in LANGUAGES_BESIDE_ENGLISH:
            file = f"translations/{name}.{language}.json"
            translations[name, language] = json_data(
                folder / file, faults, default={}, schema=f"translated-{name}", file=file
            )
    files = StarterFiles(
        folder=folder,
        cases=data["cases"],
        solutions=data["solutions"],
        methods=data["engagement-methods"],
        cities=_cities(folder / "starter-cities.csv", faults),
        organisations=json_data(folder / "organisations.json", faults, default=[]),
        measures=measures,
        units=units,
        compiled_on=dt.date.fromisoformat(manifest["compiled_on"])
        if "compiled_on" in manifest
        else None,
        places={
            (row["city"], row["country"]): row
            for row in json_data(folder / "places.json", faults, default=[])
        },
        source_kinds=json_data(folder / "sources-kinds.json", faults, default={}),
        reasons=json_data(folder / "outcome-reasons.json", faults, default={}),
        who=json_data(folder / "who-gained.json", faults, default={}),
        overlaps={
            (row["case"], row["key"] if "key" in row else row["index"]): row["reason"]
            for row in json_data(folder / "effect-overlaps.json", faults, default=[])
        },
        reported=json_data(folder / "reported-as-working.json", faults, default={}),
        solution_costs=json_data(folder / "solution-costs.json", faults, default={}),
        editorial=json_data(folder / "solution-editorial.json", faults, default={}),
        facts=json_data(folder / "city-facts.json", faults, default={}),
        needs=json_data(folder / "needs.json", faults, default=[]),
        groups=json_data(folder / "topic-groups.json", faults, default=[]),
        check_again=json_data(folder / "check-again.json", faults, default={}),
        effect_check_again=json_data(folder / "effect-check-again.json", faults, default={}),
        status=json_data(folder / "case-status.json", faults, default={}),
        merged=json_data(folder / "merged-cases.json", faults, default={}),
        koppen={
            row["city_id"]: (row["koppen"], row["source"])
            for _, row in _facts(folder / "koppen.csv", ("city_id", "koppen", "source"), faults)
        },
        districts=json_data(folder / "districts.json", faults, default={}),
        sizes=_sizes(folder / "city-sizes.csv", faults),
        translations=translations,
    )
    refuse(faults)
    return files
