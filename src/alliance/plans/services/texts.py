"""Editing the text of a plan: one version until it opens, then a new one for each change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network.models import Post
from alliance.network.text_checks import text_faults
from alliance.participation import rules
from alliance.participation.enums import Author, Channel, ContributionKind, ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import contributions as writing
from alliance.participation.services.contributions import ContributionData
from alliance.participation.services.processes import locked
from alliance.plans.changes import pairs
from alliance.plans.models import Paragraph, Version

_note = audit.noting("process")
MOST_PARAGRAPHS, LONGEST_PARAGRAPH, LONGEST_NOTE = 300, 3_000, 2_000
#: The maximum length of a paragraph's name next to a comment.
LONGEST_NAME = 100


def latest_version(process: Process) -> Version | None:
    """The present version, None if there is none yet."""
    return process.plan_versions.order_by("-number").first()


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text, separated by blank lines."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [" ".join(part.split()) for part in parts if part.strip()]


def _faults(texts: Sequence[str]) -> list[Fault]:
    faults = [] if texts else [Fault("text", "missing")]
    if len(texts) > MOST_PARAGRAPHS:
        faults.append(Fault("text", "too-many", {"most": MOST_PARAGRAPHS}))
    seen: dict[str, int] = {}
    for number, text in enumerate(texts, start=1):
        if len(text) > LONGEST_PARAGRAPH:
            numbers = {"n": number, "most": LONGEST_PARAGRAPH}
            faults.append(Fault("text", "paragraph-long", numbers))
        elif text in seen:
            faults.append(Fault("text", "paragraph-twice", {"one": seen[text], "other": number}))
        else:
            faults += text_faults("text", text, longest=LONGEST_PARAGRAPH)
        seen.setdefault(text, number)
    return faults[:20]


def set_text(
    process: Process, text: str, *, note: str = "", actor: audit.Actor, at: dt.datetime
) -> Version:
    """Set the text of a plan. Once it is open, a change is a new version, with a `note` on what
    changed and why; comments stay with their paragraph, also if it is changed.

    Raises InvalidData naming `text` or `note`, NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    texts = paragraphs_of(text)
    faults = _faults(texts) + text_faults("note", note, longest=LONGEST_NOTE)
    with transaction.atomic():
        current = locked(process)
        last = latest_version(current)
        before = list(last.paragraphs.select_related("thread")) if last else []
        is_draft = current.state == ProcessState.DRAFT
        if last is not None and [paragraph.text for paragraph in before] == texts:
            refuse(faults)
            return last
        if not is_draft and not note.strip():
            faults.append(Fault("note", "note-needed"))
        refuse(faults)
        if last is not None and is_draft:
            threads = [paragraph.thread_id for paragraph in before]
            last.paragraphs.all().delete()
            Post.objects.filter(contribution__in=threads).delete()
            Version.objects.filter(pk=last.pk).update(made_at=at)
            before, version = [], last
        else:
            number = last.number + 1 if last else 1
            version = Version.objects.create(
                process=current, number=number, note=note.strip(), made_at=at
            )
        existing = {
            j: before[i].thread
            for i, j in pairs([paragraph.text for paragraph in before], texts)
            if i is not None and j is not None
        }
        for number, paragraph in enumerate(texts):
            thread = existing.get(number) or _thread(current, paragraph, actor=actor, at=at)
            Paragraph.objects.create(
                version=version, number=number + 1, text=paragraph, thread=thread
            )
        _note(current, "set-text", actor=actor, at=at, version=version.number)
    return version


def _thread(process: Process, text: str, *, actor: audit.Actor, at: dt.datetime) -> Contribution:
    """The parent of comments on a new paragraph: the paragraph as the city first wrote it."""
    words = ContributionData(text, process.language, kind=ContributionKind.PARAGRAPH)
    return writing.save(
        process, words, participant=None, at=at, shown_at=at, author=Author.OFFICIAL, actor=actor
    )


def name_of(paragraph: Paragraph) -> str:
    """The name of a paragraph next to a comment."""
    start = paragraph.text[:LONGEST_NAME]
    return f"{paragraph.number}. {start}{'…' if len(paragraph.text) > LONGEST_NAME else ''}"


def comment(
    paragraph: Paragraph,
    participant: Participant,
    words: ContributionData,
    *,
    address: str,
    at: dt.datetime,
) -> Contribution:
    """Submit a comment on a paragraph; see `contribute`."""
    process = Process.objects.get(pk=paragraph.version.process_id)
    words = replace(
        words, kind=ContributionKind.COMMENT, parent=paragraph.thread, title=name_of(paragraph)
    )
    return writing.contribute(process, participant, words, address=address, at=at)


def enter_comments(
    process: Process,
    comments: Sequence[tuple[int, str]],
    *,
    language: str,
    channel: str = Channel.PAPER,
    traits: Mapping[str, str] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Participant:
    """Enter a person's comments on paper, by phone or at a counter: numbers of paragraphs, each
    with a comment. Raises InvalidData naming rows, NotAllowed."""
    version = latest_version(process)
    rows = version.paragraphs.select_related("thread") if version else ()
    known = {row.number: row for row in rows}
    unknown = [
        Fault(f"texts[{place}].number", "paragraph-none", {"n": number})
        for place, (number, _text) in enumerate(comments)
        if number not in known
    ]
    if unknown:
        raise InvalidData(unknown)
    words = [
        ContributionData(
            text,
            language,
            kind=ContributionKind.COMMENT,
            parent=known[number].thread,
            title=name_of(known[number]),
        )
        for number, text in comments
    ]
    return writing.enter(
        process, words, channel=channel, traits=dict(traits or {}), actor=actor, at=at
    )
