"""Taking over cases from the JSON download of another installation: all of them, or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import transaction
from pydantic import BaseModel, ConfigDict, ValidationError

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, shape_faults
from alliance.core.strict_json import NotJson, kept_faults, read
from alliance.core.text import jsonable
from alliance.knowledge import services
from alliance.knowledge.case_document import (
    TEXT_FIELDS,
    CaseDocument,
    CostPart,
    EffectPart,
    Place,
    QuantityPart,
    SourcePart,
    Text,
)
from alliance.knowledge.case_fields import QUANTITIES
from alliance.knowledge.effects import UNDISCLOSED
from alliance.knowledge.enums import CaseStatus, TextStatus
from alliance.knowledge.exports.codebook import LANGUAGES
from alliance.knowledge.exports.rows import nested_cases
from alliance.knowledge.models import CaseStudy, Measure, Solution, Unit
from alliance.network.enums import Origin

#: A case of the download: its id, the case, and where it comes from.
Case = tuple[str, CaseDocument, Origin]
MOST_BYTES = 200_000_000
BATCH = 500


class _Row(BaseModel):
    # Derived columns of the download are there for readers and are not taken over.
    model_config = ConfigDict(extra="ignore", strict=True)


class _Effect(_Row):
    measure: str
    unit: str
    value: float
    design: str
    direction: str
    qualifier: str | None = None
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    standard_error: float | None = None
    n: int | None = None
    period_start: int | None = None
    period_end: int | None = None
    note: str | None = None
    pool_exclusion: str | None = None


class _Source(_Row):
    title: str
    url: str
    kind: str
    seen: str | None = None
    independent: bool | None = None


class _Case(_Row):
    id: str
    solution: str
    kind: str
    place: str
    country: str
    outcome: str
    original_language: str
    origin: Origin = Origin.MEMBERS
    place_fr: str | None = None
    place_sv: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    start_year: int | None = None
    end_year: int | None = None
    reasons: list[str] = []
    topics: list[str] = []
    themes: list[str] = []
    sdg_targets: list[str] = []
    actors: list[str] = []
    cost_amount: float | None = None
    cost_currency: str | None = None
    cost_price_year: int | None = None
    staff_time: float | None = None
    staff_time_unit: str | None = None
    lead_time: float | None = None
    lead_time_unit: str | None = None
    lifetime: float | None = None
    lifetime_unit: str | None = None
    adapted_from: str | None = None
    adaptation_changes: str | None = None
    checked_on: dt.date | None = None
    review_by: dt.date | None = None
    effects: list[_Effect] = []
    sources: list[_Source] = []


@dataclass(frozen=True)
class Imported:
    """How many cases were new, changed, and the same as here.

    `left_out`: failures whose city is hidden where they come from, and with it their sources,
    without which nothing is published here.
    """

    created: int
    updated: int
    unchanged: int
    left_out: int


def _texts(raw: dict[str, Any]) -> dict[str, Text]:
    """The texts of a row, one for each language that it says anything in."""
    texts = {
        language: Text(
            status=raw.get(f"text_status_{language}") or TextStatus.ORIGINAL.value,
            **{name: raw.get(f"{name}_{language}") or "" for name in TEXT_FIELDS},
        )
        for language in LANGUAGES
    }
    return {language: text for language, text in texts.items() if not text.is_empty}


def _effect(effect: _Effect, names: _Names) -> EffectPart:
    values = effect.model_dump(exclude={"standard_error"}) | {
        "measure": names.measures.get(effect.measure, effect.measure),
        "unit": names.units.get(effect.unit, effect.unit),
        "qualifier": effect.qualifier or "",
        "note": effect.note or "",
    }
    return EffectPart(se=effect.standard_error, **values)


def _document(row: _Case, raw: dict[str, Any], names: _Names) -> CaseDocument:
    cost = None
    if row.cost_amount is not None:
        cost = CostPart(
            amount=row.cost_amount,
            currency=row.cost_currency or "",
            price_year=row.cost_price_year,
        )
    quantities: dict[str, Any] = {
        one.name: QuantityPart(value=value, unit=getattr(row, one.unit.table) or "")
        for one in QUANTITIES
        if (value := getattr(row, one.value.table)) is not None
    }
    same = row.model_dump(
        include={
            *("solution", "kind", "outcome", "reasons", "start_year", "end_year", "topics"),
            *("themes", "sdg_targets", "actors", "checked_on", "review_by", "original_language"),
        }
    )
    return CaseDocument(
        place=Place(
            name=row.place,
            country=row.country,
            name_fr=row.place_fr or "",
            name_sv=row.place_sv or "",
            city=row.city,
            latitude=row.latitude,
            longitude=row.longitude,
        ),
        texts=_texts(raw),
        cost=cost,
        effects=[_effect(effect, names) for effect in row.effects],
        sources=[
            SourcePart(**source.model_dump() | {"seen": source.seen or ""})
            for source in row.sources
        ],
        adapted_from=row.adapted_from or None,
        adaptation_changes=row.adaptation_changes or "",
        **quantities,
        **same,
    )


@dataclass(frozen=True)
class _Names:
    """Names of measures and units by their codes, as records name them."""

    measures: dict[str, str]
    units: dict[str, str]


def _read(path: Path) -> list[dict[str, Any]]:
    if path.stat().st_size > MOST_BYTES:
        raise InvalidData([Fault(path.name, "large-file", {"n": MOST_BYTES // 1_000_000})])
    try:
        content = read(path.read_bytes())
    except NotJson as error:
        raise InvalidData([Fault(path.name, "not-json", {"why": str(error)})]) from error
    # JSON takes the last of two values without a word: the first would be lost unseen.
    if faults := kept_faults(content):
        raise InvalidData(faults)
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list) or content.get("table") != "cases":
        raise InvalidData([Fault(path.name, "not-a-download")])
    return rows


def _names() -> _Names:
    return _Names(
        dict(Measure.objects.values_list("slug", "name")),
        dict(Unit.objects.values_list("code", "name")),
    )


def _one(raw: dict[str, Any], names: _Names) -> Case:
    # JSON has no dates and codes, only text: reading as JSON lets them in, strictly.
    row = _Case.model_validate_json(json.dumps(raw))
    return row.id, _document(row, raw, names), row.origin


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON download, those that others were adapted from first.

    Raises InvalidData naming each row and field at fault.
    """
    names = _names()
    faults: list[Fault] = []
    found: dict[str, Case] = {}
    for position, raw in enumerate(_read(path)):
        place = f"rows[{position}]"
        if not isinstance(raw, dict):
            faults.append(Fault(place, "not-an-object"))
            continue
        try:
            case = _one(raw, names)
        except ValidationError as error:
            faults += shape_faults(error, place)
            continue
        public_id = case[0]
        if public_id in found:
            faults.append(Fault(f"{place}.id", "given-twice", {"value": public_id}))
        found[public_id] = case
    if faults:
        raise InvalidData(faults)
    origins = {public_id: case[1].adapted_from for public_id, case in found.items()}
    return [found[public_id] for public_id in _in_order(origins)]


def _in_order(origins: dict[str, str | None]) -> list[str]:
    """Ids so that each comes after the one it was adapted from; a circle is left as it came."""
    ordered: dict[str, None] = {}
    for name in origins:
        line: list[str] = []
        current: str | None = name
        while current in origins and current not in ordered and current not in line:
            line.append(current)
            current = origins[current]
        ordered.update(dict.fromkeys(reversed(line)))
    return list(ordered)


def _present(public_ids: list[str], at: dt.datetime) -> dict[str, CaseDocument]:
    """The published cases of these ids as a download of here would give them."""
    names = _names()
    found = {}
    for start in range(0, len(public_ids), BATCH):
        for row in nested_cases(at.date(), public_ids[start : start + BATCH]):
            public_id, document, _origin = _one(jsonable(row), names)
            found[public_id] = document
    return found


def _hidden(public_ids: list[str]) -> Iterable[Fault]:
    """Cases that are here but not published: an import must not bring them back."""
    for start in range(0, len(public_ids), BATCH):
        cases = CaseStudy.objects.filter(public_id__in=public_ids[start : start + BATCH])
        for case in cases.exclude(status=CaseStatus.PUBLISHED):
            status = CaseStatus(case.status).label
            yield Fault(f"{case.public_id}.status", "hidden-here", {"status": status})


def _masked(public_ids: list[str]) -> set[str]:
    """Those of the cases whose city is hidden here; a download does not hold what it hides."""
    return {
        public_id
        for start in range(0, len(public_ids), BATCH)
        for public_id in CaseStudy.objects.filter(
            public_id__in=public_ids[start : start + BATCH], is_masked=True
        ).values_list("public_id", flat=True)
    }


def import_cases(
    cases: list[Case],
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Callable[[Iterable[Case]], Iterable[Case]] = iter,
    check_only: bool = False,
) -> Imported:
    """Write cases that `read_cases` gave; a second time changes nothing.

    `counted` is handed the cases and gives them on: a place for a progress bar. Raises
    InvalidData, with nothing written, where any case breaks a rule. `check_only` writes nothing.
    """
    created = updated = unchanged = left_out = 0
    public_ids = [public_id for public_id, _document, _origin in cases]
    touched: set[Solution] = set()
    with transaction.atomic():
        faults = list(_hidden(public_ids))
        present = _present(public_ids, at)
        masked = _masked(public_ids)
        for public_id, document, origin in counted(cases):
            before = present.get(public_id)
            if before == document:
                unchanged += 1
                continue
            if public_id in masked:
                faults.append(Fault(f"{public_id}.place", "masked-here"))
                continue
            if document.place.country == UNDISCLOSED and not document.sources:
                left_out += 1
                continue
            try:
                case = services.save_case(
                    document,
                    public_id=public_id,
                    actor=actor,
                    at=at,
                    origin=origin,
                    grade=False,
                )
            except InvalidData as error:
                faults += [
                    replace(fault, where=f"{public_id}: {fault.where}") for fault in error.faults
                ]
                continue
            touched.add(case.solution)
            created, updated = created + (before is None), updated + (before is not None)
        if faults:
            raise InvalidData(faults)
        # A case that moved leaves a gap in the evidence of the solution it belonged to.
        moved = {before.solution for before in present.values()}
        touched |= set(Solution.objects.filter(public_id__in=moved)) if touched else set()
        for solution in touched:
            services.regrade(solution)
        if check_only:
            transaction.set_rollback(True)
    return Imported(created, updated, unchanged, left_out)
