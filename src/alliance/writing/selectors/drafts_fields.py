"""A draft as named fields in the language of the page: to preview it, and to see what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.snapshot_fields import Field, fields_of
from alliance.cases.selectors.snapshot_names import names_for
from alliance.core.errors import NotFound
from alliance.writing.forms.conflict import Merging, can_have_both, unit_of
from alliance.writing.forms.steps import field_at
from alliance.writing.models import Attachment, Draft, DraftRevision
from alliance.writing.selectors.drafts import document_of_draft
from alliance.writing.selectors.files import files_of_draft, published_files
from alliance.writing.selectors.reviews_draft import without_place
from alliance.writing.selectors.versions import ChangeGroup, change_groups, field_groups

Document = Mapping[str, Any]
#: Fields of a text that a preview shows before its tables.
_HEADER_FIELDS = ("status", "title", "lead", "summary", "what_worked", "what_did_not")


def as_readers_see(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what a masked case hides taken out."""
    if not document["is_masked"]:
        return document
    return {**without_place(document), "sources": []}


def preview_of(draft: Draft, language: str) -> dict[str, Any]:
    """A draft as readers will see it, in its own language. At most nine queries."""
    document = as_readers_see(document_of_draft(draft))
    names = names_for([document], language)
    text = document["texts"].get(draft.language) or {}
    lang_attr = "" if draft.language == language else draft.language
    place = document["place"]
    shown_above = {f"texts.{draft.language}.{name}" for name in _HEADER_FIELDS}
    shown = [
        field for field in fields_of(document, language, names) if field.key not in shown_above
    ]
    return {name: Localised(text.get(name, ""), lang_attr) for name in _HEADER_FIELDS[1:]} | {
        "document": document,
        "place": place.get(f"name_{language}") or place["name"],
        "groups": field_groups(shown),
        "files": _files_with(draft, is_masked=document["is_masked"]),
    }


def _files_with(draft: Draft, *, is_masked: bool) -> list[Attachment]:
    """The files that readers get with the case: those it has already, and those of the draft."""
    if is_masked:
        return []
    published = published_files(draft.case) if draft.case else ()
    return [*published, *files_of_draft(draft)]


def _changes(old: Document, new: Document, language: str) -> tuple[ChangeGroup, ...]:
    names = names_for([old, new], language)
    return change_groups(fields_of(old, language, names), fields_of(new, language, names))


def history_of(draft: Draft, language: str, *, old: int = 0, new: int = 0) -> dict[str, Any]:
    """The saved states, newest first, and what changed from `old` to `new`; else in the last one.

    `old` and `new` are None where there is but one. Raises NotFound for a state that there is not.
    """
    rows = list(draft.revisions.defer("content").order_by("-number"))
    by_number = {row.number: row for row in rows}
    new = new or rows[0].number
    # Of older states not every one is kept.
    old = old or next((row.number for row in rows if row.number < new), 0)
    if old == 0:
        return {"revisions": rows, "old": None, "new": None, "groups": ()}
    for number in (old, new):
        if number not in by_number:
            raise NotFound("saved state of a draft", f"{draft.public_id} {number}")
    contents = {
        row.number: document_of_draft(row)
        for row in DraftRevision.objects.filter(draft=draft, number__in=[old, new])
    }
    return {
        "revisions": rows,
        "old": by_number[old],
        "new": by_number[new],
        "groups": _changes(contents[old], contents[new], language),
    }


def _of_unit(fields: Iterable[Field], unit: str) -> tuple[Field, ...]:
    return tuple(field for field in fields if unit_of(field.key) == unit and field.value)


def conflict_page(
    draft: Draft, merging: Merging, *, mine: Document, theirs: Document, language: str
) -> dict[str, Any]:
    """What was taken over from the other writer, and part by part what is to be chosen.

    `mine` is what the writer meant to save.
    """
    names = names_for([mine, theirs, merging.document], language)
    own, others = fields_of(mine, language, names), fields_of(theirs, language, names)
    merged = fields_of(merging.document, language, names)
    return {
        "taken": change_groups(own, merged),
        "clashes": [
            {
                "unit": unit,
                "label": field_at(unit, text_language=draft.language).label,
                "mine": _of_unit(own, unit),
                "theirs": _of_unit(others, unit),
                "can_have_both": can_have_both(unit),
            }
            for unit in merging.clashes
        ],
    }
