"""What the knowledge base keeps about a person: drafts, reviews, remarks, files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.knowledge.models import (
    Attachment,
    CaseFile,
    CaseVersion,
    Draft,
    DraftRevision,
    Question,
    Review,
    ReviewComment,
)

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Everything the person wrote here, in her own words."""
    return {
        "drafts_started": [
            {"id": one.public_id, "team": one.organisation.public_id, "state": one.state}
            for one in Draft.objects.filter(started_by=user).select_related("organisation")
        ],
        "draft_revisions": [
            {
                "draft": one.draft.public_id,
                "number": one.number,
                "at": one.at.isoformat(),
                "content": one.content,
            }
            for one in DraftRevision.objects.filter(actor=user).select_related("draft")
        ],
        "published_versions": [
            {"case": one.case.public_id, "number": one.number, "at": one.at.isoformat()}
            for one in CaseVersion.objects.filter(actor=user)
            .select_related("case")
            .defer("snapshot")
        ],
        "reviews": [
            {
                "draft": one.draft.public_id,
                "state": one.state,
                "criteria": one.criteria,
                "conflict": one.has_conflict,
                "conflict_note": one.conflict_note,
                "note": one.note,
                "given_at": one.given_at.isoformat() if one.given_at else None,
            }
            for one in Review.objects.filter(reviewer=user).select_related("draft")
        ],
        "remarks": [
            {
                "draft": one.draft.public_id,
                "field": one.field,
                "text": one.text,
                "at": one.at.isoformat(),
            }
            for one in ReviewComment.objects.filter(author=user).select_related("draft")
        ],
        "files_added": [
            {"id": one.public_id, "title": one.title, "added_at": one.added_at.isoformat()}
            for one in Attachment.objects.filter(added_by=user)
        ],
        "case_files": [
            {
                "id": one.public_id,
                "at": one.at.isoformat(),
                "file": one.file_name,
                "sha256": one.file_digest,
                "state": one.state,
            }
            for one in CaseFile.objects.filter(uploaded_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Take the name from what stays with the team and the record; delete unanswered questions.

    What a reviewer judged stays: the case was published on it. Who judged it is no longer told.
    """
    DraftRevision.objects.filter(actor=user).update(actor_label=FORMER_MEMBER)
    CaseVersion.objects.filter(actor=user).update(actor_label=FORMER_MEMBER)
    Review.objects.filter(reviewer=user).update(reviewer_name=FORMER_MEMBER)
    ReviewComment.objects.filter(author=user).update(author_name=FORMER_MEMBER)
    ReviewComment.objects.filter(resolved_by_name=user.name).update(resolved_by_name=FORMER_MEMBER)
    Question.objects.filter(author=user, answer=None).delete()
    for row in CaseFile.objects.filter(uploaded_by=user):
        row.drop()
