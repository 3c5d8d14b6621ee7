"""The words of a record that exist in several languages, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases.case_document import LONGEST_LEAD
from alliance.cases.case_fields import OF_TEXTS
from alliance.cases.enums import TextStatus
from alliance.cases.models import CaseStudy, CaseText, Method, MethodText, Solution, SolutionText
from alliance.cases.models.texts import LocalText
from alliance.cases.validation import LONGEST_TEXT
from alliance.core import rooms
from alliance.core.errors import NotFound
from alliance.core.text import single_line

#: What can be translated, and its words by the name of the field: a text, or the lines of a list.
Translatable = CaseStudy | Solution | Method
Words = dict[str, str | list[str]]
T = TypeVar("T", bound=LocalText)

#: The longest line of a list, as `alliance.cases.validation` has it.
LONGEST_LINE = 500


@dataclass(frozen=True)
class TextField:
    """One field. `longest` is that of the text, or of each line where it is a list."""

    name: str
    label: str | Promise
    longest: int = LONGEST_TEXT
    is_list: bool = False

    @property
    def is_line(self) -> bool:
        """Whether it is one line of text."""
        return not self.is_list and self.longest < LONGEST_TEXT


@dataclass(frozen=True)
class Kind:
    """One kind of record: its word in the audit trail, its tables and its fields.

    Of a kind of another room: the names of the `page` of a record and of its translation, the
    `getter` of a record, what it is called in the list of work, and which `records` are translated.
    """

    name: str
    record: type[Any]
    texts: type[Any]
    owner: str
    fields: tuple[TextField, ...]
    page: str = ""
    translate_page: str = ""
    getter: Callable[..., Any] | None = None
    label: str | Promise = ""
    records: Callable[[], QuerySet[Any]] | None = None

    @property
    def page_name(self) -> str:
        """The name of the page of a record."""
        return self.page or f"knowledge:{self.name}"

    @property
    def translate_name(self) -> str:
        """The name of the page on which a record is translated."""
        return self.translate_page or f"knowledge:{self.name}-translate"

    @property
    def heading(self) -> str:
        """The field by which a record is named."""
        return self.fields[0].name

    def words(self, row: LocalText | None) -> Words:
        """The words of a row of `texts`, empty where there is no row."""
        return {
            field.name: (
                list(getattr(row, field.name, []))
                if field.is_list
                else str(getattr(row, field.name, ""))
            )
            for field in self.fields
        }

    def cleaned(self, texts: Mapping[str, str | Iterable[str]]) -> Words:
        """What was given for the fields, without the blanks around it and without empty lines."""
        return {field.name: _cleaned(field, texts.get(field.name, "")) for field in self.fields}


def _cleaned(field: TextField, value: str | Iterable[str]) -> str | list[str]:
    if field.is_list:
        lines = value.splitlines() if isinstance(value, str) else value
        return [line.strip() for line in lines if line.strip()]
    text = str(value).replace("\r\n", "\n").strip()
    return single_line(text) if field.is_line else text


_LONGEST = {"title": 200, "lead": LONGEST_LEAD}
CASE = Kind(
    "case",
    CaseStudy,
    CaseText,
    "case",
    tuple(TextField(row.name, row.label, _LONGEST.get(row.name, LONGEST_TEXT)) for row in OF_TEXTS),
)
SOLUTION = Kind(
    "solution",
    Solution,
    SolutionText,
    "solution",
    (
        TextField("name", _("Name"), 160),
        TextField("summary", _("Summary")),
        TextField("how_it_works", _("How it works")),
        TextField("prerequisites", _("Requirements"), LONGEST_LINE, is_list=True),
    ),
)
METHOD = Kind(
    "method",
    Method,
    MethodText,
    "method",
    (
        TextField("name", _("Name"), 160),
        TextField("description", _("Description")),
        TextField("best_for", _("Best for")),
        TextField("strengths", _("Strengths"), LONGEST_LINE, is_list=True),
        TextField("limits", _("Limitations"), LONGEST_LINE, is_list=True),
        TextField(
            "evaluation_criteria",
            _("How to tell if it worked"),
            LONGEST_LINE,
            is_list=True,
        ),
        TextField("duration", _("Duration"), 80),
        TextField("group_size_typical", _("Typical group size"), 80),
    ),
)


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by their words: those of this room, and of rooms with a module `translating`."""
    all_kinds = [CASE, SOLUTION, METHOD]
    for room in rooms.modules("translating"):
        all_kinds += room.TRANSLATED
    return {kind.name: kind for kind in all_kinds}


def kind_of(record: Translatable) -> Kind:
    """The kind of a record that can be translated."""
    return next(kind for kind in kinds().values() if isinstance(record, kind.record))


def original_of(record: Translatable, texts: Iterable[T]) -> T:
    """The row that the others are translations of. Raises NotFound where none is an original."""
    rows = list(texts)
    language = getattr(record, "original_language", "")
    for row in (
        *(row for row in rows if row.language == language),
        *(row for row in rows if row.status == TextStatus.ORIGINAL),
    ):
        return row
    raise NotFound("original text", record.public_id)


def edits_behind(original: LocalText, translation: LocalText) -> int | None:
    """How many edits of the original a translation lacks; None where that is not recorded."""
    if translation.source_revision is None:
        return None
    return max(original.revision - translation.source_revision, 0)


def is_settled(original: LocalText, translation: LocalText | None) -> bool:
    """Whether a translation is up to date and reviewed, so that nothing is left to be done."""
    return (
        translation is not None
        and translation.status != TextStatus.TRANSLATED
        and edits_behind(original, translation) == 0
    )


def is_original(original: LocalText, language: str, row: LocalText | None) -> bool:
    """Whether the text in `language` is no translation: the original, or one that came with it."""
    return language == original.language or (row is not None and row.status == TextStatus.ORIGINAL)
