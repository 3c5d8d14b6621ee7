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

from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import slug as make_slug
from alliance.core.strict_json import NotJson, keys_repeated, read, walk
from alliance.knowledge.validation import plain_text_fault

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
    overlaps: dict[tuple[str, int], str]
    koppen: dict[str, tuple[str, str]]
    sizes: dict[str, int]
    translations: dict[tuple[str, str], dict[str, Any]]


def _value_faults(name: str, data: Any) -> Iterator[Fault]:
    """Keys given twice, and texts that are not plain, anywhere in the data of a file.

    JSON takes the last of two values without a word: the first would be lost unseen.
    """
    for path, value in walk(data):
        for key in keys_repeated(value):
            yield Fault(_row_name(name, data, [*path, key]), "stands more than once")
        if isinstance(value, str) and (rule := plain_text_fault(value)):
            yield Fault(_row_name(name, data, [*path]), rule)


def _json(path: Path, faults: list[Fault], *, default: Any = None) -> Any:
    if not path.exists():
        if default is None:
            faults.append(Fault(path.name, "the file is missing"))
            return []
        return default
    try:
        data = read(path.read_bytes())
    except (OSError, NotJson) as error:
        faults.append(Fault(path.name, f"is not JSON in UTF-8: {error}"))
        return default if default is not None else []
    faults += _value_faults(path.name, data)
    return data


def _row_name(name: str, data: Any, path: list[Any]) -> str:
    """`cases.json, row 4 (malmo-green-roofs), effects[0].unit` from a path into the data."""
    if not path:
        return name
    where = f"{name}, row {path[0] + 1}" if isinstance(path[0], int) else f"{name}, {path[0]}"
    row = data[path[0]] if isinstance(path[0], int) and path[0] < len(data) else None
    if isinstance(row, dict) and isinstance(row.get("slug"), str):
        where += f" ({row['slug'][:80]})"
    rest = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[1:])
    return where + (", " + rest.lstrip(".") if rest else "")


def _rule(error: jsonschema.ValidationError) -> str:
    """The broken rule in words, without repeating whole rows of data."""
    if error.validator in {"oneOf", "anyOf"} and error.context:
        # The branch that got furthest says what is wrong; "is not null" says nothing.
        return _rule(max(error.context, key=lambda inner: len(inner.absolute_path)))
    message = error.message
    return message if len(message) < 300 else message[:297] + "…"


def _check_schema(name: str, data: Any, faults: list[Fault]) -> bool:
    schema = json.loads((HERE / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    found = sorted(validator.iter_errors(data), key=lambda error: list(map(str, error.path)))
    for error in found:
        path = list(error.absolute_path)
        if error.validator in {"oneOf", "anyOf"} and error.context:
            inner = max(error.context, key=lambda one: len(one.absolute_path))
            path = list(inner.absolute_path)
        faults.append(Fault(_row_name(f"{name}.json", data, path), _rule(error)))
    slugs: dict[str, int] = {}
    for position, row in enumerate(data if isinstance(data, list) else []):
        key = row.get("slug") if isinstance(row, dict) else None
        if isinstance(key, str):
            if key in slugs:
                faults.append(
                    Fault(
                        _row_name(f"{name}.json", data, [position, "slug"]),
                        f"stands already in row {slugs[key] + 1}",
                    )
                )
            slugs.setdefault(key, position)
    return not found


def _number(row: dict[str, str], column: str, kind: type, where: str, faults: list[Fault]) -> Any:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        faults.append(Fault(f"{where}, column {column}", f"{text!r} is not a number"))
        return None


def _cell_faults(where: str, row: dict[str, str]) -> Iterator[Fault]:
    for column, cell in row.items():
        # Cells beyond the last column stand in a list.
        if isinstance(cell, str) and (rule := plain_text_fault(cell)):
            yield Fault(f"{where}, column {column}", rule)


def _cities(path: Path, faults: list[Fault]) -> list[dict[str, Any]]:
    if not path.exists():
        faults.append(Fault(path.name, "the file is missing"))
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in CITY_COLUMNS[:4] if name not in (reader.fieldnames or [])]
        if missing:
            faults.append(Fault(path.name, f"columns missing: {', '.join(missing)}"))
            return []
        rows = list(reader)
    cities = []
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}, row {number}"
        faults += _cell_faults(where, row)
        name = (row.get("city") or "").strip()
        if not name:
            faults.append(Fault(f"{where}, column city", "is missing"))
            continue
        member = (row.get("member") or "").strip().lower()
        if member not in {"true", "false", ""}:
            faults.append(Fault(f"{where}, column member", f"{member!r} is not true or false"))
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


def _rows(path: Path, faults: list[Fault]) -> list[dict[str, str]]:
    """The rows of an optional CSV file of editorial additions."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for number, row in enumerate(rows, start=2):
        faults += _cell_faults(f"{path.name}, row {number}", row)
    return rows


def _holds(folder: Path, name: str) -> bool:
    return folder == HERE or (folder / name).exists()


def read_folder(folder: Path | None = None) -> StarterFiles:
    """Read and check the files of a folder (default: the network that ships).

    Raises InvalidData naming every fault that the shape of the files has.
    """
    folder = folder or HERE
    faults: list[Fault] = []
    data = {
        name: _json(folder / f"{name}.json", faults)
        for name in ("cases", "solutions", "engagement-methods")
    }
    for name, rows in data.items():
        if not any(fault.where == f"{name}.json" for fault in faults):
            _check_schema(name, rows, faults)
    cities = _cities(folder / "starter-cities.csv", faults)
    # A folder without vocabularies of its own speaks in the shipped ones.
    measures, units = (
        _json(next(place for place in (folder, HERE) if _holds(place, name)) / name, faults)
        for name in ("measures.json", "units.json")
    )
    manifest = _json(folder / "manifest.json", faults, default={})
    koppen = {
        row["city_id"]: (row["koppen"], row["source"])
        for row in _rows(folder / "koppen.csv", faults)
    }
    translations = {
        (name, language): _json(
            folder / "translations" / f"{name}.{language}.json", faults, default={}
        )
        for name in ("solutions", "engagement-methods")
        for language in LANGUAGES_BESIDE_ENGLISH
    }
    files = StarterFiles(
        folder=folder,
        cases=data["cases"],
        solutions=data["solutions"],
        methods=data["engagement-methods"],
        cities=cities,
        organisations=_json(folder / "organisations.json", faults, default=[]),
        measures=measures,
        units=units,
        compiled_on=dt.date.fromisoformat(manifest["compiled_on"])
        if "compiled_on" in manifest
        else None,
        places={
            (row["city"], row["country"]): row
            for row in _json(folder / "places.json", faults, default=[])
        },
        source_kinds=_json(folder / "sources-kinds.json", faults, default={}),
        reasons=_json(folder / "outcome-reasons.json", faults, default={}),
        overlaps={
            (row["case"], row["index"]): row["reason"]
            for row in _json(folder / "effect-overlaps.json", faults, default=[])
        },
        koppen=koppen,
        sizes={
            row["city_id"]: int(row["inhabitants"])
            for row in _rows(folder / "city-sizes.csv", faults)
        },
        translations=translations,
    )
    if faults:
        raise InvalidData(faults)
    return files
