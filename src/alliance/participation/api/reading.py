"""Addresses that read processes in the API: public from their opening on."""

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


def process_summary(one: Process, language: str) -> dict[str, Any]:
    """A process in a list; its phases are fetched already."""
    recorded = ("title", "summary", "language", "kind", "state", "opened_at")
    phases = list(one.phases.all())
    return {name: getattr(one, name) for name in recorded} | {
        "id": one.public_id,
        "city": one.city.public_id,
        "area": one.area or None,
        "need": one.need.public_id if one.need else None,
        "last_day": max(phase.last_day for phase in phases) if phases else None,
        "synthetic": one.is_synthetic,
        "page": page_address("participation:take-part", language, one.public_id),
    }


def issued_at(process: Process) -> dt.datetime | None:
    """When the figures of a process were issued; None before the first issue."""
    return process.last_issue.issued_at if process.last_issue else None


def contribution_row(one: Contribution) -> dict[str, Any]:
    """A contribution; its post, process with issue, parent and answer are fetched."""
    answer = one.answer
    promise = answer.promise if answer else None
    recorded = ("kind", "number", "author", "channel", "latitude", "longitude")
    return {name: getattr(one, name) for name in recorded} | {
        "id": one.public_id,
        "process": one.process.public_id,
        "issued_at": issued_at(one.process) if one.kind == ContributionKind.PROPOSAL else None,
        "title": one.title or None,
        "text": one.post.text,
        "language": one.post.language,
        "place": one.place or None,
        "parent": one.parent.public_id if one.parent else None,
        "date": one.post.at.date(),
        "supports": one.issued_supports,
        "answer": answer
        and {name: getattr(answer, name) for name in ("outcome", "reason", "language", "at")}
        | {
            "promised": promise.text if promise else None,
            "due_on": promise.due_on if promise else None,
            "kept_at": promise.kept_at if promise else None,
        },
    }


def _contributions() -> Any:
    """What everybody reads, of processes that have opened."""
    rows = Contribution.objects.exclude(process__state=ProcessState.DRAFT).shown()
    return rows.select_related("post", "process__issue", "parent__post", "answer__promise")


def public_process(public_id: str) -> Process:
    """A process that has opened. Raises NotFound."""
    return get_process_for(VISITOR, public_id)


@router.get("/processes", response=schemas.ProcessPage, summary="List processes")
def list_processes(request: HttpRequest, query: Query[ProcessQuery]) -> dict[str, Any]:
    """What cities asked their residents, the last opened first."""
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
        lambda one: process_summary(one, query.lang),
    )


@router.get("/processes/{id}", response=schemas.ProcessDetails, summary="One process")
def get_process(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What is asked, what is promised and by when, how many took part, and what was decided."""
    one = public_process(id)
    numbers = numbers_of(one)
    recorded = (
        "decides_what", "decides_who", "decides_by", "answers_by", "statement_length",
    )  # fmt: skip
    phases = ("kind", "opens_at", "closes_at")
    promises = ("kind", "due_on", "kept_at")
    answered = Contribution.objects.filter(process=one).to_answer().exclude(answer=None)
    return (
        process_summary(one, query.lang)
        | {name: getattr(one, name) for name in recorded}
        | {"not_open": one.said("not_open", one.language).value}
        | {name: getattr(one, name) or None for name in ("easy_read", "background", "result")}
        | {
            "sources": [
                {
                    "title": row.title,
                    "url": row.url or None,
                    "solution": row.solution_id or None,
                }
                for row in one.sources.all()
            ],
            "phases": [{name: getattr(row, name) for name in phases} for row in one.phases.all()],
            "promises": [
                {name: getattr(row, name) for name in promises}
                | {"text": row.text or None, "outcome": row.outcome or None}
                for row in one.promises.all()
            ],
            "issued_at": issued_at(one),
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
    """Statements, proposals and comments that everybody reads, with their answers."""
    rows = _contributions().filter(process=public_process(id))
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    if query.parent is not None:
        rows = rows.filter(parent__post__public_id=query.parent.replace("\x00", ""))
    return page_of(request, query, rows.order_by("-post_id"), contribution_row)


@router.get("/contributions/{id}", response=schemas.ContributionRow, summary="One contribution")
def get_contribution(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A contribution that everybody reads, with its answer."""
    found = _contributions().filter(post__public_id=id.replace("\x00", "")).first()
    if found is None:
        raise NotFound("contribution", id)
    return contribution_row(found)


@router.get(
    "/processes/{id}/participation",
    response=schemas.ParticipationListing,
    summary="Who took part in a process",
)
def list_participation(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Those who took part by age, sex and part of the city, beside the census; none before enough
    people have taken part for the first issue."""
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
