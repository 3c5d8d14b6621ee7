"""Writing a record in another language, and saying that a translation is right.

A translation carries the revision of the original that it was made from. Whoever writes one sends
the revision that was read: where the original was edited meanwhile, the translation is saved, and
shows as behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Conflict, Fault, InvalidData, NotAllowed, refuse
from alliance.knowledge import writing_rules
from alliance.knowledge.case_document import Text, check_shape
from alliance.knowledge.enums import DraftState, Language, TextStatus
from alliance.knowledge.masking import masking_faults
from alliance.knowledge.models import CaseStudy, Draft, DraftRevision
from alliance.knowledge.models.texts import LocalText
from alliance.knowledge.selectors.translation_rights import (
    CONFIRM,
    REVIEW,
    TRANSLATE,
    why_not_write,
    writers_of,
)
from alliance.knowledge.services.cases import save_version
from alliance.knowledge.snapshots import document_of
from alliance.knowledge.translation_fields import (
    Kind,
    Translatable,
    Words,
    edits_behind,
    is_original,
    kind_of,
    original_of,
)
from alliance.network.text_checks import text_faults


def faults_of(
    record: Translatable, language: str, words: Words, original: LocalText
) -> list[Fault]:
    """What keeps `words` from being the translation of `original`; `where` is the field."""
    kind = kind_of(record)
    faults: list[Fault] = []
    source = kind.words(original)
    for field in kind.fields:
        value = words[field.name]
        lines = value if isinstance(value, list) else [value]
        for number, line in enumerate(lines):
            where = f"{field.name}[{number}]" if field.is_list else field.name
            faults += text_faults(where, line, longest=field.longest)
        if source[field.name] and not value:
            # The page of the record would say that it is not recorded.
            faults.append(Fault(field.name, "untranslated"))
        elif value and not source[field.name]:
            faults.append(Fault(field.name, "not-in-original"))
    if isinstance(record, CaseStudy) and record.is_masked:
        faults += _telling(record, language, words)
    return faults


def _telling(case: CaseStudy, language: str, words: Words) -> list[Fault]:
    """What in a translation names the hidden city of a case."""
    document = check_shape(document_of(case)).model_copy(
        update={"texts": {language: Text(**words)}}  # type: ignore[arg-type]
    )
    return [
        Fault(fault.where.rpartition(".")[2], "names-hidden-city")
        for fault in masking_faults(document, case.masked_city)
        if fault.where.startswith("case.texts.")
    ]


_OPEN = (DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED)


@dataclass(frozen=True)
class _Locked:
    """A record with its texts as they stand, locked until the transaction ends."""

    kind: Kind
    record: Translatable
    original: LocalText
    translation: LocalText | None
    draft: Draft | None

    @property
    def revision(self) -> int:
        """The revision of the translation, 0 where there is none."""
        return 0 if self.translation is None else self.translation.revision


def _locked(record: Translatable, language: str) -> _Locked:
    kind = kind_of(record)
    # The draft before the case, in the order in which a draft is published.
    draft = None
    if isinstance(record, CaseStudy):
        draft = Draft.objects.select_for_update().filter(case=record, state__in=_OPEN).first()
    current = kind.record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    rows = {row.language: row for row in current.texts.all()}
    original = original_of(current, rows.values())
    translation = rows.get(language)
    if language not in Language.values or is_original(original, language, translation):
        raise NotAllowed(_("The translation cannot be in the same language as the original."))
    return _Locked(kind, current, original, translation, draft)


def _expect(locked: _Locked, expected_revision: int) -> None:
    if locked.revision != expected_revision:
        raise Conflict(
            f"translation of a {locked.kind.name}", locked.record.public_id, locked.revision
        )


def _source(locked: _Locked, source_revision: int | None) -> int:
    """The revision of the original that was read: none that is not there, none before the last."""
    if source_revision is None:
        return locked.original.revision
    newest = locked.original.revision
    before = locked.translation.source_revision if locked.translation else None
    if not min(before or 1, newest) <= source_revision <= newest:
        raise InvalidData([Fault("source_revision", "no-revision")])
    return source_revision


def save_translation(
    record: Translatable,
    *,
    language: str,
    texts: Mapping[str, str | Sequence[str]],
    expected_revision: int,
    source_revision: int | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> LocalText:
    """Write `record` in `language`; whatever was reviewed before is to be reviewed again.

    `texts` are by field, those of lists as lines; `expected_revision` is that of the translation
    that was read, 0 where there was none; `source_revision` that of the original, by default the
    present one. The same words again only take over the revision of the original. Raises
    NotAllowed; Conflict where somebody saved meanwhile; InvalidData, naming each field.
    """
    with transaction.atomic():
        locked = _locked(record, language)
        refusal = why_not_write(actor, locked.record, locked.original, locked.translation)
        if refusal:
            raise NotAllowed(refusal)
        words = locked.kind.cleaned(texts)
        row = locked.translation
        replaced = None if row is None else locked.kind.words(row)
        newest = source_revision or locked.original.revision
        if row is not None and words == replaced and row.source_revision == newest:
            # Sent twice.
            return row
        _expect(locked, expected_revision)
        source = _source(locked, source_revision)
        faults = faults_of(locked.record, language, words, locked.original)
        refuse(faults)
        if row is not None and words == replaced:
            return _match(locked, row, source, actor=actor, at=at)
        before = _draft_text(locked, language)
        if row is None:
            row = locked.kind.texts(
                **{locked.kind.owner: locked.record}, language=language, revision=0
            )
        for name, value in words.items():
            setattr(row, name, value)
        row.status = TextStatus.TRANSLATED
        row.source_revision = source
        row.revision += 1
        row.full_clean()
        row.save()
        details: dict[str, Any] = {"revision": row.revision, "source_revision": source}
        if locked.kind.record is not CaseStudy:
            # Cases keep versions; of other records the words of before would be lost.
            details |= {"original": _original_at(locked, source), "replaced": replaced}
        _record_change(locked, TRANSLATE, language, before, details, actor=actor, at=at)
    return row


def confirm_translation(
    record: Translatable,
    *,
    language: str,
    expected_revision: int,
    source_revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> LocalText:
    """Say that a translation still matches the original as of `source_revision`, which was read.

    Its words and whether it was reviewed stay. Raises NotAllowed, Conflict, InvalidData.
    """
    with transaction.atomic():
        locked = _locked(record, language)
        if locked.translation is None:
            raise NotAllowed(_("No translation yet."))
        # No word is changed, so that it may be settled already.
        refusal = why_not_write(actor, locked.record, locked.original, None)
        if refusal:
            raise NotAllowed(refusal)
        _expect(locked, expected_revision)
        source = _source(locked, source_revision)
        return _match(locked, locked.translation, source, actor=actor, at=at)


def _match(
    locked: _Locked, row: LocalText, source: int, *, actor: audit.Actor, at: dt.datetime
) -> LocalText:
    if row.source_revision == source:
        return row
    row.source_revision = source
    row.save(update_fields=["source_revision"])
    original = {}
    if locked.kind.record is not CaseStudy:
        original = {"original": _original_at(locked, source)}
    audit.record(
        locked.kind.name,
        locked.record,
        CONFIRM,
        actor=actor,
        at=at,
        language=row.language,
        revision=row.revision,
        source_revision=source,
        **original,
    )
    return row


def review_translation(
    record: Translatable,
    *,
    language: str,
    expected_revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> LocalText:
    """Mark a translation as reviewed, by somebody who did not write it. A second time: nothing.

    Raises NotAllowed, also where it is behind the original; Conflict.
    """
    with transaction.atomic():
        locked = _locked(record, language)
        row = locked.translation
        if row is None:
            raise NotAllowed(_("No translation yet."))
        writers = writers_of(locked.record, language)
        if actor.user is not None and actor.user.pk in writers:
            raise NotAllowed(_("You cannot review your own translation."))
        if not writing_rules.may_review_translation(actor, locked.record):
            raise NotAllowed(
                _(
                    "Only reviewers, the secretariat and the team responsible can review "
                    "translations."
                )
            )
        if row.status != TextStatus.TRANSLATED:
            return row
        _expect(locked, expected_revision)
        if edits_behind(locked.original, row) != 0:
            raise NotAllowed(_("The translation is older than the original. Update it first."))
        before = _draft_text(locked, language)
        row.status = TextStatus.REVIEWED
        row.revision += 1
        row.save(update_fields=["status", "revision"])
        details = {"revision": row.revision, "source_revision": row.source_revision}
        _record_change(locked, REVIEW, language, before, details, actor=actor, at=at)
    return row


def _draft_text(locked: _Locked, language: str) -> dict[str, Any] | None:
    """The text of a case in `language` as its drafts hold it."""
    if not isinstance(locked.record, CaseStudy):
        return None
    text: dict[str, Any] | None = document_of(_fresh(locked.record))["texts"].get(language)
    return text


def _fresh(case: CaseStudy) -> CaseStudy:
    """The case without what was read of it before."""
    return CaseStudy.objects.select_related("solution", "city").get(pk=case.pk)


def _original_at(locked: _Locked, source: int) -> Words | None:
    """The words of the original of that revision, None where they were edited since."""
    return locked.kind.words(locked.original) if source == locked.original.revision else None


def _record_change(
    locked: _Locked,
    verb: str,
    language: str,
    before: dict[str, Any] | None,
    details: dict[str, Any],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """What follows a change of a translation: a version of a case, and a row in the trail."""
    record = locked.record
    # The starter loader would else put its own texts in place of what people wrote.
    record.edited_at = at
    record.save(update_fields=["edited_at", "updated_at"])
    if isinstance(record, CaseStudy):
        base = record.revision
        version = save_version(record, actor=actor, at=at)
        details["version"] = record.revision
        if locked.draft is not None and version is not None and locked.draft.base_version == base:
            _take_into(
                locked.draft,
                language,
                before=before,
                after=_draft_text(locked, language),
                version=version.number,
                actor=actor,
                at=at,
            )
    audit.record(locked.kind.name, record, verb, actor=actor, at=at, language=language, **details)


def _take_into(
    draft: Draft,
    language: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    version: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Take a translation into an open change of the case, as a saved state of its own.

    The draft would else be outdated by it, and lose a review that it is in. Where the draft itself
    changed that text, its team must choose, as with any other change of the case.
    """
    texts = draft.content.get("texts") or {}
    if texts.get(language) != before:
        return
    draft.content = {**draft.content, "texts": {**texts, language: after}}
    draft.revision += 1
    draft.base_version = version
    draft.saved_at = at
    draft.save(update_fields=["content", "revision", "base_version", "saved_at"])
    DraftRevision.objects.create(
        draft=draft,
        number=draft.revision,
        at=at,
        actor=actor.user,
        actor_label=actor.label[:200],
        content=draft.content,
    )
    audit.record(
        "draft",
        draft,
        "take over translation",
        actor=actor,
        at=at,
        language=language,
        version=version,
    )
