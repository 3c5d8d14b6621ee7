"""What the steps of writing a case have in common: a form over one part of the case document."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from django import forms
from django.db import models
from django.forms import BoundField
from django.forms.forms import DeclarativeFieldsMetaclass
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.cases.case_fields import BY_PATH, FIELDS, LISTS, CaseField, Words
from alliance.cases.models import CaseAmount, CaseStudy, CaseText, Effect, NullResult, Source
from alliance.web.fields import LongText, ShortText
from alliance.writing.forms.numbers import MOST_MONEY, NumberField, WholeField, YearField

if TYPE_CHECKING:
    from alliance.writing.selectors.drafts_names import DraftNames

Document = dict[str, Any]

EMPTY_CHOICE = ("", gettext_lazy("not chosen"))


def words(path: str) -> dict[str, Any]:
    """What a field of the document is called in a form, and what stands below it."""
    row = BY_PATH[path]
    return {"label": row.ask, "help_text": row.help}


def asked(step: str) -> tuple[CaseField, ...]:
    """The rows that a step asks for, one a form field; no form asks for translations."""
    rows: dict[str, CaseField] = {}
    for row in FIELDS:
        if row.step == step:
            rows.setdefault(row.field, row)
    return tuple(rows.values())


def choices_of(vocabulary: Any) -> list[tuple[str, Words]]:
    """The choices of a closed list, with one for "not chosen" first."""
    return [EMPTY_CHOICE, *vocabulary.choices]


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    selected = SafeString(" selected")
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, selected if str(key) in chosen else "", text) for key, text in choices),
    )


class QuickSelect(forms.Select):
    """A select that writes its options itself: a template for each takes too long for 200."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(choice) for choice in self.format_value(value)}
        options = format_html_join(
            "",
            "{}",
            (
                (
                    format_html('<optgroup label="{}">{}</optgroup>', key, _options(text, chosen))
                    if isinstance(text, list | tuple)
                    else _options([(key, text)], chosen),
                )
                for key, text in self.choices
            ),
        )
        attributes = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(attributes), options)


class Choice(forms.ChoiceField):
    """One of a list, or nothing."""

    widget = QuickSelect

    def __init__(self, vocabulary: Any = None, **options: Any) -> None:
        options.setdefault("required", False)
        if vocabulary is not None:
            options.setdefault("choices", choices_of(vocabulary))
        super().__init__(**options)


class Several(forms.MultipleChoiceField):
    """Any of a list."""

    def __init__(self, vocabulary: Any, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(choices=vocabulary.choices, widget=forms.CheckboxSelectMultiple, **options)


#: The tables of the parts; all other fields are columns of a case.
_MODELS: Mapping[str, type[models.Model]] = {
    "texts": CaseText,
    "effects": Effect,
    "nulls": NullResult,
    "amounts": CaseAmount,
    "sources": Source,
}
LONGEST_TEXT = 20_000
LONGEST_NAME = 160
#: From how many signs on a line of text has the wider field.
_WIDE = 300


def field_of(row: CaseField, **options: Any) -> forms.Field:
    """The form field of a row by its type, its list of codes and the column that stores it."""
    options |= words(row.path)
    if row.vocabulary is not None:
        return (Several if row.kind == "list" else Choice)(row.vocabulary, **options)
    if row.kind == "flag":
        return forms.BooleanField(required=False, **options)
    if row.kind == "year":
        return YearField(**options)
    if row.kind == "integer":
        return WholeField(**options)
    column: Any = _MODELS.get(row.part, CaseStudy)._meta.get_field(row.column)
    if isinstance(column, models.BigIntegerField):
        return NumberField(most=MOST_MONEY, **options)
    if row.kind == "number":
        return NumberField(**options)
    if isinstance(column, models.TextField):
        options.setdefault("rows", 2 if row.part in LISTS else 4)
        return LongText(max_length=LONGEST_TEXT, **options)
    # What points to another record is typed by a name in any language.
    longest = LONGEST_NAME if isinstance(column, models.ForeignKey) else column.max_length
    options.setdefault("size", 50 if longest >= _WIDE else 28)
    return ShortText(max_length=longest, **options)


class _OfRegister(DeclarativeFieldsMetaclass):
    """Gives a form the fields of the rows in `asked`. What is special it declares itself."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        rows: tuple[CaseField, ...] = attrs.get("asked", ())
        fields = {row.field: attrs.pop(row.field, None) or field_of(row) for row in rows}
        return super().__new__(mcs, name, bases, {**attrs, **fields})


class PartForm(forms.Form, metaclass=_OfRegister):
    """A form whose fields can carry what is said about them: faults and reviewers' remarks."""

    #: What of the register it asks for.
    asked: ClassVar[tuple[CaseField, ...]] = ()

    def mark(self, text_language: str) -> None:
        """Say which fields no case goes to review without, and which are in its language."""
        for row in self.asked:
            field = self.fields[row.field]
            field.needed = row.is_needed and row.part not in LISTS  # type: ignore[attr-defined]
            if row.is_written:
                field.widget.attrs["lang"] = text_language

    def describe(self, name: str, kind: str, words: Sequence[Any]) -> None:
        """Let the field `name` say `words` under `kind`: "faults", "remarks" or "advice"."""
        field = self.fields[name]
        setattr(field, kind, tuple(words))
        field.said_template = "writing/write/parts/said.html"  # type: ignore[attr-defined]
        bound = self[name]
        ids = field.widget.attrs.get("aria-describedby", "").split() or [
            *([f"{bound.auto_id}_helptext"] if field.help_text else []),
            *([f"{bound.auto_id}_error"] if bound.errors else []),
        ]
        field.widget.attrs["aria-describedby"] = " ".join([*ids, f"{bound.auto_id}_{kind}"])
        if kind == "faults":
            field.widget.attrs["aria-invalid"] = "true"

    def take(self, name: str, message: Any) -> None:
        """Add a fault to the field, or above the form where it has no such field."""
        self.add_error(name if name in self.fields else None, message)


class StepForm(PartForm):
    """One step: `initial_of` reads the document, `write` puts what was typed into a copy of it.

    `text_language` is the one the case is written in, `names` what can be picked.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        document: Document,
        text_language: str,
        names: DraftNames,
    ) -> None:
        self.document = document
        self.text_language = text_language
        self.names = names
        super().__init__(data, initial=self.initial_of(document))
        self.mark(text_language)

    def initial_of(self, document: Document) -> dict[str, Any]:
        """The values of the fields as the document has them."""
        raise NotImplementedError

    def write(self, document: Document) -> None:
        """Put the cleaned values into `document`, a copy of what the form was made from."""
        raise NotImplementedError

    def without_faults(self) -> Self | None:
        """The form as if its faulty fields had not been touched.

        None where what is at fault is no single field.
        """
        data = self._right_data()
        if data is None:
            return None
        return type(self)(
            data, document=self.document, text_language=self.text_language, names=self.names
        )

    def _right_data(self) -> Any:
        """What was sent, with the stored values in the place of faulty ones."""
        if self.non_field_errors():
            return None
        stored = type(self)(
            document=self.document, text_language=self.text_language, names=self.names
        )
        data: Any = cast(Any, self.data).copy()
        for name in self.errors:
            value = stored[name].value()
            values = value if isinstance(value, list) else [value]
            data.setlist(name, [str(item) for item in values if item not in (None, False)])
        return data

    def changed_document(self) -> Document:
        """The document with what was typed. Call it on a valid form."""
        document = copy.deepcopy(self.document)
        self.write(document)
        return document

    def part_of(self, name: str) -> tuple[PartForm, str] | None:
        """The form and the field that a name of `alliance.writing.forms.places` stands for."""
        return (self, name) if name in self.fields else None

    def add_notes(self, kind: str, notes: Iterable[tuple[str, Any]]) -> None:
        """Let fields say what is known of them, given as (name of the field, words)."""
        by_field: dict[str, list[Any]] = {}
        for name, words in notes:
            by_field.setdefault(name, []).append(words)
        for name, words in by_field.items():
            place = self.part_of(name)
            if place is not None:
                part, field = place
                part.describe(field, kind, words)

    def faults_shown(self) -> list[tuple[str, str]]:
        """(id of the field, sentence) of every fault in what was typed, for the list on top."""
        faults = [("", str(error)) for error in self.non_field_errors()]
        for field in self.visible_fields():
            faults += fault_lines(field)
        return faults


def fault_lines(field: BoundField, row: str = "") -> list[tuple[str, str]]:
    """(id, sentence) of the faults of one field, named by its row where it stands in one."""
    label = f"{row}, {field.label}" if row else str(field.label)
    return [
        (str(field.auto_id), _("%(field)s: %(rule)s") % {"field": label, "rule": error})
        for error in field.errors
    ]


def text_of(document: Document, language: str) -> dict[str, str]:
    """The text of a document in `language`, empty where it has none."""
    return dict(document.get("texts", {}).get(language) or {})


def set_text(document: Document, language: str, changes: Mapping[str, str]) -> None:
    """Change fields of the text in `language`; a new text is an original."""
    texts = document.setdefault("texts", {})
    texts[language] = {"status": "original", **(texts.get(language) or {}), **changes}
