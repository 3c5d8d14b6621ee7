"""Reading a starter folder into records, with every fault named by file, row and field.

A folder holds cases.json, solutions.json, engagement-methods.json and starter-cities.csv; the
further files (places, source kinds, reasons, translations …) are editorial additions and optional.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema

from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import slug as make_slug
from alliance.knowledge.enums import TextStatus
from alliance.knowledge.records import (
    CaseRecord,
    CaseTextRecord,
    Cost,
    EffectRecord,
    MethodRecord,
    MethodTextRecord,
    PlaceRecord,
    Quantity,
    SolutionRecord,
    SolutionTextRecord,
    SourceRecord,
)

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


def _json(path: Path, faults: list[Fault], *, default: Any = None) -> Any:
    if not path.exists():
        if default is None:
            faults.append(Fault(path.name, "the file is missing"))
            return []
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        faults.append(Fault(path.name, f"is not JSON in UTF-8: {error}"))
        return default if default is not None else []


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


def _number(
    row: dict[str, str], column: str, kind: type, where: str, faults: list[Fault]
) -> Any:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        faults.append(Fault(f"{where}, column {column}", f"{text!r} is not a number"))
        return None


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


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of an optional CSV file of editorial additions."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


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
        _json(
            folder / f"{name}.json" if (folder / f"{name}.json").exists() else HERE / f"{name}.json",
            faults,
        )
        for name in ("measures", "units")
    )
    manifest = _json(folder / "manifest.json", faults, default={})
    koppen = {
        row["city_id"]: (row["koppen"], row["source"]) for row in _rows(folder / "koppen.csv")
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
            row["city_id"]: int(row["inhabitants"]) for row in _rows(folder / "city-sizes.csv")
        },
        translations=translations,
    )
    if faults:
        raise InvalidData(faults)
    return files


def _period(text: str | None) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    start, _, end = text.partition("-")
    return int(start), int(end or start)


def _quantity(value: dict[str, Any] | None) -> Quantity | None:
    return None if value is None else Quantity(value["value"], value["unit"])


def _place(files: StarterFiles, row: dict[str, Any]) -> PlaceRecord:
    known = files.places.get((row["city"], row["country"]), {})
    by_name = {city["id"] for city in files.cities}
    city_id = known.get("city_id")
    if not known and make_slug(row["city"]) in by_name:
        city_id = make_slug(row["city"])
    return PlaceRecord(
        name=known.get("name") or row["city"],
        country=row["country"],
        name_fr=known.get("name_fr") or "",
        name_sv=known.get("name_sv") or "",
        city_id=city_id,
        latitude=row.get("lat"),
        longitude=row.get("lon"),
    )


def _source(files: StarterFiles, row: dict[str, Any]) -> SourceRecord:
    known = files.source_kinds.get(row["url"], {})
    return SourceRecord(
        title=row["title"],
        url=row["url"],
        seen=row.get("seen") or "",
        kind=row.get("kind") or known.get("kind") or "unknown",
        independent=row["independent"] if "independent" in row else known.get("independent"),
    )


def case_record(files: StarterFiles, row: dict[str, Any]) -> CaseRecord:
    """One row of cases.json with its editorial additions."""
    slug = row["slug"]
    cost = row.get("cost")
    return CaseRecord(
        public_id=slug,
        solution=row["solution"],
        kind=row["kind"],
        place=_place(files, row),
        outcome=row["outcome"],
        reasons=tuple(row.get("reasons") or files.reasons.get(slug, ())),
        start_year=row["start_year"],
        end_year=row["end_year"],
        cost=None
        if cost is None
        else Cost(Decimal(str(cost["amount"])), cost["currency"], cost["year"]),
        staff_time=_quantity(row.get("staff_time")),
        lead_time=_quantity(row.get("lead_time")),
        lifetime=_quantity(row.get("lifetime")),
        texts=(
            CaseTextRecord(
                language="en",
                title=row["title"],
                summary=row["summary"],
                problem=row["problem"] or "",
                what_worked=row["what_worked"] or "",
                what_did_not=row["what_did_not"] or "",
                equity_notes=row.get("equity_notes") or "",
            ),
        ),
        effects=tuple(
            EffectRecord(
                measure=effect["measure"],
                unit=effect["unit"],
                value=effect["value"],
                design=effect["design"],
                direction=effect["direction"],
                qualifier=effect.get("qualifier") or "",
                baseline=effect.get("baseline"),
                low=effect.get("low"),
                high=effect.get("high"),
                standard_error=effect.get("se"),
                n=effect.get("n"),
                period_start=_period(effect.get("period"))[0],
                period_end=_period(effect.get("period"))[1],
                note=effect.get("note") or "",
                pool_exclusion=files.overlaps.get((slug, position), ""),
            )
            for position, effect in enumerate(row["effects"])
        ),
        sources=tuple(_source(files, source) for source in row["sources"]),
        topics=tuple(row["topics"]),
        themes=tuple(row["themes"]),
        sdg_targets=tuple(row["sdg_targets"]),
        actors=tuple(row["actors"]),
        adapted_from=row.get("adapted_from") or "",
        adaptation_changes=row.get("adaptation_changes") or "",
        checked_on=files.compiled_on,
        review_by=dt.date.fromisoformat(row["review_by"]) if row.get("review_by") else None,
    )


def _apostrophe(text: str) -> str:
    """The typographic apostrophe that the translated texts use."""
    return text.replace("'", "’")


def solution_record(files: StarterFiles, row: dict[str, Any]) -> SolutionRecord:
    """One row of solutions.json with its translations."""
    texts = [
        SolutionTextRecord(
            language="en",
            name=row["name"],
            summary=row["summary"],
            how_it_works=row["how_it_works"],
            prerequisites=tuple(row["prerequisites"]),
        )
    ]
    for language in LANGUAGES_BESIDE_ENGLISH:
        name = row.get(f"name_{language}")
        translated = files.translations["solutions", language].get(row["slug"], {})
        if name:
            texts.append(
                SolutionTextRecord(
                    language=language,
                    name=_apostrophe(name),
                    summary=translated.get("summary", ""),
                    how_it_works=translated.get("how_it_works", ""),
                    prerequisites=tuple(translated.get("prerequisites", ())),
                    status=TextStatus.TRANSLATED,
                )
            )
    return SolutionRecord(
        public_id=row["slug"],
        kind=row["kind"],
        texts=tuple(texts),
        topics=tuple(row["topics"]),
        themes=tuple(row["themes"]),
        sdg_targets=tuple(row["sdg_targets"]),
    )


def method_record(files: StarterFiles, row: dict[str, Any]) -> MethodRecord:
    """One row of engagement-methods.json with its translations."""
    texts = [
        MethodTextRecord(
            language="en",
            name=row["name"],
            description=row["description"],
            strengths=tuple(row.get("strengths", ())),
            limits=tuple(row.get("limits", ())),
            best_for=row.get("best_for") or "",
            duration=row.get("duration") or "",
            group_size_typical=row["group_size"].get("typical") or "",
            evaluation_criteria=tuple(row.get("evaluation_criteria", ())),
        )
    ]
    for language in LANGUAGES_BESIDE_ENGLISH:
        name = row.get(f"name_{language}")
        translated = files.translations["engagement-methods", language].get(row["slug"])
        if name and translated:
            texts.append(
                MethodTextRecord(
                    language=language,
                    name=_apostrophe(name),
                    status=TextStatus.TRANSLATED,
                    description=translated["description"],
                    best_for=translated.get("best_for", ""),
                    duration=translated.get("duration", ""),
                    group_size_typical=translated.get("group_size_typical", ""),
                    strengths=tuple(translated.get("strengths", ())),
                    limits=tuple(translated.get("limits", ())),
                    evaluation_criteria=tuple(translated.get("evaluation_criteria", ())),
                )
            )
    return MethodRecord(
        public_id=row["slug"],
        kind=row["kind"],
        cost_level=row["cost_level"],
        iap2_level=row["iap2_level"],
        mode=row["mode"],
        texts=tuple(texts),
        group_size_min=row["group_size"]["min"],
        group_size_max=row["group_size"]["max"],
        related_solution=row.get("related_solution") or "",
        evidence_cases=tuple(row.get("evidence_cases", ())),
    )
