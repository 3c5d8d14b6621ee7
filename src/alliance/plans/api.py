"""Plans in the API: the text by paragraphs, and what changed between two versions.

Comments are contributions: those on a paragraph have its id as their parent.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.audit import VISITOR
from alliance.core.errors import NotFound
from alliance.network.api.common import LanguageQuery
from alliance.plans import selectors
from alliance.plans.models import Version

router = Router(tags=["dialogues"])
_MOST = 32_767


class TextQuery(LanguageQuery):
    version: int | None = Field(None, ge=1, le=_MOST, description="The latest one by default.")


class ChangesQuery(LanguageQuery):
    before: int | None = Field(
        None, ge=1, le=_MOST, description="Number of the older version; the one before by default."
    )
    after: int | None = Field(
        None, ge=1, le=_MOST, description="Number of the newer version; the latest by default."
    )


class PlanVersion(Schema):
    number: int
    made_at: dt.datetime
    note: str | None = Field(description="What was changed and why; null of the first.")


class PlanParagraph(Schema):
    """A paragraph; `id` stays the same as long as it is the same paragraph, even if changed."""

    id: str
    number: int
    text: str
    comments: int = Field(description="That everybody reads: contributions with this parent.")


class PlanText(Schema):
    """A text that residents comment on; without paragraphs if there is none yet."""

    version: int | None
    versions: list[PlanVersion]
    paragraphs: list[PlanParagraph]


class PlanChange(Schema):
    """A paragraph in two versions. Null if it was added or removed."""

    paragraph: str = Field(description="Its id.")
    before: str | None
    after: str | None


class PlanChanges(Schema):
    changed: int
    added: int
    removed: int
    paragraphs: list[PlanChange] = Field(description="Those that are not the same in both.")


def _version(rows: list[Version], number: int) -> Version:
    version = next((row for row in rows if row.number == number), None)
    if version is None:
        raise NotFound("version", str(number))
    return version


@router.get("/processes/{id}/text", response=PlanText, summary="A text to comment")
def get_plan_text(request: HttpRequest, id: str, query: Query[TextQuery]) -> dict[str, Any]:
    """The paragraphs of a version, each with its number of comments in all versions."""
    rows = list(selectors.get_plan_for(VISITOR, id).plan_versions.order_by("number"))
    shown = _version(rows, query.version or len(rows)) if rows or query.version else None
    return {
        "version": shown.number if shown else None,
        "versions": [
            {"number": row.number, "made_at": row.made_at, "note": row.note or None} for row in rows
        ],
        "paragraphs": [
            {
                "id": paragraph.thread.public_id,
                "number": paragraph.number,
                "text": paragraph.text,
                "comments": paragraph.n_comments,
            }
            for paragraph in selectors.paragraphs(shown)
        ],
    }


@router.get("/processes/{id}/changes", response=PlanChanges, summary="What changed in a text")
def get_plan_changes(request: HttpRequest, id: str, query: Query[ChangesQuery]) -> dict[str, Any]:
    """The paragraphs that changed from one version to another, old and new."""
    rows = list(selectors.get_plan_for(VISITOR, id).plan_versions.order_by("number"))
    after = query.after or len(rows)
    before = query.before or max(after - 1, 1)
    changes = selectors.changes(_version(rows, before), _version(rows, after))
    return selectors.numbers_of(changes) | {
        "paragraphs": [
            {
                "paragraph": (change.new or change.old).thread.public_id,  # type: ignore[union-attr]
                "before": change.old.text if change.old else None,
                "after": change.new.text if change.new else None,
            }
            for change in changes
            if not change.is_same
        ]
    }
