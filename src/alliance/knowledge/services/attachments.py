"""Files that go with a draft, kept by their content and shown only with the published case."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.files import ContentStore
from alliance.knowledge import masking, rules, writing_rules
from alliance.knowledge.enums import PictureLicence
from alliance.knowledge.file_checks import check_file, store_file
from alliance.knowledge.models import Attachment, Draft
from alliance.network.text_checks import choice_faults, text_faults

#: Pixels of the longer side of a picture that a page shows.
LONGEST_SIDE = 1_600
FILES = ContentStore("attachments")


@dataclass(frozen=True)
class Description:
    """What is said of a picture that the page of the case shows: all of it, or nothing."""

    alt_text: str = ""
    credit: str = ""
    licence: str = ""

    def faults(self, media_type: str) -> list[Fault]:
        """What is missing, too long or of no picture; nothing where nothing is said."""
        if self == NOT_SHOWN:
            return []
        if not media_type.startswith("image/"):
            return [Fault("alt_text", "no-picture")]
        return [
            *text_faults("alt_text", self.alt_text, required=True, longest=300),
            *text_faults("credit", self.credit, required=True, longest=200),
            *choice_faults("licence", self.licence, PictureLicence.values),
        ]


NOT_SHOWN = Description()


def attach(
    draft: Draft,
    *,
    title: str,
    name: str,
    content: bytes,
    actor: audit.Actor,
    at: dt.datetime,
    description: Description = NOT_SHOWN,
) -> Attachment:
    """Add a file to a draft; the same file a second time gives the one there is.

    A picture with a `description` is shown on the page, in a size for screens. Raises InvalidData
    naming the rule that the file, its title or its description breaks, NotAllowed.
    """
    is_shown = description != NOT_SHOWN
    checked = check_file(content, name, longest_side=LONGEST_SIDE if is_shown else 0)
    title = title.strip() or Path(name).stem
    refuse([*text_faults("title", title, longest=200), *description.faults(checked.media_type)])
    with transaction.atomic():
        current = (
            Draft.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=draft.pk)
        )
        if not writing_rules.may_edit_draft(actor, current):
            raise NotAllowed("the draft is not open to changes by you now")
        # Those that the published case has already go with it as well.
        theirs = Q(draft=current) | Q(case=current.case_id, case__isnull=False)
        present = Attachment.objects.filter(theirs, removed_at=None)
        made = Attachment(
            draft=current,
            title=title,
            language=current.language,
            **asdict(description),
            added_by=actor.user,
            added_at=at,
        )
        attachment: Attachment = store_file(made, checked, FILES, name=name, among=present)
        if attachment is made:
            audit.record("draft", current, "attach", actor=actor, at=at, file=attachment.public_id)
    return attachment


def remove(
    attachment: Attachment, *, actor: audit.Actor, at: dt.datetime, reason: str = ""
) -> None:
    """Take a file away from its draft, and from the published case.

    The content of one that was published is kept, and its title with the day and the reason stand
    with the versions of the case; that of others goes. Raises NotAllowed, InvalidData naming
    `reason` for a published one without.
    """
    draft = attachment.draft
    writes = draft is not None and rules.may_write_for(actor, draft.organisation)
    answers = attachment.case is not None and rules.may_change_case(actor, attachment.case)
    if not (writes or answers or rules.is_secretariat(actor)):
        raise NotAllowed("only the team takes its files away")
    is_published = attachment.published_at is not None
    reason = reason.strip() if is_published else ""
    faults = text_faults("reason", reason, required=is_published, longest=300)
    if attachment.case is not None:
        hidden = masking.hidden_by_case(attachment.case)
        faults += masking.hidden_city_faults("reason", reason, hidden)
    refuse(faults)
    with transaction.atomic():
        changed = Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(
            removed_at=at, removal_reason=reason
        )
        if not changed:
            return
        kind = "case" if attachment.case else "draft"
        audit.record(
            kind, attachment.case or draft, "remove file", actor=actor, at=at,
            file=attachment.public_id, **({"reason": reason} if reason else {}),
        )  # fmt: skip
        if not is_published:
            transaction.on_commit(lambda: _forget(attachment.sha256))


def _forget(sha256: str) -> None:
    """Delete content that no attachment needs any more."""
    needed = Q(removed_at=None) | Q(published_at__isnull=False)
    if not Attachment.objects.filter(needed, sha256=sha256).exists():
        FILES.forget(sha256)
