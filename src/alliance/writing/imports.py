"""Taking over cases from the JSON download of another installation: all of them, or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from alliance.cases.case_document import CaseDocument, with_keys
from alliance.cases.case_fields import (
    IN_CASES,
    OF_LISTS,
    TEXT_COLUMNS,
    TYPES,
    CaseField,
    document_from_columns,
    from_columns,
)
from alliance.cases.effects import UNDISCLOSED
from alliance.cases.enums import CaseStatus
from alliance.cases.exports import nested_cases
from alliance.cases.models import CaseStudy, Measure, Solution, Unit
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, refuse, shape_faults
from alliance.core.strict_json import NotJson, read, storage_faults
from alliance.core.text import jsonable
from alliance.network.enums import Origin
from alliance.writing import services
from alliance.writing.models import Draft
from alliance.writing.services.cases import Named

#: A case of the download: its id, the case, and where it comes from.
Case = tuple[str, CaseDocument, Origin]
MOST_BYTES = 200_000_000
BATCH = 200


class _Row(BaseModel):
    # Derived columns of the download are there for readers and are not taken over.
    model_config = ConfigDict(extra="ignore", strict=True)


def _shape(fields: Iterable[CaseField], **beside: Any) -> Any:
    """The shape of a row of the download: these fields, by the names that tables give them."""
    columns: dict[str, Any] = {}
    for row in fields:
        kind = TYPES[row.kind]
        empty: Any = (kind, []) if row.kind == "list" else (kind | None, None)
        columns[row.table] = kind if row.is_required else empty
    return create_model("Row", __base__=_Row, **columns, **beside)


def _rows(fields: Iterable[CaseField]) -> Any:
    return list.__class_getitem__(_shape(fields))


_Case = _shape(
    (row for row in IN_CASES if row.is_open),
    id=str,
    origin=(Origin, Origin.MEMBERS),
    **{name: (_rows(fields), []) for name, fields in OF_LISTS.items()},
    **dict.fromkeys(TEXT_COLUMNS, (str | None, None)),
)


@dataclass(frozen=True)
class Imported:
    """How many cases were new, changed, and the same as here.

    `left_out`: failures whose city is hidden where they come from, and with it their sources,
    without which nothing is published here. `ours`: the ids of those that differ and stay as they
    are here. `brought`: the ids of solutions that came along.
    """

    created: int
    updated: int
    unchanged: int
    left_out: int
    ours: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()


def _document(row: dict[str, Any], names: _Names) -> CaseDocument:
    for result in (*row["effects"], *row["nulls"]):
        result["measure"] = names.measures.get(result["measure"], result["measure"])
    for effect in row["effects"]:
        for name in ("unit", "baseline_unit"):
            effect[name] = names.units.get(effect[name], effect[name])
    return CaseDocument.model_validate(
        document_from_columns(row)
        | {
            name: [from_columns(entry, fields) for entry in row[name]]
            for name, fields in OF_LISTS.items()
        }
    )


@dataclass(frozen=True)
class _Names:
    """Names of measures and units by their codes, as records name them."""

    measures: dict[str, str]
    units: dict[str, str]


def rows_of_download(path: Path, table: str = "cases") -> list[Any]:
    """The rows of the JSON download of a table, not yet looked at. Raises InvalidData."""
    if path.stat().st_size > MOST_BYTES:
        raise InvalidData([Fault(path.name, "large-file", {"n": MOST_BYTES // 1_000_000})])
    try:
        content = read(path.read_bytes())
    except NotJson as error:
        raise InvalidData([Fault(path.name, "not-json", {"why": str(error)})]) from error
    # JSON takes the last of two values without a word: the first would be lost unseen.
    refuse(storage_faults(content))
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list) or content.get("table") != table:
        raise InvalidData([Fault(path.name, "not-a-download")])
    return rows


def _names() -> _Names:
    return _Names(
        dict(Measure.objects.values_list("slug", "name")),
        dict(Unit.objects.values_list("code", "name")),
    )


def _parse_case(raw: dict[str, Any], names: _Names) -> Case:
    # JSON has no dates and codes, only text: reading as JSON lets them in, strictly.
    row = _Case.model_validate_json(json.dumps(raw)).model_dump()
    return row["id"], _document(row, names), row["origin"]


def importable(row: dict[str, Any]) -> dict[str, Any]:
    """What an import takes of a row of `nested_cases`, as JSON holds it."""
    case = _Case.model_validate_json(json.dumps(jsonable(row)))
    data: dict[str, Any] = case.model_dump(mode="json", exclude_none=True)
    return data


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON download, as `cases_of` gives them. Raises InvalidData."""
    return cases_of(rows_of_download(path))


def cases_of(rows: Iterable[Any]) -> list[Case]:
    """The cases of rows of a download, those that others were adapted from first.

    What its network has from a third one is not taken over. Raises InvalidData naming each row and
    field at fault.
    """
    cases, faults = parsed(rows)
    refuse(faults)
    return [case for case in cases if case[2] != Origin.NETWORK]


def parsed(rows: Iterable[Any]) -> tuple[list[Case], list[Fault]]:
    """The cases of rows, those that others were adapted from first, and what is at fault."""
    names = _names()
    faults: list[Fault] = []
    cases: dict[str, Case] = {}
    for position, raw in enumerate(rows):
        place = f"rows[{position}]"
        if not isinstance(raw, dict):
            faults.append(Fault(place, "not-an-object"))
            continue
        try:
            case = _parse_case(raw, names)
        except ValidationError as error:
            faults += shape_faults(error, place)
            continue
        public_id = case[0]
        if public_id in cases:
            faults.append(Fault(f"{place}.id", "given-twice", {"value": public_id}))
        cases[public_id] = case
    origins = {public_id: case[1].adapted_from for public_id, case in cases.items()}
    return [cases[public_id] for public_id in _in_order(origins)], faults


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
    documents = {}
    for start in range(0, len(public_ids), BATCH):
        for row in nested_cases(at.date(), public_ids[start : start + BATCH]):
            public_id, document, _origin = _parse_case(jsonable(row), names)
            documents[public_id] = document
    return documents


def _hidden(public_ids: list[str]) -> Iterable[Fault]:
    """Cases that are here but not published: an import must not bring them back."""
    for start in range(0, len(public_ids), BATCH):
        cases = CaseStudy.objects.filter(public_id__in=public_ids[start : start + BATCH])
        for case in cases.exclude(status=CaseStatus.PUBLISHED):
            status = CaseStatus(case.status).label
            yield Fault(f"{case.public_id}.status", "hidden-here", {"status": status})


def _here(public_ids: list[str]) -> set[str]:
    """Those of the cases that are here, published or not."""
    return {
        public_id
        for start in range(0, len(public_ids), BATCH)
        for public_id in CaseStudy.objects.filter(
            public_id__in=public_ids[start : start + BATCH]
        ).values_list("public_id", flat=True)
    }


def _ours(public_ids: list[str]) -> set[str]:
    """Those of the cases that somebody here has written, changed, hidden or withdrawn, or that come
    from a network which is read along."""
    drafts = Draft.objects.filter(case=OuterRef("pk"))
    untouched = Q(status=CaseStatus.PUBLISHED, edited_at=None, owner=None, from_address="")
    return {
        public_id
        for start in range(0, len(public_ids), BATCH)
        for public_id in CaseStudy.objects.filter(
            ~untouched | Q(is_masked=True) | Exists(drafts),
            public_id__in=public_ids[start : start + BATCH],
        ).values_list("public_id", flat=True)
    }


def _masked(public_ids: list[str]) -> set[str]:
    """Those of the cases whose city is hidden here; a download does not hold what it hides."""
    return {
        public_id
        for start in range(0, len(public_ids), BATCH)
        for public_id in CaseStudy.objects.filter(
            public_id__in=public_ids[start : start + BATCH], is_masked=True
        ).values_list("public_id", flat=True)
    }


def _relicensed(licences: Mapping[str, str]) -> list[str]:
    """Those of the cases here that have another licence than the one given for them."""
    public_ids = list(licences)
    return [
        public_id
        for start in range(0, len(public_ids), BATCH)
        for public_id, licence in CaseStudy.objects.filter(
            public_id__in=public_ids[start : start + BATCH]
        ).values_list("public_id", "licence")
        if licence != licences[public_id]
    ]


def _is_left_out(document: CaseDocument) -> bool:
    return document.place.country == UNDISCLOSED and not document.sources


def import_cases(  # noqa: C901
    cases: list[Case],
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Callable[[Iterable[Case]], Iterable[Case]] = iter,
    keep_ours: bool = False,
    licences: Mapping[str, str] = MappingProxyType({}),
    bring: Callable[[set[str]], Iterable[str]] = lambda _solutions: (),
    check_only: bool = False,
) -> Imported:
    """Write cases that `read_cases` gave; a second time changes nothing.

    `keep_ours`: what somebody here has changed stays as it is. `licences`: what cases that are
    written get, by their ids. `bring` is handed the ids of the solutions that these name, writes
    those that are missing, and gives their ids. `counted` is handed the cases and gives them on: a
    place for a progress bar. Raises InvalidData, with nothing written, where any case breaks a
    rule. `check_only` writes nothing.
    """
    created = updated = unchanged = left_out = 0
    public_ids = [public_id for public_id, _document, _origin in cases]
    touched: set[Solution] = set()
    with transaction.atomic():
        ours = _ours(public_ids) if keep_ours else set()
        retained: list[str] = []
        faults = list(_hidden([public_id for public_id in public_ids if public_id not in ours]))
        present = _present(public_ids, at)
        masked = _masked(public_ids)
        here = _here(public_ids)
        other_licence = set(_relicensed(licences))
        to_come = (case for case in cases if case[0] not in ours and not _is_left_out(case[1]))
        brought = bring({document.solution for _id, document, _origin in to_come})
        named = Named.by([document for _id, document, _origin in cases])
        new: list[tuple[str, CaseDocument, str]] = []
        written: list[str] = []

        def create() -> None:
            nonlocal created
            made, wrong = services.create_cases(new, named, actor=actor, at=at)
            new.clear()
            faults.extend(wrong)
            touched.update(case.solution for case in made)
            created += len(made)

        for public_id, document, origin in counted(cases):
            before = present.get(public_id)
            if before is not None:
                # A download of a version before holds no keys.
                effects, nulls = (
                    [(result.measure, result.qualifier, result.key) for result in results]
                    for results in (before.effects, before.nulls)
                )
                document = with_keys(document, effects, nulls)
            if before == document and public_id not in other_licence:
                unchanged += 1
                continue
            if public_id in ours:
                retained.append(public_id)
                continue
            if public_id in masked:
                faults.append(Fault(f"{public_id}.place", "masked-here"))
                continue
            if _is_left_out(document):
                left_out += 1
                continue
            written.append(public_id)
            if public_id not in here:
                new.append((public_id, document, origin))
                if len(new) == BATCH:
                    create()
                continue
            if new:
                # It may be adapted from one of them.
                create()
            try:
                case = services.save_case(
                    document,
                    public_id=public_id,
                    actor=actor,
                    at=at,
                    origin=origin,
                    grade=False,
                    named=named,
                )
            except InvalidData as error:
                faults += [
                    replace(fault, where=f"{public_id}: {fault.where}") for fault in error.faults
                ]
                continue
            touched.add(case.solution)
            updated += 1
        if new:
            create()
        refuse(faults)
        written_licences = {
            public_id: licences[public_id] for public_id in written if public_id in licences
        }
        for public_id in _relicensed(written_licences):
            CaseStudy.objects.filter(public_id=public_id).update(
                licence=written_licences[public_id]
            )
        # A case that moved leaves a gap in the evidence of the solution it belonged to.
        moved = {before.solution for before in present.values()}
        touched |= set(Solution.objects.filter(public_id__in=moved)) if touched else set()
        for solution in touched:
            services.regrade(solution, at)
        if check_only:
            transaction.set_rollback(True)
    return Imported(created, updated, unchanged, left_out, tuple(retained), tuple(brought))
