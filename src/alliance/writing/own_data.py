"""What the knowledge base keeps about a person: drafts, reviews, remarks, files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.cases.models import CaseVersion
from alliance.writing.models import (
    Attachment,
    CaseFile,
    Draft,
    DraftRevision,
    FactCheck,
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
            {"id": draft.public_id, "team": draft.organisation.public_id, "state": draft.state}
            for draft in Draft.objects.filter(started_by=user).select_related("organisation")
        ],
        "draft_revisions": [
            {
                "draft": draft_revision.draft.public_id,
                "number": draft_revision.number,
                "at": draft_revision.at.isoformat(),
                "content": draft_revision.content,
            }
            for draft_revision in DraftRevision.objects.filter(actor=user).select_related("draft")
        ],
        "published_versions": [
            {
                "case": case_version.case.public_id,
                "number": case_version.number,
                "at": case_version.at.isoformat(),
            }
            for case_version in CaseVersion.objects.filter(actor=user)
            .select_related("case")
            .defer("snapshot")
        ],
        "reviews": [
            {
                "draft": review.draft.public_id,
                "state": review.state,
                "criteria": review.criteria,
                "conflict": review.has_conflict,
                "conflict_note": review.conflict_note,
                "note": review.note,
                "given_at": review.given_at.isoformat() if review.given_at else None,
            }
            for review in Review.objects.filter(reviewer=user).select_related("draft")
        ],
        "remarks": [
            {
                "draft": review_comment.draft.public_id,
                "field": review_comment.field,
                "text": review_comment.text,
                "at": review_comment.at.isoformat(),
            }
            for review_comment in ReviewComment.objects.filter(author=user).select_related("draft")
        ],
        "files_added": [
            {
                "id": attachment.public_id,
                "title": attachment.title,
                "added_at": attachment.added_at.isoformat(),
            }
            for attachment in Attachment.objects.filter(added_by=user)
        ],
        "case_files": [
            {
                "id": case_file.public_id,
                "at": case_file.at.isoformat(),
                "file": case_file.file_name,
                "sha256": case_file.file_digest,
                "state": case_file.state,
            }
            for case_file in CaseFile.objects.filter(uploaded_by=user)
        ],
        "facts_checked": [
            {
                "case": check.case.public_id,
                "fact": check.fact,
                "answer": check.answer,
                "note": check.note,
                "at": check.checked_at.isoformat(),
            }
            for check in FactCheck.objects.filter(checked_by=user).select_related("case")
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
