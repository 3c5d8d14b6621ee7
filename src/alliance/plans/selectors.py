"""The data of the pages and files of plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Contribution, Process
from alliance.participation.selectors.access import READ, get_process_for
from alliance.plans.changes import Part, pairs, words_changed
from alliance.plans.models import Paragraph, Version


def get_plan_for(actor: Actor, public_id: str, action: str = READ) -> Process:
    """As `get_process_for`, for a process about a text. Raises NotFound for others too."""
    process = get_process_for(actor, public_id, action)
    if process.kind != ProcessKind.TEXT:
        raise NotFound("plan", public_id)
    return process


def paragraphs(version: Version | None) -> list[Any]:
    """The paragraphs of a version, each with its number of public comments, `n_comments`."""
    if version is None:
        return []
    shown = Q(thread__comments__shown_at__isnull=False, thread__comments__post__hidden_at=None)
    rows = version.paragraphs.select_related("thread__post")
    return list(rows.annotate(n_comments=Count("thread__comments", filter=shown)))


def get_paragraph(process: Process, thread_id: str) -> Paragraph:
    """A paragraph in the latest version that has it, by the id of its thread. Raises NotFound."""
    rows = Paragraph.objects.filter(version__process=process, thread__post__public_id=thread_id)
    paragraph = rows.select_related("version", "thread__post").order_by("-version__number").first()
    if paragraph is None:
        raise NotFound("paragraph", thread_id)
    return paragraph


def comments_on(thread: Contribution) -> list[Contribution]:
    """The public comments on a paragraph, oldest first."""
    rows = thread.comments.all().shown().select_related("post", "answer__promise", "process")
    return list(rows.order_by("post_id"))


def history(thread: Contribution) -> list[Paragraph]:
    """A paragraph in each version that changed its text, latest first."""
    revisions: list[Paragraph] = []
    for paragraph in thread.paragraphs.select_related("version").order_by("version__number"):
        if not revisions or revisions[-1].text != paragraph.text:
            revisions.append(paragraph)
    return revisions[::-1]


@dataclass(frozen=True)
class Change:
    """A paragraph in two versions; None if it was added or removed."""

    old: Paragraph | None
    new: Paragraph | None
    before: Sequence[Part] = field(default_factory=list)
    after: Sequence[Part] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        return self.old is not None and self.new is not None and self.old.text == self.new.text


def changes(old: Version, new: Version) -> list[Change]:
    """The change of each paragraph from one version to another, in the order of the new one."""
    left, right = list(old.paragraphs.all()), list(new.paragraphs.all())
    result = []
    for i, j in pairs(
        [paragraph.text for paragraph in left], [paragraph.text for paragraph in right]
    ):
        before, after = None if i is None else left[i], None if j is None else right[j]
        parts = words_changed(before.text if before else "", after.text if after else "")
        result.append(Change(before, after, *parts))
    return result


def numbers_of(paragraph_changes: Sequence[Change]) -> dict[str, int]:
    """How many paragraphs were changed, added and removed."""
    return {
        "changed": sum(
            bool(change.old and change.new and not change.is_same) for change in paragraph_changes
        ),
        "added": sum(change.old is None for change in paragraph_changes),
        "removed": sum(change.new is None for change in paragraph_changes),
    }
