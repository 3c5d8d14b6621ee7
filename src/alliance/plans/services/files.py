"""The file of a plan: its present paragraphs, with comments, outcomes and answers."""

from __future__ import annotations

from collections.abc import Iterator

from alliance.core.text import csv_chunks
from alliance.participation.models import Contribution, Process
from alliance.plans.models import Paragraph

COLUMNS = ("paragraph", "version", "text", "comment", "channel", "date", "outcome", "answer")


def comment_lines(process: Process) -> Iterator[bytes]:
    """A row for each comment, and for each paragraph without one; removed paragraphs come last.
    Nobody is named."""
    latest: dict[int, Paragraph] = {}
    rows = Paragraph.objects.filter(version__process=process).select_related("version")
    for paragraph in rows.order_by("version__number", "number"):
        latest[paragraph.thread_id] = paragraph
    comments: dict[int, list[Contribution]] = {}
    shown = Contribution.objects.filter(process=process, parent__in=latest).shown()
    for comment in shown.select_related("post", "answer").order_by("post_id"):
        comments.setdefault(comment.parent_id or 0, []).append(comment)
    last = max((paragraph.version.number for paragraph in latest.values()), default=0)
    ordered = sorted(
        latest.values(), key=lambda paragraph: (last - paragraph.version.number, paragraph.number)
    )
    return csv_chunks(COLUMNS, _lines(ordered, comments))


def _lines(
    paragraphs: list[Paragraph], comments: dict[int, list[Contribution]]
) -> Iterator[list[object]]:
    for paragraph in paragraphs:
        start = [paragraph.number, paragraph.version.number, paragraph.text]
        for comment in comments.get(paragraph.thread_id, ()):
            answer = comment.answer
            yield [
                *start, comment.post.text, comment.channel, comment.post.at.date(),
                answer.outcome if answer else "", answer.reason if answer else "",
            ]  # fmt: skip
        if paragraph.thread_id not in comments:
            yield [*start, "", "", "", "", ""]
