"""A record beside its translation, field by field, with what changed in the original since."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.models import AuditEvent
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.enums import Language, TextStatus
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.models.texts import LocalText
from alliance.knowledge.selectors.translation_rights import (
    CONFIRM,
    REVIEW,
    TRANSLATE,
    why_not_write,
    writers_of,
)
from alliance.knowledge.selectors.versions import Piece, word_diff
from alliance.knowledge.translation_fields import (
    Kind,
    TextField,
    Translatable,
    Words,
    edits_behind,
    is_original,
    is_settled,
    kind_of,
    original_of,
)


@dataclass(frozen=True)
class FieldPair:
    """A field of the original with its translation, as texts; a list has one line for each item.

    `changed` marks what was edited in the original since it was last looked at for this
    translation; empty where nothing was, or where that is not known.
    """

    field: TextField
    original: str
    translation: str
    changed: tuple[Piece, ...]

    @property
    def original_lines(self) -> list[str]:
        """The items of a list."""
        return self.original.splitlines()

    @property
    def translation_lines(self) -> list[str]:
        """The items of a list."""
        return self.translation.splitlines()


@dataclass(frozen=True)
class TranslationPage:
    """A record and `row`, its translation into `language`, None where there is none yet.

    `written`, `reviewed`: the acts of who did it last, where that may be told. `behind`: how many
    edits of the original the translation lacks; None where that is not recorded. `is_diff_known`:
    False where the words before `n_edits` of the original were not kept. `empty`: the fields of
    which the original says nothing. `refusal`: the rule that keeps the reader from writing, empty
    where none does.
    """

    record: Translatable
    kind: Kind
    language: str
    original: LocalText
    row: LocalText | None
    behind: int | None
    n_edits: int
    is_diff_known: bool
    fields: tuple[FieldPair, ...]
    empty: tuple[str | Promise, ...]
    written: AuditEvent | None
    reviewed: AuditEvent | None
    refusal: str
    is_own: bool
    may_review: bool

    @property
    def revision(self) -> int:
        """The revision of the translation, 0 where there is none."""
        return 0 if self.row is None else self.row.revision

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody else than who wrote it has read the translation."""
        return self.row is not None and self.row.status == TextStatus.REVIEWED

    @property
    def is_behind(self) -> bool:
        """Whether the translation lacks edits of the original, or may lack some."""
        return self.row is not None and self.behind != 0

    @property
    def may_write(self) -> bool:
        """Whether the reader may change the words."""
        return not self.refusal

    @property
    def href(self) -> str:
        """The page of the record."""
        return reverse(self.kind.page_name, args=[self.record.public_id])

    @property
    def here(self) -> str:
        """This page."""
        name = self.kind.translate_name
        return reverse(name, args=[self.record.public_id, self.language])


def as_text(words: str | list[str]) -> str:
    """The words of a field as one text: the items of a list one a line."""
    return words if isinstance(words, str) else "\n".join(words)


def _words_of_version(snapshot_text: object, kind: Kind) -> Words | None:
    if not isinstance(snapshot_text, dict) or snapshot_text.get("status") != TextStatus.ORIGINAL:
        return None
    return {field.name: snapshot_text.get(field.name) or "" for field in kind.fields}


def original_before(record: Translatable, original: LocalText, n_edits: int) -> Words | None:
    """The words of the original before its last `n_edits` edits; None where they were not kept.

    Of a case every published state is kept; of other records what translators had before them.
    """
    kind = kind_of(record)
    if n_edits <= 0:
        return kind.words(original)
    if not isinstance(record, CaseStudy):
        acts = AuditEvent.objects.filter(
            kind=kind.name,
            public_id=record.public_id,
            verb__in=(TRANSLATE, CONFIRM),
            details__source_revision=original.revision - n_edits,
        )
        for act in acts.order_by("-id"):
            stored = act.details.get("original")
            if stored is not None:
                return kind.cleaned(stored)
        return None
    newer = kind.words(original)
    for version in record.versions.order_by("-number").iterator():
        words = _words_of_version(version.snapshot["texts"].get(original.language), kind)
        if words is None:
            return None
        if words != newer:
            n_edits -= 1
            newer = words
        if n_edits == 0:
            return words
    return None


def _pairs(
    kind: Kind, original: Words, translation: Words, before: Words | None
) -> tuple[FieldPair, ...]:
    pairs = []
    for field in kind.fields:
        source, target = as_text(original[field.name]), as_text(translation[field.name])
        was = source if before is None else as_text(before[field.name])
        if not source and not target:
            continue
        pairs.append(
            FieldPair(
                field=field,
                original=source,
                translation=target,
                changed=word_diff(was, source) if was != source else (),
            )
        )
    return tuple(pairs)


def _last_acts(kind: Kind, public_id: str, language: str) -> dict[str, AuditEvent]:
    """The last writing and the last review of a translation, by their verbs."""
    acts = AuditEvent.objects.filter(
        kind=kind.name,
        public_id=public_id,
        verb__in=(TRANSLATE, REVIEW),
        details__language=language,
    ).order_by("id")
    return {act.verb: act for act in acts.defer("details")}


def translation_page(
    actor: Actor, record: Translatable, to: str, *, seen: int | None = None
) -> TranslationPage:
    """`record` and its translation into `to`.

    `seen`: the revision of the original that the writer had read, where that is another than the
    one the translation was made from. Raises NotFound for the language of the original.
    """
    kind = kind_of(record)
    rows = {row.language: row for row in record.texts.all()}
    original = original_of(record, rows.values())
    row = rows.get(to)
    if to not in Language.values or is_original(original, to, row):
        raise NotFound("translation", f"{record.public_id} {to}")
    behind = 0 if row is None else edits_behind(original, row)
    n_edits = behind or 0
    if seen is not None and 0 < seen <= original.revision:
        n_edits = original.revision - seen
    before = original_before(record, original, n_edits)
    words = kind.words(original)
    translated = kind.words(row)
    pairs = _pairs(kind, words, translated, before)
    # Who translated a case whose city is hidden belongs to its team: the name would tell the city.
    may_name = (
        not isinstance(record, CaseStudy)
        or not record.is_masked
        or (rules.may_know_masked_city(actor, record))
    )
    acts = _last_acts(kind, record.public_id, to) if row is not None and may_name else {}
    writers = writers_of(record, to) if row is not None else frozenset()
    is_own = actor.user is not None and actor.user.pk in writers
    is_reviewed = row is not None and row.status == TextStatus.REVIEWED
    return TranslationPage(
        record=record,
        kind=kind,
        language=to,
        original=original,
        row=row,
        behind=behind,
        n_edits=n_edits,
        is_diff_known=before is not None and behind is not None,
        fields=pairs,
        empty=tuple(
            field.label
            for field in kind.fields
            if field.name not in {pair.field.name for pair in pairs}
        ),
        written=acts.get(TRANSLATE),
        reviewed=acts.get(REVIEW) if is_reviewed else None,
        refusal=why_not_write(actor, record, original, row),
        is_own=is_own,
        may_review=(
            row is not None
            and not is_reviewed
            and behind == 0
            and writing_rules.may_review_translation(actor, record, writers)
        ),
    )


def translation_todos(
    actor: Actor, record: Translatable, language: str
) -> list[tuple[str, str, str]]:
    """What the reader can do for the translation of a page in `language`, and on the page of the
    original for all that are missing or behind: "write", "update", "review" or "correct" it, with
    its language and the page for it. Nothing, without a query, for everybody else.

    The texts of the record should be loaded.
    """
    if not writing_rules.is_translator(actor):
        return []
    kind = kind_of(record)
    rows = {row.language: row for row in record.texts.all()}
    original = original_of(record, rows.values())
    todos = []
    for code in Language.values if language == original.language else [language]:
        row = rows.get(code)
        if is_original(original, code, row):
            continue
        act = _act(actor, record, original, row)
        if act in {"write", "update"} or (act and code == language):
            href = reverse(kind.translate_name, args=[record.public_id, code])
            todos.append((act, code, href))
    return todos


def _act(actor: Actor, record: Translatable, original: LocalText, row: LocalText | None) -> str:
    """What the reader can do for a translation, empty for nothing."""
    may_write = not why_not_write(actor, record, original, row)
    if row is None or edits_behind(original, row) != 0:
        return ("write" if row is None else "update") if may_write else ""
    if not is_settled(original, row):
        writers = writers_of(record, row.language)
        if writing_rules.may_review_translation(actor, record, writers):
            return "review"
    return "correct" if may_write else ""
