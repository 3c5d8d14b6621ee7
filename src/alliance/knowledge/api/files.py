"""Addresses of the files of drafts, and of tables of cases to be taken over, in the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.files.uploads import content_of
from alliance.knowledge import writing_rules
from alliance.knowledge.api.drafts import READS, WRITES, draft_to_write
from alliance.knowledge.api.schemas import cases_kept as schemas
from alliance.knowledge.file_checks import MOST_BYTES
from alliance.knowledge.models import Attachment, CaseFile, Draft
from alliance.knowledge.selectors.access import READ, get_organisation_for
from alliance.knowledge.selectors.writing_access import (
    get_attachment_for,
    get_case_file_for,
    get_draft_for,
)
from alliance.knowledge.services import attachments, case_imports
from alliance.network.api.common import api_address
from alliance.network.api.writing import actor_in, created

router = Router()


def _file(row: Attachment) -> dict[str, Any]:
    recorded = (
        "title", "file_name", "media_type", "size", "sha256", "alt_text", "credit", "licence",
        "added_at", "published_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in recorded} | {"id": row.public_id}


@router.get(
    "/drafts/{id}/files",
    response=schemas.DraftFileListing,
    auth=READS,
    summary="Files of a draft",
    tags=["drafts"],
)
def list_draft_files(request: HttpRequest, id: str) -> dict[str, Any]:
    """The files that go with a draft."""
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    rows = draft.attachments.filter(removed_at=None).select_related("draft__organisation", "case")
    items = [_file(row) for row in rows if writing_rules.may_read_attachment(actor, row)]
    return {"count": len(items), "items": items}


@router.post(
    "/drafts/{id}/files",
    response={201: schemas.DraftFile},
    auth=WRITES,
    summary="Add a file to a draft",
    tags=["drafts"],
)
def add_draft_file(
    request: HttpRequest,
    id: str,
    response: HttpResponse,
    file: File[UploadedFile],
    title: Form[str] = "",
    alt_text: Form[str] = "",
    credit: Form[str] = "",
    licence: Form[str] = "",
) -> Status[dict[str, Any]]:
    """Add a file, which is told from its content: PDF, picture, office file, CSV or plain text.

    Pictures are written anew without the place and camera they were taken with. One that has
    `alt_text`, `credit` and `licence` is shown on the page of the case, in a size for screens. The
    same file a second time gives the one there is.
    """
    actor = actor_in(request)
    draft = draft_to_write(actor, id)
    added = attachments.attach(
        draft,
        title=title,
        name=file.name or "file",
        content=content_of(file, MOST_BYTES),
        description=attachments.Description(alt_text.strip(), credit.strip(), licence),
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"drafts/{id}/files"))
    return Status(201, _file(added))


def _get_attachment(actor: Actor, draft: Draft, public_id: str) -> Attachment:
    """A file of this very draft. Raises NotFound."""
    attachment = get_attachment_for(actor, public_id)
    if attachment.draft_id != draft.pk:
        raise NotFound("file", public_id)
    return attachment


@router.delete(
    "/drafts/{id}/files/{file_id}",
    response={204: None},
    auth=WRITES,
    summary="Take a file away from a draft",
    tags=["drafts"],
)
def remove_draft_file(
    request: HttpRequest, id: str, file_id: str, query: Query[schemas.RemovalQuery]
) -> Status[None]:
    """Take a file away from a draft, and from the case that came of it.

    One that was published needs a `reason`: it stands with the versions of the case, and the
    content is kept.
    """
    actor = actor_in(request)
    draft = draft_to_write(actor, id)
    attachment = _get_attachment(actor, draft, file_id)
    attachments.remove(attachment, actor=actor, at=clock.now(), reason=query.reason)
    return Status(204, None)


@router.post(
    "/teams/{id}/imports",
    response={201: schemas.StagedImport},
    auth=WRITES,
    summary="Look at a table of cases",
    tags=["teams"],
)
def stage_import(
    request: HttpRequest, id: str, response: HttpResponse, file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """Read a table of cases (CSV, a workbook, or a JSON download) and say what would come of it.

    Every cell at fault is named at once (422). Nothing is written before it is taken over. A table
    of more than 1 MB is read by a worker: its state is `checking` then, and asked for again.
    """
    actor = actor_in(request)
    row = case_imports.stage(
        content_of(file, MOST_BYTES),
        file.name or "table",
        organisation=get_organisation_for(actor, id),
        actor=actor,
        at=clock.now(),
    )
    payload = _staged(row)
    created(response, payload["take_over"])
    return Status(201, payload)


def _staged(row: CaseFile) -> dict[str, Any]:
    lines = row.report.get("lines", [])
    return {
        "ticket": row.public_id,
        "name": row.file_name,
        "state": row.state,
        "new": sum(not line["is_same"] for line in lines),
        "lines": lines,
        "faults": [{"field": fault.where, **fault.as_data()} for fault in row.fault_list],
        "progress": row.progress if row.is_waiting else None,
        "drafts": row.report.get("drafts"),
        "take_over": api_address(f"teams/{row.organisation.public_id}/imports/{row.public_id}"),
    }


def _import_of(actor: Actor, team: str, ticket: str) -> CaseFile:
    """A table of this very team. Raises NotFound."""
    case_file = get_case_file_for(actor, ticket)
    if case_file.organisation.public_id != team:
        raise NotFound("table", ticket)
    return case_file


@router.get(
    "/teams/{id}/imports/{ticket}",
    response=schemas.StagedImport,
    auth=WRITES,
    summary="State of a table of cases",
    tags=["teams"],
)
def get_import(request: HttpRequest, id: str, ticket: str) -> dict[str, Any]:
    """How far a table has come, what would come of it, and what came of it."""
    return _staged(_import_of(actor_in(request), id, ticket))


@router.post(
    "/teams/{id}/imports/{ticket}",
    response={200: schemas.ImportedDrafts, 202: schemas.StagedImport},
    auth=WRITES,
    summary="Take a table of cases over",
    tags=["teams"],
)
def take_over_import(request: HttpRequest, id: str, ticket: str) -> Status[dict[str, Any]]:
    """Make a draft of each row of a table that was looked at, all or none; known ones are left.

    A larger table is taken over by a worker (202); its state says when that is done.
    """
    actor = actor_in(request)
    row = case_imports.take_over(_import_of(actor, id, ticket), actor=actor, at=clock.now())
    if row.is_waiting:
        return Status(202, _staged(row))
    return Status(200, {"drafts": row.report["drafts"]})
