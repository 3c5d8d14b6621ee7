"""Taking over a table of cases as drafts of a team: looked at first, then all of it or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.cases import rules
from alliance.cases.case_document import CaseDocument, check_shape
from alliance.cases.case_fields import FIELDS, LISTS
from alliance.cases.case_tables import TableCase, cell_of, read_table
from alliance.cases.enums import Language
from alliance.cases.validation import case_faults, known_fault
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, row_of
from alliance.core.files import write_whole
from alliance.core.files.uploads import UploadState, is_small
from alliance.core.tasks import enqueue_once
from alliance.core.text import canonical_json, digest, markup_fault
from alliance.network.models import City, Organisation
from alliance.network.text_checks import choice_faults
from alliance.writing.models import CaseFile, Draft, DraftRevision
from alliance.writing.services.drafts import MOST_BYTES

#: Up to so much a table is checked and taken over at once.
SMALL_BYTES = 1_000_000
_BATCH = 200
#: The column of each field of a document.
_COLUMNS = {row.path: row.table for row in FIELDS}


def stage(
    content: bytes,
    name: str,
    *,
    organisation: Organisation,
    actor: audit.Actor,
    at: dt.datetime,
    language: str = "en",
) -> CaseFile:
    """Keep a table for a while, and say in its report what would come of each row.

    A larger one is read by the worker, which keeps its faults with it. Raises InvalidData naming
    every cell at fault, NotAllowed.
    """
    if not rules.may_write_for(actor, organisation):
        raise NotAllowed("only editors of the team write for it")
    row = CaseFile(
        file_name=name[:120],
        file_digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        uploaded_by=actor.user,
        uploaded_by_label=actor.label[: audit.LONGEST_LABEL],
        organisation=organisation,
        at=at,
        language=language,
    )
    if is_small(content, SMALL_BYTES):
        row.report = _look(row, content) | {"at_once": True}
        row.state = UploadState.READY
        write_whole(row.path, content)
        row.save()
        return row
    write_whole(row.path, content)
    row.save()
    job = "alliance.writing.tasks.check_case_file"
    enqueue_once(job, f"cases:{row.public_id}", public_id=row.public_id)
    return row


def check_staged(public_id: str, *, at: dt.datetime) -> str:
    """Read a table and say what would come of it; the state it is in. A second time is the same."""
    row = CaseFile.objects.select_related("organisation").filter(public_id=public_id).first()
    if row is None or row.state != UploadState.CHECKING:
        return row.state if row else ""
    with translation.override(row.language):
        try:
            row.make_ready(_look(row, row.content(), by_worker=True))
        except InvalidData as error:
            row.refuse(error)
    return row.state


def _look(row: CaseFile, content: bytes, *, by_worker: bool = False) -> dict[str, Any]:
    """What would come of each row of a table. Raises InvalidData."""
    cases = _checked(row, content, by_worker=by_worker)
    known = _digests(row.organisation)
    return {"lines": [_line(case, known) for case in cases]}


def _checked(row: CaseFile, content: bytes, *, by_worker: bool) -> list[TableCase]:
    """The cases of a table, every cell of it checked."""
    cities = frozenset(City.objects.values_list("public_id", flat=True))
    return read_table(
        content,
        row.file_name,
        check=row_checker(cities),
        counter=lambda of: _counter(row, "checking", of, by_worker),
    )


def _counter(row: CaseFile, step: str, of: int, by_worker: bool) -> Callable[[int], None]:
    """What tells how far the worker has come; nobody waits for the others."""
    return row.counter(step, of) if by_worker else lambda done: None


def _digests(organisation: Organisation) -> set[str]:
    """The sums of what the team's drafts held when they began."""
    first = DraftRevision.objects.filter(draft__organisation=organisation, number=1)
    return {digest(content) for content in first.values_list("content", flat=True).iterator()}


def _line(case: TableCase, known: set[str]) -> dict[str, Any]:
    """What would come of a row. `is_same`: the team has this very case already."""
    document = case.document
    text: dict[str, str] = document["texts"].get(document["original_language"]) or next(
        iter(document["texts"].values()), {}
    )
    return {
        "row": case.row,
        "title": text.get("title", "") if text else "",
        "place": document["place"]["name"],
        "outcome": document["outcome"],
        "is_same": digest(document) in known,
    }


def take_over(row: CaseFile, *, actor: audit.Actor, at: dt.datetime) -> CaseFile:
    """Make drafts of a table that was looked at; its report says how many. A second yes makes none,
    nor does the same table again. Larger ones are left to the worker.

    Raises NotAllowed, InvalidData where the table is not ready.
    """
    if not rules.may_write_for(actor, row.organisation):
        raise NotAllowed("only editors of the team write for it")
    if row.state in {UploadState.RECORDING, UploadState.DONE}:
        return row
    if row.state != UploadState.READY:
        raise InvalidData([Fault("file", "not-ready")])
    if row.report.get("at_once"):
        try:
            _record(row, actor=actor, at=at, by_worker=False)
        except InvalidData as error:
            row.refresh_from_db()
            if row.state == UploadState.READY:
                # What it was checked against has changed since.
                row.refuse(error)
                raise
        return row
    job = "alliance.writing.tasks.record_case_file"
    with transaction.atomic():
        # Whoever says yes is who the drafts are of.
        CaseFile.objects.filter(pk=row.pk, state=UploadState.READY).update(
            state=UploadState.RECORDING,
            uploaded_by=actor.user,
            uploaded_by_label=actor.label[: audit.LONGEST_LABEL],
        )
        enqueue_once(job, f"cases:{row.public_id}", public_id=row.public_id)
    row.refresh_from_db()
    return row


def record_staged(public_id: str, *, at: dt.datetime) -> str:
    """Make drafts of a table that somebody said yes to; the state it is in."""
    row = (
        CaseFile.objects.select_related("organisation", "uploaded_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or row.state != UploadState.RECORDING:
        return row.state if row else ""
    actor = audit.Actor(label=row.uploaded_by_label, user=row.uploaded_by)
    with translation.override(row.language):
        try:
            _record(row, actor=actor, at=at, by_worker=True)
        except InvalidData as error:
            row.refuse(error)
    return row.state


def _record(row: CaseFile, *, actor: audit.Actor, at: dt.datetime, by_worker: bool) -> None:
    """Make a draft of each case that the team has not begun with before, all of them or none."""
    organisation = row.organisation
    cases = _checked(row, row.content(), by_worker=by_worker)
    with transaction.atomic():
        # Two clicks at once: the second waits here and then finds everything there.
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        row.refresh_from_db()
        if row.state == UploadState.DONE:
            return
        known = _digests(organisation)
        new = [case for case in cases if digest(case.document) not in known]
        count = _counter(row, "writing", len(new), by_worker)
        for start in range(0, len(new), _BATCH):
            some = new[start : start + _BATCH]
            _make_drafts(some, organisation, actor=actor, at=at)
            count(len(some))
        audit.record(
            "organisation",
            organisation,
            "import drafts",
            actor=actor,
            at=at,
            file=row.file_digest,
            drafts=len(new),
        )
        row.report = {"drafts": len(new)}
        row.state = UploadState.DONE
        row.save(update_fields=["report", "state"])
    row.forget_content()


def _make_drafts(
    cases: Iterable[TableCase],
    organisation: Organisation,
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    drafts = Draft.objects.bulk_create(
        Draft(
            organisation=organisation,
            language=case.document["original_language"] or "en",
            content=case.document,
            revision=1,
            started_by=actor.user,
            started_at=at,
            saved_at=at,
        )
        for case in cases
    )
    DraftRevision.objects.bulk_create(
        DraftRevision(
            draft=draft,
            number=1,
            at=at,
            actor=actor.user,
            actor_label=actor.label[:200],
            content=draft.content,
        )
        for draft in drafts
    )


def row_checker(cities: frozenset[str]) -> Callable[[TableCase], Iterator[Fault]]:
    """A check of one row, for `read_table`. `cities` are the ids of the cities that are known.

    A row may be half-written, as any draft: what is missing is asked for when the draft is handed
    in. But a code that no list has, a country that there is not, or markup would only be found
    later, draft by draft; so they keep the table out.
    """

    def check(case: TableCase) -> Iterator[Fault]:
        document = check_shape(case.document)
        row = _("row %(row)s") % {"row": case.row}
        text = canonical_json(case.document)
        if len(text) > MOST_BYTES:
            yield Fault(row, "large-case", {"most": MOST_BYTES})
        reported = False
        for fault in _document_faults(document, cities):
            if not fault.is_missing:
                reported = True
                yield replace(fault, where=_cell(case, fault.where))
        # What no rule of a record looks at, such as the name of a new solution.
        if not reported and (text_fault := markup_fault(row, text)):
            yield text_fault

    return check


def _document_faults(document: CaseDocument, cities: frozenset[str]) -> Iterator[Fault]:
    yield from choice_faults("case.original_language", document.original_language, Language.values)
    if document.place.city is not None:
        yield from known_fault("case.place.city", document.place.city, cities)
    # Solutions, measures and units were looked up by all their names when the row was read.
    yield from case_faults(
        document,
        measures=frozenset(effect.measure for effect in document.effects),
        units=frozenset(effect.unit for effect in document.effects),
        solutions=frozenset({document.solution}),
    )


def _cell(case: TableCase, where: str) -> str:
    """The name of the cell that a fault of the document stands in."""
    path = where.removeprefix("case.")
    if (row := row_of(path)) and row[0] in LISTS:
        part, position, name = row
        return case.cells[part][position](_COLUMNS.get(f"{part}.{name}", name or "measure"))
    if path.startswith("texts."):
        _texts, language, *rest = path.split(".")
        name = rest[0] if rest else "status"
        return cell_of(case.row, f"{'text_status' if name == 'status' else name}_{language}")
    return cell_of(case.row, _COLUMNS.get(path, path))
