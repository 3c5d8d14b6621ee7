"""From drafts to what the API gives of them, to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.knowledge import completeness as measure
from alliance.knowledge import writing_rules
from alliance.knowledge.draft_checks import faults_of_draft, is_outdated
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.case_list import title_of
from alliance.knowledge.selectors.drafts import document_of_draft
from alliance.knowledge.selectors.reviews import hides_city
from alliance.knowledge.selectors.reviews_draft import remark_of, without_place
from alliance.network.api.common import api_address, page_address

#: What services call the document that they are given.
_ROOT = "case"


@dataclass(frozen=True)
class Seen:
    """A draft as somebody may read it: the team as it stands, a reviewer as it was handed in."""

    content: dict[str, Any]
    revision: int
    is_whole: bool
    knows_team: bool


def seen_by(actor: Actor, draft: Draft) -> Seen:
    """The draft as the actor may read it. Raises NotFound where that is nothing yet."""
    if writing_rules.may_know_place_of(actor, draft):
        return Seen(document_of_draft(draft), draft.revision, is_whole=True, knows_team=True)
    last = draft.submissions.select_related("revision").order_by("-number").first()
    if last is None:
        raise NotFound("draft", draft.public_id)
    handed_in = document_of_draft(last.revision)
    is_hidden = hides_city(draft, handed_in)
    content = without_place(handed_in) if is_hidden else handed_in
    return Seen(content, last.revision.number, is_whole=False, knows_team=not is_hidden)


def path_of(where: str) -> str:
    """The path of a fault in the content: `case.effects[0].unit` is `effects[0].unit` there."""
    return where.removeprefix(_ROOT).removeprefix(".")


def in_body(error: InvalidData, field: str = "content") -> InvalidData:
    """The faults of a document as those of the body that it stands in."""
    return InvalidData(
        replace(fault, where=field + fault.where.removeprefix(_ROOT))
        if fault.where == _ROOT or fault.where.startswith((f"{_ROOT}.", f"{_ROOT}["))
        else fault
        for fault in error.faults
    )


def summary(draft: Draft, language: str, *, title: str, knows_team: bool = True) -> dict[str, Any]:
    """A draft without its content."""
    recorded = (
        "language", "state", "revision", "submission", "base_version", "started_at", "saved_at",
        "submitted_at", "closed_at",
    )  # fmt: skip
    own = f"drafts/{draft.public_id}"
    case = draft.case.public_id if draft.case else None
    return {name: getattr(draft, name) for name in recorded} | {
        "id": draft.public_id,
        "team": draft.organisation.public_id if knows_team else None,
        "title": title or None,
        "case": case,
        "is_outdated": draft.state in writing_rules.OPEN_TO_WRITERS and is_outdated(draft),
        "links": {
            "self": api_address(own),
            "page": page_address("knowledge:draft", language, draft.public_id),
            "remarks": api_address(f"{own}/remarks"),
            "files": api_address(f"{own}/files"),
            "case": api_address(f"cases/{case}") if case else None,
        },
    }


def _fault(fault: Fault, language: str) -> dict[str, Any]:
    return {
        "field": path_of(fault.where),
        **fault.as_data("en"),
        "sentence": fault.as_data(language)["rule"],
        "is_missing": fault.is_missing,
    }


def _completeness(content: dict[str, Any], text_language: str) -> dict[str, Any]:
    completeness = measure.completeness(content, text_language)
    parts = ("score", "done", "missing", "needed")
    return {name: getattr(completeness, name) for name in parts} | {
        "version": measure.VERSION,
        "next_best": completeness.next_best or None,
    }


def standing(draft: Draft, language: str, seen: Seen | None = None) -> dict[str, Any]:
    """A draft with what is left to do. `seen`: by whom it is read; None: by whoever wrote it."""
    seen = seen or Seen(document_of_draft(draft), draft.revision, is_whole=True, knows_team=True)
    title = title_of(seen.content, language).value
    payload = summary(draft, language, title=title, knows_team=seen.knows_team)
    faults = (
        [_fault(fault, language) for fault in faults_of_draft(draft)] if seen.is_whole else None
    )
    return payload | {
        "revision": seen.revision,
        "faults": faults,
        "completeness": _completeness(seen.content, draft.language),
    }


def remarks(draft: Draft, actor: Actor, seen: Seen) -> list[dict[str, Any]]:
    """The remarks on a draft, open ones first, as the actor may read them. Two queries."""
    reviewers = set(
        draft.reviews.exclude(reviewer=None).values_list("reviewer_id", flat=True).distinct()
    )
    payload = []
    rows = sorted(draft.comments.all(), key=lambda row: (row.resolved_at is not None, row.pk))
    for row in rows:
        remark = remark_of(
            row,
            draft=draft,
            actor=actor,
            names_hidden=not seen.knows_team,
            reviewers=reviewers,
        )
        is_named = seen.knows_team or row.author_id in reviewers
        is_own = actor.user is not None and row.author_id == actor.user.pk
        payload.append(
            {
                "number": row.pk,
                "field": row.field,
                "text": row.text,
                "author": remark.author if is_named or is_own else None,
                "at": row.at,
                "submission": row.submission,
                "is_resolved": row.resolved_at is not None,
                "resolved_by": remark.resolved_by or None,
                "may_resolve": remark.may_resolve,
            }
        )
    return payload
