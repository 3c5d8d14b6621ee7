"""The steps of writing a case, in their order, and where each part of a document is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.cases.case_fields import (
    BY_PATH,
    CLASSIFIED,
    JUSTICE,
    LISTS,
    OF_COST,
    QUANTITIES,
    SHAPES,
    part_fields,
)
from alliance.cases.enums import SourceKind
from alliance.core.errors import row_of
from alliance.network.text_checks import target_faults
from alliance.web import formatting
from alliance.web.fields import ShortText
from alliance.writing.forms.base import (
    EMPTY_CHOICE,
    Choice,
    Document,
    StepForm,
    asked,
    field_of,
    set_text,
    text_of,
    words,
)
from alliance.writing.forms.place import PlaceForm
from alliance.writing.forms.results import EffectRow, NullRow, NullsForm, ResultRow, ResultsForm
from alliance.writing.forms.rows import RowForm, RowsForm, row_name
from alliance.writing.forms.story import OutcomeForm, StoryForm, prompt

_CASE_ADDRESS = re.compile(r"/cases/([a-z0-9][a-z0-9-]{1,79})(?:[/?#]|$)")


class ClassificationForm(StepForm):
    """Topics, themes, SDG targets, actors; the case it was adapted from, and the changes."""

    asked = asked("classification")

    sdg_targets = ShortText(**words("sdg_targets"))
    adapted_from = ShortText(size=50, **words("adapted_from"))

    def initial_of(self, document: Document) -> dict[str, Any]:
        return {
            **{row.name: document[row.name] for row in CLASSIFIED},
            "sdg_targets": ", ".join(document["sdg_targets"]),
            "adapted_from": document["adapted_from"] or "",
            "adaptation_changes": document["adaptation_changes"],
        }

    def clean_sdg_targets(self) -> list[str]:
        """The codes, each once, in the order given."""
        codes = [code for code in re.split(r"[\s,;]+", self.cleaned_data["sdg_targets"]) if code]
        if wrong := target_faults("sdg_targets", codes):
            raise ValidationError(wrong[0].rule)
        return list(dict.fromkeys(codes))

    def clean_adapted_from(self) -> str:
        """The id of a published case, from its address or id; empty where none is given."""
        text = self.cleaned_data["adapted_from"]
        match = _CASE_ADDRESS.search(text)
        public_id = match[1] if match else text
        # What was there before stays, even if that case was withdrawn since: the check tells it.
        is_new = public_id and public_id != self.document["adapted_from"]
        if is_new and self.names.case(public_id) is None:
            raise ValidationError(
                _("“%(text)s” is not a published case. Copy the web address of the case.")
                % {"text": text}
            )
        return public_id

    def write(self, document: Document) -> None:
        cleaned_data = self.cleaned_data
        for name in (*(row.name for row in CLASSIFIED), "adaptation_changes"):
            document[name] = cleaned_data[name]
        document["adapted_from"] = cleaned_data["adapted_from"] or None


#: The fields of the cost, by the names that the document gives them.
_COST = {row.field: row.name for row in OF_COST if row.name not in ("covers_fr", "covers_sv")}

_WHO = ("gained", "paid")
_EQUITY = ("equity_notes", *(row.name for row in JUSTICE))


class CostForm(StepForm):
    """Money with currency and price year, quantities with their units, equity notes."""

    asked = asked("cost")

    currency = Choice(**words("cost.currency"))
    equity_notes = field_of(BY_PATH["texts.equity_notes"], rows=5)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].choices = [EMPTY_CHOICE, *self.names.currencies]  # type: ignore[attr-defined]
        for name in ("staff_time", "equity_notes"):
            self.fields[name].help_text = prompt(name, self.document["outcome"])

    def initial_of(self, document: Document) -> dict[str, Any]:
        cost = document["cost"] or {}
        initial = {field: cost.get(name) for field, name in _COST.items()}
        for definition in QUANTITIES:
            quantity = document[definition.name] or {}
            initial[definition.value.field] = quantity.get("value")
            initial[definition.unit.field] = quantity.get("unit")
        initial |= {name: document[name] for name in _WHO}
        text = text_of(document, self.text_language)
        return initial | {name: text.get(name, "") for name in _EQUITY}

    def write(self, document: Document) -> None:
        cleaned_data = self.cleaned_data
        cost = {name: cleaned_data[field] for field, name in _COST.items()}
        cost["kind"] = cost["kind"] or None
        existing = document["cost"] or {}
        # A translation stays with the words that it translates and goes with them.
        same = cost["covers"] == existing.get("covers")
        cost |= {
            name: existing.get(name, "") if same else "" for name in ("covers_fr", "covers_sv")
        }
        document["cost"] = (
            cost if any(item not in (None, "", False) for item in cost.values()) else None
        )
        for quantity in QUANTITIES:
            value, unit = cleaned_data[quantity.value.field], cleaned_data[quantity.unit.field]
            known = value is not None or unit
            document[quantity.name] = {"value": value, "unit": unit} if known else None
        document.update({name: cleaned_data[name] for name in _WHO})
        set_text(document, self.text_language, {name: cleaned_data[name] for name in _EQUITY})

    @property
    def justice(self) -> list[BoundField]:
        """The four dimensions of justice."""
        return [self[row.field] for row in JUSTICE]

    @property
    def quantities(self) -> list[tuple[BoundField, BoundField]]:
        """Each quantity: its number and its unit."""
        return [(self[quantity.value.field], self[quantity.unit.field]) for quantity in QUANTITIES]


class AmountRow(ResultRow):
    """A further amount: what it is, what it covers, and where that is said."""

    asked = asked("amounts")
    listed = {}

    currency = Choice(**words("amounts.currency"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].choices = [EMPTY_CHOICE, *self.names.currencies]  # type: ignore[attr-defined]


class AmountsForm(RowsForm):
    """The amounts of a case beside what it cost."""

    part = "amounts"
    row_form = AmountRow
    translated = ("covers",)


_ANSWERS = {"yes": True, "no": False, "": None}
_WORDS = {answer: word for word, answer in _ANSWERS.items()}


class SourceRow(RowForm):
    """One source: what it is called, where it is, who wrote it."""

    asked = asked("sources")
    untouched = {"kind": SourceKind.UNKNOWN}

    kind = Choice(choices=SourceKind.choices, **words("sources.kind"))
    independent = Choice(
        choices=[
            ("", gettext_lazy("not known")),
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
        ],
        **words("sources.independent"),
    )

    @classmethod
    def initial_of(cls, part: Mapping[str, Any], names: Any) -> dict[str, Any]:
        return {
            **{row.name: part[row.name] for row in cls.asked},
            "independent": _WORDS[part["independent"]],
        }

    def part(self) -> dict[str, Any] | None:
        if self.is_empty():
            return None
        cleaned_data = self.cleaned_data
        return {
            **{row.name: cleaned_data[row.name] for row in self.asked},
            "kind": cleaned_data["kind"] or SourceKind.UNKNOWN.value,
            "independent": _ANSWERS[cleaned_data["independent"]],
        }


class SourcesForm(RowsForm):
    """The sources of a case."""

    part = "sources"
    row_form = SourceRow


CHECK = "check"

STEPS: dict[str, Promise] = {
    "place": gettext_lazy("Place and solution"),
    "story": gettext_lazy("The story"),
    "outcome": gettext_lazy("Outcome and reasons"),
    "results": gettext_lazy("Results"),
    "no-difference": gettext_lazy("No difference"),
    "cost": gettext_lazy("Cost, time and people"),
    "amounts": gettext_lazy("Other amounts"),
    "sources": gettext_lazy("Sources"),
    "classification": gettext_lazy("Topics and origin"),
    CHECK: gettext_lazy("Check and submit"),
}

FORMS: dict[str, type[StepForm]] = {
    "place": PlaceForm,
    "story": StoryForm,
    "outcome": OutcomeForm,
    "results": ResultsForm,
    "no-difference": NullsForm,
    "cost": CostForm,
    "amounts": AmountsForm,
    "sources": SourcesForm,
    "classification": ClassificationForm,
}


@dataclass(frozen=True)
class FieldAt:
    """Where something is asked for: the step, the field of its form ("" for the step as a whole).

    `label` names it for people, with its row or its language where needed.
    """

    step: str
    field: str
    label: str

    @property
    def anchor(self) -> str:
        """The id of the field on the page of its step."""
        return f"id_{self.field}" if self.field else "main"

    @property
    def in_full(self) -> str:
        """The label; after the name of its step where several steps have rows of that number."""
        is_row = self.field.startswith(tuple(f"{part}-" for part in _ROW_FORMS))
        return f"{STEPS[self.step]} › {self.label}" if is_row else self.label


# The field that a part of a document is asked for by.
_FIRST = {
    **{part: part_fields(part)[0] for part in SHAPES if part},
    "place": BY_PATH["place.city"],
}
_SENT_ROW = re.compile(rf"^({'|'.join(LISTS)})-(\d+)-(\w+)$")
_TEXT = re.compile(r"^texts\.(\w+)(?:\.(\w+))?$")
_ROW_FORMS: dict[str, tuple[str, Any, str]] = {
    "effects": ("results", EffectRow, "measure"),
    "nulls": ("no-difference", NullRow, "measure"),
    "amounts": ("amounts", AmountRow, "amount"),
    "sources": ("sources", SourceRow, "title"),
}


def _label(step: str, field: str) -> str:
    return str(FORMS[step].base_fields[field].label)


def _row_at(part: str, number: int, name: str) -> FieldAt:
    step, form, first = _ROW_FORMS[part]
    known = BY_PATH.get(f"{part}.{name}")
    field = known.field if known else name
    row = row_name(number + 1)
    if field not in form.base_fields or form.base_fields[field].widget.is_hidden:
        return FieldAt(step, f"{part}-{number}-{first}", row)
    label = f"{row}, {form.base_fields[field].label}"
    return FieldAt(step, f"{part}-{number}-{field}", label)


def _text_at(language: str, name: str, own: str) -> FieldAt:
    row = BY_PATH.get(f"texts.{name or 'title'}", _FIRST["texts"])
    label = _label(row.step, row.field)
    if language == own or name not in ("", row.name):
        return FieldAt(row.step, row.field, label)
    localised = _("%(field)s, in %(language)s") % {
        "field": label,
        "language": formatting.language_name(language),
    }
    return FieldAt(row.step, "", localised)


def field_at(where: str, *, text_language: str) -> FieldAt:
    """Where a path of a fault or a remark is asked for, such as `case.effects[0].period`.

    What no step asks for leads to the last one.
    """
    path = where.removeprefix("case").removeprefix(".")
    if (row := row_of(path)) and row[0] in LISTS:
        return _row_at(*row)
    text = _TEXT.match(path)
    if text:
        return _text_at(text[1], text[2] or "", text_language)
    if path in LISTS:
        step = _ROW_FORMS[path][0]
        return FieldAt(step, "", str(STEPS[step]))
    asked = BY_PATH.get(path) or _FIRST.get(path)
    if asked is not None and asked.step:
        return FieldAt(asked.step, asked.field, _label(asked.step, asked.field))
    return FieldAt(CHECK, "", _("The case"))


def typed(step: str, sent: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(label, text) of everything that somebody typed into a step, to be shown back.

    `sent` holds a list of values by field; what is no field of the step is left out.
    """
    form: Any = FORMS[step]
    entries = []
    for name, values in sent.items():
        label = ""
        row = _SENT_ROW.match(name)
        fields = _ROW_FORMS[row[1]][1].base_fields if row and row[1] in _ROW_FORMS else {}
        if row and row[3] in fields and not fields[row[3]].widget.is_hidden:
            label = _row_at(row[1], int(row[2]), row[3]).label
        elif name in form.base_fields:
            label = str(form.base_fields[name].label)
        text = "\n".join(value for value in values if value.strip())
        if label and text:
            entries.append((label, text))
    return entries
