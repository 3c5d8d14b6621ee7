"""API routes that read processes, which are public once they have opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core.audit import VISITOR
from alliance.core.errors import NotFound
from alliance.network.api.common import LanguageQuery, PageQuery, page_address, page_of
from alliance.network.enums import Language
from alliance.participation.api import schemas
from alliance.participation.enums import ContributionKind, ProcessKind, ProcessState
from alliance.participation.models import Contribution, Process
from alliance.participation.selectors.access import get_process_for, processes
from alliance.participation.selectors.pages import numbers_of
from alliance.participation.services.census import who_took_part

router = Router(tags=["dialogues"])


class ProcessQuery(PageQuery):
    state: list[ProcessState] = Field([], description="States; any of them.")
    kind: list[ProcessKind] = Field([], description="Kinds; any of them.")
    city: str | None = Field(None, max_length=80, description="Only of the city of this id.")
    language: Language | None = Field(None, description="Only in this language.")


class ContributionQuery(PageQuery):
    kind: list[ContributionKind] = Field([], description="Kinds; any of them.")
    parent: str | None = Field(None, max_length=80, description="Only comments on this one.")


def process_summary(process: Process, language: str) -> dict[str, Any]:
    """A process in a list; its phases are prefetched."""
    recorded = ("title", "summary", "language", "kind", "state", "opened_at")
    phases = list(process.phases.all())
    return {name: getattr(process, name) for name in recorded} | {
        "id": process.public_id,
        "city": process.city.public_id,
        "area": process.area or None,
        "need": process.need.public_id if process.need else None,
        "last_day": max(phase.last_day for phase in phases) if phases else None,
        "synthetic": process.is_synthetic,
        "page": page_address("participation:take-part", language, process.public_id),
    }


def issued_at(process: Process) -> dt.datetime | None:
    """When the figures of a process were last published; None before the first issue."""
    return process.last_issue.issued_at if process.last_issue else None


def contribution_row(contribution: Contribution) -> dict[str, Any]:
    """A contribution; its post, process with issue, parent and answer are prefetched."""
    answer = contribution.answer
    promise = answer.promise if answer else None
    recorded = ("kind", "number", "author", "channel", "latitude", "longitude")
    return {name: getattr(contribution, name) for name in recorded} | {
        "id": contribution.public_id,
        "process": contribution.process.public_id,
        "issued_at": issued_at(contribution.process)
        if contribution.kind == ContributionKind.PROPOSAL
        else None,
        "title": contribution.title or None,
        "text": contribution.post.text,
        "language": contribution.post.language,
        "place": contribution.place or None,
        "parent": contribution.parent.public_id if contribution.parent else None,
        "date": contribution.post.at.date(),
        "supports": contribution.issued_supports,
        "answer": answer
        and {name: getattr(answer, name) for name in ("outcome", "reason", "language", "at")}
        | {
            "promised": promise.text if promise else None,
            "due_on": promise.due_on if promise else None,
            "kept_at": promise.kept_at if promise else None,
        },
    }


def _contributions() -> Any:
    """The public contributions of processes that have opened."""
    rows = Contribution.objects.exclude(process__state=ProcessState.DRAFT).shown()
    return rows.select_related("post", "process__issue", "parent__post", "answer__promise")


def public_process(public_id: str) -> Process:
    """A process that has opened. Raises NotFound."""
    return get_process_for(VISITOR, public_id)


@router.get("/processes", response=schemas.ProcessPage, summary="List processes")
def list_processes(request: HttpRequest, query: Query[ProcessQuery]) -> dict[str, Any]:
    """The processes of cities, last opened first."""
    rows = processes().exclude(state=ProcessState.DRAFT)
    if query.state:
        rows = rows.filter(state__in=query.state)
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    if query.city is not None:
        rows = rows.filter(city__public_id=query.city.replace("\x00", ""))
    if query.language is not None:
        rows = rows.filter(language=query.language)
    return page_of(
        request,
        query,
        rows.order_by("-opened_at", "-pk"),
        lambda process: process_summary(process, query.lang),
    )


@router.get("/processes/{id}", response=schemas.ProcessDetails, summary="One process")
def get_process(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What is asked, what is promised and by when, how many participated, and what was decided."""
    process = public_process(id)
    numbers = numbers_of(process)
    recorded = (
        "decides_what", "decides_who", "decides_by", "answers_by", "statement_length",
    )  # fmt: skip
    phases = ("kind", "opens_at", "closes_at")
    promises = ("kind", "due_on", "kept_at")
    answered = Contribution.objects.filter(process=process).to_answer().exclude(answer=None)
    return (
        process_summary(process, query.lang)
        | {name: getattr(process, name) for name in recorded}
        | {"not_open": process.localised_text("not_open", process.language).value}
        | {name: getattr(process, name) or None for name in ("easy_read", "background", "result")}
        | {
            "sources": [
                {
                    "title": row.title,
                    "url": row.url or None,
                    "solution": row.solution_id or None,
                }
                for row in process.sources.all()
            ],
            "phases": [
                {name: getattr(row, name) for name in phases} for row in process.phases.all()
            ],
            "promises": [
                {name: getattr(row, name) for name in promises}
                | {"text": row.text or None, "outcome": row.outcome or None}
                for row in process.promises.all()
            ],
            "issued_at": issued_at(process),
            "participants": numbers["people"],
            "by_hand": numbers["by_hand"],
            "contributions": numbers["texts"],
            "answered": answered.count(),
        }
    )


@router.get(
    "/processes/{id}/contributions",
    response=schemas.ContributionPage,
    summary="Contributions to a process",
)
def list_contributions(
    request: HttpRequest, id: str, query: Query[ContributionQuery]
) -> dict[str, Any]:
    """Public statements, proposals and comments, with their answers."""
    rows = _contributions().filter(process=public_process(id))
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    if query.parent is not None:
        rows = rows.filter(parent__post__public_id=query.parent.replace("\x00", ""))
    return page_of(request, query, rows.order_by("-post_id"), contribution_row)


@router.get("/contributions/{id}", response=schemas.ContributionRow, summary="One contribution")
def get_contribution(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A public contribution, with its answer."""
    contribution = _contributions().filter(post__public_id=id.replace("\x00", "")).first()
    if contribution is None:
        raise NotFound("contribution", id)
    return contribution_row(contribution)


@router.get(
    "/processes/{id}/participation",
    response=schemas.ParticipationListing,
    summary="Who took part in a process",
)
def list_participation(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """The participants by age, sex and part of the city, with the census; empty until enough people
    have participated for the first issue."""
    process = public_process(id)
    parts = [
        {
            "trait": part.trait,
            "issued_at": issued_at(process),
            "n": part.n,
            "lines": [
                {
                    "category": line.category,
                    "share": line.share.value if line.share else None,
                    "low": line.share.low if line.share else None,
                    "high": line.share.high if line.share else None,
                    "census": line.census,
                    "difference": line.share.difference if line.share else None,
                }
                for line in part.lines
            ],
        }
        for part in who_took_part(process)
    ]
    return {"count": len(parts), "items": parts}
