"""A draft as named fields in the language of the page: to preview it, and to see what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from alliance.core.errors import NotFound
from alliance.knowledge.forms.conflict import Merging, can_have_both, unit_of
from alliance.knowledge.forms.steps import field_at
from alliance.knowledge.models import Draft, DraftRevision
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.drafts import Revision, document_of_draft, revision_of
from alliance.knowledge.selectors.files import FileLine, files_of_case, files_of_draft
from alliance.knowledge.selectors.localise import country_name
from alliance.knowledge.selectors.snapshot_fields import Field, fields_of
from alliance.knowledge.selectors.snapshot_names import names_for
from alliance.knowledge.selectors.versions import ChangeGroup, FieldGroup, change_groups
from alliance.knowledge.services.cases import MASKED_PLACE

Document = Mapping[str, Any]
#: Fields of a text that a preview shows before its tables.
_TOLD_ABOVE = ("status", "title", "summary", "what_worked", "what_did_not")


@dataclass(frozen=True)
class Preview:
    """A draft as readers will see it. `solution` is its name; `groups` hold everything else."""

    title: Localised
    summary: Localised
    what_worked: Localised
    what_did_not: Localised
    outcome: str
    place: str
    country: str
    start_year: int | None
    end_year: int | None
    is_masked: bool
    groups: tuple[FieldGroup, ...]
    files: tuple[FileLine, ...]


@dataclass(frozen=True)
class History:
    """Every saved state of a draft, newest first, and what changed between two of them.

    `old` and `new` are None where there is but one.
    """

    revisions: tuple[Revision, ...]
    old: Revision | None
    new: Revision | None
    groups: tuple[ChangeGroup, ...]


@dataclass(frozen=True)
class ClashView:
    """A part that two people changed: its name, and its fields in both versions."""

    unit: str
    label: str
    mine: tuple[Field, ...]
    theirs: tuple[Field, ...]
    can_have_both: bool


@dataclass(frozen=True)
class ConflictPage:
    """What was taken over from the other writer, and what is to be chosen."""

    taken: tuple[ChangeGroup, ...]
    clashes: tuple[ClashView, ...]


def as_readers_see(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what a masked case hides taken out."""
    if not document["is_masked"]:
        return document
    place = {
        name: getattr(MASKED_PLACE, name) for name in ("name", "name_fr", "name_sv", "country")
    }
    nowhere = {"city": None, "latitude": None, "longitude": None}
    return {**document, "place": {**place, **nowhere}, "sources": []}


def preview_of(draft: Draft, language: str) -> Preview:
    """A draft as readers will see it, in its own language. At most nine queries."""
    document = as_readers_see(document_of_draft(draft))
    names = names_for([document], language)
    text = document["texts"].get(draft.language) or {}
    lang_attr = "" if draft.language == language else draft.language
    place = document["place"]
    told = {f"texts.{draft.language}.{name}" for name in _TOLD_ABOVE}
    shown = [
        field
        for field in fields_of(document, language, names)
        if field.value and field.key not in told
    ]
    return Preview(
        **{
            name: Localised(text.get(name, ""), lang_attr)
            for name in ("title", "summary", "what_worked", "what_did_not")
        },
        outcome=document["outcome"],
        place=place.get(f"name_{language}") or place["name"],
        country=country_name(place["country"], language) if place["country"] else "",
        start_year=document["start_year"],
        end_year=document["end_year"],
        is_masked=document["is_masked"],
        groups=tuple(
            FieldGroup(name, part, tuple(group))
            for (name, part), group in groupby(shown, key=lambda field: (field.group, field.part))
        ),
        files=_files_with(draft, is_masked=document["is_masked"]),
    )


def _files_with(draft: Draft, *, is_masked: bool) -> tuple[FileLine, ...]:
    """The files that readers get with the case: those it has already, and those of the draft."""
    if is_masked:
        return ()
    published = files_of_case(draft.case) if draft.case else ()
    return published + files_of_draft(draft)


def _changes(old: Document, new: Document, language: str) -> tuple[ChangeGroup, ...]:
    names = names_for([old, new], language)
    return change_groups(fields_of(old, language, names), fields_of(new, language, names))


def history_of(draft: Draft, language: str, *, old: int = 0, new: int = 0) -> History:
    """The saved states, and what changed from `old` to `new`; by default in the last one.

    Raises NotFound for a state that there is not.
    """
    rows = tuple(revision_of(row) for row in draft.revisions.defer("content").order_by("-number"))
    by_number = {row.number: row for row in rows}
    new = new or rows[0].number
    old = old or new - 1
    if old == 0:
        return History(rows, None, None, ())
    for number in (old, new):
        if number not in by_number:
            raise NotFound("saved state of a draft", f"{draft.public_id} {number}")
    contents = {
        row.number: document_of_draft(row)
        for row in DraftRevision.objects.filter(draft=draft, number__in=[old, new])
    }
    groups = _changes(contents[old], contents[new], language)
    return History(rows, by_number[old], by_number[new], groups)


def _of_unit(fields: Iterable[Field], unit: str) -> tuple[Field, ...]:
    return tuple(field for field in fields if unit_of(field.key) == unit and field.value)


def conflict_page(
    draft: Draft, merging: Merging, *, mine: Document, theirs: Document, language: str
) -> ConflictPage:
    """A conflict field by field; `mine` is what the writer meant to save."""
    names = names_for([mine, theirs, merging.document], language)
    own, others = fields_of(mine, language, names), fields_of(theirs, language, names)
    merged = fields_of(merging.document, language, names)
    return ConflictPage(
        taken=change_groups(own, merged),
        clashes=tuple(
            ClashView(
                unit=unit,
                label=field_at(unit, text_language=draft.language).label,
                mine=_of_unit(own, unit),
                theirs=_of_unit(others, unit),
                can_have_both=can_have_both(unit),
            )
            for unit in merging.clashes
        ),
    )
