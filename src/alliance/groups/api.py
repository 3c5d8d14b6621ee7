"""Topic groups, minutes, decisions and action items in the API, as far as they are public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core import clock
from alliance.core.audit import VISITOR
from alliance.core.ids import get_by_public_id
from alliance.groups import models
from alliance.groups.enums import DeliverableKind, Funded
from alliance.groups.selectors import access
from alliance.groups.selectors import groups as select
from alliance.network.api.common import (
    LanguageCode,
    LanguageQuery,
    Page,
    PageQuery,
    page_address,
)
from alliance.network.api.common import page_of as page_of_rows
from alliance.network.enums import Topic

router = Router(tags=["topic groups"])


class Deliverable(Schema):
    """A deliverable with a due date; `call`, `partners` and `funded` are of funding proposals."""

    id: str
    kind: DeliverableKind
    title: str
    language: LanguageCode
    due_on: dt.date
    is_overdue: bool
    delivered_on: dt.date | None
    result: str | None
    url: str | None
    call: str | None
    partners: list[str] = Field(description="Ids of organisations.")
    funded: Funded | None


class GroupDocument(Schema):
    title: str
    url: str
    language: LanguageCode


class TopicGroup(Schema):
    """Organisations that work on a topic. People are counted, not named."""

    id: str
    name: str = Field(description="Its own, or that of its topic in the language asked for.")
    topic: Topic | None
    mandate: str
    language: LanguageCode = Field(description="Of the mandate.")
    members: int
    organisations: list[str] = Field(description="Ids of those that take part.")
    deliverables: list[Deliverable]
    documents: list[GroupDocument]
    started_at: dt.datetime
    page: str


class TopicGroupPage(Page[TopicGroup]):
    """Active groups: those of the four topics first."""


class Line(Schema):
    id: str
    text: str


class ActionItem(Schema):
    """A task with a due date; the organisation is named, the person is not."""

    id: str
    text: str
    language: LanguageCode
    organisation: str | None
    due_on: dt.date
    is_overdue: bool
    done_at: dt.datetime | None
    result: str | None = Field(description="Its result.")
    minutes: str = Field(description="Id of the minutes.")


class ActionItemPage(Page[ActionItem]):
    """Action items of public minutes: open ones first, by due date."""


class Minutes(Schema):
    """Public minutes."""

    id: str
    title: str
    held_on: dt.date
    group: str | None
    organisation: str | None
    text: str
    language: LanguageCode
    decisions: list[Line]
    lessons: list[Line] = Field(description="What was learned.")
    action_items: list[ActionItem]
    page: str


class MinutesPage(Page[Minutes]):
    """Public minutes, newest meeting first."""


class Decision(Schema):
    """A decision in public minutes; what it led to is on its thread."""

    id: str
    text: str
    language: LanguageCode
    decided_on: dt.date
    minutes: str = Field(description="Id of the minutes.")
    group: str | None
    page: str


class OfGroup(PageQuery):
    group: str = Field("", max_length=80, description="Only those of the group of this id.")


class ActionQuery(OfGroup):
    open: bool | None = Field(None, description="Only what is open, or only what is done.")


def _deliverable(row: models.Deliverable, today: dt.date) -> dict[str, Any]:
    names = ("kind", "title", "language", "due_on", "delivered_on")
    return {
        "id": row.public_id,
        **{name: getattr(row, name) for name in names},
        "is_overdue": row.delivered_on is None and row.due_on < today,
        "result": row.result or None,
        "url": row.url or None,
        "call": row.call or None,
        "partners": [partner.public_id for partner in row.partners.all()],
        "funded": row.funded or None,
    }


def _group(row: models.TopicGroup, language: str) -> dict[str, Any]:
    members = list(row.members.all())
    today = clock.today()
    return {
        "id": row.public_id,
        "name": row.name,
        "topic": row.topic or None,
        "mandate": row.mandate,
        "language": row.language,
        "members": len(members),
        "organisations": sorted(
            {member.organisation.public_id for member in members if member.organisation}
        ),
        "deliverables": [
            _deliverable(deliverable, today) for deliverable in row.deliverables.all()
        ],
        "documents": [
            {
                "title": document.title,
                "url": document.url
                or page_address("groups:document-file", language, document.public_id),
                "language": document.language,
            }
            for document in row.documents.all()
        ],
        "started_at": row.started_at,
        "page": page_address("groups:group", language, row.public_id),
    }


def _action(row: models.ActionItem) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "text": row.text,
        "language": row.minutes.language,
        "organisation": row.organisation.public_id if row.organisation else None,
        "due_on": row.due_on,
        "is_overdue": row.is_overdue(clock.today()),
        "done_at": row.done_at,
        "result": row.result or None,
        "minutes": row.minutes.public_id,
    }


def _minutes(row: models.Minutes, language: str) -> dict[str, Any]:
    lines = ("decisions", "lessons")
    return {
        "id": row.public_id,
        **{name: getattr(row, name) for name in ("title", "held_on", "text", "language")},
        "group": row.group.public_id if row.group else None,
        "organisation": row.organisation.public_id if row.organisation else None,
        **{
            name: [{"id": line.public_id, "text": line.text} for line in getattr(row, name).all()]
            for name in lines
        },
        "action_items": [_action(action) for action in row.actions.all()],
        "page": page_address("groups:minutes", language, row.public_id),
    }


def _with_parts(rows: Any) -> Any:
    return rows.prefetch_related("members__organisation", "deliverables__partners", "documents")


@router.get("/groups", response=TopicGroupPage, summary="Topic groups")
def list_topic_groups(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """Active topic groups, with their deliverables."""
    rows = _with_parts(select.group_lines())
    return page_of_rows(request, query, rows, lambda row: _group(row, query.lang))


@router.get("/groups/{id}", response=TopicGroup, summary="One topic group")
def get_topic_group(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A topic group, also an ended one."""
    rows = _with_parts(models.TopicGroup.objects.all())
    return _group(get_by_public_id(rows, "topic group", id), query.lang)


def _in_group(rows: Any, group: str, column: str) -> Any:
    return rows.filter(**{column: access.get_group(group)}) if group else rows


@router.get("/minutes", response=MinutesPage, summary="Minutes")
def list_minutes(request: HttpRequest, query: Query[OfGroup]) -> dict[str, Any]:
    """Public minutes, with decisions, lessons and action items."""
    rows = _in_group(select.readable_minutes(VISITOR), query.group, "group")
    rows = rows.select_related("group", "organisation").prefetch_related(
        "decisions", "lessons", "actions__organisation", "actions__minutes"
    )
    return page_of_rows(request, query, rows, lambda row: _minutes(row, query.lang))


@router.get("/minutes/{id}", response=Minutes, summary="Minutes of one meeting")
def get_minutes(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Public minutes of a meeting."""
    return _minutes(access.get_minutes(VISITOR, id), query.lang)


@router.get("/decisions/{id}", response=Decision, summary="One decision")
def get_decision(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A decision in public minutes."""
    rows = select.decisions_of(None, VISITOR).select_related("minutes__group")
    row = get_by_public_id(rows, "decision", id)
    return {
        "id": row.public_id,
        "text": row.text,
        "language": row.minutes.language,
        "decided_on": row.minutes.held_on,
        "minutes": row.minutes.public_id,
        "group": row.minutes.group.public_id if row.minutes.group else None,
        "page": page_address("thread:thread", query.lang, "decision", row.public_id),
    }


@router.get("/action-items", response=ActionItemPage, summary="Action items")
def list_action_items(request: HttpRequest, query: Query[ActionQuery]) -> dict[str, Any]:
    """Action items of public minutes: open ones first, by due date."""
    rows = select.action_items(VISITOR, clock.now())
    rows = _in_group(rows, query.group, "minutes__group")
    if query.open is not None:
        rows = rows.filter(done_at__isnull=query.open)
    return page_of_rows(request, query, rows, _action)
