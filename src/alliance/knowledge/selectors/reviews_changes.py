"""What changed from one handing in of a draft to another, or from the published version."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge import rules
from alliance.knowledge.models import CaseVersion, Draft
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.reviews import (
    SubmissionLine,
    hides_city,
    submissions_of,
    title_in,
)
from alliance.knowledge.selectors.reviews_draft import (
    draft_fields,
    vocabulary,
    whole,
    without_place,
)
from alliance.knowledge.selectors.versions import ChangeGroup, change_groups
from alliance.knowledge.snapshots import OUTSIDE

#: Compare with the published version that the draft started from.
PUBLISHED = "published"


@dataclass(frozen=True)
class ChangesPage:
    """What changed to a submission, since another one or since the published version.

    `version` is that of the case where it is compared with one, 0 else.
    """

    public_id: str
    title: Localised
    new: SubmissionLine
    old_at: dt.datetime
    old_number: int
    version: int
    is_masked: bool
    groups: tuple[ChangeGroup, ...]
    n_changes: int


def changes_page(
    draft: Draft, actor: Actor, *, since: str, number: int | None, language: str
) -> ChangesPage:
    """What changed to submission `number` (None: the last) since `since`, a number or "published".

    Raises NotFound for a submission or version that there is not.
    """
    submissions = {one.number: one for one in submissions_of(draft)}
    new = submissions.get(number or draft.submission)
    if new is None:
        raise NotFound("submission of a draft", str(number))
    after = whole(new.revision.content)
    version = 0
    if since == PUBLISHED:
        base = CaseVersion.objects.filter(
            case=draft.case_id, number=draft.base_version or 0
        ).first()
        if base is None:
            raise NotFound("published version", draft.public_id)
        version, old_number, old_at = base.number, 0, base.at
        before = whole({key: base.snapshot[key] for key in base.snapshot.keys() - OUTSIDE})
        if after["is_masked"]:
            # Held against what readers see: of a case that hides its city no source is published.
            after = {**without_place(after), "sources": []}
    else:
        old = submissions.get(int(since)) if since.isdecimal() and len(since) < 7 else None
        if old is None:
            raise NotFound("submission of a draft", since)
        old_number, old_at = old.number, old.at
        before = whole(old.revision.content)
    if hides_city(draft, after) and not rules.may_know_place_of(actor, draft):
        before, after = without_place(before), without_place(after)
    names = vocabulary([before, after], language).names
    groups = change_groups(
        list(draft_fields(before, language, names)), list(draft_fields(after, language, names))
    )
    return ChangesPage(
        public_id=draft.public_id,
        title=title_in(after, draft, language),
        new=SubmissionLine(new.number, new.at, new.number - 1),
        old_at=old_at,
        old_number=old_number,
        version=version,
        is_masked=after["is_masked"],
        groups=groups,
        n_changes=sum(len(group.changes) for group in groups),
    )
