"""The file of a plan: its paragraphs as they are now, with comments, outcomes and answers."""

from __future__ import annotations

from collections.abc import Iterator

from alliance.core.text import csv_chunks
from alliance.participation.models import Contribution, Process
from alliance.plans.models import Paragraph

COLUMNS = ("paragraph", "version", "text", "comment", "channel", "date", "outcome", "answer")


def comment_lines(process: Process) -> Iterator[bytes]:
    """A line for each comment, and for each paragraph without one; paragraphs that were taken out
    come last, as they were. Nobody is named."""
    latest: dict[int, Paragraph] = {}
    rows = Paragraph.objects.filter(version__process=process).select_related("version")
    for one in rows.order_by("version__number", "number"):
        latest[one.thread_id] = one
    comments: dict[int, list[Contribution]] = {}
    shown = Contribution.objects.filter(process=process, parent__in=latest).shown()
    for said in shown.select_related("post", "answer").order_by("post_id"):
        comments.setdefault(said.parent_id or 0, []).append(said)
    last = max((one.version.number for one in latest.values()), default=0)
    ordered = sorted(latest.values(), key=lambda one: (last - one.version.number, one.number))
    return csv_chunks(COLUMNS, _lines(ordered, comments))


def _lines(
    paragraphs: list[Paragraph], comments: dict[int, list[Contribution]]
) -> Iterator[list[object]]:
    for one in paragraphs:
        start = [one.number, one.version.number, one.text]
        for said in comments.get(one.thread_id, ()):
            answer = said.answer
            yield [
                *start, said.post.text, said.channel, said.post.at.date(),
                answer.outcome if answer else "", answer.reason if answer else "",
            ]  # fmt: skip
        if one.thread_id not in comments:
            yield [*start, "", "", "", "", ""]
