"""The files of drafts and published cases, as pages list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from alliance.knowledge.models import Attachment, CaseStudy, Draft


@dataclass(frozen=True)
class FileLine:
    """A file that goes with a draft or a case; its size in bytes."""

    public_id: str
    title: str
    file_name: str
    size: int


def published_files(case: CaseStudy) -> QuerySet[Attachment]:
    """The files that anybody may read with the case: none where its city is hidden."""
    if case.is_masked:
        return Attachment.objects.none()
    return Attachment.objects.filter(case=case, removed_at=None).exclude(published_at=None)


def _lines(rows: QuerySet[Attachment]) -> tuple[FileLine, ...]:
    return tuple(FileLine(one.public_id, one.title, one.file_name, one.size) for one in rows)


def files_of_case(case: CaseStudy) -> tuple[FileLine, ...]:
    """What the page of a published case lists, in the order it was added. One query."""
    return _lines(published_files(case))


def files_of_draft(draft: Draft) -> tuple[FileLine, ...]:
    """What goes with a draft, in the order it was added. One query."""
    return _lines(Attachment.objects.filter(draft=draft, removed_at=None))
