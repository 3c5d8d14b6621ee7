"""The files of drafts and published cases."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet

from alliance.cases.models import CaseStudy
from alliance.writing.models import Attachment, Draft


def published_files(case: CaseStudy | OuterRef) -> QuerySet[Attachment]:
    """The files that anybody may read with the case: none where its city is hidden."""
    shown = Attachment.objects.filter(removed_at=None, published_at__isnull=False)
    return shown.filter(case=case, case__is_masked=False)


def removed_files(case: CaseStudy) -> QuerySet[Attachment]:
    """The files that were published with the case once, the newest first: none where its city is
    hidden."""
    rows = Attachment.objects.filter(case=case, removed_at__isnull=False)
    return (rows.none() if case.is_masked else rows).exclude(published_at=None).order_by("-pk")


def files_of_draft(draft: Draft) -> QuerySet[Attachment]:
    """What goes with a draft, in the order it was added."""
    return draft.attachments.filter(removed_at=None)
