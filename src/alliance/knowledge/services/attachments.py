"""Files that go with a draft, kept by their content and shown only with the published case."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files import ContentStore
from alliance.knowledge import rules
from alliance.knowledge.file_checks import check_file
from alliance.knowledge.models import Attachment, Draft
from alliance.network.text_checks import text_faults

MOST_FILES = 20
FILES = ContentStore("attachments")


def _safe_name(name: str, ending: str) -> str:
    stem = re.sub(r"[^\w.-]+", "-", Path(name.replace("\\", "/")).stem).strip("-.")[:80]
    return (stem or "file") + ending


def attach(
    draft: Draft, *, title: str, name: str, content: bytes, actor: audit.Actor, at: dt.datetime
) -> Attachment:
    """Add a file to a draft; the same file a second time gives the one there is.

    Raises InvalidData naming the rule that the file or its title breaks, NotAllowed.
    """
    checked = check_file(content, name)
    title = title.strip() or Path(name).stem
    refuse(text_faults("title", title, longest=200))
    sha256 = FILES.keep(checked.content)
    with transaction.atomic():
        current = (
            Draft.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=draft.pk)
        )
        if not rules.may_edit_draft(actor, current):
            raise NotAllowed("the draft is not open to changes by you now")
        # Those that the published case has already go with it as well.
        theirs = Q(draft=current) | Q(case=current.case_id, case__isnull=False)
        present = Attachment.objects.filter(theirs, removed_at=None)
        twin = present.filter(sha256=sha256).first()
        if twin is not None:
            return twin
        if present.count() >= MOST_FILES:
            raise InvalidData([Fault("file", "many-files", {"most": MOST_FILES})])
        attachment = Attachment(
            draft=current,
            title=title,
            file_name=_safe_name(name, checked.ending),
            media_type=checked.media_type,
            size=len(checked.content),
            sha256=sha256,
            added_by=actor.user,
            added_at=at,
        )
        attachment.full_clean()
        attachment.save()
        audit.record("draft", current, "attach", actor=actor, at=at, file=attachment.public_id)
    return attachment


def remove(attachment: Attachment, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Take a file away from its draft, and from the published case; its content goes with it."""
    draft = attachment.draft
    writes = draft is not None and rules.may_write_for(actor, draft.organisation)
    answers = attachment.case is not None and rules.may_change_case(actor, attachment.case)
    if not (writes or answers or rules.is_secretariat(actor)):
        raise NotAllowed("only the team takes its files away")
    with transaction.atomic():
        changed = Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=at)
        if not changed:
            return
        kind = "case" if attachment.case else "draft"
        audit.record(
            kind, attachment.case or draft, "remove file", actor=actor, at=at,
            file=attachment.public_id,
        )  # fmt: skip
        transaction.on_commit(lambda: _forget(attachment.sha256))


def _forget(sha256: str) -> None:
    """Delete content that no attachment needs any more."""
    if not Attachment.objects.filter(sha256=sha256, removed_at=None).exists():
        FILES.forget(sha256)
